//! Every encoder that may be asked for. There is no other.

use std::fmt;

/// What the pictures of a file are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Codec {
    /// H.264: plays everywhere
    H264,
    /// H.265: smaller, for phones and televisions of the last ten years
    H265,
    /// AV1: smallest, for the web of the last five years
    Av1,
    /// VP9 with Opus, for .webm
    Vp9,
    /// ProRes with uncompressed sound, for an editor's timeline
    #[value(name = "prores")]
    ProRes,
}

impl Codec {
    /// As people write it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 => "H.265",
            Self::Av1 => "AV1",
            Self::Vp9 => "VP9",
            Self::ProRes => "ProRes",
        }
    }

    /// As ffprobe calls it.
    #[must_use]
    pub fn probed(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::H265 => "hevc",
            Self::Av1 => "av1",
            Self::Vp9 => "vp9",
            Self::ProRes => "prores",
        }
    }

    /// How the names of files end that may hold it.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::H264 | Self::H265 => &["mp4", "m4v", "mov", "mkv"],
            Self::Av1 => &["mp4", "mkv"],
            Self::Vp9 => &["webm", "mkv", "mp4"],
            Self::ProRes => &["mov", "mkv"],
        }
    }

    /// Whether all that a container must know of the pictures stands in the header of a file. Then no decoder need look at
    /// the first pictures to copy them, which takes longer than all the rest.
    pub(in crate::render) fn is_in_header(self) -> bool {
        match self {
            Self::H264 | Self::H265 => true,
            Self::Av1 | Self::Vp9 | Self::ProRes => false,
        }
    }

    /// Its encoder that needs no hardware.
    #[must_use]
    pub fn software(self) -> &'static Program {
        match self {
            Self::H264 => X264,
            Self::H265 => &X265,
            Self::Av1 => &SVT_AV1,
            Self::Vp9 => &VPX_VP9,
            Self::ProRes => &PRORES,
        }
    }

    /// Its encoders in hardware, the most capable first.
    pub fn hardware(self) -> impl Iterator<Item = &'static Program> {
        HARDWARE.iter().filter(move |program| program.codec == self)
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// An encoder of ffmpeg.
#[derive(Debug)]
pub struct Program {
    /// ffmpeg's name for it.
    pub name: &'static str,
    /// What it writes.
    pub codec: Codec,
    /// Whether it needs a device.
    pub in_hardware: bool,
    /// Its presets, from the fastest to the slowest or from the smallest to the best.
    pub presets: &'static [&'static str],
    /// The preset unless another is asked for.
    pub usual_preset: &'static str,
    /// Its measure of quality, if it has one.
    pub quality: Option<Quality>,
    /// Whether it can spend a number of bits in two passes.
    pub two_passes: bool,
    pub(super) preset_option: Option<&'static str>,
    pub(super) options: &'static [&'static str],
    /// The option that takes a list of the codec library's own options, and what is always in it.
    pub(super) codec_options_name: Option<&'static str>,
    pub(super) codec_options: &'static [&'static str],
}

/// A measure of quality.
#[derive(Debug, PartialEq, Eq)]
pub struct Quality {
    /// The best.
    pub best: u8,
    /// The worst.
    pub worst: u8,
    /// The one unless another is asked for.
    pub usual: u8,
    pub(super) option: &'static str,
    /// What must stand beside it.
    pub(super) with: &'static [&'static str],
}

impl PartialEq for Program {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Program {}

impl Program {
    /// Its preset called `name`.
    pub(super) fn preset(&self, name: &str) -> Option<&'static str> {
        self.presets.iter().copied().find(|preset| *preset == name)
    }
}

/// All of them: those in software, then those in hardware.
pub fn programs() -> impl Iterator<Item = &'static Program> {
    let software = [Codec::H264, Codec::H265, Codec::Av1, Codec::Vp9, Codec::ProRes].map(Codec::software);
    software.into_iter().chain(&HARDWARE)
}

const SPEEDS: &[&str] =
    &["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

const fn quality(option: &'static str, best: u8, worst: u8, usual: u8) -> Quality {
    Quality { best, worst, usual, option, with: &[] }
}

/// Spans are joined without another encoding: no frame may need one beyond its own span (closed GOPs), and all must have
/// one set of parameters.
pub(super) static X264: &Program = &Program {
    name: "libx264",
    codec: Codec::H264,
    in_hardware: false,
    presets: SPEEDS,
    usual_preset: "veryfast",
    quality: Some(quality("-crf", 0, 51, 20)),
    two_passes: true,
    preset_option: Some("-preset"),
    options: &["-profile:v", "high", "-pix_fmt", "yuv420p", "-flags:v", "+cgop"],
    codec_options_name: Some("-x264-params"),
    // Where a source's colours sit beside its pictures is no word of ours: a JPEG says something else than a video, and what is
    // in a span's headers must be in all.
    codec_options: &["stitchable=1", "chromaloc=0"],
};

/// Its words go to stderr by themselves unless it is told; `hvc1` is the only tag that Apple's players take.
static X265: Program = Program {
    name: "libx265",
    codec: Codec::H265,
    in_hardware: false,
    presets: SPEEDS,
    usual_preset: "fast",
    quality: Some(quality("-crf", 0, 51, 24)),
    two_passes: true,
    preset_option: Some("-preset"),
    options: &["-pix_fmt", "yuv420p", "-tag:v", "hvc1"],
    codec_options_name: Some("-x265-params"),
    codec_options: &["log-level=error", "open-gop=0", "info=0", "chromaloc=0"],
};

static SVT_AV1: Program = Program {
    name: "libsvtav1",
    codec: Codec::Av1,
    in_hardware: false,
    presets: &["13", "12", "11", "10", "9", "8", "7", "6", "5", "4", "3", "2"],
    usual_preset: "9",
    quality: Some(quality("-crf", 1, 63, 32)),
    two_passes: false,
    preset_option: Some("-preset"),
    options: &["-pix_fmt", "yuv420p"],
    codec_options_name: None,
    codec_options: &[],
};

/// `-b:v 0` makes the quality constant; else it is only the worst that is allowed.
static VPX_VP9: Program = Program {
    name: "libvpx-vp9",
    codec: Codec::Vp9,
    in_hardware: false,
    presets: &["8", "7", "6", "5", "4", "3", "2", "1", "0"],
    usual_preset: "5",
    quality: Some(Quality { best: 0, worst: 63, usual: 31, option: "-crf", with: &["-b:v", "0"] }),
    two_passes: true,
    preset_option: Some("-cpu-used"),
    options: &["-deadline", "good", "-row-mt", "1", "-pix_fmt", "yuv420p"],
    codec_options_name: None,
    codec_options: &[],
};

/// Its presets are its profiles; what it has to spend follows from them.
static PRORES: Program = Program {
    name: "prores_ks",
    codec: Codec::ProRes,
    in_hardware: false,
    presets: &["proxy", "lt", "standard", "hq"],
    usual_preset: "hq",
    quality: None,
    two_passes: false,
    preset_option: Some("-profile:v"),
    options: &[
        "-vendor",
        "apl0",
        "-pix_fmt",
        "yuv422p10le",
        // A copy of its packets into another file keeps what the pictures say of themselves alone.
        "-bsf:v",
        "prores_metadata=color_primaries=bt709:color_trc=bt709:colorspace=bt709",
    ],
    codec_options_name: None,
    codec_options: &[],
};

const fn hardware(
    name: &'static str,
    codec: Codec,
    presets: (&'static [&'static str], &'static str),
    quality: Option<Quality>,
    options: &'static [&'static str],
) -> Program {
    let (presets, usual_preset) = presets;
    let preset_option = if presets.is_empty() { None } else { Some("-preset") };
    Program {
        name,
        codec,
        in_hardware: true,
        presets,
        usual_preset,
        quality,
        two_passes: false,
        preset_option,
        options,
        codec_options_name: None,
        codec_options: &[],
    }
}

const NVENC: (&[&str], &str) = (&["p1", "p2", "p3", "p4", "p5", "p6", "p7"], "p5");
const QSV: (&[&str], &str) = (&["veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"], "medium");
const NO_PRESETS: (&[&str], &str) = (&[], "");

const fn cq(usual: u8) -> Quality {
    Quality { best: 1, worst: 51, usual, option: "-cq", with: &["-rc", "vbr", "-b:v", "0"] }
}

/// VAAPI is left out: its pictures must be put into the device by a filter, which no other encoder needs.
static HARDWARE: [Program; 9] = [
    hardware("h264_nvenc", Codec::H264, NVENC, Some(cq(21)), &["-profile:v", "high", "-pix_fmt", "yuv420p"]),
    hardware("h264_qsv", Codec::H264, QSV, Some(quality("-global_quality", 1, 51, 21)), &["-pix_fmt", "nv12"]),
    hardware("h264_videotoolbox", Codec::H264, NO_PRESETS, Some(quality("-q:v", 100, 1, 65)), &["-pix_fmt", "yuv420p"]),
    hardware("h264_amf", Codec::H264, NO_PRESETS, None, &["-quality", "balanced", "-pix_fmt", "yuv420p"]),
    hardware("hevc_nvenc", Codec::H265, NVENC, Some(cq(25)), &["-pix_fmt", "yuv420p", "-tag:v", "hvc1"]),
    hardware(
        "hevc_qsv",
        Codec::H265,
        QSV,
        Some(quality("-global_quality", 1, 51, 25)),
        &["-pix_fmt", "nv12", "-tag:v", "hvc1"],
    ),
    hardware(
        "hevc_videotoolbox",
        Codec::H265,
        NO_PRESETS,
        Some(quality("-q:v", 100, 1, 60)),
        &["-pix_fmt", "yuv420p", "-tag:v", "hvc1"],
    ),
    hardware("av1_nvenc", Codec::Av1, NVENC, Some(cq(30)), &["-pix_fmt", "yuv420p"]),
    hardware("av1_qsv", Codec::Av1, QSV, Some(quality("-global_quality", 1, 51, 30)), &["-pix_fmt", "nv12"]),
];

//! What a video is encoded to, by which of ffmpeg's encoders, and how good or how large.

mod trial;
mod table;

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

pub use table::{Codec, Program, Quality, programs};
pub use trial::{Trial, try_out};

/// How a video is encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoder {
    program: &'static Program,
    preset: &'static str,
    rate: Rate,
    largest: Option<u64>,
}

/// How much is spent on the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rate {
    /// The encoder's measure of quality; nothing for an encoder that has none.
    Quality(u8),
    /// Bits a second, and which of two passes, if there are two.
    Bits(u64, Option<Pass>),
}

/// One of two passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// Looks at the pictures and writes down what they need.
    First,
    /// Spends the bits where they are needed.
    Second,
}

/// Why an encoder cannot be had as it was asked for: what was found, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// What does not fit.
    pub reason: String,
    /// What to write instead.
    pub fix: String,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::of(table::X264)
    }
}

/// The program and its preset: what its speed follows from.
impl fmt::Display for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.program.name, self.preset)
    }
}

impl Encoder {
    /// `program` with the preset and the quality that it has unless others are asked for.
    #[must_use]
    pub fn of(program: &'static Program) -> Self {
        let quality = program.quality.as_ref().map_or(0, |quality| quality.usual);
        Self { program, preset: program.usual_preset, rate: Rate::Quality(quality), largest: None }
    }

    /// H.264 by libx264 with one of its presets and a constant rate factor: 0 is lossless, 51 the worst.
    ///
    /// A preset that it does not have is its usual one.
    #[must_use]
    pub fn h264(preset: &str, crf: u8) -> Self {
        let usual = Self::default();
        let preset = usual.program.preset(preset).unwrap_or(usual.preset);
        Self { preset, rate: Rate::Quality(crf.min(51)), ..usual }
    }

    /// The same with another preset.
    pub fn with_preset(self, preset: &str) -> Result<Self, Unfit> {
        let preset = self.program.preset(preset).ok_or_else(|| Unfit {
            reason: format!("{} has no preset `{preset}`", self.program.name),
            fix: format!("it has {}", self.program.presets.join(", ")),
        })?;
        Ok(Self { preset, ..self })
    }

    /// The same with another quality.
    pub fn with_quality(self, quality: u8) -> Result<Self, Unfit> {
        let name = self.program.name;
        let Some(range) = &self.program.quality else {
            return Err(Unfit {
                reason: format!("{name} has no quality between two numbers"),
                fix: format!("choose one of its presets: {}", self.program.presets.join(", ")),
            });
        };
        let (best, worst) = (range.best, range.worst);
        if !(best.min(worst)..=best.max(worst)).contains(&quality) {
            return Err(Unfit {
                reason: format!("{name} has no quality {quality}"),
                fix: format!("it goes from {best}, the best, to {worst}, the smallest"),
            });
        }
        Ok(Self { rate: Rate::Quality(quality), ..self })
    }

    /// The same, with as much quality as `bytes` for the whole file allow.
    pub fn at_most(self, bytes: u64) -> Result<Self, Unfit> {
        let program = self.program;
        if program.codec == Codec::ProRes {
            return Err(Unfit {
                reason: "the size of ProRes follows from its preset alone".into(),
                fix: format!("choose one of {}, or another codec", program.presets.join(", ")),
            });
        }
        Ok(Self { largest: Some(bytes), ..self })
    }

    /// How large the file may be, if that is given: then its quality follows from that.
    #[must_use]
    pub fn largest(&self) -> Option<u64> {
        self.largest
    }

    /// The encoder that is asked.
    #[must_use]
    pub fn program(&self) -> &'static Program {
        self.program
    }

    /// The same for so many bits a second.
    pub(super) fn with_bits(&self, bits: u64, pass: Option<Pass>) -> Self {
        Self { rate: Rate::Bits(bits, pass), ..self.clone() }
    }

    /// Its options, for pictures that are in BT.709 already.
    pub(super) fn picture_options(&self) -> Vec<OsString> {
        let program = self.program;
        let mut options = vec!["-c:v".to_owned(), program.name.to_owned()];
        if let Some(option) = program.preset_option {
            options.extend([option.to_owned(), self.preset.to_owned()]);
        }
        let mut codec_options: Vec<String> = program.codec_options.iter().map(|&option| option.to_owned()).collect();
        match (self.rate, &program.quality) {
            (Rate::Quality(value), Some(quality)) => {
                options.extend([quality.option.to_owned(), value.to_string()]);
                options.extend(quality.with.iter().map(|&option| option.to_owned()));
            }
            (Rate::Quality(_), None) => {}
            (Rate::Bits(bits, pass), _) => {
                options.extend(["-b:v".to_owned(), bits.to_string()]);
                if let Some(pass) = pass {
                    let number = if pass == Pass::First { 1 } else { 2 };
                    if program.codec_options_name == Some("-x265-params") {
                        codec_options.push(format!("pass={number}:stats={PASS_LOG}.log"));
                    } else {
                        options.extend(["-pass".to_owned(), number.to_string()]);
                        options.extend(["-passlogfile".to_owned(), PASS_LOG.to_owned()]);
                    }
                }
            }
        }
        options.extend(program.options.iter().map(|&option| option.to_owned()));
        if let Some(name) = program.codec_options_name {
            options.extend([name.to_owned(), codec_options.join(":")]);
        }
        options.into_iter().map(OsString::from).collect()
    }

    /// The options of the sound that goes with it, without rate and channels.
    pub(super) fn sound_options(&self) -> &'static [&'static str] {
        match self.program.codec {
            Codec::H264 | Codec::H265 | Codec::Av1 => &["-c:a", "aac", "-b:a", "192k"],
            Codec::Vp9 => &["-c:a", "libopus", "-b:a", "160k"],
            Codec::ProRes => &["-c:a", "pcm_s24le"],
        }
    }

    /// What ffprobe calls that sound.
    pub(super) fn sound_codec(&self) -> &'static str {
        match self.program.codec {
            Codec::H264 | Codec::H265 | Codec::Av1 => "aac",
            Codec::Vp9 => "opus",
            Codec::ProRes => "pcm_s24le",
        }
    }

    /// What ffprobe calls the form of its pixels.
    pub(super) fn pixel_format(&self) -> &'static str {
        if self.program.codec == Codec::ProRes { "yuv422p10le" } else { "yuv420p" }
    }

    /// Its preset.
    #[must_use]
    pub fn preset(&self) -> &'static str {
        self.preset
    }

    /// Bits a second of that sound, as good as.
    pub(super) fn sound_bits(&self) -> u64 {
        match self.program.codec {
            Codec::H264 | Codec::H265 | Codec::Av1 => 192_000,
            Codec::Vp9 => 160_000,
            Codec::ProRes => 48_000 * 24 * 2,
        }
    }

    /// The format of a span or a sound by itself, as ffmpeg names it. A demuxer reads both alike.
    pub(super) fn piece_format(&self) -> &'static str {
        if self.program.codec == Codec::ProRes { "mov" } else { "mp4" }
    }
}

/// Where the first of two passes writes what it saw, in the working folder.
const PASS_LOG: &str = "pass";

/// A container: how ffmpeg is told to write it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Muxer {
    pub(super) options: &'static [&'static str],
    /// The form that subtitles have in it.
    pub(super) subtitles: &'static str,
    /// Whether its times are those of the frames, and not whole milliseconds.
    pub(super) exact: bool,
}

/// The muxer for an output's name, if `codec` can stand in such a file; else the endings that it can have.
pub(super) fn muxer(output: &Path, codec: Codec) -> Result<Muxer, String> {
    let extension = output.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    let (options, subtitles): (&[&str], _) = match extension.as_str() {
        "mp4" | "m4v" => (&["-movflags", "+faststart", "-f", "mp4"], "mov_text"),
        "mov" => (&["-movflags", "+faststart", "-f", "mov"], "mov_text"),
        "webm" => (&["-f", "webm"], "webvtt"),
        _ => (&["-f", "matroska"], "srt"),
    };
    let endings = codec.endings();
    if endings.contains(&extension.as_str()) {
        let exact = matches!(extension.as_str(), "mp4" | "m4v" | "mov");
        return Ok(Muxer { options, subtitles, exact });
    }
    let (last, others) = endings.split_last().map_or(("", [].as_slice()), |(last, others)| (*last, others));
    let others: Vec<String> = others.iter().map(|ending| format!(".{ending}")).collect();
    let allowed = if others.is_empty() { format!(".{last}") } else { format!("{} or .{last}", others.join(", ")) };
    let of = if codec == Codec::H264 { String::new() } else { format!(" for {}", codec.title()) };
    Err(format!("its name must end in {allowed}{of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(encoder: &Encoder) -> String {
        let words: Vec<String> =
            encoder.picture_options().iter().map(|word| word.to_string_lossy().into_owned()).collect();
        words.join(" ")
    }

    #[test]
    fn every_encoder_has_the_preset_and_the_quality_that_it_has_unless_others_are_asked_for() {
        for program in programs() {
            let encoder = Encoder::of(program);
            assert!(program.presets.contains(&encoder.preset) || program.presets.is_empty(), "{}", program.name);
            if let Some(quality) = &program.quality {
                let (low, high) = (quality.best.min(quality.worst), quality.best.max(quality.worst));
                assert!((low..=high).contains(&quality.usual), "{}", program.name);
            }
        }
    }

    #[test]
    fn what_an_encoder_does_not_have_is_told_with_what_it_has() {
        let x264 = Encoder::default();
        let unfit = x264.clone().with_preset("10").expect_err("no number");
        assert!(unfit.fix.contains("veryfast"), "{unfit:?}");
        assert!(x264.with_quality(52).expect_err("too much").fix.contains("51"));
        let prores = Encoder::of(Codec::ProRes.software());
        assert!(prores.with_quality(20).expect_err("none").fix.contains("hq"));
    }

    #[test]
    fn passes_are_told_to_each_encoder_in_its_own_way() {
        let of = |codec: Codec| options(&Encoder::of(codec.software()).with_bits(1_000_000, Some(Pass::First)));
        assert!(of(Codec::H264).contains("-b:v 1000000 -pass 1 -passlogfile pass"), "{}", of(Codec::H264));
        assert!(of(Codec::H265).contains(":pass=1:stats=pass.log"), "{}", of(Codec::H265));
        assert!(!of(Codec::H264).contains("-crf"));
    }

    #[test]
    fn a_codec_stands_only_where_players_look_for_it() {
        let refused = |name: &str, codec| muxer(Path::new(name), codec).expect_err(name);
        assert!(muxer(Path::new("a.MP4"), Codec::H264).is_ok());
        assert_eq!(refused("a.webm", Codec::H264), "its name must end in .mp4, .m4v, .mov or .mkv");
        assert_eq!(refused("a.mp4", Codec::ProRes), "its name must end in .mov or .mkv for ProRes");
        assert!(muxer(Path::new("a.webm"), Codec::Vp9).is_ok());
    }
}

//! One pass of decoding: what is black, what stands still, what is silent, how loud it is.

use std::ffi::OsString;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::media::Media;

use super::Depth;
use super::facts::Streams;

/// What can be the matter with a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The picture is black.
    Black,
    /// The picture stands still.
    Frozen,
    /// Nothing is heard.
    Silent,
    /// There are no frames.
    Missing,
}

impl Kind {
    /// What a difference says of it.
    pub(super) fn unplanned(self) -> &'static str {
        match self {
            Self::Black => "planned a picture, found black",
            Self::Frozen => "planned motion, found a picture that stands still",
            Self::Silent => "planned sound, found silence",
            Self::Missing => "planned frames, found none",
        }
    }
}

/// How loud a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Levels {
    /// The loudness that the plan asks for, in LUFS.
    pub planned_lufs: Option<f64>,
    /// Integrated loudness (EBU R 128), in LUFS; absent for silence.
    pub integrated_lufs: Option<f64>,
    /// How much it varies, in LU.
    pub range_lu: Option<f64>,
    /// The highest peak between samples, in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// The highest sample, in dBFS.
    pub peak_db: Option<f64>,
    /// The root mean square of all samples, in dBFS.
    pub rms_db: Option<f64>,
}

/// A stretch in seconds of the file.
pub(super) type Range = (f64, f64);

/// What the pass found.
#[derive(Clone, Debug, Default)]
pub(in crate::render) struct Found {
    pub(super) stretches: Vec<(Kind, Range)>,
    pub(in crate::render) levels: Option<Levels>,
    pub(super) errors: Vec<String>,
}

/// Small enough to cost nothing beside the decoding; a difference that is lost in it is no picture.
pub(super) const SMALL: &str = "scale=w='min(160,iw)':h=-2:flags=fast_bilinear,format=yuv420p";

/// How loud the sound is, and where it is as silent as 16 bits of a quiet room for longer than between two words; AAC leaves
/// nothing of less.
pub(super) const SOUND: &str =
    "ebur128=peak=true:framelog=verbose,astats=measure_perchannel=none,silencedetect=noise=-60dB:duration=1";

/// How much the parts of a picture may differ to be the same one, as a share of white; for a source four times as much,
/// since an encoder smooths away what is least.
pub(super) const STILL: f64 = 0.001;
const STILL_IN_SOURCE: f64 = 0.004;

/// How bright black may be, as a share of white: pure blue has 7 %, and the noise of an encoder 1. A source is black sooner.
pub(super) const BLACK: f64 = 0.03;
const BLACK_IN_SOURCE: f64 = 0.12;

/// Shorter black is a cut, shorter stillness a pause of somebody.
pub(super) const SHORTEST_BLACK: f64 = 0.1;
pub(super) const SHORTEST_STILL: f64 = 1.0;
pub(super) const SHORTEST_IN_SOURCE: f64 = 0.15;

/// Looks at a finished file.
pub(super) fn of_output(path: &Path, streams: &Streams, depth: Depth, cancel: &Cancel) -> Result<Found> {
    let mut chains = Vec::new();
    let mut maps: Vec<&str> = Vec::new();
    if streams.has("video") {
        chains.push(format!("[0:v:0]{SMALL},{}[v]", picture_filters((BLACK, SHORTEST_BLACK), (STILL, SHORTEST_STILL))));
        maps.extend(["-map", "[v]"]);
    }
    if streams.has("audio") {
        chains.push(format!("[0:a:0]{SOUND}[a]"));
        maps.extend(["-map", "[a]"]);
    }
    if maps.is_empty() {
        return Ok(Found::default());
    }
    let mut arguments = ffmpeg::input_guards().into_iter().map(OsString::from).collect::<Vec<_>>();
    arguments.extend(skipping(depth).iter().map(OsString::from));
    arguments.extend(["-f", streams.demuxer(), "-i"].map(OsString::from));
    arguments.push(ffmpeg::file_url(path));
    arguments.extend(["-filter_complex", &chains.join(";")].map(OsString::from));
    arguments.extend(maps.into_iter().map(OsString::from));
    let words = run(arguments, cancel)?;
    Ok(read(&words, streams.length()))
}

/// Where `media` is itself what `kind` says, between two moments of it. Its sound counts as silent below `silence_db`.
pub(super) fn of_source(
    media: &Media,
    kind: Kind,
    (from, to): Range,
    silence_db: f64,
    depth: Depth,
    cancel: &Cancel,
) -> Result<Vec<Range>> {
    let (stream, filters) = match (kind, &media.picture, &media.sound) {
        (Kind::Silent, _, Some(sound)) => (
            sound.stream,
            format!(
                "aresample=async=1:first_pts=0,silencedetect=noise={silence_db:.1}dB:duration={SHORTEST_IN_SOURCE}"
            ),
        ),
        (Kind::Black | Kind::Frozen, Some(picture), _) => {
            // One picture has no length, and what has none is never found.
            let again = if media.is_still() { ",loop=loop=29:size=1:start=0,setpts=N/25/TB" } else { "" };
            let filters =
                picture_filters((BLACK_IN_SOURCE, SHORTEST_IN_SOURCE / 2.0), (STILL_IN_SOURCE, SHORTEST_IN_SOURCE));
            (picture.stream, format!("{SMALL}{again},{filters}"))
        }
        _ => return Ok(Vec::new()),
    };
    let mut arguments = ffmpeg::input_guards().into_iter().map(OsString::from).collect::<Vec<_>>();
    arguments.extend(["-f", &media.format].map(OsString::from));
    if media.format == "image2" {
        arguments.extend(["-pattern_type", "none"].map(OsString::from));
    }
    if !media.is_still() {
        if kind != Kind::Silent {
            arguments.extend(skipping(depth).iter().map(OsString::from));
        }
        arguments.extend(["-ss", &format!("{from:.6}"), "-t", &format!("{:.6}", to - from)].map(OsString::from));
    }
    arguments.push("-i".into());
    arguments.push(ffmpeg::file_url(&media.path));
    let option = if kind == Kind::Silent { "-af" } else { "-vf" };
    arguments.extend(["-map", &format!("0:{stream}"), option, &filters].map(OsString::from));
    let words = run(arguments, cancel)?;
    let found = read(&words, to - from).stretches.into_iter().filter(|(found, _)| *found == kind);
    if media.is_still() {
        return Ok(found.map(|_| (from, to)).collect());
    }
    Ok(found.map(|(_, (start, end))| (start + from, end + from)).collect())
}

/// For black and for stillness: how much, and how long at least. The pictures are [`SMALL`]: to wake threads for each takes
/// longer than to look at it.
pub(super) fn picture_filters((black, dark): (f64, f64), (still, stillness): (f64, f64)) -> String {
    format!("blackdetect=d={dark}:pic_th=0.98:pix_th={black}:threads=1,freezedetect=n={still}:d={stillness}:threads=1")
}

/// What the decoder leaves out: frames that no other one needs, and the smoothing of blocks.
pub(super) fn skipping(depth: Depth) -> &'static [&'static str] {
    if depth == Depth::Full { &[] } else { &["-skip_frame", "noref", "-skip_loop_filter", "all"] }
}

fn run(arguments: Vec<OsString>, cancel: &Cancel) -> Result<String> {
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, Path::new("/"));
    command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"]);
    command.args(["-progress", "pipe:1", "-stats_period", "0.25"]).args(arguments);
    command.args(["-fps_mode", "passthrough", "-f", "null", "-"]);
    Ok(ffmpeg::run(command, Reading::Log, cancel, &mut |_| {})?.words)
}

/// Reads what the filters wrote; what has no end goes on to `length`.
pub(super) fn read(words: &str, length: f64) -> Found {
    let mut found = Found::default();
    let mut levels = Levels::default();
    let (mut still, mut silent) = (None, None);
    for line in words.lines() {
        let after = |key: &str| -> Option<f64> { line.split_once(key)?.1.split_whitespace().next()?.parse().ok() };
        if let (Some(start), Some(end)) = (after("black_start:"), after("black_end:")) {
            found.stretches.push((Kind::Black, (start, end)));
        } else if let Some(start) = after("freezedetect.freeze_start: ") {
            still = Some(start);
        } else if let Some(end) = after("freezedetect.freeze_end: ") {
            found.stretches.extend(still.take().map(|start| (Kind::Frozen, (start, end))));
        } else if let Some(start) = after("silence_start: ") {
            silent = Some(start.max(0.0));
        } else if let Some(end) = after("silence_end: ") {
            found.stretches.extend(silent.take().map(|start| (Kind::Silent, (start, end))));
        } else if line.contains("[error]") || line.contains("[fatal]") {
            found.errors.push(line.to_owned());
        }
        let last = line.trim();
        let unit = |key: &str, unit: &str| -> Option<f64> {
            last.strip_prefix(key)?.trim().strip_suffix(unit)?.trim().parse().ok()
        };
        levels.integrated_lufs = unit("I:", "LUFS").filter(|loudness| *loudness > -69.9).or(levels.integrated_lufs);
        levels.range_lu = unit("LRA:", "LU").or(levels.range_lu);
        levels.true_peak_dbtp = unit("Peak:", "dBFS").or(levels.true_peak_dbtp).filter(|peak| peak.is_finite());
        levels.peak_db = after("Peak level dB: ").or(levels.peak_db).filter(|peak| peak.is_finite());
        levels.rms_db = after("RMS level dB: ").or(levels.rms_db).filter(|level| level.is_finite());
    }
    found.stretches.extend(still.map(|start| (Kind::Frozen, (start, length))));
    found.stretches.extend(silent.map(|start| (Kind::Silent, (start, length))));
    found.levels = words.contains("ebur128").then_some(levels);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_filters_write_is_read() {
        let words = "[blackdetect @ 0x1] [info] black_start:1.5 black_end:2 black_duration:0.5\n\
            [freezedetect @ 0x2] [info] lavfi.freezedetect.freeze_start: 3\n\
            [freezedetect @ 0x2] [info] lavfi.freezedetect.freeze_duration: 1\n\
            [freezedetect @ 0x2] [info] lavfi.freezedetect.freeze_end: 4\n\
            [silencedetect @ 0x3] [info] silence_start: -0.02\n\
            [silencedetect @ 0x3] [info] silence_end: 1.25 | silence_duration: 1.27\n\
            [freezedetect @ 0x2] [info] lavfi.freezedetect.freeze_start: 5.5\n\
            [h264 @ 0x4] [error] error while decoding MB 1 2\n\
            [Parsed_astats_4 @ 0x5] [info] Peak level dB: -3.5\n[Parsed_astats_4 @ 0x5] [info] RMS level dB: -15.25\n\
            [Parsed_ebur128_3 @ 0x6] [info] Summary:\n\n  Integrated loudness:\n    I:         -12.0 LUFS\n  True peak:\n    Peak:       -3.2 dBFS\n";
        let found = read(words, 7.0);
        let expected = [
            (Kind::Black, (1.5, 2.0)),
            (Kind::Frozen, (3.0, 4.0)),
            (Kind::Silent, (0.0, 1.25)),
            (Kind::Frozen, (5.5, 7.0)),
        ];
        assert_eq!(found.stretches, expected);
        assert_eq!(found.errors, ["[h264 @ 0x4] [error] error while decoding MB 1 2"]);
        let levels = found.levels.expect("the sound was measured");
        let read = [levels.integrated_lufs, levels.true_peak_dbtp, levels.peak_db, levels.rms_db];
        assert_eq!(read, [Some(-12.0), Some(-3.2), Some(-3.5), Some(-15.25)]);
    }
}

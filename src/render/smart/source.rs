//! Whether a file is of the video's kind, and where its closed groups of pictures lie.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::media::Media;
use crate::time::FrameRate;

use super::super::graph::NUDGE_SECONDS;
use super::super::strip::Shot;
use super::super::timeline::Canvas;

/// A file whose packets may be copied.
#[derive(Debug)]
pub(super) struct Source {
    /// In the order in which they are decoded.
    packets: Vec<Packet>,
}

#[derive(Clone, Copy, Debug)]
struct Packet {
    /// When it is shown, in seconds from the start of the file.
    at: f64,
    is_key: bool,
    /// It is decoded but not shown.
    is_discarded: bool,
}

/// Closed groups of pictures one after another, each frame of which is one of the video.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// The frames of the video that they fill.
    pub(super) frames: Range<u64>,
    /// When the first one is shown in the source, in seconds.
    pub(super) key: f64,
    /// By how many frames its decoder is ahead.
    pub(super) delay: u64,
}

#[derive(Deserialize)]
struct Answer {
    streams: Vec<BTreeMap<String, serde_json::Value>>,
    #[serde(default)]
    packets: Vec<Told>,
    format: Format,
}

#[derive(Deserialize)]
struct Format {
    start_time: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    pts_time: Option<String>,
    #[serde(default)]
    flags: String,
}

/// How far a packet may lie from its place on the grid, in frames: Matroska counts whole milliseconds, which the copy puts
/// right.
const OFF_GRID: f64 = 0.14;

/// How near the middle between two frames of the video a source's frame may lie: there it is chance to which it goes.
const NEAR_MIDDLE: f64 = 0.02;

impl Source {
    /// Reads the packets of `media`'s picture, or says why they cannot be those of a video on `canvas`.
    pub(super) fn read(media: &Media, canvas: &Canvas, cancel: &Cancel) -> Result<std::result::Result<Self, String>> {
        let Some(picture) = &media.picture else { return Ok(Err("it has no picture".to_owned())) };
        let mut command = Confinement::of_system().command(Tool::Ffprobe, Path::new("/"));
        command.args(["-v", "level+error", "-of", "json", "-select_streams", &picture.stream.to_string()]);
        command.args(["-show_entries", "packet=pts_time,flags:format=start_time", "-show_streams"]);
        command.args(ffmpeg::input_guards()).args(["-f", &media.format, "-i"]).arg(ffmpeg::file_url(&media.path));
        let output = ffmpeg::run(command, Reading::Answer, cancel, &mut |_| {})?;
        let answer: Answer = serde_json::from_slice(&output.stdout)
            .map_err(|error| Error::Measured(format!("ffprobe's answer cannot be read: {error}")))?;
        let Some(stream) = answer.streams.first() else { return Ok(Err("it has no picture".to_owned())) };
        if let Err(reason) = kind(stream, canvas) {
            return Ok(Err(reason));
        }
        let start: f64 = answer.format.start_time.and_then(|start| start.parse().ok()).unwrap_or(0.0);
        let packets = answer.packets.iter().map(|told| {
            let at: f64 = told.pts_time.as_ref()?.parse().ok()?;
            let (is_key, is_discarded) = (told.flags.contains('K'), told.flags.contains('D'));
            Some(Packet { at: at - start, is_key, is_discarded })
        });
        let packets: Option<Vec<Packet>> = packets.collect();
        Ok(packets.map(|packets| Self { packets }).ok_or_else(|| "some of its pictures have no time".to_owned()))
    }

    /// The runs of closed groups in `frames`, whose first one shows `shot`, of at least `shortest` frames each.
    pub(super) fn runs(&self, shot: &Shot, frames: Range<u64>, shortest: u64, rate: FrameRate) -> Vec<Run> {
        let source = shot.source.as_secs() - NUDGE_SECONDS;
        // Where on the frames of the video a packet lies, as the filter `fps` sees it.
        let place = |packet: &Packet| (packet.at - source) * rate.fps();
        let mut runs: Vec<Run> = Vec::new();
        let starts: Vec<usize> = self.packets.iter().enumerate().filter(|(_, p)| p.is_key).map(|(n, _)| n).collect();
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(self.packets.len());
            let group = self.packets.get(*start..end).unwrap_or_default();
            let Some(run) = closed(group, place, &frames) else { continue };
            match runs.last_mut().filter(|last| last.frames.end == run.frames.start) {
                Some(last) => {
                    last.frames.end = run.frames.end;
                    last.delay = last.delay.max(run.delay);
                }
                None => runs.push(run),
            }
        }
        runs.retain(|run| run.frames.end - run.frames.start >= shortest);
        runs
    }
}

/// What `group` fills of `frames`, if it lies in them frame by frame and needs nothing outside.
#[expect(clippy::cast_possible_truncation, reason = "frames of a day")]
fn closed(group: &[Packet], place: impl Fn(&Packet) -> f64, frames: &Range<u64>) -> Option<Run> {
    let key = group.first()?;
    let first = place(key);
    // Which side of the middle it lies on must not be chance.
    if (first - first.floor() - 0.5).abs() < NEAR_MIDDLE || group.iter().any(|packet| packet.is_discarded) {
        return None;
    }
    let number = |packet: &Packet| {
        let steps = place(packet) - first;
        ((steps - steps.round()).abs() <= OFF_GRID).then_some(steps.round() as i64)
    };
    let numbers: Vec<i64> = group.iter().map(number).collect::<Option<_>>()?;
    let mut shown = numbers.clone();
    shown.sort_unstable();
    let delay = numbers
        .iter()
        .enumerate()
        .map(|(decoded, shown)| decoded as u64 - (decoded as u64).min(shown.unsigned_abs()))
        .max()?;
    // The key frame is the first that is shown, and none is missing or doubled.
    let is_whole = shown.iter().zip(0..).all(|(number, place)| *number == place) && numbers.first() == Some(&0);
    let start = u64::try_from((first + 0.5).floor() as i64 + i64::try_from(frames.start).ok()?).ok()?;
    let end = start + group.len() as u64;
    let is_inside = start >= frames.start && end <= frames.end;
    (is_whole && is_inside).then_some(Run { frames: start..end, key: key.at, delay })
}

/// Whether a stream is what a video on `canvas` is encoded as; else, what it is instead.
fn kind(stream: &BTreeMap<String, serde_json::Value>, canvas: &Canvas) -> std::result::Result<(), String> {
    let word = |name: &str| stream.get(name).and_then(serde_json::Value::as_str).unwrap_or("unknown");
    let expect = |what: &str, name: &str, allowed: &[&str]| {
        let found = word(name);
        let wanted = allowed.join(" or ");
        allowed.contains(&found).then_some(()).ok_or_else(|| format!("its {what} is {found}, the video's {wanted}"))
    };
    expect("codec", "codec_name", &["h264"])?;
    // Every decoder of the High profile decodes these; the header names one profile for all.
    expect("profile", "profile", &["High", "Main", "Constrained Baseline"])?;
    expect("pixel format", "pix_fmt", &["yuv420p"])?;
    expect("order of fields", "field_order", &["progressive"])?;
    expect("colour space", "color_space", &["bt709"])?;
    expect("colour transfer", "color_transfer", &["bt709"])?;
    expect("colour primaries", "color_primaries", &["bt709"])?;
    expect("colour range", "color_range", &["tv"])?;
    expect("pixels' shape", "sample_aspect_ratio", &["1:1"])?;
    let size = |name: &str| stream.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let (width, height) = (size("width"), size("height"));
    if (width, height) != (canvas.width.into(), canvas.height.into()) {
        return Err(format!("it is {width}x{height} as stored, the video {}x{}", canvas.width, canvas.height));
    }
    let turned = |data: &serde_json::Value| data.get("rotation").is_some_and(|by| by.as_f64() != Some(0.0));
    let side_data = stream.get("side_data_list").and_then(serde_json::Value::as_array);
    if side_data.is_some_and(|data| data.iter().any(turned)) {
        return Err("it is stored turned".to_owned());
    }
    let rate = fraction(word("avg_frame_rate"));
    if (rate - canvas.rate.fps()).abs() > 0.01 {
        return Err(format!("it has {rate:.3} frames a second, the video {:.3}", canvas.rate.fps()));
    }
    Ok(())
}

fn fraction(text: &str) -> f64 {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    above.parse::<f64>().unwrap_or(0.0) / below.parse::<f64>().unwrap_or(1.0).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    fn source(times: &[(f64, bool)]) -> Source {
        let packets =
            times.iter().map(|(frame, is_key)| Packet { at: frame / 30.0, is_key: *is_key, is_discarded: false });
        Source { packets: packets.collect() }
    }

    fn runs(source: &Source, from: f64, frames: Range<u64>) -> Vec<(u64, u64)> {
        let shot = Shot { source: Time::from_secs(from).expect("a time"), ..Shot::of("a", false) };
        source
            .runs(&shot, frames, 1, FrameRate::thirty())
            .into_iter()
            .map(|run| (run.frames.start, run.frames.end))
            .collect()
    }

    #[test]
    fn groups_inside_the_frames_are_one_run() {
        let all =
            source(&[(0.0, true), (2.0, false), (1.0, false), (3.0, true), (4.0, false), (5.0, true), (6.0, false)]);
        assert_eq!(runs(&all, 0.0, 0..7), [(0, 7)]);
        assert_eq!(runs(&all, 0.0, 0..6), [(0, 5)], "a group is copied whole");
        assert_eq!(runs(&all, 1.0 / 30.0, 10..16), [(12, 16)], "the first whole group begins two frames later");
    }

    #[test]
    fn an_open_group_and_a_gap_are_not_copied() {
        let open =
            source(&[(0.0, true), (1.0, false), (4.0, true), (2.0, false), (3.0, false), (5.0, true), (6.0, false)]);
        assert_eq!(runs(&open, 0.0, 0..7), [(0, 2), (5, 7)]);
        let gap = source(&[(0.0, true), (1.0, false), (3.0, false), (4.0, true)]);
        assert_eq!(runs(&gap, 0.0, 0..5), [(4, 5)]);
    }

    #[test]
    fn a_frame_right_between_two_is_not_copied() {
        let all = source(&[(0.0, true), (1.0, false)]);
        assert_eq!(runs(&all, 0.5 / 30.0, 0..2), Vec::<(u64, u64)>::new());
        assert_eq!(runs(&all, 0.4 / 30.0, 0..2), [(0, 2)]);
    }
}

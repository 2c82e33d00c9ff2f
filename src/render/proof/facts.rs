//! What the container and its packets say.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};

use super::super::encode::write_error;
use super::super::encoder::Encoder;
use super::super::sound;
use super::super::timeline::Timeline;
use super::Stretch;
use super::pass::Kind;

/// One thing that was planned, and what was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact {
    /// What it is, with its unit where it has one: `duration_sec`.
    pub what: &'static str,
    /// What was planned.
    pub planned: Value,
    /// What was found; null if it is not there.
    pub found: Value,
    /// Whether both are the same, as nearly as containers can say it.
    pub as_planned: bool,
}

impl Fact {
    pub(super) fn difference(&self) -> String {
        let shown = |value: &Value| match value {
            Value::Null => "none".to_owned(),
            Value::String(text) => format!("`{text}`"),
            other => other.to_string(),
        };
        format!("planned {} {}, found {}", self.what, shown(&self.planned), shown(&self.found))
    }
}

/// What the container of a file says of its streams.
#[derive(Deserialize)]
pub(in crate::render) struct Streams {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Format,
}

#[derive(Deserialize)]
struct Format {
    format_name: String,
    duration: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::render) struct Stream {
    index: u32,
    pub(in crate::render) codec_type: String,
    codec_name: Option<String>,
    pub(in crate::render) width: Option<u32>,
    pub(in crate::render) height: Option<u32>,
    pix_fmt: Option<String>,
    color_range: Option<String>,
    color_space: Option<String>,
    color_transfer: Option<String>,
    color_primaries: Option<String>,
    pub(in crate::render) avg_frame_rate: Option<String>,
    sample_rate: Option<String>,
    channels: Option<u32>,
    duration: Option<String>,
}

impl Streams {
    pub(in crate::render) fn of_kind(&self, kind: &str) -> Vec<&Stream> {
        self.streams.iter().filter(|stream| stream.codec_type == kind).collect()
    }

    /// Matroska keeps the length of the whole alone.
    pub(in crate::render) fn seconds(&self, stream: &Stream) -> Option<f64> {
        stream.duration.as_ref().or(self.format.duration.as_ref())?.parse().ok()
    }

    pub(super) fn has(&self, kind: &str) -> bool {
        self.streams.iter().any(|stream| stream.codec_type == kind)
    }

    /// The demuxer that reads the file.
    pub(super) fn demuxer(&self) -> &str {
        self.format.format_name.split(',').next().unwrap_or_default()
    }

    /// How long the whole is.
    pub(super) fn length(&self) -> f64 {
        self.format.duration.as_ref().and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }
}

/// An AAC frame at 48 kHz and the priming before the first: sound may be that much longer than the picture.
const SOUND_GRAIN: f64 = 2.0 * 1024.0 / 48_000.0;

/// The packets of the first picture and the first sound of a file, as they lie in it.
#[derive(Debug, Default)]
pub(in crate::render) struct Packets {
    pub(super) pictures: Vec<Packet>,
    pub(super) sounds: Vec<Packet>,
}

#[derive(Debug)]
pub(super) struct Packet {
    /// When it is shown or heard, in seconds, if it says so.
    time: Option<f64>,
    /// A hash of what is in it.
    pub(super) hash: String,
}

impl Packets {
    /// Reads what [`list`] wrote of a file with these `streams`.
    pub(super) fn read(listed: &NamedTempFile, streams: &Streams) -> Result<Self> {
        let first = |kind: &str| streams.of_kind(kind).first().map(|stream| stream.index);
        let (picture, sound) = (first("video"), first("audio"));
        let mut packets = Self::default();
        let mut of_picture = None;
        for line in BufReader::new(listed.as_file()).lines() {
            let line = line.map_err(|source| Error::Read { path: listed.path().to_owned(), source })?;
            let mut fields = line.split(',');
            if let Ok(stream) = fields.next().unwrap_or_default().parse::<u32>() {
                of_picture = match Some(stream) {
                    stream if stream == picture => Some(true),
                    stream if stream == sound => Some(false),
                    _ => None,
                };
                let packet = Packet { time: fields.next().and_then(|time| time.parse().ok()), hash: String::new() };
                if let Some(kind) = packets.of_kind(of_picture) {
                    kind.push(packet);
                }
            }
            // What comes between a packet and its hash takes a line of its own.
            let hash = line.rsplit_once(HASH).and_then(|(_, hash)| hash.strip_prefix(':'));
            let packet = packets.of_kind(of_picture).and_then(|kind| kind.last_mut());
            if let (Some(hash), Some(packet)) = (hash, packet) {
                hash.trim().clone_into(&mut packet.hash);
            }
        }
        Ok(packets)
    }

    fn of_kind(&mut self, of_picture: Option<bool>) -> Option<&mut Vec<Packet>> {
        of_picture.map(|of_picture| if of_picture { &mut self.pictures } else { &mut self.sounds })
    }

    /// How many pictures there are.
    pub(in crate::render) fn frames(&self) -> u64 {
        self.pictures.len() as u64
    }
}

/// How packets are hashed, as ffmpeg calls it: fast, for nobody means to deceive us with our own files.
pub(super) const HASH: &str = "CRC32";

pub(super) fn streams(path: &Path, cancel: &Cancel) -> Result<Streams> {
    let answer = probe(path, &["-of", "json", "-show_format", "-show_streams"], cancel)?;
    serde_json::from_slice(&answer)
        .map_err(|error| Error::Measured(format!("ffprobe's answer cannot be read: {error}")))
}

/// A list of the packets of a file, in a file: a day has millions of them.
pub(super) fn list(path: &Path, cancel: &Cancel) -> Result<NamedTempFile> {
    let listed = NamedTempFile::new().map_err(|source| write_error(&std::env::temp_dir(), source))?;
    let place = listed.path().to_string_lossy();
    let shown = ["-show_entries", "packet=stream_index,pts_time,data_hash", "-show_data_hash", HASH, "-of", "csv=p=0"];
    probe(path, &[&shown[..], &["-o", &place]].concat(), cancel)?;
    Ok(listed)
}

fn probe(path: &Path, options: &[&str], cancel: &Cancel) -> Result<Vec<u8>> {
    let mut command = Confinement::of_system().command(Tool::Ffprobe, Path::new("/"));
    command.args(["-v", "level+error"]).args(ffmpeg::input_guards()).args(options);
    command.arg("-i").arg(ffmpeg::file_url(path));
    Ok(ffmpeg::run(command, Reading::Answer, cancel, &mut |_| {})?.stdout)
}

/// Everything that was planned of the streams, with what they are.
pub(super) fn facts(streams: &Streams, packets: &Packets, timeline: &Timeline, encoder: &Encoder) -> Vec<Fact> {
    let canvas = &timeline.canvas;
    let (pictures, sounds) = (streams.of_kind("video"), streams.of_kind("audio"));
    let (picture, sound) = (pictures.first().copied(), sounds.first().copied());
    let planned = canvas.rate.time_of(timeline.frames).as_secs();
    let frame = 1.0 / canvas.rate.fps();
    let mut facts = Vec::new();
    let mut exact = |what, planned: Value, found: Value| {
        let as_planned = planned == found;
        facts.push(Fact { what, planned, found, as_planned });
    };
    let word =
        |stream: Option<&Stream>, of: fn(&Stream) -> &Option<String>| json!(stream.and_then(|one| of(one).as_ref()));
    exact("picture_streams", json!(1), json!(pictures.len()));
    exact("sound_streams", json!(1), json!(sounds.len()));
    exact("subtitle_streams", json!(usize::from(timeline.soft.is_some())), json!(streams.of_kind("subtitle").len()));
    exact("frames", json!(timeline.frames), json!(picture.map(|_| packets.frames())));
    exact("width", json!(canvas.width), json!(picture.and_then(|one| one.width)));
    exact("height", json!(canvas.height), json!(picture.and_then(|one| one.height)));
    exact("picture_codec", json!(encoder.program().codec.probed()), word(picture, |one| &one.codec_name));
    exact("pixel_format", json!(encoder.pixel_format()), word(picture, |one| &one.pix_fmt));
    exact("color_primaries", json!("bt709"), word(picture, |one| &one.color_primaries));
    exact("color_transfer", json!("bt709"), word(picture, |one| &one.color_transfer));
    exact("color_space", json!("bt709"), word(picture, |one| &one.color_space));
    exact("color_range", json!("tv"), word(picture, |one| &one.color_range));
    exact("sound_codec", json!(encoder.sound_codec()), word(sound, |one| &one.codec_name));
    exact("sample_rate", json!(sound::RATE.to_string()), word(sound, |one| &one.sample_rate));
    exact("channels", json!(2), json!(sound.and_then(|one| one.channels)));
    let mut near = |what, planned: f64, found: Option<f64>, tolerance: f64| {
        let as_planned = found.is_some_and(|found| (found - planned).abs() <= tolerance);
        let found = found.map(|found| (found * 1000.0).round() / 1000.0);
        facts.push(Fact { what, planned: json!((planned * 1000.0).round() / 1000.0), found: json!(found), as_planned });
    };
    near("duration_sec", planned, picture.and_then(|one| streams.seconds(one)), frame);
    near("sound_sec", planned, sound.and_then(|one| streams.seconds(one)), frame + SOUND_GRAIN);
    // The average that a container has of its times: Matroska's are whole milliseconds.
    near("frame_rate", canvas.rate.fps(), picture.and_then(rate), canvas.rate.fps() * 0.002);
    facts
}

fn rate(stream: &Stream) -> Option<f64> {
    let (above, below) = stream.avg_frame_rate.as_ref()?.split_once('/')?;
    let (above, below): (f64, f64) = (above.parse().ok()?, below.parse().ok()?);
    (below > 0.0).then(|| above / below)
}

/// Where no frame has its time.
pub(super) fn missing(packets: &Packets, timeline: &Timeline) -> Vec<Stretch> {
    let mut times: Vec<f64> = packets.pictures.iter().filter_map(|packet| packet.time).collect();
    if times.is_empty() {
        return Vec::new();
    }
    times.sort_by(f64::total_cmp);
    let frame = 1.0 / timeline.canvas.rate.fps();
    gaps(&times, frame, timeline.canvas.rate.time_of(timeline.frames).as_secs())
}

fn gaps(times: &[f64], frame: f64, end: f64) -> Vec<Stretch> {
    // Matroska has no negative times: the priming of the sound pushes all of the picture back.
    let late = times.first().copied().filter(|first| *first < SOUND_GRAIN).unwrap_or(0.0);
    // As if there were a frame before the first and one behind the last.
    let before = std::iter::once(-frame).chain(times.iter().map(|time| time - late));
    let after = times.iter().map(|time| time - late).chain([end]);
    before
        .zip(after)
        .filter(|(one, next)| next - one > 1.5 * frame)
        .map(|(one, next)| {
            let (start_sec, end_sec) = (rounded(one + frame), rounded(next));
            Stretch {
                what: Kind::Missing,
                start_sec,
                end_sec,
                expected: false,
                unexplained: vec![(start_sec, end_sec)],
            }
        })
        .collect()
}

pub(super) fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_where_frames_have_no_time() {
        let times = [0.021, 0.121, 0.221, 0.521, 0.621];
        let found: Vec<(f64, f64)> = gaps(&times, 0.1, 0.8).iter().map(|gap| (gap.start_sec, gap.end_sec)).collect();
        assert_eq!(found, [(0.3, 0.5), (0.7, 0.8)]);
        assert!(gaps(&times[..3], 0.1, 0.3).is_empty());
    }
}

//! Asks ffprobe.
#![allow(clippy::struct_field_names, reason = "ffprobe names them so")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::cache::{self, Notes};
use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::time::Time;

use super::length::{End, LAST_PACKETS, LONG_GROUP_SECONDS, Packet, end, has_key};
use super::{Light, Media, MediaTable, Picture, Sound};

#[derive(Serialize, Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Format,
    #[serde(default)]
    packets: Vec<Packet>,
}

impl Answer {
    /// When the file starts: all its times are counted from there.
    fn start(&self) -> f64 {
        self.format.start_time.as_ref().and_then(|start| start.parse().ok()).unwrap_or(0.0)
    }

    /// Whether the packets reach from a key frame to the end of every film in it.
    fn shows_all_ends(&self) -> bool {
        let is_film = |stream: &&Stream| stream.codec_type.as_deref() == Some("video") && !stream.is("attached_pic");
        self.streams.iter().filter(is_film).all(|stream| has_key(&self.packets, stream.index))
    }

    /// When a stream ends as its container says, if it does.
    fn promised(&self, stream: &Stream) -> Option<Time> {
        let late = seconds(stream.start_time.as_ref()).unwrap_or_default();
        let late = late.saturating_sub(Time::from_secs(self.start()).unwrap_or_default());
        seconds(stream.duration.as_ref()).map(|length| length + late)
    }

    fn end(&self, stream: &Stream) -> Option<End> {
        let rate = stream.avg_frame_rate.as_deref().and_then(|rate| fraction(rate, '/'));
        end(&self.packets, stream.index, self.start(), rate.map_or(0.0, f64::recip))
    }
}

#[derive(Serialize, Deserialize)]
struct Format {
    #[serde(rename = "format_name")]
    demuxers: String,
    start_time: Option<String>,
    duration: Option<String>,
}

impl Stream {
    fn is(&self, flag: &str) -> bool {
        self.disposition.get(flag).copied().unwrap_or(0) == 1
    }
}

#[derive(Serialize, Deserialize)]
struct Stream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    pix_fmt: Option<String>,
    color_range: Option<String>,
    color_space: Option<String>,
    color_transfer: Option<String>,
    color_primaries: Option<String>,
    avg_frame_rate: Option<String>,
    start_time: Option<String>,
    duration: Option<String>,
    channels: Option<u32>,
    #[serde(default)]
    disposition: BTreeMap<String, i64>,
    #[serde(default)]
    side_data_list: Vec<BTreeMap<String, serde_json::Value>>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// Measures every asset; `paths` are absolute. Two at a time: a probe waits for the disk more than it computes.
#[must_use]
pub fn probe_all(paths: &BTreeMap<String, std::path::PathBuf>, cancel: &Cancel) -> (MediaTable, Vec<Error>) {
    let queue = Mutex::new(paths.iter());
    let results = Mutex::new(Vec::new());
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((id, path)) = next() {
                    let result = probe(id, path, cancel);
                    if let Ok(mut results) = results.lock() {
                        results.push((id.clone(), result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by(|(left, _), (right, _)| left.cmp(right));
    let mut media = MediaTable::new();
    let mut errors = Vec::new();
    for (id, result) in results {
        match result {
            Ok(measured) => {
                media.insert(id, measured);
            }
            Err(error) => errors.push(error),
        }
    }
    (media, errors)
}

/// Measures the file at `path`, the asset called `id`. What ffprobe answered is noted for as long as the file is the same.
pub fn probe(id: &str, path: &Path, cancel: &Cancel) -> Result<Media> {
    let fail = |reason: String| Error::Probe { asset: id.to_owned(), path: path.to_owned(), reason };
    let length = std::fs::metadata(path).map_err(|source| {
        fail(match source.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => source.to_string(),
        })
    })?;
    if !length.is_file() {
        return Err(fail("it is not a file".to_owned()));
    }
    if length.len() == 0 {
        return Err(fail("the file is empty".to_owned()));
    }
    let about = about(path);
    let notes = Notes::of_user("probes");
    let place = notes.as_ref().zip(about.as_deref());
    let known = place.and_then(|(notes, about)| serde_json::from_str::<Answer>(&notes.read(about)?).ok());
    let answer = if let Some(known) = known {
        known
    } else {
        let answer = ask_all(path, &fail, cancel)?;
        if let (Some((notes, about)), Ok(text)) = (place, serde_json::to_string(&answer)) {
            notes.write(about, &text);
        }
        answer
    };
    read(path, &answer).ok_or_else(|| fail("it holds neither a picture nor a sound".to_owned()))
}

/// Counted up when ffprobe is asked otherwise.
const QUESTION: u32 = 1;

/// What tells that ffprobe would answer the same about `path`.
fn about(path: &Path) -> Option<String> {
    let (program, file) = (ffmpeg::identity(Tool::Ffprobe)?, cache::identity(path).ok()?);
    Some(format!("{QUESTION}\n{}\n{program}\n{file}", env!("CARGO_PKG_VERSION")))
}

/// Asks ffprobe until it has told everything about `path`.
fn ask_all(path: &Path, fail: &dyn Fn(String) -> Error, cancel: &Cancel) -> Result<Answer> {
    let ask = |more: &[&str]| {
        let mut command = Confinement::of_system().command(Tool::Ffprobe, Path::new("/"));
        command.args(["-v", "level+error", "-of", "json", "-show_format", "-show_streams"]).args(more);
        command.args(ffmpeg::input_guards()).arg("-i").arg(ffmpeg::file_url(path));
        let output = match ffmpeg::run(command, Reading::Answer, cancel, &mut |_| {}) {
            Ok(output) => output,
            Err(Error::Ffmpeg { words, .. }) => return Err(fail(reason(&words, path))),
            Err(other) => return Err(other),
        };
        serde_json::from_slice::<Answer>(&output.stdout)
            .map_err(|error| fail(format!("ffprobe's answer cannot be read: {error}")))
    };
    // Where packets cannot be read, the file may still have something to say of itself.
    let mut answer = ask(&LAST_PACKETS).or_else(|_| ask(&[]))?;
    if !answer.shows_all_ends() {
        // Without an index, the last packets need not reach back to a key frame, nor hold what is shown last.
        let [entries, packets, intervals, _] = LAST_PACKETS;
        let end = seconds(answer.format.duration.as_ref()).map_or(0.0, Time::as_secs) + answer.start();
        let late = format!("{:.3}%", (end - LONG_GROUP_SECONDS).max(0.0));
        let more = ask(&[entries, packets, intervals, &late]).ok().filter(Answer::shows_all_ends);
        answer = more.or_else(|| ask(&[entries, packets]).ok()).unwrap_or(answer);
    }
    if answer.streams.iter().any(|stream| stream.codec_name.as_deref() == Some("mjpeg")) && is_still(&answer.format) {
        look_inside(path, &mut answer, cancel)?;
    }
    Ok(answer)
}

fn is_still(format: &Format) -> bool {
    format.demuxers.ends_with("_pipe") || format.demuxers == "image2"
}

/// Adds what only a decoded frame tells: how a camera was held (EXIF), which ffmpeg heeds when it decodes.
fn look_inside(path: &Path, answer: &mut Answer, cancel: &Cancel) -> Result<()> {
    #[derive(Deserialize)]
    struct Frames {
        #[serde(default)]
        frames: Vec<Frame>,
    }
    #[derive(Deserialize)]
    struct Frame {
        #[serde(default)]
        side_data_list: Vec<BTreeMap<String, serde_json::Value>>,
    }
    let mut command = Confinement::of_system().command(Tool::Ffprobe, Path::new("/"));
    command.args(["-v", "level+error", "-of", "json", "-select_streams", "v:0", "-show_frames"]);
    command.args(["-read_intervals", "%+#1"]).args(ffmpeg::input_guards()).arg("-i").arg(ffmpeg::file_url(path));
    match ffmpeg::run(command, Reading::Answer, cancel, &mut |_| {}) {
        Ok(output) => {
            let found = serde_json::from_slice::<Frames>(&output.stdout).ok();
            let frame = found.and_then(|found| found.frames.into_iter().next());
            let picture = answer.streams.iter_mut().find(|stream| stream.codec_type.as_deref() == Some("video"));
            if let (Some(frame), Some(stream)) = (frame, picture) {
                stream.side_data_list.extend(frame.side_data_list);
            }
            Ok(())
        }
        // What cannot be decoded is told when it is rendered, as ever.
        Err(Error::Ffmpeg { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

/// The first line of ffprobe's complaint, without its prefixes and our own path.
fn reason(words: &str, path: &Path) -> String {
    let url = format!("file:{}: ", path.display());
    let lines: Vec<String> = words
        .lines()
        .map(|line| line.replace("[error] ", "").replace("[fatal] ", "").replace(&url, ""))
        .map(|line| match line.split_once("] ") {
            Some((head, rest)) if head.starts_with('[') => rest.to_owned(),
            _ => line,
        })
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.iter().any(|line| line.contains("not on whitelist")) {
        return "its format is not one that callsheet opens (a playlist or a text, perhaps)".to_owned();
    }
    lines.last().cloned().unwrap_or_else(|| "ffprobe gave no reason".to_owned())
}

fn read(path: &Path, answer: &Answer) -> Option<Media> {
    let total = seconds(answer.format.duration.as_ref());
    let format = answer.format.demuxers.split(',').next()?.to_owned();
    let is = |stream: &&Stream, kind: &str| stream.codec_type.as_deref() == Some(kind);
    // A cover is a picture of the file, not of the film.
    let pictures = || answer.streams.iter().filter(|stream| is(stream, "video") && !stream.is("attached_pic"));
    let sounds = || answer.streams.iter().filter(|stream| is(stream, "audio") && stream.channels.unwrap_or(0) > 0);
    let picture = pictures().find(|stream| stream.is("default")).or_else(|| pictures().next());
    let sound = sounds().find(|stream| stream.is("default")).or_else(|| sounds().next());
    let picture = picture.and_then(|stream| read_picture(stream, &format, answer));
    let sound = sound.and_then(|stream| {
        let promised = answer.promised(stream);
        // Packets of sound hold a little more or less than is heard: what the container says is nearer.
        let duration = promised.or_else(|| answer.end(stream).map(|end| end.end)).or(total)?;
        Some(Sound { stream: stream.index, duration, channels: stream.channels.unwrap_or(1) })
    });
    (picture.is_some() || sound.is_some()).then(|| Media { path: path.to_owned(), format, picture, sound })
}

fn read_picture(stream: &Stream, format: &str, answer: &Answer) -> Option<Picture> {
    let (width, height) = (f64::from(stream.width?), f64::from(stream.height?));
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let pixel = stream.sample_aspect_ratio.as_deref().and_then(|ratio| fraction(ratio, ':')).unwrap_or(1.0);
    let by_ffmpeg = rotation(stream);
    // A word in the file's tags alone turns nothing in ffmpeg; its own word for a matrix goes the other way round.
    let turn = if by_ffmpeg.is_some() { 0 } else { tagged_turn(stream) };
    let turned = by_ffmpeg.unwrap_or_else(|| turn.into()) % 180 != 0;
    let (shown_width, shown_height) = if turned { (height, width * pixel) } else { (width * pixel, height) };
    let still = format.ends_with("_pipe") || format == "image2";
    let end = answer.end(stream).filter(|_| !still);
    let promised = || answer.promised(stream).or_else(|| seconds(answer.format.duration.as_ref()));
    let duration = if still { None } else { Some(end.map(|end| end.end).or_else(promised)?) };
    let pixels = stream.pix_fmt.as_deref().unwrap_or_default();
    let space = stream.color_space.as_deref().unwrap_or("unknown");
    let video_range = stream.color_range.as_deref().is_none_or(|range| range == "tv");
    let untagged = matches!(space, "unknown" | "unspecified" | "reserved");
    // Without a tag, players take small pictures for BT.601 and others for BT.709; so do we.
    let bt601 = untagged && height.min(width) < 720.0 && pixels.starts_with("yuv");
    let light = match stream.color_transfer.as_deref() {
        Some("smpte2084") => Light::Pq,
        Some("arib-std-b67") => Light::Hlg,
        _ => Light::Sdr,
    };
    let wide = stream.color_primaries.as_deref() == Some("bt2020") || space.starts_with("bt2020");
    // The transparency of VP8 and VP9 is a second picture, which ffmpeg's own decoders leave out.
    let decoder = match stream.codec_name.as_deref() {
        Some("vp8") => Some("libvpx"),
        Some("vp9") => Some("libvpx-vp9"),
        _ => None,
    }
    .filter(|_| stream.tags.get("alpha_mode").or(stream.tags.get("ALPHA_MODE")).is_some_and(|mode| mode == "1"));
    Some(Picture {
        stream: stream.index,
        width: shown_width,
        height: shown_height,
        rate: stream.avg_frame_rate.as_deref().and_then(|rate| fraction(rate, '/')).unwrap_or(0.0),
        duration,
        last: end.map(|end| end.last),
        plain: pixels == "yuv420p"
            && video_range
            && !bt601
            && (untagged || space == "bt709")
            && light == Light::Sdr
            && !wide,
        alpha: decoder.is_some() || has_alpha(pixels, stream.codec_name.as_deref().unwrap_or_default()),
        bt601,
        untagged,
        square: (pixel - 1.0).abs() < 1e-6,
        light,
        wide,
        rgb: ["gbr", "rgb", "bgr", "argb", "abgr", "pal8"].iter().any(|prefix| pixels.starts_with(prefix)),
        turn,
        decoder,
    })
}

fn has_alpha(pixels: &str, codec: &str) -> bool {
    let with_alpha = ["yuva", "rgba", "argb", "bgra", "abgr", "gbrap", "ya8", "ya16"];
    // A palette may hold transparent entries, which only decoding tells.
    with_alpha.iter().any(|prefix| pixels.starts_with(prefix)) || (pixels == "pal8" && matches!(codec, "png" | "gif"))
}

/// How far a display matrix turns the picture, in degrees; `None` without one.
#[expect(clippy::cast_possible_truncation, reason = "an angle")]
fn rotation(stream: &Stream) -> Option<i64> {
    stream.side_data_list.iter().find_map(|data| Some(data.get("rotation")?.as_f64()?.round() as i64))
}

/// How far a tag says that the picture is to be turned, clockwise.
fn tagged_turn(stream: &Stream) -> u16 {
    let tag = stream.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case("rotate")).map(|(_, angle)| angle.trim());
    let angle = tag.and_then(|angle| angle.parse::<i64>().ok()).map_or(0, |angle| angle.rem_euclid(360));
    u16::try_from(angle / 90 * 90).unwrap_or(0)
}

fn seconds(text: Option<&String>) -> Option<Time> {
    text.and_then(|text| text.parse().ok()).and_then(Time::from_secs).filter(|time| *time >= Time::ZERO)
}

fn fraction(text: &str, separator: char) -> Option<f64> {
    let (above, below) = text.split_once(separator)?;
    let (above, below): (f64, f64) = (above.parse().ok()?, below.parse().ok()?);
    (above > 0.0 && below > 0.0).then(|| above / below)
}

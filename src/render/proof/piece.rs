//! A piece is looked at when it is made, side by side with the others; what was seen is kept with it. A video that is
//! joined of pieces is then proved without decoding it again: its packets are theirs.

use std::ffi::OsString;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};

use super::super::store::Facts;
use super::super::timeline::Timeline;
use super::Depth;
use super::facts::{HASH, Packet, Packets};
use super::pass::{
    BLACK, Found, Kind, Levels, Range, SHORTEST_BLACK, SHORTEST_IN_SOURCE, SHORTEST_STILL, SMALL, SOUND, STILL,
    picture_filters, read, skipping,
};
use super::samples::{Samples, samples};

/// What a decoder saw of a piece.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::render) struct Seen {
    /// What is black, stands still or is silent, in seconds of the piece; also what is too short to be told, for it may go
    /// on in the next one.
    stretches: Vec<(Kind, Range)>,
    /// How loud it is, if it is the sound.
    levels: Option<Levels>,
    errors: Vec<String>,
}

/// How far from the end of a piece what is seen there may be and still go on in the next: a decoder that skips frames sees
/// every third or fourth.
const SEAM_FRAMES: f64 = 5.0;

/// The filters that say which pictures of a piece are black or stand still, whatever has any length at all.
pub(in crate::render) fn watching() -> String {
    format!("{SMALL},{}", picture_filters((BLACK, 0.0), (STILL, SHORTEST_IN_SOURCE)))
}

/// What is known of the file of a span whose pictures were watched while they were drawn, with these `words`.
pub(in crate::render) fn watched(path: &Path, words: &str) -> Result<Facts> {
    let Samples { parameters, hashes } =
        samples(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    // What a decoder complained of meanwhile is a source's.
    let Found { stretches, .. } = read(words, f64::MAX);
    Ok(Facts {
        frames: hashes.len() as u64,
        parameters,
        packets: digest(hashes.iter().map(String::as_str)),
        seen: Some(Seen { stretches, ..Seen::default() }),
        ..Facts::default()
    })
}

/// Decodes the file of a span, or of the sound; beside it there is room for notes.
pub(in crate::render) fn look(path: &Path, is_sound: bool, cancel: &Cancel) -> Result<Facts> {
    let notes = path.with_extension("packets");
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, Path::new("/"));
    let mut arguments: Vec<OsString> =
        ["-nostdin", "-hide_banner", "-nostats", "-y", "-loglevel", "level+info", "-progress", "pipe:1"]
            .map(OsString::from)
            .to_vec();
    arguments.extend(skipping(Depth::Quick).iter().map(OsString::from));
    arguments.extend(["-protocol_whitelist", "file", "-f", "mp4", "-i"].map(OsString::from));
    arguments.push(ffmpeg::file_url(path));
    let (stream, filters) = if is_sound { ("0:a:0", SOUND.to_owned()) } else { ("0:v:0", watching()) };
    if is_sound {
        arguments.extend(["-map", stream, "-c", "copy", "-f", "framehash", "-hash", HASH].map(OsString::from));
        arguments.push(ffmpeg::file_url(&notes));
    }
    arguments.extend(["-filter_complex", &format!("[{stream}]{filters}[out]"), "-map", "[out]"].map(OsString::from));
    arguments.extend(["-fps_mode", "passthrough", "-f", "null", "-"].map(OsString::from));
    command.args(arguments);
    let output = ffmpeg::run(command, Reading::Log, cancel, &mut |_| {})?;
    let Found { stretches, levels, errors } = read(&output.words, f64::MAX);
    if !is_sound {
        let facts = watched(path, &output.words)?;
        return Ok(Facts { seen: Some(Seen { stretches, errors, ..Seen::default() }), ..facts });
    }
    let text = std::fs::read_to_string(&notes).map_err(|source| Error::Read { path: notes, source })?;
    // Stream, decoding time, time, length, size, hash. Several samples may be one packet, so their index does not say it.
    let mut packets = text.lines().filter(|line| !line.starts_with('#')).peekable();
    if packets.peek().is_none() {
        return Err(Error::Measured("the sound has packets, found none".to_owned()));
    }
    let packets = digest(packets.filter_map(|line| line.split(',').nth(5)).map(str::trim));
    Ok(Facts { packets, seen: Some(Seen { stretches, levels, errors }), ..Facts::default() })
}

/// One hash of those of many packets.
fn digest<'a>(hashes: impl IntoIterator<Item = &'a str>) -> String {
    let mut whole = blake3::Hasher::new();
    for hash in hashes {
        whole.update(hash.as_bytes());
    }
    whole.finalize().to_hex().to_string()
}

fn are(packets: &[Packet], known: &str) -> bool {
    digest(packets.iter().map(|packet| packet.hash.as_str())) == known
}

/// What was seen of the `pieces` of a video, the spans in order and then the sound, if its `packets` are theirs and nothing
/// else.
pub(super) fn of_pieces(pieces: &[Facts], packets: &Packets, timeline: &Timeline) -> Option<Found> {
    let rate = timeline.canvas.rate;
    let (sound, spans) = pieces.split_last()?;
    let mut pictures = packets.pictures.as_slice();
    let mut found = Found::default();
    let mut frame = 0;
    for span in spans {
        let (own, rest) = pictures.split_at_checked(usize::try_from(span.frames).ok()?)?;
        pictures = rest;
        if !are(own, &span.packets) {
            return None;
        }
        let (start, end) = (rate.time_of(frame).as_secs(), rate.time_of(frame + span.frames).as_secs());
        let seen = span.seen.as_ref()?;
        let there = |(kind, (from, to)): &(Kind, Range)| (*kind, (from + start, (to + start).min(end)));
        found.stretches.extend(seen.stretches.iter().map(there));
        found.errors.extend(seen.errors.iter().cloned());
        frame += span.frames;
    }
    if !pictures.is_empty() || !are(&packets.sounds, &sound.packets) {
        return None;
    }
    found.stretches = gone_on(found.stretches, SEAM_FRAMES / rate.fps());
    let seen = sound.seen.as_ref()?;
    let length = rate.time_of(timeline.frames).as_secs();
    found.stretches.extend(seen.stretches.iter().map(|(kind, (from, to))| (*kind, (*from, to.min(length)))));
    found.errors.extend(seen.errors.iter().cloned());
    found.levels = seen.levels;
    Some(found)
}

/// Joins what goes on in the next piece, and leaves out what is too short.
fn gone_on(mut stretches: Vec<(Kind, Range)>, seam: f64) -> Vec<(Kind, Range)> {
    stretches.sort_by(|(one, (a, _)), (other, (b, _))| (*one as u8).cmp(&(*other as u8)).then(a.total_cmp(b)));
    let mut joined: Vec<(Kind, Range)> = Vec::new();
    for (kind, (start, end)) in stretches {
        match joined.last_mut() {
            Some((before, (_, until))) if *before == kind && start - *until <= seam => *until = until.max(end),
            _ => joined.push((kind, (start, end))),
        }
    }
    joined.retain(|(kind, (start, end))| {
        end - start >= if *kind == Kind::Black { SHORTEST_BLACK } else { SHORTEST_STILL }
    });
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_in_the_next_piece_is_one_and_what_is_short_is_nothing() {
        let found = vec![
            (Kind::Frozen, (1.4, 2.0)),
            (Kind::Black, (1.95, 2.0)),
            (Kind::Frozen, (2.0, 2.6)),
            (Kind::Black, (2.0, 2.06)),
            (Kind::Frozen, (3.0, 3.9)),
            (Kind::Black, (4.0, 4.03)),
        ];
        assert_eq!(gone_on(found, 0.1), [(Kind::Black, (1.95, 2.06)), (Kind::Frozen, (1.4, 2.6))]);
    }
}

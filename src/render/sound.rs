//! The sound as part of the filter graph: rendered once, whole, exact to the sample.
//!
//! Sounds that never meet share a track; a track is silence and sounds one after another; tracks are added up.

mod envelope;
mod part;

use std::fmt::Write as _;

use crate::media::MediaTable;
use crate::time::Time;

use super::graph::Graph;
use super::strip::Sound;
use super::timeline::Timeline;

use part::Part;

/// Samples a second in the output.
pub(super) const RATE: u32 = 48_000;

/// The form of every sound in the graph.
const STEREO: &str = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo";

/// Writes the sound of `timeline` into `graph`, ending in `[a]`, through `mastering` filters where there are any.
pub(super) fn sound(timeline: &Timeline, media: &MediaTable, mastering: &str, graph: &mut Graph) {
    let total = samples(timeline.canvas.rate.time_of(timeline.frames));
    let tracks = tracks(&timeline.sounds, media, total);
    let mut labels = String::new();
    for (number, track) in tracks.iter().enumerate() {
        let mut parts = String::new();
        let mut count = 0;
        let mut at = 0;
        for (index, part) in track.iter().enumerate() {
            if part.start > at {
                graph.chains.push(format!("{},atrim=end_sample={}[g{number}_{index}]", silence(), part.start - at));
                let _ = write!(parts, "[g{number}_{index}]");
                count += 1;
            }
            part.write(&format!("t{number}_{index}"), part.end >= total, graph);
            let _ = write!(parts, "[t{number}_{index}]");
            count += 1;
            at = part.end;
        }
        graph.chains.push(format!(
            "{parts}concat=n={count}:v=0:a=1,apad=whole_len={total},atrim=end_sample={total}[m{number}]"
        ));
        let _ = write!(labels, "[m{number}]");
    }
    // Several sounds, one that is raised and the channels of one that are mixed down may be too loud together, which a
    // limiter mends. It looks ahead; without `latency` all sound would come 5 ms late.
    let louder = tracks.iter().flatten().any(|part| part.sound.volume > 1.0 || part.stream.channels > 2);
    let guard =
        if tracks.len() > 1 || louder { ",alimiter=limit=0.97:attack=5:release=80:level=0:latency=1" } else { "" };
    let mixed = match tracks.len() {
        0 => format!("{},atrim=end_sample={total}", silence()),
        1 => format!("{labels}anull{guard}"),
        // `amix` would halve each of two without `normalize=0`.
        count => format!("{labels}amix=inputs={count}:normalize=0:duration=longest{guard}"),
    };
    graph.chains.push(format!("{mixed}{mastering},{STEREO},asetpts=N/SR/TB[a]"));
}

fn silence() -> String {
    format!("anullsrc=r={RATE}:cl=stereo,aformat=sample_fmts=fltp")
}

/// Puts each sound on the first track that is free when it begins.
fn tracks<'a>(sounds: &'a [Sound], media: &'a MediaTable, total: u64) -> Vec<Vec<Part<'a>>> {
    let mut parts: Vec<Part<'a>> = sounds
        .iter()
        .filter_map(|sound| {
            let media = media.get(&sound.asset)?;
            let stream = media.sound.as_ref()?;
            let (start, end) = (samples(sound.start), samples(sound.end).min(total));
            (start < end && sound.volume > 0.0).then_some(Part { sound, media, stream, start, end })
        })
        .collect();
    parts.sort_by_key(|part| part.start);
    let mut tracks: Vec<Vec<Part<'a>>> = Vec::new();
    for part in parts {
        match tracks.iter_mut().find(|track| track.last().is_none_or(|last| last.end <= part.start)) {
            Some(track) => track.push(part),
            None => tracks.push(vec![part]),
        }
    }
    tracks
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time is at most a day")]
fn samples(time: Time) -> u64 {
    (time.as_secs() * f64::from(RATE)).round().max(0.0) as u64
}

//! The sound as part of the filter graph: rendered once, whole, exact to the sample.
//!
//! Sounds that never meet share a track; a track is silence and sounds one after another; tracks are added up.

mod envelope;
mod part;
mod reel;
mod stem;

use std::fmt::Write as _;
use std::ops::Range;

use crate::media::MediaTable;
use crate::time::Time;

use super::graph::Graph;
use super::strip::Sound;
use super::timeline::Timeline;

use envelope::Volume;
use part::Part;

pub(super) use stem::Stems;

/// Samples a second in the output.
pub(super) const RATE: u32 = 48_000;

/// The form of every sound in the graph.
const STEREO: &str = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo";

/// How many steps a second a volume takes while it changes; they are smoothed when they are brought to the sound's rate.
const STEPS: u32 = 2000;

/// ffmpeg looks through all filters of a graph for each frame of each: with hundreds of sounds, fewer frames are most of the speed.
const FRAMES: &str = "asetnsamples=n=4096:p=0";

/// Writes the sound of `timeline` into `graph`, ending in `[a]`, through `mastering` filters where there are any. Tracks
/// that `stems` has are read from there.
pub(super) fn sound(timeline: &Timeline, media: &MediaTable, stems: &Stems, mastering: &str, graph: &mut Graph) {
    let total = samples(timeline.canvas.rate.time_of(timeline.frames));
    let tracks = tracks(&timeline.sounds, media, total);
    let mut labels = String::new();
    for (number, track) in tracks.iter().enumerate() {
        let whole = match stems.of(track, total) {
            Some(files) => stem::strung(&files, number, graph),
            None => strung(track, &(0..total), total, number, graph),
        };
        let whole = format!("{whole},apad=whole_len={total},atrim=end_sample={total}");
        loud(&whole, track, number, graph);
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

/// The `samples` of a track, which its `parts` are in, with silence around them; what is behind the last part is missing.
fn strung(parts: &[Part<'_>], samples: &Range<u64>, total: u64, number: usize, graph: &mut Graph) -> String {
    let mut labels = String::new();
    let mut count = 0;
    let mut at = samples.start;
    let reels = reel::reels(parts, &format!("r{number}"), graph);
    for (index, (part, reel)) in parts.iter().zip(reels).enumerate() {
        if part.start > at && index == 0 {
            graph.chains.push(format!("{},atrim=end_sample={}[g{number}]", silence(), part.start - at));
            // Writing into a string cannot fail.
            let _ = write!(labels, "[g{number}]");
            count += 1;
        }
        at = parts.get(index + 1).map_or(part.end, |next| next.start);
        part.write(&format!("t{number}_{index}"), reel.as_ref(), at - part.end, part.end >= total, graph);
        let _ = write!(labels, "[t{number}_{index}]");
        count += 1;
    }
    format!("{labels}concat=n={count}:v=0:a=1")
}

/// The `whole` of a track as loud as its parts shall be, ending in `[m…]`. One filter for all: hundreds would be slow.
fn loud(whole: &str, track: &[Part<'_>], number: usize, graph: &mut Graph) {
    match envelope::volume(track.iter().map(|part| part.sound)) {
        Volume::Constant(level) if (level - 1.0).abs() < 1e-9 => graph.chains.push(format!("{whole}[m{number}]")),
        Volume::Constant(level) => graph.chains.push(format!("{whole},volume={level:.6}[m{number}]")),
        Volume::Moving(expression) => {
            let end = track.last().map_or(0.0, |part| part.sound.end.as_secs()) + 1.0;
            graph.chains.push(format!("{whole}[w{number}]"));
            graph.chains.push(format!(
                "aevalsrc=exprs='{expression}':s={STEPS}:d={end:.6},aresample={RATE},aformat=sample_fmts=fltp,\
                 pan=stereo|c0=c0|c1=c0,apad[v{number}]"
            ));
            graph.chains.push(format!("[w{number}][v{number}]amultiply,asetpts=N/SR/TB[m{number}]"));
        }
    }
}

fn silence() -> String {
    format!("anullsrc=r={RATE}:cl=stereo:n=4096,aformat=sample_fmts=fltp")
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

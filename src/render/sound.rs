//! The sound as part of the filter graph: rendered once, whole, exact to the sample.
//!
//! Sounds that never meet share a track; a track is silence and sounds one after another; tracks are added up.

use std::fmt::Write as _;

use crate::media::{Media, MediaTable};
use crate::time::Time;

use super::graph::Graph;
use super::input::Input;
use super::strip::{Gain, GainShape, Sound};
use super::timeline::Timeline;

/// Samples a second in the output.
pub(super) const RATE: u32 = 48_000;

/// A cut inside a sound is a step in its wave, heard as a click; this long a fade hides it and is not heard itself.
const DECLICK_SECONDS: f64 = 0.008;

/// Writes the sound of `timeline` into `graph`, ending in `[a]`, through `loudness` filters where there are any.
pub(super) fn sound(timeline: &Timeline, media: &MediaTable, loudness: &str, graph: &mut Graph) {
    let total = samples(timeline.canvas.rate.time_of(timeline.frames));
    let tracks = tracks(&timeline.sounds, media, total);
    let shape = format!("aformat=sample_fmts=fltp:sample_rates={RATE}:channel_layouts=stereo");
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
            let chain = part_chain(part, graph);
            graph.chains.push(format!("{chain}[t{number}_{index}]"));
            let _ = write!(parts, "[t{number}_{index}]");
            count += 1;
            at = part.end;
        }
        graph.chains.push(format!(
            "{parts}concat=n={count}:v=0:a=1,apad=whole_len={total},atrim=end_sample={total}[m{number}]"
        ));
        let _ = write!(labels, "[m{number}]");
    }
    let louder = timeline.sounds.iter().any(|sound| sound.volume > 1.0);
    // `amix` would halve each of two without `normalize=0`; their sum may be too loud, which a limiter mends.
    let guard = if tracks.len() > 1 || louder { ",alimiter=limit=0.97:attack=5:release=80:level=0" } else { "" };
    let mixed = match tracks.len() {
        0 => format!("{},atrim=end_sample={total}", silence()),
        1 => format!("{labels}anull{guard}"),
        count => format!("{labels}amix=inputs={count}:normalize=0:duration=longest{guard}"),
    };
    graph.chains.push(format!("{mixed}{loudness},{shape},asetpts=N/SR/TB[a]"));
}

fn silence() -> String {
    format!("anullsrc=r={RATE}:cl=stereo,aformat=sample_fmts=fltp")
}

struct Part<'a> {
    sound: &'a Sound,
    media: &'a Media,
    start: u64,
    end: u64,
}

/// Puts each sound on the first track that is free when it begins.
fn tracks<'a>(sounds: &'a [Sound], media: &'a MediaTable, total: u64) -> Vec<Vec<Part<'a>>> {
    let mut parts: Vec<Part<'a>> = sounds
        .iter()
        .filter_map(|sound| {
            let media = media.get(&sound.asset).filter(|media| media.sound.is_some())?;
            let (start, end) = (samples(sound.start), samples(sound.end).min(total));
            (start < end && sound.volume > 0.0).then_some(Part { sound, media, start, end })
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

fn part_chain(part: &Part<'_>, graph: &mut Graph) -> String {
    let sound = part.sound;
    let stream = part.media.sound.as_ref();
    let count = part.end - part.start;
    let length = sound.end - sound.start;
    let read = length.scaled(1.0 / sound.speed) + Time::from_secs(1.0).unwrap_or_default();
    let mut input = Input::new(part.media).seek(sound.source, read);
    if sound.looped {
        input = input.looped();
    }
    let input = graph.input(input);
    // A mono sound goes to both sides as loud as it is; ffmpeg's own mix would make it 3 dB quieter.
    let mono = if stream.is_some_and(|stream| stream.channels == 1) { ",pan=stereo|c0=c0|c1=c0" } else { "" };
    let mut chain = format!(
        "[{input}:{}]aresample={RATE}:async=1:first_pts=0{mono},aformat=sample_fmts=fltp:sample_rates={RATE}:channel_layouts=stereo",
        stream.map_or(0, |stream| stream.stream),
    );
    let mut speed = sound.speed;
    while !(0.5..=2.0).contains(&speed) {
        let step = if speed < 1.0 { 0.5 } else { 2.0 };
        let _ = write!(chain, ",atempo={step}");
        speed /= step;
    }
    if (speed - 1.0).abs() > 1e-9 {
        let _ = write!(chain, ",atempo={speed}");
    }
    let _ = write!(chain, ",apad=whole_len={count},atrim=end_sample={count},asetpts=N/SR/TB");
    let ends_inside = stream.is_some_and(|stream| sound.source + length.scaled(1.0 / sound.speed) < stream.duration);
    let seconds = length.as_secs();
    if seconds > 4.0 * DECLICK_SECONDS {
        if sound.source > Time::ZERO {
            let _ = write!(chain, ",afade=t=in:d={DECLICK_SECONDS}");
        }
        if ends_inside || sound.looped {
            let _ = write!(chain, ",afade=t=out:st={:.6}:d={DECLICK_SECONDS}", seconds - DECLICK_SECONDS);
        }
    }
    if !sound.gains.is_empty() || (sound.volume - 1.0).abs() > 1e-9 {
        chain.push_str(&volume(sound));
    }
    chain
}

/// One `volume` filter for all changes; small frames let it follow a ramp in steps of 5 ms.
fn volume(sound: &Sound) -> String {
    if sound.gains.is_empty() {
        return format!(",volume={:.6}", sound.volume);
    }
    let mut expression = format!("{:.6}", sound.volume);
    for Gain { start, end, shape } in &sound.gains {
        let (from, to) = ((*start - sound.start).as_secs(), (*end - sound.start).as_secs());
        let span = (to - from).max(1e-6);
        let _ = match shape {
            GainShape::Rise => write!(expression, "*clip((t-({from:.6}))/{span:.6},0,1)"),
            GainShape::Fall => write!(expression, "*clip((({to:.6})-t)/{span:.6},0,1)"),
            GainShape::Dip { level, ease } => {
                let ease = ease.as_secs().max(1e-6);
                write!(
                    expression,
                    "*(1-{:.6}*clip((t-({:.6}))/{ease:.6},0,1)*clip((({:.6})-t)/{ease:.6},0,1))",
                    1.0 - level,
                    from - ease,
                    to + ease
                )
            }
        };
    }
    format!(",asetnsamples=n=240:p=0,volume=volume='{expression}':eval=frame")
}

/// The label of a graph that only measures.
pub(super) fn measuring(target: f64, true_peak: f64) -> String {
    format!(",loudnorm=I={target}:TP={true_peak}:LRA=11:print_format=json")
}

/// What the first pass measured, as ffmpeg writes it.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Loudness {
    input_i: String,
    input_tp: String,
    input_lra: String,
    input_thresh: String,
    target_offset: String,
}

impl Loudness {
    /// Reads what the first pass wrote at the end of its log.
    pub(super) fn read(log: &str) -> Option<Self> {
        let start = log.rfind('{')?;
        let end = log.get(start..)?.find('}')? + start;
        serde_json::from_str(log.get(start..=end)?).ok()
    }

    /// The filters of the second pass; none where there is nothing but silence to make louder.
    pub(super) fn filters(&self, target: f64, true_peak: f64) -> String {
        let numbers = [&self.input_i, &self.input_tp, &self.input_lra, &self.input_thresh, &self.target_offset];
        let numbers: Vec<f64> = numbers.into_iter().filter_map(|number| number.trim().parse().ok()).collect();
        let [loudness, peak, range, threshold, offset] = numbers.as_slice() else { return String::new() };
        if !loudness.is_finite() || *loudness < -69.0 {
            return String::new();
        }
        format!(
            ",loudnorm=I={target}:TP={true_peak}:LRA=11:measured_I={loudness}:measured_TP={peak}:measured_LRA={range}:\
             measured_thresh={threshold}:offset={offset}:linear=true,aresample={RATE}"
        )
    }
}

//! What a render will make, and about how long it takes: said before it begins.

use serde::Serialize;

use crate::error::Result;
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::encoder::Encoder;
use super::pace::Pace;
use super::pieces::Pieces;
use super::smart::Copies;
use super::sound::RATE;
use super::span::spans;
use super::store::Store;
use super::texts::texts;
use super::timeline::Timeline;

/// What a render will make.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// How long it will be, in seconds.
    pub duration_sec: f64,
    /// How many frames it will have.
    pub frames: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames a second, as ffmpeg writes it.
    pub frame_rate: String,
    /// Its streams, each in words.
    pub streams: Vec<String>,
    /// Its spans in order.
    pub spans: Vec<SpanForecast>,
    /// Whether the sound is kept from an earlier render.
    pub sound_kept: bool,
    /// How many frames must be rendered.
    pub frames_to_render: u64,
    /// About how long that takes, in seconds.
    pub estimate_sec: f64,
    /// The pace that the estimate assumes.
    pub megapixels_per_sec: f64,
    /// Whether that was measured in earlier renders here.
    pub pace_measured: bool,
}

/// A span that will be made or is there.
#[derive(Clone, Debug, Serialize)]
pub struct SpanForecast {
    /// Its first frame and the one behind its last.
    pub frames: (u64, u64),
    /// When it begins, in seconds.
    pub start_sec: f64,
    /// When it ends, in seconds.
    pub end_sec: f64,
    /// How often each of its pictures is encoded on the way from the sources to the video.
    pub encodes: u32,
    /// How often it is copied from a source without an encoding.
    pub copies: u32,
    /// Whether it is kept from an earlier render.
    pub kept: bool,
}

/// A join, and the start of the programs.
const FIXED_SECONDS: f64 = 0.5;

/// Says what a render of `timeline` by `encoder` will make; `store` may have parts of it. Nothing is written.
pub fn forecast(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
    encoder: &Encoder,
    store: Option<&Store>,
    pace: Option<&Pace>,
) -> Result<Forecast> {
    let (kept, sound_kept) = kept(plan, timeline, fonts, encoder, store)?;
    let canvas = &timeline.canvas;
    let seconds = |frame| canvas.rate.time_of(frame).as_secs();
    let spans: Vec<SpanForecast> = spans(timeline)
        .into_iter()
        .enumerate()
        .map(|(number, frames)| SpanForecast {
            frames: (frames.start, frames.end),
            start_sec: seconds(frames.start),
            end_sec: seconds(frames.end),
            encodes: 1,
            copies: 0,
            kept: kept.get(number).copied().unwrap_or(false),
        })
        .collect();
    let to_render = spans.iter().filter(|span| !span.kept).map(|span| span.frames.1 - span.frames.0).sum();
    let measured = pace.and_then(|pace| pace.measured(&encoder.to_string()));
    let rate = measured.unwrap_or_else(|| Pace::default_for(encoder.preset()));
    let mut streams = vec![
        format!("picture: {}, {}, bt709, video range", encoder.program().codec.probed(), encoder.pixel_format()),
        format!("sound: {}, {RATE} Hz, stereo", encoder.sound_codec()),
    ];
    streams.extend(timeline.soft.as_ref().map(|_| "subtitles".to_owned()));
    Ok(Forecast {
        duration_sec: seconds(timeline.frames),
        frames: timeline.frames,
        width: canvas.width,
        height: canvas.height,
        frame_rate: canvas.rate.to_string(),
        streams,
        spans,
        sound_kept,
        frames_to_render: to_render,
        estimate_sec: ((megapixels(timeline, to_render) / rate + FIXED_SECONDS) * 10.0).round() / 10.0,
        megapixels_per_sec: rate,
        pace_measured: measured.is_some(),
    })
}

/// How many millions of pixels so many frames of a video have.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "frames of a day fit f64")]
pub fn megapixels(timeline: &Timeline, frames: u64) -> f64 {
    f64::from(timeline.canvas.width) * f64::from(timeline.canvas.height) * frames as f64 / 1e6
}

/// Which spans the store has, and whether it has the sound. Sources are read for their hashes only if it has anything.
fn kept(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
    encoder: &Encoder,
    store: Option<&Store>,
) -> Result<(Vec<bool>, bool)> {
    let Some(store) = store.filter(|store| store.folder().is_dir()) else { return Ok((Vec::new(), false)) };
    let store = store.clone().read_only();
    let (runs, _) = texts(plan, timeline, fonts)?;
    let pieces = Pieces::new(plan, timeline, &runs, fonts, encoder, &store, &Copies::default())?;
    let mut has: Vec<bool> = pieces.keys().map(|key| store.has(key)).collect();
    let sound = has.pop().unwrap_or(false);
    Ok((has, sound))
}

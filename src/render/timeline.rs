//! The strip on the frame grid: what is visible at every frame, and what lies over it.

use std::ops::Range;

use crate::media::MediaTable;
use crate::tasks::{Background, Task, ValidPlan};
use crate::time::{FrameRate, Time};

use super::lower::{Lowered, lower};
use super::soft::SoftSubtitles;
use super::strip::{By, Content, Element, Shot, Sound, Text};

/// The size, rate and safe area of the video.
#[derive(Clone, Debug, PartialEq)]
pub struct Canvas {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Frames a second.
    pub rate: FrameRate,
    /// A word of [`crate::value::FIT`].
    pub fit: &'static str,
    /// What is seen beside a picture that is contained.
    pub background: Background,
    /// What of a picture stays nearest to the middle where it is cropped: shares of its width and height.
    pub focus: [f64; 2],
    /// A word of [`crate::value::SAFE_AREA`].
    pub safe_area: &'static str,
}

/// A whole video on the frame grid.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Its size and rate.
    pub canvas: Canvas,
    /// How many frames it has.
    pub frames: u64,
    /// How many frames before its first one the texts and fades begin that it shows: 0 unless it is cut out of another.
    /// Their frames are counted from there.
    pub(super) lead: u64,
    /// What fills the canvas, frame after frame without a gap.
    pub(super) stretches: Vec<Stretch>,
    /// What lies over that, from the lowest to the highest.
    pub(super) items: Vec<Item>,
    /// What is heard.
    pub(super) sounds: Vec<Sound>,
    /// The loudness and true peak to reach, if asked for.
    pub(super) loudness: Option<(f64, f64)>,
    /// The subtitles that go into the file as a stream of their own, if they do.
    pub(super) soft: Option<SoftSubtitles>,
}

/// Frames that one source fills.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) frames: Range<u64>,
    pub(super) filling: Filling,
    pub(super) by: By,
}

/// What fills a stretch.
#[derive(Clone, Debug)]
pub(super) enum Filling {
    /// A part of an asset; `source` is where its first frame lies.
    Shot(Shot),
    /// A part of a joint of `length` frames, `skip` frames into it.
    Joint { from: Shot, to: Shot, kind: &'static str, length: u64, skip: u64 },
    /// Nothing.
    Black,
}

/// Something over the filled canvas, seen in `ranges` of frames.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) ranges: Vec<Range<u64>>,
    pub(super) content: ItemContent,
    pub(super) by: By,
}

/// What an item shows.
#[derive(Clone, Debug)]
pub(super) enum ItemContent {
    /// A picture that may be seen through, over the whole canvas; `shot` is where it is in frame `start`.
    Picture { shot: Shot, start: u64 },
    /// A photo in a place, and as wide as a share of the canvas.
    Inset { asset: String, position: &'static str, width: f64 },
    /// A text.
    Text(Text),
    /// A fade over these frames, of which `ranges` are not covered.
    Fade { into: bool, frames: Range<u64> },
}

/// Puts what `plan` makes on the frame grid.
#[must_use]
pub fn timeline(plan: &ValidPlan) -> Timeline {
    let Lowered { strip, canvas, loudness } = lower(plan);
    let canvas = canvas.as_ref().and_then(fitted).unwrap_or_else(|| first_shot_canvas(&strip.elements, plan.media()));
    let frames = canvas.rate.frame_at(strip.duration).max(1);
    let mut flat = Flat { rate: canvas.rate, frames, stretches: vec![black(0..frames)], items: Vec::new() };
    for element in strip.elements {
        flat.add(element, plan.media());
    }
    let loudness =
        loudness.map(|task| (task.number("target").unwrap_or(-14.0), task.number("true_peak").unwrap_or(-1.0)));
    flat.items.retain(|item| !item.ranges.is_empty());
    Timeline {
        canvas,
        frames,
        lead: 0,
        stretches: flat.stretches,
        items: flat.items,
        sounds: strip.sounds,
        loudness,
        soft: None,
    }
}

fn black(frames: Range<u64>) -> Stretch {
    Stretch { frames, filling: Filling::Black, by: By::Open }
}

/// The nearest even number of pixels: 4:2:0 has one colour for two by two of them.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes of pictures, bounded by the probe")]
pub(super) fn even(pixels: f64) -> u32 {
    ((pixels / 2.0).round() as u32).max(1) * 2
}

pub(super) fn fitted(task: &Task) -> Option<Canvas> {
    let (width, height) = task.word("aspect_ratio")?.split_once(':')?;
    let (width, height): (f64, f64) = (width.parse().ok()?, height.parse().ok()?);
    let scale = task.number("resolution")? / width.min(height);
    Some(Canvas {
        width: even(width * scale),
        height: even(height * scale),
        rate: FrameRate::from_fps(task.number("frame_rate")?)?,
        fit: task.word("fit")?,
        background: task.text("background").and_then(Background::parse).unwrap_or_default(),
        focus: [task.number("focus_x")?, task.number("focus_y")?],
        safe_area: task.word("safe_area")?,
    })
}

/// Without a `fit_canvas`, the video is like its first clip.
fn first_shot_canvas(elements: &[Element], media: &MediaTable) -> Canvas {
    let first = elements.iter().find_map(|element| match &element.content {
        Content::Shot(shot) => media.get(&shot.asset)?.picture.as_ref(),
        _ => None,
    });
    let (width, height, rate) = first.map_or((1080.0, 1920.0, 30.0), |first| (first.width, first.height, first.rate));
    Canvas {
        width: even(width),
        height: even(height),
        // A rate that is unknown or absurd (phones write 90000) becomes the commonest one.
        rate: FrameRate::from_fps(rate).unwrap_or_else(FrameRate::thirty),
        fit: "cover",
        background: Background::default(),
        focus: [0.5, 0.5],
        safe_area: "universal",
    }
}

struct Flat {
    rate: FrameRate,
    frames: u64,
    stretches: Vec<Stretch>,
    items: Vec<Item>,
}

impl Flat {
    fn add(&mut self, element: Element, media: &MediaTable) {
        let start = self.rate.frame_at(element.start);
        let end = self.rate.frame_at(element.end).min(self.frames);
        if start >= end {
            return;
        }
        let (frames, by) = (start..end, element.by);
        match element.content {
            Content::Shot(shot) => {
                let alpha = media
                    .get(&shot.asset)
                    .and_then(|media| media.picture.as_ref())
                    .is_some_and(|picture| picture.alpha);
                let shot = Shot { source: self.source_at(&shot, element.start, start), ..shot };
                if alpha {
                    self.item(frames, ItemContent::Picture { shot, start }, by);
                } else {
                    self.cover(Stretch { frames, filling: Filling::Shot(shot), by });
                }
            }
            Content::Joint { from, to, kind } => {
                let length = end - start;
                let from = Shot { source: self.source_at(&from, element.start, start), ..from };
                let to = Shot { source: self.source_at(&to, element.start, start), ..to };
                self.cover(Stretch { frames, filling: Filling::Joint { from, to, kind, length, skip: 0 }, by });
            }
            Content::Inset { asset, position, width } => {
                self.item(frames, ItemContent::Inset { asset, position, width }, by);
            }
            Content::Text(text) => self.item(frames, ItemContent::Text(text), by),
            Content::Fade { into } => self.item(frames.clone(), ItemContent::Fade { into, frames }, by),
        }
    }

    fn item(&mut self, frames: Range<u64>, content: ItemContent, by: By) {
        self.items.push(Item { ranges: vec![frames], content, by });
    }

    /// Where in its asset a shot that begins at `start` is when frame `frame` is shown.
    fn source_at(&self, shot: &Shot, start: Time, frame: u64) -> Time {
        if shot.stands() {
            return shot.source;
        }
        let into = self.rate.time_of(frame) - start;
        (shot.source + into.scaled(1.0 / shot.speed)).max(Time::ZERO)
    }

    /// Fills frames, and takes them from whatever filled or overlaid them before.
    fn cover(&mut self, stretch: Stretch) {
        let Range { start, end } = stretch.frames;
        let first = self.stretches.partition_point(|other| other.frames.end <= start);
        let last = self.stretches.partition_point(|other| other.frames.start < end);
        let covered = self.stretches.get(first..last).unwrap_or_default();
        let head = covered
            .first()
            .filter(|head| head.frames.start < start)
            .map(|head| head.part(head.frames.start..start, self.rate));
        let tail =
            covered.last().filter(|tail| tail.frames.end > end).map(|tail| tail.part(end..tail.frames.end, self.rate));
        self.stretches.splice(first..last, head.into_iter().chain([stretch]).chain(tail));
        for item in &mut self.items {
            item.ranges = item.ranges.iter().flat_map(|range| without(range, start, end)).collect();
        }
    }
}

impl Stretch {
    /// The part of it that fills `frames`.
    pub(super) fn part(&self, frames: Range<u64>, rate: FrameRate) -> Self {
        let skipped = frames.start - self.frames.start;
        let filling = match &self.filling {
            Filling::Shot(shot) => {
                Filling::Shot(shot.later(rate.time_of(frames.start) - rate.time_of(self.frames.start)))
            }
            Filling::Joint { from, to, kind, length, skip } => {
                Filling::Joint { from: from.clone(), to: to.clone(), kind, length: *length, skip: skip + skipped }
            }
            Filling::Black => Filling::Black,
        };
        Self { frames, filling, by: self.by }
    }
}

/// `range` without the frames from `start` to `end`.
pub(super) fn without(range: &Range<u64>, start: u64, end: u64) -> impl Iterator<Item = Range<u64>> + use<> {
    let before = range.start..range.end.min(start);
    let after = range.start.max(end)..range.end;
    [before, after].into_iter().filter(|part| part.start < part.end)
}

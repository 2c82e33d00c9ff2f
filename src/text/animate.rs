//! How a text comes and goes: each frame of it as a picture that stands still.
//!
//! ASS has tags for this (`\fad`, `\t`, `\move`), but they count milliseconds from an event's start, go in straight lines,
//! scale every line round its own corner, and know nothing of a box with several lines. So a block in motion is written
//! frame by frame. What a frame shows depends on its number alone, and a span that begins in the middle shows the same.

use std::ops::Range;

use super::block::{Block, Line, Run};
use super::place::Rect;
use super::runs::clusters;
use crate::tasks::{Animation, Color, Style};
use crate::time::FrameRate;

/// How long a text takes to come and to go, in seconds; never more than a third of its time each. Material Design 3 has 200
/// to 400 ms for what enters and less for what leaves.
const COMES: f64 = 0.3;
const GOES: f64 = 0.2;

/// The size at which `pop` begins and to which it falls back at the end, as shares of its own.
const POP_FROM: f64 = 0.6;
const POP_TO: f64 = 0.92;

/// How far `pop` swings beyond its goal: with 1.70158 (Penner) by 10 % of the way.
const SWING: f64 = 1.701_58;

/// How large `pop` is at the top of its swing: 10 % of the way from `POP_FROM` more.
const POP_MOST: f64 = 1.0 + 0.1 * (1.0 - POP_FROM);

/// How far below its place `slide` begins, in ems.
const SLIDE_EMS: f64 = 0.8;

/// How many letters `typewriter` writes in a second, unless they would not be there at half of the text's time.
const LETTERS_A_SECOND: f64 = 30.0;

/// A block as it is seen on some frames.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pose {
    pub(super) frames: Range<u64>,
    /// Its size, as a share of its own.
    scale: f64,
    /// How far below its place it is, in pixels.
    down: f64,
    /// How much of its opacity it has.
    opacity: f64,
    /// How many of its letters are seen; all if absent.
    pub(super) letters: Option<usize>,
}

impl Pose {
    fn still(frames: Range<u64>) -> Self {
        Self { frames, scale: 1.0, down: 0.0, opacity: 1.0, letters: None }
    }

    /// Whether it looks like `other`, on other frames.
    fn looks_like(&self, other: &Self) -> bool {
        *self == Self { frames: self.frames.clone(), ..other.clone() }
    }
}

/// What is seen of `block`, frame after frame.
pub(super) fn poses(block: &Block, rate: FrameRate) -> Vec<Pose> {
    let animation = block.style.animate;
    let Range { start, end } = block.frames;
    let count = end.saturating_sub(start);
    let of = |seconds: f64| whole(seconds * rate.fps()).min(count / 3);
    let (comes, goes) = match animation {
        Animation::None => (0, 0),
        Animation::Typewriter => (typing(block, rate, count), 0),
        Animation::Fade | Animation::Pop | Animation::Slide => (of(COMES), of(GOES)),
    };
    let first = (0..comes).map(|number| (start + number, share(number + 1, comes + 1)));
    let coming = first.map(|(frame, way)| Pose { frames: frame..frame + 1, ..entering(block, way) });
    let last = (0..goes).map(|number| (end - goes + number, share(number + 1, goes + 1)));
    let going = last.map(|(frame, way)| Pose { frames: frame..frame + 1, ..leaving(animation, way) });
    let mut poses: Vec<Pose> = Vec::new();
    for pose in coming.chain([Pose::still(start + comes..end - goes)]).chain(going) {
        match poses.last_mut() {
            Some(last) if last.looks_like(&pose) => last.frames.end = pose.frames.end,
            _ => poses.push(pose),
        }
    }
    poses
}

/// The pose when it has come `way` of 1.
fn entering(block: &Block, way: f64) -> Pose {
    let pose = Pose::still(0..0);
    match block.style.animate {
        Animation::None => pose,
        Animation::Fade => Pose { opacity: slowing(way), ..pose },
        Animation::Pop => {
            let left = way - 1.0;
            let swung = 1.0 + (SWING + 1.0) * left.powi(3) + SWING * left.powi(2);
            Pose { scale: POP_FROM + (1.0 - POP_FROM) * swung, opacity: (way * 2.5).min(1.0), ..pose }
        }
        Animation::Slide => {
            let down = SLIDE_EMS * block.style.size * (1.0 - slowing(way));
            Pose { down, opacity: (way * 2.5).min(1.0), ..pose }
        }
        #[expect(clippy::cast_precision_loss, reason = "a text has far fewer letters than 2^52")]
        Animation::Typewriter => {
            let letters = letters(block) as f64 * way;
            Pose { letters: Some(usize::try_from(whole(letters.ceil())).unwrap_or(usize::MAX)), ..pose }
        }
    }
}

/// The pose when it has gone `way` of 1.
fn leaving(animation: Animation, way: f64) -> Pose {
    let scale = if animation == Animation::Pop { 1.0 - (1.0 - POP_TO) * way } else { 1.0 };
    Pose { opacity: 1.0 - way, scale, ..Pose::still(0..0) }
}

/// Quick at first, slow at the end.
fn slowing(way: f64) -> f64 {
    1.0 - (1.0 - way).powi(3)
}

/// How many frames the writing takes.
fn typing(block: &Block, rate: FrameRate, count: u64) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "a text has far fewer letters than 2^52")]
    let seconds = letters(block) as f64 / LETTERS_A_SECOND;
    whole(seconds * rate.fps()).min(count / 2)
}

fn letters(block: &Block) -> usize {
    block.lines.iter().flat_map(|line| &line.runs).map(|run| clusters(&run.text).count()).sum()
}

#[expect(clippy::cast_precision_loss, reason = "frames of a day fit f64")]
fn share(part: u64, all: u64) -> f64 {
    part as f64 / all as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number that is not negative")]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

/// What a block takes of the canvas in any of its poses.
pub(super) fn reach(block: &Block) -> Rect {
    let rect = block.rect;
    match block.style.animate {
        Animation::None | Animation::Fade | Animation::Typewriter => rect,
        Animation::Slide => Rect { height: rect.height + SLIDE_EMS * block.style.size, ..rect },
        Animation::Pop => scaled(&rect, &rect, POP_MOST),
    }
}

/// `rect` as large as `scale` says, around the middle of `whole`.
fn scaled(rect: &Rect, whole: &Rect, scale: f64) -> Rect {
    let (x, y) = middle(whole);
    Rect {
        left: x + (rect.left - x) * scale,
        top: y + (rect.top - y) * scale,
        width: rect.width * scale,
        height: rect.height * scale,
    }
}

fn middle(rect: &Rect) -> (f64, f64) {
    (rect.left + rect.width / 2.0, rect.top + rect.height / 2.0)
}

/// `block` as it stands in `pose`.
pub(super) fn posed(block: &Block, pose: &Pose) -> Block {
    let scale = pose.scale;
    let (x, y) = middle(&block.rect);
    let placed = |rect: &Rect| {
        let rect = scaled(rect, &block.rect, scale);
        Rect { top: rect.top + pose.down, ..rect }
    };
    let run = |run: &Run| Run { font_size: run.font_size * scale, descent: run.descent * scale, ..run.clone() };
    let line = |line: &Line| Line {
        left: x + (line.left - x) * scale,
        baseline: y + (line.baseline - y) * scale + pose.down,
        width: line.width * scale,
        rtl: line.rtl,
        runs: line.runs.iter().map(run).collect(),
    };
    Block {
        caption: block.caption,
        frames: pose.frames.clone(),
        rect: placed(&block.rect),
        background: block.background.as_ref().map(placed),
        lines: block.lines.iter().map(line).collect(),
        style: dressed(&block.style, pose),
        spoken: block.spoken.clone(),
    }
}

fn dressed(style: &Style, pose: &Pose) -> Style {
    let seen = |color: Color| Color { opacity: thinned(color.opacity, pose.opacity), ..color };
    Style {
        size: style.size * pose.scale,
        outline: style.outline * pose.scale,
        shadow: style.shadow * pose.scale,
        padding: style.padding * pose.scale,
        radius: style.radius * pose.scale,
        color: seen(style.color),
        outline_color: seen(style.outline_color),
        shadow_color: seen(style.shadow_color),
        background: style.background.map(seen),
        highlight_color: style.highlight_color.map(seen),
        ..style.clone()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn thinned(opacity: u8, share: f64) -> u8 {
    (f64::from(opacity) * share).round().clamp(0.0, 255.0) as u8
}

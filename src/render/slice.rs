//! A part of a timeline that is rendered by itself, and looks as it does in the whole.

use std::ops::Range;

use crate::text;
use crate::time::FrameRate;

use super::texts::{TextRun, page};
use super::timeline::{Item, ItemContent, Stretch, Timeline};

impl Timeline {
    /// The picture of `frames` alone, with its text documents; `runs` are those of the whole.
    ///
    /// Nothing in it tells where in the whole it was, so what is only moved is still the same.
    pub(super) fn slice(&self, frames: &Range<u64>, runs: &[TextRun]) -> (Self, Vec<TextRun>) {
        let from = self.earliest(frames, runs).min(frames.start);
        let mut slice = Self {
            canvas: self.canvas.clone(),
            frames: frames.end - frames.start,
            lead: frames.start - from,
            stretches: self.stretches.iter().filter_map(|stretch| self.cut(stretch, frames)).collect(),
            items: Vec::new(),
            sounds: Vec::new(),
            loudness: None,
            soft: None,
        };
        let mut kept = Vec::new();
        let mut number = 0;
        while let Some(item) = self.items.get(number) {
            let run = runs.iter().find(|run| run.first == number);
            let last = run.map_or(number, |run| run.last);
            let first = slice.items.len();
            let items = self.items.get(number..=last).unwrap_or_default();
            slice.items.extend(items.iter().filter_map(|item| clipped(item, frames, from, self.canvas.rate)));
            if let Some(run) = run
                && slice.items.len() > first
            {
                let layout = run.layout.seen_in(frames, from);
                let name = format!("text{}.ass", kept.len());
                let document = text::document(&layout, &page(&self.canvas));
                kept.push(TextRun { first, last: slice.items.len() - 1, name, document, layout });
            }
            number = last + 1;
            debug_assert!(run.is_some() || !matches!(item.content, ItemContent::Text(_)), "a text has a document");
        }
        (slice, kept)
    }

    /// The first frame of the texts and fades that are seen in `frames`.
    fn earliest(&self, frames: &Range<u64>, runs: &[TextRun]) -> u64 {
        let blocks = runs.iter().flat_map(|run| &run.layout.blocks).map(|block| &block.frames);
        let fades = self.items.iter().filter_map(|item| match &item.content {
            ItemContent::Fade { frames: fade, .. } => Some(fade),
            _ => None,
        });
        let seen = blocks.chain(fades).filter(|range| range.start < frames.end && frames.start < range.end);
        seen.map(|range| range.start).min().unwrap_or(frames.start)
    }

    fn cut(&self, stretch: &Stretch, frames: &Range<u64>) -> Option<Stretch> {
        let inside = common(&stretch.frames, frames)?;
        let part = stretch.part(inside.clone(), self.canvas.rate);
        Some(Stretch { frames: inside.start - frames.start..inside.end - frames.start, ..part })
    }
}

/// What is seen of `item` in `frames`, counted from their first one; what a fade needs is counted from `from`.
fn clipped(item: &Item, frames: &Range<u64>, from: u64, rate: FrameRate) -> Option<Item> {
    let seen: Vec<Range<u64>> = item.ranges.iter().filter_map(|range| common(range, frames)).collect();
    let first = seen.first()?.start;
    let content = match &item.content {
        ItemContent::Fade { into, frames: fade } => {
            ItemContent::Fade { into: *into, frames: fade.start.saturating_sub(from)..fade.end.saturating_sub(from) }
        }
        ItemContent::Picture { shot, start } => {
            let shot = shot.later(rate.time_of(first) - rate.time_of(*start));
            ItemContent::Picture { shot, start: first - frames.start }
        }
        other => other.clone(),
    };
    let ranges = seen.iter().map(|range| range.start - frames.start..range.end - frames.start).collect();
    Some(Item { ranges, content, by: item.by })
}

fn common(one: &Range<u64>, other: &Range<u64>) -> Option<Range<u64>> {
    let both = one.start.max(other.start)..one.end.min(other.end);
    (both.start < both.end).then_some(both)
}

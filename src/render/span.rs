//! Where a timeline is cut into spans.
//!
//! A cut is made where the picture changes anyway, so that what is edited later lies in a span of its own; where nothing
//! changes for long, after a while all the same, so that spans can be rendered side by side.

use std::collections::BTreeSet;
use std::ops::Range;

use super::graph::HELD_SECONDS;
use super::timeline::{Item, ItemContent, Timeline};

/// No span is shorter. Each begins with a key frame and with the start of an ffmpeg, 0.15 s of processor time where a second
/// of 1080p takes 0.9: shorter ones would cost more than they spare.
const SHORTEST_SECONDS: f64 = 1.5;

/// No span is longer: this much at most is lost with a render that is killed.
const LONGEST_SECONDS: f64 = 8.0;

/// The spans of `timeline`, one after another without a gap.
#[must_use]
pub fn spans(timeline: &Timeline) -> Vec<Range<u64>> {
    spans_between(timeline, &[])
}

/// The same where some spans are given, in order: they stay whole, and those between them may be short.
pub(super) fn spans_between(timeline: &Timeline, given: &[Range<u64>]) -> Vec<Range<u64>> {
    let lengths = Lengths::at(timeline.canvas.rate.fps());
    let (changes, cues) = changes(timeline, lengths.shortest);
    let mut spans = Vec::new();
    let mut at = 0;
    for span in given {
        spans.extend(cut(at..span.start, &changes, &cues, &lengths));
        spans.push(span.clone());
        at = span.end;
    }
    spans.extend(cut(at..timeline.frames, &changes, &cues, &lengths));
    spans
}

#[derive(Clone, Copy, Debug)]
struct Lengths {
    shortest: u64,
    longest: u64,
}

impl Lengths {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 120 frames a second")]
    fn at(fps: f64) -> Self {
        let frames = |seconds: f64| (seconds * fps).ceil() as u64;
        Self { shortest: frames(SHORTEST_SECONDS), longest: frames(LONGEST_SECONDS) }
    }
}

/// Where the graph changes: at shots, theses, photos and fades; and at subtitles, which are many and change little.
///
/// A thesis is what is edited most. Where there is room for two spans of the `shortest` length it counts as changing in its
/// middle: two cores have half of it each.
fn changes(timeline: &Timeline, shortest: u64) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let mut changes: BTreeSet<u64> = timeline.stretches.iter().map(|stretch| stretch.frames.start).collect();
    let mut cues = BTreeSet::new();
    for item in &timeline.items {
        let (is_text, is_cue) = match &item.content {
            ItemContent::Text(text) => (true, text.is_subtitle),
            _ => (false, false),
        };
        let into = if is_cue { &mut cues } else { &mut changes };
        for range in &item.ranges {
            let length = range.end - range.start;
            let middle = (is_text && !is_cue && length >= 2 * shortest).then_some(range.start + length / 2);
            let frames = [range.start, range.end].into_iter().chain(middle);
            into.extend(frames.filter(|frame| !ends_soon(timeline, *frame)));
        }
    }
    (changes, cues)
}

/// Whether a shot ends soon after `frame`. There its source may have no frame any more, only the last one that is held,
/// and a span that begins there would not see it.
fn ends_soon(timeline: &Timeline, frame: u64) -> bool {
    let rate = timeline.canvas.rate;
    let soon = |shot: &Range<u64>| {
        let left = rate.time_of(shot.end) - rate.time_of(frame);
        shot.start < frame && frame < shot.end && left.as_secs() <= 2.0 * HELD_SECONDS
    };
    let number = timeline.stretches.partition_point(|stretch| stretch.frames.end <= frame);
    let below = timeline.stretches.get(number).is_some_and(|stretch| soon(&stretch.frames));
    let over = |item: &Item| match &item.content {
        ItemContent::Picture { shot, .. } if !shot.stands() => item.ranges.iter().any(&soon),
        _ => false,
    };
    below || timeline.items.iter().any(over)
}

fn cut(frames: Range<u64>, changes: &BTreeSet<u64>, cues: &BTreeSet<u64>, lengths: &Lengths) -> Vec<Range<u64>> {
    let mut spans = Vec::new();
    let mut start = frames.start;
    while start < frames.end {
        let end = next(start, frames.end, changes, cues, lengths);
        spans.push(start..end);
        start = end;
    }
    spans
}

/// Where the span that begins at `start` ends.
fn next(start: u64, frames: u64, changes: &BTreeSet<u64>, cues: &BTreeSet<u64>, lengths: &Lengths) -> u64 {
    let Lengths { shortest, longest } = *lengths;
    if frames - start < 2 * shortest {
        return frames;
    }
    let allowed = start + shortest..=(start + longest).min(frames - shortest);
    if let Some(change) = changes.range(allowed.clone()).next() {
        return *change;
    }
    if frames - start <= longest {
        return frames;
    }
    // Nothing changes for long: between two cues, as late as that leaves enough for the next span before a change.
    let change = changes.range(start + shortest..).next().copied().unwrap_or(frames).min(frames);
    let latest = (start + longest).min(change.max(start + 2 * shortest) - shortest);
    cues.range(start + shortest..=latest).next_back().copied().unwrap_or(latest)
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    const LENGTHS: Lengths = Lengths { shortest: 60, longest: 240 };

    proptest! {
        #[test]
        fn spans_tile_the_timeline_and_are_neither_short_nor_long(
            frames in 1_u64..4000,
            changes in btree_set(0_u64..4000, 0..60),
            cues in btree_set(0_u64..4000, 0..60),
        ) {
            let spans = cut(0..frames, &changes, &cues, &LENGTHS);
            let mut at = 0;
            for span in &spans {
                prop_assert_eq!(span.start, at);
                let length = span.end - span.start;
                prop_assert!(length >= LENGTHS.shortest || spans.len() == 1, "{:?}", spans);
                prop_assert!(length <= LENGTHS.longest, "{:?}", spans);
                at = span.end;
            }
            prop_assert_eq!(at, frames);
        }

        #[test]
        fn a_change_far_from_others_is_a_cut(change in 60_u64..1000) {
            let spans = cut(0..1200, &BTreeSet::from([change]), &BTreeSet::new(), &LENGTHS);
            prop_assert!(spans.iter().any(|span| span.start == change), "{:?}", spans);
        }
    }

    #[test]
    fn a_long_shot_is_cut_between_cues() {
        let spans = cut(0..600, &BTreeSet::new(), &BTreeSet::from([100, 230, 300, 420]), &LENGTHS);
        assert_eq!(spans, [0..230, 230..420, 420..600]);
    }
}

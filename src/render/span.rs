//! Where a timeline is cut into spans.
//!
//! A cut is made where the picture changes anyway, so that what is edited later lies in a span of its own; where nothing
//! changes for long, after a while all the same, so that spans can be rendered side by side.

use std::collections::BTreeSet;
use std::ops::Range;

use super::graph::HELD_SECONDS;
use super::timeline::{Item, ItemContent, Timeline};

/// No span is shorter, but for the [half of a text](HALF_SECONDS). Each begins with a key frame and with the start of an
/// ffmpeg, 0.2 s of processor time where a second of 1080p takes 0.9: shorter ones would cost more than they spare.
const SHORTEST_SECONDS: f64 = 2.0;

/// A text is what is edited most. Where a half of it is not shorter than this, it is cut in its middle: two cores then have
/// half of an edited one each.
const HALF_SECONDS: f64 = 1.5;

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
    let cuts = Cuts::of(timeline, lengths.half);
    let mut spans = Vec::new();
    let mut at = 0;
    for span in given {
        spans.extend(cut_beside(at..span.start, timeline.frames, &cuts, &lengths));
        spans.push(span.clone());
        at = span.end;
    }
    spans.extend(cut_beside(at..timeline.frames, timeline.frames, &cuts, &lengths));
    spans
}

/// Cuts what lies between two given spans, or between one and an end of the timeline of `total` frames. The few frames
/// between a given span and a shot are a span of their own: it takes 0.2 s of processor time, but one that has the sources
/// of three shots takes 40 MB more.
fn cut_beside(frames: Range<u64>, total: u64, cuts: &Cuts, lengths: &Lengths) -> Vec<Range<u64>> {
    let Range { start, end } = frames;
    let head = cuts.shots.range(start + 1..=start + lengths.shortest).next().filter(|shot| start > 0 && **shot < end);
    let from = head.copied().unwrap_or(start);
    let tail = cuts.shots.range(end.saturating_sub(lengths.shortest)..end.max(1)).next_back();
    let to = tail.copied().filter(|shot| end < total && *shot > from).unwrap_or(end);
    let mut spans = Vec::new();
    spans.extend((start < from).then_some(start..from));
    spans.extend(cut(from..to, cuts, lengths));
    spans.extend((to < end).then_some(to..end));
    spans
}

#[derive(Clone, Copy, Debug)]
struct Lengths {
    shortest: u64,
    half: u64,
    longest: u64,
}

impl Lengths {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 120 frames a second")]
    fn at(fps: f64) -> Self {
        let frames = |seconds: f64| (seconds * fps).ceil() as u64;
        Self { shortest: frames(SHORTEST_SECONDS), half: frames(HALF_SECONDS), longest: frames(LONGEST_SECONDS) }
    }
}

/// Where a timeline may be cut.
#[derive(Debug, Default)]
struct Cuts {
    /// Where the graph changes: at shots, theses, photos and fades.
    changes: BTreeSet<u64>,
    /// The middles and the ends of long texts.
    halves: BTreeSet<u64>,
    /// Where subtitles change, which are many and change little.
    cues: BTreeSet<u64>,
    /// Those of the changes where another source is decoded.
    shots: BTreeSet<u64>,
}

impl Cuts {
    /// Those of `timeline`, where the half of a text has so many frames at least.
    fn of(timeline: &Timeline, half: u64) -> Self {
        let mut cuts = Self::default();
        for item in &timeline.items {
            let (is_text, is_cue) = match &item.content {
                ItemContent::Text(text) => (true, text.is_subtitle),
                _ => (false, false),
            };
            for range in &item.ranges {
                let into = if is_cue { &mut cuts.cues } else { &mut cuts.changes };
                into.extend([range.start, range.end]);
                let length = range.end - range.start;
                if is_text && !is_cue && length >= 2 * half {
                    cuts.halves.extend([range.start + length / 2, range.end]);
                }
            }
        }
        let stays = |frame: &u64| !ends_soon(timeline, *frame);
        cuts.changes.retain(stays);
        cuts.halves.retain(stays);
        cuts.cues.retain(stays);
        cuts.shots.extend(timeline.stretches.iter().map(|stretch| stretch.frames.start));
        cuts.changes.extend(&cuts.shots);
        cuts
    }
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

fn cut(frames: Range<u64>, cuts: &Cuts, lengths: &Lengths) -> Vec<Range<u64>> {
    let mut spans = Vec::new();
    let mut start = frames.start;
    while start < frames.end {
        let end = next(start, frames.end, cuts, lengths);
        spans.push(start..end);
        start = end;
    }
    spans
}

/// Where the span that begins at `start` ends.
fn next(start: u64, frames: u64, cuts: &Cuts, lengths: &Lengths) -> u64 {
    let Lengths { shortest, half, longest } = *lengths;
    // Both this span and what is behind it must be long enough.
    let first = |among: &BTreeSet<u64>, least: u64| {
        let to = (start + longest).min(frames.saturating_sub(least));
        if start + least > to { None } else { among.range(start + least..=to).next().copied() }
    };
    let change = [first(&cuts.changes, shortest), first(&cuts.halves, half)].into_iter().flatten().min();
    if let Some(change) = change {
        return shot_behind(change, start + longest, frames, cuts, lengths).unwrap_or(change);
    }
    if frames - start <= longest {
        return frames;
    }
    // Nothing changes for long: between two cues, as late as that leaves enough for the next span before a change.
    let change = cuts.changes.range(start + shortest..).next().copied().unwrap_or(frames).min(frames);
    let latest = (start + longest).min(change.max(start + 2 * shortest) - shortest);
    cuts.cues.range(start + shortest..=latest).next_back().copied().unwrap_or(latest)
}

/// The shot that begins so soon behind `change` that no span ends there if one begins at the change: that one would have
/// the sources of both, and each takes 20 to 40 MB. None behind `latest`, none that leaves
/// too little behind it, and none where a half of a text has a cut of its own before it.
fn shot_behind(change: u64, latest: u64, frames: u64, cuts: &Cuts, lengths: &Lengths) -> Option<u64> {
    let shot = *cuts.shots.range(change..change + lengths.shortest).next()?;
    if shot == change {
        return None;
    }
    let leaves_enough = shot + lengths.shortest <= frames;
    let has_half = cuts.halves.range(change + 1..shot).next().is_some();
    (shot <= latest && leaves_enough && !has_half).then_some(shot)
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    const LENGTHS: Lengths = Lengths { shortest: 60, half: 45, longest: 240 };

    proptest! {
        #[test]
        fn spans_tile_the_timeline_and_are_neither_short_nor_long(
            frames in 1_u64..4000,
            changes in btree_set(0_u64..4000, 0..60),
            halves in btree_set(0_u64..4000, 0..30),
            cues in btree_set(0_u64..4000, 0..60),
            every in 1_usize..4,
        ) {
            let shots = changes.iter().copied().step_by(every).collect();
            let cuts = Cuts { changes, halves, cues, shots };
            let spans = cut(0..frames, &cuts, &LENGTHS);
            let mut at = 0;
            for span in &spans {
                prop_assert_eq!(span.start, at);
                let length = span.end - span.start;
                let is_long = length >= if cuts.halves.is_empty() { LENGTHS.shortest } else { LENGTHS.half };
                prop_assert!(is_long || spans.len() == 1, "{:?}", spans);
                prop_assert!(length <= LENGTHS.longest, "{:?}", spans);
                at = span.end;
            }
            prop_assert_eq!(at, frames);
        }

        #[test]
        fn spans_beside_given_ones_tile_what_is_left(
            at in 0_u64..900,
            length in 0_u64..900,
            shots in btree_set(0_u64..2000, 0..40),
        ) {
            let cuts = Cuts { changes: shots.clone(), shots, ..Cuts::default() };
            let mut end = at;
            for span in cut_beside(at..at + length, 1800, &cuts, &LENGTHS) {
                prop_assert_eq!(span.start, end);
                prop_assert!(!span.is_empty() && span.end - span.start <= LENGTHS.longest);
                end = span.end;
            }
            prop_assert_eq!(end, at + length);
        }

        #[test]
        fn a_change_far_from_others_is_a_cut(change in 60_u64..1000) {
            let cuts = Cuts { changes: BTreeSet::from([change]), ..Cuts::default() };
            let spans = cut(0..1200, &cuts, &LENGTHS);
            prop_assert!(spans.iter().any(|span| span.start == change), "{:?}", spans);
        }
    }

    #[test]
    fn a_long_shot_is_cut_between_cues() {
        let cuts = Cuts { cues: BTreeSet::from([100, 230, 300, 420]), ..Cuts::default() };
        assert_eq!(cut(0..600, &cuts, &LENGTHS), [0..230, 230..420, 420..600]);
    }

    #[test]
    fn the_half_of_a_text_may_be_shorter_than_what_is_between_two_changes() {
        let cuts = Cuts {
            changes: BTreeSet::from([87, 140, 177, 230]),
            halves: BTreeSet::from([132, 177]),
            ..Cuts::default()
        };
        assert_eq!(cut(0..400, &cuts, &LENGTHS), [0..87, 87..132, 132..177, 177..400]);
    }

    #[test]
    fn a_span_that_would_begin_just_before_another_shot_begins_with_it() {
        let cuts = Cuts {
            changes: BTreeSet::from([180, 240, 510, 555, 720]),
            halves: BTreeSet::from([465, 510]),
            shots: BTreeSet::from([240, 555]),
            ..Cuts::default()
        };
        assert_eq!(cut(0..900, &cuts, &LENGTHS), [0..180, 180..240, 240..465, 465..555, 555..720, 720..900]);
    }

    #[test]
    fn few_frames_between_a_given_span_and_a_shot_are_a_span_of_their_own() {
        let shots = BTreeSet::from([414, 424, 434, 555]);
        let cuts = Cuts { changes: shots.clone(), shots, ..Cuts::default() };
        let beside = |frames| cut_beside(frames, 600, &cuts, &LENGTHS);
        assert_eq!(beside(412..564), [412..414, 414..555, 555..564]);
        assert_eq!(beside(200..420), [200..414, 414..420]);
        assert_eq!(beside(550..600), [550..555, 555..600]);
        assert_eq!(beside(412..416), [412..414, 414..416]);
        assert_eq!(beside(414..424).len(), 1);
        assert_eq!(beside(0..0), []);
    }
}

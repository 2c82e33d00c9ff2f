//! A phrase's words, divided into cues: each fits its lines and its time, and ends where the sense does.

#![expect(clippy::cast_precision_loss, reason = "characters and milliseconds of a day fit f64")]

use std::ops::Range;

use super::super::lines::Units;
use super::Phrase;
use super::schedule::{Pace, spoken_at};

/// What each further cue costs: more than a break at a comma gains, less than one between plain words loses.
const CUE: f64 = 6.0;

/// A line that ends badly inside a cue is half as bad as a cue that does.
const LINES: f64 = 0.5;

/// A cue with fewer characters than this flashes by, and costs half a point for each that it lacks.
const FEW: usize = 15;

/// The cues, as ranges of units.
pub(super) fn divide(units: &Units<'_>, part: Range<usize>, phrase: &Phrase, pace: &Pace) -> Vec<Range<usize>> {
    let count = part.len();
    // By the end of a cue, counted from the part's start: the least cost, and the start of the last cue.
    let mut best = vec![(f64::INFINITY, 0); count + 1];
    if let Some(first) = best.first_mut() {
        first.0 = 0.0;
    }
    for start in part.clone() {
        let so_far = best.get(start - part.start).map_or(0.0, |best| best.0);
        for end in start + 1..=units.reach(start).min(part.end) {
            let cost = so_far + cost(units, start..end, &part, phrase, pace);
            if let Some(best) = best.get_mut(end - part.start).filter(|best| cost < best.0) {
                *best = (cost, start);
            }
        }
    }
    let mut cues = Vec::new();
    let mut end = part.end;
    while end > part.start {
        let start = best.get(end - part.start).map_or(part.start, |best| best.1);
        cues.push(start..end);
        end = start;
    }
    cues.reverse();
    cues
}

fn cost(units: &Units<'_>, cue: Range<usize>, part: &Range<usize>, phrase: &Phrase, pace: &Pace) -> f64 {
    let width = units.width(cue.start, cue.end);
    let said = spoken_at(units, part, phrase, cue.end) - spoken_at(units, part, phrase, cue.start);
    let needed = pace.needed(width) + pace.gap;
    let hurried = (needed - said).max(0) as f64 / 100.0;
    let lingering = (said - pace.longest).max(0) as f64 / 100.0;
    let few = FEW.saturating_sub(width) as f64 / 2.0;
    let ending = if cue.end == part.end { 0.0 } else { units.cost(cue.end) };
    CUE + ending + hurried + lingering + few + LINES * units.lines_cost(cue.start, cue.end)
}

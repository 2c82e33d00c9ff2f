//! When each cue of a phrase appears and is gone.

#![expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "milliseconds of a day fit f64")]

use std::ops::Range;

use super::super::Limits;
use super::super::lines::Units;
use super::Phrase;

/// A cue that would begin so close to where somebody begins to speak begins with them: 0.3 s.
const SNAP: i64 = 300;

/// How long a cue may stand after its speech where nothing but a flicker is gained: 12 frames (Netflix' timing guide).
const HANG: i64 = 500;

/// The limits in whole milliseconds, rounded so that they hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    speed: f64,
    shortest: i64,
    pub(super) longest: i64,
    pub(super) gap: i64,
    flicker: i64,
}

impl Pace {
    pub(super) fn of(limits: &Limits) -> Self {
        let ceil = |time: crate::time::Time| (time.as_secs() * 1000.0 - 1e-6).ceil() as i64;
        Self {
            speed: limits.speed,
            shortest: ceil(limits.shortest),
            longest: limits.longest.as_millis(),
            gap: ceil(limits.gap),
            flicker: limits.flicker.as_millis(),
        }
    }

    /// How long a cue of so many characters must be shown.
    pub(super) fn needed(&self, characters: usize) -> i64 {
        ((characters as f64 * 1000.0 / self.speed).ceil() as i64).max(self.shortest)
    }
}

/// When unit `index` of a phrase's `part` is spoken, its words being spoken evenly.
pub(super) fn spoken_at(units: &Units<'_>, part: &Range<usize>, phrase: &Phrase, index: usize) -> i64 {
    let from = units.at(part.start);
    let whole = (units.at(part.end) - from).max(1) as f64;
    let share = (units.at(index) - from) as f64 / whole;
    phrase.time_at((share * phrase.spoken() as f64) as i64)
}

/// Start and end of each of a phrase's cues, in milliseconds; the last is gone at `end`.
///
/// A cue appears when its first word is spoken, later where the one before it is still being read, earlier where the
/// ones behind it would not have their time, and never before the phrase. Where there is not enough time for all of
/// them, each gets its share.
pub(super) fn schedule(
    units: &Units<'_>,
    cues: &[Range<usize>],
    phrase: &Phrase,
    end: i64,
    pace: &Pace,
) -> Vec<(i64, i64)> {
    let (Some(first), Some(last)) = (cues.first(), cues.last()) else { return Vec::new() };
    let part = first.start..last.end;
    let needed: Vec<i64> = cues.iter().map(|cue| pace.needed(units.width(cue.start, cue.end))).collect();
    let gaps = pace.gap * (i64::try_from(cues.len()).unwrap_or(i64::MAX) - 1);
    let all: i64 = needed.iter().sum();
    let room = end - phrase.start();
    if all + gaps > room {
        return squeezed(&needed, phrase.start(), room, pace);
    }
    let mut starts = Vec::with_capacity(cues.len());
    let mut free = phrase.start();
    for (cue, needed) in cues.iter().zip(&needed) {
        let start = snapped(spoken_at(units, &part, phrase, cue.start), phrase).max(free);
        starts.push(start);
        free = start + needed + pace.gap;
    }
    let mut latest = end;
    for (start, needed) in starts.iter_mut().zip(&needed).rev() {
        *start = (*start).min(latest - needed);
        latest = *start - pace.gap;
    }
    let nexts = starts.iter().skip(1).map(|next| Some(*next - pace.gap)).chain([None]);
    let times = starts.iter().zip(nexts).zip(&needed).map(|((start, next), needed)| {
        let until = next.unwrap_or_else(|| {
            let until = phrase.end().max(start + needed).min(end);
            let closes = end - until < pace.flicker && end - phrase.end() <= HANG;
            if closes { end } else { until }
        });
        (*start, until.min(start + pace.longest))
    });
    times.collect()
}

/// `time`, or the start of the speech that it is close to.
fn snapped(time: i64, phrase: &Phrase) -> i64 {
    let close = phrase.ranges.iter().map(|range| range.0).find(|start| (start - time).abs() <= SNAP);
    close.unwrap_or(time)
}

/// Every cue for its share of a time that is too short for all.
fn squeezed(needed: &[i64], start: i64, room: i64, pace: &Pace) -> Vec<(i64, i64)> {
    let count = i64::try_from(needed.len()).unwrap_or(i64::MAX);
    let gaps = pace.gap * (count - 1);
    // The gaps stay while they take less than half.
    let gap = if gaps * 2 < room { pace.gap } else { 0 };
    let room = (room - gap * (count - 1)).max(count);
    let all = needed.iter().sum::<i64>().max(1) as f64;
    let mut from = start;
    let mut given = 0.0;
    let mut used = 0;
    let times = needed.iter().map(|needed| {
        given += *needed as f64 / all * room as f64;
        let length = (given as i64 - used).max(1);
        used += length;
        let times = (from, from + length);
        from += length + gap;
        times
    });
    times.collect()
}

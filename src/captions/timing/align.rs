//! Which part of the text is spoken in which phrase.
//!
//! A dynamic programme over the phrases: each takes about as much text as its share of the speech, and gives some up, or
//! takes more, so that the text is parted where it has a stop.

#![expect(clippy::cast_precision_loss, reason = "characters and milliseconds of a day fit f64")]

use std::ops::Range;

use super::super::lines::Units;
use super::Phrase;
use super::schedule::Pace;

/// How far from its even share a phrase may end, in characters: some 15 s of speech, more than any speaker strays.
const STRAY: f64 = 250.0;

/// The cheapest way to end behind some phrase at some unit.
#[derive(Clone, Copy)]
struct Best {
    cost: f64,
    /// The place of the phrase's first unit among the places where the phrase before may end.
    from: usize,
}

/// The units of each phrase, in the order of the phrases; some may have none.
pub(super) fn align(units: &Units<'_>, phrases: &[Phrase], pace: &Pace, end: i64) -> Vec<Range<usize>> {
    let count = units.len();
    let characters = units.at(count) as f64;
    let spoken: i64 = phrases.iter().map(Phrase::spoken).sum();
    let mut places: Vec<Range<usize>> = Vec::from([Range { start: 0, end: 1 }]);
    let mut table: Vec<Vec<Best>> = vec![vec![Best { cost: 0.0, from: 0 }]];
    let mut so_far = 0;
    for (number, phrase) in phrases.iter().enumerate() {
        so_far += phrase.spoken();
        let share = characters * phrase.spoken() as f64 / spoken.max(1) as f64;
        let next = phrases.get(number + 1).map_or(end, |next| next.start() - pace.gap);
        let room = next - phrase.start();
        let ends = if number + 1 == phrases.len() {
            count..count + 1
        } else {
            near(units, characters * so_far as f64 / spoken.max(1) as f64)
        };
        let (Some(before), Some(costs)) = (places.last(), table.last()) else { break };
        let row = ends.clone().map(|end| {
            let mut best = Best { cost: f64::INFINITY, from: 0 };
            for (from, (first, so_far)) in
                before.clone().zip(costs).enumerate().take_while(|(_, (first, _))| *first <= end)
            {
                let cost = so_far.cost + cost(units, first, end, share, room, pace);
                if cost < best.cost {
                    best = Best { cost, from };
                }
            }
            best
        });
        let row = row.collect();
        places.push(ends);
        table.push(row);
    }
    walk_back(&places, &table)
}

/// The units in front of which a phrase may end, when by its share it would end behind `expected` characters.
fn near(units: &Units<'_>, expected: f64) -> Range<usize> {
    let place = |characters: f64| {
        let (mut low, mut high) = (0, units.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if (units.at(middle) as f64) < characters { low = middle + 1 } else { high = middle }
        }
        low
    };
    place(expected - STRAY)..place(expected + STRAY).min(units.len()) + 1
}

/// What it costs that a phrase says the units from `first` up to `end`.
fn cost(units: &Units<'_>, first: usize, end: usize, share: f64, room: i64, pace: &Pace) -> f64 {
    let characters = (units.at(end) - units.at(first)) as f64;
    let stray = (characters - share).powi(2) / (share + 10.0);
    if first == end {
        return stray;
    }
    // What cannot be read in its time would be shown late or too fast: half a second of it outweighs any break.
    let needed = pace.needed(units.width(first, end));
    let late = (needed - room).max(0) as f64 / 20.0;
    stray + late + units.cost(end)
}

fn walk_back(places: &[Range<usize>], table: &[Vec<Best>]) -> Vec<Range<usize>> {
    let mut parts = Vec::with_capacity(places.len());
    let mut at = 0;
    for number in (1..places.len()).rev() {
        let end = places.get(number).map_or(0, |range| range.start + at);
        at = table.get(number).and_then(|row| row.get(at)).map_or(0, |best| best.from);
        let start = places.get(number - 1).map_or(0, |range| range.start + at);
        parts.push(start..end);
    }
    parts.reverse();
    parts
}

//! From a text without times to cues that a person can read, over the speech that says it.
//!
//! The text is aligned with the speech's phrases, which pauses part ([`align`]); each phrase's words are divided into
//! cues ([`divide`]), and the cues get their times ([`schedule`]). Nothing is transcribed: words are taken to be spoken
//! evenly within a phrase, and speakers to pause where writers punctuate.

mod align;
mod divide;
mod schedule;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::time::Time;
use crate::value::Cue;

use super::lines::Units;
use super::{Entry, Limits, Listing, check, mend};

/// The longest pause that a cue may stand over: what parts phrases is longer.
const PAUSE: i64 = 500;

/// Speech shorter than this is a click or a breath.
const SHORTEST_SPEECH: i64 = 150;

/// A part of the timeline that a text belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// Where it begins.
    pub start: Time,
    /// Where the last cue is gone at the latest.
    pub end: Time,
    /// Where somebody speaks, in order; what lies outside the window is not looked at.
    pub speech: &'a [(Time, Time)],
}

/// Speech without a pause that would part it, in milliseconds, and the ranges that it is made of.
#[derive(Clone, Debug)]
struct Phrase {
    ranges: Vec<(i64, i64)>,
}

impl Phrase {
    fn start(&self) -> i64 {
        self.ranges.first().map_or(0, |range| range.0)
    }

    fn end(&self) -> i64 {
        self.ranges.last().map_or(0, |range| range.1)
    }

    /// How long somebody speaks in it.
    fn spoken(&self) -> i64 {
        self.ranges.iter().map(|(start, end)| end - start).sum()
    }

    /// When so much of it has been spoken.
    fn time_at(&self, mut spoken: i64) -> i64 {
        for (start, end) in &self.ranges {
            if spoken < end - start {
                return start + spoken;
            }
            spoken -= end - start;
        }
        self.end()
    }
}

/// `text` as cues within `limits`, in `window`; numbered from `first`.
///
/// What cannot keep to the limits, because there is more text than the speech has time for or a word is longer than a
/// line, is in the findings, cue by cue.
#[must_use]
pub fn time(text: &str, window: &Window<'_>, limits: &Limits, first: usize) -> Listing {
    let text = one_line(text);
    let mut found = Diagnostics::new();
    let units = Units::of(&text, limits);
    let (start, end) = (window.start.as_millis(), window.end.as_millis());
    if units.len() == 0 || end <= start {
        return Listing::default();
    }
    let mut phrases = phrases(window.speech, start, end);
    if phrases.is_empty() {
        let message = format!("no speech is heard from {} s to {} s", window.start, window.end);
        found.push(
            Diagnostic::new(diagnostic::NO_SPEECH, message)
                .help("its text is spread over the whole of that time; is it the right sound?"),
        );
        phrases.push(Phrase { ranges: vec![(start, end)] });
    }
    let pace = schedule::Pace::of(limits);
    let parts = align::align(&units, &phrases, &pace, end);
    let mut needed = 0;
    let mut cues: Vec<Cue> = Vec::new();
    for (number, (phrase, part)) in phrases.iter().zip(&parts).enumerate() {
        let chunks = divide::divide(&units, part.clone(), phrase, &pace);
        let next = phrases.iter().zip(&parts).skip(number + 1).find(|(_, part)| !part.is_empty());
        let end = next.map_or(end, |(phrase, _)| phrase.start() - pace.gap);
        let times = schedule::schedule(&units, &chunks, phrase, end, &pace);
        for ((from, until), chunk) in times.into_iter().zip(&chunks) {
            needed += pace.needed(units.width(chunk.start, chunk.end)) + pace.gap;
            let time = |milliseconds| Time::from_millis(milliseconds).unwrap_or(Time::MAX);
            cues.push(Cue::new(time(from), time(until), units.lines(chunk.start, chunk.end)));
        }
    }
    let there_is = end - phrases.first().map_or(start, Phrase::start);
    if needed - pace.gap > there_is {
        found.push(too_much(&units, needed - pace.gap, there_is, limits));
    }
    let entries = cues.into_iter().enumerate().map(|(number, cue)| Entry::new(first + number, cue)).collect::<Vec<_>>();
    found.extend(check::check_entries(&entries, limits));
    Listing { entries, found }
}

fn too_much(units: &Units<'_>, needed: i64, there_is: i64, limits: &Limits) -> Diagnostic {
    let seconds = |milliseconds| Time::from_millis(milliseconds).unwrap_or(Time::MAX);
    let message = format!(
        "the text of {} characters needs {} s to be read, but has {} s",
        units.at(units.len()),
        seconds(needed),
        seconds(there_is)
    );
    let help = format!("shorten it: {} characters a second can be read", limits.speed);
    Diagnostic::new(diagnostic::TOO_MUCH_TEXT, message).help(help)
}

/// The text without line ends and with single blanks; blanks that do not break are kept.
fn one_line(text: &str) -> String {
    let breaks = |letter: char| letter.is_whitespace() && !matches!(letter, '\u{a0}' | '\u{2007}' | '\u{202f}');
    let clean = mend::clean(text);
    clean.split(breaks).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The speech inside the window, parted where somebody is silent for longer than [`PAUSE`].
fn phrases(speech: &[(Time, Time)], start: i64, end: i64) -> Vec<Phrase> {
    let first = speech.partition_point(|range| range.1.as_millis() <= start);
    let inside = speech
        .iter()
        .skip(first)
        .map(|range| (range.0.as_millis().max(start), range.1.as_millis().min(end)))
        .take_while(|range| range.0 < end)
        .filter(|range| range.1 - range.0 >= SHORTEST_SPEECH);
    let mut phrases: Vec<Phrase> = Vec::new();
    for range in inside {
        match phrases.last_mut() {
            Some(last) if range.0 - last.end() <= PAUSE => last.ranges.push((range.0.max(last.end()), range.1)),
            _ => phrases.push(Phrase { ranges: vec![range] }),
        }
    }
    phrases
}

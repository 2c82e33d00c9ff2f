//! From a prompt to what it asks for, refuses, or does not speak of. Pure.

use serde::Serialize;

use crate::diagnostic::SourceSpan;

use super::listen::{Found, Listener, Owner, Turn};
use super::reach::Clauses;
use super::words::words;

/// What a prompt says of a signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is asked for.
    Asked,
    /// It is refused.
    Refused,
    /// Nothing is said of it.
    #[default]
    Silent,
}

impl State {
    /// Its word, one of [`crate::value::SIGNAL_STATE`].
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Refused => "refused",
            Self::Silent => "silent",
        }
    }
}

/// A place of the prompt that speaks of a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// What it says of it.
    pub state: State,
    /// The words of the prompt, those that refuse it included.
    pub text: String,
    /// Where they stand, in bytes of the prompt.
    pub span: SourceSpan,
    /// The phrase of the rules that they are a form of.
    pub phrase: String,
}

/// What a prompt says of one signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The signal.
    pub name: String,
    /// What counts: where the prompt says both, the last word.
    pub state: State,
    /// Every place that speaks of it, in the order of the prompt.
    pub because: Vec<Because>,
}

impl Reading {
    /// Whether the prompt both asks for it and refuses it.
    #[must_use]
    pub fn contradicts(&self) -> bool {
        self.because.iter().any(|because| because.state != self.state)
    }
}

/// A prompt is a page at most; of what is longer the beginning is read.
pub(super) const MAX_WORDS: usize = 2_000;

/// Whether `prompt` goes on after what is read of it.
pub(super) fn is_too_long(prompt: &str) -> bool {
    words(prompt).len() > MAX_WORDS
}

/// Whether anybody said anything: a prompt without a word says as little as none.
#[must_use]
pub fn says_nothing(prompt: &str) -> bool {
    !prompt.chars().any(char::is_alphabetic)
}

impl Listener {
    /// What `prompt` says of every signal, in their order.
    #[must_use]
    pub fn listen(&self, prompt: &str) -> Vec<Reading> {
        let mut words = words(prompt);
        words.truncate(MAX_WORDS);
        let found = self.find(&words);
        let clauses = Clauses { words: &words, found: &found };
        let turns: Vec<(Turn, &Found, Vec<Found>)> = found
            .iter()
            .filter_map(|found| match found.owner {
                Owner::Turn(turn) => Some((turn, found, clauses.reach(turn, found))),
                Owner::Signal(..) => None,
            })
            .collect();
        let forgotten = forgotten(&found);
        let mut readings: Vec<Reading> = self.names().map(silent).collect();
        let mut last = State::Asked;
        for mention in &found {
            let Owner::Signal(number, position) = mention.owner else { continue };
            if mention.end <= forgotten {
                continue;
            }
            let about = |wanted: &[Turn]| {
                turns.iter().find(|(turn, _, reached)| wanted.contains(turn) && reached.contains(mention))
            };
            let refusal = about(&[Turn::RefusesAfter, Turn::RefusesNext, Turn::RefusesBefore, Turn::RefusesAround]);
            let (state, by) = match (about(&[Turn::AsksBefore, Turn::AsksAfter]), refusal) {
                (Some((_, by, _)), _) => (State::Asked, *by),
                (None, Some((_, by, _))) => (State::Refused, *by),
                (None, None) if about(&[Turn::IgnoresAfter]).is_some() => continue,
                (None, None) if about(&[Turn::RepeatsBefore]).is_some() => (last, mention),
                (None, None) => (State::Asked, mention),
            };
            last = state;
            let span_of = |found: &Found| {
                let start = words.get(found.start).map_or(0, |word| word.span.start);
                let end = words.get(found.end.saturating_sub(1)).map_or(start, |word| word.span.end);
                SourceSpan::new(start, end)
            };
            let span = span_of(mention).to(span_of(by));
            let phrases = self.signals.get(number).map(|(_, phrases)| phrases);
            let phrase = phrases.and_then(|phrases| phrases.get(position)).map(|phrase| phrase.text.clone());
            if let Some(reading) = readings.get_mut(number) {
                reading.state = state;
                let text = prompt.get(span.start..span.end).unwrap_or_default().to_owned();
                reading.because.push(Because { state, text, span, phrase: phrase.unwrap_or_default() });
            }
        }
        readings
    }
}

fn silent(name: &str) -> Reading {
    Reading { name: name.to_owned(), state: State::Silent, because: Vec::new() }
}

/// The word up to which everything is taken back: there has to be something instead behind it.
fn forgotten(found: &[Found]) -> usize {
    let last_mention =
        found.iter().filter(|found| matches!(found.owner, Owner::Signal(..))).map(|found| found.start).max();
    found
        .iter()
        .filter(|found| found.owner == Owner::Turn(Turn::ForgetsBefore))
        .filter(|found| last_mention.is_some_and(|last| last >= found.end))
        .map(|found| found.start)
        .max()
        .unwrap_or(0)
}

//! What a rule set listens for in a prompt: phrases of signals, and the words around them that turn their meaning.
#![allow(clippy::struct_field_names, reason = "a pattern has patterns")]

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::words::{Gap, Word, has_words, words};

/// Words in a prompt, and whether only their very form counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// As it is written in the rules.
    pub text: String,
    /// Whether other grammatical forms do not count: `exactly "…"`.
    pub exact: bool,
}

impl Phrase {
    /// Whether there is nothing in it to listen for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !has_words(&self.text)
    }
}

macro_rules! turns {
    ($($(#[$doc:meta])* $name:ident = $verb:literal $how:literal),+ $(,)?) => {
        /// What words around a phrase do to it, as `prompt VERB HOW "…"` says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Turn { $($(#[$doc])* $name),+ }

        impl Turn {
            /// Every turn with its two words.
            pub const ALL: &[(&'static str, &'static str, Self)] = &[$(($verb, $how, Self::$name)),+];
        }
    };
}

turns! {
    /// What comes after it in its clause is refused: «без», "no".
    RefusesAfter = "refuses" "after",
    /// What comes right after it is refused: «не», "not".
    RefusesNext = "refuses" "next",
    /// What comes before it is refused: "are not needed".
    RefusesBefore = "refuses" "before",
    /// What comes right after it is refused, else what comes before, else what comes after: «не нужны».
    RefusesAround = "refuses" "around",
    /// What comes before it is asked for, refused or not: «не обойтись».
    AsksBefore = "asks" "before",
    /// What comes after it is asked for: «нужны».
    AsksAfter = "asks" "after",
    /// What comes right before it is meant like what was said last: «субтитров не надо, тезисов тоже».
    RepeatsBefore = "repeats" "before",
    /// What comes right after it is spoken of, not asked for: «про», "about".
    IgnoresAfter = "ignores" "after",
    /// It means nothing, with all that stands in it: «не только», "post caption".
    SkipsOver = "skips" "over",
    /// It may stand inside a phrase: "the", "our".
    ReadsThrough = "reads" "through",
    /// Another thought begins, and no refusal reaches across: «но», "with", «добавь».
    TurnsAt = "turns" "at",
    /// One more of the same follows: «и», "and".
    JoinsBy = "joins" "by",
    /// One more of the same follows, after a comma too: «или», "nor".
    JoinsOver = "joins" "over",
    /// What was said before it is taken back: «хотя нет», "scratch that".
    ForgetsBefore = "forgets" "before",
}

/// A phrase, ready to be found.
#[derive(Clone, Debug)]
struct Pattern {
    words: Vec<Word>,
    exact: bool,
    owner: Owner,
}

/// Whom a phrase belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The signal and its phrase, by number.
    Signal(usize, usize),
    Turn(Turn),
}

/// A place of the prompt where a pattern stands: words `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) owner: Owner,
    /// Whether it is declined: its words have other endings than in the rules.
    pub(super) declined: bool,
}

/// Listens for signals, under turns. Hundreds of phrases are taken apart only when something is listened to: most scenarios
/// have no prompt, and a rule set is checked without one.
#[derive(Debug, Default)]
pub struct Listener {
    pub(super) signals: Vec<(String, Vec<Phrase>)>,
    turns: Vec<(Turn, Phrase)>,
    patterns: OnceLock<Patterns>,
}

/// Signals and turns by the stem of their first word.
#[derive(Debug, Default)]
struct Patterns {
    patterns: Vec<Pattern>,
    by_stem: BTreeMap<String, Vec<usize>>,
    /// Words that may stand inside a phrase.
    small: Vec<String>,
}

impl Listener {
    /// Listens for `signals`, each a name and its phrases, under `turns`.
    #[must_use]
    pub fn new(signals: Vec<(String, Vec<Phrase>)>, turns: &[(Turn, Phrase)]) -> Self {
        Self { signals, turns: turns.to_vec(), patterns: OnceLock::new() }
    }

    /// The names of the signals, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.signals.iter().map(|(name, _)| name.as_str())
    }

    /// Everything that is found in `prompt`, in its order. Of two of which one lies inside the other, the longer counts.
    pub(super) fn find(&self, prompt: &[Word]) -> Vec<Found> {
        self.patterns.get_or_init(|| Patterns::new(&self.signals, &self.turns)).find(prompt)
    }
}

impl Patterns {
    fn new(signals: &[(String, Vec<Phrase>)], turns: &[(Turn, Phrase)]) -> Self {
        let mut patterns = Self::default();
        for (number, (_, phrases)) in signals.iter().enumerate() {
            for (position, phrase) in phrases.iter().enumerate() {
                patterns.add(phrase, Owner::Signal(number, position));
            }
        }
        for (turn, phrase) in turns {
            if *turn == Turn::ReadsThrough {
                patterns.small.extend(words(&phrase.text).into_iter().map(|word| word.folded));
            }
            patterns.add(phrase, Owner::Turn(*turn));
        }
        patterns
    }

    fn add(&mut self, phrase: &Phrase, owner: Owner) {
        let words = words(&phrase.text);
        let Some(first) = words.first() else { return };
        self.by_stem.entry(first.stem.clone()).or_default().push(self.patterns.len());
        self.patterns.push(Pattern { words, exact: phrase.exact, owner });
    }

    fn find(&self, prompt: &[Word]) -> Vec<Found> {
        let mut all = Vec::new();
        for (start, word) in prompt.iter().enumerate() {
            for number in self.by_stem.get(&word.stem).into_iter().flatten() {
                if let Some(pattern) = self.patterns.get(*number) {
                    all.extend(self.at(pattern, prompt, start));
                }
            }
        }
        let is_signal = |found: &Found| matches!(found.owner, Owner::Signal(..));
        // Words that are a phrase and a turn at once are the phrase: it is the producer's own.
        let inside = |one: &Found, other: &Found| {
            let within = other.start <= one.start && one.end <= other.end;
            let longer = other.end - other.start > one.end - one.start;
            within && (longer || (is_signal(other) && !is_signal(one)))
        };
        all.iter().filter(|one| !all.iter().any(|other| inside(one, other))).copied().collect()
    }

    fn at(&self, pattern: &Pattern, prompt: &[Word], start: usize) -> Option<Found> {
        let mut at = start;
        let mut declined = false;
        for (number, wanted) in pattern.words.iter().enumerate() {
            loop {
                let word = prompt.get(at)?;
                // A comma may stand where the phrase has one; nothing else parts a phrase.
                let whole = number == 0 || word.gap <= wanted.gap.min(Gap::Comma);
                let same = if pattern.exact { word.folded == wanted.folded } else { word.stem == wanted.stem };
                at += 1;
                if !whole {
                    return None;
                }
                if same {
                    declined |= word.folded != wanted.folded;
                    break;
                }
                if number == 0 || !self.small.contains(&word.folded) {
                    return None;
                }
            }
        }
        Some(Found { start, end: at, owner: pattern.owner, declined })
    }
}

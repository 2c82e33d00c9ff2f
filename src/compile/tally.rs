//! Which ways the rules take: the answers of marked conditions, counted.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::diagnostic::SourceSpan;
use crate::rules::{Choice, Mark};

/// How often a condition held, and how often it did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// How often it held.
    pub yes: u64,
    /// How often it did not.
    pub no: u64,
}

impl Answers {
    /// How often it was asked.
    #[must_use]
    pub fn asked(self) -> u64 {
        self.yes + self.no
    }
}

type OfFile = BTreeMap<(SourceSpan, Choice), Answers>;

/// The answers of every marked condition, by its place.
#[derive(Debug, Default)]
pub struct Tally(RefCell<BTreeMap<String, OfFile>>);

/// Counts the answers of marked conditions, or does not: who does not, pays nothing for those who do.
pub(super) trait Count: Copy {
    fn count(self, mark: &Mark, holds: bool);
}

/// Nothing is counted.
#[derive(Clone, Copy)]
pub(super) struct Uncounted;

impl Count for Uncounted {
    fn count(self, _: &Mark, _: bool) {}
}

impl Count for &Tally {
    fn count(self, mark: &Mark, holds: bool) {
        let mut files = self.0.borrow_mut();
        let name = mark.at.source.name();
        if !files.contains_key(name) {
            files.insert(name.to_owned(), OfFile::new());
        }
        let Some(file) = files.get_mut(name) else { return };
        let answers = file.entry((mark.at.span, mark.choice)).or_default();
        *(if holds { &mut answers.yes } else { &mut answers.no }) += 1;
    }
}

impl Tally {
    /// What the condition at `span` of the file answered; nothing if it was never asked.
    #[must_use]
    pub fn at(&self, file: &str, span: SourceSpan, choice: Choice) -> Answers {
        let files = self.0.borrow();
        files.get(file).and_then(|file| file.get(&(span, choice))).copied().unwrap_or_default()
    }
}

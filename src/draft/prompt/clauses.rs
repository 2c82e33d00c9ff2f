//! The clauses of a prompt that tell something, and what the asking ones are about.

use std::ops::Range;

use crate::decide::Word;

use super::fragments::{Fragment, Mark};
use super::headline::{Unfit, headline};
use super::{Prompt, overlap, vocabulary};

/// A clause behind a request must say so much by itself, or it only says how: «для соцсетей, ярко и коротко».
const SAYING: usize = 3;

/// An item of an enumeration has so many words at most.
const ITEM: usize = 6;

impl Prompt<'_> {
    /// The clauses that ask for nothing, as long as a headline may be.
    pub(super) fn told(&self) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for sentence in self.sentences() {
            let mut behind_request = false;
            let mut rest = sentence;
            while let Some(first) = rest.first() {
                let count = rest.iter().take_while(|fragment| !self.is_request(fragment)).count();
                let (run, after) = rest.split_at(count);
                if !run.is_empty() {
                    if !behind_request || is_saying(run) {
                        self.split(run, &mut places);
                    }
                    rest = after;
                    continue;
                }
                behind_request = self.is_request(first);
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        places
    }

    /// What the requests are about: «про нашу кофейню».
    pub(super) fn topics(&self) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for fragment in &self.fragments {
            let Some(at) = fragment.words.iter().position(vocabulary::is_topic) else { continue };
            let matter = fragment.words.iter().skip(at + 1);
            let until = matter
                .clone()
                .position(|word| self.is_asked(&(word.span.start..word.span.end)) || vocabulary::is_product(word));
            let mut matter: Vec<_> = matter.take(until.unwrap_or(usize::MAX)).collect();
            let hangs = |word: &&Word| vocabulary::is_small(word) || vocabulary::is_styling(word);
            while until.is_some() && matter.last().is_some_and(hangs) {
                matter.pop();
            }
            let says = matter.iter().any(|word| !vocabulary::is_small(word));
            let (Some(first), Some(last), Some(of)) = (matter.first(), matter.last(), fragment.words.get(at)) else {
                continue;
            };
            // «О пользе сна» is a headline, "About sleep" is none.
            let from = if of.folded == "about" { first.span.start } else { of.span.start };
            let end = if until.is_some() { self.quote_end(last.span.end) } else { fragment.span.end };
            if says {
                places.push(from..end);
            }
        }
        places
    }

    /// Whether the fragment asks for something instead of telling it.
    pub(super) fn is_request(&self, fragment: &Fragment) -> bool {
        self.is_asked(&fragment.span) || vocabulary::asks(&fragment.words) || self.names_a_file(&fragment.span)
    }

    /// Whether the rules or the wishes for length and shape take their words from here.
    pub(super) fn is_asked(&self, place: &Range<usize>) -> bool {
        let wishes = self.length.iter().map(|wish| &wish.span).chain(self.shape.iter().map(|wish| &wish.span));
        self.mentions.iter().chain(wishes).any(|asked| overlap(asked, place))
    }

    /// An address or a media file is something to work with, not to show.
    fn names_a_file(&self, place: &Range<usize>) -> bool {
        let text = self.slice(place).to_lowercase();
        let media = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".jpg", ".jpeg", ".png", ".mp3", ".wav", ".srt", ".vtt"];
        text.contains("://") || media.iter().any(|ending| text.contains(ending))
    }

    /// A run of telling fragments as phrases: whole where it fits, else at its strongest marks.
    pub(super) fn split(&self, run: &[Fragment], places: &mut Vec<Range<usize>>) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        let inner = run.iter().skip(1).map(|fragment| fragment.before).max();
        let whole = first.span.start..last.span.end;
        let fits = inner.is_none() || headline(self.slice(&whole)) != Err(Unfit::TooLong);
        let parts = run.iter().skip(1).any(|fragment| fragment.before == Mark::Semicolon);
        if let Some(colon) = run.iter().position(|fragment| fragment.colon)
            && let Some((head, items)) = run.split_at_checked(colon)
            && is_enumeration(items)
        {
            // What announces an enumeration is no phrase of its own; what stands before that is.
            self.split(head.get(..head.len().saturating_sub(1)).unwrap_or_default(), places);
            places.extend(self.items_of(items));
        } else if parts {
            run.chunk_by(|_, next| next.before != Mark::Semicolon).for_each(|part| self.split(part, places));
        } else if fits {
            if !vocabulary::hangs(&first.words) || first.before >= Mark::Sentence {
                places.push(whole);
            }
        } else if inner > Some(Mark::Bracket) {
            run.chunk_by(|_, next| Some(next.before) < inner).for_each(|part| self.split(part, places));
        } else {
            // Behind a comma hangs anything; what stands before the first one is a clause.
            self.split(run.get(..1).unwrap_or_default(), places);
        }
    }
}

/// Whether clauses that stand behind a request say something by themselves.
fn is_saying(run: &[Fragment]) -> bool {
    let Some(first) = run.first() else { return false };
    let words: usize = run.iter().map(|fragment| vocabulary::content(&fragment.words)).sum();
    match first.before {
        Mark::Comma | Mark::Bracket => words >= SAYING && !vocabulary::hangs(&first.words),
        _ => words > 0,
    }
}

/// Whether fragments are items of an enumeration: several, short, and none hangs on another.
fn is_enumeration(items: &[Fragment]) -> bool {
    let is_item = |item: &Fragment| {
        let letters = item.words.iter().any(|word| word.folded.chars().any(char::is_alphabetic));
        letters && item.words.len() <= ITEM && !vocabulary::hangs(&item.words)
    };
    let parted = |item: &Fragment| matches!(item.before, Mark::Comma | Mark::Semicolon);
    items.len() > 1 && items.iter().all(is_item) && items.iter().skip(1).all(parted)
}

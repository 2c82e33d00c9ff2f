//! Quotations: where they stand, and which of them are words for the screen.

use std::ops::Range;

use super::fragments::Fragment;
use super::{Prompt, vocabulary};

/// A longer stretch between two marks is no quotation, but two stray marks.
const LONGEST: usize = 400;

/// Opening marks, each with those that close it.
const MARKS: &[(char, &[char])] =
    &[('«', &['»']), ('“', &['”', '“']), ('„', &['“', '”', '"']), ('"', &['"']), ('‹', &['›']), ('「', &['」'])];

/// Every quotation of `text`: with its marks, and what stands between them. One inside another is part of it.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut from = 0;
    while let Some((open, mark, closing)) = next_mark(text, from) {
        let inner = open + mark.len_utf8();
        match end(text, inner, mark, closing) {
            Some((until, last)) => {
                found.push((open..until + last, inner..until));
                from = until + last;
            }
            None => from = inner,
        }
    }
    found
}

fn next_mark(text: &str, from: usize) -> Option<(usize, char, &'static [char])> {
    let rest = text.get(from..)?;
    rest.char_indices().find_map(|(at, letter)| {
        let (_, closing) = MARKS.iter().find(|(mark, _)| *mark == letter)?;
        Some((from + at, letter, *closing))
    })
}

/// Where the quotation that begins at `inner` ends, and how long its closing mark is.
fn end(text: &str, inner: usize, mark: char, closing: &[char]) -> Option<(usize, usize)> {
    let mut depth = 1;
    for (at, letter) in text.get(inner..)?.char_indices() {
        if at > LONGEST || letter == '\n' {
            return None;
        }
        if closing.contains(&letter) {
            depth -= 1;
        } else if letter == mark {
            depth += 1;
        }
        if depth == 0 {
            return (at > 0).then_some((inner + at, letter.len_utf8()));
        }
    }
    None
}

/// A quotation of so many words is a phrase; a shorter one may be a name: «кафе «Уют»».
const PHRASE: usize = 3;

/// How many words may stand between what announces a quotation and the quotation.
const REACH: usize = 4;

impl Prompt<'_> {
    /// The quotations that are words for the screen.
    pub(super) fn quoted(&self) -> Vec<Range<usize>> {
        let mut taken: Vec<Range<usize>> = Vec::new();
        let mut before: Option<(&Range<usize>, bool)> = None;
        for (outer, inner) in &self.quotes {
            let goes_on = before.is_some_and(|(last, meant)| meant && self.joins(last.end, outer.start));
            let is_meant = goes_on || self.is_meant(outer, inner);
            if is_meant {
                taken.push(inner.clone());
            }
            before = Some((outer, is_meant));
        }
        taken
    }

    /// Whether a quotation goes on with what the one before it began: «А» в начале и «Б» в конце.
    fn joins(&self, from: usize, until: usize) -> bool {
        let between = crate::decide::words(self.slice(&(from..until)));
        let one_sentence = self.sentence_start(from) == self.sentence_start(until);
        one_sentence && between.len() <= 2 * REACH && !between.iter().any(vocabulary::is_topic)
    }

    /// Where the quotation ends in which `at` stands, else `at`.
    pub(super) fn quote_end(&self, at: usize) -> usize {
        self.quotes.iter().find(|(outer, _)| outer.contains(&at)).map_or(at, |(outer, _)| outer.end)
    }

    fn is_meant(&self, outer: &Range<usize>, inner: &Range<usize>) -> bool {
        let start = self.sentence_start(outer.start);
        let before = crate::decide::words(self.slice(&(start..outer.start)));
        // A quotation with nothing but its marks around it is a line of its own.
        if before.is_empty() || self.slice(&(start..outer.start)).trim_end().ends_with(':') {
            return true;
        }
        let near: Vec<_> = before.iter().rev().take(REACH).collect();
        let topic = near.iter().position(|word| vocabulary::is_topic(word));
        let announced = near.iter().position(|word| {
            let at = start + word.span.start;
            vocabulary::announces(word) || self.titled.iter().any(|place| place.contains(&at))
        });
        match (announced, topic) {
            (Some(announced), Some(topic)) => announced < topic,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => crate::decide::words(self.slice(inner)).len() >= PHRASE,
        }
    }

    /// Where the sentence begins in which `at` stands.
    fn sentence_start(&self, at: usize) -> usize {
        let inside = |sentence: &&[Fragment]| sentence.first().is_some_and(|first| first.span.start <= at);
        self.sentences().take_while(inside).last().and_then(<[_]>::first).map_or(0, |first| first.span.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|(_, inner)| &text[inner]).collect()
    }

    #[test]
    fn every_common_mark_quotes() {
        assert_eq!(quoted("«раз», “two”, „drei“ und \"vier\""), ["раз", "two", "drei", "vier"]);
        assert_eq!(quoted("«Фильм «Текст» вышел»"), ["Фильм «Текст» вышел"]);
    }

    #[test]
    fn a_stray_mark_quotes_nothing() {
        assert_eq!(quoted("экран 6\" и «без конца\nстрока"), Vec::<&str>::new());
        assert_eq!(quoted("«» \"\" don't"), Vec::<&str>::new());
    }
}

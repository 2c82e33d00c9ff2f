//! Where a line may end, and how well it ends there.
//!
//! The opportunities are Unicode's (UAX 14); the taste is Netflix' Timed Text Style Guide (general requirements and
//! Russian): break after punctuation and before a conjunction or preposition, never behind an article or a negation,
//! and in Russian never behind a word of one letter.

use std::ops::Range;

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;

/// Russian prepositions, conjunctions and pronouns of one letter, which hold on to the word behind them.
const ONE_LETTER: &[&str] = &["а", "в", "и", "к", "о", "с", "у", "я"];

/// Words that a line had better not end with: articles, negations.
const HOLD_ON: &[&str] = &["a", "an", "the", "not", "no", "не", "ни"];

/// Words that a line had better begin with: conjunctions and prepositions.
const BEGIN: &[&str] = &[
    "and",
    "as",
    "at",
    "because",
    "but",
    "by",
    "for",
    "from",
    "if",
    "in",
    "into",
    "of",
    "on",
    "or",
    "since",
    "so",
    "than",
    "that",
    "to",
    "when",
    "where",
    "which",
    "while",
    "who",
    "with",
    "а",
    "без",
    "в",
    "для",
    "до",
    "если",
    "за",
    "зато",
    "и",
    "из",
    "или",
    "к",
    "как",
    "когда",
    "который",
    "которая",
    "которое",
    "которые",
    "но",
    "о",
    "об",
    "от",
    "перед",
    "по",
    "под",
    "потому",
    "при",
    "про",
    "с",
    "со",
    "так",
    "у",
    "хотя",
    "чем",
    "через",
    "что",
    "чтобы",
];

/// A part of a paragraph that stays on one line where it can.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    /// With the spaces behind it.
    pub(crate) range: Range<usize>,
    /// How badly a line ends behind it: 0 is plain, less is good, more is bad. A share of the squared line width.
    pub(crate) penalty: f64,
}

/// The pieces of `text`, one after another.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut start = 0;
    for end in LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default()).segment_str(text).skip(1) {
        let piece = text.get(start..end).unwrap_or_default();
        let last = last_word(piece);
        // In Russian no line begins with a dash: it stays with the word before it.
        let holds =
            ONE_LETTER.contains(&last.as_str()) || text.get(end..).is_some_and(|rest| rest.starts_with(['—', '–']));
        if end < text.len() && holds {
            continue;
        }
        pieces.push(Piece { range: start..end, penalty: penalty(piece, &last, text.get(end..).unwrap_or_default()) });
        start = end;
    }
    pieces
}

fn penalty(piece: &str, last: &str, after: &str) -> f64 {
    let next: String = after.chars().take_while(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if piece.ends_with(['-', '\u{2010}', '–', '/']) {
        // UAX 14 would break `кто-то` and `3–5`; a reader had better not see it.
        0.3
    } else if HOLD_ON.contains(&last) {
        0.1
    } else if piece.trim_end().ends_with(['.', ',', '!', '?', ';', ':', '…', '—', '–', '،', '؟']) {
        -0.05
    } else if BEGIN.contains(&next.as_str()) {
        -0.02
    } else if BEGIN.contains(&last) {
        0.08
    } else {
        0.0
    }
}

/// The word that `piece` ends with, in lower case; empty where it ends with a stop.
fn last_word(piece: &str) -> String {
    let piece = piece.trim_end();
    let start = piece
        .rfind(|letter: char| !letter.is_alphabetic())
        .map_or(0, |at| at + piece.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    piece.get(start..).unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let parts = pieces(text);
        parts.iter().map(|piece| text.get(piece.range.clone()).expect("a piece")).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_russian_word_of_one_letter_holds_on_to_the_next() {
        assert_eq!(shown("Мы и дом в лесу, «в саду» и я."), "Мы |и дом |в лесу, |«в саду» |и я.");
    }

    #[test]
    fn a_dash_stays_with_the_word_before_it() {
        assert_eq!(shown("Мир — дом"), "Мир — |дом");
    }

    #[test]
    fn spaces_that_do_not_break_are_obeyed() {
        assert_eq!(shown("100\u{a0}км в\u{a0}час, да"), "100\u{a0}км |в\u{a0}час, |да");
    }
}

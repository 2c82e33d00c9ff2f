//! A prompt or a phrase as words: folded, stemmed, and with what stands between them.

use rust_stemmers::{Algorithm, Stemmer};

use crate::diagnostic::SourceSpan;

/// What parts a word from the one before it, the weakest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Blanks, quotes, a hyphen.
    #[default]
    None,
    /// A comma: a list may go on, a clause may begin.
    Comma,
    /// A dash, a colon, a question mark: what stands before may be what the rest is about.
    Topic,
    /// One line break: a new line of a list, or a long sentence that was wrapped.
    Line,
    /// The end of a sentence, a bracket, an empty line.
    Full,
}

/// A word.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) span: SourceSpan,
    /// Lower case, ё as е.
    pub(crate) folded: String,
    /// What all its grammatical forms have in common.
    pub(crate) stem: String,
    /// What stands before it.
    pub(crate) gap: Gap,
}

/// Takes `text` apart.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let stemmers = (Stemmer::create(Algorithm::Russian), Stemmer::create(Algorithm::English));
    let mut words: Vec<Word> = Vec::new();
    let mut gap = Gap::None;
    let mut lines = 0_usize;
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let mut end = start + character.len_utf8();
        if character.is_alphanumeric() {
            while let Some((at, next)) = characters.peek().copied() {
                let inside = next.is_alphanumeric()
                    || is_mark(next)
                    || (is_apostrophe(next) && letter_at(text, at + next.len_utf8()));
                if !inside {
                    break;
                }
                end = at + next.len_utf8();
                characters.next();
            }
        } else if !starts_word(character) {
            lines += usize::from(character == '\n');
            gap = gap.max(gap_of(text, start, character, lines));
            continue;
        }
        let span = SourceSpan::new(start, end);
        let folded = fold(text.get(start..end).unwrap_or_default());
        let cyrillic = folded.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
        let stemmer = if cyrillic { &stemmers.0 } else { &stemmers.1 };
        let stem = stemmer.stem(&folded).into_owned();
        words.push(Word { span, folded, stem, gap: if words.is_empty() { Gap::Full } else { gap } });
        (gap, lines) = (Gap::None, 0);
    }
    words
}

/// Whether [`words`] finds any in `text`.
pub(super) fn has_words(text: &str) -> bool {
    text.chars().any(starts_word)
}

fn starts_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '&' | '+' | '/')
}

fn gap_of(text: &str, at: usize, character: char, lines: usize) -> Gap {
    let alone = || {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + character.len_utf8()..).and_then(|after| after.chars().next());
        before.is_none_or(char::is_whitespace) && after.is_none_or(char::is_whitespace)
    };
    match character {
        ',' => Gap::Comma,
        '—' | '–' | ':' | '?' => Gap::Topic,
        // `voice-over` is two words in one; ` - ` is a dash.
        '-' if alone() => Gap::Topic,
        '\n' if lines > 1 => Gap::Full,
        '\n' => Gap::Line,
        '.' | '!' | ';' | '…' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '•' | '*' | '→' => Gap::Full,
        _ => Gap::None,
    }
}

fn letter_at(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic)
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | 'ʼ')
}

/// Accents that are written apart from their letter, and what is not seen at all.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}')
}

fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for character in word.chars().flat_map(char::to_lowercase) {
        match character {
            'ё' => folded.push('е'),
            // й, written as и and its breve.
            '\u{306}' if folded.ends_with('и') => {
                folded.pop();
                folded.push('й');
            }
            character if is_mark(character) => {}
            character if is_apostrophe(character) => folded.push('\''),
            character => folded.push(character),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn every_form_of_a_word_has_one_stem() {
        for form in ["субтитры", "Субтитров", "СУБТИТРАМИ", "субтитрах", "субтитр"]
        {
            assert_eq!(stems(form), ["субтитр"]);
        }
        assert_eq!(stems("subtitles, Subtitled subtitle"), ["subtitl"; 3]);
        assert_eq!(stems("key points"), stems("Key-Point"));
    }

    #[test]
    fn letters_are_folded_however_they_are_written() {
        let folded = |text: &str| words(text).into_iter().map(|word| word.folded).collect::<Vec<_>>();
        assert_eq!(folded("Ещё е\u{308}лка"), ["еще", "елка"]);
        assert_eq!(folded("добавля\u{438}\u{306}"), ["добавляй"]);
        assert_eq!(folded("Don’t  don't"), ["don't", "don't"]);
    }

    #[test]
    fn what_parts_two_words_is_known() {
        let gaps = |text: &str| words(text).into_iter().skip(1).map(|word| word.gap).collect::<Vec<_>>();
        assert_eq!(
            gaps("a, b — c - d-e: f. g\nh\n\ni"),
            [Gap::Comma, Gap::Topic, Gap::Topic, Gap::None, Gap::Topic, Gap::Full, Gap::Line, Gap::Full]
        );
    }

    #[test]
    fn a_span_is_where_the_word_stands() {
        let text = "без «субтитров»";
        let spans: Vec<&str> = words(text).iter().map(|word| &text[word.span.start..word.span.end]).collect();
        assert_eq!(spans, ["без", "субтитров"]);
    }
}

//! From a model's tokens to words.

use super::heard::{Heard, Token};

/// Languages that whisper writes without spaces, where every whole character is taken as a word
/// (openai/whisper, `tokenizer.py`, `split_to_word_tokens`).
const WITHOUT_SPACES: &[&str] =
    &["zh", "ja", "th", "lo", "my", "yue", "chinese", "japanese", "thai", "lao", "myanmar", "cantonese"];

/// Joins tokens: one that begins with a space begins a word, any other goes on with the word before it. A character
/// whose bytes were split over tokens is whole again afterwards (whisper.cpp issue 1798).
pub(super) fn join(tokens: Vec<Token>, language: Option<&str>) -> Vec<Token> {
    let spaced = !language.is_some_and(|language| WITHOUT_SPACES.contains(&language.to_lowercase().as_str()));
    let mut words: Vec<Token> = Vec::new();
    for token in tokens.into_iter().filter(|token| !is_special(&token.text)) {
        let begins = match words.last() {
            None => true,
            Some(last) if spaced => token.text.starts_with(b" ") || last.text.iter().all(u8::is_ascii_whitespace),
            Some(last) => std::str::from_utf8(&last.text).is_ok() && !is_punctuation(&token.text),
        };
        match words.last_mut() {
            Some(last) if !begins => {
                last.text.extend_from_slice(&token.text);
                last.start = last.start.or(token.start);
                last.end = token.end.or(last.end);
            }
            _ => words.push(token),
        }
    }
    words
}

/// Whether a segment's words are tokens: the first of a word has a space before it, the others have none.
pub(super) fn are_tokens(words: &[Token]) -> bool {
    words.iter().any(|word| word.text.starts_with(b" "))
}

/// `[_BEG_]`, `[_TT_150]`, `<|endoftext|>`: marks of the model's, not words.
fn is_special(token: &[u8]) -> bool {
    let token = token.trim_ascii();
    (token.starts_with(b"[_") && token.ends_with(b"]")) || (token.starts_with(b"<|") && token.ends_with(b"|>"))
}

fn is_punctuation(token: &[u8]) -> bool {
    let text = String::from_utf8_lossy(token);
    let is = |c: char| c.is_ascii_punctuation() || "。、，．！？：；「」『』（）…·".contains(c);
    !text.is_empty() && text.chars().all(is)
}

/// One trimmed line without control characters, broken characters and marks of the model's.
pub(super) fn clean(text: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(text).into_owned();
    for (open, close) in [("[_", "]"), ("<|", "|>")] {
        while let Some(from) = text.find(open) {
            let Some(length) = text.get(from..).and_then(|rest| rest.find(close)) else { break };
            text.replace_range(from..from + length + close.len(), "");
        }
    }
    let text: String =
        text.chars().filter(|c| *c != char::REPLACEMENT_CHARACTER && (!c.is_control() || c.is_whitespace())).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // whisper.cpp's word for silence.
    if text == "[BLANK_AUDIO]" { String::new() } else { text }
}

impl Heard {
    /// Gives words that came for the whole sound to the segments in which their middles lie; makes the segments where
    /// none came.
    pub(super) fn assign(&mut self, words: Vec<Token>) {
        if self.segments.is_empty() {
            self.segments = super::heard::phrases(words);
            return;
        }
        for word in words {
            let middle = f64::midpoint(word.start.unwrap_or(0.0), word.end.or(word.start).unwrap_or(0.0));
            let after = self.segments.iter().rposition(|segment| segment.start.is_some_and(|start| start <= middle));
            if let Some(segment) = self.segments.get_mut(after.unwrap_or(0)) {
                segment.words.push(word);
            }
        }
    }
}

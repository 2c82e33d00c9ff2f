//! What an engine said, as it said it; and what is made of it.

use crate::error::Result;
use crate::time::Time;

use super::failed;
use super::transcript::{Segment, Transcript};
use super::words::clean;
use crate::value::Word;

/// A piece of text with times in seconds, which may be anything. Bytes: whisper.cpp splits characters over tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Token {
    pub(super) start: Option<f64>,
    pub(super) end: Option<f64>,
    pub(super) text: Vec<u8>,
}

/// A phrase as an engine gives it.
#[derive(Debug, Default)]
pub(super) struct Phrase {
    pub(super) start: Option<f64>,
    pub(super) end: Option<f64>,
    pub(super) text: Vec<u8>,
    pub(super) words: Vec<Token>,
    pub(super) avg_logprob: Option<f64>,
    pub(super) no_speech_prob: Option<f64>,
    pub(super) compression_ratio: Option<f64>,
}

/// A whole answer.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) language: Option<String>,
    pub(super) segments: Vec<Phrase>,
}

/// A day of speech has about 20 000 phrases and 200 000 words; a multiple of that is no transcript.
const MAX_SEGMENTS: usize = 100_000;
const MAX_WORDS: usize = 1_000_000;

/// A phrase of a 30 s window has at most some 500 characters; a hundred times that is no phrase.
const MAX_CHARACTERS: usize = 50_000;

impl Phrase {
    /// Whether the model made it up, by whisper's own thresholds (openai/whisper, `transcribe.py`): silence that it is
    /// unsure about (`logprob_threshold` −1, `no_speech_threshold` 0.6), or the same words again and again
    /// (`compression_ratio_threshold` 2.4).
    fn is_hallucination(&self) -> bool {
        let unsure = self.avg_logprob.is_some_and(|value| value < -1.0);
        let silent = self.no_speech_prob.is_some_and(|value| value > 0.6);
        (unsure && silent) || self.compression_ratio.is_some_and(|ratio| ratio > 2.4)
    }
}

impl Heard {
    /// Makes a transcript: times finite, in order and within `length`; texts clean; inventions left out.
    pub(super) fn settle(mut self, length: Time) -> Result<Transcript> {
        let words: usize = self.segments.iter().map(|segment| segment.words.len()).sum();
        let longest = self.segments.iter().map(|segment| segment.text.len()).max().unwrap_or(0);
        if self.segments.len() > MAX_SEGMENTS || words > MAX_WORDS || longest > MAX_CHARACTERS * 4 {
            return Err(failed("the answer is too large to be a transcript", "try another model or engine"));
        }
        self.segments.retain(|phrase| !phrase.is_hallucination());
        let mut phrases: Vec<(Time, Phrase)> =
            self.segments.into_iter().filter_map(|phrase| Some((within(begin(&phrase)?, length)?, phrase))).collect();
        phrases.sort_by_key(|(start, _)| *start);
        // Phrases that begin together would hide one another: they are one.
        phrases.dedup_by(|(later, phrase), (start, kept)| {
            let same = later == start;
            if same {
                kept.text.push(b' ');
                kept.text.append(&mut phrase.text);
                kept.words.append(&mut phrase.words);
                kept.end = kept.end.into_iter().chain(phrase.end).reduce(f64::max);
            }
            same
        });
        let starts: Vec<Time> = phrases.iter().map(|(start, _)| *start).collect();
        let mut segments = Vec::new();
        for (index, (start, phrase)) in phrases.into_iter().enumerate() {
            let most = starts.get(index + 1).copied().unwrap_or(length);
            // Without an end that can be used, a phrase lasts until the next one.
            let end = phrase.end.and_then(|end| within(end, length)).filter(|end| *end > start).unwrap_or(most);
            let end = end.min(most);
            let text = clean(&phrase.text);
            if end > start && !text.is_empty() {
                segments.push(Segment { start, end, text, words: settle_words(&phrase.words, start, end) });
            }
        }
        let language = self.language.map(|language| clean(language.as_bytes())).filter(|language| !language.is_empty());
        Ok(Transcript { language, segments })
    }
}

fn begin(phrase: &Phrase) -> Option<f64> {
    phrase.start.or_else(|| phrase.words.iter().find_map(|word| word.start))
}

/// Words within their phrase, each after the one before it. Words without any time make the whole phrase one without
/// word times: a gap in a karaoke line is worse than none.
fn settle_words(words: &[Token], start: Time, end: Time) -> Vec<Word> {
    let mut settled: Vec<Word> = Vec::new();
    for word in words {
        let text = clean(&word.text);
        if text.is_empty() {
            continue;
        }
        let (Some(from), to) = (word.start, word.end) else { return Vec::new() };
        let before = settled.last().map_or(start, |last| last.start);
        let Some(from) = within(from, end) else { return Vec::new() };
        let from = from.max(before);
        let to = to.and_then(|to| within(to, end)).unwrap_or(from).max(from);
        if let Some(last) = settled.last_mut() {
            last.end = last.end.min(from);
        }
        settled.push(Word { start: from, end: to, text });
    }
    settled
}

/// `seconds` as a time between zero and `length`; none if it is no number.
fn within(seconds: f64, length: Time) -> Option<Time> {
    seconds.is_finite().then(|| Time::from_secs(seconds.clamp(0.0, length.as_secs()))).flatten()
}

/// Phrases of words alone: one ends after a full stop, before a pause of 0.8 s, or at 84 characters (two lines of 42,
/// Netflix Timed Text).
pub(super) fn phrases(words: Vec<Token>) -> Vec<Phrase> {
    let mut phrases: Vec<Phrase> = Vec::new();
    for word in words {
        let text = clean(&word.text);
        if text.is_empty() {
            continue;
        }
        let goes_on = phrases.last().is_some_and(|last| {
            let pause = word.start.zip(last.end).is_some_and(|(start, end)| start - end > 0.8);
            let ended = [&b"."[..], b"!", b"?", "…".as_bytes()].iter().any(|mark| last.text.ends_with(mark));
            !pause && !ended && String::from_utf8_lossy(&last.text).chars().count() + text.chars().count() < 84
        });
        if !goes_on {
            phrases.push(Phrase { start: word.start, ..Phrase::default() });
        }
        if let Some(last) = phrases.last_mut() {
            if !last.text.is_empty() {
                last.text.push(b' ');
            }
            last.text.extend_from_slice(text.as_bytes());
            last.end = word.end.or(last.end);
            last.words.push(word);
        }
    }
    phrases
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_seconds() -> impl Strategy<Value = Option<f64>> {
        let wild = [f64::NAN, f64::INFINITY, -1.0, 1e300].map(Some);
        prop_oneof![Just(None), prop::sample::select(wild.to_vec()), (0.0..12.0).prop_map(Some)]
    }

    fn any_token() -> impl Strategy<Value = Token> {
        (any_seconds(), any_seconds(), prop::collection::vec(any::<u8>(), 0..6)).prop_map(|(start, end, text)| Token {
            start,
            end,
            text,
        })
    }

    fn any_phrase() -> impl Strategy<Value = Phrase> {
        (any_token(), prop::collection::vec(any_token(), 0..4)).prop_map(|(whole, words)| Phrase {
            start: whole.start,
            end: whole.end,
            text: whole.text,
            words,
            ..Phrase::default()
        })
    }

    proptest! {
        #[test]
        fn whatever_is_said_becomes_times_in_order(segments in prop::collection::vec(any_phrase(), 0..8)) {
            let length = Time::from_secs(10.0).expect("ten seconds");
            let transcript = Heard { language: None, segments }.settle(length).expect("few phrases");
            let mut last = Time::ZERO;
            for segment in &transcript.segments {
                prop_assert!(last <= segment.start && segment.start < segment.end && segment.end <= length);
                prop_assert!(!segment.text.trim().is_empty() && !segment.text.contains(char::is_control));
                last = segment.end;
                let mut word_end = segment.start;
                for word in &segment.words {
                    prop_assert!(word_end <= word.start && word.start <= word.end && word.end <= segment.end);
                    word_end = word.end;
                }
            }
        }
    }
}

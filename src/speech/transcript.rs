//! What was said, and when.

use serde::{Deserialize, Serialize};

use crate::time::Time;
use crate::value::Cue;

/// What is said in a sound. Segments stand in order, do not overlap and end with the sound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// The language, as the engine names it (`ru`, `russian`).
    pub language: Option<String>,
    /// The phrases.
    pub segments: Vec<Segment>,
}

/// A phrase: a sentence, or as much of one as the model took together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// When it begins, in seconds.
    pub start: Time,
    /// When it ends, in seconds.
    pub end: Time,
    /// What is said: one line, trimmed, never empty.
    pub text: String,
    /// Its words, in order; empty if the engine gave no times for them.
    pub words: Vec<Word>,
}

/// A word with the punctuation that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// When it begins, in seconds.
    pub start: Time,
    /// When it ends, in seconds; a model may give a short word no length at all.
    pub end: Time,
    /// The word, without spaces around it.
    pub text: String,
}

impl Transcript {
    /// One subtitle a phrase.
    #[must_use]
    pub fn cues(&self) -> Vec<Cue> {
        let cue = |segment: &Segment| Cue { start: segment.start, end: segment.end, text: segment.text.clone() };
        self.segments.iter().map(cue).collect()
    }
}

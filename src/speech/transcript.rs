//! What was said, and when.

use serde::{Deserialize, Serialize};

use crate::time::Time;
use crate::value::{Cue, Word};

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

impl Transcript {
    /// One subtitle a phrase, with the times of its words.
    #[must_use]
    pub fn cues(&self) -> Vec<Cue> {
        let cue = |segment: &Segment| Cue {
            words: segment.words.clone(),
            ..Cue::new(segment.start, segment.end, &segment.text)
        };
        self.segments.iter().map(cue).collect()
    }
}

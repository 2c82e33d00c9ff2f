//! What text is shown: the answer that rules read as `decision.…`.

use crate::value::{self, Type, Value};

/// What was decided about the text on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether theses, the key phrases, are shown.
    pub theses: bool,
    /// Whether subtitles are shown.
    pub subtitles: bool,
    /// Where subtitles come from: a word of [`value::SUBTITLE_SOURCE`].
    pub source: &'static str,
}

impl Decision {
    /// Everything that the scenario holds is shown, and nothing is added to it. That is what a finished scenario asks
    /// for: whoever wrote its texts has decided already.
    #[must_use]
    pub fn everything() -> Self {
        Self { theses: true, subtitles: true, source: "none" }
    }
}

/// A field that rules can read after `decision.`; it always has a value.
#[derive(Debug)]
pub struct DecisionField {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// One line for the reference.
    pub doc: &'static str,
    /// How to read it.
    pub get: fn(&Decision) -> Value<'static>,
}

/// Every field of a [`Decision`].
pub static DECISION: &[DecisionField] = &[
    DecisionField {
        name: "theses",
        ty: Type::Bool,
        doc: "whether key phrases are shown",
        get: |decision| Value::Bool(decision.theses),
    },
    DecisionField {
        name: "subtitles",
        ty: Type::Bool,
        doc: "whether subtitles are shown",
        get: |decision| Value::Bool(decision.subtitles),
    },
    DecisionField {
        name: "source",
        ty: Type::Enum(&value::SUBTITLE_SOURCE),
        doc: "where subtitles come from",
        get: |decision| Value::Symbol(decision.source),
    },
];

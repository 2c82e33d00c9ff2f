//! What a draft was made of, in sentences.

use std::fmt;

use crate::diagnostic::Diagnostics;

/// What was drafted of what, and what the author should know.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many scenes there are.
    pub scenes: usize,
    /// How many shot changes there were to cut at.
    pub shot_changes: usize,
    /// How many pauses in the speech.
    pub pauses: usize,
    /// How many theses stand on the screen.
    pub theses: usize,
    /// How many subtitles there are.
    pub subtitles: usize,
    /// Where the subtitles come from; why there are none, or no theses.
    pub(super) reasons: Reasons,
    /// What else the author should know, in full sentences.
    pub notes: Vec<String>,
    /// What came up about the prompt and the texts.
    pub warnings: Diagnostics,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Reasons {
    pub(super) theses: &'static str,
    pub(super) subtitles: &'static str,
}

/// `count` things: `1 scene`, `2 scenes`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// One line.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "drafted without a model: {} from {} and {}",
            counted(self.scenes, "scene", "scenes"),
            counted(self.shot_changes, "shot change", "shot changes"),
            counted(self.pauses, "pause", "pauses"),
        )?;
        match self.theses {
            0 => write!(f, "; no theses: {}", self.reasons.theses)?,
            count => write!(f, "; {} from the prompt", counted(count, "thesis", "theses"))?,
        }
        match self.subtitles {
            0 => write!(f, "; no subtitles: {}", self.reasons.subtitles),
            count => write!(f, "; {} {}", counted(count, "subtitle", "subtitles"), self.reasons.subtitles),
        }
    }
}

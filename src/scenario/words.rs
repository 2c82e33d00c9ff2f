//! The times of a subtitle's words hold what the words say.

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::value::Cue;

use super::model::Segment;

/// Checks the words of the segment at the pointer `at`.
pub(super) fn check(segment: &Segment, at: impl FnOnce() -> String, found: &mut Diagnostics) {
    let Some(params) = &segment.params else { return };
    let text = params.text.as_deref().unwrap_or_default();
    let words = params.words.as_deref().unwrap_or_default();
    if let Some(misfit) = Cue::misfit(text, segment.start_sec, segment.end_sec, words) {
        found.push(
            Diagnostic::new(diagnostic::WORD_TIMES, misfit)
                .pointer(at() + "/params/words")
                .help("mend `words`, or leave it out: words are then spread over the subtitle"),
        );
    }
}

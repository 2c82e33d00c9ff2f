//! A fix that a program can make.

use super::{Diagnostic, Location};

/// What to do about a finding, in words; and where it is one word for another, those two.
#[derive(Clone, Debug)]
pub struct Help {
    pub(super) words: String,
    pub(super) instead: Option<(String, String)>,
}

impl Help {
    /// `words`, which come to writing `right` instead of `wrong`.
    pub fn instead(wrong: impl Into<String>, right: impl Into<String>, words: impl Into<String>) -> Self {
        Self { words: words.into(), instead: Some((wrong.into(), right.into())) }
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl From<String> for Help {
    fn from(words: String) -> Self {
        Self { words, instead: None }
    }
}

impl From<&str> for Help {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<Help> for String {
    fn from(help: Help) -> Self {
        help.words
    }
}

/// The text to write at a place, instead of what stands there.
#[derive(Clone, Debug)]
pub struct Fix<'a> {
    /// The place.
    pub location: &'a Location,
    /// The text.
    pub text: String,
}

impl Diagnostic {
    /// The fix, where it is one word for another and that word alone stands at the finding's place.
    #[must_use]
    pub fn fix(&self) -> Option<Fix<'_>> {
        let (wrong, right) = self.instead.as_ref()?;
        let location = self.location.as_ref()?;
        let found = location.source.slice(location.span);
        if found == wrong {
            return Some(Fix { location, text: right.clone() });
        }
        // A key or text of JSON is quoted.
        (found == format!("\"{wrong}\"")).then(|| Fix { location, text: format!("\"{right}\"") })
    }
}

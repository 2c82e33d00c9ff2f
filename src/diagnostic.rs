//! What an author did wrong, said at the right place.
//!
//! A [`Diagnostic`] belongs to a scenario, a rule set or a plan file: it has a stable [`Code`], the culprit's span in
//! the [`Source`] (and the JSON pointer, in a JSON file), what was found, what is allowed, and the fix. Passes collect
//! them in [`Diagnostics`] and never stop at the first. What the *world* did (a missing file, ffmpeg's death) is an
//! [`Error`](crate::error::Error) instead.

mod code;
mod fix;
mod github;
mod russian;
mod sarif;
mod show;
mod source;

pub use code::*;
pub use fix::{Fix, Help};
pub use github::github;
pub use russian::title_in_russian;
pub use sarif::sarif;
pub use show::{Colour, Remark, json, pretty};
pub use source::{Location, Source, SourceSpan};

/// How bad it is: an error stops the pipeline, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is planned or rendered.
    Error,
    /// Work goes on.
    Warning,
}

/// One finding about what an author wrote.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The stable code, e.g. `E0201`.
    pub code: Code,
    /// Error or warning; follows from the code.
    pub severity: Severity,
    /// One sentence: what is wrong, names in backticks.
    pub message: String,
    /// Where, if the text is at hand.
    pub location: Option<Location>,
    /// What the caret says.
    pub label: String,
    /// Other places that belong to it, each with its own words.
    pub related: Vec<(Location, String)>,
    /// The RFC 6901 pointer to the culprit, in a JSON document.
    pub pointer: Option<String>,
    /// The fix: the line to write, or what is allowed.
    pub help: Option<String>,
    /// The word that was found and the one that was meant, where that is all the fix.
    instead: Option<(String, String)>,
}

impl Diagnostic {
    /// A finding of `code`, nowhere yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            location: None,
            label: String::new(),
            related: Vec::new(),
            pointer: None,
            help: None,
            instead: None,
        }
    }

    /// Puts it at `location`.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Says `label` beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Names another place that belongs to it.
    #[must_use]
    pub fn related(mut self, location: Location, label: impl Into<String>) -> Self {
        self.related.push((location, label.into()));
        self
    }

    /// Names the culprit in a JSON document.
    #[must_use]
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Adds the fix.
    #[must_use]
    pub fn help(mut self, help: impl Into<Help>) -> Self {
        let Help { words, instead } = help.into();
        self.help = Some(words);
        self.instead = instead;
        self
    }
}

/// The findings of one pass or several, in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of `others`.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether any of them stops the pipeline.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// One after another.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// `value` with the warnings, or the findings alone where one is an error.
    pub fn finish<T>(self, value: T) -> Result<(T, Self), Self> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }

    /// Puts every finding that has a JSON pointer and no place yet at that place in `source`, a JSON text.
    #[must_use]
    pub fn located_in(mut self, source: &std::sync::Arc<Source>) -> Self {
        if self.0.iter().all(|found| found.pointer.is_none() || found.location.is_some()) {
            return self;
        }
        let index = source.json_index();
        for found in &mut self.0 {
            if found.location.is_none()
                && let Some(pointer) = &found.pointer
            {
                found.location = index.locate(pointer).map(|span| Location::new(source, span));
            }
        }
        self
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

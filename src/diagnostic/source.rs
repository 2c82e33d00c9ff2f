//! A text that somebody wrote, and places in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged as _;

/// A byte range in a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceSpan {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl SourceSpan {
    /// From `start` up to `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The shortest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A file's name, as its author would say it, and its text.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// `text`, said to come from `name`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Arc::new(Self { name: name.into(), text, line_starts })
    }

    /// The name to show.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty where it lies outside.
    #[must_use]
    pub fn slice(&self, span: SourceSpan) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// Line and column of a byte, both from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// Line `line`, from 1, without its line break; empty where there is none.
    #[must_use]
    pub fn line_span(&self, line: usize) -> SourceSpan {
        let Some(start) = line.checked_sub(1).and_then(|line| self.line_starts.get(line)).copied() else {
            return SourceSpan::default();
        };
        let length = self.text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
        SourceSpan::new(start, start + length)
    }

    /// Where each value of this JSON text stands. Empty if the text is not JSON.
    #[must_use]
    pub fn json_index(&self) -> JsonIndex {
        let mut index = JsonIndex(BTreeMap::new());
        // serde_json's recursion limit has already refused what is nested too deep.
        if serde_json::from_str::<serde::de::IgnoredAny>(&self.text).is_ok()
            && let Ok(parsed) = jsonc_parser::parse_to_ast(&self.text, &<_>::default(), &<_>::default())
            && let Some(root) = &parsed.value
        {
            index.add(String::new(), root);
        }
        index
    }
}

/// Spans of a JSON text by RFC 6901 pointer.
#[derive(Debug)]
pub struct JsonIndex(BTreeMap<String, SourceSpan>);

impl JsonIndex {
    /// The span of the value at `pointer`, or of its nearest parent that exists.
    #[must_use]
    pub fn locate(&self, pointer: &str) -> Option<SourceSpan> {
        let mut pointer = pointer;
        loop {
            if let Some(span) = self.0.get(pointer) {
                return Some(*span);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }

    fn add(&mut self, pointer: String, value: &Value<'_>) {
        match value {
            Value::Object(object) => {
                for property in &object.properties {
                    let name = property.name.as_str().replace('~', "~0").replace('/', "~1");
                    self.add(format!("{pointer}/{name}"), &property.value);
                }
            }
            Value::Array(array) => {
                for (position, element) in array.elements.iter().enumerate() {
                    self.add(format!("{pointer}/{position}"), element);
                }
            }
            _ => {}
        }
        let range = value.range();
        self.0.insert(pointer, SourceSpan::new(range.start, range.end));
    }
}

/// A span of a source.
#[derive(Clone, Debug)]
pub struct Location {
    /// The text.
    pub source: Arc<Source>,
    /// The place in it.
    pub span: SourceSpan,
}

impl Location {
    /// `span` of `source`.
    #[must_use]
    pub fn new(source: &Arc<Source>, span: SourceSpan) -> Self {
        Self { source: Arc::clone(source), span }
    }
}

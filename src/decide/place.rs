//! Places of a script, as its engine tells them, in its text.

use std::sync::Arc;

use rhai::Position;

use crate::diagnostic::{Code, Diagnostic, Location, Source, SourceSpan};

pub(super) fn at_position(
    code: Code,
    message: impl Into<String>,
    source: &Arc<Source>,
    position: Position,
) -> Diagnostic {
    Diagnostic::new(code, message).at(Location::new(source, span(source, position)))
}

/// From `position` to the end of its word or quoted text, or of one character.
pub(super) fn span(source: &Arc<Source>, position: Position) -> SourceSpan {
    let Some(line) = position.line() else { return SourceSpan::default() };
    let line = source.line_span(line);
    let text = source.slice(line);
    let before: usize = text.chars().take(position.position().unwrap_or(1).saturating_sub(1)).map(char::len_utf8).sum();
    let rest = text.get(before..).unwrap_or_default();
    let word: usize = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
    let length = quoted(rest).unwrap_or(word).max(rest.chars().next().map_or(0, char::len_utf8));
    SourceSpan::new(line.start + before, line.start + before + length)
}

/// How long the text in quotes is that `rest` begins with.
fn quoted(rest: &str) -> Option<usize> {
    let mut escaped = false;
    let end = rest.strip_prefix('"')?.find(|c| {
        let is_end = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        is_end
    })?;
    Some(end + 2)
}

pub(super) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

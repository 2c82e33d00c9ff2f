//! Diagnostics as a person reads them, and as a program does.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, Diagnostics, Location, Severity, Source};

/// Whether the text may hold ANSI colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// With ANSI escapes.
    Always,
}

/// All findings for a terminal: the line, a caret, the fix; then how many there were.
#[must_use]
pub fn pretty(findings: &Diagnostics, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Never => Renderer::plain(),
        Colour::Always => Renderer::styled(),
    };
    let mut text = String::new();
    for finding in findings {
        text.push_str(&one(finding, &renderer));
        text.push_str("\n\n");
    }
    text
}

/// A span, what is said there, and whether it is the culprit or belongs to it.
type Place<'a> = (&'a Location, &'a str, AnnotationKind);

fn one(finding: &Diagnostic, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let group = Group::with_title(level.primary_title(&finding.message).id(finding.code.as_str()));
    let primary = finding.location.iter().map(|place| (place, finding.label.as_str()));
    let mut group = snippets(group, primary, &finding.related);
    if let Some(pointer) = &finding.pointer {
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        group = group.element(Level::NOTE.message(format!("at {pointer}")));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group])
}

/// The lines of these places, each file's together, with carets and words.
fn snippets<'a>(
    mut group: Group<'a>,
    primary: impl Iterator<Item = (&'a Location, &'a str)>,
    related: &'a [(Location, String)],
) -> Group<'a> {
    let mut by_source: Vec<(&Arc<Source>, Vec<Place<'_>>)> = Vec::new();
    let primary = primary.map(|(place, words)| (place, words, AnnotationKind::Primary));
    let related = related.iter().map(|(place, words)| (place, words.as_str(), AnnotationKind::Context));
    for (place, words, kind) in primary.chain(related) {
        match by_source.iter_mut().find(|(source, _)| Arc::ptr_eq(source, &place.source)) {
            Some((_, places)) => places.push((place, words, kind)),
            None => by_source.push((&place.source, vec![(place, words, kind)])),
        }
    }
    for (source, places) in by_source {
        let mut snippet = Snippet::source(source.text()).path(source.name()).fold(true);
        for (place, words, kind) in places {
            let mut annotation = kind.span(place.span.start..first_line_end(place));
            if !words.is_empty() {
                annotation = annotation.label(words);
            }
            snippet = snippet.annotation(annotation);
        }
        group = group.element(snippet);
    }
    group
}

/// Something to know about a place: no finding, for nothing is wrong there.
#[derive(Clone, Debug)]
pub struct Remark {
    /// One sentence.
    pub message: String,
    /// Where.
    pub location: Location,
    /// What the caret says.
    pub label: String,
    /// Other places that belong to it, each with its own words.
    pub related: Vec<(Location, String)>,
    /// What else is to be known, one line each.
    pub notes: Vec<String>,
}

impl Remark {
    /// For a terminal, as findings are shown.
    #[must_use]
    pub fn pretty(&self, colour: Colour) -> String {
        let renderer = match colour {
            Colour::Never => Renderer::plain(),
            Colour::Always => Renderer::styled(),
        };
        let group = Group::with_title(Level::NOTE.primary_title(&self.message));
        let primary = std::iter::once((&self.location, self.label.as_str()));
        let mut group = snippets(group, primary, &self.related);
        for note in &self.notes {
            group = group.element(Level::NOTE.message(note));
        }
        renderer.render(&[group])
    }
}

/// A caret under a whole block helps nobody: a span is shown to the end of its first line.
fn first_line_end(place: &Location) -> usize {
    let text = place.source.slice(place.span);
    place.span.start + text.find('\n').unwrap_or(text.len())
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    severity: Severity,
    message: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    help: Option<&'a str>,
}

/// All findings as a JSON array of `{code, severity, message, file, line, column, length, pointer?, help}`.
///
/// `line` and `column` count from 1, `length` is in characters; they are null where the text is not at hand.
#[must_use]
pub fn json(findings: &Diagnostics) -> serde_json::Value {
    let entry = |found: &Diagnostic| {
        let place = found.location.as_ref();
        let start = place.map(|place| place.source.line_column(place.span.start));
        serde_json::to_value(Entry {
            code: found.code.as_str(),
            severity: found.severity,
            message: &found.message,
            file: place.map(|place| place.source.name()),
            line: start.map(|(line, _)| line),
            column: start.map(|(_, column)| column),
            length: place.map_or(0, |place| place.source.slice(place.span).chars().count()),
            pointer: found.pointer.as_deref(),
            help: found.help.as_deref(),
        })
        .unwrap_or_default()
    };
    findings.iter().map(entry).collect()
}

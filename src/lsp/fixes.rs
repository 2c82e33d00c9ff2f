//! Edits that a file can be given: the fix of a finding, and the house's style.

use std::collections::HashMap;
use std::sync::Arc;

use lsp_types::{CodeAction, CodeActionKind, Range, TextEdit, WorkspaceEdit};
use similar::{DiffOp, TextDiff};

use crate::diagnostic::{Diagnostic, Source, SourceSpan};
use crate::rules;

use super::findings::{shown, uri};
use super::place::Lines;
use super::shelf::{Shelf, is_rules};

/// An edit of files by their names.
#[expect(clippy::mutable_key_type, reason = "the protocol's own type; nothing in a URI changes")]
pub(super) fn edit(shelf: &Shelf, edits: Vec<(String, Vec<TextEdit>)>) -> Option<WorkspaceEdit> {
    let mut changes = HashMap::new();
    for (name, edits) in edits {
        changes.insert(uri(&shelf.uri(&name)?)?, edits);
    }
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// A fix for each finding in `range` of `name` that has one.
pub(super) fn actions(shelf: &Shelf, name: &str, range: Range, found: &[&Diagnostic]) -> Vec<CodeAction> {
    let mut actions = Vec::new();
    let Some(open) = shelf.opened(name) else { return actions };
    let lines = Lines::of(open.source.text());
    for found in found {
        let Some(fix) = found.fix() else { continue };
        // What was found before the last change may stand elsewhere now.
        if fix.location.source.text() != open.source.text() {
            continue;
        }
        let diagnostic = shown(shelf, &lines, found);
        let touches = diagnostic.range.start <= range.end && range.start <= diagnostic.range.end;
        if !touches {
            continue;
        }
        let edits = vec![TextEdit::new(diagnostic.range, fix.text.clone())];
        actions.push(CodeAction {
            title: format!("write `{}`", fix.text),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![diagnostic]),
            edit: edit(shelf, vec![(name.to_owned(), edits)]),
            is_preferred: Some(true),
            ..CodeAction::default()
        });
    }
    actions
}

/// The lines to change so that a rule set has the house's style; none where it has, or where it is not understood.
pub(super) fn formatted(source: &Arc<Source>) -> Option<Vec<TextEdit>> {
    if !is_rules(source.name()) && source.name().starts_with('/') {
        return None;
    }
    let text = rules::format(source).ok()?;
    let lines = Lines::of(source.text());
    let diff = TextDiff::from_lines(source.text(), text.as_str());
    let starts = |slices: &[&str]| {
        let mut at = 0;
        let mut starts = vec![0];
        for slice in slices {
            at += slice.len();
            starts.push(at);
        }
        starts
    };
    let (old, new) = (starts(diff.old_slices()), starts(diff.new_slices()));
    let place = |starts: &[usize], line: usize| starts.get(line).copied().unwrap_or_default();
    let edits = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(|op| {
        let (before, after) = (op.old_range(), op.new_range());
        let span = SourceSpan::new(place(&old, before.start), place(&old, before.end));
        let written = text.get(place(&new, after.start)..place(&new, after.end)).unwrap_or_default();
        TextEdit::new(lines.range(source.text(), span), written.to_owned())
    });
    Some(edits.collect())
}

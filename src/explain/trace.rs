//! What the parts of a condition or value held at a place, as the evaluator says.

use std::sync::Arc;

use serde::Serialize;

use crate::compile::{Inquiry, Spot};
use crate::diagnostic::Source;
use crate::rules::Written;
use crate::rules::ast::{Expr, Expression};
use crate::scenario::field::{self, NodeKind};
use crate::tasks;
use crate::value::Value;

use super::history::{History, Provenance};

/// A path of a rule, and what it held.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Read {
    /// As it is written, e.g. `segment.start_sec`.
    pub path: String,
    /// What it held; nothing where it is absent.
    pub value: Option<Value<'static>>,
    /// Where that stands in the scenario file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The line that set it, for a setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_by: Option<Provenance>,
}

/// One file's expressions at one place.
#[derive(Clone, Copy)]
pub(super) struct Tracer<'a> {
    pub(super) written: &'a Written,
    pub(super) inquiry: Inquiry<'a>,
    pub(super) spot: Spot<'a>,
    pub(super) source: &'a Arc<Source>,
}

impl Tracer<'_> {
    pub(super) fn holds(&self, condition: &Expression) -> bool {
        if let Expr::And(parts) = &condition.node {
            return parts.iter().all(|part| self.holds(part));
        }
        let meaning = self.written.parts.condition(self.source, condition);
        meaning.is_some_and(|meaning| self.inquiry.holds(meaning, &self.spot))
    }

    /// The first part that does not hold of those that all must.
    pub(super) fn failed<'e>(&self, condition: &'e Expression) -> Option<&'e Expression> {
        condition.conjuncts().into_iter().find(|part| !self.holds(part))
    }

    pub(super) fn value(&self, expression: &Expression) -> Option<Value<'static>> {
        let meaning = self.written.parts.value(self.source, expression)?;
        self.inquiry.value(meaning, &self.spot)
    }

    /// What was read on the way to the answer, each path once: what an `if` or `or` passed by is not among it.
    pub(super) fn reads(&self, expression: &Expression) -> Vec<Read> {
        let mut reads = Vec::new();
        self.add_reads(expression, &mut reads);
        reads
    }

    fn add_reads(&self, expression: &Expression, reads: &mut Vec<Read>) {
        match &expression.node {
            Expr::Path(path) => self.add_read(expression, path, reads),
            Expr::Word(word) if word == "main" => self.add_read(expression, &[], reads),
            Expr::Or(parts) => self.until(parts, |part| self.value(part).is_some(), reads),
            Expr::And(parts) => self.until(parts, |part| !self.holds(part), reads),
            Expr::Either(parts) => self.until(parts, |part| self.holds(part), reads),
            Expr::If(parts) => {
                let [question, then, other] = parts.as_ref();
                self.add_reads(question, reads);
                self.add_reads(if self.holds(question) { then } else { other }, reads);
            }
            // Its paths are of other nodes, one after another.
            Expr::Each(_) => {}
            other => other.parts().into_iter().for_each(|part| self.add_reads(part, reads)),
        }
    }

    fn until(&self, parts: &[Expression], is_last: impl Fn(&Expression) -> bool, reads: &mut Vec<Read>) {
        for part in parts {
            self.add_reads(part, reads);
            if is_last(part) {
                break;
            }
        }
    }

    fn add_read(&self, expression: &Expression, path: &[String], reads: &mut Vec<Read>) {
        let text = expression.one_line(self.source);
        if reads.iter().any(|read| read.path == text) {
            return;
        }
        let value = self.value(expression);
        let set_by = match path {
            [head, rest @ ..] if head == "setting" => History(&self.written.layers).setting(&rest.join(".")),
            _ => None,
        };
        let pointer = value.as_ref().and_then(|_| self.pointer(path));
        reads.push(Read { path: text, value, pointer, set_by });
    }

    /// Where the value of `path` stands in the scenario file, if it stands there at all.
    fn pointer(&self, path: &[String]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        let kind = NodeKind::from_word(head)?;
        let field = field::find(kind, &rest.join(".")).filter(|field| !field.derived)?;
        let mine = self.spot.pointer();
        let node = match kind {
            NodeKind::Scenario => "/scenario".to_owned(),
            kind if kind == self.spot.kind() => mine,
            // `/scenario/layers/0` of `/scenario/layers/0/segments/1`
            _ => mine.split('/').take(4).collect::<Vec<_>>().join("/"),
        };
        Some(format!("{node}/{}", field.path.replace('.', "/")))
    }

    /// Why `condition` does not hold, in the values that it asks about.
    pub(super) fn because(&self, condition: &Expression) -> String {
        match &condition.node {
            Expr::Is { left, negated, right } => {
                let value = self.value(left);
                let others = right.iter().filter(|other| !other.is_literal()).filter_map(|other| {
                    let name = self.text(other);
                    match (negated, self.value(other)) {
                        (true, same) if same == value => Some(format!("which is `{name}`")),
                        (true, _) => None,
                        (false, other) => Some(format!("`{name}` is {}", said(other.as_ref()))),
                    }
                });
                std::iter::once(self.is(left)).chain(others).collect::<Vec<_>>().join(", ")
            }
            Expr::Compare(left, _, right) => {
                let sides = [left, right].into_iter().filter(|side| !side.is_literal());
                sides.map(|side| self.is(side)).collect::<Vec<_>>().join(", ")
            }
            Expr::Exists(of, _) => self.is(of),
            Expr::Path(_) => match self.value(condition) {
                Some(Value::Text(text)) if text.trim().is_empty() => format!("`{}` is blank", self.text(condition)),
                _ => self.is(condition),
            },
            Expr::Not(inner) if matches!(inner.node, Expr::Exists(..) | Expr::Path(_)) => self.because(inner),
            _ => {
                let reads = self.reads(condition);
                let words = reads.iter().map(|read| format!("`{}` is {}", read.path, said(read.value.as_ref())));
                words.collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn is(&self, expression: &Expression) -> String {
        format!("`{}` is {}", self.text(expression), said(self.value(expression).as_ref()))
    }

    /// The text without the brackets around the whole of it.
    fn text(&self, expression: &Expression) -> String {
        let text = expression.one_line(self.source);
        let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        inside.filter(|inside| !inside.contains(['(', ')'])).map_or(text.clone(), str::to_owned)
    }
}

/// A value in short, or that there is none.
pub(super) fn said(value: Option<&Value<'_>>) -> String {
    value.map_or_else(|| "absent".to_owned(), |value| harmless(&tasks::in_short(value)))
}

/// What a terminal would obey is written out.
pub(super) fn harmless(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            written.extend(letter.escape_unicode());
        } else {
            written.push(letter);
        }
    }
    written
}

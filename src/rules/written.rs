//! A rule set as it is written beside what it means, for whoever explains a plan by its lines.
//!
//! Nothing here is evaluated: a part of a condition or value is looked up by its place, and [`crate::compile`] says what
//! it holds somewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Source, SourceSpan};

use super::ast::{Ast, Expr, Expression};
use super::link::Linked;
use super::term::{Condition, Term};

/// A rule set that remembers its lines.
#[derive(Debug)]
pub struct Written {
    /// The set in one piece.
    pub(crate) linked: Linked,
    /// The files that it was made of, parents first.
    pub(crate) layers: Vec<Ast>,
    /// What every part means.
    pub(crate) parts: Parts,
}

/// What the parts of conditions and values mean, by their places.
#[derive(Debug, Default)]
pub(crate) struct Parts(BTreeMap<String, OfFile>);

#[derive(Debug, Default)]
struct OfFile {
    values: BTreeMap<SourceSpan, Term>,
    conditions: BTreeMap<SourceSpan, Condition>,
}

impl Parts {
    fn of_file(&mut self, source: &Source) -> &mut OfFile {
        self.0.entry(source.name().to_owned()).or_default()
    }

    pub(super) fn add_value(&mut self, source: &Source, span: SourceSpan, term: &Term) {
        self.of_file(source).values.insert(span, term.clone());
    }

    pub(super) fn add_condition(&mut self, source: &Source, span: SourceSpan, condition: &Condition) {
        self.of_file(source).conditions.insert(span, condition.clone());
    }

    /// The value of `expression`, where it is one.
    pub(crate) fn value(&self, source: &Source, expression: &Expression) -> Option<&Term> {
        self.0.get(source.name())?.values.get(&expression.span)
    }

    /// The condition that `expression` is, where it is one and no `and` of several.
    pub(crate) fn condition(&self, source: &Source, expression: &Expression) -> Option<&Condition> {
        self.0.get(source.name())?.conditions.get(&expression.span)
    }
}

/// The text of `span` on one line, without comments.
pub(crate) fn one_line(source: &Arc<Source>, span: SourceSpan) -> String {
    let mut line = String::new();
    let mut rest = source.slice(span).trim();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '#' if !is_colour(rest) => {
                rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
                continue;
            }
            _ => first.len_utf8(),
        };
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if !first.is_whitespace() {
            line.push_str(part);
        } else if !line.ends_with([' ', '(', '[']) && !after.trim_start().starts_with([')', ']', ',']) {
            line.push(' ');
        }
        rest = after;
    }
    line.trim_end().to_owned()
}

/// How long the text is that `rest` begins with, its quotation marks included.
fn text_length(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `#ffcc00` is a colour, not a comment.
fn is_colour(rest: &str) -> bool {
    let mut letters = rest.chars().skip(1);
    letters.by_ref().take(6).filter(char::is_ascii_hexdigit).count() == 6
        && letters.next().is_none_or(|next| !(next.is_alphanumeric() || next == '_'))
}

impl Expression {
    /// It as it is written, on one line and without comments.
    pub(crate) fn one_line(&self, source: &Arc<Source>) -> String {
        let text = one_line(source, self.span);
        // The place of an `either` is that of its sides.
        let before = source.text().get(..self.span.start).unwrap_or_default();
        let is_either = matches!(self.node, Expr::Either(_)) && before.trim_end().ends_with("either");
        if is_either { format!("either {text}") } else { text }
    }

    /// Whether it says its value itself: a word, text or number.
    pub(crate) fn is_literal(&self) -> bool {
        match &self.node {
            Expr::Text(_) | Expr::Quantity(..) | Expr::Bool(_) | Expr::Color(..) => true,
            Expr::Word(word) => word != "main",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        let source = Source::new("x.rules", text);
        one_line(&source, SourceSpan::new(0, text.len()))
    }

    #[test]
    fn a_text_on_one_line_says_the_same_without_its_comments() {
        assert_eq!(line("if a  # why\n  then ( b )\n  else \"c  # d\""), "if a then (b) else \"c  # d\"");
        assert_eq!(line("#ffcc00 60%   # gold"), "#ffcc00 60%");
        assert_eq!(line("[ \"a \\\" b\" ,\n \"\" ]"), "[\"a \\\" b\", \"\"]");
        assert_eq!(line("#abcdefg"), "");
    }
}

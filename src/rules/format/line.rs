//! One line of a rule set, which may take several: what stands before its value, the value, and the comments around it.

use std::ops::Range;

use super::super::parse::Rule;
use super::expression::Place;
use super::page::{Flow, Page, WIDTH, width};
use super::sheet::{Node, Sheet};

/// Writes one line after another onto the page.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) sheet: &'a Sheet<'a>,
    pub(super) page: Page,
}

/// Where a line stands among the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) indent: usize,
    /// Whether nothing stands above it in its block: then no blank line does either.
    pub(super) is_first: bool,
    /// The most blank lines that are kept above it.
    pub(super) most_blank: usize,
    /// Whether a blank line is due above it, whatever its author wrote.
    pub(super) apart: bool,
}

impl Spot {
    fn blank(self, breaks: usize) -> usize {
        breaks.saturating_sub(1).min(self.most_blank)
    }

    fn first_blank(self, breaks: usize) -> usize {
        if self.is_first { 0 } else { self.blank(breaks) }
    }
}

impl Writer<'_> {
    /// The comments above a line that begins with `start`, and those inside it up to `value`, which have no place there.
    /// Returns the blank lines that are due between them and the line.
    pub(super) fn above(&mut self, start: usize, value: usize, spot: Spot) -> usize {
        let sheet = self.sheet;
        let above = sheet.leading(start);
        let mut breaks = above.iter().map(|comment| comment.breaks).chain([sheet.breaks(start)]);
        let is_apart = breaks.clone().any(|breaks| breaks > 1);
        let mut due = spot.first_blank(breaks.next().unwrap_or(0));
        if spot.apart && !spot.is_first && !is_apart {
            due = 1;
        }
        for (comment, next) in above.iter().zip(breaks) {
            self.page.push(due, spot.indent, comment.text);
            due = spot.blank(next);
        }
        for token in start + 1..=value {
            let inside = sheet.leading(token).iter().map(|comment| comment.text);
            for comment in sheet.trailing(token).into_iter().chain(inside) {
                self.page.push(std::mem::take(&mut due), spot.indent, comment);
            }
        }
        due
    }

    /// The comment behind the token before `end`.
    pub(super) fn behind(&mut self, end: usize) {
        if let Some(comment) = self.sheet.trailing(end) {
            self.page.comment(comment);
        }
    }

    /// The comments before `end` that belong to no line: at the end of a block or file.
    pub(super) fn rest(&mut self, end: usize, spot: Spot) {
        for (position, comment) in self.sheet.leading(end).iter().enumerate() {
            let blank = if position == 0 { spot.first_blank(comment.breaks) } else { spot.blank(comment.breaks) };
            self.page.push(blank, spot.indent, comment.text);
        }
    }

    /// A whole line: `head` as it shall be written, then its value, with what stands above and behind.
    pub(super) fn line(&mut self, start: usize, head: &str, value: &[Node], spot: Spot) {
        let (Some(first), Some(last)) = (value.first(), value.last()) else { return };
        let blank = self.above(start, first.start, spot);
        if self.sheet.commented(first.start + 1..last.end) {
            self.as_written(blank, head, first.start..last.end, spot.indent);
        } else {
            let text = self.value(head, value, spot.indent);
            self.page.push(blank, spot.indent, &text);
        }
        self.behind(last.end);
    }

    /// `head` and the parts of its value; a part that does not fit stands below the one before.
    pub(super) fn value(&self, head: &str, value: &[Node], indent: usize) -> String {
        let mut flow = Flow::at(indent);
        flow.push(head);
        let hanging = flow.column;
        for (position, part) in value.iter().enumerate() {
            if position > 0 && flow.column + 1 + width(&self.sheet.flat(part.range())) <= WIDTH {
                flow.push(" ");
            } else if position > 0 {
                flow.line(hanging);
            }
            let base = if part.kind == Rule::conditional { flow.column } else { indent };
            flow.push(&self.sheet.expression(part, Place { column: flow.column, indent: base, tail: 0 }));
        }
        flow.text
    }

    /// A value with comments in it keeps its author's lines.
    fn as_written(&mut self, blank: usize, head: &str, tokens: Range<usize>, indent: usize) {
        let hanging = indent + width(head);
        let mut line = (blank, indent, head.to_owned());
        let mut depth = 0_usize;
        for token in tokens.clone() {
            let word = self.sheet.text(token);
            let inside = depth;
            if matches!(word, ")" | "]" | "}") {
                depth = depth.saturating_sub(1);
            }
            let is_first = token == tokens.start;
            if !is_first && self.sheet.breaks(token) > 0 {
                self.page.push(line.0, line.1, &line.2);
                self.behind(token);
                for comment in self.sheet.leading(token) {
                    self.page.push(0, margin(inside, indent, hanging), comment.text);
                }
                line = (0, margin(depth, indent, hanging), String::new());
                if matches!(word, "]" | "}") {
                    line.1 = indent + 2 * depth;
                }
            } else if !is_first && self.sheet.spaced(token) {
                line.2.push(' ');
            }
            line.2.push_str(word);
            if matches!(word, "(" | "[" | "{") {
                depth += 1;
            }
        }
        self.page.push(line.0, line.1, &line.2);
    }
}

/// Inside brackets by their depth, else below the beginning of the value.
fn margin(depth: usize, indent: usize, hanging: usize) -> usize {
    if depth == 0 { hanging } else { indent + 2 * depth }
}

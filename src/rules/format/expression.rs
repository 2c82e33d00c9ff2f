//! Values and conditions: on one line where they fit, else divided where they are joined.

use super::super::parse::Rule;
use super::page::{Flow, WIDTH, padded, width};
use super::sheet::{Node, Sheet};

/// Less room than this at the right is no room: to divide there would make a column of single words.
const LEAST_ROOM: usize = 20;

/// Where a value is put.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The column of its first character.
    pub(super) column: usize,
    /// The indentation that its brackets go back to.
    pub(super) indent: usize,
    /// How many columns are due behind it, on its last line.
    pub(super) tail: usize,
}

impl Place {
    fn hanging(column: usize) -> Self {
        Self { column, indent: column, tail: 0 }
    }
}

impl Sheet<'_> {
    /// The text of an expression without comments. Its first line begins at `place.column`; the others are indented.
    pub(super) fn expression(&self, node: &Node, place: Place) -> String {
        let flat = self.flat(node.range());
        let fits = place.column + width(&flat) + place.tail <= WIDTH;
        // A record goes back to the left, whatever stands before it.
        let is_cramped = place.column + LEAST_ROOM > WIDTH && node.kind != Rule::record;
        if node.parts.is_empty() || fits || is_cramped {
            return flat;
        }
        match node.kind {
            Rule::conditional => self.conditional(node, place),
            Rule::alternative | Rule::conjunction | Rule::either => self.chain(node, place),
            Rule::each => self.each(node, place),
            Rule::record => self.record(node, place),
            _ => self.sequence(node, place),
        }
    }

    /// `if`, `then` and `else` below one another, and an `else if` below them.
    fn conditional(&self, node: &Node, place: Place) -> String {
        let mut flow = Flow::at(place.column);
        let mut node = node;
        while let [_, condition, _, then, _, otherwise] = node.parts.as_slice() {
            flow.push("if ");
            flow.push(&self.expression(condition, Place::hanging(flow.column)));
            flow.line(place.column);
            flow.push("then ");
            flow.push(&self.expression(then, Place::hanging(flow.column)));
            flow.line(place.column);
            flow.push("else ");
            if otherwise.kind != Rule::conditional {
                flow.push(&self.expression(otherwise, Place { tail: place.tail, ..Place::hanging(flow.column) }));
                break;
            }
            node = otherwise;
        }
        flow.text
    }

    /// `a`, then `and b` below it.
    fn chain(&self, node: &Node, place: Place) -> String {
        let mut flow = Flow::at(place.column);
        for part in &node.parts {
            match part.kind {
                Rule::k_either => flow.push("either "),
                Rule::k_or | Rule::k_and => {
                    flow.line(place.column);
                    flow.push(self.text(part.start));
                    flow.push(" ");
                }
                _ => {
                    let tail = if part.end == node.end { place.tail } else { 0 };
                    flow.push(&self.expression(part, Place { tail, ..Place::hanging(flow.column) }));
                }
            }
        }
        flow.text
    }

    /// `each segment when …` and its record, whose fields have lines of their own.
    fn each(&self, node: &Node, place: Place) -> String {
        let [_, selector, condition @ .., item] = node.parts.as_slice() else { return self.sequence(node, place) };
        let mut flow = Flow::at(place.column);
        flow.push("each ");
        flow.push(&self.flat(selector.range()));
        if let [_, condition] = condition {
            let wide = width(&self.flat(condition.range()));
            if flow.column + " when ".len() + wide + " {".len() <= WIDTH {
                flow.push(" ");
            } else {
                flow.line(place.column + 2);
            }
            flow.push("when ");
            flow.push(&self.expression(condition, Place::hanging(flow.column)));
        }
        if item.kind == Rule::record {
            flow.push(" ");
        } else {
            flow.line(place.column + 2);
        }
        flow.push(&self.expression(item, Place { column: flow.column, ..place }));
        flow.text
    }

    fn record(&self, node: &Node, place: Place) -> String {
        let fields = || node.parts.iter().filter(|part| part.kind == Rule::assignment);
        let longest = fields().map(|field| width(self.text(field.start))).max().unwrap_or(0);
        let indent = place.indent + 2;
        let mut flow = Flow::at(place.column);
        flow.push("{");
        for (position, field) in fields().enumerate() {
            let Some(value) = field.parts.last() else { continue };
            if position > 0 {
                flow.push(",");
            }
            flow.line(indent);
            flow.push(&padded(self.text(field.start), longest));
            flow.push(" = ");
            flow.push(&self.expression(value, Place { column: flow.column, indent, tail: 1 }));
        }
        flow.line(place.indent);
        flow.push("}");
        flow.text
    }

    /// Word for word; divided behind commas, and inside what is too long by itself.
    fn sequence(&self, node: &Node, place: Place) -> String {
        // What is more than a word or text stands on a line of its own.
        let one_a_line = node.kind == Rule::list && node.parts.iter().any(|part| !part.parts.is_empty());
        let mut flow = Flow::at(place.column);
        let mut hanging = place.column;
        let mut is_listed = false;
        let mut parts = node.parts.iter().peekable();
        let mut token = node.start;
        while token < node.end {
            let part = parts.next_if(|part| part.start == token);
            let end = part.map_or(token + 1, |part| part.end);
            // What follows without a space stays on the line: `,` and `)`.
            let tail = (end..node.end).take_while(|next| !self.spaced(*next)).count();
            let tail = if end + tail == node.end { tail + place.tail } else { tail };
            if token > node.start && self.spaced(token) {
                let is_full = flow.column + 1 + width(&self.flat(token..end)) + tail > WIDTH;
                if is_listed && self.text(token - 1) == "," && (one_a_line || is_full) {
                    flow.line(hanging);
                } else {
                    flow.push(" ");
                }
            }
            if node.kind == Rule::list && token == node.start {
                (hanging, is_listed) = (flow.column + "[".len(), true);
            } else if part.is_some() && self.text(end) == "," && !is_listed {
                (hanging, is_listed) = (flow.column, true);
            }
            match part {
                Some(part) => {
                    let indent = if node.kind == Rule::group { flow.column } else { place.indent };
                    flow.push(&self.expression(part, Place { column: flow.column, indent, tail }));
                }
                None => flow.push(self.text(token)),
            }
            token = end;
        }
        flow.text
    }
}

//! Every task of a plan, with the lines and values that it came from.

use std::fmt::Write as _;

use crate::diagnostic::Colour;

use super::super::made::{ParamNote, TaskNote};
use super::super::trace::{Read, harmless, said};
use super::{Paint, spaces, width};

/// What is written is this wide at most, where a value shall stand beside it.
const WIDEST: usize = 58;
const INDENT: usize = 4;

/// One line of a rule, what came of it, and where it stands.
struct Row {
    written: String,
    value: String,
    place: String,
    /// What its paths held, where that says more than the value.
    reads: String,
}

/// All tasks; then the rules that made nothing.
#[must_use]
pub fn task_list(tasks: &[TaskNote<'_>], silent: &[&str], colour: Colour) -> String {
    let paint = Paint::new(colour);
    let mut text = String::new();
    for note in tasks {
        let head = [note.task.when(), harmless(&note.task.what())].into_iter().filter(|part| !part.is_empty());
        let head = head.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}  {head}", paint.strong(&format!("{}  {}", note.number, note.kind)));
        let about = if note.node.about.is_empty() { String::new() } else { format!(" ({})", note.node.about) };
        let _ = writeln!(text, "  made by rule {} of {}{about}", paint.strong(note.rule), note.node.short());
        rows(&mut text, &all_rows(note), paint);
        if let Some(said) = note.task.origin.as_ref().and_then(|origin| origin.note.as_deref()) {
            let _ = writeln!(text, "{}note: {said}", spaces(INDENT));
        }
        text.push('\n');
    }
    if !silent.is_empty() {
        let _ = writeln!(text, "nothing was made by {}; `--rule NAME` says why", silent.join(", "));
    }
    text
}

fn all_rows(note: &TaskNote<'_>) -> Vec<Row> {
    let when = note.when.iter().map(|line| Row {
        written: format!("when {}", line.text),
        value: String::new(),
        place: line.at.to_string(),
        reads: reads(&line.reads),
    });
    let make = Row {
        written: format!("make {}", note.kind),
        value: String::new(),
        place: note.make.to_string(),
        reads: String::new(),
    };
    let longest = note.params.iter().map(|param| width(&param.name)).max().unwrap_or(0);
    let params = note.params.iter().map(|param| param_row(param, longest));
    when.chain([make]).chain(params).collect()
}

fn param_row(param: &ParamNote, longest: usize) -> Row {
    let value = match (&param.value, &param.default) {
        (None, Some(default)) => format!("absent, so {}", said(Some(default))),
        (value, _) => said(value.as_ref()),
    };
    let is_setting = param.reads.iter().any(|read| read.set_by.is_some());
    let mut held = if param.is_plain && !is_setting { String::new() } else { reads(&param.reads) };
    if let Some(style) = &param.style_at {
        let comma = if held.is_empty() { "" } else { ", " };
        let _ = write!(held, "{comma}style {value} ({style})");
    }
    Row {
        written: divided(
            &format!("  {}{} = ", param.name, spaces(longest - width(&param.name))),
            &harmless(&param.text),
        ),
        value: format!("-> {value}"),
        place: param.at.to_string(),
        reads: held,
    }
}

/// `head` and a value; a long choice has its `then` and `else` on lines of their own.
fn divided(head: &str, value: &str) -> String {
    if width(head) + width(value) <= WIDEST || !value.starts_with("if ") || value.contains('"') {
        return format!("{head}{value}");
    }
    let line = format!("\n{}", spaces(INDENT + width(head)));
    let value = value.replace(" then ", &format!("{line}then ")).replace(" else ", &format!("{line}else "));
    format!("{head}{value}")
}

fn reads(reads: &[Read]) -> String {
    let words = reads.iter().map(|read| {
        let set_by = read.set_by.as_ref().map_or_else(String::new, |line| format!(" ({line})"));
        format!("{} is {}{set_by}", read.path, said(read.value.as_ref()))
    });
    words.collect::<Vec<_>>().join(", ")
}

fn rows(text: &mut String, rows: &[Row], paint: Paint) {
    let beside = |row: &&Row| width(&row.written) <= WIDEST;
    let first = rows.iter().filter(beside).map(|row| width(&row.written)).max().unwrap_or(0);
    let second = rows.iter().map(|row| width(&row.value)).max().unwrap_or(0);
    for row in rows {
        let indent = spaces(INDENT);
        let mut line = format!("{indent}{}", row.written);
        let mut column = width(&row.written);
        if column > WIDEST && row.value.is_empty() {
            let _ = writeln!(text, "{line}  {}", paint.place(&row.place));
            let _ = writeln!(text, "{indent}  {}", paint.place(&row.reads));
            continue;
        }
        if column > WIDEST {
            let _ = writeln!(text, "{line}");
            (line, column) = (indent.clone(), 0);
        }
        let gap = spaces(first + 2 - column);
        let value_gap = spaces(second + 2 - width(&row.value));
        let _ = write!(line, "{gap}{}{value_gap}{}", paint.value(&row.value), paint.place(&row.place));
        let _ = writeln!(text, "{}", line.trim_end());
        if !row.reads.is_empty() {
            let own = width(&row.written) - width(row.written.trim_start());
            let _ = writeln!(text, "{indent}{}{}", spaces(own + 2), paint.place(&row.reads));
        }
    }
}

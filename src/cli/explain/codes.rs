//! What the codes of findings mean.

use std::fmt::Write as _;

use serde_json::json;

use crate::diagnostic::{CODES, Code};
use crate::error::{Error, Result};
use crate::{reference, suggest};

use super::super::output::{print, print_json};
use super::Format;

/// Whether `subject` is meant to be a code: a letter and digits.
pub(super) fn looks_like_code(subject: &str) -> bool {
    let mut letters = subject.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && !letters.as_str().is_empty()
        && letters.all(|letter| letter.is_ascii_digit())
}

/// One code, or all of them.
pub(super) fn run(name: Option<&str>, format: Format) -> Result<()> {
    let code = name.map(code).transpose()?;
    match (format, code) {
        (Format::Text, Some(code)) => print(&in_full(code)),
        (Format::Text, None) => print(&list()),
        (Format::Markdown, Some(code)) => print(code.explanation()),
        (Format::Markdown, None) => print(&reference::codes()?),
        (Format::Json, Some(code)) => print_json(&as_json(code)),
        (Format::Json, None) => print_json(&CODES.iter().map(|(code, _)| as_json(*code)).collect::<Vec<_>>()),
    }
}

fn code(name: &str) -> Result<Code> {
    Code::find(name).ok_or_else(|| {
        let known = CODES.iter().map(|(code, _)| code.as_str());
        let fix = match suggest::nearest(name, known) {
            Some(near) => format!("did you mean {near}? `callsheet explain` lists all of them"),
            None => "`callsheet explain` lists all of them".into(),
        };
        Error::Usage { reason: format!("there is no code `{name}`"), fix }
    })
}

fn as_json(code: Code) -> serde_json::Value {
    json!({
        "code": code.as_str(),
        "severity": code.severity(),
        "title": code.title(),
        "explanation": code.explanation(),
    })
}

fn list() -> String {
    let mut text = String::new();
    for (code, title) in CODES {
        let _ = writeln!(text, "{}  {title}", code.as_str());
    }
    text
}

/// The explanation for a terminal: examples are indented instead of fenced.
fn in_full(code: Code) -> String {
    let mut text = format!("{}: {}\n\n", code.as_str(), code.title());
    let mut in_example = false;
    for line in code.explanation().lines() {
        if line.starts_with("```") {
            in_example = !in_example;
        } else if in_example && !line.is_empty() {
            let _ = writeln!(text, "    {line}");
        } else {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

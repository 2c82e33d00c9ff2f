//! `callsheet explain`: what a code of a finding means.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::json;

use crate::diagnostic::{CODES, Code};
use crate::error::Result;
use crate::{reference, suggest};

use super::output::{print, print_json};

/// Explain the code of a finding, with a wrong example and a righted one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet explain E0219
  callsheet explain                              all codes
  callsheet explain --format markdown            all explanations on a page")]
pub(super) struct Args {
    /// The code, e.g. E0219; all of them if absent
    #[arg(value_parser = code)]
    code: Option<Code>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// To read here
    Text,
    /// A page to read
    Markdown,
    /// An object, or a list of objects
    Json,
}

fn code(name: &str) -> std::result::Result<Code, String> {
    Code::find(name).ok_or_else(|| {
        let known = CODES.iter().map(|(code, _)| code.as_str());
        match suggest::nearest(name, known) {
            Some(near) => format!("there is no such code; did you mean {near}?"),
            None => "there is no such code; `callsheet explain` lists all of them".into(),
        }
    })
}

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    match (args.format, args.code) {
        (Format::Text, Some(code)) => print(&in_full(code))?,
        (Format::Text, None) => print(&list())?,
        (Format::Markdown, Some(code)) => print(code.explanation())?,
        (Format::Markdown, None) => print(&reference::codes()?)?,
        (Format::Json, Some(code)) => print_json(&as_json(code))?,
        (Format::Json, None) => {
            print_json(&CODES.iter().map(|(code, _)| as_json(*code)).collect::<Vec<_>>())?;
        }
    }
    Ok(ExitCode::SUCCESS)
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

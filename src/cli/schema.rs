//! `callsheet schema`: the formats, for programs and for models.

use std::process::ExitCode;

use crate::error::Result;
use crate::reference;
use crate::scenario::{Document, Outline};
use crate::tasks;
use crate::verify;

use super::output::{print, print_json};

/// Print the JSON Schema of a format, or the reference of the tasks
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet schema scenario > scenario.schema.json
  callsheet schema tasks --format markdown     the reference page of all tasks")]
pub(super) struct Args {
    /// Which format
    what: What,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// What `plan` and `render` read
    Scenario,
    /// What a drafter answers when a scenario is generated
    Outline,
    /// What `plan --json` writes and `--tasks` reads
    Plan,
    /// A list of tasks: the whitelist
    Tasks,
    /// A case of a rule set's tests
    Case,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// JSON Schema, draft 2020-12
    Json,
    /// A page to read
    Markdown,
}

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    match (args.what, args.format) {
        (What::Scenario, Format::Json) => print_json(&schemars::schema_for!(Document))?,
        (What::Outline, Format::Json) => print_json(&schemars::schema_for!(Outline))?,
        (What::Plan, Format::Json) => print_json(&tasks::plan_schema())?,
        (What::Tasks, Format::Json) => print_json(&tasks::tasks_schema())?,
        (What::Tasks | What::Plan, Format::Markdown) => print(&reference::tasks()?)?,
        (What::Case, Format::Json) => print_json(&verify::case_schema())?,
        (What::Case, Format::Markdown) => print(&reference::cases()?)?,
        (What::Scenario | What::Outline, Format::Markdown) => print(&reference::fields()?)?,
    }
    Ok(ExitCode::SUCCESS)
}

//! `callsheet import`: a task list becomes a scenario that a person can go on with.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::lift::from_tasks;
use crate::tasks;

use super::input;
use super::output::{Terminal, check_place, print, print_json, stays_beside_media, write_file};

/// Make a scenario of a task list, to go on with by hand
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet import tasks.json -o scenario.json
  callsheet import tasks.json -o scenario.json --rules own.rules
  callsheet import tasks.json > scenario.json
  callsheet plan scenario.json --no-probe --diff tasks.json     the same tasks again

Cutaways, pictures, texts, subtitles and sounds become segments of layers, the canvas the metadata, and what has no place \
in a layer an effect. Planned without a prompt, the scenario makes the same tasks again.

A list whose styles the shipped rules do not have needs a rule set too; without --rules that is written beside the \
scenario, as NAME.rules.")]
pub(super) struct Args {
    /// The plan file, as `callsheet plan --json` prints one; `-` reads it from standard input
    tasks: PathBuf,
    /// The scenario to write; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The rule set to write, where the list has styles of its own
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    let (source, folder) = input::open(&args.tasks)?;
    let plan = tasks::read(&source)?;
    let lifted = from_tasks(&plan).map_err(|found| Error::Invalid(found.located_in(&source)))?;
    let beside = || args.output.as_ref().map(|output| output.with_extension("rules"));
    let rules = match (&lifted.rules, args.rules.clone().or_else(beside)) {
        (None, _) => None,
        (Some(text), Some(path)) => Some((path, text)),
        (Some(_), None) => {
            let reason = "the list has styles of its own: write their rule set with --rules FILE".into();
            return Err(Error::Output { path: "stdout".into(), reason });
        }
    };
    if let Some(path) = &args.output {
        stays_beside_media(path, &folder)?;
        check_place(path, args.force)?;
    }
    // Both places are looked at before either file is written.
    if let Some((path, text)) = &rules {
        check_place(path, args.force)?;
        write_file(path, text)?;
    }
    match &args.output {
        Some(path) => {
            let text = serde_json::to_string_pretty(&lifted.document)
                .map_err(|error| Error::Write { path: path.clone(), source: error.into() })?;
            write_file(path, &(text + "\n"))?;
            let story = &lifted.document.scenario;
            let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
            let (layers, effects) = (counted(story.layers.len(), "layer"), counted(story.effects.len(), "effect"));
            print(&format!("{}: {layers}, {effects}\n", path.display()))?;
        }
        None => print_json(&lifted.document)?,
    }
    if let Some((path, _)) = &rules {
        let path = path.display();
        terminal.say(&format!("its styles are in {path}: plan and render it with --rules {path}"));
    }
    Ok(ExitCode::SUCCESS)
}

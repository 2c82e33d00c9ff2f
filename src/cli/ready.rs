//! `callsheet ready`: what is missing before a scenario can be rendered.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::error::{Error, Result};
use crate::scenario;

use super::input;
use super::output::{Terminal, print, print_json};

/// Say which segments wait for their media, and what to do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet ready scenario.json
  callsheet ready scenario.json --json     {\"ready\": false, \"scenes\": [{\"scene_id\": …, \"action\": …}]}

Exit code 4 if a segment waits.")]
pub(super) struct Args {
    /// The scenario file; `-` reads it from standard input
    scenario: PathBuf,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    let (source, _) = input::open(&args.scenario)?;
    let scenario = input::read_scenario(&source, terminal)?;
    match (scenario::ready(scenario), args.json) {
        (Ok(_), false) => print("ready: no segment waits for its media\n")?,
        (Ok(_), true) => print_json(&json!({ "ready": true, "scenes": [] }))?,
        (Err(not_ready), false) => return Err(Error::NotReady(not_ready)),
        (Err(not_ready), true) => {
            print_json(&json!({ "ready": false, "scenes": not_ready.0 }))?;
            return Ok(ExitCode::from(4));
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `callsheet captions export`: the subtitle layer of a scenario as a caption file.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::captions;
use crate::error::{Error, Result};
use crate::time::FrameRate;

use super::super::input;
use super::super::output::Terminal;
use super::{WriteArgs, frame_rate, mended};

/// Write the subtitle layer of a scenario as a caption file
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet captions export scenario.json -o film.srt
  callsheet captions export scenario.json --to vtt > film.vtt")]
pub(super) struct Args {
    /// The scenario file; `-` reads it from standard input
    scenario: PathBuf,
    /// The video's frame rate: two frames are left between cues that overlap
    #[arg(long, value_name = "RATE", default_value = "30", value_parser = frame_rate)]
    fps: FrameRate,
    #[command(flatten)]
    write: WriteArgs,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    args.write.check()?;
    let (source, _) = input::open(&args.scenario)?;
    let scenario = input::read_scenario(&source, terminal)?;
    let entries = captions::from_scenario(scenario.document());
    let (track, found) =
        mended(entries.into(), Some(scenario.facts().duration), args.fps).map_err(|error| match error {
            Error::Invalid(found) => Error::Invalid(found.located_in(&source)),
            other => other,
        })?;
    args.write.write(&track, &found.located_in(&source), terminal)
}

//! `callsheet captions import`: a caption file becomes the subtitle layer of a scenario.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::captions::{self, Track};
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::scenario::{self, Document, LayerKind};
use crate::time::Time;

use super::super::input;
use super::super::output::{Terminal, check_place, print, stays_beside_media, write_file};
use super::{ReadArgs, count, show};

/// Make a caption file the subtitle layer of a scenario
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet captions import scenario.json film.srt -o new.json
  callsheet captions import scenario.json film.srt -o scenario.json --force
  callsheet captions import scenario.json film.srt | callsheet render - -o film.mp4

The cues take the place of those that the scenario has. They are held against the video's length.")]
pub(super) struct Args {
    /// The scenario file; `-` reads it from standard input
    scenario: PathBuf,
    /// The caption file
    captions: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
    /// The scenario to write; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    args.output.as_deref().map_or(Ok(()), |path| check_place(path, args.force))?;
    let (source, folder) = input::open(&args.scenario)?;
    args.output.as_deref().map_or(Ok(()), |path| stays_beside_media(path, &folder))?;
    let document = scenario::read(&source)?;
    let length = duration(&document).map_err(|found| Error::Invalid(found.located_in(&source)))?;
    let (track, found) = args.read.read(&args.captions, Some(length))?;
    show(&found, terminal, false);
    let text = with_subtitles(document, &track, terminal)?;
    match &args.output {
        Some(path) => {
            write_file(path, &text)?;
            print(&format!("{}: {}\n", path.display(), count(track.len())))?;
        }
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The scenario's length without its subtitles, which may be what is wrong with it.
fn duration(document: &Document) -> std::result::Result<Time, Diagnostics> {
    let mut bare = document.clone();
    for layer in bare.scenario.layers.iter_mut().filter(|layer| layer.kind == LayerKind::Subtitle) {
        layer.segments.clear();
    }
    scenario::normalise(bare).map(|(scenario, _)| scenario.facts().duration)
}

/// The scenario with `track` for its subtitles, as a file.
pub(super) fn with_subtitles(mut document: Document, track: &Track, terminal: &Terminal) -> Result<String> {
    let before = captions::into_scenario(&mut document, track);
    if before > 0 {
        terminal.say(&format!("{} of the scenario replaced by {}", count(before), count(track.len())));
    }
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| Error::Write { path: "scenario".into(), source: error.into() })?;
    Ok(text + "\n")
}

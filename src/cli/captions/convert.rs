//! `callsheet captions convert`: from one format and encoding to another, mended.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::Result;

use super::super::output::Terminal;
use super::{ReadArgs, WriteArgs};

/// Convert a caption file, and mend it on the way
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet captions convert film.srt -o film.vtt
  callsheet captions convert film.ass --to srt > film.srt
  callsheet captions convert old.srt --encoding koi8-r -o new.srt
  callsheet captions convert film.srt --duration 48 --json

Cues that overlap, stand in the wrong order or lie past the end are mended with a warning; one that runs backwards is
refused with its number, and nothing is written. Formatting and placement are dropped, which a warning counts.")]
pub(super) struct Args {
    /// The caption file; `-` reads it from standard input
    input: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    write: WriteArgs,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    args.write.check()?;
    let (track, found) = args.read.read(&args.input, None)?;
    args.write.write(&track, &found, terminal)
}

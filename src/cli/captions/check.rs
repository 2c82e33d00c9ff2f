//! `callsheet captions check`: can a person read these captions?

use std::path::PathBuf;
use std::process::ExitCode;

use crate::captions::{self, Language, Limits};
use crate::diagnostic::{Severity, json};
use crate::error::Result;

use super::super::output::{Terminal, print, print_json};
use super::{ReadArgs, count, number_of, show};

/// Check whether a person can read a caption file
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet captions check film.srt
  callsheet captions check film.vtt --language other --fps 25
  callsheet captions check film.srt --json         [{\"code\", \"severity\", \"message\", \"file\", \"line\", …}]

At most two lines of 42 characters (39 in Russian), 17 characters a second (20 in English), 5/6 s to 7 s, two frames
between cues. Exit code 1 if something was found, 3 if a cue is refused.")]
pub(super) struct Args {
    /// The caption file; `-` reads it from standard input
    input: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
    /// The language, for how fast it is read; by the letters if absent
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
    /// Print the findings as a JSON array
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    let (track, mut found) = args.read.read(&args.input, None)?;
    let language = args.language.unwrap_or_else(|| {
        let words: String = track.cues().map(|cue| cue.text.as_str()).collect();
        Language::of(&words)
    });
    found.extend(captions::check(&track, &Limits::of(language, args.read.fps)));
    show(&found, terminal, args.json);
    if args.json {
        print_json(&json(&found))?;
    } else if found.is_empty() {
        print(&format!("{}: {}, nothing to say\n", args.input.display(), count(track.len())))?;
    } else {
        terminal.say(&format!("{} warnings", number_of(&found, Severity::Warning)));
    }
    Ok(ExitCode::from(u8::from(!found.is_empty())))
}

//! `callsheet fmt`: one style for rule sets.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use similar::TextDiff;

use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::rules;

use super::files;
use super::input;
use super::output::{Terminal, counted, print, write_file};

/// Write rule sets in one style
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet fmt brand.rules          write it anew, if its style differs
  callsheet fmt .                    every *.rules below this folder
  callsheet fmt --check .            change nothing; exit code 1 and a diff where a style differs
  callsheet fmt - < brand.rules      from standard input to standard output

Only blanks, line breaks and columns are changed; what was written is read again and compared before it replaces the
file. A file that is not understood is left alone: exit code 3.")]
pub(super) struct Args {
    /// Rule sets, or folders with rule sets; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Change nothing: show what would be changed, and fail if anything would
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    let mut code = 0;
    let (mut seen, mut changed) = (0_usize, 0_usize);
    for path in files::find(&args.paths, &["*.rules"])? {
        seen += 1;
        match one(&path, args.check, terminal) {
            Ok(false) => {}
            Ok(true) => {
                changed += 1;
                code = code.max(u8::from(args.check));
            }
            Err(error) => {
                terminal.error(&error);
                code = code.max(super::exit_code(&error));
            }
        }
    }
    let files = counted(seen, "file");
    let only_stdin = args.paths.iter().all(|path| path == Path::new("-"));
    match (args.check, changed) {
        (_, 0) if code > 0 || only_stdin => {}
        (_, 0) => terminal.say(&format!("{files}: nothing to change")),
        (true, _) => terminal.say(&format!("{changed} of {files} would be changed; `callsheet fmt` does it")),
        (false, _) => terminal.say(&format!("{changed} of {files} changed")),
    }
    Ok(ExitCode::from(code))
}

/// Formats one file; says whether its style differed.
fn one(path: &Path, check: bool, terminal: &Terminal) -> Result<bool> {
    let (source, _) = input::open(path)?;
    let formatted = rules::format(&source)?;
    let differs = formatted != source.text();
    let is_stdin = path == Path::new("-");
    if check && differs {
        terminal.say(&format!("{}: not in the style", source.name()));
        print(&diff(&source, &formatted))?;
    } else if is_stdin && !check {
        print(&formatted)?;
        return Ok(false);
    } else if differs {
        // The file itself is replaced, not a link to it.
        let place = path.canonicalize().map_err(|source| Error::Read { path: path.to_owned(), source })?;
        write_file(&place, &formatted)?;
        print(&format!("{}\n", path.display()))?;
    }
    Ok(differs)
}

fn diff(source: &Source, formatted: &str) -> String {
    let name = source.name();
    TextDiff::from_lines(source.text(), formatted)
        .unified_diff()
        .header(name, &format!("{name} (formatted)"))
        .to_string()
}

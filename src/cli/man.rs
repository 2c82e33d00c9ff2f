//! `callsheet man`: the manual pages, written from the same words as `--help`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap_mangen::Man;

use crate::error::{Error, Result};
use crate::suggest;

use super::output::print;

/// Write the man pages
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet man | man -l -                            the page of callsheet itself
  callsheet man render | man -l -                     the page of one command
  callsheet man --output ~/.local/share/man/man1      every page, one file a command; then: man callsheet-render")]
pub(super) struct Args {
    /// The command whose page is printed; if absent, the page of callsheet itself
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Option<String>,
    /// Write every page into this folder instead, which is made if it is missing
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, command: clap::Command) -> Result<ExitCode> {
    // What the options of every command have in common is told on the page of each.
    let command = command.disable_help_subcommand(true);
    match &args.output {
        Some(folder) => {
            let failed = |source| Error::Write { path: folder.clone(), source };
            std::fs::create_dir_all(folder).map_err(failed)?;
            let pages = count(&command);
            clap_mangen::generate_to(command, folder).map_err(failed)?;
            print(&format!("{}: {pages} pages, callsheet.1 and one for each command\n", folder.display()))?;
        }
        None => print(&page(command, args.command.as_deref())?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The page of `name`, or of the program, as troff.
fn page(mut command: clap::Command, name: Option<&str>) -> Result<String> {
    // Only what is built knows its whole name and the options of all.
    command.build();
    let wanted = match name {
        None => &command,
        Some(name) => command.find_subcommand(name).ok_or_else(|| {
            let names = command.get_subcommands().map(clap::Command::get_name);
            let near = suggest::nearest(name, names).map_or_else(
                || "`callsheet --help` lists the commands".to_owned(),
                |near| format!("did you mean `callsheet man {near}`?"),
            );
            Error::Usage { reason: format!("there is no command `{name}`"), fix: near }
        })?,
    };
    let mut text = Vec::new();
    // Nothing that is written into memory fails.
    let _ = Man::new(wanted.clone()).render(&mut text);
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// How many commands there are, with those below them.
fn count(command: &clap::Command) -> usize {
    1 + command.get_subcommands().map(count).sum::<usize>()
}

//! `callsheet check`: is a rule set right?

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::diagnostic::{Diagnostics, json};
use crate::error::Result;
use crate::rules;

use super::input;
use super::output::{Terminal, print, print_json};

/// Check a rule set before any scenario is seen
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet check brand.rules
  callsheet check brand.rules --format json    [{\"code\", \"severity\", \"message\", \"file\", \"line\", …}]
  callsheet check --print-default              the shipped rule set

Exit code 3 if a rule set is wrong, 1 with --deny-warnings if it has warnings.")]
pub(super) struct Args {
    /// Rule sets; the shipped one if none is named
    files: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "pretty")]
    format: Format,
    /// Let warnings fail the check
    #[arg(long)]
    deny_warnings: bool,
    /// Print the shipped rule set
    #[arg(long, conflicts_with = "files")]
    print_default: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person, on stderr
    Pretty,
    /// A JSON array, on stdout
    Json,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    if args.print_default {
        print(rules::default_source().text())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut found = Diagnostics::new();
    let mut sources = Vec::new();
    for file in &args.files {
        sources.push(input::open(file)?.0);
    }
    if sources.is_empty() {
        sources.push(rules::default_source());
    }
    let mut summary = String::new();
    for source in sources {
        match rules::load(&source, &rules::from_disk) {
            Ok((program, warnings)) => {
                let _ = writeln!(summary, "{}: {} rules, no errors", source.name(), program.rule_names().count());
                found.extend(warnings);
            }
            Err(errors) => found.extend(errors),
        }
    }
    if args.format == Format::Json {
        print_json(&json(&found))?;
    } else {
        terminal.findings(&found);
    }
    if found.has_errors() {
        let errors = found.iter().filter(|one| one.severity == crate::diagnostic::Severity::Error).count();
        let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        terminal.say(&format!("{}, {}", counted(errors, "error"), counted(found.len() - errors, "warning")));
        return Ok(ExitCode::from(3));
    }
    if args.format == Format::Pretty {
        print(&summary)?;
    }
    Ok(if args.deny_warnings && !found.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

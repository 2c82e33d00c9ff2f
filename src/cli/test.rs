//! `callsheet test`: does every case still make what was accepted for it?

mod live;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::diagnostic::Source;
use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::rules;
use crate::verify::{self, Case, Files, Palette, Report, Sets, Verdict};

use super::input;
use super::output::{Terminal, print, print_json, write_file};
use super::review;

/// Test rule sets: compile every case and compare its plan with the accepted one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A case is a file `tests/NAME.case.json`, or a folder `tests/NAME/` with `case.json`. Its accepted plan lies beside it, as \
`NAME.plan`. `callsheet schema case` prints the format; `callsheet new DIR` makes a project with a case to start from.

Examples:
  callsheet test                                 the cases in `tests`
  callsheet test brands/acme brands/zenith       of several projects
  callsheet test tests/loud.case.json            of one
  callsheet test --accept                        what the cases make now is right
  callsheet test --review                        one at a time: accept, reject, skip or quit
  callsheet test --coverage --lcov rules.info    which rules and ways no case reaches
  callsheet test --mutate                        which changes of the rules no case would notice
  callsheet test --watch                         again after each save, until Ctrl-C

The words: `pass`; `new snapshot`: read and accept it; `changed`: only the plan differs, accept it or mend the rules; \
`wrong decision`, `unexpected diagnostic`, `missing diagnostic`: not what the case says has to be; `broken case`: it or \
its rules cannot be read.

Exit codes: 0 all pass; 1 a case fails, or with --mutate a change survives; 3 a case or its rules are broken; 2 also where \
--accept or --review would write while the variable `CI` is set.")]
#[expect(clippy::struct_excessive_bools, reason = "flags, each of which may stand with most others")]
pub(super) struct Args {
    /// Projects, folders of cases, or cases; the current folder if none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only cases whose name has this in it
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write every new and changed snapshot
    #[arg(long)]
    accept: bool,
    /// Look at new and changed snapshots one at a time
    #[arg(long, conflicts_with_all = ["accept", "json"])]
    review: bool,
    /// Write nothing, whatever differs; also where the variable `CI` is set
    #[arg(long, conflicts_with_all = ["accept", "review"])]
    ci: bool,
    /// Say which rules, ways and signals no case reaches
    #[arg(long)]
    coverage: bool,
    /// The same, with the shipped rules
    #[arg(long)]
    coverage_all: bool,
    /// Write the coverage for editors and services, in LCOV's format
    #[arg(long, value_name = "FILE")]
    lcov: Option<PathBuf>,
    /// Change the rules one place at a time, in memory, and say which changes no case notices
    #[arg(long)]
    mutate: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
    /// Test again whenever a file is saved; ends with Ctrl-C
    #[arg(long, conflicts_with_all = ["accept", "review", "coverage", "coverage_all", "lcov", "mutate", "json"])]
    watch: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    if args.watch {
        return live::run(args, terminal, cancel);
    }
    let is_ci = args.ci || in_ci();
    if is_ci && (args.accept || args.review) {
        terminal.say(
            "error: nothing is written while `CI` is set; to accept here all the same: env -u CI callsheet test …",
        );
        return Ok(ExitCode::from(2));
    }
    let mut report = report(args, terminal)?;
    if let Some(text) = args.filter.as_ref().filter(|_| report.cases.is_empty()) {
        terminal.say(&format!("error: no case has `{text}` in its name"));
        return Ok(ExitCode::from(1));
    }
    if args.accept {
        accept_all(&mut report)?;
    } else if args.review {
        review::review(&mut report, &terminal.palette(), cancel)?;
    }
    conclude(args, &report, files(), terminal, cancel)
}

fn files() -> Files<'static> {
    Files { open: &open, load: &rules::from_disk }
}

/// Runs the cases that are asked for; shows what is found in their rules that is no error.
fn report(args: &Args, terminal: &Terminal) -> Result<Report> {
    let found = verify::find(args.places())?;
    let mut places = found.cases;
    if let Some(text) = &args.filter {
        places.retain(|place| place.name.contains(text));
    }
    let mut sets = Sets::new(files());
    let cases = places.iter().map(|place| verify::test(place, files(), &mut sets)).collect();
    terminal.findings(sets.warnings());
    // Who looks for one case is not told of the others.
    let orphans = if args.filter.is_some() { Vec::new() } else { found.orphans };
    Ok(Report { cases, orphans, accept: accept_line(&args.paths), ci: args.ci || in_ci(), reviewed: args.review })
}

impl Args {
    /// Where cases are looked for.
    fn places(&self) -> &[PathBuf] {
        static HERE: std::sync::LazyLock<[PathBuf; 1]> = std::sync::LazyLock::new(|| [PathBuf::from(".")]);
        if self.paths.is_empty() { &*HERE } else { &self.paths }
    }
}

/// Prints the report, with coverage and changes where they are asked for.
fn conclude(args: &Args, report: &Report, files: Files<'_>, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let palette = Palette::new(terminal.result_colour());
    let mut code = if report.has_broken() { 3 } else { u8::from(!report.is_fine()) };
    let mut more = Vec::new();
    let mut text = report.text(&palette);
    let cases: Vec<Case> = report.cases.iter().filter_map(|case| Case::read(&case.files, files).ok()).collect();
    if args.coverage || args.coverage_all || args.lcov.is_some() {
        let coverage = verify::coverage(&cases, files, args.coverage_all);
        if let Some(path) = &args.lcov {
            write_file(path, &verify::lcov(&coverage))?;
        }
        more.push(("coverage".to_owned(), coverage.json()));
        if args.coverage || args.coverage_all {
            text = format!("{text}\n{}", coverage.text(&palette));
        }
    }
    if args.mutate && !report.is_fine() {
        text.push_str("\nthe rules are not changed before every case passes\n");
    } else if args.mutate {
        let mut progress = terminal.measuring();
        progress.begin("changing the rules");
        let mutated = verify::mutate(&cases, files, cancel, &mut |share| progress.done(share))?;
        drop(progress);
        more.push(("changes".to_owned(), mutated.json()));
        text = format!("{text}\n{}", mutated.text(&palette));
        code = code.max(u8::from(mutated.count(verify::Fate::Survived) > 0));
    }
    if args.json {
        let mut json = report.json();
        if let Some(object) = json.as_object_mut() {
            object.extend(more);
        }
        print_json(&json)?;
    } else {
        print(&text)?;
    }
    Ok(ExitCode::from(code))
}

fn open(path: &str) -> Result<Arc<Source>> {
    input::open(Path::new(path)).map(|(source, _)| source)
}

fn accept_all(report: &mut Report) -> Result<()> {
    for case in &mut report.cases {
        if case.verdict.can_be_accepted() {
            accept(case)?;
        }
    }
    Ok(())
}

/// Writes what the case makes as its snapshot.
pub(super) fn accept(case: &mut verify::Tested) -> Result<()> {
    write_file(Path::new(&case.files.snapshot), case.made.as_deref().unwrap_or_default())?;
    case.verdict = Verdict::Accepted;
    Ok(())
}

/// Whether a machine runs this, for which nobody reads what is written.
fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !["", "0", "false"].iter().any(|off| value == *off))
}

fn accept_line(paths: &[PathBuf]) -> String {
    let mut line = String::from("callsheet test");
    for path in paths {
        line = format!("{line} {}", path.display());
    }
    line + " --accept"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_what_was_tested() {
        assert_eq!(accept_line(&[]), "callsheet test --accept");
        assert_eq!(accept_line(&["brands/acme".into()]), "callsheet test brands/acme --accept");
    }
}

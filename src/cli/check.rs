//! `callsheet check`: are rule sets, scenarios and plans right, as far as that can be told without their media?

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::diagnostic::{Diagnostics, Severity, Source, github, json, sarif};
use crate::error::Result;
use crate::writer::{self, Prompt};
use crate::{project, rules, scenario, tasks};

use super::output::{Terminal, counted, print, print_json};
use super::{files, input};

/// Check rule sets, scenarios and plans, before any media is seen
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet check brand.rules
  callsheet check                               the project in whose folder you are
  callsheet check .                             every *.rules and scenario.json below this folder
  callsheet check scenario.json plan.json       is it as the format wants it?
  callsheet check brand.rules --format json     [{\"code\", \"severity\", \"message\", \"file\", \"line\", …}]
  callsheet check . --format sarif > out.sarif  for editors and code review; `github` for its workflows
  callsheet check --print-default               the shipped rule set

A *.json file is a scenario, or a plan where it has `tasks`; scenario.jinja, tasks.jinja, edit.jinja and repair.jinja are
prompt templates; anything else is a rule set. Of folders, *.rules, scenario.json, *.scenario.json and templates are
checked. Exit code 3 if something is wrong, 1 with --deny-warnings if there are
warnings alone.")]
pub(super) struct Args {
    /// Rule sets, scenarios, plans, or folders; `-` for standard input; if none is named, the project
    /// in whose folder you are, or else the shipped rules
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Let warnings fail the check
    #[arg(long)]
    deny_warnings: bool,
    /// Print the shipped rule set
    #[arg(long, conflicts_with = "paths")]
    print_default: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person, on stderr
    #[value(alias = "pretty")]
    Human,
    /// A JSON array, on stdout
    Json,
    /// A SARIF 2.1.0 log, on stdout
    Sarif,
    /// GitHub workflow commands, on stdout
    Github,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<ExitCode> {
    if args.print_default {
        print(rules::default_source().text())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut sources = Vec::new();
    let own = ["*.rules", "scenario.json", "*.scenario.json", project::FILE];
    let patterns = [own.as_slice(), Prompt::NAMES.as_slice()].concat();
    let mut paths = args.paths.clone();
    if paths.is_empty() {
        paths.extend(project::around()?.map(|project| project.folder));
    }
    for path in files::find(&paths, &patterns)? {
        sources.push(input::open(&path)?.0);
    }
    if sources.is_empty() {
        sources.push(rules::default_source());
    }
    let mut all = Diagnostics::new();
    let mut right = String::new();
    let mut wrong = 0;
    for source in &sources {
        let (what, found) = check(source);
        if found.has_errors() {
            wrong += 1;
        } else {
            let warnings = if found.is_empty() { String::new() } else { format!(", {}", tally(&found)) };
            let _ = writeln!(right, "{}: {what}, no errors{warnings}", source.name());
        }
        all.extend(found);
    }
    let all = once(&all);
    match args.format {
        Format::Human => {
            terminal.findings(&all);
            print(&right)?;
        }
        Format::Json => print_json(&json(&all))?,
        Format::Sarif => print_json(&sarif(&all))?,
        Format::Github => print(&github(&all))?,
    }
    let first = all.iter().find(|found| found.severity == Severity::Error).or(all.iter().next());
    if let Some(first) = first {
        let place = match sources.len() {
            1 => String::new(),
            _ if wrong == 0 => format!(" in {} files", sources.len()),
            count => format!(", {wrong} of {count} files wrong"),
        };
        let code = first.code.as_str();
        terminal.say(&format!("{}{place}; `callsheet explain {code}` tells more", tally(&all)));
    }
    Ok(if all.has_errors() {
        ExitCode::from(3)
    } else {
        ExitCode::from(u8::from(args.deny_warnings && !all.is_empty()))
    })
}

/// What a file is, if it is right, and what was found in it.
fn check(source: &Arc<Source>) -> (String, Diagnostics) {
    let checked = if let Some(prompt) = template_of(source) {
        let found = writer::check_template(prompt, source);
        found.finish("a prompt template".to_owned())
    } else if is_project(source) {
        project::read(source, Path::new(source.name()).parent().unwrap_or(Path::new(".")))
            .map(|_| ("a project".to_owned(), Diagnostics::new()))
    } else if !is_json(source) {
        rules::load(source, &rules::from_disk)
            .map(|(program, warnings)| (counted(program.rule_names().count(), "rule"), warnings))
    } else if is_plan(source) {
        tasks::read(source).and_then(|plan| tasks::check(&plan, false).finish(counted(plan.tasks.len(), "task")))
    } else {
        scenario::read(source).and_then(scenario::normalise).map(|(scenario, warnings)| {
            let story = &scenario.document().scenario;
            let segments = story.layers.iter().map(|layer| layer.segments.len()).sum();
            (format!("{}, {}", counted(story.scenes.len(), "scene"), counted(segments, "segment")), warnings)
        })
    };
    match checked {
        Ok((what, warnings)) => (what, warnings.located_in(source)),
        Err(errors) => (String::new(), errors.located_in(source)),
    }
}

/// The prompt whose template the file is, by its name.
fn template_of(source: &Source) -> Option<Prompt> {
    Prompt::of_name(Path::new(source.name()).file_name()?.to_str()?)
}

fn is_project(source: &Source) -> bool {
    Path::new(source.name()).file_name() == Some(OsStr::new(project::FILE))
}

fn is_json(source: &Source) -> bool {
    match Path::new(source.name()).extension().and_then(OsStr::to_str) {
        Some("json") => true,
        Some("rules") => false,
        _ => source.text().trim_start().starts_with(['{', '[']),
    }
}

fn is_plan(source: &Source) -> bool {
    #[derive(Default, Deserialize)]
    struct Keys {
        tasks: Option<IgnoredAny>,
        scenario: Option<IgnoredAny>,
    }
    let keys: Keys = serde_json::from_str(source.text()).unwrap_or_default();
    keys.tasks.is_some() && keys.scenario.is_none()
}

/// A set that several others extend is read with each of them; what is wrong with it is told once.
fn once(all: &Diagnostics) -> Diagnostics {
    let mut seen = BTreeSet::new();
    let mut kept = Diagnostics::new();
    for found in all {
        let place = found.location.as_ref().map(|place| (place.source.name(), place.span));
        if place.is_none() || seen.insert((found.code, place, found.message.as_str())) {
            kept.push(found.clone());
        }
    }
    kept
}

/// `2 errors, 1 warning`, or the warnings alone.
fn tally(found: &Diagnostics) -> String {
    let errors = found.iter().filter(|one| one.severity == Severity::Error).count();
    let warnings = counted(found.len() - errors, "warning");
    if errors == 0 { warnings } else { format!("{}, {warnings}", counted(errors, "error")) }
}

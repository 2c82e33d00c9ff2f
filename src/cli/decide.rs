//! `callsheet decide`: what the prompt's words lead to, and why.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::decide::{self, FACTS, Facts, State, Verdict};
use crate::error::Result;
use crate::ffmpeg::Cancel;

use super::input;
use super::output::{Terminal, print, print_json};

/// Say what the prompt's words lead to, and why
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("said").required(true).multiple(true).args(["prompt", "scenario"]),
    after_help = "\
Examples:
  callsheet decide --prompt \"субтитры, но без тезисов\"
  callsheet decide --prompt \"captions, please\" --facts has_speech
  callsheet decide --scenario scenario.json               its own prompt and facts
  callsheet decide --prompt \"no text\" --json             {\"theses\": false, …}

Without a scenario and --facts, no fact holds."
)]
pub(super) struct Args {
    /// What the user asked for, instead of the scenario's own `global_prompt`
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// The scenario that facts are taken from; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// The facts that hold, separated by commas, instead of a scenario
    #[arg(long, value_name = "FACTS", value_delimiter = ',', conflicts_with = "scenario", value_parser = clap::builder::PossibleValuesParser::new(FACTS.iter().map(|fact| fact.name)))]
    facts: Vec<String>,
    /// The rule set; if absent, the one that callsheet.toml names, or else the shipped one, `default`
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let mut prompt = args.prompt.clone();
    // clap has held the names against the table.
    let mut facts = Facts::named(args.facts.iter().map(String::as_str)).unwrap_or_default();
    if let Some(path) = &args.scenario {
        let (source, folder) = input::open(path)?;
        let scenario = input::read_scenario(&source, terminal)?;
        facts = input::facts(scenario.document(), Some(&folder), cancel);
        prompt = prompt.or_else(|| scenario.document().scenario.global_prompt.clone());
    }
    let program = input::load_rules(args.rules.as_deref(), terminal)?;
    let (verdict, warnings) = program.decider().decide(prompt.as_deref(), facts)?;
    terminal.findings(&warnings);
    if args.json {
        print_json(&decide::json(&verdict, facts))?;
    } else {
        print(&as_text(&verdict))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(verdict: &Verdict) -> String {
    let decision = &verdict.decision;
    let yes = |holds: bool| if holds { "yes" } else { "no" };
    let source = if decision.source == "none" { String::new() } else { format!(", from {}", decision.source) };
    let mut text = format!("theses     {}\nsubtitles  {}{source}\n\n", yes(decision.theses), yes(decision.subtitles));
    let heard: Vec<_> = verdict.readings.iter().filter(|reading| reading.state != State::Silent).collect();
    let width = heard.iter().map(|reading| reading.name.chars().count()).max().unwrap_or(0);
    for reading in &heard {
        let places: Vec<String> = reading
            .because
            .iter()
            .map(|because| {
                let otherwise = if because.state == reading.state { "" } else { because.state.word() };
                let space = if otherwise.is_empty() { "" } else { " " };
                format!("{otherwise}{space}“{}” ({})", because.text, because.phrase)
            })
            .collect();
        let _ = writeln!(text, "{:width$}  {:7}  {}", reading.name, reading.state.word(), places.join(", "));
    }
    match &verdict.answered_at {
        Some(at) => {
            if heard.is_empty() {
                text.push_str("the prompt says nothing about text\n");
            }
            let (line, _) = at.source.line_column(at.span.start);
            let _ =
                writeln!(text, "\n{}:{line}  {}", at.source.name(), at.source.slice(at.source.line_span(line)).trim());
        }
        None => text.push_str("nobody said anything: what the scenario has is shown\n"),
    }
    text
}

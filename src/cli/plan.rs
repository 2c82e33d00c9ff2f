//! `callsheet plan`: what would be done, and which rule says so. Writes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{self, Encoder, Timeline};
use crate::tasks::{self, Plan, Task, ValidPlan};
use crate::text::FontSet;

use super::input::{InputArgs, open};
use super::output::{Terminal, print, print_json};

/// Show what a render would do, and which rule says so; write nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet plan scenario.json
  callsheet plan scenario.json --rules brand.rules --json > plan.json
  callsheet plan scenario.json --diff plan.json          what is different from an earlier plan
  callsheet plan scenario.json --planner llm --diff      what a model would do otherwise than the rules
  callsheet plan scenario.json --ffmpeg > render.sh      the exact command, with the files that it reads

With --diff, lines with `-` are tasks of the other plan alone, with `+` of this one alone, and `~` are in both, with the \
parameters that differ. What is left out and what is written as the default are the same. The exit code is 0 if the plans \
are the same and 1 if not, as diff has it.")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Print the plan as JSON: an object with `tasks`, each with its `origin`
    #[arg(long, conflicts_with = "ffmpeg")]
    json: bool,
    /// Print the ffmpeg command as a shell script
    #[arg(long)]
    ffmpeg: bool,
    /// Say what is different from another plan, a file as --json prints it; without a file, what the model's plan has
    /// different from the rules' own
    #[arg(long, value_name = "FILE", conflicts_with = "ffmpeg", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "clap's way to say: a flag, perhaps with a value")]
    diff: Option<Option<PathBuf>>,
    /// Compile only: measure no media, listen to nothing, hold no time against them
    #[arg(long, conflicts_with_all = ["ffmpeg", "planner"])]
    no_probe: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let file = args.diff.as_ref().and_then(Option::as_deref).map(read_plan).transpose()?;
    let mut input = args.input.load(!args.no_probe, terminal, cancel)?;
    let by_the_rules = input.by_the_rules.take();
    let other = match &args.diff {
        None => None,
        Some(_) => Some(file.or(by_the_rules).ok_or_else(|| Error::Usage {
            reason: "`--diff` alone needs `--planner llm` or `--planner hybrid`, whose plan it compares with the rules' own".into(),
            fix: "name a plan file: `--diff plan.json`".into(),
        })?),
    };
    if args.no_probe {
        match &other {
            Some(other) => return difference(other, &input.plan, args.json, terminal),
            None if args.json => print_json(&input.plan)?,
            None => print(&table(&input.plan, &BTreeMap::new()))?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let fonts = args.input.fonts()?;
    let (plan, source) = input.validate(terminal, cancel)?;
    let timeline = render::timeline(&plan);
    let command = command(&plan, &timeline, &fonts, &source, terminal)?;
    if let Some(other) = &other {
        return difference(other, plan.plan(), args.json, terminal);
    }
    if args.ffmpeg {
        let folder = args.input.fonts.as_deref().and_then(|folder| std::path::absolute(folder).ok());
        print(&super::script::script(&command, folder.as_deref()))?;
    } else if args.json {
        print_json(plan.plan())?;
    } else {
        let canvas = &timeline.canvas;
        let (seconds, frames) = (plan.duration(), timeline.frames);
        let (width, height, rate) = (canvas.width, canvas.height, canvas.rate);
        print(&table(plan.plan(), plan.notes()))?;
        print(&format!(
            "\n{seconds} s, {frames} frames, {width}x{height} at {rate}, one picture and one sound stream\n"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read_plan(path: &Path) -> Result<Plan> {
    let (source, _) = open(path)?;
    Ok(tasks::read(&source)?)
}

/// What has become of `before`.
fn difference(before: &Plan, after: &Plan, json: bool, terminal: &Terminal) -> Result<ExitCode> {
    let difference = tasks::compare(before, after);
    if json {
        print_json(&difference)?;
    } else {
        print(&difference.show(terminal.result_colour()))?;
    }
    Ok(if difference.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The command, for its own sake and because what cannot be drawn shows only there.
fn command(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
    source: &Arc<Source>,
    terminal: &Terminal,
) -> Result<render::Command> {
    let mut command = render::command(plan, timeline, fonts, &Encoder::default(), "")
        .map_err(|found| Error::Invalid(found.located_in(source)))?;
    let warnings = std::mem::take(&mut command.warnings);
    terminal.findings(&warnings.located_in(source));
    Ok(command)
}

/// The plan for a person: number, task, when, what, rule and line; under a task, what its media make of it.
pub(super) fn table(plan: &Plan, by_media: &BTreeMap<usize, String>) -> String {
    let header = ["#", "task", "when", "what", "rule"].map(str::to_owned);
    let mut rows = vec![header];
    for (number, task) in plan.tasks.iter().enumerate() {
        let rule = task
            .origin
            .as_ref()
            .map_or_else(String::new, |origin| format!("{}  {}:{}", origin.rule, origin.file, origin.line));
        rows.push([(number + 1).to_string(), task.spec.name.to_owned(), task.when(), task.what(), rule]);
    }
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..5).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    let of_task = |(number, task): (usize, &Task)| {
        let of_planner = task.origin.as_ref().and_then(|origin| origin.note.clone());
        of_planner.into_iter().chain(by_media.get(&number).cloned()).collect::<Vec<_>>()
    };
    let notes = plan.tasks.iter().enumerate().map(of_task);
    for (row, notes) in rows.iter().zip([Vec::new()].into_iter().chain(notes)) {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
        for note in notes {
            let _ = writeln!(text, "{:width$}  {note}", "", width = widths.first().copied().unwrap_or(0));
        }
    }
    for note in &plan.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

//! `callsheet plan`: what would be done, and which rule says so. Writes nothing.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{self, Encoder, Timeline};
use crate::tasks::{Plan, Task, ValidPlan};
use crate::text::FontSet;
use crate::time::Time;
use crate::value::Value;

use super::input::InputArgs;
use super::output::{Terminal, print, print_json};

/// Show what a render would do, and which rule says so; write nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet plan scenario.json
  callsheet plan scenario.json --rules brand.rules --json > plan.json
  callsheet plan scenario.json --ffmpeg > render.sh      the exact command, with the files that it reads")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Print the plan as JSON: an object with `tasks`, each with its `origin`
    #[arg(long, conflicts_with = "ffmpeg")]
    json: bool,
    /// Print the ffmpeg command as a shell script
    #[arg(long)]
    ffmpeg: bool,
    /// Compile only: measure no media, listen to nothing, hold no time against them
    #[arg(long, conflicts_with_all = ["ffmpeg", "planner"])]
    no_probe: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let input = args.input.load(!args.no_probe, terminal, cancel)?;
    if args.no_probe {
        if args.json {
            print_json(&input.plan)?;
        } else {
            print(&table(&input.plan))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let fonts = args.input.fonts()?;
    let (plan, source) = input.validate(terminal, cancel)?;
    let timeline = render::timeline(&plan);
    let command = command(&plan, &timeline, &fonts, &source, terminal)?;
    if args.ffmpeg {
        let folder = args.input.fonts.as_deref().and_then(|folder| std::path::absolute(folder).ok());
        print(&super::script::script(&command, folder.as_deref()))?;
    } else if args.json {
        print_json(plan.plan())?;
    } else {
        let canvas = &timeline.canvas;
        let (seconds, frames) = (plan.duration(), timeline.frames);
        let (width, height, rate) = (canvas.width, canvas.height, canvas.rate);
        print(&table(plan.plan()))?;
        print(&format!(
            "\n{seconds} s, {frames} frames, {width}x{height} at {rate}, one picture and one sound stream\n"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
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

/// The plan for a person: number, task, when, what, rule and line.
pub(super) fn table(plan: &Plan) -> String {
    let header = ["#", "task", "when", "what", "rule"].map(str::to_owned);
    let mut rows = vec![header];
    for (number, task) in plan.tasks.iter().enumerate() {
        let rule = task
            .origin
            .as_ref()
            .map_or_else(String::new, |origin| format!("{}  {}:{}", origin.rule, origin.file, origin.line));
        rows.push([(number + 1).to_string(), task.spec.name.to_owned(), when(task), what(task), rule]);
    }
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..5).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    let notes = plan.tasks.iter().map(|task| task.origin.as_ref().and_then(|origin| origin.note.as_deref()));
    for (row, note) in rows.iter().zip([None].into_iter().chain(notes)) {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
        if let Some(note) = note {
            let _ = writeln!(text, "{:width$}  {note}", "", width = widths.first().copied().unwrap_or(0));
        }
    }
    for note in &plan.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn when(task: &Task) -> String {
    let range = |start: Time, end: Time| format!("{start}–{end} s");
    match (task.time("start_time"), task.time("end_time")) {
        (Some(start), Some(end)) => range(start, end),
        _ => match (task.cues("segments").first(), task.cues("segments").last()) {
            (Some(first), Some(last)) => range(first.start, last.end),
            _ => String::new(),
        },
    }
}

/// The most telling of a task's parameters, short enough for a line.
fn what(task: &Task) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !task.inputs.is_empty() {
        let shown: Vec<&str> = task.inputs.iter().take(4).map(String::as_str).collect();
        let more = task.inputs.len().saturating_sub(4);
        parts.push(if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") });
    }
    for (name, value) in &task.params {
        match value {
            Value::Text(text) => parts.push(format!("“{}”", shortened(text, 36))),
            Value::Name(name) => parts.push(name.to_string()),
            Value::Symbol(word) => parts.push((*word).to_owned()),
            Value::Cues(cues) if cues.len() == 1 => parts.push("1 cue".to_owned()),
            Value::Cues(cues) => parts.push(format!("{} cues", cues.len())),
            Value::Pixels(pixels) => parts.push(format!("{pixels}px")),
            Value::Ratio(share) => parts.push(format!("{name} {}%", (share * 1000.0).round() / 10.0)),
            Value::Number(number) => parts.push(format!("{name} {number}")),
            Value::Seconds(time) if !matches!(*name, "start_time" | "end_time") && *time > Time::ZERO => {
                parts.push(format!("{name} {time}s"));
            }
            Value::Bool(true) => parts.push((*name).to_owned()),
            Value::Seconds(_) | Value::Bool(false) | Value::Names(_) | Value::Words(_) => {}
        }
    }
    if let Some(id) = &task.output_id {
        parts.push(format!("→ {id}"));
    }
    shortened(&parts.join(" "), 72)
}

fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most { line } else { line.chars().take(most - 1).chain(['…']).collect() }
}

//! `callsheet plan`: what would be done, and which rule says so. Writes nothing.

mod live;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::cache;
use crate::diagnostic::{Diagnostics, Source};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{self, Encoder, Forecast, Pace, Store, Timeline};
use crate::tasks::{self, Plan, Task, ValidPlan};
use crate::text::FontSet;
use crate::time::Time;

use super::input::{InputArgs, open};
use super::output::{Terminal, counted, print, print_json, write_file};

/// Show what a render would do, and which rule says so; write nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet plan scenario.json
  callsheet plan scenario.json --rules brand.rules --json > plan.json
  callsheet plan scenario.json --diff plan.json          what is different from an earlier plan
  callsheet plan scenario.json --planner llm --diff      what a model would do otherwise than the rules
  callsheet plan scenario.json --otio cut.otio           for Resolve, Premiere and whatever else reads OpenTimelineIO
  callsheet plan scenario.json --ffmpeg > render.sh      the exact command, with the files that it reads
  callsheet plan scenario.json --rules brand.rules --watch    again after each save, until Ctrl-C

With --diff, lines with `-` are tasks of the other plan alone, with `+` of this one alone, and `~` are in both, with the \
parameters that differ. What is left out and what is written as the default are the same. The exit code is 0 if the plans \
are the same and 1 if not, as diff has it.

With --watch, the plan is shown once, and what is different after each save of the scenario, of a rule set that it goes by, of \
its script or its media. Where one of them is broken, the last good plan stays and the findings are shown.")]
#[expect(clippy::struct_excessive_bools, reason = "flags, of which only some exclude each other")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Print the plan as JSON: an object with `tasks`, each with its `origin`
    #[arg(long, conflicts_with = "ffmpeg")]
    json: bool,
    /// Print the ffmpeg command as a shell script
    #[arg(long)]
    ffmpeg: bool,
    /// Write the timeline as an `OpenTimelineIO` file, which editing programs open; one that exists is replaced
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ffmpeg", "diff", "no_probe"])]
    otio: Option<PathBuf>,
    /// Say what is different from another plan, a file as --json prints it; without a file, what the model's plan has
    /// different from the rules' own
    #[arg(long, value_name = "FILE", conflicts_with = "ffmpeg", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "clap's way to say: a flag, perhaps with a value")]
    diff: Option<Option<PathBuf>>,
    /// Compile only: measure no media, listen to nothing, hold no time against them
    #[arg(long, conflicts_with_all = ["ffmpeg", "planner"])]
    no_probe: bool,
    /// Plan again whenever a file is saved, and show what is different; ends with Ctrl-C
    #[arg(long, conflicts_with_all = ["json", "ffmpeg", "otio", "diff", "planner"])]
    watch: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    if args.watch {
        return live::run(args, terminal, cancel);
    }
    let file = args.diff.as_ref().and_then(Option::as_deref).map(read_plan).transpose()?;
    cache::only_read();
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
        if let Some(other) = &other {
            return difference(other, &input.plan, args.json, terminal);
        }
        let found = render::unprobed_texts(&input.plan, &args.input.fonts()?);
        let plan = annotated(&input.plan, told(found, &input.source, terminal)?);
        if args.json {
            print_json(&plan)?;
        } else {
            print(&table(&plan, &BTreeMap::new()))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let fonts = args.input.fonts()?;
    let (plan, source) = input.validate(terminal, cancel)?;
    let timeline = render::timeline(&plan);
    let (command, said) = command(&plan, &timeline, &fonts, &source, terminal)?;
    if let Some(other) = &other {
        return difference(other, plan.plan(), args.json, terminal);
    }
    if args.ffmpeg {
        let folder = args.input.fonts.as_deref().and_then(|folder| std::path::absolute(folder).ok());
        print(&super::script::script(&command, folder.as_deref()))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(file) = &args.otio {
        let name = source.name().rsplit('/').next().unwrap_or_default().to_owned();
        let text = serde_json::to_string_pretty(&render::otio(&plan, &name))
            .map_err(|error| Error::Write { path: file.clone(), source: error.into() })?;
        write_file(file, &(text + "\n"))?;
        terminal.say(&format!("the timeline is in {}", file.display()));
    }
    let (store, pace) = (Store::of_user(), Pace::of_user());
    let forecast = render::forecast(&plan, &timeline, &fonts, &Encoder::default(), store.as_ref(), pace.as_ref())?;
    if args.json {
        let mut json = serde_json::to_value(annotated(plan.plan(), said))
            .map_err(|error| Error::Write { path: "stdout".into(), source: error.into() })?;
        if let Some(json) = json.as_object_mut() {
            json.insert("render".into(), serde_json::json!(forecast));
        }
        print_json(&json)?;
    } else {
        print(&table(&annotated(plan.plan(), said), plan.notes()))?;
        print(&foretold(&forecast, plan.duration()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What will be made, and about how long that takes.
fn foretold(forecast: &Forecast, duration: Time) -> String {
    let Forecast { frames, width, height, frame_rate, .. } = forecast;
    let mut text = format!(
        "\n{duration} s, {frames} frames, {width}x{height} at {frame_rate}, one picture and one sound stream\n"
    );
    for stream in &forecast.streams {
        let _ = writeln!(text, "  {stream}");
    }
    let kept = forecast.spans.iter().filter(|span| span.kept).count();
    let _ = writeln!(text, "{}, {kept} of them kept from earlier renders:", counted(forecast.spans.len(), "span"));
    for span in &forecast.spans {
        let time = |seconds| Time::from_secs(seconds).unwrap_or_default();
        let (start, end) = (time(span.start_sec), time(span.end_sec));
        let state = if span.kept { "kept" } else { "to be rendered" };
        let _ = writeln!(
            text,
            "  {:<16}  frames {}-{}  encoded {}, copied {}  {state}",
            format!("{start}–{end} s"),
            span.frames.0,
            span.frames.1,
            span.encodes,
            span.copies
        );
    }
    let basis =
        if forecast.pace_measured { "as measured in earlier renders here" } else { "nothing was rendered here yet" };
    let _ = writeln!(
        text,
        "about {:.1} s to render {} frames: an estimate, at {} megapixels a second ({basis})",
        forecast.estimate_sec, forecast.frames_to_render, forecast.megapixels_per_sec
    );
    text
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

/// The plan with what came up when its texts were laid out: who is moved, drawn smaller, or loses a character.
fn annotated(plan: &Plan, said: Vec<String>) -> Plan {
    let mut plan = plan.clone();
    // A plan that was read from a file may know it already.
    let new: Vec<String> = said.into_iter().filter(|note| !plan.notes.contains(note)).collect();
    plan.notes.extend(new);
    plan
}

/// The command, for its own sake and because what cannot be drawn shows only there; and what came up about the texts.
fn command(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
    source: &Arc<Source>,
    terminal: &Terminal,
) -> Result<(render::Command, Vec<String>)> {
    let mut command = render::command(plan, timeline, fonts, &Encoder::default(), "")
        .map_err(|found| Error::Invalid(found.located_in(source)))?;
    let warnings = std::mem::take(&mut command.warnings);
    Ok((command, told(warnings, source, terminal)?))
}

/// Shows what came up about the texts, and says it in a line each.
fn told(found: Diagnostics, source: &Arc<Source>, terminal: &Terminal) -> Result<Vec<String>> {
    let said = found.iter().map(|finding| finding.message.clone()).collect();
    let ((), warnings) = found.located_in(source).finish(()).map_err(Error::Invalid)?;
    terminal.findings(&warnings);
    Ok(said)
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

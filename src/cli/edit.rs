//! `callsheet edit`: the Editor. An instruction and media become tasks, and the tasks a video.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::produce::{self, Means, Progress};
use crate::scenario::Footage;
use crate::tasks::ValidPlan;
use crate::text::FontSet;
use crate::value::Cue;
use crate::writer::Names;

use super::input::load_rules;
use super::model::{ModelArgs, WriterShow, no_model};
use super::output::{Terminal, check_place, print, write_file};
use super::plan;
use super::video::{Order, VideoArgs, WayArgs};

/// Change a video as an instruction says: a model writes the tasks, the whitelist judges them, ffmpeg does them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet edit --prompt \"cut the first five seconds and add subtitles from the voice\" main.mp4 -o out.mp4
  callsheet edit --prompt \"обрежь начало, в конце затемнение\" main.mp4 logo.png --plan-only
  callsheet edit --prompt \"…\" main.mp4 -o out.mp4 --save-plan tasks.json      change it, then:
  callsheet render --tasks tasks.json -o out.mp4                              which needs no model

Configure the model:
  CALLSHEET_LLM_URL    any server with OpenAI's API, e.g. http://localhost:11434/v1, or https://api.anthropic.com/v1
  CALLSHEET_LLM_MODEL  the model's name; CALLSHEET_LLM_KEY where the server wants one")]
pub(super) struct Args {
    /// The media; the first one is the main video
    #[arg(required = true, value_name = "MEDIA")]
    media: Vec<PathBuf>,
    /// What is to be done
    #[arg(long, value_name = "TEXT")]
    prompt: String,
    /// The video to write
    #[arg(short, long, value_name = "FILE", required_unless_present = "plan_only")]
    output: Option<PathBuf>,
    /// Show the tasks and stop
    #[arg(long)]
    plan_only: bool,
    /// Write the tasks to a file too, for `callsheet render --tasks`
    #[arg(long, value_name = "FILE")]
    save_plan: Option<PathBuf>,
    /// What is said in the main video, instead of listening to it: .srt, .vtt or .ass
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// The rule set whose styles and signals hold; if absent, the one that callsheet.toml names, or else the shipped one
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// A folder with fonts beside the shipped ones
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    video: VideoArgs,
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    for path in args.output.iter().chain(&args.save_plan) {
        check_place(path, args.video.force)?;
    }
    args.video.check_places()?;
    let folder = folder(args)?;
    let mut footage = Footage::probe(&args.media, &folder, cancel)?;
    footage.set_main(Some(0));
    let model = args.model.model()?.ok_or_else(|| {
        no_model(
            "write the tasks yourself (`callsheet schema plan`) and give them to `callsheet render --tasks tasks.json`",
        )
    })?;
    let program = load_rules(args.rules.as_deref(), terminal)?;
    let given = || -> Result<Vec<Cue>> {
        let track = args.transcript.as_deref().map(|path| super::captions::read_track(path, terminal)).transpose()?;
        Ok(track.iter().flat_map(crate::captions::Track::cues).cloned().collect())
    };
    let heard = args.transcript.is_some().then_some(&given as &dyn Fn() -> Result<Vec<Cue>>);
    let names = Names::new();
    let means = Means { model: &model, program: &program, names: &names, told: terminal, cancel };
    let mut show = WriterShow::new(terminal);
    let planned = produce::edit(&means, &args.prompt, &footage, heard, &mut |progress| {
        if let Progress::Writing(progress) = progress {
            show.show(&progress);
        }
    })?;
    finish(args, &planned.plan, terminal, cancel)
}

/// The folder that the plan's paths start from: that of the saved plan, or the working folder.
fn folder(args: &Args) -> Result<PathBuf> {
    let at = args.save_plan.as_deref().and_then(|path| path.parent()).unwrap_or(std::path::Path::new(""));
    std::path::absolute(if at.as_os_str().is_empty() { std::path::Path::new(".") } else { at })
        .map_err(|source| Error::Read { path: at.to_owned(), source })
}

fn finish(args: &Args, valid: &ValidPlan, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let written = serde_json::to_string_pretty(valid.plan())
        .map_err(|error| Error::Write { path: "the plan".into(), source: error.into() })?;
    let source = Source::new("the plan", written + "\n");
    if let Some(path) = &args.save_plan {
        write_file(path, source.text())?;
        terminal.say(&format!("the tasks are in {}", path.display()));
    }
    let Some(output) = args.output.as_ref().filter(|_| !args.plan_only) else {
        print(
            if args.video.json { source.text().to_owned() } else { plan::table(valid.plan(), valid.notes()) }.as_str(),
        )?;
        return Ok(ExitCode::SUCCESS);
    };
    terminal.say(plan::table(valid.plan(), valid.notes()).trim_end());
    let fonts = match &args.fonts {
        None => FontSet::shipped(),
        Some(folder) => FontSet::with_folder(folder)?,
    };
    let store = args.way.store();
    let encoder = args.way.held(args.video.encoder(output, terminal)?)?;
    let way = args.way.way(store.as_ref());
    let order = Order { plan: valid, output, encoder: &encoder, way, fonts: &fonts, source: &source };
    args.video.write(&order, terminal, cancel)
}

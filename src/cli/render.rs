//! `callsheet render`: a scenario becomes a video.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::Result;
use crate::ffmpeg::Cancel;

use super::input::InputArgs;
use super::output::Terminal;
use super::video::{VideoArgs, WayArgs};

/// Render a scenario to a video
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet render scenario.json -o out.mp4
  callsheet render scenario.json -o out.mp4 --rules brand.rules --force
  callsheet plan scenario.json --json > plan.json; callsheet render --tasks plan.json -o out.mp4
  callsheet render scenario.json -o out.mp4 --subs soft     subtitles that the viewer can switch off
  callsheet render scenario.json -o out.mp4 --captions out.srt
  callsheet render scenario.json --check out.mp4            is this file what would be rendered? Renders nothing

The video is written beside its place and renamed when its frames, length and size have been measured and are as
planned: whatever happens, no half video has its name. What was planned and found is written beside it as
out.mp4.report.json; what is black, stands still or is silent where neither the plan nor a source has it so is an error. It is made in spans, which are kept (`callsheet cache`): what was
edited since is rendered alone, and a render that was stopped goes on.")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The video to write: .mp4, .m4v, .mov or .mkv
    #[arg(short, long, value_name = "FILE", required_unless_present = "check")]
    output: Option<PathBuf>,
    /// Hold an existing file against the plan instead; the exit code is 1 where it is different
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    check: Option<PathBuf>,
    #[command(flatten)]
    video: VideoArgs,
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let fonts = args.input.fonts()?;
    args.video.check_places()?;
    let (plan, source) = args.input.load(true, terminal, cancel)?.validate(terminal, cancel)?;
    if let Some(file) = &args.check {
        return args.video.check(&plan, file, cancel);
    }
    let Some(output) = &args.output else { return Ok(ExitCode::from(2)) };
    plan.plan().notes.iter().for_each(|note| terminal.say(note));
    let store = args.way.store();
    args.video.write(args.way.way(store.as_ref()), &plan, output, &source, &fonts, terminal, cancel)
}

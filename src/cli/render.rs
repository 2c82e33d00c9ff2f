//! `callsheet render`: a scenario becomes a video.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::Result;
use crate::ffmpeg::{self, Cancel};
use crate::render::place;
use crate::scenario::AspectRatio;

use super::fill;
use super::input::{InputArgs, aspect};
use super::output::Terminal;
use super::video::{Order, VideoArgs, WayArgs};

/// Render a scenario to a video
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet render scenario.json -o out.mp4
  callsheet render scenario.json -o out.mp4 --rules brand.rules --force
  callsheet plan scenario.json --json > plan.json; callsheet render --tasks plan.json -o out.mp4
  callsheet render scenario.json -o out.mp4 --subs soft     subtitles that the viewer can switch off
  callsheet render scenario.json -o out.mp4 --captions out.srt
  callsheet render scenario.json -o out.mp4 --ratio 9:16,1:1,16:9    three videos
  callsheet render scenario.json -o out.mp4 --target-size 16MB       for a messenger
  callsheet render scenario.json -o out.mov --codec prores           for an editor's timeline
  callsheet render scenario.json -o out.mp4 --fill auto              find clips for what waits first
  callsheet render scenario.json --check out.mp4            is this file what would be rendered? Renders nothing
  callsheet render scenario.json -o out.mp4 --smart         copy what nothing touches

The video is written beside its place and renamed when its frames, length and size have been measured and are as
planned: whatever happens, no half video has its name. What was planned and found is written beside it as
out.mp4.report.json; what is black, stands still or is silent where neither the plan nor a source has it so is an error. It is made in spans, which are kept (`callsheet cache`): what was
edited since is rendered alone, and a render that was stopped goes on.")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The video to write: .mp4, .m4v, .mov, .mkv or .webm
    #[arg(short, long, value_name = "FILE", required_unless_present = "check")]
    output: Option<PathBuf>,
    /// Hold an existing file against the plan instead; the exit code is 1 where it is different
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    check: Option<PathBuf>,
    /// Make it in another shape, or in several: out.mp4 then becomes out-9x16.mp4 and so on
    #[arg(long, value_name = "RATIO", value_delimiter = ',', value_parser = aspect)]
    ratio: Vec<AspectRatio>,
    /// Fill segments that wait before it renders: `auto` takes the best that costs nothing, and writes it into the scenario
    #[arg(long, value_name = "HOW", conflicts_with_all = ["tasks", "check"])]
    fill: Option<FillWay>,
    #[command(flatten)]
    video: VideoArgs,
    #[command(flatten)]
    way: WayArgs,
}

/// How segments that wait are filled.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FillWay {
    /// With the best that costs nothing, by the order of those that are configured.
    Auto,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let fonts = args.input.fonts()?;
    args.video.check_places()?;
    if let Some(file) = &args.check {
        let (plan, _) = args.input.load(true, terminal, cancel)?.validate(terminal, cancel)?;
        let encoder = args.video.encoder(file, terminal)?;
        return args.video.check(&plan, &encoder, file, cancel);
    }
    let Some(output) = &args.output else { return Ok(ExitCode::from(2)) };
    // What ffmpeg is, which is part of every span's name, is found out while the media are looked at.
    let _ = std::thread::Builder::new().spawn(ffmpeg::build);
    if let (Some(FillWay::Auto), Some(scenario)) = (args.fill, &args.input.scenario) {
        fill::before_render(scenario, terminal, cancel)?;
    }
    let encoder = args.way.held(args.video.encoder(output, terminal)?)?;
    let store = args.way.store();
    let way = args.way.way(store.as_ref());
    let shapes: Vec<Option<AspectRatio>> = match args.ratio.as_slice() {
        [] => vec![None],
        ratios => ratios.iter().copied().map(Some).collect(),
    };
    // All of them are held to their media and their places before the first is rendered.
    let mut videos = Vec::new();
    for shape in &shapes {
        let output = if shapes.len() == 1 { output.clone() } else { named(output, *shape) };
        let (plan, source) = args.input.load_as(*shape, true, terminal, cancel)?.validate(terminal, cancel)?;
        place(&plan, &output, &encoder, args.video.force)?;
        videos.push((plan, source, output));
    }
    let mut reports = Vec::new();
    for (plan, source, output) in &videos {
        plan.plan().notes.iter().for_each(|note| terminal.say(note));
        let order = Order { plan, output, encoder: &encoder, way, fonts: &fonts, source };
        reports.push(args.video.make(&order, terminal, cancel)?);
    }
    args.video.tell(&reports)
}

/// The name of one of several videos: `out.mp4` in 9:16 is `out-9x16.mp4`.
fn named(output: &Path, shape: Option<AspectRatio>) -> PathBuf {
    let shape = shape.map_or_else(String::new, |shape| format!("-{}", shape.word().replace(':', "x")));
    let mut name = output.file_stem().unwrap_or_default().to_owned();
    name.push(shape);
    if let Some(ending) = output.extension() {
        name.push(".");
        name.push(ending);
    }
    output.with_file_name(name)
}

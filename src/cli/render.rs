//! `callsheet render`: a scenario becomes a video.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::captions;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{Encoder, Options, PRESETS, Subtitles, render};

use super::input::InputArgs;
use super::output::{Terminal, check_place, print, print_json, write_file};

/// Render a scenario to a video
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet render scenario.json -o out.mp4
  callsheet render scenario.json -o out.mp4 --rules brand.rules --force
  callsheet plan scenario.json --json > plan.json; callsheet render --tasks plan.json -o out.mp4
  callsheet render scenario.json -o out.mp4 --subs soft     subtitles that the viewer can switch off
  callsheet render scenario.json -o out.mp4 --captions out.srt

The video is written beside its place and renamed when its frames, length and size have been measured and are as
planned: whatever happens, no half video has its name.")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The video to write: .mp4, .m4v, .mov or .mkv
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace the video if it exists
    #[arg(long)]
    force: bool,
    /// How much time the encoder takes to make the file small
    #[arg(long, value_name = "PRESET", default_value = "veryfast", value_parser = clap::builder::PossibleValuesParser::new(PRESETS))]
    preset: String,
    /// The encoder's quality: 0 is lossless, 51 the worst
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u8).range(0..=51))]
    crf: u8,
    /// Where the subtitles go
    #[arg(long, value_name = "WHERE", default_value = "burned")]
    subs: Subtitles,
    /// Write the subtitles beside the video too: .srt, .vtt or .ass
    #[arg(long, value_name = "FILE", value_parser = caption_file)]
    captions: Option<PathBuf>,
    /// Print what was measured of the video as JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let fonts = args.input.fonts()?;
    args.captions.as_deref().map_or(Ok(()), |path| check_place(path, args.force))?;
    let (plan, source) = args.input.load(true, terminal, cancel)?.validate(terminal, cancel)?;
    let encoder = Encoder { preset: args.preset.clone(), crf: args.crf };
    let options = Options {
        output: &args.output,
        overwrite: args.force,
        encoder: &encoder,
        fonts: &fonts,
        subtitles: args.subs,
        cancel,
    };
    let mut show = terminal.progress();
    let result = render(&plan, &options, &mut |progress| {
        if !args.quiet {
            show.show(progress);
        }
    });
    drop(show);
    let report = result.map_err(|error| match error {
        Error::Invalid(found) => Error::Invalid(found.located_in(&source)),
        other => other,
    })?;
    terminal.findings(&report.warnings.located_in(&source));
    if let Some(path) = args.captions.as_ref().filter(|_| !report.subtitles.is_empty()) {
        let format = captions::Format::of_name(path).unwrap_or(captions::Format::Srt);
        write_file(path, &captions::write(&report.subtitles, format))?;
    }
    if report.subtitles.is_empty() && (args.captions.is_some() || args.subs != Subtitles::Burned) {
        terminal.say("the scenario has no subtitles");
    }
    let measured = &report.measured;
    if args.json {
        print_json(&json!({ "output": args.output, "measured": measured }))?;
    } else {
        #[expect(clippy::cast_precision_loss, reason = "a size for a person")]
        let megabytes = measured.bytes as f64 / 1e6;
        print(&format!(
            "{}: {:.3} s, {} frames, {}x{} at {}, {megabytes:.1} MB\n",
            args.output.display(),
            measured.duration_sec,
            measured.frames,
            measured.width,
            measured.height,
            measured.frame_rate,
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn caption_file(name: &str) -> std::result::Result<PathBuf, String> {
    let path = PathBuf::from(name);
    captions::Format::of_name(&path).map(|_| path).ok_or("its name must end in .srt, .vtt or .ass".into())
}

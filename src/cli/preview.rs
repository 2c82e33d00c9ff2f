//! `callsheet preview`: a frame of the video, or a sheet of some, at once.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{self, Preview};
use crate::time::Time;

use super::input::InputArgs;
use super::output::{Terminal, check_place, print};

/// Show a frame of the video, or a sheet of some, without rendering the rest
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet preview scenario.json --at 33s -o frame.png
  callsheet preview scenario.json --sheet 12 -o sheet.jpg
  callsheet preview --tasks plan.json --at 2.5 --width 360 -o frame.jpg")]
#[command(group = clap::ArgGroup::new("what").required(true).args(["at", "sheet"]))]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The frame at this second
    #[arg(long, value_name = "SECONDS", value_parser = moment)]
    at: Option<Time>,
    /// So many frames from all over the video, side by side
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    sheet: Option<u16>,
    /// How wide each frame is in pixels; the video's own width, or 270 on a sheet, if absent
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(16..=8192))]
    width: Option<u32>,
    /// The picture to write: .png, .jpg or .jpeg
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace the picture if it exists
    #[arg(long)]
    force: bool,
}

/// As wide as four of them fit a screen.
const SHEET_WIDTH: u32 = 270;

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    check_place(&args.output, args.force)?;
    let fonts = args.input.fonts()?;
    let (plan, source) = args.input.load(true, terminal, cancel)?.validate(terminal, cancel)?;
    let timeline = render::timeline(&plan);
    let total = timeline.frames;
    let frames: Vec<u64> = match (args.at, args.sheet.map(u64::from)) {
        // The middle of each of so many equal parts.
        (None, Some(count)) => (0..count).map(|number| (2 * number + 1) * total / (2 * count)).collect(),
        (at, _) => {
            let frame = timeline.canvas.rate.frame_at(at.unwrap_or_default());
            if frame >= total {
                let reason = format!("the video has no frame at {} s", at.unwrap_or_default());
                return Err(Error::Usage { reason, fix: format!("it is {} s long", plan.duration()) });
            }
            vec![frame]
        }
    };
    let width = args.width.or(args.sheet.map(|_| SHEET_WIDTH));
    let preview = Preview { frames: &frames, width, output: &args.output, fonts: &fonts, cancel };
    let warnings = render::preview(&plan, &preview).map_err(|error| match error {
        Error::Invalid(found) => Error::Invalid(found.located_in(&source)),
        other => other,
    })?;
    terminal.findings(&warnings.located_in(&source));
    print(&format!("{}\n", args.output.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn moment(text: &str) -> std::result::Result<Time, String> {
    let seconds = text.trim().trim_end_matches('s').parse().ok().and_then(Time::from_secs);
    seconds
        .filter(|time| *time >= Time::ZERO)
        .ok_or_else(|| "a moment is a number of seconds, as `33` or `2.5s`".into())
}

//! `callsheet preview`: a frame of the video, a sheet of some, or all of it small, without the render.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{self, Preview, Rough};
use crate::tasks::ValidPlan;
use crate::text::FontSet;
use crate::time::Time;

use super::input::InputArgs;
use super::output::{Terminal, check_place, print};

/// Show a frame of the video, a sheet of some, or all of it small and fast, without the render
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet preview scenario.json --at 33s -o frame.png
  callsheet preview scenario.json --at 0:05,0:33,1:12.5 -o three.png    their times and tasks under them
  callsheet preview scenario.json --sheet 12 -o sheet.jpg
  callsheet preview scenario.json --video -o draft.mp4                  the rules at work written over it
  callsheet preview --tasks plan.json --at 2.5 --width 360 -o frame.jpg

A frame is drawn by the graph that renders it, from where it needs it on: it is the frame of the video before it is
encoded. The draft is 540 pixels on its shorter side, encoded as fast as it can be, its loudness as it is.")]
#[command(group = clap::ArgGroup::new("what").required(true).args(["at", "sheet", "video"]))]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The frame at this moment, `33s` or `0:33`; with several, separated by commas, a sheet of them
    #[arg(long, value_name = "TIME", value_parser = moment, value_delimiter = ',')]
    at: Vec<Time>,
    /// So many frames from all over the video, side by side, with times and tasks under them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    sheet: Option<u16>,
    /// All of it: small, fast and rough, with the names of the rules that are at work
    #[arg(long)]
    video: bool,
    /// How wide each frame is in pixels; if absent, the video's own width, 270 on a sheet, 540 on the draft's shorter side
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(16..=8192))]
    width: Option<u32>,
    /// The picture to write: .png, .jpg or .jpeg; with --video, .mp4, .m4v, .mov or .mkv
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

/// As wide as four of them fit a screen.
const SHEET_WIDTH: u32 = 270;

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    check_place(&args.output, args.force)?;
    let fonts = args.input.fonts()?;
    let (plan, source) = args.input.load(true, terminal, cancel)?.validate(terminal, cancel)?;
    if args.video {
        return video(args, &plan, &source, &fonts, terminal, cancel);
    }
    let frames = frames(args, &plan)?;
    let width = args.width.or((frames.len() > 1).then_some(SHEET_WIDTH));
    let preview = Preview { frames: &frames, width, output: &args.output, fonts: &fonts, cancel };
    let warnings = render::preview(&plan, &preview).map_err(|error| located(error, &source))?;
    terminal.findings(&warnings.located_in(&source));
    print(&format!("{}\n", args.output.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The frames that are asked for.
fn frames(args: &Args, plan: &ValidPlan) -> Result<Vec<u64>> {
    let timeline = render::timeline(plan);
    let total = timeline.frames;
    if let Some(count) = args.sheet.map(u64::from) {
        // The middle of each of so many equal parts.
        return Ok((0..count).map(|number| (2 * number + 1) * total / (2 * count)).collect());
    }
    let frame = |at: &Time| {
        let frame = timeline.canvas.rate.frame_at(*at);
        if frame < total {
            return Ok(frame);
        }
        let fix = format!("it is {} s long", plan.duration());
        Err(Error::Usage { reason: format!("the video has no frame at {at} s"), fix })
    };
    args.at.iter().map(frame).collect()
}

fn video(
    args: &Args,
    plan: &ValidPlan,
    source: &Arc<Source>,
    fonts: &FontSet,
    terminal: &Terminal,
    cancel: &Cancel,
) -> Result<ExitCode> {
    let rough = Rough { width: args.width, output: &args.output, fonts, cancel };
    let mut show = terminal.progress();
    let result = render::rough(plan, &rough, &mut |progress| {
        if !args.quiet {
            show.show(progress);
        }
    });
    drop(show);
    let (measured, warnings) = result.map_err(|error| located(error, source))?;
    terminal.findings(&warnings.located_in(source));
    let (width, height, seconds) = (measured.width, measured.height, measured.duration_sec);
    print(&format!("{}: {seconds:.3} s, {} frames, {width}x{height}\n", args.output.display(), measured.frames))?;
    Ok(ExitCode::SUCCESS)
}

fn located(error: Error, source: &Arc<Source>) -> Error {
    match error {
        Error::Invalid(found) => Error::Invalid(found.located_in(source)),
        other => other,
    }
}

/// `33`, `33s`, `2.5`, `0:33`, `1:02:03.5`.
fn moment(text: &str) -> std::result::Result<Time, String> {
    let wrong =
        || "a moment is a number of seconds, as `33` or `2.5s`, or a clock's time, as `0:33` or `1:02:03.5`".to_owned();
    let text = text.trim();
    let seconds = if text.contains(':') {
        let mut total = 0.0;
        for (place, part) in text.split(':').enumerate() {
            let digits = part.chars().all(|c| c.is_ascii_digit() || c == '.');
            let value = part.parse::<f64>().ok().filter(|value| digits && place < 3 && (place == 0 || *value < 60.0));
            total = total * 60.0 + value.ok_or_else(wrong)?;
        }
        total
    } else {
        text.strip_suffix('s').unwrap_or(text).parse().map_err(|_| wrong())?
    };
    Time::from_secs(seconds).filter(|time| *time >= Time::ZERO).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_seconds_or_a_clocks_time() {
        let read = ["33s", "33", "0:33", "1:02:03.5", " 2.5 "].map(|text| moment(text).map(Time::as_secs));
        assert_eq!(read, [33.0, 33.0, 33.0, 3723.5, 2.5].map(Ok));
        for wrong in ["", "s", "-1", "1:60", "1:2:3:4", "1:-2", "NaN", "0:1e1", "25:00:00"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}

//! `callsheet span`: the pieces of a render one by one.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{Farm, Listed, Store, Way};

use super::encoding::EncodingArgs;
use super::input::InputArgs;
use super::output::{Terminal, counted, print, print_json};
use super::video::{Order, VideoArgs};

/// Make the pieces of a render one by one, on this machine or others that share a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet span list --tasks plan.json --store /shared/spans
  callsheet span run --tasks plan.json --store /shared/spans --number 3
  callsheet span join --tasks plan.json --store /shared/spans -o out.mp4

A piece has the name of all that made it: the plan's part, the content of its sources, fonts, encoder. So each command can
be repeated, does nothing twice, and two machines make the same piece under the same name if they have the same programs.
The encoder's options must be the same in all three. `join` renders nothing and fails where a piece is missing.")]
pub(super) struct Args {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// Say which pieces there are: the spans in order, then the sound
    #[command(after_help = "\
Examples:
  callsheet span list scenario.json                       each with its name, and whether it is there
  callsheet span list --tasks plan.json --store /shared/spans --json")]
    List {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        encoding: EncodingArgs,
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Make pieces that are not there yet
    #[command(after_help = "\
Examples:
  callsheet span run --tasks plan.json --store /shared/spans --number 3
  callsheet span run --tasks plan.json --store /shared/spans          all that are missing")]
    Run {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        encoding: EncodingArgs,
        /// A piece's number, as `list` says it; all if absent
        #[arg(long, value_name = "N")]
        number: Vec<usize>,
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Join the pieces to the video
    #[command(after_help = "\
Examples:
  callsheet span join --tasks plan.json --store /shared/spans -o out.mp4")]
    Join {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        video: VideoArgs,
        /// The video to write: .mp4, .m4v, .mov, .mkv or .webm
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    input: InputArgs,
    /// The folder of the pieces; the one that `render` uses if absent
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

impl Common {
    fn store(&self) -> Result<Store> {
        self.store.clone().map(Store::at).or_else(Store::of_user).ok_or_else(|| Error::Usage {
            reason: "there is no folder for the pieces".into(),
            fix: "name one with `--store`, or set CALLSHEET_CACHE".into(),
        })
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let (common, encoding, numbers, json) = match &args.step {
        Step::List { common, encoding, json } => (common, encoding, None, *json),
        Step::Run { common, encoding, number, json } => (common, encoding, Some(number.as_slice()), *json),
        Step::Join { common, video, output } => {
            let (store, fonts) = (common.store()?, common.input.fonts()?);
            video.check_places()?;
            let (plan, source) = common.input.load(true, terminal, cancel)?.validate(terminal, cancel)?;
            let encoder = video.encoder(output, terminal)?;
            let way = Way::Join(&store);
            let order = Order { plan: &plan, output, encoder: &encoder, way, fonts: &fonts, source: &source };
            return video.write(&order, terminal, cancel);
        }
    };
    let (store, fonts) = (common.store()?, common.input.fonts()?);
    let (plan, source) = common.input.load(true, terminal, cancel)?.validate(terminal, cancel)?;
    let encoder = encoding.encoder(None, terminal)?;
    let farm = Farm { plan: &plan, fonts: &fonts, encoder: &encoder, subtitles: encoding.subs, store: &store, cancel };
    let located = |error| match error {
        Error::Invalid(found) => Error::Invalid(found.located_in(&source)),
        other => other,
    };
    let Some(numbers) = numbers else {
        show(&farm.list().map_err(located)?, json)?;
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(wrong) = numbers.iter().max() {
        let count = farm.list().map_err(located)?.len();
        if *wrong >= count {
            let fix = format!("there are {}, counted from 0", counted(count, "piece"));
            return Err(Error::Usage { reason: format!("there is no piece {wrong}"), fix });
        }
    }
    let numbers = (!numbers.is_empty()).then_some(numbers);
    show(&farm.run(numbers, &mut |_| {}).map_err(located)?, json)?;
    Ok(ExitCode::SUCCESS)
}

fn show(pieces: &[Listed], json: bool) -> Result<()> {
    if json {
        return print_json(&pieces);
    }
    let mut text = String::new();
    for piece in pieces {
        let what = piece.frames.map_or_else(|| "sound".to_owned(), |(start, end)| format!("{start}-{end}"));
        let kept = if piece.kept { "here" } else { "missing" };
        let _ = writeln!(text, "{:>4}  {what:<13}  {kept:<7}  {}", piece.number, piece.key);
    }
    print(&text)
}

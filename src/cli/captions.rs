//! `callsheet captions`: caption files converted, checked, put into scenarios, taken out of them, and made of texts.

mod check;
mod convert;
mod export;
mod import;
mod time;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::captions::{self, Encoding, Format, Listing, Track};
use crate::diagnostic::{self, Diagnostic, Diagnostics, Severity};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::time::{FrameRate, Time};

use super::input;
use super::output::{Terminal, check_place, print, print_json, write_file};

/// Convert, check and time captions; put them into a scenario or take them out
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet captions convert old.srt -o new.vtt              any encoding in, UTF-8 out; mended on the way
  callsheet captions check film.srt                          can a person read it?
  callsheet captions export scenario.json -o film.srt        the subtitle layer as a file
  callsheet captions import scenario.json film.srt -o new.json
  callsheet captions time scenario.json -o film.srt          the voice-over texts over the measured speech

SubRip, WebVTT and ASS are read whatever their encoding. Exit code 3 if a cue is refused.")]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Convert(convert::Args),
    Check(check::Args),
    Export(export::Args),
    Import(import::Args),
    Time(time::Args),
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    match &args.action {
        Action::Convert(args) => convert::run(args, terminal),
        Action::Check(args) => check::run(args, terminal),
        Action::Export(args) => export::run(args, terminal),
        Action::Import(args) => import::run(args, terminal),
        Action::Time(args) => time::run(args, terminal, cancel),
    }
}

/// How a caption file is read.
#[derive(Debug, clap::Args)]
struct ReadArgs {
    /// The file's format; found out if absent
    #[arg(long, value_name = "FORMAT")]
    from: Option<Format>,
    /// The file's encoding, e.g. windows-1251, koi8-r, utf-16le; found out if absent
    #[arg(long, value_name = "NAME")]
    encoding: Option<Encoding>,
    /// How long the video is: what lies past its end is cut off
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    duration: Option<Time>,
    /// The video's frame rate: two frames are left between cues
    #[arg(long, value_name = "RATE", default_value = "30", value_parser = frame_rate)]
    fps: FrameRate,
}

impl ReadArgs {
    /// The file's cues, mended; `duration` holds if none was given.
    fn read(&self, path: &Path, duration: Option<Time>) -> Result<(Track, Diagnostics)> {
        let (name, _, bytes) = input::read_bytes(path)?;
        let (source, found) = captions::decode(&name, &bytes, self.encoding);
        let format = self.from.unwrap_or_else(|| Format::of_source(&source));
        mended(captions::read(&source, format).after(found), self.duration.or(duration), self.fps)
    }
}

/// The cues of a caption file of any format and encoding, mended; shows the warnings.
pub(super) fn read_track(path: &Path, terminal: &Terminal) -> Result<Track> {
    let read = ReadArgs { from: None, encoding: None, duration: None, fps: FrameRate::thirty() };
    let (track, found) = read.read(path, None)?;
    show(&found, terminal, false);
    Ok(track)
}

/// Where captions go, and how they are written.
#[derive(Debug, clap::Args)]
struct WriteArgs {
    /// The file to write; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format to write; by the name of the file if absent, else srt
    #[arg(long, value_name = "FORMAT")]
    to: Option<Format>,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
    /// Print cues and findings as one JSON object: {"cues": [{"start", "end", "text"}], "findings": […]}
    #[arg(long)]
    json: bool,
}

impl WriteArgs {
    /// Says at once what could not be written in the end.
    fn check(&self) -> Result<()> {
        self.output.as_deref().map_or(Ok(()), |path| check_place(path, self.force))
    }

    fn write(&self, track: &Track, found: &Diagnostics, terminal: &Terminal) -> Result<ExitCode> {
        let by_name = self.output.as_deref().and_then(Format::of_name);
        let text = captions::write(track, self.to.or(by_name).unwrap_or(Format::Srt));
        self.put(&text, track, found, terminal)
    }

    /// Writes `text`, and in JSON what it was made of.
    fn put(&self, text: &str, track: &Track, found: &Diagnostics, terminal: &Terminal) -> Result<ExitCode> {
        show(found, terminal, self.json);
        match &self.output {
            Some(path) => {
                write_file(path, text)?;
                if !self.json {
                    print(&format!("{}: {}\n", path.display(), count(track.len())))?;
                }
            }
            None if !self.json => print(text)?,
            None => {}
        }
        if self.json {
            print_json(&report(track, found))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn report(track: &Track, found: &Diagnostics) -> serde_json::Value {
    json!({ "cues": track.cues().collect::<Vec<_>>(), "findings": diagnostic::json(found) })
}

fn count(cues: usize) -> String {
    if cues == 1 { "1 cue".into() } else { format!("{cues} cues") }
}

/// The track of a listing, and all findings on the way to it.
fn mended(listing: Listing, duration: Option<Time>, rate: FrameRate) -> Result<(Track, Diagnostics)> {
    captions::mend(listing, duration, rate).map_err(|found| Error::Invalid(shortened(&found)))
}

/// Findings of one kind that a person is shown; a broken file has one for each of its thousands of cues.
const SHOWN: usize = 10;

fn show(found: &Diagnostics, terminal: &Terminal, json: bool) {
    if !json {
        terminal.findings(&shortened(found));
    }
}

/// The first findings of each code, and how many more there are.
fn shortened(found: &Diagnostics) -> Diagnostics {
    let mut counts: Vec<(diagnostic::Code, usize)> = Vec::new();
    let mut short = Diagnostics::new();
    for finding in found {
        let place = counts.iter().position(|(code, _)| *code == finding.code).unwrap_or_else(|| {
            counts.push((finding.code, 0));
            counts.len() - 1
        });
        let Some((_, count)) = counts.get_mut(place) else { continue };
        *count += 1;
        if *count <= SHOWN {
            short.push(finding.clone());
        }
    }
    for (code, count) in counts.into_iter().filter(|(_, count)| *count > SHOWN) {
        let title = code.title();
        short.push(
            Diagnostic::new(code, format!("{} more of the same: {title}", count - SHOWN)).help("`--json` shows all"),
        );
    }
    short
}

/// How many findings there are of a severity.
fn number_of(found: &Diagnostics, severity: Severity) -> usize {
    found.iter().filter(|finding| finding.severity == severity).count()
}

fn seconds(text: &str) -> std::result::Result<Time, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .and_then(Time::from_secs)
        .filter(|time| *time > Time::ZERO)
        .ok_or("write seconds, more than 0, up to 86400".into())
}

fn frame_rate(text: &str) -> std::result::Result<FrameRate, String> {
    let rate: Option<f64> = match text.split_once('/') {
        Some((above, below)) => {
            above.parse().ok().zip(below.parse::<f64>().ok()).map(|(above, below): (f64, f64)| above / below)
        }
        None => text.parse().ok(),
    };
    rate.and_then(FrameRate::from_fps).ok_or("write frames a second, 1 to 120, e.g. 25 or 30000/1001".into())
}

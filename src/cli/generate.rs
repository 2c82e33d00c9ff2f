//! `callsheet generate`: clips and a prompt become a scenario.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::captions::{self, Format, Track};
use crate::decide;
use crate::diagnostic::Diagnostics;
use crate::draft::{self, Main, Progress, Wishes};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::produce::{self, Means};
use crate::scenario::{AspectRatio, Document, Footage};
use crate::speech;
use crate::time::{FrameRate, Time};
use crate::writer::Names;

use super::input;
use super::model::{ModelArgs, WriterShow};

use super::output::{Measuring, Terminal, check_place, print, write_file};

/// Make a scenario of clips and a prompt: a model writes it where one is configured, else it is drafted without one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet generate --prompt \"Вертикальное видео на 30 секунд. Тезисы: быстро, вкусно, рядом\" talk.mp4 reel.mp4 -o scenario.json
  callsheet generate --prompt \"a square video with captions\" talk.mp4 --captions talk.srt | callsheet render - -o out.mp4
  callsheet generate --prompt \"с субтитрами\" talk.mp4 --voiceover words.txt -o scenario.json
  callsheet generate --prompt \"for social media: “Fresh”, “Fast”\" a.mp4 b.mp4 photo.jpg music.mp3 --no-main -o scenario.json

Without a model nothing is invented and no network is needed: scenes begin at shot changes and pauses, theses are the prompt's own
phrases (quoted, listed behind a colon, or told in it). The clip in which somebody speaks plays through, the other clips
and photos cover it for some seconds each; sounds become music. It is a draft: read it, change it, then plan and render.

With CALLSHEET_LLM_URL and CALLSHEET_LLM_MODEL set (and CALLSHEET_LLM_KEY, where the server wants one), that model writes the \
scenario. What it writes is held to the same format, rules and media, and what the prompt says outright binds it.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// What the video should be, in your own words
    #[arg(long, value_name = "TEXT")]
    prompt: String,
    /// Videos, photos and sounds
    #[arg(required_unless_present = "main")]
    media: Vec<PathBuf>,
    /// The scenario to write; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the scenario if it exists
    #[arg(long)]
    force: bool,
    /// The longest that the video may be; if absent, what the prompt says
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    duration: Option<Time>,
    /// The video's shape; if absent, what the prompt says, else 9:16
    #[arg(long, value_name = "RATIO", value_parser = super::input::aspect)]
    aspect: Option<AspectRatio>,
    /// The clip that plays through; if absent, the longest in which somebody seems to speak
    #[arg(long, value_name = "FILE", conflicts_with = "no_main")]
    main: Option<PathBuf>,
    /// Let no clip play through: the media follow one another
    #[arg(long)]
    no_main: bool,
    /// The words that are spoken: a text file, or the text itself
    #[arg(long, value_name = "FILE|TEXT")]
    voiceover: Option<String>,
    /// The subtitles: an SRT, `WebVTT` or ASS file
    #[arg(long, value_name = "FILE")]
    captions: Option<PathBuf>,
    /// The rule set; if absent, the one that callsheet.toml names, or else the shipped one, `default`
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The address of a video that shows how it should be; it is never fetched
    #[arg(long, value_name = "URL")]
    reference: Option<String>,
    /// Draft without a model, even if one is configured
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    model: ModelArgs,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let (media, main) = media(args);
    args.output.as_deref().map_or(Ok(()), |path| check_output(path, &media, args.force))?;
    let program = input::load_rules(args.rules.as_deref(), terminal)?;
    let voiceover = args.voiceover.as_deref().map(|given| words(given, terminal)).transpose()?;
    let captions = args.captions.as_deref().map(|path| captions(path, terminal)).transpose()?;
    let model = if args.offline { None } else { args.model.model()? };
    let footage = Footage::probe(&media, &folder(args.output.as_deref())?, cancel)?;
    let wishes = Wishes {
        prompt: &args.prompt,
        duration: args.duration,
        aspect_ratio: args.aspect,
        main,
        voiceover: voiceover.as_deref(),
        captions: captions.as_ref(),
        reference: args.reference.as_deref(),
    };
    if let Some(model) = model {
        let names = Names::new();
        let means = Means { model: &model, program: &program, names: &names, told: terminal, cancel };
        let document = by_model(args, &means, &wishes, footage, terminal)?;
        return finish(args, &document, &contents(&document));
    }
    let config = speech::Config::from_env();
    let mut measuring = terminal.measuring();
    let result = draft::draft(&wishes, &footage, &program, &config, cancel, &mut |progress| {
        if !args.quiet {
            show(&mut measuring, progress);
        }
    });
    drop(measuring);
    let (document, report) = result?;
    terminal.findings(&report.warnings);
    terminal.say(&report.to_string());
    report.notes.iter().for_each(|note| terminal.say(&format!("note: {note}")));
    finish(args, &document, &summary(&document, report.scenes, report.theses, report.subtitles))
}

/// Lets the model write it, and shows how far it is.
fn by_model(
    args: &Args,
    means: &Means<'_>,
    wishes: &Wishes<'_>,
    footage: Footage,
    terminal: &Terminal,
) -> Result<Document> {
    let mut measuring = Some(terminal.measuring());
    let mut writing = WriterShow::new(terminal);
    produce::write(means, wishes, footage, &mut |progress| match progress {
        produce::Progress::Measured => drop(measuring.take()),
        _ if args.quiet => {}
        produce::Progress::Measuring(progress) => {
            if let Some(measuring) = &mut measuring {
                show(measuring, progress);
            }
        }
        produce::Progress::Writing(progress) => writing.show(&progress),
    })
}

/// Writes the scenario; `about` is a line about what is in it.
fn finish(args: &Args, document: &Document, about: &str) -> Result<ExitCode> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| Error::Write { path: "scenario".into(), source: error.into() })?
        + "\n";
    match &args.output {
        Some(path) => {
            write_file(path, &text)?;
            print(&format!("{}: {about}\n", path.display()))?;
        }
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Every file once, and which of them plays through.
fn media(args: &Args) -> (Vec<PathBuf>, Main) {
    let mut media = args.media.clone();
    let Some(path) = &args.main else {
        return (media, if args.no_main { Main::Nobody } else { Main::Measured });
    };
    let same = |other: &PathBuf| {
        other == path || matches!((other.canonicalize(), path.canonicalize()), (Ok(one), Ok(other)) if one == other)
    };
    if let Some(number) = media.iter().position(same) {
        return (media, Main::Given(number));
    }
    media.insert(0, path.clone());
    (media, Main::Given(0))
}

/// Says at once what could not be written in the end, and never writes over what the scenario is made of.
fn check_output(path: &Path, media: &[PathBuf], force: bool) -> Result<()> {
    let place = path.canonicalize().ok();
    if place.is_some() && media.iter().any(|media| media.canonicalize().ok() == place) {
        return Err(Error::Output { path: path.to_owned(), reason: "it is one of the media".into() });
    }
    check_place(path, force)
}

/// The folder that the scenario's paths start from.
fn folder(output: Option<&Path>) -> Result<PathBuf> {
    let fail = |source| Error::Read { path: ".".into(), source };
    let Some(output) = output else { return std::env::current_dir().map_err(fail) };
    let absolute = std::path::absolute(output).map_err(fail)?;
    Ok(absolute.parent().unwrap_or(Path::new("/")).to_owned())
}

/// A voice-over longer than this is no video's.
const MAX_WORDS: usize = 1 << 20;

/// The text in the file of this name, or this text.
fn words(given: &str, terminal: &Terminal) -> Result<String> {
    let path = Path::new(given);
    let too_long = |length: usize| {
        (length > MAX_WORDS)
            .then(|| Error::Read { path: path.to_owned(), source: std::io::Error::other("it is larger than 1 MiB") })
    };
    // What has no blank is a name, even if there is no such file: then that is said.
    let ending = path.extension().is_some_and(|ending| !ending.is_empty());
    let named = !given.contains(char::is_whitespace) && (ending || given.contains('/'));
    if !named && !path.is_file() {
        return too_long(given.len()).map_or_else(|| Ok(given.to_owned()), Err);
    }
    let (name, _, bytes) = input::read_bytes(path)?;
    too_long(bytes.len()).map_or(Ok(()), Err)?;
    let (source, found) = captions::decode(&name, &bytes, None);
    terminal.findings(&found);
    Ok(source.text().to_owned())
}

fn captions(path: &Path, terminal: &Terminal) -> Result<Track> {
    let (name, _, bytes) = input::read_bytes(path)?;
    let (source, found) = captions::decode(&name, &bytes, None);
    let listing = captions::read(&source, Format::of_source(&source)).after(found);
    let (track, found): (Track, Diagnostics) = captions::mend(listing, None, FrameRate::thirty())?;
    terminal.findings(&found);
    Ok(track)
}

fn contents(document: &Document) -> String {
    let texts = decide::count(document);
    let scenes = document.scenario.scenes.len();
    summary(document, scenes, texts.theses, texts.subtitles)
}

fn summary(document: &Document, scenes: usize, theses: usize, subtitles: usize) -> String {
    let length = document.scenario.metadata.total_duration_sec.unwrap_or_default();
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut parts = vec![format!("{length} s"), counted(scenes, "scene", "scenes")];
    parts.extend((theses > 0).then(|| counted(theses, "thesis", "theses")));
    parts.extend((subtitles > 0).then(|| counted(subtitles, "subtitle", "subtitles")));
    parts.join(", ")
}

fn show(measuring: &mut Measuring, progress: Progress<'_>) {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().escape_debug().to_string();
    match progress {
        Progress::Listening(path) => measuring.begin(&format!("listening to {}", name(path))),
        Progress::Looking(path) => measuring.begin(&format!("looking at {}", name(path))),
        Progress::Looked(done, total) => measuring.done(done.as_secs() / total.as_secs().max(1e-3)),
        Progress::Transcribing => measuring.begin("writing down what is said"),
    }
}

fn seconds(text: &str) -> std::result::Result<Time, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|seconds| (1.0..=3600.0).contains(seconds))
        .and_then(Time::from_secs)
        .ok_or("write seconds, 1 to 3600".into())
}

//! `callsheet transcribe`: what is said in a file, with times.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::captions::{self, Entry};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media::probe;
use crate::speech::{self, Config, Engine, Progress, Transcript};
use crate::time::FrameRate;

use super::output::{Terminal, print};

/// Write down what is said in a video or sound, with times
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet transcribe talk.mp4                      SubRip on standard output
  callsheet transcribe talk.mp4 -o talk.json         phrases and words with their times
  callsheet transcribe talk.mp4 --language ru --to txt

Configure one of the two:
  CALLSHEET_WHISPER_MODEL  the model of whisper.cpp, ggml-….bin; CALLSHEET_WHISPER is its whisper-cli if not on PATH
  CALLSHEET_SPEECH_URL     a server with OpenAI's API, e.g. http://localhost:8000/v1; with CALLSHEET_SPEECH_KEY and
                           CALLSHEET_SPEECH_MODEL where it wants them
Results are kept in CALLSHEET_CACHE, or else in XDG_CACHE_HOME/callsheet or ~/.cache/callsheet.

Exit code 5 if nothing is configured or the engine fails.")]
pub(super) struct Args {
    /// The file to listen to
    file: PathBuf,
    /// The file to write; standard output if absent
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format; if absent, what the output's name ends in, or else srt
    #[arg(long, visible_alias = "output_format", value_name = "FORMAT")]
    to: Option<Format>,
    /// The language that is spoken, e.g. ru; found out if absent
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Who is to listen; if absent, the one that is configured, whisper first
    #[arg(long)]
    engine: Option<EngineName>,
    /// The model: a file for whisper, a name for a server; in place of the environment's
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Neither use nor keep results
    #[arg(long)]
    no_cache: bool,
    /// Replace the output if it exists
    #[arg(long)]
    force: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// `SubRip` subtitles, one a phrase
    Srt,
    /// `WebVTT` subtitles, one a phrase
    Vtt,
    /// Advanced `SubStation` Alpha subtitles, one a phrase
    Ass,
    /// The whole transcript with the times of words
    Json,
    /// The text alone, one line a phrase
    Txt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum EngineName {
    /// `whisper-cli` of whisper.cpp, on this machine
    Whisper,
    /// A server with OpenAI's API
    Server,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let format = format(args)?;
    if let Some(output) = &args.output
        && output.exists()
        && !args.force
    {
        return Err(Error::Output { path: output.clone(), reason: "it exists already; `--force` replaces it".into() });
    }
    let config = config(args);
    let path = std::path::absolute(&args.file).map_err(|source| Error::Read { path: args.file.clone(), source })?;
    let media = probe(&args.file.to_string_lossy(), &path, cancel)?;
    let transcript = speech::transcribe(&media, &config, cancel, &mut |progress| {
        if !args.quiet || matches!(progress, Progress::NotKept(_)) {
            show(terminal, &progress);
        }
    })?;
    let text = written(&transcript, format)?;
    match &args.output {
        Some(output) => write(output, &text)?,
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn format(args: &Args) -> Result<Format> {
    let Some(output) = args.output.as_ref().filter(|_| args.to.is_none()) else {
        return Ok(args.to.unwrap_or(Format::Srt));
    };
    match output.extension().and_then(|extension| extension.to_str()) {
        Some("srt") => Ok(Format::Srt),
        Some("vtt") => Ok(Format::Vtt),
        Some("ass") => Ok(Format::Ass),
        Some("json") => Ok(Format::Json),
        Some("txt") => Ok(Format::Txt),
        _ => Err(Error::Output {
            path: output.clone(),
            reason: "its name must end in .srt, .vtt, .ass, .json or .txt, or `--to` must say the format".into(),
        }),
    }
}

fn config(args: &Args) -> Config {
    let mut config = Config::from_env();
    config.engine = args.engine.map(|engine| match engine {
        EngineName::Whisper => Engine::Whisper,
        EngineName::Server => Engine::Server,
    });
    config.language.clone_from(&args.language);
    if let Some(model) = &args.model {
        // The flag is for whoever is going to listen.
        let server = config.engine == Some(Engine::Server)
            || (config.engine.is_none() && config.whisper.model.is_none() && config.server.url.is_some());
        if server {
            config.server.model = Some(model.clone());
        } else {
            config.whisper.model = Some(model.into());
        }
    }
    if args.no_cache {
        config.cache = None;
    }
    config
}

fn show(terminal: &Terminal, progress: &Progress) {
    match progress {
        Progress::Extracting => terminal.say("taking out the sound"),
        Progress::Known => terminal.say("heard before; `--no-cache` listens again"),
        Progress::Heard(percent) => terminal.say(&format!("listening: {percent} %")),
        Progress::Sent => terminal.say("sent to the speech server"),
        Progress::Again(pause) => {
            terminal.say(&format!("the speech server cannot answer; again in {:.1} s", pause.as_secs_f64()));
        }
        Progress::NotKept(reason) => terminal.say(&format!("the result is not kept for the next time: {reason}")),
    }
}

fn written(transcript: &Transcript, format: Format) -> Result<String> {
    Ok(match format {
        Format::Srt => captions(transcript, captions::Format::Srt)?,
        Format::Vtt => captions(transcript, captions::Format::Vtt)?,
        Format::Ass => captions(transcript, captions::Format::Ass)?,
        Format::Txt => transcript.segments.iter().flat_map(|segment| [segment.text.as_str(), "\n"]).collect(),
        Format::Json => {
            serde_json::to_string_pretty(transcript)
                .map_err(|error| Error::Write { path: "the transcript".into(), source: error.into() })?
                + "\n"
        }
    })
}

/// The phrases as cues.
fn captions(transcript: &Transcript, format: captions::Format) -> Result<String> {
    let entries: Vec<_> =
        transcript.cues().into_iter().enumerate().map(|(number, cue)| Entry::new(number + 1, cue)).collect();
    let (track, _) = captions::mend(entries.into(), None, FrameRate::thirty())?;
    Ok(captions::write(&track, format))
}

/// A whole file or none.
fn write(output: &Path, text: &str) -> Result<()> {
    let fail = |source: std::io::Error| Error::Write { path: output.to_owned(), source };
    let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut part = tempfile::Builder::new();
    #[cfg(unix)]
    part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut part = part.prefix(".part-").tempfile_in(parent).map_err(fail)?;
    part.write_all(text.as_bytes()).map_err(fail)?;
    part.persist(output).map_err(|failed| fail(failed.error))?;
    Ok(())
}

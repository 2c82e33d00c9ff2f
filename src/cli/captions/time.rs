//! `callsheet captions time`: the scenes' voice-over texts as cues over the speech.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::captions::{self, Language};
use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media;
use crate::scenario::Scene;
use crate::time::{FrameRate, Time};

use super::super::input;
use super::super::output::{Terminal, stays_beside_media};
use super::{WriteArgs, frame_rate, import, mended};

/// Make cues of the scenes' voice-over texts, over the speech that is heard
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet captions time scenario.json -o film.srt
  callsheet captions time scenario.json --audio main.mp4 --to vtt
  callsheet captions time scenario.json --into-scenario -o new.json    as its subtitle layer
  callsheet captions time scenario.json --over-scenes                  without any sound to listen to

The speech is what is not silent in the voice-over segments of the scenario's audio layers, else in its main video.
Words are taken to be spoken evenly: for the very words as they are spoken, transcribe the sound.")]
pub(super) struct Args {
    /// The scenario file; `-` reads it from standard input
    scenario: PathBuf,
    /// The sound to listen to, from the start of the video on, instead of the scenario's own
    #[arg(long, value_name = "FILE")]
    audio: Option<PathBuf>,
    /// Listen to nothing: spread each text over its scene
    #[arg(long, conflicts_with = "audio")]
    over_scenes: bool,
    /// The language, for how fast it is read; by the letters of each text if absent
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
    /// The video's frame rate: two frames are left between cues
    #[arg(long, value_name = "RATE", default_value = "30", value_parser = frame_rate)]
    fps: FrameRate,
    /// Write the scenario with the cues as its subtitle layer, instead of a caption file
    #[arg(long, conflicts_with = "to")]
    into_scenario: bool,
    #[command(flatten)]
    write: WriteArgs,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    args.write.check()?;
    let (source, folder) = input::open(&args.scenario)?;
    let scenario = input::read_scenario(&source, terminal)?;
    let duration = scenario.facts().duration;
    let has_text = |scene: &Scene| scene.voiceover_text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if !scenario.document().scenario.scenes.iter().any(has_text) {
        let nothing = Diagnostic::new(diagnostic::NO_CAPTIONS, "no scene has a voice-over text")
            .pointer("/scenario/scenes")
            .help("write \"voiceover_text\": \"…\" in a scene: what the voice says in it");
        return Err(Diagnostics::from(nothing).located_in(&source).into());
    }
    let speech = if args.over_scenes {
        vec![(Time::ZERO, duration)]
    } else if let Some(path) = &args.audio {
        let path = std::path::absolute(path).map_err(|source| Error::Read { path: path.clone(), source })?;
        let media = media::probe("audio", &path, cancel)?;
        captions::speech(&media, Time::ZERO..duration, cancel)?
    } else {
        captions::listen(&scenario, &folder, cancel)?
    };
    let listing = captions::voiceover(&scenario, &speech, args.language, args.fps);
    let (track, found) = mended(listing, Some(duration), args.fps)?;
    let found = found.located_in(&source);
    if args.into_scenario {
        args.write.output.as_deref().map_or(Ok(()), |path| stays_beside_media(path, &folder))?;
        let text = import::with_subtitles(scenario.document().clone(), &track, terminal)?;
        return args.write.put(&text, &track, &found, terminal);
    }
    args.write.write(&track, &found, terminal)
}

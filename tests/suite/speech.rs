//! Speech: a stand-in `whisper-cli`, a real HTTP server on this machine, and what is made of their answers.

#[path = "speech/command.rs"]
mod command;
#[path = "speech/engine.rs"]
mod engine;
#[path = "speech/program.rs"]
mod program;
#[path = "speech/server.rs"]
mod server;

use std::path::PathBuf;

use callsheet::error::{Error, Result};
use callsheet::ffmpeg::Cancel;
use callsheet::http;
use callsheet::media::{Media, probe};
use callsheet::speech::{Config, Limits, Progress, Server, Transcript, Whisper, transcribe};

use crate::media::{Clip, MAIN};
use crate::pauses::without_pauses;

/// Nothing is configured, nothing is kept, no pause is made.
fn nothing() -> Config {
    let limits = Limits::default();
    Config {
        engine: None,
        whisper: Whisper { program: PathBuf::from("whisper-cli"), model: None },
        server: Server::default(),
        language: None,
        cache: None,
        limits: Limits { server: http::Limits { pause: without_pauses().pause, ..limits.server }, ..limits },
    }
}

fn measured(clip: &Clip) -> Media {
    probe(clip.id(), &clip.path(), &Cancel::new()).unwrap()
}

/// Six seconds of sound.
fn hear(config: &Config) -> Result<Transcript> {
    hear_with(config, &mut |_| {})
}

fn hear_with(config: &Config, on_progress: &mut dyn FnMut(Progress)) -> Result<Transcript> {
    transcribe(&measured(&MAIN), config, &Cancel::new(), on_progress)
}

fn refusal(config: &Config) -> String {
    let error = hear(config).expect_err("a failure");
    assert!(matches!(error, Error::Speech { .. }), "{error:?}");
    error.to_string()
}

/// A transcript as lines: phrases, and under them their words.
fn shown(transcript: &Transcript) -> String {
    use std::fmt::Write as _;
    let mut text = format!("language {}\n", transcript.language.as_deref().unwrap_or("unknown"));
    for segment in &transcript.segments {
        let _ = writeln!(text, "{}–{} {}", segment.start, segment.end, segment.text);
        for word in &segment.words {
            let _ = writeln!(text, "    {}–{} {}", word.start, word.end, word.text);
        }
    }
    text
}

//! What is said in a sound, with times: by `whisper-cli` on this machine, or by a server with OpenAI's API.
//!
//! Both hear the same extracted sound and answer in their own words; what they say is settled into one
//! exact [`Transcript`]. What comes from a model is data and nothing else: it is text to draw, never a path or an option.

mod answer;
mod cache;
mod config;
mod heard;
mod json;
mod multipart;
mod openai;
mod sound;
mod transcript;
mod whisper_cli;
mod words;

pub use config::{Config, Engine, Limits, Server, Whisper};
pub use transcript::{Segment, Transcript};

use std::time::Duration;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media::Media;

use config::Provider;

/// How far a transcription is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The sound is taken out of the file.
    Extracting,
    /// The sound was heard before; the kept result is used.
    Known,
    /// The program is through so many percent.
    Heard(u8),
    /// The sound is with the server.
    Sent,
    /// The server could not answer; it is asked again after the pause.
    Again(Duration),
    /// The result could not be kept for the next time: why.
    NotKept(String),
}

/// Writes down what is said in `media`.
///
/// Every failure of an engine, and none configured, is [`Error::Speech`].
pub fn transcribe(
    media: &Media,
    config: &Config,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Transcript> {
    let provider = config.provider()?;
    on_progress(Progress::Extracting);
    let sound = sound::extract(media, provider.wants(), cancel)?;
    let entry = config.cache.as_deref().map(|folder| cache::entry(folder, &sound, &provider, config.language()));
    if let Some(known) = entry.as_deref().and_then(cache::load) {
        on_progress(Progress::Known);
        return Ok(known);
    }
    let heard = match &provider {
        Provider::Whisper { program, model } => {
            whisper_cli::hear(program, model, config.language(), &sound, &config.limits, cancel, on_progress)?
        }
        Provider::Server { address, key, model } => {
            let limits = config.limits.server.longer_by(Duration::from_secs_f64(sound.length.as_secs()));
            let server = openai::Connection { address, key: key.as_ref(), model, limits: &limits };
            server.hear(config.language(), &sound, cancel, on_progress)?
        }
    };
    let transcript = heard.settle(sound.length)?;
    if let Some(Err(error)) = entry.as_deref().map(|entry| cache::store(entry, &transcript)) {
        on_progress(Progress::NotKept(error.to_string()));
    }
    Ok(transcript)
}

/// A failure: what went wrong, and what the user can do.
fn failed(reason: impl Into<String>, fix: impl Into<String>) -> Error {
    Error::Speech { reason: reason.into(), fix: fix.into() }
}

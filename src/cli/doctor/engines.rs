//! Who may be asked for what ffmpeg cannot do: what is configured, without asking anybody.

use std::fmt::Write as _;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::fill::{self, Source};
use crate::llm;
use crate::speech::{self, Engine};

/// How far one is configured.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Set,
    NotSet,
    Wrong,
}

#[derive(Serialize)]
pub(super) struct EngineCheck {
    name: &'static str,
    state: State,
    /// What is configured, or what is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

/// What the environment says of each. No key is part of it.
pub(super) fn engines() -> Vec<EngineCheck> {
    let speech = speech::Config::from_env();
    vec![
        check(
            "whisper",
            speech.shown(Engine::Whisper),
            "`CALLSHEET_WHISPER_MODEL=ggml-base.bin`: whisper.cpp writes down what is said, on this machine",
        ),
        check(
            "speech",
            speech.shown(Engine::Server),
            "`CALLSHEET_SPEECH_URL=http://localhost:8000/v1`: a server writes down what is said",
        ),
        check(
            "model",
            llm::Config::from_env().map(|config| config.map(|config| config.shown())),
            "`CALLSHEET_LLM_URL=http://localhost:11434/v1` and `CALLSHEET_LLM_MODEL`: a language model",
        ),
        check(
            "library",
            fill::Config::shown_of_env(Source::Library),
            "`CALLSHEET_LIBRARY=clips`: a folder of clips for segments that wait; `library` beside a scenario needs no word",
        ),
        check("pexels", fill::Config::shown_of_env(Source::Pexels), "`CALLSHEET_PEXELS_KEY`: free clips of pexels.com"),
        check(
            "pixabay",
            fill::Config::shown_of_env(Source::Pixabay),
            "`CALLSHEET_PIXABAY_KEY`: free clips of pixabay.com",
        ),
        check(
            "veo",
            fill::Config::shown_of_env(Source::Veo),
            "`CALLSHEET_VEO_KEY`: clips made to order, which cost money",
        ),
    ]
}

fn check(name: &'static str, configured: Result<Option<String>>, offer: &str) -> EngineCheck {
    let (state, found, help) = match configured {
        Ok(Some(shown)) => (State::Set, Some(shown), None),
        Ok(None) => (State::NotSet, None, Some(offer.to_owned())),
        Err(Error::Speech { reason, fix } | Error::Model { reason, fix, .. } | Error::Fill { reason, fix, .. }) => {
            (State::Wrong, Some(reason), Some(fix))
        }
        Err(error) => (State::Wrong, Some(error.to_string()), None),
    };
    EngineCheck { name, state, found, help }
}

/// A line or two for each.
pub(super) fn written(engines: &[EngineCheck]) -> String {
    let mut text = "\nNot needed for a render; nobody was asked whether they answer:\n".to_owned();
    for engine in engines {
        let mark = match engine.state {
            State::Set => "set    ",
            State::NotSet => "not set",
            State::Wrong => "WRONG  ",
        };
        let mut lines = engine.found.iter().chain(&engine.help);
        let first = lines.next().map(String::as_str).unwrap_or_default();
        let _ = writeln!(text, "{mark}  {:<10}  {first}", engine.name);
        for line in lines {
            let _ = writeln!(text, "         {:<10}  {line}", "");
        }
    }
    text
}

//! Who is to listen: the environment and the flags, and what follows from them.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cache;
use crate::error::Result;
use crate::http::{self, Address, Key};

use super::failed;
use super::sound::Wanted;

/// Who writes down what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `whisper-cli` of whisper.cpp, on this machine.
    Whisper,
    /// A server with OpenAI's `/v1/audio/transcriptions`.
    Server,
}

/// The program and its model.
#[derive(Clone, Debug)]
pub struct Whisper {
    /// A path, or a name to look up on `PATH`.
    pub program: PathBuf,
    /// The model's file, `ggml-….bin`.
    pub model: Option<PathBuf>,
}

/// A server.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// Where its API starts, e.g. `http://localhost:8000/v1`.
    pub url: Option<String>,
    /// The key, if it wants one.
    pub key: Option<Key>,
    /// The model's name.
    pub model: Option<String>,
}

/// How long is waited, how much is read, how often is asked.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For a server; the sound's own length is added to its times. What `whisper-cli` writes is held to the same size.
    pub server: http::Limits,
    /// How long `whisper-cli` may tell no progress; half the sound's length is added, because it tells of every 5 %
    /// and a slow machine hears at a tenth of the speed of speech.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let most = Duration::from_secs(600);
        Self {
            server: http::Limits {
                // A server hears everything before it says anything.
                first: most,
                idle: most,
                total: most,
                // Two hours of speech with the times of every word are about 5 MB.
                answer_bytes: 64 << 20,
                ..http::Limits::default()
            },
            stall: most,
        }
    }
}

/// All that a transcription can be told.
#[derive(Clone, Debug)]
pub struct Config {
    /// The engine that was asked for; none means the one that is configured, `whisper-cli` first: with it the sound
    /// stays on this machine.
    pub engine: Option<Engine>,
    /// The program.
    pub whisper: Whisper,
    /// The server.
    pub server: Server,
    /// The language that is spoken, e.g. `ru`; none means that the model finds out.
    pub language: Option<String>,
    /// The folder for results; none means that nothing is kept.
    pub cache: Option<PathBuf>,
    /// Times and sizes.
    pub limits: Limits,
}

/// An engine with all that it needs.
#[derive(Debug)]
pub(super) enum Provider {
    Whisper { program: PathBuf, model: PathBuf },
    Server { address: Address, key: Option<Key>, model: String },
}

/// `whisper-1` is the one model of OpenAI's own service that gives times; whisper.cpp's server ignores the name.
const DEFAULT_MODEL: &str = "whisper-1";

const DEFAULT_PROGRAM: &str = "whisper-cli";

impl Config {
    /// What the environment says: `CALLSHEET_WHISPER`, `CALLSHEET_WHISPER_MODEL`, `CALLSHEET_SPEECH_URL`,
    /// `CALLSHEET_SPEECH_KEY`, `CALLSHEET_SPEECH_MODEL`, `CALLSHEET_CACHE`.
    #[must_use]
    pub fn from_env() -> Self {
        let text = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            engine: None,
            whisper: Whisper {
                program: path("CALLSHEET_WHISPER").unwrap_or_else(|| DEFAULT_PROGRAM.into()),
                model: path("CALLSHEET_WHISPER_MODEL"),
            },
            server: Server {
                url: text("CALLSHEET_SPEECH_URL"),
                key: text("CALLSHEET_SPEECH_KEY").map(|key| Key::new(key.trim())),
                model: text("CALLSHEET_SPEECH_MODEL"),
            },
            language: None,
            cache: cache::folder().map(|folder| folder.join("speech")),
            limits: Limits::default(),
        }
    }

    /// One line about what is configured of an engine, without its key; none if nothing is.
    ///
    /// What is half or wrong is [`crate::error::Error::Speech`].
    pub fn shown(&self, engine: Engine) -> Result<Option<String>> {
        let touched = match engine {
            Engine::Whisper => self.whisper.model.is_some() || self.whisper.program != Path::new(DEFAULT_PROGRAM),
            Engine::Server => {
                let Server { url, key, model } = &self.server;
                url.is_some() || key.is_some() || model.is_some()
            }
        };
        if !touched {
            return Ok(None);
        }
        Ok(Some(match engine {
            Engine::Whisper => self.whisper()?.shown(),
            Engine::Server => self.server()?.shown(),
        }))
    }

    /// Whether anybody is named who could listen.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.engine.is_some() || self.whisper.model.is_some() || self.server.url.is_some()
    }

    /// The language, unless it is to be found out.
    pub(super) fn language(&self) -> Option<&str> {
        self.language.as_deref().filter(|language| *language != "auto")
    }

    pub(super) fn provider(&self) -> Result<Provider> {
        // It becomes an argument of a program and a field of a form: a name and nothing more.
        if self.language().is_some_and(|name| name.is_empty() || !name.chars().all(|c| c.is_ascii_alphabetic())) {
            return Err(failed("the language is not a name", "write it as `ru`, `en` or `auto`"));
        }
        let configured = match (&self.whisper.model, &self.server.url) {
            (Some(_), _) => Some(Engine::Whisper),
            (None, Some(_)) => Some(Engine::Server),
            (None, None) => None,
        };
        match self.engine.or(configured) {
            Some(Engine::Whisper) => self.whisper(),
            Some(Engine::Server) => self.server(),
            None => Err(failed(
                "nothing is configured that can hear speech",
                "configure whisper.cpp (`CALLSHEET_WHISPER_MODEL=ggml-base.bin`) or a server \
                 (`CALLSHEET_SPEECH_URL=http://localhost:8000/v1`), give a caption file, or choose another source of \
                 subtitles than `transcription`",
            )),
        }
    }

    fn whisper(&self) -> Result<Provider> {
        let model = self.whisper.model.clone().ok_or_else(|| {
            failed("`whisper-cli` needs a model", "set `CALLSHEET_WHISPER_MODEL` to a `ggml-….bin` file")
        })?;
        if !model.is_file() {
            return Err(failed(
                format!("there is no model file `{}`", model.display()),
                "whisper.cpp's `models/download-ggml-model.sh base` gets one; set `CALLSHEET_WHISPER_MODEL` to it",
            ));
        }
        let named = &self.whisper.program;
        let program = find(named).ok_or_else(|| {
            failed(
                format!("there is no program `{}`", named.display()),
                "build or install whisper.cpp, and set `CALLSHEET_WHISPER` to its `whisper-cli` if it is not on PATH",
            )
        })?;
        let model = std::path::absolute(&model).unwrap_or(model);
        Ok(Provider::Whisper { program, model })
    }

    fn server(&self) -> Result<Provider> {
        let base = self.server.url.as_deref().ok_or_else(|| {
            failed("no speech server is configured", "set `CALLSHEET_SPEECH_URL`, e.g. to `http://localhost:8000/v1`")
        })?;
        let base = Address::read(base).ok_or_else(|| {
            failed(
                "the speech server's address cannot be used",
                "set `CALLSHEET_SPEECH_URL` to http:// or https:// with a host and a path, e.g. \
                 `https://api.openai.com/v1`; a key goes into `CALLSHEET_SPEECH_KEY`",
            )
        })?;
        // The whole route may be given too: whisper.cpp's server has it wherever `--inference-path` says.
        let address = base.route("audio/transcriptions", &["transcriptions", "inference"]);
        let model = self.server.model.clone().unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        Ok(Provider::Server { address, key: self.server.key.clone(), model })
    }
}

impl Provider {
    fn shown(&self) -> String {
        match self {
            Self::Whisper { program, model } => format!("{} with {}", program.display(), model.display()),
            Self::Server { address, key, model } => {
                let key = if key.is_some() { "set" } else { "not set" };
                format!("{model} at {}; `CALLSHEET_SPEECH_KEY`: {key}", address.as_str())
            }
        }
    }

    /// The kind of file that it takes.
    pub(super) fn wants(&self) -> Wanted {
        match self {
            Self::Whisper { .. } => Wanted::Wav,
            Self::Server { .. } => Wanted::Flac,
        }
    }
}

/// The file that `program` names: a path, or a name on `PATH`.
fn find(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| std::path::absolute(program).ok())?;
    }
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

//! Who can be asked for clips: the environment, and what follows from it.

mod providers;
mod service;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::cache;
use crate::error::{Error, Result};
use crate::http::Limits;
use crate::suggest;

use super::clock::{Clock, SystemClock};
use super::{Failure, Source};

pub use providers::Providers;
pub use service::{Service, VeoConfig};

/// A folder of one's own clips.
const LIBRARY: &str = "CALLSHEET_LIBRARY";
/// Who is asked, and in which order.
const ORDER: &str = "CALLSHEET_FILL_ORDER";

/// Who can be asked for clips.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of one's own clips, if it is named.
    pub library: Option<PathBuf>,
    /// The stock of pexels.com, if there is a key.
    pub pexels: Option<Service>,
    /// The stock of pixabay.com, if there is a key.
    pub pixabay: Option<Service>,
    /// Veo, if there is a key.
    pub veo: Option<VeoConfig>,
    /// Who is asked where nobody is named, the first first; nobody who is paid is among them.
    pub order: Vec<Source>,
    /// The folder in which answers to searches are kept for 24 hours, as Pixabay's terms demand, and when an allowance is
    /// new again; nothing is kept if absent.
    pub memory: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Default for Config {
    /// A library alone, and that not named yet.
    fn default() -> Self {
        Self {
            library: None,
            pexels: None,
            pixabay: None,
            veo: None,
            order: FREE.to_vec(),
            memory: cache::folder().map(|folder| folder.join("fill")),
            clock: Arc::new(SystemClock),
        }
    }
}

/// Those that cost nothing, the nearest first.
const FREE: [Source; 3] = [Source::Library, Source::Pexels, Source::Pixabay];

impl Config {
    /// What the environment says. The variables are `CALLSHEET_LIBRARY` (a folder), `CALLSHEET_PEXELS_KEY`,
    /// `CALLSHEET_PIXABAY_KEY`, `CALLSHEET_VEO_KEY`; each `…_KEY` may be a `…_KEY_FILE` that holds it, and has a `…_URL` for
    /// another server; `CALLSHEET_VEO_MODEL`, `CALLSHEET_VEO_RESOLUTION`, `CALLSHEET_VEO_POLL_SEC`; and `CALLSHEET_FILL_ORDER`, e.g.
    /// `library,pixabay`.
    ///
    /// What is wrong is [`Failure::Setup`], and names the variable.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(&|name| std::env::var(name).ok())
    }

    /// The same of other variables than the environment's.
    pub fn from_variables(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        Ok(Self {
            library: text(variable, LIBRARY).map(PathBuf::from),
            pexels: Service::from_variables(Source::Pexels, variable)?,
            pixabay: Service::from_variables(Source::Pixabay, variable)?,
            veo: VeoConfig::from_variables(variable)?,
            order: text(variable, ORDER).map_or_else(|| Ok(FREE.to_vec()), |words| order(&words))?,
            ..Self::default()
        })
    }

    /// One line about a provider as the environment has it, without a key; none if it is not configured.
    pub fn shown_of_env(source: Source) -> Result<Option<String>> {
        let variable = |name: &str| std::env::var(name).ok();
        Ok(match source {
            Source::Library => text(&variable, LIBRARY),
            Source::Veo => VeoConfig::from_variables(&variable)?.map(|config| config.shown()),
            stock => Service::from_variables(stock, &variable)?.map(|service| service.shown(stock)),
        })
    }
}

fn text(variable: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn order(words: &str) -> Result<Vec<Source>> {
    let free: Vec<&str> = FREE.iter().map(|source| source.word()).collect();
    let mut order = Vec::new();
    for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let source = Source::from_word(word);
        match source.filter(|source| !source.is_paid()) {
            Some(source) if !order.contains(&source) => order.push(source),
            Some(_) => {}
            None => {
                let reason = if source.is_some() {
                    format!("`{ORDER}` names `{word}`, which costs money and is never taken by itself")
                } else {
                    format!("`{ORDER}` names `{}`, which is no provider", word.escape_debug())
                };
                let fix = format!("allowed are {}, with commas between them", suggest::list(&free));
                return Err(Error::Fill { kind: Failure::Setup, provider: "fill", reason, fix });
            }
        }
    }
    if order.is_empty() { Ok(FREE.to_vec()) } else { Ok(order) }
}

/// For a search, or a question how far a clip is.
fn api_limits() -> Limits {
    Limits {
        first: Duration::from_secs(30),
        idle: Duration::from_secs(30),
        total: Duration::from_secs(60),
        answer_bytes: 4 << 20,
        ..Limits::default()
    }
}

/// For a clip: ten minutes of 4K are half as much.
fn file_limits() -> Limits {
    Limits {
        first: Duration::from_secs(60),
        idle: Duration::from_secs(60),
        total: Duration::from_secs(1800),
        answer_bytes: 2 << 30,
        ..Limits::default()
    }
}

//! A service with a key.

use std::fs::File;
use std::io::Read as _;
use std::time::Duration;

use crate::error::Result;
use crate::http::{Address, Guard, Key, Limits};
use crate::suggest;

use super::super::{Failure, Source, failed};
use super::{api_limits, file_limits, text};

/// A service that wants a key.
#[derive(Clone, Debug)]
pub struct Service {
    /// Where its API begins, e.g. `https://api.pexels.com`.
    pub url: String,
    /// The key.
    pub key: Key,
    /// Times and sizes of a search.
    pub api: Limits,
    /// Times and sizes of a file.
    pub files: Limits,
}

/// Veo, and what is asked of it.
#[derive(Clone, Debug)]
pub struct VeoConfig {
    /// The Gemini API.
    pub service: Service,
    /// The model's name, e.g. `veo-3.1-generate-preview`.
    pub model: String,
    /// `720p` or `1080p`; the latter comes in 8 seconds only.
    pub resolution: String,
    /// How long is waited before it is asked again whether a clip is done.
    pub poll: Duration,
    /// How long a clip may take; a longer one is followed by the next run.
    pub patience: Duration,
    /// Times and sizes of an order: one that is given up too early may be paid for, and nobody knows.
    pub order: Limits,
}

const MODEL: &str = "CALLSHEET_VEO_MODEL";
const RESOLUTION: &str = "CALLSHEET_VEO_RESOLUTION";
const POLL: &str = "CALLSHEET_VEO_POLL_SEC";

/// No key is longer.
const MAX_KEY: u64 = 4096;

impl Service {
    /// The service `source` at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>, key: Key) -> Self {
        Self { url: url.into(), key, api: api_limits(), files: file_limits() }
    }

    /// What variables say of it; none without a key.
    pub(super) fn from_variables(source: Source, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let name = source.word().to_uppercase();
        let (key_name, file_name) = (format!("CALLSHEET_{name}_KEY"), format!("CALLSHEET_{name}_KEY_FILE"));
        let url_name = format!("CALLSHEET_{name}_URL");
        let key = match (text(variable, &key_name), text(variable, &file_name)) {
            (Some(_), Some(_)) => {
                let reason = format!("both `{key_name}` and `{file_name}` are set");
                return Err(failed(Failure::Setup, source, reason, "unset one of them"));
            }
            (Some(key), None) => (key, key_name),
            (None, Some(path)) => (read_key(source, &file_name, &path)?, file_name),
            (None, None) => return Ok(None),
        };
        let (key, from) = key;
        if !key.chars().all(|c| c.is_ascii_graphic()) {
            let reason = format!("`{from}` holds a character that no key has, perhaps a space or a line break");
            return Err(failed(Failure::Setup, source, reason, "set it to the key and nothing else"));
        }
        let url = text(variable, &url_name).unwrap_or_else(|| home(source).to_owned());
        if Address::read(&url).is_none() {
            let reason = format!("`{url_name}` is no address that can be used");
            let fix = format!("unset it, or write http:// or https:// with a host, e.g. `{}`", home(source));
            return Err(failed(Failure::Setup, source, reason, fix));
        }
        Ok(Some(Self::new(url, Key::new(key))))
    }

    /// Where its API begins.
    pub(in super::super) fn address(&self, source: Source) -> Result<Address> {
        Address::read(&self.url).ok_or_else(|| {
            failed(Failure::Setup, source, "its address cannot be used", format!("write e.g. `{}`", home(source)))
        })
    }

    /// Where it is, for whoever may not know how it is configured.
    pub(in super::super) fn place(&self, source: Source) -> String {
        if self.url == home(source) {
            return self.url.clone();
        }
        format!("the address in `CALLSHEET_{}_URL`", source.word().to_uppercase())
    }

    /// What its files may not be fetched from. Only a service on this machine, such as a test's fake, may send here.
    pub(in super::super) fn guard(&self) -> Guard {
        let local = Address::read(&self.url).is_some_and(|address| address.is_local());
        if local { Guard::with_loopback() } else { Guard::public() }
    }

    pub(super) fn shown(&self, source: Source) -> String {
        let place = if self.url == home(source) { String::new() } else { format!(" at {}", self.url) };
        format!("a key{place}")
    }
}

impl VeoConfig {
    /// Veo at `service`, as it is asked where nobody says otherwise.
    #[must_use]
    pub fn new(service: Service) -> Self {
        let order = Limits {
            first: Duration::from_secs(120),
            total: Duration::from_secs(150),
            answer_bytes: 1 << 20,
            ..service.api.clone()
        };
        // The clip itself may come in the answer, as base64; one of 8 seconds in 1080p has 20 MB.
        let api = Limits { answer_bytes: 64 << 20, ..service.api };
        Self {
            service: Service { api, ..service },
            model: "veo-3.1-generate-preview".into(),
            resolution: "720p".into(),
            poll: Duration::from_secs(10),
            patience: Duration::from_secs(1800),
            order,
        }
    }

    /// What variables say of it; none without a key.
    pub(super) fn from_variables(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let Some(service) = Service::from_variables(Source::Veo, variable)? else { return Ok(None) };
        let mut config = Self::new(service);
        let setup = |reason: String, fix: &str| failed(Failure::Setup, Source::Veo, reason, fix);
        if let Some(model) = text(variable, MODEL) {
            if !model.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')) {
                let reason = format!("`{MODEL}` is `{}`", model.escape_debug());
                return Err(setup(reason, "write a model's name, e.g. `veo-3.1-generate-preview`"));
            }
            config.model = model;
        }
        if let Some(resolution) = text(variable, RESOLUTION) {
            let allowed = ["720p", "1080p"];
            if !allowed.contains(&resolution.as_str()) {
                let reason = format!("`{RESOLUTION}` is `{}`", resolution.escape_debug());
                return Err(setup(reason, &format!("allowed are {}", suggest::list(&allowed))));
            }
            config.resolution = resolution;
        }
        if let Some(seconds) = text(variable, POLL) {
            let number = seconds.parse::<f64>().ok().filter(|number| (0.0..=600.0).contains(number));
            let number = number.ok_or_else(|| {
                setup(format!("`{POLL}` is `{}`", seconds.escape_debug()), "write a number of seconds from 0 to 600")
            })?;
            config.poll = Duration::from_secs_f64(number);
        }
        Ok(Some(config))
    }

    pub(super) fn shown(&self) -> String {
        format!("{} in {}, {}; costs money", self.model, self.resolution, self.service.shown(Source::Veo))
    }
}

/// Where the API of `source` begins.
fn home(source: Source) -> &'static str {
    match source {
        Source::Pixabay => "https://pixabay.com/api",
        Source::Veo => "https://generativelanguage.googleapis.com/v1beta",
        _ => "https://api.pexels.com",
    }
}

fn read_key(source: Source, variable: &str, path: &str) -> Result<String> {
    let mut key = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_KEY).read_to_string(&mut key));
    let key = key.trim();
    match read {
        Ok(_) if !key.is_empty() => Ok(key.to_owned()),
        Ok(_) => {
            let reason = format!("the file that `{variable}` names is empty");
            Err(failed(Failure::Setup, source, reason, "write the key into it"))
        }
        Err(error) => {
            let reason = format!("the file that `{variable}` names cannot be read: {error}");
            Err(failed(Failure::Setup, source, reason, "set it to the path of a file that holds the key"))
        }
    }
}

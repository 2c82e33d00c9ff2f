//! Which model is asked, and where: the environment, and what follows from it.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::error::Result;
use crate::http::{Address, Key, Limits};
use crate::suggest;

use super::{Failure, failed};

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// `POST {url}/chat/completions`: OpenAI, Ollama, llama.cpp, vLLM, Gemini and many more.
    OpenAi,
    /// `POST {url}/messages`: Anthropic.
    Anthropic,
}

/// How a server is told the shape of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// The server holds the model to the schema.
    JsonSchema,
    /// The server holds the model to JSON; the schema is in the prompt.
    JsonObject,
    /// The schema is in the prompt, and that is all.
    Plain,
}

/// The model, and all that is told about it.
#[derive(Clone, Debug)]
pub struct Config {
    /// How its server is spoken to.
    pub api: Api,
    /// Where its server's API begins, e.g. `https://api.openai.com/v1`.
    pub url: String,
    /// The key, if the server wants one.
    pub key: Option<Key>,
    /// The model's name.
    pub model: String,
    /// How the shape of the answer is told, to begin with.
    pub answers: Answers,
    /// The longest answer, in tokens; the server's own limit if absent.
    pub max_tokens: Option<u32>,
    /// How much chance there is in an answer, 0 to 2; the server's own value if absent. Some models take no other.
    pub temperature: Option<f64>,
    /// Times and sizes; an answer's text is held to the size.
    pub limits: Limits,
}

const URL: &str = "CALLSHEET_LLM_URL";
const MODEL: &str = "CALLSHEET_LLM_MODEL";
const KEY: &str = "CALLSHEET_LLM_KEY";
const API: &str = "CALLSHEET_LLM_API";
const ANSWERS: &str = "CALLSHEET_LLM_ANSWERS";
const MAX_TOKENS: &str = "CALLSHEET_LLM_MAX_TOKENS";
const TEMPERATURE: &str = "CALLSHEET_LLM_TEMPERATURE";

const APIS: &[(&str, Api)] = &[("openai", Api::OpenAi), ("anthropic", Api::Anthropic)];

const ALL_ANSWERS: &[(&str, Answers)] =
    &[("json_schema", Answers::JsonSchema), ("json_object", Answers::JsonObject), ("plain", Answers::Plain)];

impl Answers {
    /// What asks less of a server; none if nothing does. Anthropic's knows no JSON without a schema.
    pub(super) fn simpler(self, api: Api) -> Option<Self> {
        match (self, api) {
            (Self::JsonSchema, Api::OpenAi) => Some(Self::JsonObject),
            (Self::JsonSchema, Api::Anthropic) | (Self::JsonObject, Api::OpenAi) => Some(Self::Plain),
            (Self::JsonObject, Api::Anthropic) | (Self::Plain, _) => None,
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_of(APIS, *self))
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_of(ALL_ANSWERS, *self))
    }
}

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], wanted: T) -> &'static str {
    names.iter().find(|(_, value)| *value == wanted).map_or("", |(name, _)| name)
}

impl Config {
    /// What the environment says; none where neither a URL nor a model is set. The variables are `CALLSHEET_LLM_URL` and
    /// `CALLSHEET_LLM_MODEL`, and if need be `CALLSHEET_LLM_KEY`, `CALLSHEET_LLM_API` (`openai` or `anthropic`),
    /// `CALLSHEET_LLM_ANSWERS` (`json_schema`, `json_object` or `plain`), `CALLSHEET_LLM_MAX_TOKENS` and
    /// `CALLSHEET_LLM_TEMPERATURE`.
    ///
    /// What is half or wrong is [`Failure::Setup`], and names the variable.
    pub fn from_env() -> Result<Option<Self>> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// The same of other variables than the environment's.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let text = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let (url, model) = match (text(URL), text(MODEL)) {
            (Some(url), Some(model)) => (url, model),
            (None, None) => return Ok(None),
            (Some(_), None) => {
                return Err(setup(
                    format!("`{URL}` is set and `{MODEL}` is not"),
                    format!("set `{MODEL}` to the model's name, as the server knows it"),
                ));
            }
            (None, Some(_)) => {
                return Err(setup(
                    format!("`{MODEL}` is set and `{URL}` is not"),
                    format!("set `{URL}`, e.g. to `https://api.openai.com/v1` or `http://localhost:11434/v1`"),
                ));
            }
        };
        let address = address(&url)?;
        let guess = if address.host() == "api.anthropic.com" { Api::Anthropic } else { Api::OpenAi };
        let config = Self {
            api: text(API).map_or(Ok(guess), |word| word_of(API, &word, APIS))?,
            url,
            key: text(KEY).map(Key::new),
            model,
            answers: text(ANSWERS).map_or(Ok(Answers::JsonSchema), |word| word_of(ANSWERS, &word, ALL_ANSWERS))?,
            max_tokens: text(MAX_TOKENS)
                .map(|number| number_of(MAX_TOKENS, &number, 1..=1_000_000, "write a whole number from 1 to 1000000"))
                .transpose()?,
            temperature: text(TEMPERATURE)
                .map(|number| number_of(TEMPERATURE, &number, 0.0..=2.0, "write a number from 0 to 2"))
                .transpose()?,
            limits: Limits::default(),
        };
        config.endpoint()?;
        Ok(Some(config))
    }

    /// Where it is asked, if it can be asked at all.
    pub(super) fn endpoint(&self) -> Result<Address> {
        let sendable = |secret: &str| secret.chars().all(|c| c.is_ascii_graphic());
        if !self.key.as_ref().is_none_or(|key| sendable(key.secret())) {
            return Err(setup(
                format!("`{KEY}` holds a character that no key has, perhaps a space or a line break"),
                "set it to the key and nothing else",
            ));
        }
        if self.model.trim().is_empty() {
            return Err(setup("the model has no name", format!("set `{MODEL}`")));
        }
        let base = address(&self.url)?;
        Ok(match self.api {
            Api::OpenAi => base.route("chat/completions", &["chat/completions"]),
            Api::Anthropic => base.route("messages", &["messages"]),
        })
    }

    /// Whether its server is this one.
    pub(super) fn is_at(&self, host: &str) -> bool {
        Address::read(&self.url).is_some_and(|address| address.host() == host)
    }

    /// One line about it, without the key.
    #[must_use]
    pub fn shown(&self) -> String {
        let key = if self.key.is_some() { "set" } else { "not set" };
        let address = Address::read(&self.url);
        let place = address.as_ref().map_or("an address that cannot be used", Address::as_str);
        format!("{} at {place} ({}, {}); `{KEY}`: {key}", self.model, self.api, self.answers)
    }
}

fn setup(reason: impl Into<String>, fix: impl Into<String>) -> crate::error::Error {
    failed(Failure::Setup, reason, fix)
}

fn address(url: &str) -> Result<Address> {
    Address::read(url).ok_or_else(|| {
        setup(
            format!("`{URL}` is no address that can be used"),
            format!("write http:// or https:// with a host and a path, e.g. `https://api.openai.com/v1`; a key goes into `{KEY}`"),
        )
    })
}

fn word_of<T: Copy>(variable: &str, word: &str, words: &[(&'static str, T)]) -> Result<T> {
    words.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let near = suggest::nearest(word, names.iter().copied());
        let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let allowed = suggest::list(&names);
        setup(format!("`{variable}` is `{}`", word.escape_debug()), format!("{near}allowed are {allowed}"))
    })
}

fn number_of<T: FromStr + PartialOrd>(
    variable: &str,
    number: &str,
    allowed: RangeInclusive<T>,
    fix: &str,
) -> Result<T> {
    number
        .parse()
        .ok()
        .filter(|value| allowed.contains(value))
        .ok_or_else(|| setup(format!("`{variable}` is `{}`", number.escape_debug()), fix))
}

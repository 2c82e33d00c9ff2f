//! A question to a service and its answer in JSON: repeated where that may help, remembered for a day.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::Notes;
use crate::error::{Error, Result};
use crate::http::{self, Client, Head, Interruption, Tries};

use super::clock::{Clock, unix};
use super::config::{Config, Service};
use super::quota::{Quota, Reset};
use super::{Errand, Failure, Progress, Source, failed};

/// The longest account of what is wrong with an answer, in characters.
const MOST_WRONG: usize = 200;

/// How long an answer to a search is good: Pixabay demands a day, Pexels advises it.
const GOOD_SECONDS: u64 = 24 * 3600;

/// The way to a stock.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) source: Source,
    pub(super) service: Service,
    pub(super) clock: Arc<dyn Clock>,
    quota: Quota,
    notes: Option<Notes>,
}

/// An answer as it is remembered.
#[derive(Serialize, Deserialize)]
struct Remembered {
    at: u64,
    answer: Value,
}

impl Wire {
    pub(super) fn new(source: Source, reset: Reset, service: &Service, config: &Config) -> Self {
        let notes = config.memory.clone().map(Notes::at);
        let who = blake3::hash(service.key.secret().as_bytes()).to_hex().to_string();
        let quota = Quota::new(source, reset, notes.clone(), &who);
        Self { source, service: service.clone(), clock: Arc::clone(&config.clock), quota, notes }
    }

    /// Asks `route` with `query`; `key` is where the key belongs. An answer of the last 24 hours is used instead of a new
    /// one.
    pub(super) fn ask(
        &self,
        route: &str,
        query: &[(&str, &str)],
        key: KeyIn,
        errand: &mut Errand<'_>,
    ) -> Result<Value> {
        let about = self.about(route, query);
        let now = unix(self.clock.now());
        let known = self.notes.as_ref().and_then(|notes| notes.read(&about));
        let known = known.and_then(|text| serde_json::from_str::<Remembered>(&text).ok());
        if let Some(known) = known.filter(|known| (known.at..known.at + GOOD_SECONDS).contains(&now)) {
            errand.tell(Progress::Remembered(self.source));
            return Ok(known.answer);
        }
        let answer = self.ask_anew(route, query, key, errand)?;
        if let Some(notes) = &self.notes {
            let remembered = Remembered { at: now, answer };
            if let Ok(text) = serde_json::to_string(&remembered) {
                // Nobody asks for what is not good any more.
                notes.forget_older(Duration::from_secs(GOOD_SECONDS));
                notes.write(&about, &text);
            }
            return Ok(remembered.answer);
        }
        Ok(answer)
    }

    fn ask_anew(&self, route: &str, query: &[(&str, &str)], key: KeyIn, errand: &mut Errand<'_>) -> Result<Value> {
        let address = self.service.address(self.source)?.route(route, &[]);
        // A slash at the end is part of Pixabay's address.
        let client = Client::new(&address, &self.service.api);
        let secret = self.service.key.secret();
        let mut query = query.to_vec();
        let mut headers = vec![("accept", "application/json")];
        match key {
            KeyIn::Query(name) => query.insert(0, (name, secret)),
            KeyIn::Header(name) => headers.push((name, secret)),
        }
        let mut tries = Tries::new(&self.service.api);
        loop {
            self.quota.wait(&*self.clock, errand)?;
            errand.tell(Progress::Searching(self.source));
            let reply = client.get(&query, &headers, errand.cancel);
            let reply = reply.and_then(|incoming| incoming.reply(errand.cancel));
            let pause = match reply {
                Ok((head, body)) if head.status == 200 => {
                    self.quota.heed(&head, self.clock.now());
                    return self.read(&body);
                }
                Ok((head, body)) => {
                    let own = (head.status == 429).then(|| self.quota.pause(&head, self.clock.now())).flatten();
                    let pause = tries.after_answer(&head).map(|pause| own.unwrap_or(pause));
                    pause.filter(|pause| *pause <= http::MOST_WAIT).ok_or_else(|| self.refused(&head, &body, own))?
                }
                Err(interruption) => {
                    tries.after_interruption(&interruption).ok_or_else(|| self.broken(&interruption))?
                }
            };
            errand.tell(Progress::Waiting(self.source, pause));
            tries.count();
            self.clock.pause(pause, errand.cancel)?;
        }
    }

    fn read(&self, body: &[u8]) -> Result<Value> {
        serde_json::from_slice(body).map_err(|_| {
            let start = http::one_line(&String::from_utf8_lossy(body), 60);
            self.unreadable(&format!("is not JSON; it begins `{start}`"))
        })
    }

    /// Those of `items` that are of their shape: one that is odd spoils no others. An error if all are odd.
    pub(super) fn readable<T: DeserializeOwned>(&self, items: Vec<Value>) -> Result<Vec<T>> {
        let (mut readable, mut odd) = (Vec::new(), None);
        for item in items {
            match serde_json::from_value(item) {
                Ok(item) => readable.push(item),
                Err(error) => odd = Some(error),
            }
        }
        match odd {
            Some(error) if readable.is_empty() => Err(self.unreadable(&format!("is not of its shape: {error}"))),
            _ => Ok(readable),
        }
    }

    /// Forgets the answer to this: what it names is not there any more.
    pub(super) fn forget(&self, route: &str, query: &[(&str, &str)]) {
        if let Some(notes) = &self.notes {
            notes.write(&self.about(route, query), "");
        }
    }

    fn about(&self, route: &str, query: &[(&str, &str)]) -> String {
        format!("search\n{}\n{}\n{route}\n{query:?}", self.source, self.service.url)
    }

    /// The answer is not what the documentation says.
    pub(super) fn unreadable(&self, what: &str) -> Error {
        let fix = format!("check `CALLSHEET_{}_URL`, or try again later", self.source.word().to_uppercase());
        // It may quote what came.
        let what = http::hide(Some(&self.service.key), &http::one_line(what, MOST_WRONG));
        failed(Failure::Unreadable, self.source, format!("its answer {what}"), fix)
    }

    /// What a status other than 200 means.
    fn refused(&self, head: &Head, body: &[u8], wait: Option<Duration>) -> Error {
        let said = words(body).map(|said| http::hide(Some(&self.service.key), &said));
        refused(self.source, head.status, said.as_deref(), wait)
    }

    fn broken(&self, interruption: &Interruption) -> Error {
        broken(self.source, &self.service, None, interruption)
    }
}

/// Where a key belongs.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeyIn {
    /// A header by its name.
    Header(&'static str),
    /// A part of the query by its name.
    Query(&'static str),
}

/// A service's own words: those in its JSON, or a plain text; a page has none.
pub(super) fn words(body: &[u8]) -> Option<String> {
    http::said(body).or_else(|| {
        let text = http::one_line(std::str::from_utf8(body).ok()?, http::MOST_WORDS);
        (!text.is_empty() && !text.starts_with(['<', '{'])).then_some(text)
    })
}

/// What a status other than 200 means.
pub(super) fn refused(source: Source, status: u16, said: Option<&str>, wait: Option<Duration>) -> Error {
    let variable = format!("CALLSHEET_{}", source.word().to_uppercase());
    let shown = said.map(|said| format!(": {said}")).unwrap_or_default();
    // Pixabay says 400 to a wrong key.
    let of_key = status == 400 && said.is_some_and(|said| said.to_lowercase().contains("api key"));
    match status {
        _ if of_key => failed(
            Failure::Denied,
            source,
            format!("it does not accept the key ({status}{shown})"),
            format!("check `{variable}_KEY`"),
        ),
        300..=399 => failed(
            Failure::Forbidden,
            source,
            format!("it redirects ({status}), and the key is sent nowhere else"),
            format!("set `{variable}_URL` to the service's own address, or unset it"),
        ),
        401 | 403 => failed(
            Failure::Denied,
            source,
            format!("it does not accept the key ({status}{shown})"),
            format!("check `{variable}_KEY`"),
        ),
        429 => {
            let when = wait.map(|wait| format!(" and asks to wait {} s", wait.as_secs())).unwrap_or_default();
            failed(
                Failure::Busy(wait),
                source,
                format!("it has had too many requests{when} (429{shown})"),
                "try again later, or ask another provider",
            )
        }
        500.. => failed(Failure::Server, source, format!("it failed ({status}{shown})"), "try again later"),
        _ => failed(
            Failure::Rejected,
            source,
            format!("it refused the request ({status}{shown})"),
            format!("use other words with `--query`, or check `{variable}_URL`"),
        ),
    }
}

/// What it means that there is no answer: of the service itself, or of `host`, where a file of its is.
pub(super) fn broken(source: Source, service: &Service, host: Option<&str>, interruption: &Interruption) -> Error {
    let variable = format!("CALLSHEET_{}_URL", source.word().to_uppercase());
    let place = host.map_or_else(|| service.place(source), |host| format!("`{host}`, which has the file"));
    let check = match host {
        None => format!("check the network, and `{variable}`"),
        Some(_) => "check the network".to_owned(),
    };
    let (kind, reason, fix) = match interruption {
        Interruption::Cancelled => return Error::Cancelled,
        Interruption::TooLarge(most) => {
            (Failure::TooLarge, format!("its answer is larger than {most} bytes"), format!("check `{variable}`"))
        }
        Interruption::NoHost => (Failure::Unreachable, format!("the host is not known: {place}"), check),
        Interruption::NoConnection | Interruption::NobodyListens => {
            (Failure::Unreachable, format!("nothing answers at {place}"), check)
        }
        Interruption::Silent(limit) | Interruption::TooSlow(limit) => {
            (Failure::Slow, format!("it did not answer within {} s", limit.as_secs()), "try again later".to_owned())
        }
        Interruption::Private(host) => (
            Failure::Forbidden,
            format!("`{host}` leads to an address of a private network"),
            "only what is on the internet is fetched".to_owned(),
        ),
        Interruption::BrokeOff(how) | Interruption::Impossible(how) => (
            Failure::Unreachable,
            format!("the exchange broke off: {}", http::hide(Some(&service.key), how)),
            "try again later".to_owned(),
        ),
    };
    failed(kind, source, reason, fix)
}

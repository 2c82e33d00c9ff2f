//! The stock of pixabay.com (<https://pixabay.com/api/docs/>).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::error::Result;
use crate::scenario::Credit;
use crate::time::Time;

use super::candidate::{Suits, ranked, web};
use super::config::{Config, Service};
use super::pexels::{best_size, bring, check, forget_lost};
use super::quota::Reset;
use super::wire::{KeyIn, Wire};
use super::{Candidate, Errand, Language, Provider, Source, Taken, Wish};

/// What is asked; the slash is part of it.
const ROUTE: &str = "videos/";

/// How many are asked for: its search cannot be told how a video lies, and most lie across.
const PAGE: &str = "100";

/// So many of the best are offered.
const OFFERED: usize = 24;

/// Where its files are: its own hosts, and Vimeo's for older ones.
const HOSTS: &[&str] = &[".pixabay.com", "player.vimeo.com", ".vimeocdn.com"];

/// The stock of pixabay.com.
#[derive(Debug)]
pub struct Pixabay {
    wire: Wire,
}

#[derive(Deserialize)]
struct Answer {
    hits: Vec<Value>,
}

#[derive(Deserialize)]
struct Hit {
    id: u64,
    #[serde(rename = "pageURL")]
    page: Option<String>,
    tags: Option<String>,
    duration: Option<f64>,
    user: Option<String>,
    user_id: Option<u64>,
    #[serde(default)]
    videos: BTreeMap<String, File>,
}

/// One size; where there is none, its address is empty and its sides are 0.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    url: String,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
    thumbnail: Option<String>,
}

impl Pixabay {
    /// The one that `service` leads to.
    #[must_use]
    pub fn new(service: &Service, config: &Config) -> Self {
        Self { wire: Wire::new(Source::Pixabay, Reset::SecondsLeft, service, config) }
    }
}

impl Provider for Pixabay {
    fn source(&self) -> Source {
        Source::Pixabay
    }

    fn search(&self, wish: &Wish, errand: &mut Errand<'_>) -> Result<Vec<Candidate>> {
        check(Source::Pixabay, wish)?;
        let answer = self.wire.ask(ROUTE, &query(wish), KeyIn::Query("key"), errand)?;
        let answer: Answer = serde_json::from_value(answer)
            .map_err(|error| self.wire.unreadable(&format!("is not of its shape: {error}")))?;
        let hits: Vec<Hit> = self.wire.readable(answer.hits)?;
        let mut found = ranked(hits.into_iter().filter_map(|hit| offer(hit, wish)).collect());
        found.truncate(OFFERED);
        Ok(found)
    }

    fn take(&self, wish: &Wish, candidate: &Candidate, folder: &Path, errand: &mut Errand<'_>) -> Result<Taken> {
        let taken = bring(&self.wire, HOSTS, wish, candidate, folder, errand);
        taken.inspect_err(|error| forget_lost(&self.wire, ROUTE, &query(wish), error))
    }
}

/// What is asked for.
fn query(wish: &Wish) -> [(&str, &str); 4] {
    let language = if wish.language == Language::Ru { "ru" } else { "en" };
    [("q", &wish.query), ("lang", language), ("safesearch", "true"), ("per_page", PAGE)]
}

fn offer(hit: Hit, wish: &Wish) -> Option<Candidate> {
    let preview = hit.videos.values().find_map(|file| file.thumbnail.clone().filter(|url| !url.is_empty()));
    let sizes = hit.videos.into_values().map(|file| (file.width, file.height, file.url));
    let (width, height, place) = best_size(sizes, wish)?;
    let duration_sec = hit.duration.and_then(Time::from_secs);
    let by = hit.user.as_deref().map(|author| format!(" by {author}")).unwrap_or_default();
    let author_url =
        hit.user.as_ref().zip(hit.user_id).map(|(user, id)| format!("https://pixabay.com/users/{user}-{id}/"));
    Some(Candidate {
        id: hit.id.to_string(),
        provider: Source::Pixabay,
        title: hit.tags,
        preview: web(preview),
        width,
        height,
        duration_sec,
        credit: Credit {
            attribution: Some(format!("Video{by} on Pixabay")),
            author: hit.user,
            author_url: web(author_url),
            license: Some("Pixabay Content License".into()),
            license_url: Some("https://pixabay.com/service/license-summary/".into()),
            page: web(hit.page),
            provider: Some(Source::Pixabay.word().into()),
        },
        fit: Suits::of(wish, width, height, duration_sec),
        place,
    })
}

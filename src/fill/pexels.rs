//! The stock of pexels.com (<https://www.pexels.com/api/documentation/>).

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::scenario::{Credit, LayerKind};
use crate::time::Time;

use super::candidate::{Suits, ranked, web};
use super::config::{Config, Service};
use super::download::Depot;
use super::quota::Reset;
use super::wire::{KeyIn, Wire};
use super::{Candidate, Errand, Failure, Language, Provider, Source, Taken, Wish, failed, taken};

/// What is asked.
const ROUTE: &str = "videos/search";

/// How many are asked for.
const PAGE: &str = "24";

/// Where its files are: its own hosts, and Vimeo's for older ones.
const HOSTS: &[&str] = &[".pexels.com", "player.vimeo.com", ".vimeocdn.com"];

/// The stock of pexels.com.
#[derive(Debug)]
pub struct Pexels {
    wire: Wire,
}

#[derive(Deserialize)]
struct Answer {
    videos: Vec<Value>,
}

#[derive(Deserialize)]
struct Video {
    id: u64,
    url: Option<String>,
    image: Option<String>,
    duration: Option<f64>,
    user: Option<User>,
    #[serde(default, rename = "video_files")]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct User {
    name: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "file_type")]
    kind: Option<String>,
    /// Absent in playlists.
    width: Option<u32>,
    height: Option<u32>,
    link: Option<String>,
}

impl Pexels {
    /// The one that `service` leads to.
    #[must_use]
    pub fn new(service: &Service, config: &Config) -> Self {
        Self { wire: Wire::new(Source::Pexels, Reset::UnixTime, service, config) }
    }
}

impl Provider for Pexels {
    fn source(&self) -> Source {
        Source::Pexels
    }

    fn search(&self, wish: &Wish, errand: &mut Errand<'_>) -> Result<Vec<Candidate>> {
        check(Source::Pexels, wish)?;
        let answer = self.wire.ask(ROUTE, &query(wish), KeyIn::Header("authorization"), errand)?;
        let answer: Answer = serde_json::from_value(answer)
            .map_err(|error| self.wire.unreadable(&format!("is not of its shape: {error}")))?;
        let videos: Vec<Video> = self.wire.readable(answer.videos)?;
        Ok(ranked(videos.into_iter().filter_map(|video| offer(video, wish)).collect()))
    }

    fn take(&self, wish: &Wish, candidate: &Candidate, folder: &Path, errand: &mut Errand<'_>) -> Result<Taken> {
        let taken = bring(&self.wire, HOSTS, wish, candidate, folder, errand);
        taken.inspect_err(|error| forget_lost(&self.wire, ROUTE, &query(wish), error))
    }
}

/// What is asked for.
fn query(wish: &Wish) -> [(&str, &str); 4] {
    let locale = if wish.language == Language::Ru { "ru-RU" } else { "en-US" };
    [("query", &wish.query), ("orientation", wish.shape.word()), ("locale", locale), ("per_page", PAGE)]
}

/// Forgets the search that found a file which is not there any more: the next one sees what is there now.
pub(super) fn forget_lost(wire: &Wire, route: &str, query: &[(&str, &str)], error: &Error) {
    if matches!(error, Error::Fill { kind: Failure::Lost, .. }) {
        wire.forget(route, query);
    }
}

/// Refuses what a stock of videos cannot be asked for.
pub(super) fn check(source: Source, wish: &Wish) -> Result<()> {
    if wish.kind != LayerKind::Video {
        let reason = format!("it has videos, and `{}` is in a layer of type {}", wish.segment_id, wish.kind.word());
        return Err(failed(Failure::Unsuited, source, reason, "take it from the library"));
    }
    if wish.query.is_empty() {
        let reason = format!("there are no words to search by for `{}`", wish.segment_id);
        return Err(failed(
            Failure::Unsuited,
            source,
            reason,
            "give the scene a `visual_description`, or use `--query`",
        ));
    }
    Ok(())
}

/// Fetches a stock's candidate.
pub(super) fn bring(
    wire: &Wire,
    hosts: &'static [&'static str],
    wish: &Wish,
    candidate: &Candidate,
    folder: &Path,
    errand: &mut Errand<'_>,
) -> Result<Taken> {
    let (source, service, clock) = (wire.source, &wire.service, &wire.clock);
    let depot = Depot { source, service, clock, hosts, key_header: None, kind: "video/" };
    let mut part = taken::part(folder)?;
    depot.fetch(&candidate.place, &mut part, errand)?;
    taken::settle(part, wish, candidate, folder, errand.cancel)
}

/// Of several sizes the smallest that fills the canvas, or else the largest: width, height, where it is.
pub(super) fn best_size(sizes: impl Iterator<Item = (u32, u32, String)>, wish: &Wish) -> Option<(u32, u32, String)> {
    let fills = |width: u32, height: u32| width >= wish.width && height >= wish.height;
    let pixels = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let usable = sizes.filter(|(width, height, link)| *width > 0 && *height > 0 && !link.is_empty());
    usable.min_by_key(|(width, height, _)| {
        let pixels = pixels(*width, *height);
        if fills(*width, *height) { (0, pixels) } else { (1, u64::MAX - pixels) }
    })
}

fn offer(video: Video, wish: &Wish) -> Option<Candidate> {
    let films = video.files.into_iter().filter(|file| file.kind.as_deref() == Some("video/mp4"));
    let sizes = films.filter_map(|file| Some((file.width?, file.height?, file.link?)));
    let (width, height, place) = best_size(sizes, wish)?;
    let (author, author_url) = video.user.map_or((None, None), |user| (user.name, user.url));
    let duration_sec = video.duration.and_then(Time::from_secs);
    let by = author.as_deref().map(|author| format!(" by {author}")).unwrap_or_default();
    Some(Candidate {
        id: video.id.to_string(),
        provider: Source::Pexels,
        title: video.url.as_deref().and_then(title),
        preview: web(video.image),
        width,
        height,
        duration_sec,
        credit: Credit {
            // As the service asks for it.
            attribution: Some(format!("Video{by} on Pexels")),
            author,
            author_url: web(author_url),
            license: Some("Pexels License".into()),
            license_url: Some("https://www.pexels.com/license/".into()),
            page: web(video.url),
            provider: Some(Source::Pexels.word().into()),
        },
        fit: Suits::of(wish, width, height, duration_sec),
        place,
    })
}

/// The words of the page's address: `…/video/aerial-view-of-a-coast-1448735/`.
fn title(page: &str) -> Option<String> {
    let slug = page.trim_end_matches('/').rsplit('/').next()?;
    let words: Vec<&str> = slug.split('-').filter(|word| word.parse::<u64>().is_err() && !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

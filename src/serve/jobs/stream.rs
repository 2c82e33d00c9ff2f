//! Events as they happen (Server-Sent Events), and waiting for the end.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::sync::watch;

use crate::serve::id::Id;
use crate::serve::language::Language;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::state::App;

use super::show::shown_by_id;
use super::{Event, Row};

/// A proxy ends a connection on which nothing comes, most of them after a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long a client waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);

/// A client that follows a job.
struct Follower {
    app: App,
    job: Id,
    language: Language,
    /// The last event that it has.
    number: i64,
    news: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    ready: VecDeque<Event>,
    begun: bool,
    over: bool,
}

/// What happens to the job after the event `number`, to its end.
pub(super) fn events(
    app: &App,
    job: Id,
    number: i64,
    language: Language,
) -> Sse<impl Stream<Item = Result<Sent, Infallible>> + use<>> {
    let follower = Follower {
        app: app.clone(),
        job,
        language,
        number,
        news: app.queue.news(),
        stopping: app.stopping(),
        ready: VecDeque::new(),
        begun: false,
        over: false,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("still here"))
}

impl Follower {
    /// The next event; none when the job is over, gone, or the server ends.
    async fn next(&mut self) -> Option<Sent> {
        if !self.begun {
            self.begun = true;
            return Some(Sent::default().retry(RETRY));
        }
        loop {
            if self.over || *self.stopping.borrow() {
                return None;
            }
            if let Some(event) = self.ready.pop_front() {
                self.number = event.number;
                self.over = event.is_last();
                return self.sent(event).await;
            }
            // What comes after this look is news.
            self.news.mark_unchanged();
            let (job, number) = (self.job.clone(), self.number);
            let found = self.app.db.read(move |store| {
                let there = Row::is_there(store, &job)?;
                Ok::<_, Problem>(if there { Some(Event::after(store, job.as_str(), number)?) } else { None })
            });
            self.ready = found.await.ok()??.into();
            if self.ready.is_empty() {
                tokio::select! {
                    changed = self.news.changed() => changed.ok()?,
                    _ = self.stopping.changed() => return None,
                }
            }
        }
    }

    async fn sent(&self, event: Event) -> Option<Sent> {
        let (number, kind) = (event.number.to_string(), event.kind.clone());
        let data = if event.is_last() {
            // The same as whoever asks for the job sees.
            json!(shown_by_id(&self.app, &self.job, self.language).await.ok()??).to_string()
        } else {
            event.told(self.language)
        };
        Some(Sent::default().id(number).event(kind).data(data))
    }
}

/// Waits until the job is over.
pub(crate) async fn ended(app: &App, id: &Id) -> Result<Row> {
    let (mut news, mut stopping) = (app.queue.news(), app.stopping());
    loop {
        news.mark_unchanged();
        let asked = id.clone();
        let row = app.db.read(move |store| Row::get(store, asked.as_str())).await?;
        let row = row.ok_or_else(|| Problem::no_such("job", "задания", id.as_str()))?;
        if row.state.is_over() {
            return Ok(row);
        }
        if *stopping.borrow() {
            return Err(stops(id));
        }
        tokio::select! {
            changed = news.changed() => changed.map_err(|error| Problem::broken(&error))?,
            _ = stopping.changed() => {}
        }
    }
}

fn stops(id: &Id) -> Problem {
    Problem::new(
        Code::Unavailable,
        format!("the server ends; the job goes on when it is there again: ask for /api/jobs/{id}"),
        format!("сервер останавливается; задание продолжится, когда он вернётся: спросите /api/jobs/{id}"),
    )
    .with("job", format!("/api/jobs/{id}"))
    .header(axum::http::header::RETRY_AFTER, "5")
}

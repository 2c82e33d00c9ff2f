//! Sends what is due, and tries again later what did not arrive.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::params;
use serde_json::json;
use sha2::Sha256;
use tokio::task::JoinSet;

use crate::ffmpeg::Cancel;
use crate::http::{Client, Guard, Interruption, Limits};
use crate::serve::clock::Moment;
use crate::serve::db::all;
use crate::serve::id::Id;
use crate::serve::jobs::{Row, shown};
use crate::serve::language::Language;
use crate::serve::log::log;
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;

/// How long is waited after each attempt that failed, in seconds: as Standard Webhooks advises, over three days.
const BACKOFF: [u64; 8] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 86_400];

/// How many are sent at the same time.
const AT_ONCE: usize = 16;

/// How many of them to one endpoint.
const OF_ONE: u32 = 2;

/// How long is waited when the store cannot be used.
const AGAIN: Duration = Duration::from_secs(5);

/// How often it is looked what is due.
const TICK: Duration = Duration::from_millis(200);

/// Something that is due.
#[derive(Debug)]
struct Due {
    id: Id,
    webhook: Id,
    job: Id,
    event: String,
    attempts: u32,
    url: String,
    secret: Vec<u8>,
    created: Moment,
}

/// Delivers until the server ends.
pub(crate) async fn deliver(app: App) {
    let mut stopping = app.stopping();
    let mut sending = Sending::default();
    loop {
        let pause = match sending.turn(&app).await {
            Ok(()) => TICK,
            Err(problem) => {
                log(format_args!("webhooks: {}", problem.cause().unwrap_or("the store cannot be used")));
                // What arrived and could not be written down would be sent again at once.
                AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// What is being sent. One that is slow keeps none of the others; an endpoint has so many turns at a time.
#[derive(Debug, Default)]
struct Sending {
    tasks: JoinSet<(Id, Result<()>)>,
    under_way: BTreeSet<Id>,
}

impl Sending {
    /// Sees what came of the last ones, and sends what is due.
    async fn turn(&mut self, app: &App) -> Result<()> {
        let mut came = Ok(());
        while let Some(done) = self.tasks.try_join_next() {
            let (id, done) = done.map_err(|error| Problem::broken(&error))?;
            self.under_way.remove(&id);
            came = came.and(done);
        }
        came?;
        let now = app.clock.now();
        let due = app.db.read(move |store| due(store, now)).await?;
        for due in due {
            if self.tasks.len() < AT_ONCE && self.under_way.insert(due.id.clone()) {
                let (app, id) = (app.clone(), due.id.clone());
                self.tasks.spawn(async move { (id, attempt(&app, due).await) });
            }
        }
        Ok(())
    }
}

/// What is due, the oldest first; of each endpoint as many as it has turns.
fn due(store: &rusqlite::Transaction<'_>, now: Moment) -> Result<Vec<Due>> {
    let sql = "SELECT id, webhook_id, job_id, event, attempts, url, secret, created FROM (
             SELECT deliveries.id, webhook_id, job_id, event, attempts, url, secret, deliveries.created, next,
                 row_number() OVER (PARTITION BY webhook_id ORDER BY next, deliveries.id) AS turn
             FROM deliveries JOIN webhooks ON webhooks.id = webhook_id
             WHERE next <= ?1 AND disabled IS NULL)
         WHERE turn <= ?2 ORDER BY next LIMIT 100";
    let due = all(store, sql, params![now, OF_ONE], |row| {
        Ok(Due {
            id: row.get(0)?,
            webhook: row.get(1)?,
            job: row.get(2)?,
            event: row.get(3)?,
            attempts: row.get(4)?,
            url: row.get(5)?,
            secret: row.get(6)?,
            created: row.get(7)?,
        })
    });
    Ok(due?)
}

/// What came of an attempt.
enum Came {
    Arrived(u16),
    /// The endpoint wants nothing any more.
    Unwanted,
    Failed(String),
    /// The server ends; it was no attempt.
    Stopped,
}

async fn attempt(app: &App, due: Due) -> Result<()> {
    let asked = due.job.clone();
    let Some(row) = app.db.read(move |store| Row::get(store, asked.as_str())).await? else { return Ok(()) };
    let job = shown(app, row, Language::English).await?;
    let body = json!({ "type": due.event, "timestamp": due.created, "data": job }).to_string();
    let seconds = app.clock.now().seconds();
    let (url, id, signature) = (due.url.clone(), format!("msg_{}", due.id), sign(&due, seconds, &body)?);
    let (guard, cancel) = (app.config.webhooks, app.cancel.clone());
    let sending = tokio::task::spawn_blocking(move || send(&url, guard, &id, seconds, &signature, body, &cancel));
    let came = sending.await.map_err(|error| Problem::broken(&error))?;
    let now = app.clock.now();
    app.db.write(move |store| write_down(store, &due, &came, now)).await
}

fn write_down(store: &rusqlite::Transaction<'_>, due: &Due, came: &Came, now: Moment) -> Result<()> {
    let (next, arrived, outcome) = match came {
        Came::Stopped => return Ok(()),
        Came::Arrived(status) => (None, Some(now), format!("{status}")),
        Came::Unwanted => {
            store.execute("UPDATE webhooks SET disabled = ?2 WHERE id = ?1", params![due.webhook, now])?;
            (None, None, "410: the endpoint is gone, and is told nothing more".to_owned())
        }
        Came::Failed(why) => {
            let next = BACKOFF.get(due.attempts as usize).map(|seconds| now.after(seconds * 1000));
            (next, None, why.clone())
        }
    };
    store.execute(
        "UPDATE deliveries SET attempts = attempts + 1, next = ?2, arrived = ?3, outcome = ?4 WHERE id = ?1",
        params![due.id, next, arrived, outcome],
    )?;
    Ok(())
}

/// The signature of Standard Webhooks: of the id, the time and the body.
fn sign(due: &Due, seconds: u64, body: &str) -> Result<String> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(&due.secret).map_err(|error| Problem::broken(&error))?;
    hmac.update(format!("msg_{}.{seconds}.{body}", due.id).as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(hmac.finalize().into_bytes())))
}

fn send(url: &str, guard: Guard, id: &str, seconds: u64, signature: &str, body: String, cancel: &Cancel) -> Came {
    let limits = Limits {
        connect: Duration::from_secs(5),
        first: Duration::from_secs(15),
        idle: Duration::from_secs(5),
        total: Duration::from_secs(20),
        answer_bytes: 64 << 10,
        ..Limits::default()
    };
    let (seconds, length) = (seconds.to_string(), body.len() as u64);
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", id),
        ("webhook-timestamp", seconds.as_str()),
        ("webhook-signature", signature),
    ];
    let answered = Client::guarded(url, guard, &limits).post(&headers, Cursor::new(body.into_bytes()), length, cancel);
    match answered.map(|incoming| incoming.head.status) {
        Ok(status @ 200..300) => Came::Arrived(status),
        Ok(410) => Came::Unwanted,
        Ok(status) => Came::Failed(format!("it answered {status}")),
        Err(Interruption::Cancelled) => Came::Stopped,
        Err(interruption) => Came::Failed(words(&interruption)),
    }
}

fn words(interruption: &Interruption) -> String {
    match interruption {
        Interruption::Cancelled => "cancelled".into(),
        Interruption::NoHost => "nobody knows its host".into(),
        Interruption::NoConnection => "its host does not take the connection in time".into(),
        Interruption::NobodyListens => "nobody listens there".into(),
        Interruption::Silent(time) => format!("it said nothing for {} s", time.as_secs()),
        Interruption::TooSlow(time) => format!("it was not done after {} s", time.as_secs()),
        Interruption::TooLarge(most) => format!("its answer is larger than {most} bytes"),
        Interruption::BrokeOff(_) => "the connection broke off".into(),
        Interruption::Private(host) => format!("`{host}` is an address of a private network, which is not called"),
        Interruption::Impossible(why) => format!("it cannot be called: {why}"),
    }
}

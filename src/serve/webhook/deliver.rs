//! Sends what is due, and tries again later what did not arrive.

use std::io::Cursor;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::params;
use serde_json::json;
use sha2::Sha256;

use crate::ffmpeg::Cancel;
use crate::http::{Client, Guard, Interruption, Limits};
use crate::serve::clock::Moment;
use crate::serve::id::Id;
use crate::serve::jobs::{Row, shown};
use crate::serve::language::Language;
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;

/// How long is waited after each attempt that failed, in seconds: as Standard Webhooks advises, over three days.
const BACKOFF: [u64; 8] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 86_400];

/// How many are sent at the same time.
const AT_ONCE: u32 = 8;

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
    loop {
        if let Err(problem) = deliver_due(&app).await {
            eprintln!("webhooks: {}", problem.cause().unwrap_or("the store cannot be used"));
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stopping.changed() => return,
        }
    }
}

async fn deliver_due(app: &App) -> Result<()> {
    let now = app.clock.now();
    let due: Vec<Due> = app
        .db
        .read(move |store| {
            let mut statement = store.prepare(
                "SELECT deliveries.id, webhook_id, job_id, event, attempts, url, secret, deliveries.created
                 FROM deliveries JOIN webhooks ON webhooks.id = webhook_id
                 WHERE next <= ?1 AND disabled IS NULL ORDER BY next LIMIT ?2",
            )?;
            let rows = statement.query_map(params![now, AT_ONCE], |row| {
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
            })?;
            Ok::<_, Problem>(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    // One that is slow keeps none of the others, but for the next look.
    let sent = futures_util::future::join_all(due.into_iter().map(|due| attempt(app, due))).await;
    sent.into_iter().collect()
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

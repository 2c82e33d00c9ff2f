//! A project's endpoints.

use std::net::IpAddr;

use axum::Json as Answer;
use axum::extract::State as Extracted;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Row, Transaction, params};
use serde::{Deserialize, Serialize};
use ureq::http::Uri;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes as documented;

use crate::http::Guard;
use crate::serve::auth::Caller;
use crate::serve::clock::Moment;
use crate::serve::db::all;
use crate::serve::extract::{Json, Path};
use crate::serve::id::Id;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects;
use crate::serve::state::App;

use super::EVENTS;

/// So many endpoints a project may have.
const MOST: u32 = 10;

pub(in crate::serve) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(documented!(create, list)).routes(documented!(delete)).routes(documented!(deliveries))
}

/// Something that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookEvent)]
enum Event {
    #[serde(rename = "job.done")]
    Done,
    #[serde(rename = "job.failed")]
    Failed,
    #[serde(rename = "job.cancelled")]
    Cancelled,
}

impl Event {
    fn word(self) -> &'static str {
        let [done, failed, cancelled] = EVENTS;
        match self {
            Self::Done => done,
            Self::Failed => failed,
            Self::Cancelled => cancelled,
        }
    }
}

/// An endpoint that wants to be told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// Where it is: https, and an address that the whole internet can reach.
    #[schema(max_length = 2000, example = "https://example.com/hooks/callsheet")]
    url: String,
    /// What it wants to be told; everything, if absent.
    events: Option<Vec<Event>>,
}

/// An endpoint that is told when jobs are over.
#[derive(Debug, Serialize, ToSchema)]
struct Webhook {
    id: Id,
    url: String,
    events: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    /// When it said that it is gone (410); then it is told nothing more.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    disabled_at: Option<Moment>,
}

/// The same with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct MadeWebhook {
    #[serde(flatten)]
    webhook: Webhook,
    /// With which its messages are signed, as Standard Webhooks has it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// A message to an endpoint.
#[derive(Debug, Serialize, ToSchema)]
struct Delivery {
    /// The `webhook-id` of the message.
    #[schema(example = "msg_mfrggzdfmztwq2lknnwg23tpoa")]
    id: String,
    #[schema(example = "job.done")]
    event: String,
    job_id: Id,
    /// How often it was sent.
    attempts: u32,
    /// What came of the last attempt.
    #[schema(required = true)]
    outcome: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    arrived_at: Option<Moment>,
    /// When it is sent next; null when it arrived, or is given up.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    next_at: Option<Moment>,
}

impl Webhook {
    const COLUMNS: &str = "id, url, events, created, disabled";

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let events: String = row.get(2)?;
        Ok(Self {
            id: row.get(0)?,
            url: row.get(1)?,
            events: events.split(',').map(str::to_owned).collect(),
            created_at: row.get(3)?,
            disabled_at: row.get(4)?,
        })
    }
}

/// Add a webhook
///
/// When a job of the project is over, the job is sent there, signed as Standard Webhooks (standardwebhooks.com) says:
/// `webhook-id`, `webhook-timestamp`, `webhook-signature`. What is not answered with 2xx is sent again, over three days.
#[utoipa::path(post, path = "/api/projects/{project}/webhooks", tag = "Webhooks", params(("project" = Id, Path)),
    responses(
        (status = 201, body = MadeWebhook, description = "It is told from now on."),
        (status = 409, description = "The project has as many as it may."),
    ))]
async fn create(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path(project): Path<String>,
    Json(new): Json<NewWebhook>,
) -> Result<impl IntoResponse> {
    check(&new.url, app.config.webhooks)?;
    let events = new.events.unwrap_or_else(|| vec![Event::Done, Event::Failed, Event::Cancelled]);
    let mut words: Vec<String> = events.into_iter().map(|event| event.word().to_owned()).collect();
    words.sort();
    words.dedup();
    if words.is_empty() {
        return Err(Problem::new(
            Code::Invalid,
            format!("`events` is empty, so nothing would ever be told; name some of {}", EVENTS.join(", ")),
            format!("`events` пуст, и сообщать было бы не о чем; назовите что-то из {}", EVENTS.join(", ")),
        ));
    }
    let secret: [u8; 32] = app.clock.random()?;
    let now = app.clock.now();
    let webhook =
        Webhook { id: Id::draw(&app.clock)?, url: new.url, events: words, created_at: now, disabled_at: None };
    let (webhook, project) = app
        .db
        .write(move |store| {
            let project = projects::find(store, &caller, &project)?;
            let count = "SELECT count(*) FROM webhooks WHERE project_id = ?1";
            if store.query_row(count, [&project.id], |row| row.get::<_, u32>(0))? >= MOST {
                return Err(too_many());
            }
            store.execute(
                "INSERT INTO webhooks (id, project_id, url, secret, events, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![webhook.id, project.id, webhook.url, secret, webhook.events.join(","), now],
            )?;
            Ok::<_, Problem>((webhook, project.id))
        })
        .await?;
    let location = format!("/api/projects/{project}/webhooks/{}", webhook.id);
    let secret = format!("whsec_{}", STANDARD.encode(secret));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Answer(MadeWebhook { webhook, secret })))
}

/// List the webhooks of a project
#[utoipa::path(get, path = "/api/projects/{project}/webhooks", tag = "Webhooks", params(("project" = Id, Path)),
    responses((status = 200, body = Vec<Webhook>, description = "All of them.")))]
async fn list(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Answer<Vec<Webhook>>> {
    let found = app.db.read(move |store| {
        let project = projects::find(store, &caller, &project)?;
        let sql = format!("SELECT {} FROM webhooks WHERE project_id = ?1 ORDER BY created, id", Webhook::COLUMNS);
        Ok::<_, Problem>(all(store, &sql, [project.id], Webhook::of_row)?)
    });
    found.await.map(Answer)
}

/// Delete a webhook
#[utoipa::path(delete, path = "/api/projects/{project}/webhooks/{webhook}", tag = "Webhooks",
    params(("project" = Id, Path), ("webhook" = Id, Path)),
    responses((status = 204, description = "It is told nothing more.")))]
async fn delete(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path((project, webhook)): Path<(String, String)>,
) -> Result<StatusCode> {
    app.db
        .write(move |store| {
            let project = projects::find(store, &caller, &project)?;
            find(store, &project.id, &webhook)?;
            store.execute("DELETE FROM webhooks WHERE id = ?1", [webhook])?;
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List what was sent to a webhook
///
/// The last hundred messages, the newest first.
#[utoipa::path(get, path = "/api/projects/{project}/webhooks/{webhook}/deliveries", tag = "Webhooks",
    params(("project" = Id, Path), ("webhook" = Id, Path)),
    responses((status = 200, body = Vec<Delivery>, description = "What was sent, and what came of it.")))]
async fn deliveries(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path((project, webhook)): Path<(String, String)>,
) -> Result<Answer<Vec<Delivery>>> {
    let found = app.db.read(move |store| {
        let project = projects::find(store, &caller, &project)?;
        find(store, &project.id, &webhook)?;
        let sql = "SELECT id, event, job_id, attempts, outcome, arrived, next FROM deliveries
                   WHERE webhook_id = ?1 ORDER BY created DESC, rowid DESC LIMIT 100";
        let sent = all(store, sql, [webhook], |row| {
            Ok(Delivery {
                id: format!("msg_{}", row.get::<_, Id>(0)?),
                event: row.get(1)?,
                job_id: row.get(2)?,
                attempts: row.get(3)?,
                outcome: row.get(4)?,
                arrived_at: row.get(5)?,
                next_at: row.get(6)?,
            })
        });
        Ok::<_, Problem>(sent?)
    });
    found.await.map(Answer)
}

fn find(store: &Transaction<'_>, project: &Id, webhook: &str) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM webhooks WHERE id = ?1 AND project_id = ?2)";
    let is_there: bool = store.query_row(sql, params![webhook, project], |row| row.get(0))?;
    if is_there { Ok(()) } else { Err(Problem::no_such("webhook", "вебхука", webhook)) }
}

/// Whether a message can be sent there at all. What its name leads to is looked at each time when one is sent.
fn check(url: &str, guard: Guard) -> Result<()> {
    let uri: Option<Uri> = url.parse().ok().filter(|_| url.len() <= 2000);
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let number: Option<IpAddr> = host.parse().ok();
    let is_reachable = number.is_none_or(|ip| guard.allows(ip));
    // A fake of a test on this machine has no certificate.
    let is_fake = number.is_some_and(|ip| ip.is_loopback() && guard.allows(ip));
    let scheme = uri.as_ref().and_then(Uri::scheme_str).unwrap_or_default();
    let is_plain = uri.as_ref().and_then(Uri::authority).is_some_and(|authority| !authority.as_str().contains('@'));
    if !host.is_empty() && is_plain && is_reachable && (scheme == "https" || (is_fake && scheme == "http")) {
        return Ok(());
    }
    Err(Problem::new(
        Code::Invalid,
        "`url` cannot be called; write an https address of at most 2000 characters that the whole internet can reach, \
         without a user or password, as in https://example.com/hooks",
        "по `url` нельзя позвонить; нужен адрес https не длиннее 2000 знаков, доступный всему интернету, без имени и \
         пароля, например https://example.com/hooks",
    ))
}

fn too_many() -> Problem {
    Problem::new(
        Code::Conflict,
        format!("the project has {MOST} webhooks, which is the most that is kept; delete one first"),
        format!("в проекте уже {MOST} вебхуков — больше не хранится; сначала удалите какой-нибудь"),
    )
    .with("limit", MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_whole_internet_can_reach_is_called() {
        for right in ["https://example.com/hooks?key=1", "https://1.1.1.1:8443/a"] {
            assert!(check(right, Guard::public()).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "example.com",
            "http://example.com",
            "ftp://example.com",
            "https://",
            "https://me:secret@example.com",
            "https://127.0.0.1/",
            "https://10.0.0.7/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
        ] {
            assert!(check(wrong, Guard::public()).is_err(), "{wrong}");
        }
        assert!(check("http://127.0.0.1:9/", Guard::with_loopback()).is_ok());
        assert!(check("http://10.0.0.1:9/", Guard::with_loopback()).is_err());
    }
}

//! Webhooks: a project's endpoints are told when a job is over, signed as “Standard Webhooks” says
//! (standardwebhooks.com), again and again until they answer.

mod deliver;
mod routes;

use rusqlite::{Transaction, params};

use super::clock::Moment;
use super::db::all;
use super::id::Id;
use super::jobs::State;
use super::problem::Result;
use super::state::App;

pub(super) use deliver::deliver;
pub(super) use routes::routes;

pub(super) const MIGRATION: &str = "
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    -- What it wants to be told, with commas between.
    events TEXT NOT NULL,
    created INTEGER NOT NULL,
    -- When the endpoint said that it is gone.
    disabled INTEGER
) STRICT;
CREATE INDEX webhooks_by_project ON webhooks (project_id);
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- When it is tried next; nothing when it arrived, or is given up.
    next INTEGER,
    -- When it arrived.
    arrived INTEGER,
    -- What came of the last attempt.
    outcome TEXT,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_next ON deliveries (next) WHERE next IS NOT NULL;
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, created);
";

/// What can be told.
const EVENTS: [&str; 3] = ["job.done", "job.failed", "job.cancelled"];

/// Notes that the project's endpoints are to be told that a job is over.
pub(super) fn enqueue(
    store: &Transaction<'_>,
    app: &App,
    job: &Id,
    project: &Id,
    state: State,
    now: Moment,
) -> Result<()> {
    let event = format!("job.{}", state.word());
    let sql = "SELECT id, events FROM webhooks WHERE project_id = ?1 AND disabled IS NULL";
    for row in all(store, sql, [project], |row| Ok((row.get::<_, Id>(0)?, row.get::<_, String>(1)?)))? {
        let (webhook, events) = row;
        if events.split(',').any(|wanted| wanted == event) {
            store.execute(
                "INSERT INTO deliveries (id, webhook_id, job_id, event, next, created) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
                params![Id::draw(&app.clock)?, webhook, job, event, now],
            )?;
        }
    }
    Ok(())
}

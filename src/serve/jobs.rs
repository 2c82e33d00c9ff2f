//! Jobs: what takes longer than an answer may. They are kept in the store, so a server that is killed goes on with them.
//!
//! ```text
//!   ┌────────── the server ended ─┐
//!   ▼                             │
//! queued ──── claimed ────▶ running ────▶ done | failed | cancelled
//! ```
//!
//! What is claimed next is fair between projects ([`Row::claim`]); so many run at once as the server was told. What
//! happens is an event with a number; a stream of them goes on where a client lost it, and asking again and again tells
//! the same.

mod desk;
mod ended;
mod events;
mod queue;
mod routes;
mod row;
mod show;
mod stream;
mod worker;

pub(crate) use desk::Desk;
pub(crate) use ended::{Ended, Outcome};
pub(crate) use events::Event;
pub(crate) use queue::Queue;
pub(super) use routes::routes;
pub(crate) use row::{Kind, Progress, Row, State, unfinished};
pub(crate) use show::{Job, begun, shown};
pub(crate) use stream::ended;
pub(super) use worker::{Workers, recover};

pub(super) const MIGRATION: &str = "
CREATE TABLE jobs (
    -- In the order in which they were asked for.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- How often it was begun and the server did not live to see its end.
    attempts INTEGER NOT NULL DEFAULT 0,
    -- How often since it last got further than ever before, and how far that was.
    stalled INTEGER NOT NULL DEFAULT 0,
    furthest INTEGER NOT NULL DEFAULT -1,
    -- Somebody wants it to stop.
    unwanted INTEGER NOT NULL DEFAULT 0,
    -- All that it needs, as it was when it was asked for: JSON.
    brief TEXT NOT NULL,
    -- JSON.
    progress TEXT,
    result TEXT,
    -- JSON, by language.
    problem TEXT,
    created INTEGER NOT NULL,
    started INTEGER,
    finished INTEGER
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, project_id, number);
CREATE INDEX jobs_by_project ON jobs (project_id, created, id);
-- Whose turn it was when: the project that waits the longest is next.
CREATE TABLE job_turns (
    project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL
) STRICT;
-- Which files a job that is not over reads; they stay as long.
CREATE TABLE job_blobs (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    hash TEXT NOT NULL REFERENCES blobs (hash),
    PRIMARY KEY (job_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_blobs_by_hash ON job_blobs (hash);
CREATE TABLE job_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    -- progress, log, done or error
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX job_events_by_job ON job_events (job_id, number);
";

/// What is over is looked for by when, and its brief is needed no more.
pub(super) const FINISHED: &str = "
CREATE INDEX jobs_by_finished ON jobs (finished) WHERE finished IS NOT NULL;
UPDATE jobs SET brief = '' WHERE finished IS NOT NULL;
";

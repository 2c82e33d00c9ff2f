//! A job in the store.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::serve::auth::Caller;
use crate::serve::clock::Moment;
use crate::serve::db::all;
use crate::serve::id::Id;
use crate::serve::language::Language;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects;
use crate::serve::state::App;

/// How often a job is begun without getting further than ever before until it counts as one that no server survives.
pub(crate) const MOST_ATTEMPTS: u32 = 5;

/// What is done, in the order in which it is.
const PHASES: [&str; 8] =
    ["planning", "searching", "making", "fetching", "listening", "encoding", "measuring", "storing"];

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobKind)]
pub(crate) enum Kind {
    /// Makes a video of a scenario.
    Render,
    /// Brings a clip for a segment that waits for one.
    Fill,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub(crate) enum State {
    /// It waits for its turn.
    Queued,
    /// It is worked at.
    Running,
    /// It is done; its outputs can be downloaded.
    Done,
    /// It ended with a problem.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Render, Self::Fill];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Render => "render",
            Self::Fill => "fill",
        }
    }
}

impl State {
    const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing comes after it.
    pub(crate) fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

impl ToSql for Kind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.word().into())
    }
}

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.word().into())
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        Self::ALL.into_iter().find(|state| state.word() == word).ok_or(FromSqlError::InvalidType)
    }
}

/// How far the work is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = JobProgress)]
pub(crate) struct Progress {
    /// What is done at the moment: `planning`, `listening`, `encoding`, `measuring`, `storing`, `searching`, `making`,
    /// `fetching`.
    #[schema(example = "encoding")]
    pub(crate) phase: String,
    /// How much of this phase is done: frames, bytes.
    #[schema(example = 120)]
    pub(crate) done: u64,
    /// Of how much; 0 where nobody knows.
    #[schema(example = 300)]
    pub(crate) total: u64,
    /// How much of this phase is done, in percent.
    #[schema(maximum = 100, example = 40)]
    pub(crate) percent: u8,
}

impl Progress {
    /// Grows with what is done.
    fn distance(&self) -> usize {
        let phase = PHASES.iter().position(|phase| *phase == self.phase).unwrap_or_default();
        phase * 101 + usize::from(self.percent)
    }

    /// Whether somebody else is at work, whose answer is waited for: the server is not what fails there.
    fn is_waiting(&self) -> bool {
        self.phase == "making"
    }
}

fn too_many(most: u32) -> Problem {
    Problem::new(
        Code::TooMany,
        format!("{most} jobs of the project wait already, which is the most that may; wait for one, or stop one"),
        format!("в проекте уже ждут {most} заданий — больше нельзя; дождитесь какого-нибудь или остановите его"),
    )
    .with("limit", most)
    .header(axum::http::header::RETRY_AFTER, "10")
}

/// The jobs of a project that are not over.
pub(crate) fn unfinished(store: &Transaction<'_>, project: &Id) -> Result<Vec<Id>> {
    Ok(all(store, "SELECT id FROM jobs WHERE project_id = ?1 AND state IN ('queued', 'running')", [project], |row| {
        row.get(0)
    })?)
}

/// A job as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: Id,
    pub(crate) project: Id,
    pub(crate) kind: Kind,
    pub(crate) state: State,
    pub(crate) attempts: u32,
    /// How often it was begun since it last got further than ever before.
    pub(super) stalled: u32,
    /// Somebody wants it to stop.
    pub(crate) unwanted: bool,
    /// All that it needs, as JSON; told to nobody but its worker.
    pub(crate) brief: String,
    pub(crate) progress: Option<Progress>,
    pub(crate) result: Option<Value>,
    pub(crate) problem: Option<Value>,
    pub(crate) created: Moment,
    pub(crate) started: Option<Moment>,
    pub(crate) finished: Option<Moment>,
}

fn json<T: serde::de::DeserializeOwned>(text: Option<String>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

impl Row {
    /// All but the brief, which may be megabytes.
    pub(super) const COLUMNS: &str = "id, project_id, kind, state, attempts, stalled, unwanted, '', progress, result, problem, \
                                      created, started, finished";

    pub(super) fn of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            project: row.get(1)?,
            kind: row.get(2)?,
            state: row.get(3)?,
            attempts: row.get(4)?,
            stalled: row.get(5)?,
            unwanted: row.get(6)?,
            brief: row.get(7)?,
            progress: json(row.get(8)?),
            result: json(row.get(9)?),
            problem: json(row.get(10)?),
            created: row.get(11)?,
            started: row.get(12)?,
            finished: row.get(13)?,
        })
    }

    /// Puts a job at the end of its project's queue. `blobs` are the files that it reads.
    pub(crate) fn add(
        app: &App,
        store: &Transaction<'_>,
        project: &Id,
        kind: Kind,
        brief: &Value,
        blobs: &[String],
    ) -> Result<Self> {
        app.room(0)?;
        let (id, now, most) = (Id::draw(&app.clock)?, app.clock.now(), app.config.limits.queued);
        let count = "SELECT count(*) FROM jobs WHERE state = 'queued' AND project_id = ?1";
        if store.query_row(count, [project], |row| row.get::<_, u32>(0))? >= most {
            return Err(too_many(most));
        }
        store.execute(
            "INSERT INTO jobs (id, project_id, kind, state, brief, created) VALUES (?1, ?2, ?3, 'queued', ?4, ?5)",
            params![id, project, kind, brief.to_string(), now],
        )?;
        for hash in blobs {
            store.execute("INSERT OR IGNORE INTO job_blobs (job_id, hash) VALUES (?1, ?2)", params![id, hash])?;
        }
        Self::get(store, id.as_str())?.ok_or_else(|| Problem::broken(&"a job that was just written is not there"))
    }

    /// The job of this id.
    pub(crate) fn get(store: &Transaction<'_>, id: &str) -> Result<Option<Self>> {
        let sql = format!("SELECT {} FROM jobs WHERE id = ?1", Self::COLUMNS);
        Ok(store.query_row(&sql, [id], Self::of_row).optional()?)
    }

    /// Whether there is a job of this id.
    pub(super) fn is_there(store: &Transaction<'_>, id: &Id) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?1)";
        Ok(store.query_row(sql, [id], |row| row.get(0))?)
    }

    /// The job of this id, if the caller sees its project.
    pub(crate) fn find(store: &Transaction<'_>, caller: &Caller, id: &str) -> Result<Self> {
        let none = || Problem::no_such("job", "задания", id);
        let row = Self::get(store, id)?.ok_or_else(none)?;
        match projects::find(store, caller, row.project.as_str()) {
            Ok(_) => Ok(row),
            Err(problem) if problem.code() == Code::NotFound => Err(none()),
            Err(other) => Err(other),
        }
    }

    /// Takes the next job of this kind: the oldest of the project that has not had a turn for the longest time.
    pub(super) fn claim(store: &Transaction<'_>, kind: Kind, now: Moment) -> Result<Option<Self>> {
        let next = "SELECT id, project_id FROM jobs LEFT JOIN job_turns USING (project_id)
                    WHERE state = 'queued' AND kind = ?1 ORDER BY coalesce(turn, 0), number LIMIT 1";
        let found = store.query_row(next, [kind], |row| Ok((row.get::<_, Id>(0)?, row.get::<_, Id>(1)?))).optional()?;
        let Some((id, project)) = found else { return Ok(None) };
        store.execute(
            "INSERT INTO job_turns (project_id, turn) VALUES (?1, (SELECT coalesce(max(turn), 0) + 1 FROM job_turns))
             ON CONFLICT (project_id) DO UPDATE SET turn = excluded.turn",
            [&project],
        )?;
        store.execute(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, stalled = stalled + 1,
                 started = coalesce(started, ?2) WHERE id = ?1",
            params![id, now],
        )?;
        let Some(mut row) = Self::get(store, id.as_str())? else { return Ok(None) };
        row.brief = store.query_row("SELECT brief FROM jobs WHERE id = ?1", [id], |row| row.get(0))?;
        Ok(Some(row))
    }

    /// Notes how far a running job is; says whether it is still to go on.
    pub(super) fn goes_on(store: &Transaction<'_>, id: &Id, progress: &Progress) -> Result<bool> {
        let text = serde_json::to_string(progress).map_err(|error| Problem::broken(&error))?;
        // A server that is killed again and again is no fault of a job that gets further each time.
        let sql = "UPDATE jobs SET progress = ?2, furthest = max(furthest, ?3),
                       stalled = CASE WHEN ?3 > furthest OR ?4 THEN 1 ELSE stalled END
                   WHERE id = ?1 AND state = 'running' AND NOT unwanted";
        let distance = i64::try_from(progress.distance()).unwrap_or(i64::MAX);
        Ok(store.execute(sql, params![id, text, distance, progress.is_waiting()])? > 0)
    }

    /// Puts a running job back to where it was: the server ends, which is not the job's fault.
    pub(super) fn put_back(store: &Transaction<'_>, id: &Id) -> Result<()> {
        store.execute(
            "UPDATE jobs SET state = 'queued', attempts = attempts - 1, stalled = stalled - 1, progress = NULL
             WHERE id = ?1 AND state = 'running'",
            [id],
        )?;
        Ok(())
    }

    /// Ends a job; says whether it was not over yet.
    pub(super) fn end(
        store: &Transaction<'_>,
        id: &Id,
        state: State,
        result: Option<&Value>,
        problem: Option<&Problem>,
        now: Moment,
    ) -> Result<bool> {
        let problem = problem.map(|problem| {
            serde_json::json!({
                "en": problem.stored(Language::English),
                "ru": problem.stored(Language::Russian),
            })
            .to_string()
        });
        let changed = store.execute(
            "UPDATE jobs SET state = ?2, result = ?3, problem = ?4, finished = ?5
             WHERE id = ?1 AND state IN ('queued', 'running')",
            params![id, state, result.map(Value::to_string), problem, now],
        )?;
        store.execute("DELETE FROM job_blobs WHERE job_id = ?1", [id])?;
        Ok(changed > 0)
    }

    /// Those that a server which was killed was at work at.
    pub(super) fn left_running(store: &Transaction<'_>) -> Result<Vec<Self>> {
        let sql = format!("SELECT {} FROM jobs WHERE state = 'running' ORDER BY number", Self::COLUMNS);
        Ok(all(store, &sql, [], Self::of_row)?)
    }
}

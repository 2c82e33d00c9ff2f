//! Asking for jobs, and stopping them.

use axum::Json as Answer;
use axum::extract::State as Extracted;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusqlite::params;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::auth::Caller;
use crate::serve::db::all;
use crate::serve::extract::{Path, Query};
use crate::serve::id::Id;
use crate::serve::language::Language;
use crate::serve::paging::{Page, Paging};
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects;
use crate::serve::state::App;

use super::show::{Job, shown};
use super::{Row, State, stream, worker};

pub(in crate::serve) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(cancel)).routes(routes!(events))
}

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those in this state alone.
    state: Option<State>,
}

/// List the jobs of a project
#[utoipa::path(get, path = "/api/projects/{project}/jobs", tag = "Jobs", params(("project" = Id, Path), Paging, Which),
    responses((status = 200, body = Page<Job>, description = "A page of them.")))]
async fn list(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(paging): Query<Paging>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Answer<Page<Job>>> {
    let cut = paging.cut()?;
    let rows: Vec<Row> = app
        .db
        .read(move |store| {
            let project = projects::find(store, &caller, &project)?;
            let (moment, id, limit) = cut.bounds();
            let sql = format!(
                "SELECT {} FROM jobs WHERE project_id = ?1 AND (created, id) > (?2, ?3) AND (?4 IS NULL OR state = ?4)
                 ORDER BY created, id LIMIT ?5",
                Row::COLUMNS
            );
            Ok::<_, Problem>(all(store, &sql, params![project.id, moment, id, which.state, limit], Row::of_row)?)
        })
        .await?;
    let language = Language::of(&headers);
    let mut jobs = Vec::new();
    for row in rows {
        jobs.push(shown(&app, row, language).await?);
    }
    Ok(Answer(cut.page(jobs, |job| (job.created_at, &job.id))))
}

/// Show a job
///
/// How far it is, and what it made. Whoever does not want to follow its events asks here every second or two.
#[utoipa::path(get, path = "/api/jobs/{job}", tag = "Jobs", params(("job" = Id, Path)),
    responses((status = 200, body = Job, description = "The job; `Retry-After` says when to ask again, until it is over.",
        headers(("Retry-After" = String)))))]
async fn show(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path(job): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let row = app.db.read(move |store| Row::find(store, &caller, &job)).await?;
    let is_over = row.state.is_over();
    let job = Answer(shown(&app, row, Language::of(&headers)).await?);
    Ok(if is_over { job.into_response() } else { ([(header::RETRY_AFTER, "1")], job).into_response() })
}

/// Stop a job
///
/// One that waits is cancelled at once, one that runs soon: its ffmpeg is ended. Spans that are finished are kept, so the
/// same asked for again is done sooner. A job that is cancelled already stays so.
#[utoipa::path(post, path = "/api/jobs/{job}/cancel", tag = "Jobs", params(("job" = Id, Path)),
    responses(
        (status = 200, body = Job, description = "It is cancelled."),
        (status = 202, body = Job, description = "It will be in a moment."),
        (status = 409, description = "It is done, or failed."),
    ))]
async fn cancel(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path(job): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let door = app.clone();
    let row = app
        .db
        .write(move |store| {
            let row = Row::find(store, &caller, &job)?;
            worker::stop(&door, store, &row)
        })
        .await?;
    app.queue.cancel(&row.id);
    app.queue.tell();
    let status = if row.state.is_over() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Answer(shown(&app, row, Language::of(&headers)).await?)).into_response())
}

/// An event of a stream, field by field.
#[derive(ToSchema)]
#[schema(as = JobEvent)]
#[expect(dead_code, reason = "the shape of an event, for the description alone")]
struct Told {
    /// What to send as `Last-Event-ID` to get what came after it.
    #[schema(example = "12")]
    id: String,
    /// What it tells: `progress`, `log`, `done` or `error`.
    #[schema(example = "progress")]
    event: String,
    /// JSON: how far the job is, a message, or the job.
    #[schema(example = r#"{"phase": "encoding", "done": 120, "total": 300, "percent": 40}"#)]
    data: String,
}

/// Follow a job
///
/// Server-Sent Events: `progress` (how far it is), `log` (`message`: something worth knowing), and at the end `done` or
/// `error` with the job as `GET /api/jobs/{job}` shows it; then the stream ends. Each event has an `id`: who sends the last
/// that it has as `Last-Event-ID` gets what came after it. Without one the stream begins at the job's beginning.
#[utoipa::path(get, path = "/api/jobs/{job}/events", tag = "Jobs",
    params(("job" = Id, Path), ("Last-Event-ID" = Option<String>, Header, pattern = "^[0-9]*$", example = "12", description = "The last event that the client has.")),
    responses(
        (status = 200, body = Told, content_type = "text/event-stream", description = "The events, each of this shape."),
        (status = 204, description = "The job is over and the client has all of its events; it need not connect again."),
    ))]
async fn events(
    Extracted(app): Extracted<App>,
    caller: Caller,
    Path(job): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let last = last_event(&headers)?;
    let (row, over) = app
        .db
        .read(move |store| {
            let row = Row::find(store, &caller, &job)?;
            let over = last > 0 && row.state.is_over() && {
                let sql = "SELECT coalesce(max(number), 0) FROM job_events WHERE job_id = ?1";
                store.query_row(sql, [&row.id], |found| found.get::<_, i64>(0))? <= last
            };
            Ok::<_, Problem>((row, over))
        })
        .await?;
    if over {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let stream = stream::events(&app, row.id, last, Language::of(&headers));
    // A proxy that gathers what it passes on would keep the events for itself.
    Ok(([("x-accel-buffering", "no")], stream).into_response())
}

fn last_event(headers: &HeaderMap) -> Result<i64> {
    let Some(value) = headers.get("last-event-id") else { return Ok(0) };
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|text| if text.is_empty() { Some(0) } else { text.parse::<i64>().ok() });
    number.ok_or_else(|| {
        Problem::new(
            Code::BadRequest,
            "`Last-Event-ID` is not the id of an event; leave it out to begin at the beginning",
            "`Last-Event-ID` — не номер события; не пишите его, чтобы начать сначала",
        )
    })
}

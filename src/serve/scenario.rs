//! A project's scenario: read as the command line reads it, changed by nobody who has not seen it.

mod given;
mod generate;
mod planned;
mod readiness;
mod waiting;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::diagnostic::Source;
use crate::scenario;

use super::assets;
use super::auth::Caller;
use super::clock::Moment;
use super::extract::{JsonText, Path};
use super::findings;
use super::id::Id;
use super::language::Language;
use super::precondition::{Precondition, is_seen};
use super::problem::{Code, Problem, Result};
use super::projects;
use super::state::App;

pub(crate) use given::{Given, Heard};
pub(crate) use planned::{Planned, of_project, plan_given, shown};
pub(crate) use waiting::Waiting;

pub(super) const MIGRATION: &str = "
CREATE TABLE scenarios (
    project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    -- The document without its assets, which are the project's.
    document TEXT NOT NULL,
    etag TEXT NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, put))
        .merge(generate::routes())
        .merge(readiness::routes())
        .merge(planned::routes())
}

/// What became of a scenario that was sent.
#[derive(Debug, Serialize, ToSchema)]
struct Saved {
    /// The version that it is now; also in the header `ETag`.
    #[schema(example = "\"5e3f0c1b2a4d6e8f5e3f0c1b2a4d6e8f\"")]
    etag: String,
    /// Whether no segment waits for its media.
    ready: bool,
    /// The segments that wait, as readiness tells them.
    scenes: Vec<Waiting>,
    /// What is worth knowing, none of it an error.
    #[schema(value_type = Vec<Object>)]
    warnings: Value,
}

/// Show the scenario
///
/// As it was put or generated. Its `ETag` is what a `PUT` has to name.
#[utoipa::path(get, path = "/api/projects/{project}/scenario", tag = "Scenario",
    params(("project" = Id, Path), ("If-None-Match" = Option<String>, Header, description = "A version that is known.")),
    responses(
        (status = 200, body = ref("#/components/schemas/Document"), description = "The scenario, without `assets`: those are the project's.",
            headers(("ETag" = String))),
        (status = 304, description = "It is the version that is known.", headers(("ETag" = String))),
    ))]
async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let stored = app.db.read(move |store| {
        let project = projects::find(store, &caller, &project)?;
        load(store, &project.id)
    });
    let stored = stored.await?;
    let etag = [(header::ETAG, stored.etag.clone())];
    if is_seen(&headers, &stored.etag) {
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    Ok((etag, [(header::CONTENT_TYPE, "application/json")], stored.document).into_response())
}

/// Write the scenario
///
/// Held to the same format as a scenario file. Media are named by the ids of the project's assets; a scenario with `assets`
/// of its own is refused. Where there is a scenario already, `If-Match` has to name its version.
#[utoipa::path(put, path = "/api/projects/{project}/scenario", tag = "Scenario",
    params(("project" = Id, Path),
        ("If-Match" = Option<String>, Header, description = "The version that is replaced; required where there is one."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is none.", pattern = "^[*]$")),
    request_body = ref("#/components/schemas/Document"),
    responses(
        (status = 200, body = Saved, description = "It is replaced.", headers(("ETag" = String))),
        (status = 201, body = Saved, description = "It is the first.", headers(("ETag" = String))),
        (status = 412, description = "Somebody else has changed it."),
        (status = 428, description = "`If-Match` is missing."),
    ))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    headers: HeaderMap,
    JsonText(text): JsonText,
) -> Result<Response> {
    let precondition = Precondition::of(&headers)?;
    let language = Language::of(&headers);
    let (saved, is_new) = app
        .brief(move |app| {
            let (project, files, current) = app.db.read_now(|store| {
                let project = projects::find(store, &caller, &project)?;
                let files = assets::paths(store, &app.folder.assets(), &project.id)?;
                Ok::<_, Problem>((project.id.clone(), files, etag(store, &project.id)?))
            })?;
            // Said before the findings: what was read is not what would be replaced.
            precondition.holds(current.as_deref())?;
            let source = Source::new("scenario.json", text);
            let given = Given::read(source, files)?;
            let (scenario, warnings) = given.normalised()?;
            let (ready, scenes) = match scenario::ready(scenario) {
                Ok(_) => (true, Vec::new()),
                Err(waiting) => (false, Waiting::all(&waiting.0, language)),
            };
            let now = app.clock.now();
            let (etag, is_new) =
                app.db.write_now(|store| replace(store, &project, &precondition, given.source.text(), now))?;
            Ok((Saved { etag, ready, scenes, warnings: findings::json(&warnings) }, is_new))
        })
        .await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(header::ETAG, saved.etag.clone())], Answer(saved)).into_response())
}

/// A scenario as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) document: String,
    pub(crate) etag: String,
}

/// The project's scenario.
pub(crate) fn load(store: &Transaction<'_>, project: &Id) -> Result<Stored> {
    let sql = "SELECT document, etag FROM scenarios WHERE project_id = ?1";
    let found = store.query_row(sql, [project], |row| Ok(Stored { document: row.get(0)?, etag: row.get(1)? }));
    found.optional()?.ok_or_else(|| {
        Problem::new(
            Code::NotFound,
            "the project has no scenario yet; put one, or let it be generated (`scenario/generate`)",
            "у проекта ещё нет сценария; отправьте его или сгенерируйте (`scenario/generate`)",
        )
    })
}

/// The version of the project's scenario, if it has one.
pub(crate) fn etag(store: &Transaction<'_>, project: &Id) -> Result<Option<String>> {
    let sql = "SELECT etag FROM scenarios WHERE project_id = ?1";
    Ok(store.query_row(sql, [project], |row| row.get(0)).optional()?)
}

/// Keeps a document without assets as the project's scenario; says which version it is.
pub(crate) fn save(store: &Transaction<'_>, project: &Id, document: &str, now: Moment) -> Result<String> {
    let etag = format!("\"{}\"", &blake3::hash(document.as_bytes()).to_hex()[..32]);
    store.execute(
        "INSERT INTO scenarios (project_id, document, etag, updated) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (project_id) DO UPDATE SET document = ?2, etag = ?3, updated = ?4",
        params![project, document, etag, now],
    )?;
    Ok(etag)
}

/// The same where nobody else changed it meanwhile; says whether it is the first, too.
fn replace(
    store: &Transaction<'_>,
    project: &Id,
    precondition: &Precondition,
    document: &str,
    now: Moment,
) -> Result<(String, bool)> {
    let current = etag(store, project)?;
    precondition.holds(current.as_deref())?;
    Ok((save(store, project, document, now)?, current.is_none()))
}

/// Whether the project's scenario names this asset anywhere. An id is in no text by chance.
pub(crate) fn names(store: &Transaction<'_>, project: &Id, asset: &Id) -> Result<bool> {
    let sql = "SELECT instr(document, ?2) > 0 FROM scenarios WHERE project_id = ?1";
    let found = store.query_row(sql, params![project, format!("\"{asset}\"")], |row| row.get(0));
    Ok(found.optional()?.unwrap_or(false))
}

//! Assets: media of a project, kept once by their content.
//!
//! ```text
//! body ─▶ Arrived ─▶ Measured ─▶ blob + asset
//!      (receive)    (measure)   (keep)
//! ```

mod keep;
mod measure;
mod receive;

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};

use axum::Json as Answer;
use axum::extract::{Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Caller;
use super::clock::Moment;
use super::db::all;
use super::extract::{Path, Query, essence, too_large};
use super::id::Id;
use super::paging::{Page, Paging};
use super::problem::{Code, Problem, Result};
use super::projects::{self, label};
use super::scenario;
use super::state::App;

pub(crate) use keep::{Origin, keep_now, sweep, tidy};
pub(crate) use measure::{Kind, Measured};
pub(crate) use receive::{Arrived, receive, receive_onto};

pub(super) const MIGRATION: &str = "
CREATE TABLE blobs (
    -- blake3 of the content, in hex.
    hash TEXT PRIMARY KEY,
    -- The file's name in the folder of assets: the hash, and an ending that says what it is.
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- What was measured of it, as JSON.
    media TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE assets (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hash TEXT NOT NULL REFERENCES blobs (hash),
    -- What the client calls it; a label and nothing else.
    name TEXT NOT NULL,
    -- upload, or the provider that it is from.
    source TEXT NOT NULL,
    -- Author, licence and page, as JSON, where it is somebody's.
    attribution TEXT,
    created INTEGER NOT NULL,
    UNIQUE (project_id, hash)
) STRICT;
CREATE INDEX assets_by_hash ON assets (hash);
CREATE INDEX assets_by_age ON assets (project_id, created, id);
";

/// What a clip is to the provider that it is from, by which it is known again.
pub(super) const CLIPS: &str = "ALTER TABLE assets ADD COLUMN clip TEXT;";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload, list)).routes(routes!(show, delete))
}

/// A video, photo or sound of a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Asset {
    /// By which a scenario names it.
    pub(crate) id: Id,
    /// What its user calls it; a label and nothing else.
    #[schema(example = "talk.mp4")]
    pub(crate) name: String,
    /// The length of the file, in bytes.
    pub(crate) bytes: u64,
    /// The hash of the file, in hex: who has the file can tell that it arrived whole.
    pub(crate) blake3: String,
    #[serde(flatten)]
    pub(crate) measured: Measured,
    /// `upload`, or the provider that it is from.
    #[schema(example = "upload")]
    pub(crate) source: String,
    /// Author, licence and page, where it is somebody's.
    #[schema(value_type = Option<Object>, required = true)]
    pub(crate) attribution: Option<serde_json::Value>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Moment,
}

impl Asset {
    /// Of `assets JOIN blobs USING (hash)`.
    const COLUMNS: &str = "id, name, bytes, hash, media, source, attribution, assets.created";

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let media: String = row.get(4)?;
        let attribution: Option<String> = row.get(6)?;
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            bytes: row.get::<_, i64>(2)?.unsigned_abs(),
            blake3: row.get(3)?,
            measured: serde_json::from_str(&media).unwrap_or_default(),
            source: row.get(5)?,
            attribution: attribution.and_then(|text| serde_json::from_str(&text).ok()),
            created_at: row.get(7)?,
        })
    }
}

/// What an upload is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    /// What the file is called: a label and nothing else. A form's file has its own name.
    #[param(max_length = 200, example = "talk.mp4")]
    name: Option<String>,
}

/// A form with one file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the shape of a form, for the description alone")]
struct Form {
    /// The file.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Upload a file
///
/// The body is the file itself (`curl --data-binary @talk.mp4 -H 'Content-Type: application/octet-stream'`) or a form with
/// it (`curl -F file=@talk.mp4`). It is written to the disk while it arrives, then measured; what is no video, photo or
/// sound is refused. A file that the project already has is not kept twice: the answer is then the asset that it is, with
/// 200. For files that may break off on their way, see the uploads.
#[utoipa::path(post, path = "/api/projects/{project}/assets", tag = "Media", params(("project" = Id, Path), Named),
    request_body(content(
        (Vec<u8> = "application/octet-stream"),
        (Form = "multipart/form-data"),
    )),
    responses(
        (status = 201, body = Asset, description = "It is kept; `Location` is its address.", headers(("Location" = String))),
        (status = 200, body = Asset, description = "The project has this file already.", headers(("Location" = String))),
        (status = 408, description = "Nothing arrived for a minute."),
        (status = 409, description = "The project has as many assets as it may, or as many bytes of them."),
        (status = 429, description = "As many files are received as may be at a time."),
    ))]
async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<Response> {
    let project = app.db.read(move |store| projects::find(store, &caller, &project)).await?;
    let _turn = app.receive_turn()?;
    app.room(content_length(&request).unwrap_or_default().min(app.config.limits.upload))?;
    let (name, arrived) = arrive(&app, named, request).await?;
    add(&app, project.id, name, arrived).await
}

/// Measures what arrived and makes it an asset.
pub(super) async fn add(app: &App, project: Id, name: String, arrived: Arrived) -> Result<Response> {
    let place = format!("/api/projects/{project}/assets");
    let kept = app.block(move |app| keep_now(app, &project, &name, &arrived, &Origin::upload(None))).await?;
    Ok(answered(&place, kept))
}

/// The answer to what was uploaded: the asset that it is, and whether it is a new one.
pub(super) fn answered(place: &str, (asset, is_new): (Asset, bool)) -> Response {
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let location = format!("{place}/{}", asset.id);
    (status, [(header::LOCATION, location)], Answer(asset)).into_response()
}

/// Takes the file of a body, or of a form.
async fn arrive(app: &App, named: Named, request: Request) -> Result<(String, Arrived)> {
    let essence = essence(request.headers());
    let limit = app.config.limits.upload;
    let given = named.name.as_deref().map(label).transpose()?;
    if essence == "multipart/form-data" {
        if content_length(&request).is_some_and(|length| length > limit.saturating_add(MAX_BESIDE)) {
            return Err(too_large(limit));
        }
        let mut beside = 0;
        let mut form: Multipart = axum::RequestExt::extract(request).await.map_err(|error| no_form(&error))?;
        while let Some(mut field) = form.next_field().await.map_err(|error| no_form(&error))? {
            if field.name() != Some("file") {
                while let Some(piece) = field.chunk().await.map_err(|error| no_form(&error))? {
                    beside += piece.len() as u64;
                    if beside > MAX_BESIDE {
                        return Err(no_file(
                            "there is more than 1 MiB before its field `file`",
                            "до её поля `file` больше 1 МиБ",
                        ));
                    }
                }
                continue;
            }
            let name = given.or_else(|| field.file_name().and_then(|name| label(last_part(name)).ok()));
            let arrived = receive(app, field, None, limit).await?;
            return Ok((name.unwrap_or_else(|| UNNAMED.to_owned()), arrived));
        }
        return Err(no_file("it has no field `file`", "в ней нет поля `file`"));
    }
    let is_media = ["video/", "image/", "audio/"].iter().any(|kind| essence.starts_with(kind));
    if essence != "application/octet-stream" && !is_media {
        return Err(Problem::new(
            Code::UnsupportedType,
            "send the file with `Content-Type: application/octet-stream` (or video/…, image/…, audio/…), or in the field \
             `file` of a form (`multipart/form-data`)",
            "отправьте файл с `Content-Type: application/octet-stream` (или video/…, image/…, audio/…) либо в поле `file` \
             формы (`multipart/form-data`)",
        ));
    }
    let length = content_length(&request);
    let arrived = receive(app, request.into_body().into_data_stream(), length, limit).await?;
    Ok((given.unwrap_or_else(|| UNNAMED.to_owned()), arrived))
}

/// How much a form may hold beside the file, in bytes.
const MAX_BESIDE: u64 = 1 << 20;

/// What has no name is called so.
pub(super) const UNNAMED: &str = "unnamed";

/// A browser may send the path of the file on its user's machine.
fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// How long the body says that it is.
pub(super) fn content_length(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn no_form(error: &dyn std::fmt::Display) -> Problem {
    let error = error.to_string();
    no_file(&error, &error)
}

fn no_file(english: &str, russian: &str) -> Problem {
    Problem::new(
        Code::BadRequest,
        format!(
            "the form cannot be read: {english}; send the file in its field `file`, as in `curl -F file=@talk.mp4`"
        ),
        format!("форма не читается: {russian}; отправьте файл в её поле `file`, как в `curl -F file=@talk.mp4`"),
    )
}

/// List the assets of a project
#[utoipa::path(get, path = "/api/projects/{project}/assets", tag = "Media", params(("project" = Id, Path), Paging),
    responses((status = 200, body = Page<Asset>, description = "A page of them.")))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Answer<Page<Asset>>> {
    let cut = paging.cut()?;
    let found = app.db.read(move |store| {
        let project = projects::find(store, &caller, &project)?;
        let (moment, id, limit) = cut.bounds();
        let sql = format!(
            "SELECT {} FROM assets JOIN blobs USING (hash)
             WHERE project_id = ?1 AND (assets.created, id) > (?2, ?3) ORDER BY assets.created, id LIMIT ?4",
            Asset::COLUMNS
        );
        Ok::<_, Problem>(all(store, &sql, params![project.id, moment, id, limit], Asset::of_row)?)
    });
    Ok(Answer(cut.page(found.await?, |asset| (asset.created_at, &asset.id))))
}

/// Show an asset
#[utoipa::path(get, path = "/api/projects/{project}/assets/{asset}", tag = "Media",
    params(("project" = Id, Path), ("asset" = Id, Path)),
    responses((status = 200, body = Asset, description = "What is known of it.")))]
async fn show(
    State(app): State<App>,
    caller: Caller,
    Path((project, asset)): Path<(String, String)>,
) -> Result<Answer<Asset>> {
    let asset = app.db.read(move |store| {
        let project = projects::find(store, &caller, &project)?;
        find(store, &project.id, &asset)
    });
    asset.await.map(Answer)
}

/// Delete an asset
///
/// Refused while the project's scenario shows it.
#[utoipa::path(delete, path = "/api/projects/{project}/assets/{asset}", tag = "Media",
    params(("project" = Id, Path), ("asset" = Id, Path)),
    responses(
        (status = 204, description = "It is gone."),
        (status = 409, description = "The scenario shows it."),
    ))]
async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((project, asset)): Path<(String, String)>,
) -> Result<StatusCode> {
    app.brief(move |app| {
        let delete = |store: &Transaction<'_>| {
            let project = projects::find(store, &caller, &project)?;
            let asset = find(store, &project.id, &asset)?;
            if scenario::names(store, &project.id, &asset.id)? {
                return Err(in_use(&asset.id));
            }
            store.execute("DELETE FROM assets WHERE id = ?1", [&asset.id])?;
            Ok(())
        };
        sweep(app, delete)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn in_use(id: &Id) -> Problem {
    Problem::new(
        Code::Conflict,
        format!("the scenario shows the asset `{id}`; take it out of the scenario first"),
        format!("сценарий показывает материал `{id}`; сначала уберите его из сценария"),
    )
}

/// The asset of this id, if it is the project's.
pub(crate) fn find(store: &Transaction<'_>, project: &Id, id: &str) -> Result<Asset> {
    let sql =
        format!("SELECT {} FROM assets JOIN blobs USING (hash) WHERE project_id = ?1 AND id = ?2", Asset::COLUMNS);
    let found = store.query_row(&sql, params![project, id], Asset::of_row).optional()?;
    found.ok_or_else(|| Problem::no_such("asset", "материала", id))
}

/// Where the files of a project are, by the ids of its assets, oldest first: what the `assets` of its scenario say.
pub(crate) fn files(store: &Transaction<'_>, folder: &FilePath, project: &Id) -> Result<Vec<(String, PathBuf)>> {
    let sql = "SELECT id, file FROM assets JOIN blobs USING (hash) WHERE project_id = ?1 ORDER BY assets.created, id";
    Ok(all(store, sql, [project], |row| Ok((row.get(0)?, folder.join(row.get::<_, String>(1)?))))?)
}

/// The same as a scenario holds them.
pub(crate) fn paths(store: &Transaction<'_>, folder: &FilePath, project: &Id) -> Result<BTreeMap<String, String>> {
    let files = files(store, folder, project)?;
    Ok(files.into_iter().map(|(id, path)| (id, path.to_string_lossy().into_owned())).collect())
}

/// What the assets of a project are called, by their ids.
pub(crate) fn labels(store: &Transaction<'_>, project: &Id) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT id, name FROM assets WHERE project_id = ?1";
    let labels = all(store, sql, [project], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(labels.into_iter().collect())
}

//! Uploads that can go on after they broke off: a place is made, then filled from where it ends.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::PathBuf;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::assets::{self, Arrived, Asset, Origin, keep_now, receive_onto};
use super::auth::Caller;
use super::clock::Moment;
use super::db::{all, signed};
use super::extract::{Json, Path};
use super::id::Id;
use super::problem::{Code, Problem, Result};
use super::projects::{self, label};
use super::room::quota;
use super::state::{App, locked};

pub(super) const MIGRATION: &str = "
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- How many bytes it will have; how many there are says the file.
    length INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_by_project ON uploads (project_id);
";

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// How long an upload may take, in milliseconds.
const KEPT: u64 = 7 * 24 * 3600 * 1000;

/// How many a project may have at the same time.
const MOST: u32 = 50;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(show)).routes(routes!(append, abandon))
}

/// An upload that is under way.
#[derive(Debug, Serialize, ToSchema)]
struct Upload {
    id: Id,
    /// What the asset will be called.
    #[schema(example = "talk.mp4")]
    name: String,
    /// How many bytes it will have.
    length: u64,
    /// How many bytes are there: where to go on.
    offset: u64,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    /// When it is given up unless it is done.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
}

/// What an upload begins with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUpload {
    /// What the file is called: a label and nothing else.
    #[schema(min_length = 1, max_length = 200, example = "talk.mp4")]
    name: String,
    /// How many bytes it has.
    #[schema(minimum = 1, maximum = 6_442_450_944_u64, example = 73_400_320)]
    length: u64,
}

/// Begin an upload that can go on
///
/// Then send the file's bytes with `PATCH` to its address, as many at a time as you like. After a break, `HEAD` says in
/// `Upload-Offset` where to go on. What is not done after seven days is given up.
#[utoipa::path(post, path = "/api/projects/{project}/uploads", tag = "Media", params(("project" = Id, Path)),
    request_body = NewUpload,
    responses(
        (status = 201, body = Upload, description = "It can begin; `Location` is its address.",
            headers(("Location" = String))),
        (status = 409, description = "Too many are under way, or the media of the project would be too large."),
        (status = 413, description = "The file is larger than is taken here."),
    ))]
async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Json(new): Json<NewUpload>,
) -> Result<impl IntoResponse> {
    let name = label(&new.name)?;
    if new.length > app.config.limits.upload {
        return Err(super::extract::too_large(app.config.limits.upload));
    }
    if new.length == 0 {
        return Err(Problem::new(
            Code::Invalid,
            "`length` is 0; write how many bytes the file has",
            "`length` равен 0; напишите, сколько в файле байт",
        ));
    }
    let upload = app
        .brief(move |app| {
            let (id, now) = (Id::draw(&app.clock)?, app.clock.now());
            give_up(app, now)?;
            app.room(new.length)?;
            let project = app.db.read_now(|store| projects::find(store, &caller, &project))?;
            let upload = Upload::at(id, name, new.length, now);
            File::create(part(app, upload.id.as_str()))?;
            let most = app.config.limits.project;
            let begun = app.db.write_now(|store| begin(store, &project.id, &upload, most));
            begun.inspect_err(|_| remove(app, upload.id.as_str()))?;
            Ok((project.id, upload))
        })
        .await?;
    let (project, upload) = upload;
    let location = format!("/api/projects/{project}/uploads/{}", upload.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Answer(upload)))
}

/// How far an upload is
///
/// `HEAD` gives the same without the body: `Upload-Offset` is where to go on.
#[utoipa::path(method(get, head), path = "/api/projects/{project}/uploads/{upload}", tag = "Media",
    params(("project" = Id, Path), ("upload" = Id, Path)),
    responses((status = 200, body = Upload, description = "So far.",
        headers(("Upload-Offset" = u64), ("Upload-Length" = u64)))))]
async fn show(
    State(app): State<App>,
    caller: Caller,
    Path((project, upload)): Path<(String, String)>,
) -> Result<impl IntoResponse> {
    let upload = app.brief(move |app| find(app, &caller, &project, &upload)).await?.1;
    let headers = [(OFFSET, upload.offset.to_string()), (LENGTH, upload.length.to_string())];
    Ok((headers, Answer(upload)))
}

/// Send more of an upload
///
/// The body is the file's bytes from `Upload-Offset` on, as many as you like. The answer to the last of them is the asset.
#[utoipa::path(patch, path = "/api/projects/{project}/uploads/{upload}", tag = "Media",
    params(("project" = Id, Path), ("upload" = Id, Path),
        ("Upload-Offset" = u64, Header, description = "Where these bytes belong: how many are there.")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 204, description = "They are kept; there are more to come.", headers(("Upload-Offset" = u64))),
        (status = 201, body = Asset, description = "It is whole, and an asset now.", headers(("Location" = String))),
        (status = 200, body = Asset, description = "It is whole, and the project has it already.",
            headers(("Location" = String))),
        (status = 408, description = "Nothing arrived for a minute; what did is kept."),
        (status = 409, description = "`Upload-Offset` is not where it ends, or another request fills it."),
        (status = 429, description = "As many files are received as may be at a time."),
    ))]
async fn append(
    State(app): State<App>,
    caller: Caller,
    Path((project, id)): Path<(String, String)>,
    request: Request,
) -> Result<Response> {
    let at = offset(request.headers())?;
    let filling = Filling::begin(&app, &id)?;
    let (project, upload) = app.brief(move |app| find(app, &caller, &project, &id)).await?;
    if at != upload.offset {
        return Err(elsewhere(at, upload.offset));
    }
    let left = upload.length.saturating_sub(upload.offset);
    if assets::content_length(&request).is_some_and(|length| length > left) {
        return Err(super::extract::too_large(left));
    }
    let _turn = app.receive_turn()?;
    app.room(left)?;
    let path = part(&app, upload.id.as_str());
    let file = app.brief(move |_| Ok(OpenOptions::new().append(true).open(path)?)).await?;
    let filling = receive_onto(request.into_body().into_data_stream(), file, left, filling).await?;
    let there = fs::metadata(part(&app, upload.id.as_str()))?.len();
    // Where all is there already nothing more has to come: a server that was killed may not have come to measure it.
    if there == at && there < upload.length {
        return Err(Problem::new(
            Code::Invalid,
            "nothing was sent; send the file's bytes from `Upload-Offset` on as the body",
            "ничего не прислано; отправьте в теле байты файла начиная с `Upload-Offset`",
        ));
    }
    if there < upload.length {
        return Ok((StatusCode::NO_CONTENT, [(OFFSET, there.to_string())]).into_response());
    }
    let place = format!("/api/projects/{project}/assets");
    let kept = app.block(move |app| finish(app, &project, &upload, &filling)).await?;
    Ok(assets::answered(&place, kept))
}

/// Makes an upload that is whole an asset. It is an upload until then: where this breaks off, or fails for a reason that is
/// not the file's own, the same request sent again tries again.
fn finish(app: &App, project: &Id, upload: &Upload, filling: &Filling) -> Result<(Asset, bool)> {
    let arrived = Arrived::of_upload(part(app, filling.id()))?;
    let kept = keep_now(app, project, &upload.name, &arrived, &Origin::upload(Some(upload.id.clone())));
    let is_over = kept.as_ref().err().is_none_or(|problem| problem.code().is_of_the_file());
    if is_over {
        app.db.write_now(|store| forget(store, &upload.id))?;
        remove(app, filling.id());
    }
    kept
}

/// Give an upload up
#[utoipa::path(delete, path = "/api/projects/{project}/uploads/{upload}", tag = "Media",
    params(("project" = Id, Path), ("upload" = Id, Path)),
    responses(
        (status = 204, description = "It is gone."),
        (status = 409, description = "Another request fills it."),
    ))]
async fn abandon(
    State(app): State<App>,
    caller: Caller,
    Path((project, id)): Path<(String, String)>,
) -> Result<StatusCode> {
    let filling = Filling::begin(&app, &id)?;
    app.brief(move |app| {
        let (_, upload) = find(app, &caller, &project, filling.id())?;
        app.db.write_now(|store| forget(store, &upload.id))?;
        fs::remove_file(part(app, upload.id.as_str()))?;
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Upload {
    fn at(id: Id, name: String, length: u64, created_at: Moment) -> Self {
        Self { id, name, length, offset: 0, created_at, expires_at: created_at.after(KEPT) }
    }

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self::at(row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs(), row.get(3)?))
    }
}

/// An upload that one request fills; the others have to wait.
#[derive(Debug)]
struct Filling {
    app: App,
    id: String,
}

impl Filling {
    fn begin(app: &App, id: &str) -> Result<Self> {
        if locked(&app.filling).insert(id.to_owned()) {
            return Ok(Self { app: app.clone(), id: id.to_owned() });
        }
        Err(Problem::new(
            Code::InProgress,
            "another request fills this upload; wait for it, then ask by `HEAD` where to go on",
            "эту загрузку заполняет другой запрос; дождитесь его и спросите через `HEAD`, откуда продолжать",
        )
        .header(header::RETRY_AFTER, "1"))
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        locked(&self.app.filling).remove(&self.id);
    }
}

fn find(app: &App, caller: &Caller, project: &str, id: &str) -> Result<(Id, Upload)> {
    let (project, mut upload) = app.db.read_now(|store| {
        let project = projects::find(store, caller, project)?;
        let sql = "SELECT id, name, length, created FROM uploads WHERE project_id = ?1 AND id = ?2";
        let found = store.query_row(sql, params![project.id, id], Upload::of_row).optional()?;
        let upload = found.filter(|upload| upload.expires_at > app.clock.now());
        Ok::<_, Problem>((project.id, upload.ok_or_else(|| none(id))?))
    })?;
    upload.offset = match fs::metadata(part(app, upload.id.as_str())) {
        Ok(there) => there.len(),
        // It became an asset, or was given up, a moment ago.
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(none(id)),
        Err(error) => return Err(error.into()),
    };
    Ok((project, upload))
}

fn none(id: &str) -> Problem {
    let id = id.escape_debug();
    Problem::new(
        Code::NotFound,
        format!("there is no upload `{id}` under way; it is done (the list of assets says), given up, or never was"),
        format!("загрузка `{id}` не идёт: она закончена (тогда она есть в списке материалов), брошена или её не было"),
    )
}

fn begin(store: &Transaction<'_>, project: &Id, upload: &Upload, most: u64) -> Result<()> {
    let count = "SELECT count(*) FROM uploads WHERE project_id = ?1";
    if store.query_row(count, [project], |row| row.get::<_, u32>(0))? >= MOST {
        return Err(too_many());
    }
    quota(store, project, upload.length, most)?;
    let Upload { id, name, length, created_at, .. } = upload;
    store.execute(
        "INSERT INTO uploads (id, project_id, name, length, created) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, project, name, signed(*length), created_at],
    )?;
    Ok(())
}

/// Takes away what is not done in time.
pub(super) fn give_up(app: &App, now: Moment) -> Result<()> {
    let late: Vec<String> = app.db.write_now(|store| {
        Ok::<_, Problem>(all(
            store,
            "DELETE FROM uploads WHERE created < ?1 RETURNING id",
            [now.before(KEPT)],
            |row| row.get(0),
        )?)
    })?;
    for id in &late {
        remove(app, id);
    }
    Ok(())
}

/// Those of a project that are under way.
pub(super) fn of_project(store: &Transaction<'_>, project: &str) -> Result<Vec<String>> {
    Ok(all(store, "SELECT id FROM uploads WHERE project_id = ?1", [project], |row| row.get(0))?)
}

/// Takes the bytes of one away that is forgotten.
pub(super) fn remove(app: &App, id: &str) {
    // What stays is taken away when the server starts.
    let _ = fs::remove_file(part(app, id));
}

fn forget(store: &Transaction<'_>, id: &Id) -> Result<()> {
    store.execute("DELETE FROM uploads WHERE id = ?1", [id])?;
    Ok(())
}

/// Where the bytes are. The id is one of the store's.
fn part(app: &App, id: &str) -> PathBuf {
    app.folder.tmp().join(format!("{id}.part"))
}

fn offset(headers: &HeaderMap) -> Result<u64> {
    let offset = headers.get(OFFSET).and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    offset.ok_or_else(|| {
        Problem::new(
            Code::BadRequest,
            "the header `Upload-Offset` is missing or no number; `HEAD` says which it is",
            "нет заголовка `Upload-Offset`, или в нём не число; какое, говорит `HEAD`",
        )
    })
}

fn elsewhere(at: u64, end: u64) -> Problem {
    Problem::new(
        Code::Conflict,
        format!("`Upload-Offset` is {at} and {end} bytes are there; go on from {end}"),
        format!("`Upload-Offset` равен {at}, а байт уже {end}; продолжайте с {end}"),
    )
    .with("offset", end)
    .header(OFFSET, &end.to_string())
}

fn too_many() -> Problem {
    Problem::new(
        Code::Conflict,
        format!("{MOST} uploads of the project are under way; finish some or give them up"),
        format!("у проекта уже {MOST} незаконченных загрузок; закончите или бросьте какие-нибудь"),
    )
    .with("limit", MOST)
}

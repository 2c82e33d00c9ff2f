//! Projects: each has its media, its scenario and its videos, and sees nobody else's.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::assets::sweep;
use super::auth::Caller;
use super::clock::Moment;
use super::db::all;
use super::extract::{Json, Path, Query};
use super::id::Id;
use super::paging::{Page, Paging};
use super::problem::{Code, Problem, Result};
use super::state::App;
use super::{jobs, uploads};

pub(super) const MIGRATION: &str = "
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Whose it is; nobody's where no token was needed.
    token_id TEXT REFERENCES tokens (id),
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_by_age ON projects (created, id);
CREATE INDEX projects_by_token ON projects (token_id, created, id);
";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(show, delete))
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Project {
    pub(crate) id: Id,
    /// What its user calls it.
    #[schema(example = "Spring sale")]
    pub(crate) name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Moment,
}

impl Project {
    const COLUMNS: &str = "id, name, created";

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)? })
    }
}

/// What a project begins with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    /// What its user calls it.
    #[schema(min_length = 1, max_length = 200, example = "Spring sale")]
    name: String,
}

/// Make a project
///
/// Whoever makes it, by a token, is the only one who sees it, beside tokens that see all.
#[utoipa::path(post, path = "/api/projects", tag = "Projects", request_body = NewProject,
    responses((status = 201, body = Project, description = "It is made; `Location` is its address.",
        headers(("Location" = String)))))]
async fn create(State(app): State<App>, caller: Caller, Json(new): Json<NewProject>) -> Result<impl IntoResponse> {
    let name = label(&new.name)?;
    let project = Project { id: Id::draw(&app.clock)?, name, created_at: app.clock.now() };
    let limit = app.config.limits.projects;
    let project = app
        .db
        .write(move |store| {
            let count = "SELECT count(*) FROM projects WHERE token_id IS ?1";
            if store.query_row(count, [caller.token()], |row| row.get::<_, u32>(0))? >= limit {
                return Err(too_many(limit));
            }
            store.execute(
                "INSERT INTO projects (id, name, token_id, created) VALUES (?1, ?2, ?3, ?4)",
                params![project.id, project.name, caller.token(), project.created_at],
            )?;
            Ok::<_, Problem>(project)
        })
        .await?;
    let location = format!("/api/projects/{}", project.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Answer(project)))
}

/// List the projects
#[utoipa::path(get, path = "/api/projects", tag = "Projects", params(Paging),
    responses((status = 200, body = Page<Project>, description = "A page of those that the caller sees.")))]
async fn list(State(app): State<App>, caller: Caller, Query(paging): Query<Paging>) -> Result<Answer<Page<Project>>> {
    let cut = paging.cut()?;
    let found = app.db.read(move |store| {
        let (moment, id, limit) = cut.bounds();
        let sql = format!(
            "SELECT {} FROM projects WHERE (created, id) > (?1, ?2) AND (?3 IS NULL OR token_id = ?3)
             ORDER BY created, id LIMIT ?4",
            Project::COLUMNS
        );
        Ok::<_, Problem>(all(store, &sql, params![moment, id, caller.sees_only(), limit], Project::of_row)?)
    });
    Ok(Answer(cut.page(found.await?, |project| (project.created_at, &project.id))))
}

/// Show a project
#[utoipa::path(get, path = "/api/projects/{project}", tag = "Projects", params(("project" = Id, Path)),
    responses((status = 200, body = Project, description = "The project.")))]
async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Answer<Project>> {
    app.db.read(move |store| find(store, &caller, &id)).await.map(Answer)
}

/// Delete a project
///
/// Its media, its scenario and its videos go with it.
#[utoipa::path(delete, path = "/api/projects/{project}", tag = "Projects", params(("project" = Id, Path)),
    responses((status = 204, description = "It is gone.")))]
async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    app.brief(move |app| {
        let (uploads, jobs) = sweep(app, |store| {
            let project = find(store, &caller, &id)?;
            let going = (uploads::of_project(store, &id)?, jobs::unfinished(store, &project.id)?);
            store.execute("DELETE FROM projects WHERE id = ?1", [project.id])?;
            Ok(going)
        })?;
        for upload in &uploads {
            uploads::remove(app, upload);
        }
        for job in &jobs {
            app.queue.cancel(job);
        }
        // Who waits for a job that is gone is to know.
        app.queue.tell();
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The project of this id, if the caller sees it. Whatever belongs to one is looked up through it.
pub(crate) fn find(store: &Transaction<'_>, caller: &Caller, id: &str) -> Result<Project> {
    let sql = format!("SELECT {} FROM projects WHERE id = ?1 AND (?2 IS NULL OR token_id = ?2)", Project::COLUMNS);
    let found = store.query_row(&sql, params![id, caller.sees_only()], Project::of_row).optional()?;
    found.ok_or_else(|| Problem::no_such("project", "проекта", id))
}

/// The newest projects that the caller sees, each with the number of videos that were made of it.
pub(crate) fn latest(store: &Transaction<'_>, caller: &Caller) -> Result<Vec<(Project, u32)>> {
    let sql = "SELECT id, name, created,
                   (SELECT count(*) FROM jobs WHERE project_id = projects.id AND kind = 'render' AND state = 'done')
               FROM projects WHERE ?1 IS NULL OR token_id = ?1 ORDER BY created DESC, id DESC LIMIT 500";
    Ok(all(store, sql, [caller.sees_only()], |row| Ok((Project::of_row(row)?, row.get(3)?)))?)
}

/// The longest name, in characters.
const MAX_NAME: usize = 200;

/// What a user calls something: a label, never a path.
pub(crate) fn label(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=MAX_NAME).contains(&length) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Problem::new(
        Code::Invalid,
        format!(
            "the name has {length} characters; write 1 to {MAX_NAME}, without line breaks and other control characters"
        ),
        format!("в имени {length} знаков; пишите от 1 до {MAX_NAME}, без переводов строк и других управляющих знаков"),
    ))
}

fn too_many(limit: u32) -> Problem {
    Problem::new(
        Code::Conflict,
        format!("there are {limit} projects, which is the most that is kept; delete one first"),
        format!("уже есть {limit} проектов — больше не хранится; сначала удалите какой-нибудь"),
    )
    .with("limit", limit)
}

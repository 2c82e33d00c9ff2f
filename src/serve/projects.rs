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

use super::clock::Moment;
use super::extract::{Json, Path};
use super::id::Id;
use super::problem::{Problem, Result};
use super::state::App;

pub(super) const MIGRATION: &str = "
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Whose it is; nobody's where no token was needed.
    token_id TEXT REFERENCES tokens (id),
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_by_age ON projects (created, id);
";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(show))
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
#[utoipa::path(post, path = "/api/projects", tag = "Projects", request_body = NewProject,
    responses((status = 201, body = Project, description = "It is made; `Location` is its address.")))]
async fn create(State(app): State<App>, Json(new): Json<NewProject>) -> Result<impl IntoResponse> {
    let project = Project { id: Id::draw(&app.clock)?, name: new.name, created_at: app.clock.now() };
    let project = app
        .db
        .write(move |store| {
            store.execute(
                "INSERT INTO projects (id, name, created) VALUES (?1, ?2, ?3)",
                params![project.id, project.name, project.created_at],
            )?;
            Ok::<_, Problem>(project)
        })
        .await?;
    let location = format!("/api/projects/{}", project.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Answer(project)))
}

/// Show a project
#[utoipa::path(get, path = "/api/projects/{project}", tag = "Projects", params(("project" = Id, Path)),
    responses((status = 200, body = Project, description = "The project.")))]
async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Answer<Project>> {
    app.db.read(move |store| find(store, &id)).await.map(Answer)
}

/// The project of this id. Whatever belongs to one is looked up through it.
pub(crate) fn find(store: &Transaction<'_>, id: &str) -> Result<Project> {
    let sql = format!("SELECT {} FROM projects WHERE id = ?1", Project::COLUMNS);
    let found = store.query_row(&sql, [id], Project::of_row).optional()?;
    found.ok_or_else(|| Problem::no_such("project", "проекта", id))
}

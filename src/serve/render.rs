//! Rendering: a job that makes a video of a project's scenario, as both are when it is asked for.

mod answer;
mod brief;
mod options;
mod work;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Caller;
use super::extract::{Path, PerhapsJson, Query};
use super::id::Id;
use super::idempotency::Once;
use super::jobs::{Job, Kind, Row};
use super::language::Language;
use super::problem::{Problem, Result};
use super::projects;
use super::state::App;

pub(super) use answer::{accepted, finished, kept};
pub(super) use brief::{Brief, Snapshot};
use options::{Filling, Options};
pub(super) use work::work;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(render))
}

/// How it is answered.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Waiting {
    /// Answer when the job is over instead of at once; the job goes on if the connection breaks.
    #[serde(default)]
    #[param(default = false)]
    pub(super) wait: bool,
}

/// Render the scenario to a video
///
/// Makes a job of the scenario and the media as they are now; what is changed later does not change it. The body may be
/// left out. A scenario in which something still waits for its media is refused with the list of it, unless `fill` is
/// `auto`: then the best that costs nothing is taken first. Spans that were rendered before are not rendered again.
#[utoipa::path(post, path = "/api/projects/{project}/scenario/render", tag = "Jobs",
    params(("project" = Id, Path), Waiting), request_body = Option<Options>,
    responses(
        (status = 202, body = Job, description = "The job waits for its turn; `Location` is its address.",
            headers(("Location" = String), ("Retry-After" = String))),
        (status = 200, body = Job, description = "With `wait`: it is done, and its video can be downloaded.",
            headers(("Location" = String))),
        (status = 400, description = "Scenes wait for their media: `scenes` says which, and what to do."),
        (status = 404, description = "There is no such project, or it has no scenario."),
        (status = 409, description = "With `wait`: somebody cancelled it."),
        (status = 429, description = "As many jobs of the project wait as may."),
        (status = 500, description = "With `wait`: ffmpeg failed."),
        (status = 507, description = "With `wait`: the server's disk is full."),
    ))]
async fn render(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(waiting): Query<Waiting>,
    once: Option<Extension<Once>>,
    headers: HeaderMap,
    PerhapsJson(options): PerhapsJson<Options>,
) -> Result<Response> {
    let language = Language::of(&headers);
    let once = once.map(|Extension(once)| once);
    let row = app
        .brief(move |app| {
            let (project, snapshot) = app.db.read_now(|store| {
                let project = projects::find(store, &caller, &project)?;
                let snapshot = Snapshot::take(store, &project.id)?;
                Ok::<_, Problem>((project, snapshot))
            })?;
            options.encoder()?;
            let (scenario, _) = snapshot.given(&app.folder, options.shape())?.normalised()?;
            if options.fill == Filling::Refuse {
                crate::scenario::ready(scenario)?;
            }
            let blobs = snapshot.blobs();
            let brief = Brief { snapshot, options, name: project.name.clone() }.written()?;
            let added = app.db.write_now(|store| {
                let row = Row::add(app, store, &project.id, Kind::Render, &brief, &blobs)?;
                kept(store, once.as_ref(), &row, language)?;
                Ok(row)
            });
            app.queue.wake();
            added
        })
        .await?;
    if waiting.wait { finished(&app, &row.id, language).await } else { accepted(&app, row, language).await }
}

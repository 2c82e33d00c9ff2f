//! What is missing before a scenario can be rendered.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::scenario;
use crate::serve::auth::Caller;
use crate::serve::extract::Path;
use crate::serve::id::Id;
use crate::serve::language::Language;
use crate::serve::problem::Result;
use crate::serve::state::App;

use super::planned::of_project;
use super::waiting::Waiting;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(readiness))
}

/// Whether a render could begin.
#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    /// Whether no segment waits for its media.
    ready: bool,
    /// The segments that wait, each with its scene, why it waits and what to do.
    scenes: Vec<Waiting>,
}

/// Say what is missing
///
/// Which segments wait for their media, and what to do about each.
#[utoipa::path(get, path = "/api/projects/{project}/scenario/readiness", tag = "Scenario",
    params(("project" = Id, Path)),
    responses((status = 200, body = Readiness, description = "Whether a render could begin.")))]
async fn readiness(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    headers: HeaderMap,
) -> Result<Answer<Readiness>> {
    let language = Language::of(&headers);
    let readiness = app.brief(move |app| {
        let (given, _, _) = of_project(app, &caller, &project)?;
        let (scenario, _) = given.normalised()?;
        Ok(match scenario::ready(scenario) {
            Ok(_) => Readiness { ready: true, scenes: Vec::new() },
            Err(waiting) => Readiness { ready: false, scenes: Waiting::all(&waiting.0, language) },
        })
    });
    readiness.await.map(Answer)
}

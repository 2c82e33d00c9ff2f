//! What is missing before a scenario can be rendered.

use axum::Json as Answer;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::scenario::{self, Pending};
use crate::serve::auth::Caller;
use crate::serve::extract::Path;
use crate::serve::id::Id;
use crate::serve::problem::Result;
use crate::serve::state::App;

use super::planned::of_project;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(readiness))
}

/// Whether a render could begin.
#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    /// Whether no segment waits for its media.
    ready: bool,
    /// The segments that wait, each with its scene, why it waits and what to do.
    #[schema(value_type = Vec<Waiting>)]
    scenes: Vec<Pending>,
}

/// A segment whose media are not there.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of `Pending`, for the description alone")]
pub(crate) struct Waiting {
    /// The scene that it belongs to, by its `scene_id` or by time.
    scene_id: Option<String>,
    /// Its id, given or made.
    segment_id: String,
    /// `pending` or `failed`.
    asset_status: String,
    /// Why it is not ready.
    reason: String,
    /// What to do.
    action: String,
    /// Where it stands in the document, as an RFC 6901 pointer.
    pointer: String,
}

/// Say what is missing
///
/// Which segments wait for their media, and what to do about each.
#[utoipa::path(get, path = "/api/projects/{project}/scenario/readiness", tag = "Scenario",
    params(("project" = Id, Path)),
    responses((status = 200, body = Readiness, description = "Whether a render could begin.")))]
async fn readiness(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Result<Answer<Readiness>> {
    let readiness = app.brief(move |app| {
        let (given, _, _) = of_project(app, &caller, &project)?;
        let (scenario, _) = given.normalised()?;
        Ok(match scenario::ready(scenario) {
            Ok(_) => Readiness { ready: true, scenes: Vec::new() },
            Err(waiting) => Readiness { ready: false, scenes: waiting.0 },
        })
    });
    readiness.await.map(Answer)
}

//! The pages for people: HTML around the same API that programs use.
//!
//! A page arrives with its words and its project; everything that happens on it then is a request to the API. What is here
//! besides is what only a page needs: stills, waveforms, a frame of a scenario that is not kept yet, and a session for a
//! browser, which cannot send a token by itself.

mod dress;
mod files;
mod frame;
mod session;
mod still;
mod words;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use minijinja::context;
use minijinja::value::Serde;
use serde_json::json;

use super::auth::Caller;
use super::extract::Path;
use super::problem::Problem;
use super::projects;
use super::state::App;

use dress::Dress;

pub(super) use session::{ask_for_token, shown as session_token, wants_page};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/projects/{project}", get(project))
        .route("/projects/{project}/assets/{asset}/poster", get(still::poster))
        .route("/projects/{project}/assets/{asset}/wave", get(still::wave))
        .route("/projects/{project}/library/{candidate}/poster", get(still::offered))
        .route("/projects/{project}/frame", post(frame::frame))
        .route("/projects/{project}/decision", get(frame::decision))
        .route("/session", get(session::page).post(session::begin).delete(session::end))
        .route("/static/{name}", get(files::file))
}

/// The projects, and a field for a new one.
async fn home(State(app): State<App>, caller: Caller, headers: HeaderMap, uri: Uri) -> Response {
    let dress = Dress::of(&headers, &uri);
    let signed_in = caller.token().is_some();
    let found = app.db.read(move |store| projects::latest(store, &caller)).await;
    dress.page(found, |projects| {
        let rows: Vec<_> = projects
            .iter()
            .map(|(project, videos)| json!({ "id": project.id, "name": project.name, "made": project.created_at, "videos": videos }))
            .collect();
        ("home.html", context! { projects => Serde(rows), signed_in, boot => Serde(json!({})) })
    })
}

/// The Create Scenario tab of a project.
async fn project(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let dress = Dress::of(&headers, &uri);
    let signed_in = caller.token().is_some();
    let found = app.db.read(move |store| projects::find(store, &caller, &id)).await;
    dress.page(found, |project| {
        let fill = &app.config.fill;
        let boot = json!({
            "project": { "id": project.id, "name": project.name },
            "styles": app.program.styles(),
            "model": app.model.as_ref().map(crate::produce::Model::name),
            "shapes": crate::value::ASPECT_RATIO.values,
            "max_upload": app.config.limits.upload,
            "stock": fill.library.is_some() || fill.pexels.is_some() || fill.pixabay.is_some(),
            "veo": fill.veo.is_some(),
        });
        ("project.html", context! { project => Serde(&project), signed_in, boot => Serde(boot) })
    })
}

/// What is asked for at an address of pages where there is none.
pub(super) fn refused(headers: &HeaderMap, uri: &Uri, problem: &Problem) -> Response {
    Dress::of(headers, uri).refusal(problem)
}

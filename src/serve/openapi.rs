//! The description of the API: each handler documents itself; what holds for all is added here.

use axum::Json;
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::routes::document;
use super::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(openapi))
}

/// What the description begins with.
pub(super) fn about() -> OpenApi {
    let mut info = Info::new("callsheet", env!("CARGO_PKG_VERSION"));
    info.description =
        Some("Media and a prompt become a scenario, the scenario a checked plan, the plan a video.".into());
    OpenApiBuilder::new().info(info).build()
}

/// The description with what holds for all operations.
pub(super) fn finished(document: OpenApi) -> OpenApi {
    document
}

/// This description
///
/// OpenAPI 3.1, as JSON.
#[utoipa::path(get, path = "/openapi.json", tag = "Server", responses((status = 200, body = Object, description = "The document.")))]
async fn openapi() -> Json<OpenApi> {
    Json(document())
}

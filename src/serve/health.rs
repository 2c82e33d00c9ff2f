//! Is it alive, and can it work?

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::Result;
use super::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`; anything else is a problem.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version of callsheet.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// The server is alive
///
/// It answers; nothing else is looked at. Who restarts the server when it hangs asks here.
#[utoipa::path(get, path = "/healthz", tag = "Server", responses((status = 200, body = Health, description = "It is.")))]
async fn alive() -> Json<Health> {
    Json(OK)
}

/// The server can work
///
/// The store can be read, and there is room on the disk. Who sends requests to one of several servers asks here.
#[utoipa::path(get, path = "/readyz", tag = "Server", responses(
        (status = 200, body = Health, description = "It can."),
        (status = 507, description = "The disk is full."),
    ))]
async fn ready(State(app): State<App>) -> Result<Json<Health>> {
    app.db.read(|store| Ok::<_, super::problem::Problem>(store.query_row("SELECT 1", [], |_| Ok(()))?)).await?;
    app.room(0)?;
    Ok(Json(OK))
}

//! All routes, and what every request passes on its way to one.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::state::App;
use super::{
    analyze, assets, auth, docs, download, fill, guard, health, idempotency, jobs, linger, metrics, openapi, page,
    problem, projects, render, request_id, scenario, uploads, webhook,
};

/// What there is, with its description.
fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::about())
        .merge(projects::routes())
        .merge(assets::routes())
        .merge(uploads::routes())
        .merge(render::routes())
        .merge(fill::routes())
        .merge(jobs::routes())
        .merge(download::routes())
        .merge(webhook::routes())
        .merge(scenario::routes())
        .merge(analyze::routes())
        .merge(health::routes())
        .merge(metrics::routes())
        .merge(docs::routes())
        .merge(openapi::routes())
}

/// The description alone, as the handlers give it.
pub(super) fn described() -> OpenApi {
    documented().into_openapi()
}

/// The server's service.
pub(super) fn service(app: &App) -> Router {
    let (router, _) = documented().split_for_parts();
    router
        .merge(page::routes())
        // Whoever takes a body takes it piece by piece, or with a limit of its own.
        .layer(DefaultBodyLimit::disable())
        .fallback(|| async { StatusCode::NOT_FOUND })
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
        // The last is the outermost.
        .layer(from_fn_with_state(app.clone(), idempotency::once))
        .layer(from_fn_with_state(app.clone(), auth::admit))
        .layer(CatchPanicLayer::custom(problem::broke))
        .layer(from_fn(problem::speak))
        .layer(from_fn(guard::secure))
        .layer(from_fn_with_state(app.clone(), metrics::count))
        .layer(from_fn_with_state(app.clone(), request_id::number))
        .layer(from_fn(linger::linger))
        .with_state(app.clone())
}

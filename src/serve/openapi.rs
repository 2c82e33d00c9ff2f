//! The description of the API: each handler documents itself; what holds for all is added here.

mod common;
mod schemas;

use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::routes;
use super::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(openapi))
}

const ABOUT: &str = "Media and a prompt become a scenario, the scenario a checked plan, the plan a video.\n\nA project holds \
                     media, one scenario and its videos. What fails answers `application/problem+json` (RFC 9457) in \
                     English or Russian, by `Accept-Language`; a program goes by its `code`.";

/// What the description begins with.
pub(super) fn about() -> OpenApi {
    let mut info = Info::new("callsheet", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.into());
    OpenApiBuilder::new().info(info).build()
}

/// The whole description, as it is served.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let mut document = serde_json::to_value(routes::described()).unwrap_or_default();
        schemas::add(&mut document);
        common::add(&mut document);
        document
    })
}

/// Sets the member `name` of the object at `pointer`.
fn set(document: &mut Value, pointer: &str, name: &str, value: Value) {
    if let Some(object) = document.pointer_mut(pointer).and_then(Value::as_object_mut) {
        object.insert(name.to_owned(), value);
    }
}

/// This description
///
/// `OpenAPI` 3.1, as JSON.
#[utoipa::path(get, path = "/openapi.json", tag = "Server",
    responses((status = 200, body = Object, description = "The document.")))]
async fn openapi() -> impl IntoResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_string());
    ([(header::CONTENT_TYPE, "application/json")], text.as_str())
}

//! What a handler takes from a request, with refusals that say what was meant.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::problem::{Code, Problem};
use super::state::App;

/// A JSON body of a known shape.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = json_bytes(request, app).await?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
        serde_json::from_value(value).map(Self).map_err(|error| {
            Problem::new(
                Code::Invalid,
                format!("the body is not what is expected here: {error}; /docs shows its shape"),
                format!("тело не такое, как здесь ожидается: {error}; вид показан в /docs"),
            )
        })
    }
}

/// The text of a JSON body, as it was sent.
#[derive(Debug)]
pub(crate) struct JsonText(pub(crate) String);

impl FromRequest<App> for JsonText {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = json_bytes(request, app).await?;
        String::from_utf8(bytes).map(Self).map_err(|error| malformed(&error.utf8_error()))
    }
}

pub(crate) fn malformed(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        Code::MalformedJson,
        format!("the body is not JSON: {error}; send a JSON text in UTF-8"),
        format!("тело — не JSON: {error}; отправьте текст JSON в UTF-8"),
    )
}

/// A JSON body of a known shape, or none at all.
#[derive(Debug)]
pub(crate) struct PerhapsJson<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<App> for PerhapsJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = body_bytes(body, app.config.limits.json).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        let Json(value) = Json::from_request(Request::from_parts(parts, Body::from(bytes)), app).await?;
        Ok(Self(value))
    }
}

async fn json_bytes(request: Request, app: &App) -> Result<Vec<u8>, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::new(
            Code::UnsupportedType,
            "the body has to be JSON; send it with `Content-Type: application/json`",
            "тело должно быть JSON; отправьте его с `Content-Type: application/json`",
        ));
    }
    body_bytes(request.into_body(), app.config.limits.json).await
}

/// How long a client may take for a body that is held in memory.
const PATIENCE: Duration = Duration::from_secs(60);

/// A body that is held in memory, so it has a limit.
pub(crate) async fn body_bytes(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let bytes = tokio::time::timeout(PATIENCE, to_bytes(body, limit)).await.map_err(|_| too_slow(PATIENCE))?;
    let bytes =
        bytes.map_err(|error| if is_over_limit(&error) { too_large(limit as u64) } else { interrupted(&error) })?;
    Ok(bytes.into())
}

/// The client sends nothing, or a little at a time.
pub(crate) fn too_slow(patience: Duration) -> Problem {
    let seconds = patience.as_secs();
    Problem::new(
        Code::Timeout,
        format!(
            "what was to come did not arrive for {seconds} seconds; send it again, a file as an upload that can go on"
        ),
        format!("ожидаемое не пришло за {seconds} секунд; отправьте снова, файл — загрузкой, которую можно продолжить"),
    )
}

fn is_over_limit(error: &axum::Error) -> bool {
    // `to_bytes` tells it by an error of http-body-util, deep in the chain, whose words are all that can be seen of it.
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The client went away, or sent what is no HTTP.
pub(crate) fn interrupted(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        Code::BadRequest,
        format!("the body broke off: {error}; send it again"),
        format!("тело оборвалось: {error}; отправьте снова"),
    )
}

pub(crate) fn too_large(limit: u64) -> Problem {
    Problem::new(
        Code::TooLarge,
        format!("the body is larger than {limit} bytes, which is the most that is taken here"),
        format!("тело больше {limit} байт — больше здесь не принимается"),
    )
    .with("limit", limit)
}

/// What the body says that it is, without parameters, in lower case.
pub(crate) fn essence(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether the body says that it is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let essence = essence(headers);
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Parts of the path. What cannot be one names nothing.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, app).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|error| {
            Problem::new(
                Code::NotFound,
                format!("there is nothing at this path: {error}"),
                format!("по этому пути ничего нет: {error}"),
            )
        })
    }
}

/// The query. An unknown name is ignored, a value that cannot be is refused.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = axum::extract::Query::from_request_parts(parts, app).await;
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|error| {
            let error = error.body_text();
            Problem::new(
                Code::BadRequest,
                format!("the query cannot be read: {error}; /docs shows what it may hold"),
                format!("строка запроса не читается: {error}; что в ней может быть, показано в /docs"),
            )
        })
    }
}

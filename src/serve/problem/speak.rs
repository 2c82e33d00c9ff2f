//! Writes problems down.

use std::any::Any;
use std::sync::Arc;

use axum::body::{self, Body};
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::serve::language::{Language, Words};
use crate::serve::log::log;
use crate::serve::request_id::RequestId;

use super::{Code, Problem};

const TYPE: &str = "application/problem+json";

/// The words of somebody else's refusal are not longer.
const MAX_WORDS: usize = 4096;

/// A panic is a failure of ours; the connection goes on.
#[expect(clippy::needless_pass_by_value, reason = "tower-http hands the panic over")]
pub(crate) fn broke(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
    Problem::broken(&format!("panic: {words}")).into_response()
}

/// Every answer that is no success leaves as a problem.
pub(crate) async fn speak(uri: OriginalUri, request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let id = request.extensions().get::<RequestId>().cloned();
    let instance = uri.path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let problem = match parts.extensions.remove::<Arc<Problem>>() {
        Some(problem) => (*problem).clone(),
        None if is_told(&parts.headers) => return Response::from_parts(parts, body),
        None => of_others(status, &instance, body).await,
    };
    let mut object = problem.json(language, &instance);
    if let (Some(id), Some(members)) = (id, object.as_object_mut()) {
        if let Some(cause) = problem.cause() {
            log(format_args!("{id} {} {instance}: {cause}", status.as_u16()));
        }
        members.insert("request_id".into(), id.to_string().into());
    }
    parts.status = problem.code().status();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TYPE));
    parts.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    parts.headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(object.to_string()))
}

/// Whether it is written down already: as a problem, or as a page for people.
fn is_told(headers: &axum::http::HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind == TYPE.as_bytes() || kind.starts_with(b"text/html")
}

/// A refusal that was not made here.
async fn of_others(status: StatusCode, path: &str, words: Body) -> Problem {
    let code = Code::of_status(status);
    let path = path.escape_debug();
    match code {
        Code::NotFound => Problem::new(
            code,
            format!("there is nothing at `{path}`; /openapi.json and /docs say what there is"),
            format!("по адресу `{path}` ничего нет; что есть, говорят /openapi.json и /docs"),
        ),
        Code::MethodNotAllowed => Problem::new(
            code,
            format!("`{path}` does not take this method; the header `Allow` says which it takes"),
            format!("`{path}` не принимает этот метод; какие принимает, говорит заголовок `Allow`"),
        ),
        _ => {
            let words = body::to_bytes(words, MAX_WORDS).await.unwrap_or_default();
            Problem::told(code, Words::untranslated(String::from_utf8_lossy(&words).into_owned()))
        }
    }
}

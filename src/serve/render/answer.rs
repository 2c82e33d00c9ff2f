//! How a request for a job is answered.

use axum::Json as Answer;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use rusqlite::Transaction;

use crate::serve::id::Id;
use crate::serve::idempotency::{self, Once};
use crate::serve::jobs::{Row, State, begun, ended, shown};
use crate::serve::language::Language;
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;

/// It waits for its turn.
pub(crate) async fn accepted(app: &App, row: Row, language: Language) -> Result<Response> {
    let headers = heads(&row.id);
    Ok((StatusCode::ACCEPTED, headers, Answer(shown(app, row, language).await?)).into_response())
}

/// Keeps the answer that [`accepted`] gives, in the transaction that makes the job: a request that is sent again after a kill
/// makes no second one. Also where it is waited for: what is sent again waits for the same job.
pub(crate) fn kept(store: &Transaction<'_>, once: Option<&Once>, row: &Row, language: Language) -> Result<()> {
    let Some(once) = once else { return Ok(()) };
    let body = serde_json::to_vec(&begun(row.clone(), language)).map_err(|error| Problem::broken(&error))?;
    let mut headers: HeaderMap =
        heads(&row.id).into_iter().filter_map(|(name, value)| Some((name, value.parse().ok()?))).collect();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    idempotency::keep(store, once, StatusCode::ACCEPTED, &headers, &body.into())
}

fn heads(id: &Id) -> [(header::HeaderName, String); 2] {
    [(header::LOCATION, place(id)), (header::RETRY_AFTER, "1".to_owned())]
}

/// It is over: the job, or the problem with which it ended.
pub(crate) async fn finished(app: &App, id: &Id, language: Language) -> Result<Response> {
    let row = ended(app, id).await?;
    let headers = [(header::LOCATION, place(id))];
    if row.state == State::Done {
        return Ok((headers, Answer(shown(app, row, language).await?)).into_response());
    }
    let problem = row.problem.as_ref().and_then(|languages| languages.get(language.tag()));
    let mut problem = problem.cloned().ok_or_else(|| Problem::broken(&"a job failed without a problem"))?;
    let status =
        problem.get("status").and_then(serde_json::Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    if let Some(members) = problem.as_object_mut() {
        members.insert("instance".into(), place(id).into());
    }
    let mut response = (headers, problem.to_string()).into_response();
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    Ok(response)
}

fn place(id: &Id) -> String {
    format!("/api/jobs/{id}")
}

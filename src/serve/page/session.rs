//! A browser that has shown a token once: a cookie that no script can read and no other site's page can use.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use minijinja::context;
use minijinja::value::Serde;
use serde::Deserialize;

use crate::serve::auth;
use crate::serve::extract::Json;
use crate::serve::guard;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::state::App;

use super::dress::{Dress, cookie};

const COOKIE: &str = "callsheet_session";

/// The token that a browser shows by its cookie. It comes along with whatever a browser asks for, so something is
/// written only for pages of this server.
pub(in crate::serve) fn shown(method: &Method, headers: &HeaderMap) -> Result<Option<String>> {
    let Some(token) = cookie(headers, COOKIE) else { return Ok(None) };
    if guard::reads(method) || is_own(headers) {
        return Ok(Some(token.to_owned()));
    }
    Err(Problem::new(
        Code::CrossOrigin,
        "only this server's own pages may write with the session of a browser; a program sends `Authorization: Bearer TOKEN`",
        "писать по сеансу браузера могут только страницы этого сервера; программа отправляет `Authorization: Bearer ТОКЕН`",
    ))
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        // A browser without that header sends where a write comes from.
        None => text("origin")
            .zip(text("host"))
            .is_some_and(|(origin, host)| origin.split_once("://").is_some_and(|(_, origin)| origin == host)),
    }
}

/// Whether an address is one of pages, where a browser without a session is asked for a token.
pub(in crate::serve) fn wants_page(method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    let parts = path.trim_start_matches('/').split('/').count();
    method == Method::GET && (path == "/" || (path.starts_with("/projects/") && parts == 2))
}

/// Sends a browser to where it can show a token; one that is no longer known is forgotten.
pub(in crate::serve) fn ask_for_token() -> Response {
    let forget = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/session"), (header::SET_COOKIE, forget.as_str())]).into_response()
}

/// A token, as a person types it in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shown {
    token: String,
}

/// Asks for a token.
pub(super) async fn page(headers: HeaderMap, uri: Uri) -> Response {
    let own = context! { signed_in => false, boot => Serde(serde_json::json!({})) };
    Dress::of(&headers, &uri).render(StatusCode::OK, "session.html", own)
}

/// Takes it.
pub(super) async fn begin(State(app): State<App>, headers: HeaderMap, Json(shown): Json<Shown>) -> Response {
    let token = shown.token.trim().to_owned();
    let asked = token.clone();
    // Only what a token can hold may stand in a cookie; the store knows no other.
    match app.db.read(move |store| auth::of_token(store, &asked)).await {
        Ok(_) => set(&headers, &token, "Max-Age=31536000"),
        Err(problem) => problem.into_response(),
    }
}

/// Forgets it.
pub(super) async fn end(headers: HeaderMap) -> Response {
    set(&headers, "", "Max-Age=0")
}

fn set(headers: &HeaderMap, token: &str, age: &str) -> Response {
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes).unwrap_or_default();
    let secure = if origin.starts_with(b"https://") { "; Secure" } else { "" };
    let value = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; {age}{secure}");
    match HeaderValue::from_str(&value) {
        Ok(value) => (StatusCode::NO_CONTENT, [(header::SET_COOKIE, value)]).into_response(),
        Err(error) => Problem::broken(&error).into_response(),
    }
}

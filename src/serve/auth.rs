//! Who asks: nobody in particular, on this machine alone, or a token, which sees the projects that it made.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rusqlite::{OptionalExtension as _, Transaction};

use super::guard;
use super::id::Id;
use super::page;
use super::problem::{Code, Problem, Result};
use super::state::App;
use super::token;

/// What is open to everybody: it tells nothing of anybody's, or its address is a secret.
const OPEN: &[&str] = &["/healthz", "/readyz", "/openapi.json", "/docs", "/api/downloads/", "/session", "/static/"];

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Whoever works at this machine: there is no token, and nobody else can connect.
    Anybody,
    /// The bearer of this token.
    Token(Id),
    /// The bearer of a token that sees all projects.
    Overseer(Id),
}

impl Caller {
    /// The token whose projects alone are seen; `None` if all are.
    pub(crate) fn sees_only(&self) -> Option<&Id> {
        match self {
            Self::Token(id) => Some(id),
            Self::Anybody | Self::Overseer(_) => None,
        }
    }

    /// The token, if it has one.
    pub(crate) fn token(&self) -> Option<&Id> {
        match self {
            Self::Token(id) | Self::Overseer(id) => Some(id),
            Self::Anybody => None,
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::broken(&"the route was not asked who its caller is"))
    }
}

/// Finds out who asks, and refuses whoever may not.
pub(super) async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if is_open(request.uri().path()) {
        return next.run(request).await;
    }
    let shown = shown(&request);
    let from_here = guard::not_from_elsewhere(&request);
    match caller(&app, shown, from_here).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) if page::wants_page(request.method(), request.uri()) => match problem.code() {
            Code::Unauthorized => page::ask_for_token(),
            _ => page::refused(request.headers(), request.uri(), &problem),
        },
        Err(problem) => problem.into_response(),
    }
}

/// The token of a program, or of a browser's session.
fn shown(request: &Request) -> Result<Option<String>> {
    match bearer(request.headers())? {
        Some(token) => Ok(Some(token)),
        None => page::session_token(request.method(), request.headers()),
    }
}

/// Whether everybody may ask for what is at this path.
pub(super) fn is_open(path: &str) -> bool {
    let is_whole = |open: &str, rest: &str| open.ends_with('/') || rest.is_empty() || rest.starts_with('/');
    OPEN.iter().any(|open| path.strip_prefix(open).is_some_and(|rest| is_whole(open, rest)))
}

async fn caller(app: &App, shown: Result<Option<String>>, from_here: Result<()>) -> Result<Caller> {
    let Some(shown) = shown? else {
        if app.config.is_local() && app.db.read(token::none).await? {
            return from_here.map(|()| Caller::Anybody);
        }
        return Err(Problem::new(
            Code::Unauthorized,
            "this server wants a token; send `Authorization: Bearer TOKEN` (`callsheet token new` makes one)",
            "этому серверу нужен токен; отправьте `Authorization: Bearer ТОКЕН` (его делает `callsheet token new`)",
        ));
    };
    app.db.read(move |store| of_token(store, &shown)).await
}

pub(super) fn of_token(store: &Transaction<'_>, shown: &str) -> Result<Caller> {
    let sql = "SELECT id, sees_all FROM tokens WHERE hash = ?1 AND revoked IS NULL";
    let found = store.query_row(sql, [token::hash(shown)], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match found {
        Some((id, true)) => Ok(Caller::Overseer(id)),
        Some((id, false)) => Ok(Caller::Token(id)),
        None => Err(Problem::new(
            Code::Unauthorized,
            "this token is unknown or revoked; `callsheet token list` says which there are",
            "этот токен неизвестен или отозван; какие есть, говорит `callsheet token list`",
        )),
    }
}

/// The token that the request shows, if any.
fn bearer(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let words = value.to_str().ok().and_then(|value| value.split_once(' '));
    match words {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim().to_owned())),
        _ => Err(Problem::new(
            Code::Unauthorized,
            "the header `Authorization` holds no token; write `Authorization: Bearer TOKEN`",
            "в заголовке `Authorization` нет токена; пишите `Authorization: Bearer ТОКЕН`",
        )),
    }
}

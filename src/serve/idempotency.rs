//! `Idempotency-Key`: a request that is sent again is done once (IETF draft-ietf-httpapi-idempotency-key-header).
//!
//! A layer over every `POST`: the first answer that succeeds is kept for a day and given again to the same request. What
//! failed made nothing, so its key is free again. A request is carried out even if its client goes away.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::auth::Caller;
use super::clock::Moment;
use super::extract::{body_bytes, essence, is_json};
use super::id::Id;
use super::language::Language;
use super::log::log;
use super::problem::{Code, Problem, Result};
use super::render::finished;
use super::state::{App, locked};

pub(super) const MIGRATION: &str = "
CREATE TABLE idempotency (
    -- The token that sent it, or nothing.
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    -- Of method, path and body.
    request BLOB NOT NULL,
    -- Of the answer; none while it is being made.
    status INTEGER,
    headers TEXT,
    body BLOB,
    created INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created);
";

const HEADER: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How long an answer is given again, in milliseconds.
const KEPT: u64 = 24 * 3600 * 1000;

/// No answer that is kept is larger.
const MAX_ANSWER: usize = 64 << 20;

/// Which headers of an answer belong to what was made; the others are made anew.
const KEPT_HEADERS: &[HeaderName] = &[header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::RETRY_AFTER];

/// The key of a request that is under way; among its extensions, for a handler that keeps its answer together with what
/// it makes ([`keep`]).
#[derive(Clone, Debug)]
pub(crate) struct Once {
    caller: String,
    key: String,
}

/// An answer as it is kept.
#[derive(Debug)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An answer as the store has it: its status, its headers as JSON, its body.
type Row = (u16, String, Vec<u8>);

/// What is known of a key.
enum Known {
    /// Nothing: it is ours now.
    New,
    Done(Kept),
}

/// Carries a request with a key out once.
pub(super) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let (Some(caller), Some(key)) = (caller, request.headers().get(HEADER)) else { return next.run(request).await };
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let caller = caller.token().map(ToString::to_string).unwrap_or_default();
    let once = read_key(key).map(|key| Once { caller, key });
    let answer = match once {
        Ok(once) => carry_out(app, once, request, next).await,
        Err(problem) => Err(problem),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

async fn carry_out(app: App, once: Once, request: Request, next: Next) -> Result<Response> {
    let (mut request, fingerprint) = fingerprint(&app, request).await?;
    let live = Live::begin(&app, &once);
    let (now, claimed, is_alone) = (app.clock.now(), once.clone(), live.is_some());
    match app.db.write(move |store| claim(store, &claimed, fingerprint, now, is_alone)).await? {
        Known::Done(kept) => {
            let (waits, language) = (waits(&request), Language::of(request.headers()));
            return again(&app, kept, waits, language).await;
        }
        Known::New => {}
    }
    request.extensions_mut().insert(once.clone());
    // In a task of its own: a client that goes away leaves no half-made thing behind its key.
    let task = tokio::spawn(async move {
        let answer = finish(&app, once, next.run(request).await).await;
        drop(live);
        answer
    });
    task.await.unwrap_or_else(|error| Err(Problem::broken(&error)))
}

/// Whether the end of what is asked for is waited for.
fn waits(request: &Request) -> bool {
    request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair == "wait=true"))
}

/// The answer that was kept. Of a job that is waited for it is how the job ended: it may not have been over then.
async fn again(app: &App, kept: Kept, waits: bool, language: Language) -> Result<Response> {
    let job = kept.headers.iter().find(|(name, _)| name == header::LOCATION.as_str());
    let job = job.and_then(|(_, place)| place.strip_prefix("/api/jobs/"));
    match job.filter(|_| waits && kept.status == StatusCode::ACCEPTED.as_u16()) {
        None => Ok(kept.again()),
        Some(job) => {
            let mut response = finished(app, &Id::known(job), language).await?;
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            Ok(response)
        }
    }
}

/// Keeps the answer, or frees the key. What was done is done: where that cannot be written down the answer is sent all the
/// same, and the key stays one of which nobody knows.
async fn finish(app: &App, once: Once, response: Response) -> Result<Response> {
    let unkept = |problem: Problem| {
        log(format_args!("an answer is not kept: {}", problem.cause().unwrap_or("the store cannot be written")));
    };
    if !response.status().is_success() {
        app.db.write(move |store| free(store, &once)).await.unwrap_or_else(unkept);
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.map_err(|error| Problem::broken(&error))?;
    let (status, headers, copy) = (parts.status, parts.headers.clone(), body.clone());
    app.db.write(move |store| keep(store, &once, status, &headers, &copy)).await.unwrap_or_else(unkept);
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// A key whose request is under way in this server.
struct Live {
    app: App,
    once: Once,
}

impl Live {
    /// None if another request has it.
    fn begin(app: &App, once: &Once) -> Option<Self> {
        let begun = locked(&app.keys).insert((once.caller.clone(), once.key.clone()));
        begun.then(|| Self { app: app.clone(), once: once.clone() })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let Once { caller, key } = self.once.clone();
        locked(&self.app.keys).remove(&(caller, key));
    }
}

/// Keeps an answer for a key that is under way. A handler that makes something worth money does it in the transaction in
/// which it makes that, so that no crash comes between; what is kept first holds.
pub(crate) fn keep(
    store: &Transaction<'_>,
    once: &Once,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<()> {
    let kept: Vec<(&str, &str)> =
        KEPT_HEADERS.iter().filter_map(|name| Some((name.as_str(), headers.get(name)?.to_str().ok()?))).collect();
    let headers = serde_json::to_string(&kept).map_err(|error| Problem::broken(&error))?;
    store.execute(
        "UPDATE idempotency SET status = ?3, headers = ?4, body = ?5
         WHERE caller = ?1 AND key = ?2 AND status IS NULL",
        params![once.caller, once.key, status.as_u16(), headers, body.as_ref()],
    )?;
    Ok(())
}

fn free(store: &Transaction<'_>, once: &Once) -> Result<()> {
    let sql = "DELETE FROM idempotency WHERE caller = ?1 AND key = ?2 AND status IS NULL";
    store.execute(sql, params![once.caller, once.key])?;
    Ok(())
}

/// Takes the key, or says what is known of it; `is_alone` if no request of this server has it.
fn claim(store: &Transaction<'_>, once: &Once, fingerprint: [u8; 32], now: Moment, is_alone: bool) -> Result<Known> {
    store.execute("DELETE FROM idempotency WHERE created < ?1", [now.before(KEPT)])?;
    let sql = "SELECT request, status, headers, body FROM idempotency WHERE caller = ?1 AND key = ?2";
    let found = store.query_row(sql, params![once.caller, once.key], |row| {
        let request: [u8; 32] = row.get(0)?;
        let answer = match row.get::<_, Option<u16>>(1)? {
            Some(status) => Some((status, row.get(2)?, row.get(3)?)),
            None => None,
        };
        Ok((request, answer))
    });
    let found: Option<(_, Option<Row>)> = found.optional()?;
    match found {
        None => {
            let sql = "INSERT INTO idempotency (caller, key, request, created) VALUES (?1, ?2, ?3, ?4)";
            store.execute(sql, params![once.caller, once.key, fingerprint, now])?;
            Ok(Known::New)
        }
        Some((other, _)) if other != fingerprint => Err(Problem::new(
            Code::IdempotencyMismatch,
            "this `Idempotency-Key` was sent with another request; use a new key for a new request",
            "этот `Idempotency-Key` уже отправлен с другим запросом; для нового запроса нужен новый ключ",
        )),
        Some((_, None)) if is_alone => Err(Problem::new(
            Code::Conflict,
            "the server was ended while it worked at the request with this `Idempotency-Key`, and it is not known what was \
             done; look, then use a new key",
            "сервер был остановлен, пока выполнял запрос с этим `Idempotency-Key`, и неизвестно, что сделано; посмотрите и \
             возьмите новый ключ",
        )),
        Some((_, None)) => Err(Problem::new(
            Code::InProgress,
            "the request with this `Idempotency-Key` is not done yet; ask again in a moment",
            "запрос с этим `Idempotency-Key` ещё не выполнен; спросите чуть позже",
        )
        .header(header::RETRY_AFTER, "1")),
        Some((_, Some((status, headers, body)))) => {
            let headers = serde_json::from_str(&headers).map_err(|error| Problem::broken(&error))?;
            Ok(Known::Done(Kept { status, headers, body }))
        }
    }
}

impl Kept {
    fn again(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        response
    }
}

/// What tells that a request is the same. A body that is not JSON is not held in memory: its length stands for it.
async fn fingerprint(app: &App, request: Request) -> Result<(Request, [u8; 32])> {
    let (parts, body) = request.into_parts();
    let mut hasher = blake3::Hasher::new();
    let text = |name| parts.headers.get(name).map_or(&[][..], HeaderValue::as_bytes);
    let path = parts.uri.path_and_query().map(PathAndQuery::as_str).unwrap_or_default();
    // A form has another boundary each time that it is sent.
    for part in [parts.method.as_str().as_bytes(), path.as_bytes(), essence(&parts.headers).as_bytes()] {
        hasher.update(part).update(b"\0");
    }
    let body = if is_json(&parts.headers) {
        let bytes = body_bytes(body, app.config.limits.json).await?;
        hasher.update(&bytes);
        Body::from(bytes)
    } else {
        hasher.update(text(header::CONTENT_LENGTH));
        body
    };
    let fingerprint = hasher.finalize().into();
    Ok((Request::from_parts(parts, body), fingerprint))
}

fn read_key(value: &HeaderValue) -> Result<String> {
    let key = value
        .to_str()
        .ok()
        .filter(|key| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    key.map(str::to_owned).ok_or_else(|| {
        Problem::new(
            Code::BadRequest,
            "`Idempotency-Key` has to be 1 to 255 visible ASCII characters, e.g. a UUID",
            "`Idempotency-Key` — от 1 до 255 видимых знаков ASCII, например UUID",
        )
    })
}

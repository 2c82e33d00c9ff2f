//! Downloads: a signed link that holds for a time is all that is needed, and all that helps.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::clock::Moment;
use super::extract::{Path, Query};
use super::outputs::{self, Kept};
use super::precondition::is_seen;
use super::problem::{Code, Problem, Result};
use super::range::{Part, part};
use super::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(download))
}

/// A link to something that a job made.
pub(crate) async fn link(app: &App, kept: &Kept) -> Result<String> {
    let holds = app.config.link;
    if let Some(link) = app.storage.link(&kept.key, holds).await? {
        return Ok(link);
    }
    let expires = app.clock.now().seconds().saturating_add(holds.as_secs());
    let signature = hex(&sign(&app.signing, &kept.key, expires)?.finalize().into_bytes());
    let site = app.config.public_url.trim_end_matches('/');
    Ok(format!("{site}/api/downloads/{}?expires={expires}&signature={signature}", kept.key))
}

/// HMAC-SHA256 of what the link says.
fn sign(secret: &[u8; 32], key: &str, expires: u64) -> Result<Hmac<Sha256>> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret).map_err(|error| Problem::broken(&error))?;
    hmac.update(format!("download\n{key}\n{expires}").as_bytes());
    Ok(hmac)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| pair.filter(|pair| pair.len() == 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}

/// What makes a link one that holds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Signed {
    /// Until when it holds, in seconds since 1970.
    expires: u64,
    /// The server's own signature.
    signature: String,
}

/// Download what a job made
///
/// By the `download_url` of a job. Parts can be asked for (`Range`), so a download that broke off can go on; the `ETag` is
/// the hash of the content.
#[utoipa::path(get, path = "/api/downloads/{key}", tag = "Downloads", params(("key" = String, Path), Signed),
    responses(
        (status = 200, description = "All of it.", content(
            (Vec<u8> = "video/mp4"), (Vec<u8> = "video/webm"), (Vec<u8> = "video/quicktime"), (String = "application/x-subrip"),
            (String = "text/vtt"), (Object = "application/json"))),
        (status = 206, description = "The part that was asked for.", content(
            (Vec<u8> = "video/mp4"), (Vec<u8> = "video/webm"), (Vec<u8> = "video/quicktime"), (String = "application/x-subrip"),
            (String = "text/vtt"), (Object = "application/json"))),
        (status = 304, description = "It is what the client has already."),
        (status = 403, description = "The link is not one of this server's."),
        (status = 410, description = "The link does not hold any more, or the file is no longer kept."),
        (status = 416, description = "The part is outside of the file."),
    ))]
async fn download(
    State(app): State<App>,
    method: Method,
    Path(key): Path<String>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
) -> Result<Response> {
    let signature = bytes_of_hex(&signed.signature).unwrap_or_default();
    // In constant time: how far a guess is right cannot be told by how long it takes.
    sign(&app.signing, &key, signed.expires)?.verify_slice(&signature).map_err(|_| {
        Problem::new(
            Code::Forbidden,
            "this link is not one of this server's; take the `download_url` of the job as it is",
            "эта ссылка не от этого сервера; возьмите `download_url` задания как есть",
        )
    })?;
    if Moment::from_millis(signed.expires.saturating_mul(1000)) <= app.clock.now() {
        return Err(Problem::new(
            Code::Gone,
            "this link does not hold any more; ask for the job, which has a new one",
            "срок этой ссылки истёк; запросите задание — в нём новая",
        ));
    }
    let asked = key.clone();
    let kept = app.db.read(move |store| outputs::of_key(store, &asked)).await?;
    let kept = kept.filter(|kept| kept.is_there).ok_or_else(|| {
        Problem::new(
            Code::Gone,
            "this file is no longer kept; render it again, finished spans make it quick",
            "этот файл больше не хранится; отрендерьте снова — с готовыми частями это быстро",
        )
    })?;
    send(&app, &method, &kept, &headers).await
}

async fn send(app: &App, method: &Method, kept: &Kept, headers: &HeaderMap) -> Result<Response> {
    let etag = format!("\"{}\"", kept.hash);
    let mut response = Response::new(Body::empty());
    let told = response.headers_mut();
    let mut tell = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            told.insert(name, value);
        }
    };
    tell(header::ETAG, &etag);
    tell(header::ACCEPT_RANGES, "bytes");
    // The link is a secret, and the content of its name never changes.
    tell(header::CACHE_CONTROL, "private, no-cache");
    if is_seen(headers, &etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    tell(header::CONTENT_TYPE, &kept.content_type);
    tell(header::CONTENT_DISPOSITION, &disposition(&kept.name));
    let is_same = headers.get(header::IF_RANGE).is_none_or(|value| value.as_bytes() == etag.as_bytes());
    // A range is one of what GET gives (RFC 9110, 14.2).
    let is_same = is_same && *method == Method::GET;
    let wanted = headers.get(header::RANGE).filter(|_| is_same).and_then(|value| value.to_str().ok());
    let range = match part(wanted, kept.bytes) {
        Part::Whole => 0..kept.bytes,
        Part::Bytes(range) => {
            tell(header::CONTENT_RANGE, &format!("bytes {}-{}/{}", range.start, range.end - 1, kept.bytes));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            range
        }
        Part::Outside => return Err(outside(kept.bytes)),
    };
    let length = HeaderValue::from(range.end - range.start);
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    if *method != Method::HEAD && !range.is_empty() {
        *response.body_mut() = Body::from_stream(app.storage.get(&kept.key, range).await?);
    }
    Ok(response.into_response())
}

fn outside(bytes: u64) -> Problem {
    Problem::new(
        Code::RangeNotSatisfiable,
        format!("the file has {bytes} bytes, and the `Range` is outside of it"),
        format!("в файле {bytes} байт, и `Range` — вне его"),
    )
    .header(header::CONTENT_RANGE, &format!("bytes */{bytes}"))
}

/// What a browser calls the file (RFC 6266): in ASCII for the old ones, and as it is.
pub(crate) fn disposition(name: &str) -> String {
    use std::fmt::Write as _;
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || " ._-()".contains(letter) { letter } else { '_' })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_in_every_browser() {
        assert_eq!(disposition("a b.mp4"), "attachment; filename=\"a b.mp4\"; filename*=UTF-8''a%20b.mp4");
        assert_eq!(
            disposition("Ёж\"\r\n.mp4"),
            "attachment; filename=\"_____.mp4\"; filename*=UTF-8''%D0%81%D0%B6%22%0D%0A.mp4"
        );
    }

    #[test]
    fn a_signature_is_of_its_key_and_its_time_alone() {
        let secret = [7; 32];
        let bytes = sign(&secret, "a.mp4", 5).unwrap().finalize().into_bytes();
        let text = hex(&bytes);
        assert_eq!(bytes_of_hex(&text).unwrap(), bytes.to_vec());
        for (key, expires) in [("a.mp4", 6), ("b.mp4", 5)] {
            assert!(sign(&secret, key, expires).unwrap().verify_slice(&bytes).is_err());
        }
        for wrong in ["", "0", "zz", "0g", "é"] {
            assert!(bytes_of_hex(wrong).is_none_or(|bytes| bytes.is_empty()), "{wrong}");
        }
    }
}

//! What a browser could be made to do to a server on its own machine, and what it is told to do with an answer.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::{Code, Problem, Result};

/// Refuses what a page of somebody else could have sent: there is no token that it would have to know.
pub(super) fn not_from_elsewhere(request: &Request) -> Result<()> {
    let headers = request.headers();
    let host = request.uri().authority().map(Authority::as_str).or_else(|| text(headers, header::HOST));
    // A name that somebody else's DNS lets point here (“DNS rebinding”).
    if !host.is_some_and(|host| is_this_machine(name(host))) {
        let host = host.unwrap_or_default().escape_debug();
        return Err(Problem::new(
            Code::WrongHost,
            format!(
                "`{host}` is not a name of this machine; ask http://127.0.0.1 or http://localhost, or make a token \
                 (`callsheet token new`), with which every name is right"
            ),
            format!(
                "`{host}` — не имя этой машины; обращайтесь к http://127.0.0.1 или http://localhost либо сделайте токен \
                 (`callsheet token new`): с ним годится любое имя"
            ),
        ));
    }
    let reads = reads(request.method());
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let from_elsewhere = match site {
        Some(site) => site != b"same-origin" && site != b"none",
        None => headers.get(header::ORIGIN).is_some_and(|origin| !is_same(origin, host.unwrap_or_default())),
    };
    if !reads && from_elsewhere {
        return Err(Problem::new(
            Code::CrossOrigin,
            "a page of another site may not write here; make a token (`callsheet token new`) and send it along",
            "странице другого сайта нельзя сюда писать; сделайте токен (`callsheet token new`) и отправляйте его",
        ));
    }
    Ok(())
}

/// Whether nothing is changed by it.
pub(super) fn reads(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The name of a host without its port.
fn name(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_this_machine(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    // RFC 6761, 6.3: no DNS may let these point elsewhere.
    name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn is_same(origin: &HeaderValue, host: &str) -> bool {
    origin.to_str().is_ok_and(|origin| origin.strip_prefix("http://").is_some_and(|origin| origin == host))
}

/// Says to a browser that an answer is what it says it is, for nobody else's page, and kept nowhere.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut say = |name, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(header::REFERRER_POLICY, "no-referrer");
    say(header::X_FRAME_OPTIONS, "DENY");
    say(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    say(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    say(header::CACHE_CONTROL, "no-store");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(method: &str, headers: &[(&str, &str)]) -> Option<Code> {
        let mut request = Request::builder().method(method).uri("/api/projects");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        not_from_elsewhere(&request.body(axum::body::Body::empty()).unwrap()).err().map(|problem| problem.code())
    }

    #[test]
    fn only_names_that_no_dns_can_turn_are_this_machines() {
        for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:1", "127.9.9.9", "[::1]:8080", "app.localhost:80"] {
            assert_eq!(code("GET", &[("host", host)]), None, "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]:80"] {
            assert_eq!(code("GET", &[("host", host)]), Some(Code::WrongHost), "{host}");
        }
        assert_eq!(code("GET", &[]), Some(Code::WrongHost));
    }

    #[test]
    fn a_page_of_another_site_reads_perhaps_and_never_writes() {
        let host = ("host", "localhost:8080");
        let elsewhere = Some(Code::CrossOrigin);
        assert_eq!(code("POST", &[host]), None, "no browser");
        assert_eq!(code("POST", &[host, ("origin", "http://localhost:8080")]), None);
        assert_eq!(code("POST", &[host, ("origin", "http://localhost:3000")]), elsewhere);
        assert_eq!(code("DELETE", &[host, ("origin", "null")]), elsewhere);
        assert_eq!(code("PUT", &[host, ("sec-fetch-site", "cross-site")]), elsewhere);
        assert_eq!(code("POST", &[host, ("sec-fetch-site", "same-site")]), elsewhere);
        assert_eq!(code("POST", &[host, ("sec-fetch-site", "same-origin"), ("origin", "http://localhost:8080")]), None);
        assert_eq!(code("GET", &[host, ("sec-fetch-site", "cross-site")]), None);
    }
}

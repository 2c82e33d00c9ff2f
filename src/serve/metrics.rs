//! What the server counts, in Prometheus' text format (0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{Problem, Result};
use super::state::{App, locked};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// Up to how many seconds the buckets reach: an API's answers are told apart, a render that is waited for is not.
const BUCKETS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// How often each route was asked, and how long its answers took to begin.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    routes: Mutex<BTreeMap<(String, String), Route>>,
}

#[derive(Debug, Default)]
struct Route {
    by_status: BTreeMap<u16, u64>,
    /// How many took as long as each bucket reaches, and no bucket before it.
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    fn note(&self, method: &str, route: &str, status: StatusCode, took: Duration) {
        let mut routes = locked(&self.routes);
        let route = routes.entry((method.to_owned(), route.to_owned())).or_default();
        *route.by_status.entry(status.as_u16()).or_default() += 1;
        let seconds = took.as_secs_f64();
        if let Some((_, count)) = BUCKETS.iter().zip(&mut route.buckets).find(|(most, _)| seconds <= **most) {
            *count += 1;
        }
        route.count += 1;
        route.seconds += seconds;
    }

    fn write(&self, text: &mut String) {
        let routes = locked(&self.routes);
        text.push_str("# HELP callsheet_http_requests_total Requests that were answered.\n");
        text.push_str("# TYPE callsheet_http_requests_total counter\n");
        for ((method, route), counted) in &*routes {
            for (status, count) in &counted.by_status {
                let _ = writeln!(
                    text,
                    "callsheet_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
                );
            }
        }
        text.push_str("# HELP callsheet_http_request_seconds How long it took until an answer began.\n");
        text.push_str("# TYPE callsheet_http_request_seconds histogram\n");
        for ((method, route), counted) in &*routes {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            let mut below = 0;
            for (most, count) in BUCKETS.iter().zip(&counted.buckets) {
                below += count;
                let _ = writeln!(text, "callsheet_http_request_seconds_bucket{{{labels},le=\"{most}\"}} {below}");
            }
            let Route { count, seconds, .. } = counted;
            let _ = writeln!(text, "callsheet_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "callsheet_http_request_seconds_sum{{{labels}}} {seconds:.6}");
            let _ = writeln!(text, "callsheet_http_request_seconds_count{{{labels}}} {count}");
        }
    }
}

/// Counts a request.
pub(super) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // What is no route has no name of its own: anybody could make up as many as they like.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let is_known = route != "none" && response.status() != StatusCode::METHOD_NOT_ALLOWED;
    let method = if is_known { method.as_str() } else { "other" };
    app.metrics.note(method, &route, response.status(), begun.elapsed());
    response
}

/// What is counted of the store: a name, what it is, and how it is asked for.
const GAUGES: &[(&str, &str, &str)] = &[
    ("callsheet_projects", "Projects.", "SELECT count(*) FROM projects"),
    ("callsheet_assets", "Assets of all projects.", "SELECT count(*) FROM assets"),
    ("callsheet_asset_bytes", "Bytes of media on the disk.", "SELECT coalesce(sum(bytes), 0) FROM blobs"),
    ("callsheet_uploads", "Uploads that are under way.", "SELECT count(*) FROM uploads"),
    ("callsheet_jobs_queued", "Jobs that wait for their turn.", "SELECT count(*) FROM jobs WHERE state = 'queued'"),
    ("callsheet_jobs_running", "Jobs that are worked at.", "SELECT count(*) FROM jobs WHERE state = 'running'"),
    (
        "callsheet_output_bytes",
        "Bytes of outputs that are kept.",
        "SELECT coalesce(sum(bytes), 0) FROM outputs WHERE state = 'there'",
    ),
];

/// What the server counts
///
/// In Prometheus' text format: requests by route and status, how long their answers took, what is kept.
#[utoipa::path(get, path = "/metrics", tag = "Server",
    responses((status = 200, content_type = "text/plain", body = String, description = "The numbers.")))]
async fn metrics(State(app): State<App>) -> Result<impl IntoResponse> {
    let mut text = String::new();
    app.metrics.write(&mut text);
    let gauges = app.db.read(|store| {
        let mut text = String::new();
        for (name, about, sql) in GAUGES {
            let value: i64 = store.query_row(sql, [], |row| row.get(0))?;
            let _ = write!(text, "# HELP {name} {about}\n# TYPE {name} gauge\n{name} {value}\n");
        }
        Ok::<_, Problem>(text)
    });
    text.push_str(&gauges.await?);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

//! The id of a request: what a user says and the log of the server have in common.

use std::fmt;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use super::id::Id;
use super::state::App;

/// The id of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(Id);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Gives a request an id, and its answer the same in `X-Request-Id`.
pub(super) async fn number(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Ok(id) = Id::draw(&app.clock) else { return next.run(request).await };
    let value = HeaderValue::from_str(id.as_str());
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    if let Ok(value) = value {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

//! A client that still sends when it is refused is heard a little longer: a connection that is closed under its hands is all
//! that it would see, and not the answer that says why.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};

use super::state::locked;

/// How much more is heard, in bytes.
const MOST: usize = 16 << 20;

/// How long more is heard.
const LONGEST: Duration = Duration::from_secs(2);

/// A body of which what nobody read can be read by somebody else.
struct Shared(Arc<Mutex<Body>>);

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut *locked(&self.0)).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        locked(&self.0).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        locked(&self.0).size_hint()
    }
}

/// Reads on, and forgets what it reads, where a request is refused before its body is read.
pub(super) async fn linger(request: Request, next: Next) -> Response {
    // Who asks before it sends sends nothing unless it is told to; reading would tell it to.
    let asks = request.headers().contains_key(header::EXPECT);
    let (head, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body));
    let response = next.run(Request::from_parts(head, Body::new(Shared(Arc::clone(&body))))).await;
    let refused = response.status().is_client_error() || response.status().is_server_error();
    if refused && !asks && !locked(&body).is_end_stream() {
        // What the client does not send in time it was told in vain.
        let _ = tokio::time::timeout(LONGEST, drain(&body)).await;
    }
    response
}

async fn drain(body: &Mutex<Body>) {
    let mut bytes = 0;
    while bytes < MOST {
        match poll_fn(|context| Pin::new(&mut *locked(body)).poll_frame(context)).await {
            Some(Ok(frame)) => bytes += frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) | None => return,
        }
    }
}

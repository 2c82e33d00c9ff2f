//! Connections: so many at a time, each of which has to say in time what it wants.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::log::log;

/// How many are open at the same time; the next ones wait to be taken. Each is a file that the process has open, of which
/// most systems allow 1024; the store, uploads and ffmpeg need theirs.
const OPEN: usize = 512;

/// How long a client may take to send the head of a request, and to send another one after an answer.
const HEAD: Duration = Duration::from_secs(20);

/// How long is waited where a connection cannot be taken: the system is out of files, or of memory.
const AGAIN: Duration = Duration::from_millis(100);

/// Serves until `stopped`; then what was begun is sent, and this ends.
pub(super) async fn listen(listener: TcpListener, router: Router, stopped: impl Future<Output = ()>) {
    let mut stopped = std::pin::pin!(stopped);
    let (open, shutdown) = (Arc::new(Semaphore::new(OPEN)), GracefulShutdown::new());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    loop {
        let taken = async {
            // Nobody closes it.
            let turn = Arc::clone(&open).acquire_owned().await;
            (turn, listener.accept().await)
        };
        let (turn, accepted) = tokio::select! {
            taken = taken => taken,
            () = &mut stopped => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                log(format_args!("a connection cannot be taken: {error}"));
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        };
        // An answer in small pieces, such as events, goes out at once.
        let _ = stream.set_nodelay(true);
        let serving = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        let serving = shutdown.watch(serving);
        tokio::spawn(async move {
            let _turn = turn;
            // A client that goes away is nothing to be told.
            let _ = serving.await;
        });
    }
    drop(listener);
    shutdown.shutdown().await;
}

//! The server: the same pipeline over HTTP, with its state in `SQLite` and a folder.
//!
//! The only asynchronous code. What takes long runs in threads that may block, by the library's own functions.

#![deny(clippy::print_stderr)]

mod analyze;
mod assets;
mod auth;
mod clock;
mod config;
mod db;
mod docs;
mod download;
mod extract;
mod fill;
mod findings;
mod folder;
mod guard;
mod health;
mod id;
mod idempotency;
mod jobs;
mod language;
mod linger;
mod listen;
mod log;
mod metrics;
mod openapi;
mod outputs;
mod page;
mod paging;
mod precondition;
mod problem;
mod projects;
mod range;
mod render;
mod request_id;
mod room;
mod routes;
mod scenario;
mod settings;
mod state;
mod storage;
mod token;
mod uploads;
mod webhook;

pub use clock::{Clock, Moment};
pub use config::{Config, Keep, Limits};
pub use storage::{S3Config, StorageConfig};
pub use token::{Token, Tokens};

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use jobs::Workers;
use state::App;

/// The description of the API: `OpenAPI` 3.1, as `/openapi.json` has it.
#[must_use]
pub fn description() -> &'static serde_json::Value {
    openapi::document()
}

/// How long answers that were begun have to end.
const GRACE: Duration = Duration::from_secs(10);

/// How often the wish to end is looked at; it comes from a signal handler, which can wake nobody.
const LOOK: Duration = Duration::from_millis(50);

/// Serves until `cancel`; calls `on_ready` with the address once it listens.
pub fn serve(config: Config, cancel: &Cancel, on_ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let failed = |error: std::io::Error| Error::Serve {
        reason: format!("the runtime does not start: {error}"),
        fix: "look at the limits of this user (`ulimit -a`)".into(),
    };
    let app = App::open(config, cancel)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let workers = Workers::start(&app, runtime.handle())?;
    let result = runtime.block_on(run(app.clone(), on_ready));
    // Also where it does not end because somebody wants it to.
    app.end();
    workers.join();
    // A thread that ffmpeg keeps is ended by the same wish; it has its own time for that.
    runtime.shutdown_timeout(GRACE);
    result
}

async fn run(app: App, on_ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let address = app.config.address;
    let failed = |error: std::io::Error| Error::Serve {
        reason: format!("{address} cannot be listened on: {error}"),
        fix: "choose another with `--host` and `--port`; port 0 takes one that is free".into(),
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let local = listener.local_addr().map_err(failed)?;
    let service = routes::service(&app);
    tokio::spawn(outputs::keep_house(app.clone()));
    tokio::spawn(webhook::deliver(app.clone()));
    on_ready(local);
    tokio::select! {
        () = listen::listen(listener, service, stopped(&app)) => {}
        // A client that does not read its answer does not keep us.
        () = async { stopped(&app).await; tokio::time::sleep(GRACE).await } => {}
    }
    Ok(())
}

/// Waits for the wish to end, and tells it to answers that have no end.
async fn stopped(app: &App) {
    while !app.cancel.is_cancelled() {
        tokio::time::sleep(LOOK).await;
    }
    app.stop();
}

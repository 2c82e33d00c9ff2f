//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::clock::Clock;
use super::config::Config;
use super::db::Db;
use super::folder::Folder;

/// The server; clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct App(Arc<State>);

/// What the server is made of.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) db: Db,
    pub(crate) folder: Folder,
    pub(crate) clock: Clock,
    /// The wish that the server ends; what runs in it runs below this.
    pub(crate) cancel: Cancel,
    stopping: watch::Sender<bool>,
}

impl Deref for App {
    type Target = State;
    fn deref(&self) -> &State {
        &self.0
    }
}

impl App {
    /// Opens what is kept in the data folder.
    pub(crate) fn open(config: Config, cancel: &Cancel) -> Result<Self> {
        let folder = Folder::open(&config.data)?;
        let path = Folder::store(folder.root());
        let db = Db::open(&path).map_err(|error| Error::Serve {
            reason: format!("the store `{}` cannot be opened: {error}", path.display()),
            fix: "name another folder with `--data`, or put a copy of the store in its place".into(),
        })?;
        let clock = config.clock.clone();
        let stopping = watch::Sender::new(false);
        Ok(Self(Arc::new(State { config, db, folder, clock, cancel: cancel.clone(), stopping })))
    }

    /// Becomes true when the server begins to end: an answer without an end, e.g. a stream of events, ends then.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    pub(super) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }
}

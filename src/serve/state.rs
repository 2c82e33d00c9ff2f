//! What every handler can reach.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, watch};

use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::produce::Model;
use crate::rules::{self, Program};
use crate::writer::Templates;

use super::assets;
use super::clock::Clock;
use super::config::Config;
use super::db::Db;
use super::folder::Folder;
use super::jobs::{self, Queue};
use super::metrics::Metrics;
use super::problem::{Problem, Result as Answer};
use super::room::RECEIVED;
use super::settings;
use super::storage::Storage;

/// How many requests wait for the model at the same time.
const THINKING: usize = 4;

/// How often a wrong answer of the model goes back.
const REPAIRS: u32 = 2;

/// So many searches for clips run at once.
const SEARCHES: usize = 8;

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
    /// Where outputs are.
    pub(crate) storage: Storage,
    /// With which links are signed.
    pub(crate) signing: [u8; 32],
    /// Whom to wake for a job.
    pub(crate) queue: Queue,
    /// The wish that the server ends; what runs in it runs below this.
    pub(crate) cancel: Cancel,
    /// The rules that plans are made by.
    pub(crate) program: Program,
    /// Who writes scenarios and edits, if anybody.
    pub(crate) model: Option<Model>,
    /// Held while files in the folder of assets come and go.
    pub(crate) blobs: Mutex<()>,
    /// The uploads that a request fills just now.
    pub(crate) filling: Mutex<BTreeSet<String>>,
    /// The `Idempotency-Key`s, each with its caller, whose requests are under way.
    pub(crate) keys: Mutex<BTreeSet<(String, String)>>,
    pub(crate) metrics: Metrics,
    /// Turns for searches: each may hold a thread for a minute.
    pub(crate) searches: Arc<Semaphore>,
    work: Arc<Semaphore>,
    thinking: Arc<Semaphore>,
    /// Turns to receive a file.
    pub(super) receiving: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

/// A lock whose holder may have panicked: what it guards is right after every statement.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let source = match &config.rules {
            None => rules::default_source(),
            Some(path) => {
                let fail = |source| Error::Read { path: path.clone(), source };
                Source::new(path.display().to_string(), std::fs::read_to_string(path).map_err(fail)?)
            }
        };
        let (program, _) = rules::load(&source, &rules::from_disk)?;
        let of_config = |config| Model { config, templates: Templates::shipped(), repairs: REPAIRS };
        let model = config.model.clone().map(of_config);
        let clock = config.clock.clone();
        let storage = Storage::open(&config.storage, &folder)?;
        let signing =
            db.write_now(|store| settings::secret(store, "downloads", &clock)).map_err(|problem| failed(&problem))?;
        let stopping = watch::Sender::new(false);
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let app = Self(Arc::new(State {
            config,
            db,
            folder,
            clock,
            storage,
            signing,
            queue: Queue::default(),
            cancel: cancel.below(),
            program,
            model,
            blobs: Mutex::default(),
            filling: Mutex::default(),
            keys: Mutex::default(),
            metrics: Metrics::default(),
            searches: Arc::new(Semaphore::new(SEARCHES)),
            work: Arc::new(Semaphore::new(cores.max(2))),
            thinking: Arc::new(Semaphore::new(THINKING)),
            receiving: Arc::new(Semaphore::new(RECEIVED)),
            stopping,
        }));
        assets::tidy(&app).map_err(|problem| Error::Serve {
            reason: format!(
                "the folder `{}` cannot be tidied: {}",
                app.config.data.display(),
                problem.cause().unwrap_or("")
            ),
            fix: "look at its permissions, and at the room on its disk".into(),
        })?;
        jobs::recover(&app).map_err(|problem| failed(&problem))?;
        Ok(app)
    }

    /// Runs `work`, which may take seconds, in a thread that may block; as many at a time as there are cores.
    pub(crate) async fn block<T, F>(&self, work: F) -> Answer<T>
    where
        F: FnOnce(&Self) -> Answer<T> + Send + 'static,
        T: Send + 'static,
    {
        self.in_turn(&self.work, work).await
    }

    /// Runs `work`, which waits for a model for minutes, in a thread that may block; what needs the cores does not wait for it.
    pub(crate) async fn ponder<T, F>(&self, work: F) -> Answer<T>
    where
        F: FnOnce(&Self) -> Answer<T> + Send + 'static,
        T: Send + 'static,
    {
        self.in_turn(&self.thinking, work).await
    }

    async fn in_turn<T, F>(&self, turns: &Arc<Semaphore>, work: F) -> Answer<T>
    where
        F: FnOnce(&Self) -> Answer<T> + Send + 'static,
        T: Send + 'static,
    {
        // Nobody closes it; if somebody did, all the same.
        let turn = Arc::clone(turns).acquire_owned().await;
        self.brief(move |app| {
            // Held to the end of the work, whether or not anybody still waits for it.
            let _turn = turn;
            work(app)
        })
        .await
    }

    /// Runs `work`, which takes a moment, in a thread that may block; it waits for nobody.
    pub(crate) async fn brief<T, F>(&self, work: F) -> Answer<T>
    where
        F: FnOnce(&Self) -> Answer<T> + Send + 'static,
        T: Send + 'static,
    {
        let app = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&app)).await;
        done.unwrap_or_else(|error| Err(Problem::broken(&error)))
    }

    /// Becomes true when the server begins to end: an answer without an end, e.g. a stream of events, ends then.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    /// Lets everything that runs in the server end.
    pub(super) fn end(&self) {
        self.0.cancel.cancel();
        self.stop();
    }

    pub(super) fn stop(&self) {
        self.0.stopping.send_replace(true);
        self.queue.wake();
    }
}

fn failed(problem: &Problem) -> Error {
    Error::Serve {
        reason: format!("the store cannot be used: {}", problem.cause().unwrap_or("no reason is known")),
        fix: "look at the folder that `--data` names, and at the room on its disk".into(),
    }
}

/// Ends what runs below it when the request that asked for it is gone: nobody would see the result.
#[derive(Debug)]
pub(crate) struct CancelOnDrop(Cancel);

impl CancelOnDrop {
    pub(crate) fn new(cancel: Cancel) -> Self {
        Self(cancel)
    }

    pub(crate) fn cancel(&self) -> Cancel {
        self.0.clone()
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

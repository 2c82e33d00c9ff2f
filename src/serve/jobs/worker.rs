//! The threads that work: each claims a job, does it, writes how it ended, and claims the next.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::json;
use tokio::runtime::Handle;

use crate::error::{Error, Result as Started};
use crate::serve::log::log;
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;
use crate::serve::{fill, outputs, render, webhook};

use super::ended::{cancelled, poisoned};
use super::row::MOST_ATTEMPTS;
use super::{Desk, Ended, Event, Kind, Outcome, Row, State};

/// How long is waited before the store is tried again, when it cannot be written.
const AGAIN: Duration = Duration::from_secs(1);

/// How many clips are fetched at the same time. That is waiting for others, for minutes where a clip is made; renders, which
/// take all of the machine, do not wait behind it.
const FILLS: usize = 4;

/// How the name of a job's folder begins.
const FOLDER: &str = "job-";

/// The threads.
#[derive(Debug)]
pub(crate) struct Workers(Vec<JoinHandle<()>>);

impl Workers {
    /// Starts as many as the configuration says.
    pub(crate) fn start(app: &App, runtime: &Handle) -> Started<Self> {
        let work = |(kind, number): (Kind, usize)| {
            let (app, runtime) = (app.clone(), runtime.clone());
            let name = format!("{} {number}", kind.word());
            thread::Builder::new().name(name).spawn(move || work(&app, kind, &runtime))
        };
        let fills = if app.config.jobs == 0 { 0 } else { FILLS };
        let renders = (0..app.config.jobs).map(|number| (Kind::Render, number));
        let all = renders.chain((0..fills).map(|number| (Kind::Fill, number)));
        let threads = all.map(work).collect::<std::io::Result<Vec<_>>>();
        threads.map(Self).map_err(|error| Error::Serve {
            reason: format!("the threads for jobs do not start: {error}"),
            fix: "look at the limits of this user (`ulimit -a`), or run fewer with `--jobs`".into(),
        })
    }

    /// Waits until all have put down their work, which they do when the server is to end.
    pub(crate) fn join(self) {
        for thread in self.0 {
            let _ = thread.join();
        }
    }
}

/// Takes up what a server that was killed was at work at. Before the first worker starts.
pub(crate) fn recover(app: &App) -> Result<()> {
    for entry in std::fs::read_dir(app.folder.tmp())? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(FOLDER) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    let now = app.clock.now();
    app.db.write_now(|store| {
        outputs::forget_unfinished(store)?;
        for row in Row::left_running(store)? {
            if row.unwanted {
                close(store, app, &row, Closing::Cancelled, now)?;
            } else if row.stalled >= MOST_ATTEMPTS {
                close(store, app, &row, Closing::Failed(&poisoned(row.stalled)), now)?;
            } else {
                store.execute("UPDATE jobs SET state = 'queued', progress = NULL WHERE id = ?1", [&row.id])?;
            }
        }
        Ok(())
    })
}

fn work(app: &App, kind: Kind, runtime: &Handle) {
    while !app.cancel.is_cancelled() {
        // Whatever breaks at one job, the next one finds its worker.
        if catch_unwind(AssertUnwindSafe(|| turn(app, kind, runtime))).is_err() {
            log("a worker panicked; it goes on");
            thread::sleep(AGAIN);
        }
    }
}

fn turn(app: &App, kind: Kind, runtime: &Handle) {
    let seen = app.queue.seen();
    match app.db.write_now(|store| Row::claim(store, kind, app.clock.now())) {
        Ok(Some(row)) => carry_out(app, runtime, &row),
        Ok(None) => app.queue.wait(seen),
        Err(problem) => {
            log(format_args!("the queue: {}", problem.cause().unwrap_or("the store cannot be written")));
            thread::sleep(AGAIN);
        }
    }
}

fn carry_out(app: &App, runtime: &Handle, row: &Row) {
    app.queue.tell();
    let cancel = app.cancel.below();
    app.queue.begin(&row.id, &cancel);
    // A wish that came after the claim and before this found nobody to tell.
    if let Ok(Some(Row { unwanted: true, .. }) | None) = app.db.read_now(|store| Row::get(store, row.id.as_str())) {
        cancel.cancel();
    }
    let worked = catch_unwind(AssertUnwindSafe(|| {
        // Gone with all that is in it, however the work ends.
        let folder = tempfile::Builder::new().prefix(FOLDER).tempdir_in(app.folder.tmp())?;
        let mut desk = Desk::new(app, row, &cancel, runtime, folder.path());
        match row.kind {
            Kind::Render => render::work(&mut desk),
            Kind::Fill => fill::work(&mut desk),
        }
    }));
    app.queue.end(&row.id);
    let ended = worked.unwrap_or_else(|_| Err(Ended::Failed(Problem::broken(&"the job panicked"))));
    if let Err(Ended::Failed(problem)) = &ended
        && let Some(cause) = problem.cause()
    {
        log(format_args!("job {}: {cause}", row.id));
    }
    // Without room for the end of a job there is none for another one.
    while let Err(problem) = write_down(app, row, &ended, &cancel) {
        log(format_args!("job {}: {}", row.id, problem.cause().unwrap_or("its end cannot be written")));
        if app.cancel.is_cancelled() {
            break;
        }
        thread::sleep(AGAIN);
    }
    app.queue.tell();
    app.queue.wake();
}

fn write_down(app: &App, row: &Row, ended: &Result<Outcome, Ended>, cancel: &crate::ffmpeg::Cancel) -> Result<()> {
    let now = app.clock.now();
    app.db.write_now(|store| {
        let Some(now_there) = Row::get(store, row.id.as_str())? else { return Ok(()) };
        let closing = match ended {
            _ if now_there.unwanted => Closing::Cancelled,
            Ok(outcome) => Closing::Done(outcome),
            Err(Ended::Failed(problem)) if !cancel.is_cancelled() => Closing::Failed(problem),
            // What goes wrong while it is stopped goes wrong because it is stopped.
            Err(_) => {
                outputs::drop_all(store, &row.id)?;
                return Row::put_back(store, &row.id);
            }
        };
        close(store, app, &now_there, closing, now)
    })
}

/// How a job is closed.
#[derive(Clone, Copy)]
enum Closing<'a> {
    Done(&'a Outcome),
    Failed(&'a Problem),
    Cancelled,
}

/// Closes a job in all tables at once.
fn close(
    store: &rusqlite::Transaction<'_>,
    app: &App,
    row: &Row,
    closing: Closing<'_>,
    now: crate::serve::clock::Moment,
) -> Result<()> {
    let gone = cancelled(&row.id);
    let (state, result, problem, event) = match closing {
        Closing::Done(outcome) => (State::Done, Some(&outcome.result), None, "done"),
        Closing::Failed(problem) => (State::Failed, None, Some(problem), "error"),
        Closing::Cancelled => (State::Cancelled, None, Some(&gone), "error"),
    };
    if !Row::end(store, &row.id, state, result, problem, now)? {
        return Ok(());
    }
    if state == State::Done {
        outputs::release(store, &row.id)?;
    } else {
        outputs::drop_all(store, &row.id)?;
    }
    Event::add(store, &row.id, event, &json!({ "state": state }), now)?;
    webhook::enqueue(store, app, &row.id, &row.project, state, now)
}

/// Stops a job: at once where it waits, soon where it runs. Says how it is now.
pub(super) fn stop(app: &App, store: &rusqlite::Transaction<'_>, row: &Row) -> Result<Row> {
    match row.state {
        State::Queued => close(store, app, row, Closing::Cancelled, app.clock.now())?,
        State::Running => {
            store.execute("UPDATE jobs SET unwanted = 1 WHERE id = ?1", [&row.id])?;
        }
        State::Cancelled => {}
        State::Done | State::Failed => {
            return Err(Problem::new(
                crate::serve::problem::Code::Conflict,
                format!("the job is over: it is {}; there is nothing to stop", row.state.word()),
                format!("задание уже закончено ({}); останавливать нечего", row.state.word()),
            ));
        }
    }
    Row::get(store, row.id.as_str())?.ok_or_else(|| Problem::no_such("job", "задания", row.id.as_str()))
}

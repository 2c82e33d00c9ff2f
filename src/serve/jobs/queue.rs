//! What workers, streams and handlers tell each other. What holds is in the store; this only wakes who has to look.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::ffmpeg::Cancel;
use crate::serve::id::Id;

/// A worker that nobody wakes looks by itself after so long: the wish to end comes from a signal, which can wake nobody.
const LOOK: Duration = Duration::from_millis(500);

/// Who is to be woken, and what runs.
#[derive(Debug)]
pub(crate) struct Queue {
    /// How often something was put into the queue.
    put: Mutex<u64>,
    wake: Condvar,
    running: Mutex<BTreeMap<Id, Cancel>>,
    /// How often something happened to a job.
    news: watch::Sender<u64>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { put: Mutex::default(), wake: Condvar::new(), running: Mutex::default(), news: watch::Sender::new(0) }
    }
}

impl Queue {
    /// Something is in the queue: a worker is to look.
    pub(crate) fn wake(&self) {
        *self.put.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.wake.notify_all();
    }

    /// How often something was put into the queue.
    pub(super) fn seen(&self) -> u64 {
        *self.put.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until more was put into the queue than was `seen`, or a moment.
    pub(super) fn wait(&self, seen: u64) {
        let put = self.put.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.wake.wait_timeout_while(put, LOOK, |put| *put == seen));
    }

    /// Something happened to a job: streams and whoever waits are to look.
    pub(crate) fn tell(&self) {
        self.news.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes with everything that happens.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    pub(super) fn begin(&self, id: &Id, cancel: &Cancel) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), cancel.clone());
    }

    pub(super) fn end(&self, id: &Id) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Ends the work at a job, if it is worked at.
    pub(crate) fn cancel(&self, id: &Id) {
        if let Some(cancel) = self.running.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            cancel.cancel();
        }
    }
}

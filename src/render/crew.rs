//! Jobs done side by side; the first that fails ends them all.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

/// How many work at a time: each has its own ffmpeg, with some hundred megabytes.
const MOST_WORKERS: usize = 8;

/// How far one job is: its number, and how many of its frames are done.
type Told = (usize, u64);

/// Does the jobs 0 to `count` by the cores that there are. `work` tells the frames that it has done; `on_frames` hears it
/// of all jobs on this thread.
pub(super) fn crew(
    count: usize,
    cancel: &Cancel,
    work: impl Fn(usize, &Cancel, &mut dyn FnMut(u64)) -> Result<()> + Sync,
    on_frames: &mut dyn FnMut(usize, u64),
) -> Result<()> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS).min(count);
    let next = AtomicUsize::new(0);
    let abort = cancel.below();
    let failed: Mutex<Option<Error>> = Mutex::new(None);
    let labour = |sender: Sender<Told>| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count || abort.is_cancelled() {
                return;
            }
            let result = work(number, &abort, &mut |frames| {
                // Nobody listens any more only when all is over.
                let _ = sender.send((number, frames));
            });
            if let Err(error) = result {
                abort.cancel();
                if let Ok(mut failed) = failed.lock() {
                    // What ends because of the first failure is no failure of its own.
                    failed.get_or_insert(error);
                }
            }
        }
    };
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            scope.spawn(|| labour(sender));
        }
        drop(sender);
        for (number, frames) in receiver {
            on_frames(number, frames);
        }
    });
    match failed.into_inner().ok().flatten() {
        Some(error) => Err(error),
        None if cancel.is_cancelled() => Err(Error::Cancelled),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_and_heard_of() {
        let done: Vec<AtomicUsize> = (0..20).map(|_| AtomicUsize::new(0)).collect();
        let mut heard = 0;
        let work = |number: usize, _: &Cancel, tell: &mut dyn FnMut(u64)| {
            done[number].fetch_add(1, Ordering::Relaxed);
            tell(number as u64);
            Ok(())
        };
        crew(20, &Cancel::new(), work, &mut |number, frames| {
            assert_eq!(number as u64, frames);
            heard += 1;
        })
        .expect("nothing fails");
        assert_eq!(heard, 20);
        assert!(done.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }

    #[test]
    fn the_first_failure_ends_the_others_and_is_the_one_that_is_told() {
        let work = |number: usize, cancel: &Cancel, _: &mut dyn FnMut(u64)| {
            if number == 0 {
                return Err(Error::Stalled(7));
            }
            while !cancel.is_cancelled() {
                thread::yield_now();
            }
            Err(Error::Cancelled)
        };
        let cancel = Cancel::new();
        let result = crew(9, &cancel, work, &mut |_, _| {});
        assert!(matches!(result, Err(Error::Stalled(7))), "{result:?}");
        assert!(!cancel.is_cancelled());
    }
}

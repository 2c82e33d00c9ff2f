//! What happens to files, told by the system.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, MetadataKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::{Changes, Happening};

/// A save is over when nothing more has happened for so long.
const MOMENT: Duration = Duration::from_millis(10);

/// How often somebody who waits looks up whether anybody still wants to know.
const GLANCE: Duration = Duration::from_millis(100);

/// Folders that are looked at, each without those below it.
pub(in crate::cli) struct Folders {
    watcher: RecommendedWatcher,
    told: Receiver<notify::Result<notify::Event>>,
    followed: BTreeSet<PathBuf>,
    /// Files of an event that were not told yet.
    rest: Vec<PathBuf>,
    cancel: Cancel,
}

impl Folders {
    /// None yet. They are looked at until `cancel`, or until nobody reads stdout.
    pub(in crate::cli) fn new(cancel: &Cancel) -> Result<Self> {
        let (teller, told) = mpsc::channel();
        let watcher = notify::recommended_watcher(teller).map_err(|error| failure(".".into(), error))?;
        Ok(Self { watcher, told, followed: BTreeSet::new(), rest: Vec::new(), cancel: cancel.clone() })
    }
}

fn failure(path: PathBuf, error: notify::Error) -> Error {
    let source = match error.kind {
        notify::ErrorKind::Io(source) => source,
        notify::ErrorKind::MaxFilesWatch => {
            std::io::Error::other("the system watches no more folders; on Linux, raise fs.inotify.max_user_watches")
        }
        kind => std::io::Error::other(format!("it cannot be watched: {}", notify::Error::new(kind))),
    };
    Error::Read { path, source }
}

impl Changes for Folders {
    fn follow(&mut self, folders: &BTreeSet<PathBuf>) -> Result<()> {
        for gone in self.followed.difference(folders) {
            // One that was removed is not looked at any more anyway.
            let _ = self.watcher.unwatch(gone);
        }
        self.followed.retain(|folder| folders.contains(folder));
        for folder in folders {
            if folder.is_dir() && !self.followed.contains(folder) {
                let watched = self.watcher.watch(folder, RecursiveMode::NonRecursive);
                watched.map_err(|error| failure(folder.clone(), error))?;
                self.followed.insert(folder.clone());
            }
        }
        Ok(())
    }

    fn next(&mut self, settling: bool) -> Happening {
        if let Some(path) = self.rest.pop() {
            return Happening::Changed(path);
        }
        loop {
            if self.cancel.is_cancelled() || nobody_reads() {
                return Happening::Ended;
            }
            match self.told.recv_timeout(if settling { MOMENT } else { GLANCE }) {
                Ok(Ok(event)) if is_change(event.kind) => {
                    self.rest = event.paths;
                    if let Some(path) = self.rest.pop() {
                        return Happening::Changed(path);
                    }
                }
                Err(RecvTimeoutError::Timeout) if settling => return Happening::Quiet,
                // That a file was opened or read is no change of it; callsheet itself does that.
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Happening::Ended,
            }
        }
    }
}

fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        // A file that is touched is told so by editors that write nothing new; one that is read has another time, too.
        EventKind::Modify(ModifyKind::Metadata(kind)) => kind != MetadataKind::AccessTime && kind != MetadataKind::Any,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) => true,
        EventKind::Any | EventKind::Other => false,
    }
}

/// Whether stdout leads to somebody who has gone away.
#[cfg(unix)]
fn nobody_reads() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdout = std::io::stdout();
    let mut ends = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let told = poll(&mut ends, Some(&at_once)).is_ok_and(|count| count > 0);
    told && ends.iter().any(|end| end.revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL))
}

#[cfg(not(unix))]
fn nobody_reads() -> bool {
    false
}

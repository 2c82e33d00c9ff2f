//! Where results are kept that would cost much to make again.

use std::env;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The folder for kept results: `CALLSHEET_CACHE`, else `callsheet` in the system's folder for such; `None` where there is
/// no home.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The XDG base directory specification: a relative path is invalid and to be ignored.
    let absolute = |name: &str| path(name).filter(|path| path.is_absolute());
    path("CALLSHEET_CACHE")
        .or_else(|| absolute("XDG_CACHE_HOME").map(|folder| folder.join("callsheet")))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache/callsheet")))
}

/// A note that was not needed for so long is not kept.
const STALE: Duration = Duration::from_secs(90 * 24 * 3600);

/// No note is larger: what is, is found out again.
const MAX_NOTE: u64 = 1 << 20;

/// Whether this process leaves the cache as it is. A dry run does, whatever it has to find out on its way.
static ONLY_READ: AtomicBool = AtomicBool::new(false);

/// From now on this process notes nothing; what is noted is read all the same.
pub(crate) fn only_read() {
    ONLY_READ.store(true, Ordering::Relaxed);
}

/// What was found out about files, each kept under a hash of what tells that nothing has changed.
#[derive(Clone, Debug)]
pub(crate) struct Notes(PathBuf);

impl Notes {
    /// Those in `folder`, which need not exist.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The user's own, in the folder `name` of [`folder()`].
    pub(crate) fn of_user(name: &str) -> Option<Self> {
        folder().map(|folder| Self(folder.join(name)))
    }

    fn path(&self, about: &str) -> PathBuf {
        self.0.join(blake3::hash(about.as_bytes()).to_hex().as_str())
    }

    /// What is noted about `about`.
    pub(crate) fn read(&self, about: &str) -> Option<String> {
        let mut text = String::new();
        let file = File::open(self.path(about)).ok()?;
        file.take(MAX_NOTE).read_to_string(&mut text).ok()?;
        Some(text)
    }

    /// Notes `text` about `about`, whole or not at all. Without the note it is found out again next time, which is no error.
    pub(crate) fn write(&self, about: &str, text: &str) {
        if text.len() as u64 >= MAX_NOTE || ONLY_READ.load(Ordering::Relaxed) {
            return;
        }
        let _ = fs::create_dir_all(&self.0)
            .and_then(|()| tempfile::NamedTempFile::new_in(&self.0))
            .and_then(|part| fs::write(part.path(), text).map(|()| part))
            .map(|part| part.persist(self.path(about)));
    }

    /// Takes away what is old; what is still true is found out again.
    pub(crate) fn forget(&self) {
        self.forget_older(STALE);
    }

    /// Takes away what was noted longer than `most` ago.
    pub(crate) fn forget_older(&self, most: Duration) {
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let written = entry.metadata().and_then(|file| file.modified());
            if written.is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age > most)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// What tells that the file at `path` is the same as before without reading it.
pub(crate) fn identity(path: &Path) -> io::Result<String> {
    Ok(identity_of(path, &fs::metadata(path)?))
}

fn identity_of(path: &Path, file: &Metadata) -> String {
    let changed = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    #[cfg(unix)]
    let inode = {
        use std::os::unix::fs::MetadataExt as _;
        format!("{}:{}:{}.{}", file.dev(), file.ino(), file.ctime(), file.ctime_nsec())
    };
    #[cfg(not(unix))]
    let inode = "";
    // Not every path is UTF-8, and two that differ must not be told as one.
    let path = blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex();
    format!("{path}\n{}\n{}\n{inode}", file.len(), changed.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_about_a_file_is_forgotten_when_the_file_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let notes = Notes::at(folder.path().join("notes"));
        let file = folder.path().join("clip.mp4");
        fs::write(&file, "one").expect("written");
        let before = identity(&file).expect("there");
        assert_eq!(notes.read(&before), None);
        notes.write(&before, "three letters");
        assert_eq!(notes.read(&before).as_deref(), Some("three letters"));
        fs::write(&file, "four").expect("written");
        assert_eq!(notes.read(&identity(&file).expect("there")), None);
    }

    #[test]
    fn what_is_too_large_is_not_noted_and_what_is_old_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let notes = Notes::at(folder.path().to_owned());
        notes.write("large", &"x".repeat(1 << 20));
        assert_eq!(notes.read("large"), None);
        notes.write("old", "text");
        notes.write("new", "text");
        let file = File::options().append(true).open(notes.path("old")).expect("a note");
        file.set_modified(SystemTime::now() - 2 * STALE).expect("set");
        notes.forget();
        assert_eq!((notes.read("old"), notes.read("new").as_deref()), (None, Some("text")));
    }
}

//! A render at work in a store.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use tempfile::TempDir;

use crate::error::Result;

use super::super::encode::write_error;
use super::super::key::Key;
use super::{Facts, Store, content};

/// The folder of a render that runs, inside its store. As long as it is held, the pieces that it needs are not thrown
/// away, and when its owner dies the folder can be told from one in use.
#[derive(Debug)]
pub(in crate::render) struct Lease {
    store: Store,
    folder: TempDir,
    /// Locked as long as its owner lives, however that ends.
    _keys: File,
}

/// How the folders of running renders begin.
pub(in crate::render) const PREFIX: &str = "work-";

/// The file in such a folder that names what is needed.
pub(in crate::render) const KEYS: &str = "keys";

impl Store {
    /// Begins a render that needs the pieces called `keys`.
    pub(in crate::render) fn lease<'a>(&self, keys: impl IntoIterator<Item = &'a Key>) -> Result<Lease> {
        let fail = |source| write_error(&self.folder, source);
        fs::create_dir_all(&self.folder).map_err(fail)?;
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&self.folder).map_err(fail)?;
        let mut file = File::create(folder.path().join(KEYS)).map_err(fail)?;
        lock(&file);
        let mut names = String::new();
        for key in keys {
            names.extend([&key.to_string(), "\n"]);
        }
        file.write_all(names.as_bytes()).map_err(fail)?;
        Ok(Lease { store: self.clone(), folder, _keys: file })
    }
}

impl Lease {
    /// Where this render may write.
    pub(in crate::render) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts the finished file at `part`, which lies in the lease's folder, into the store under `key`; size and content of
    /// `facts` are found here.
    pub(in crate::render) fn keep(&self, key: &Key, part: &Path, facts: Facts) -> Result<Facts> {
        let fail = |source| write_error(part, source);
        let bytes = fs::metadata(part).map_err(fail)?.len();
        let facts = Facts { bytes, content: content::of_file(part).map_err(fail)?, ..facts };
        let note = part.with_extension("json");
        let text = serde_json::to_vec(&facts).map_err(|error| fail(error.into()))?;
        fs::write(&note, text).map_err(fail)?;
        fs::rename(part, self.store.path(key)).map_err(fail)?;
        fs::rename(&note, self.store.note(key)).map_err(fail)?;
        Ok(facts)
    }
}

/// Marks a file as in use by this process.
pub(in crate::render) fn lock(file: &File) {
    #[cfg(unix)]
    // On a file system without locks a running render looks like a dead one; its folder is then safe by its age alone.
    let _ = rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive);
    #[cfg(not(unix))]
    let _ = file;
}

/// Whether the process that made the file still runs.
pub(in crate::render) fn is_held(file: &File) -> bool {
    #[cfg(unix)]
    let held = rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockShared).is_err();
    #[cfg(not(unix))]
    let held = false;
    held
}

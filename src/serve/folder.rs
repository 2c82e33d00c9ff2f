//! The folder with all that the server keeps. Names in it are made here alone, of hashes and ids.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The folder, which belongs to one server at a time.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Locked as long as the server lives.
    _lock: File,
}

impl Folder {
    /// Opens the folder, makes it if it is not there, and takes it for this process.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let fail = |source| Error::Write { path: path.to_owned(), source };
        let root = Self::make(path)?;
        let lock = File::create(root.join("lock")).map_err(fail)?;
        // One that was just ended may not be gone yet, nor a program that it was about to start.
        let mut tries = 0;
        let locked = loop {
            match lock.try_lock() {
                Err(fs::TryLockError::WouldBlock) if tries < 40 => {
                    tries += 1;
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
                other => break other,
            }
        };
        match locked {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(Error::Serve {
                    reason: format!("another server works in `{}`", path.display()),
                    fix: "end that one, or name another folder with `--data`".into(),
                });
            }
            Err(fs::TryLockError::Error(source)) => return Err(fail(source)),
        }
        Ok(Self { root, _lock: lock })
    }

    /// Makes the folder if it is not there, and says where it is.
    pub(crate) fn make(path: &Path) -> Result<PathBuf> {
        let fail = |source| Error::Write { path: path.to_owned(), source };
        let root = std::path::absolute(path).map_err(fail)?;
        for name in ["assets", "tmp", "outputs", "cache"] {
            make(&root.join(name)).map_err(fail)?;
        }
        Ok(root)
    }

    /// The store.
    pub(crate) fn store(root: &Path) -> PathBuf {
        root.join("callsheet.db")
    }

    /// The folder itself, absolute.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What was uploaded or fetched, each file named by the hash of its content.
    pub(crate) fn assets(&self) -> PathBuf {
        self.root.join("assets")
    }

    /// What is not finished. A file that is gets a name elsewhere by renaming.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// The rendered videos, where they are kept in a folder.
    pub(crate) fn outputs(&self) -> PathBuf {
        self.root.join("outputs")
    }

    /// The cache of rendered spans.
    pub(crate) fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }
}

/// Makes a folder that its owner alone may enter: what clients upload is nobody else's business.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

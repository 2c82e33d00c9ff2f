//! Hashes of files, kept so that a large one is read once.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::cache::{Notes, identity};

use super::Store;

impl Store {
    /// What is known of source files.
    pub(super) fn inputs(&self) -> Notes {
        Notes::at(self.folder.join("inputs"))
    }

    /// The hash of the content of the file at `path`, from a note if the file has not changed since.
    pub(in crate::render) fn content(&self, path: &Path) -> io::Result<String> {
        let identity = identity(path)?;
        let notes = self.inputs();
        if let Some(known) = notes.read(&identity).filter(|known| known.len() == 64) {
            return Ok(known);
        }
        let content = of_file(path)?;
        if !self.read_only {
            notes.write(&identity, &content);
        }
        Ok(content)
    }
}

/// The hash of what is in a file now.
pub(super) fn of_file(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

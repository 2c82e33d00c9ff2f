//! Hashes of files, kept so that a large one is read once.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::Store;

impl Store {
    /// The hash of the content of the file at `path`, from a note if the file has not changed since.
    pub(in crate::render) fn content(&self, path: &Path) -> io::Result<String> {
        let notes = self.folder.join("inputs");
        let note = notes.join(blake3::hash(identity(path, &fs::metadata(path)?).as_bytes()).to_hex().as_str());
        if let Ok(known) = fs::read_to_string(&note)
            && known.len() == 64
        {
            return Ok(known);
        }
        let content = of_file(path)?;
        if self.read_only {
            return Ok(content);
        }
        // Without the note the file is read again next time, which is no error.
        let _ = fs::create_dir_all(&notes)
            .and_then(|()| tempfile::NamedTempFile::new_in(&notes))
            .and_then(|part| fs::write(part.path(), &content).map(|()| part))
            .map(|part| part.persist(&note));
        Ok(content)
    }
}

/// The hash of what is in a file now.
pub(super) fn of_file(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// What tells that a file is the same as before without reading it.
fn identity(path: &Path, file: &Metadata) -> String {
    let changed = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    #[cfg(unix)]
    let inode = {
        use std::os::unix::fs::MetadataExt as _;
        format!("{}:{}:{}.{}", file.dev(), file.ino(), file.ctime(), file.ctime_nsec())
    };
    #[cfg(not(unix))]
    let inode = "";
    format!("{}\n{}\n{}\n{inode}", path.display(), file.len(), changed.as_nanos())
}

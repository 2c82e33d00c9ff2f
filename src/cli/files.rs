//! Which files a command is about: those that are named, and those below the folders that are named.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// How deep folders are searched.
const MAX_DEPTH: usize = 16;

/// Whether a file's name is `pattern`, or ends as `*` says.
fn fits(path: &Path, pattern: &str) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    pattern.strip_prefix('*').map_or(name == pattern, |end| name.ends_with(end))
}

/// Files as they are named; of folders the files below them whose names fit a pattern, in the order of their names. Hidden
/// folders and links to folders are passed by.
pub(super) fn find(paths: &[PathBuf], patterns: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        below(path, patterns, MAX_DEPTH, &mut files).map_err(|source| Error::Read { path: path.clone(), source })?;
        if files.len() == before {
            let source = std::io::Error::other(format!("there is no {} below it", patterns.join(" or ")));
            return Err(Error::Read { path: path.clone(), source });
        }
    }
    Ok(files)
}

fn below(folder: &Path, patterns: &[&str], depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = if folder == Path::new(".") { entry.file_name().into() } else { entry.path() };
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if entry.file_type()?.is_dir() {
            if depth > 0 && !hidden {
                below(&path, patterns, depth - 1, files)?;
            }
        } else if patterns.iter().any(|pattern| fits(&path, pattern)) {
            files.push(path);
        }
    }
    Ok(())
}

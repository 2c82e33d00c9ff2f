//! What stands beside the output until that is right. What a killed render has left there is taken away by the next one.

use std::fs::{self, File};
use std::path::Path;

use tempfile::{Builder, TempDir, TempPath};

use crate::error::Result;

use super::encode::write_error;
use super::store::{KEYS, PREFIX, is_held, lock};

const PART: &str = ".part";
const SPANS: &str = ".spans";

/// The file that becomes the output, or goes.
#[derive(Debug)]
pub(super) struct Part {
    path: TempPath,
    /// Locked as long as its owner lives, however that ends.
    _held: File,
}

impl Part {
    /// A new one for `output`.
    pub(super) fn beside(output: &Path) -> Result<Self> {
        let (parent, prefix) = place(output);
        tidy(parent, &prefix);
        let part = Builder::new().prefix(&prefix).suffix(PART).tempfile_in(parent);
        let (held, path) = part.map_err(|source| write_error(parent, source))?.into_parts();
        lock(&held);
        Ok(Self { path, _held: held })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it the output's name.
    pub(super) fn persist(self, output: &Path) -> Result<()> {
        self.path.persist(output).map_err(|failed| write_error(output, failed.error))
    }
}

/// A folder for spans that nobody keeps.
pub(super) fn folder(output: &Path) -> Result<TempDir> {
    let (parent, prefix) = place(output);
    let folder = Builder::new().prefix(&prefix).suffix(SPANS).tempdir_in(parent);
    folder.map_err(|source| write_error(parent, source))
}

/// The folder of the output, and how the names of what stands beside it begin.
fn place(output: &Path) -> (&Path, String) {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    (output.parent().unwrap_or(Path::new("/")), format!(".{name}."))
}

/// Takes away what dead renders of the same output have left. What cannot be is no reason not to render.
fn tidy(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let Some(name) = name.to_str().filter(|name| name.starts_with(prefix)) else { continue };
        if name.ends_with(PART) && File::open(&path).is_ok_and(|file| !is_held(&file)) {
            let _ = fs::remove_file(&path);
        } else if name.ends_with(SPANS) && is_left(&path) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Whether renders have worked in a folder of spans, and none does.
fn is_left(folder: &Path) -> bool {
    let works = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let works = works.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX)));
    let keys: Vec<Option<File>> = works.map(|work| File::open(work.join(KEYS)).ok()).collect();
    !keys.is_empty() && keys.iter().flatten().all(|keys| !is_held(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_render_left_is_taken_away_and_what_a_live_one_has_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("out.mp4");
        let dead = folder.path().join(".out.mp4.dead.part");
        let other = folder.path().join(".other.mp4.dead.part");
        let spans = folder.path().join(".out.mp4.dead.spans");
        fs::create_dir_all(spans.join("work-x")).expect("made");
        for file in [&dead, &other, &spans.join("work-x/keys")] {
            fs::write(file, "x").expect("written");
        }
        let live = Part::beside(&output).expect("a part");
        let next = Part::beside(&output).expect("a part");
        assert!(live.path().exists() && next.path().exists() && other.exists());
        assert!(!dead.exists() && !spans.exists());
        next.persist(&output).expect("renamed");
        assert!(output.exists());
    }
}

//! The files that a plan or a test is made of.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::rules;

use super::super::input;

/// Files, and folders in which a file of callsheet's own counts whatever its name is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Reads {
    files: BTreeSet<PathBuf>,
    whole: BTreeSet<PathBuf>,
}

/// How the names of files end that somebody writes for callsheet.
const ENDINGS: [&str; 6] = ["json", "plan", "rhai", "rules", "toml", "jinja"];

impl Reads {
    /// Adds a file, whether or not it is there; where it is a link, what it leads to as well.
    pub(in crate::cli) fn add(&mut self, path: &Path) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Some(name) = path.file_name() else { return };
        self.files.insert(existing(folder).join(name));
        self.files.extend(path.canonicalize());
    }

    /// Adds a folder.
    pub(in crate::cli) fn add_folder(&mut self, folder: &Path) {
        if folder.is_dir() {
            self.whole.insert(existing(folder));
        }
    }

    /// The folders to look at: a file that is saved by renaming another over it is not the one that was looked at before.
    pub(super) fn folders(&self) -> BTreeSet<PathBuf> {
        let of_files = self.files.iter().filter_map(|file| file.parent());
        of_files.chain(self.whole.iter().map(PathBuf::as_path)).map(Path::to_owned).collect()
    }

    /// Whether something else may come of it when this file is another one.
    pub(super) fn concerns(&self, path: &Path) -> bool {
        let is_own = || {
            let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
            let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
            !hidden && (ENDINGS.contains(&ending) || path.is_dir())
        };
        self.files.contains(path) || (path.parent().is_some_and(|folder| self.whole.contains(folder)) && is_own())
    }

    /// How many files there are.
    pub(in crate::cli) fn len(&self) -> usize {
        self.files.len()
    }
}

/// The folder as the system names it, in which a watcher tells of files; one that is not there stays as it is written.
fn existing(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

/// The rule set at `root` with all that it is made of: the sets that it extends, and its script, be they there or not.
pub(in crate::cli) fn chain(root: &Path, reads: &mut Reads) {
    reads.add(root);
    let Ok((source, _)) = input::open(root) else { return };
    let asked = RefCell::new(Vec::new());
    let loader = |path: &str| {
        asked.borrow_mut().push(PathBuf::from(path));
        rules::from_disk(path)
    };
    let _ = rules::link(rules::parse(&source).0, &loader);
    asked.into_inner().iter().for_each(|path| reads.add(path));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_set_reads_what_it_extends_even_where_that_is_missing_or_broken() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().canonicalize().expect("there").join(name);
        let brand = place("brand.rules");
        std::fs::write(&brand, "language 1\nextend \"house.rules\"\nrule broken {\n").expect("written");
        std::fs::write(place("house.rules"), "language 1\nextend \"gone.rules\"\ndecide by \"own.rhai\"\n")
            .expect("written");
        let mut reads = Reads::default();
        chain(&brand, &mut reads);
        for name in ["brand.rules", "house.rules", "gone.rules", "own.rhai"] {
            assert!(reads.concerns(&place(name)), "{name}: {reads:?}");
        }
        assert!(!reads.concerns(&place("other.rules")));
        reads.add_folder(folder.path());
        assert!(reads.concerns(&place("other.rules")) && !reads.concerns(&place(".other.rules")));
        assert!(!reads.concerns(&place("notes.txt")));
    }
}

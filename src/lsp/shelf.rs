//! The files of an editor: those that are open, as they stand there, and the others as they lie on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cache;
use crate::decide::{SCRIPT, SCRIPT_NAME};
use crate::diagnostic::Source;
use crate::rules::{self, DEFAULT_NAME, beside};

use super::place::{path_of, uri_of};
use super::sheet::Sheet;

/// Longer chains are a mistake, which the linker reports.
const MAX_CHAIN: usize = 16;

/// What is larger is no rule set; the checker says so.
const MAX_BYTES: usize = 256 << 10;

/// How deep, and how many rule sets, a folder of the editor is searched for.
const MAX_DEPTH: usize = 8;
const MAX_SETS: usize = 500;

/// A file that is open.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// As the editor spells it.
    pub(super) uri: String,
    pub(super) version: i32,
    pub(super) source: Arc<Source>,
}

/// All files, by name: the absolute path of what is a file, else its URI. A clone of it is what the files are at a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    open: BTreeMap<String, Open>,
    folders: Vec<PathBuf>,
    /// Rule sets that lie in the folders.
    sets: BTreeSet<String>,
    sheets: Arc<Mutex<BTreeMap<String, Arc<Sheet>>>>,
}

/// The name of a file in diagnostics and here.
pub(super) fn name_of(uri: &str) -> String {
    path_of(uri).and_then(|path| path.to_str().map(|path| beside("", path))).unwrap_or_else(|| uri.to_owned())
}

/// Whether it is called as rule sets are.
pub(super) fn is_rules(name: &str) -> bool {
    has_ending(name, "rules")
}

pub(super) fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == ending)
}

/// The name of the file that a set extends; there may be none of that name.
fn parent(sheet: &Sheet) -> Option<String> {
    let (written, _) = sheet.extends()?;
    Some(if written == DEFAULT_NAME { written.to_owned() } else { beside(sheet.source.name(), written) })
}

impl Shelf {
    /// Looks for rule sets in the folders that the editor has open.
    pub(super) fn search(&mut self, folders: Vec<PathBuf>) {
        self.folders = folders;
        self.search_again();
    }

    /// The same after files came or went.
    pub(super) fn search_again(&mut self) {
        let mut sets = BTreeSet::new();
        for folder in &self.folders {
            below(folder, MAX_DEPTH, &mut sets);
        }
        self.sets = sets;
    }

    pub(super) fn open(&mut self, uri: &str, version: i32, text: &str) -> String {
        let name = name_of(uri);
        let source = Source::new(name.as_str(), text.strip_prefix('\u{feff}').unwrap_or(text));
        self.open.insert(name.clone(), Open { uri: uri.to_owned(), version, source });
        name
    }

    pub(super) fn close(&mut self, name: &str) {
        self.open.remove(name);
    }

    pub(super) fn opened(&self, name: &str) -> Option<&Open> {
        self.open.get(name)
    }

    pub(super) fn all_open(&self) -> impl Iterator<Item = &str> {
        self.open.keys().map(String::as_str)
    }

    /// The URI of a file, as the editor spells it where that is known; none of what lies nowhere.
    pub(super) fn uri(&self, name: &str) -> Option<String> {
        let open = self.open.get(name).map(|open| open.uri.clone());
        open.or_else(|| name.starts_with('/').then(|| uri_of(Path::new(name))))
    }

    /// The text of a file.
    pub(super) fn load(&self, name: &str) -> io::Result<String> {
        if let Some(open) = self.open.get(name) {
            return Ok(open.source.text().to_owned());
        }
        if !name.starts_with('/') {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the editor has no such file"));
        }
        let text = rules::from_disk(name)?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    pub(super) fn source(&self, name: &str) -> Option<Arc<Source>> {
        match self.open.get(name) {
            Some(open) => Some(Arc::clone(&open.source)),
            None if name == DEFAULT_NAME => Some(rules::default_source()),
            None => self.load(name).ok().map(|text| Source::new(name, text)),
        }
    }

    /// A file word by word; it is read again where its text is another one.
    pub(super) fn sheet(&self, name: &str) -> Option<Arc<Sheet>> {
        let source = self.source(name).filter(|source| source.text().len() <= MAX_BYTES)?;
        let sheets = || self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sheets().get(name).cloned();
        if let Some(known) = known.filter(|known| known.source.text() == source.text()) {
            return Some(known);
        }
        let sheet = Arc::new(Sheet::read(&source));
        sheets().insert(name.to_owned(), Arc::clone(&sheet));
        Some(sheet)
    }

    /// A set and those that it extends, itself first.
    pub(super) fn chain(&self, name: &str) -> Vec<Arc<Sheet>> {
        let mut chain: Vec<Arc<Sheet>> = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(sheet) = next.take().and_then(|name| self.sheet(&name)) {
            let goes_round = chain.iter().any(|known| known.source.name() == sheet.source.name());
            if goes_round || chain.len() >= MAX_CHAIN {
                break;
            }
            next = parent(&sheet);
            chain.push(sheet);
        }
        chain
    }

    /// The script of a set: its name, and whether that is the shipped one.
    pub(super) fn script(&self, chain: &[Arc<Sheet>]) -> Option<(String, bool)> {
        let (sheet, written) = chain.iter().find_map(|sheet| Some((sheet, sheet.script()?.0)))?;
        let own = beside(sheet.source.name(), written);
        let shipped = sheet.source.name() == DEFAULT_NAME || (written == SCRIPT_NAME && self.load(&own).is_err());
        Some(if shipped { (SCRIPT_NAME.to_owned(), true) } else { (own, false) })
    }

    /// Every rule set that is known: those of the folders and those that are open.
    pub(super) fn sets(&self) -> BTreeSet<String> {
        let open = self.open.keys().filter(|name| is_rules(name) || !name.starts_with('/'));
        self.sets.iter().chain(open).cloned().collect()
    }

    /// The rule sets that a file has a say in: as what it is, by `extend`, or as a script.
    pub(super) fn dependents(&self, name: &str) -> BTreeSet<String> {
        let depends = |set: &String| {
            let chain = self.chain(set);
            let by_extend = chain
                .iter()
                .any(|sheet| sheet.source.name() == name || parent(sheet).is_some_and(|parent| parent == name));
            by_extend || self.script(&chain).is_some_and(|(script, _)| script == name)
        };
        self.sets().into_iter().filter(depends).collect()
    }
}

fn below(folder: &Path, depth: usize, sets: &mut BTreeSet<String>) {
    let Ok(entries) = folder.read_dir() else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') || ["target", "node_modules"].contains(&name.as_str()) || sets.len() >= MAX_SETS {
            continue;
        }
        if kind.is_dir() && depth > 0 {
            below(&entry.path(), depth - 1, sets);
        } else if is_rules(&name) {
            sets.extend(entry.path().to_str().map(|path| beside("", path)));
        }
    }
}

/// A file of the shipped ones, written where an editor can open it: there is no other way to show what lies in no file.
pub(super) fn shipped(name: &str) -> Option<PathBuf> {
    let (file, text) = match name {
        DEFAULT_NAME => ("default.rules", rules::default_source().text().to_owned()),
        SCRIPT_NAME => ("text.rhai", SCRIPT.to_owned()),
        _ => return None,
    };
    let version = blake3::hash(text.as_bytes()).to_hex();
    let folder = cache::folder()?.join("shipped").join(version.as_str().get(..16)?);
    let path = folder.join(file);
    if std::fs::read_to_string(&path).is_ok_and(|known| known == text) {
        return Some(path);
    }
    std::fs::create_dir_all(&folder).ok()?;
    let part = tempfile::NamedTempFile::new_in(&folder).ok()?;
    std::fs::write(part.path(), &text).ok()?;
    part.persist(&path).ok()?;
    Some(path)
}

/// Whether a file is a shipped one, also where it was opened as [`shipped()`] wrote it.
pub(super) fn is_shipped(source: &Source) -> bool {
    source.name() == DEFAULT_NAME || source.text() == rules::default_source().text()
}

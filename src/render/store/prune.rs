//! A store is bounded: what was not used for the longest time goes first.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::error::{Error, Result};

use super::super::key::Key;
use super::lease::{KEYS, PREFIX, is_held};
use super::{MAX_NOTE, Store};

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Pieces.
    pub pieces: usize,
    /// Their size in bytes.
    pub bytes: u64,
}

/// What was taken away, and what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// What was taken away.
    pub removed: Usage,
    /// What is left.
    pub left: Usage,
}

/// How long the folder of a render may be there before it counts as left by a dead one: it is made a moment before its
/// lock, and some file systems have no locks.
const YOUNG: Duration = Duration::from_secs(60);

struct Piece {
    key: Key,
    used: SystemTime,
    bytes: u64,
}

impl Store {
    /// How much it holds; nothing if it does not exist.
    pub fn usage(&self) -> Result<Usage> {
        let pieces = self.pieces()?;
        Ok(Usage { pieces: pieces.len(), bytes: pieces.iter().map(|piece| piece.bytes).sum() })
    }

    /// Takes away the pieces that were not used for the longest time until the rest is at most `bound` bytes, and what
    /// dead renders have left. What a running render needs stays.
    pub fn prune(&self, bound: u64) -> Result<Pruned> {
        let needed = self.needed()?;
        let mut pieces = self.pieces()?;
        pieces.sort_by(|one, other| (one.used, &one.key).cmp(&(other.used, &other.key)));
        let mut left = Usage { pieces: pieces.len(), bytes: pieces.iter().map(|piece| piece.bytes).sum() };
        let mut removed = Usage::default();
        for piece in pieces.iter().filter(|piece| !needed.contains(&piece.key)) {
            if left.bytes <= bound {
                break;
            }
            self.remove(&piece.key);
            removed = Usage { pieces: removed.pieces + 1, bytes: removed.bytes + piece.bytes };
            left = Usage { pieces: left.pieces - 1, bytes: left.bytes - piece.bytes };
        }
        self.inputs().forget();
        Ok(Pruned { removed, left })
    }

    /// All pieces, also those without a note, which a render left that died between two renames.
    fn pieces(&self) -> Result<Vec<Piece>> {
        let mut pieces = Vec::new();
        for path in entries(&self.folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(key) = name.strip_suffix(".mp4").and_then(Key::parse) else { continue };
            let Ok(file) = fs::metadata(&path) else { continue };
            let used = fs::metadata(self.note(&key)).and_then(|note| note.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            pieces.push(Piece { key, used, bytes: file.len() });
        }
        Ok(pieces)
    }

    /// The keys that running renders need. The folders of dead ones are taken away.
    fn needed(&self) -> Result<BTreeSet<Key>> {
        let mut needed = BTreeSet::new();
        for path in entries(&self.folder)? {
            if !path.file_name().unwrap_or_default().to_string_lossy().starts_with(PREFIX) {
                continue;
            }
            let keys = File::open(path.join(KEYS)).ok();
            if keys.as_ref().is_some_and(is_held) || is_younger(&path, YOUNG) {
                let mut names = String::new();
                // A day at 2 s a span has 43 200 keys of 65 bytes.
                let read = keys.map(|keys| keys.take(MAX_NOTE * 64).read_to_string(&mut names));
                if read.is_some_and(|read| read.is_ok()) {
                    needed.extend(names.lines().filter_map(Key::parse));
                }
            } else {
                let _ = fs::remove_dir_all(&path);
            }
        }
        Ok(needed)
    }
}

fn is_younger(path: &Path, age: Duration) -> bool {
    let modified = fs::metadata(path).and_then(|file| file.modified());
    modified.is_ok_and(|time| SystemTime::now().duration_since(time).map_or(true, |since| since < age))
}

/// What is in a folder; nothing if it does not exist.
fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(Error::Read { path: folder.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Facts;
    use super::super::Lease;
    use super::*;

    fn key(digit: char) -> Key {
        Key::parse(&digit.to_string().repeat(64)).expect("64 digits")
    }

    /// Puts a piece of `bytes` into the store that was used at second `used`.
    fn put(store: &Store, lease: &Lease, digit: char, bytes: usize, used: u64) {
        let part = lease.folder().join("piece.mp4");
        fs::write(&part, vec![7; bytes]).expect("written");
        lease.keep(&key(digit), &part, Facts { frames: 1, ..Facts::default() }).expect("kept");
        let note = File::options().append(true).open(store.note(&key(digit))).expect("a note");
        note.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(used)).expect("set");
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::at(folder.path().join("spans"));
        (folder, store)
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_goes_first() {
        let (_folder, store) = store();
        let lease = store.lease([]).expect("a lease");
        for (digit, used) in [('a', 3), ('b', 1), ('c', 2)] {
            put(&store, &lease, digit, 100, used);
        }
        assert_eq!(store.usage().expect("read"), Usage { pieces: 3, bytes: 300 });
        let pruned = store.prune(150).expect("pruned");
        assert_eq!(pruned.removed, Usage { pieces: 2, bytes: 200 });
        assert_eq!(pruned.left, store.usage().expect("read"));
        assert!(store.find(&key('a')).is_some() && store.find(&key('b')).is_none() && store.find(&key('c')).is_none());
    }

    #[test]
    fn what_a_running_render_needs_stays_and_what_a_dead_one_left_goes() {
        let (folder, store) = store();
        let lease = store.lease([&key('a')]).expect("a lease");
        put(&store, &lease, 'a', 100, 1);
        put(&store, &lease, 'b', 100, 2);
        let dead = folder.path().join("spans/work-dead");
        fs::create_dir(&dead).expect("made");
        fs::write(dead.join(KEYS), key('b').to_string()).expect("written");
        let old = SystemTime::now() - 2 * YOUNG;
        File::open(&dead).and_then(|folder| folder.set_modified(old)).expect("set");
        assert_eq!(store.prune(0).expect("pruned").left, Usage { pieces: 1, bytes: 100 });
        assert!(store.find(&key('a')).is_some() && !dead.exists() && lease.folder().exists());
        drop(lease);
        assert_eq!(store.prune(0).expect("pruned").left, Usage::default());
    }

    #[test]
    fn a_store_that_is_not_there_holds_nothing() {
        let (_folder, store) = store();
        assert_eq!(store.usage().expect("nothing"), Usage::default());
        assert_eq!(store.prune(0).expect("nothing"), Pruned::default());
    }

    #[test]
    fn a_piece_that_is_not_as_it_was_put_there_is_none() {
        let (_folder, store) = store();
        let lease = store.lease([]).expect("a lease");
        for (digit, broken) in [('a', vec![7; 99]), ('b', [vec![7; 99], vec![8]].concat()), ('c', vec![7; 101])] {
            put(&store, &lease, digit, 100, 1);
            assert!(store.find(&key(digit)).is_some());
            fs::write(store.path(&key(digit)), broken).expect("written");
            assert!(store.find(&key(digit)).is_none());
        }
        assert_eq!(store.usage().expect("read"), Usage::default(), "what is broken is taken away");
    }
}

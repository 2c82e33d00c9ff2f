//! Rendered pieces by their keys, in a folder: each whole or not there at all.
//!
//! ```text
//! spans/
//!   KEY.mp4      a span, or the sound
//!   KEY.json     what it must be like; written last, so without it the piece does not count
//!   inputs/…     hashes of source files, so that large ones are read once
//!   work-…/      one for each render that runs: its files, and the keys that it needs
//! ```

mod content;
mod lease;
mod prune;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::cache;

pub(super) use lease::{KEYS, Lease, PREFIX, is_held, lock};
pub use prune::{Pruned, Usage};

use super::key::Key;
use super::proof::Seen;

/// How large a store may grow unless somebody says otherwise: an hour of 1080p takes about 3 GB.
pub const DEFAULT_BOUND: u64 = 20_000_000_000;

/// A note of ours is a few hundred bytes.
const MAX_NOTE: u64 = 64 << 10;

/// A folder of rendered pieces.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    /// Whether it is only looked at.
    read_only: bool,
}

/// What a piece must be like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    /// How many pictures it has; the sound has none.
    pub(super) frames: u64,
    /// A hash of what a decoder must know before the first picture.
    pub(super) parameters: String,
    /// A hash of those of its packets.
    pub(super) packets: String,
    /// What a decoder saw of it.
    pub(super) seen: Option<Seen>,
    /// How large its file is.
    pub(super) bytes: u64,
    /// A hash of its file.
    pub(super) content: String,
    /// How loud the sound was before it was brought to its loudness, in LUFS.
    #[serde(default)]
    pub(super) loudness_before: Option<f64>,
}

impl Store {
    /// The store in `folder`, which need not exist yet.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        // ffmpeg runs elsewhere, and must find it all the same.
        Self { folder: std::path::absolute(&folder).unwrap_or(folder), read_only: false }
    }

    /// The user's own: `spans` in [`cache::folder`].
    #[must_use]
    pub fn of_user() -> Option<Self> {
        cache::folder().map(|folder| Self::at(folder.join("spans")))
    }

    /// The same to be looked at: nothing is noted in it.
    pub(super) fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    /// Whether it seems to have the piece called `key`; what is in it is not read.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.note(key).is_file() && self.path(key).is_file()
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of the piece called `key`.
    pub(super) fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{key}.mp4"))
    }

    fn note(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }

    /// The piece called `key`, if it is there and as it was when it was put there. What is broken is taken away.
    pub(super) fn find(&self, key: &Key) -> Option<Facts> {
        let mut text = Vec::new();
        let note = self.note(key);
        File::open(&note).ok()?.take(MAX_NOTE).read_to_end(&mut text).ok()?;
        let facts: Option<Facts> = serde_json::from_slice(&text).ok();
        let path = self.path(key);
        let facts = facts.filter(|facts| {
            fs::metadata(&path).is_ok_and(|file| file.len() == facts.bytes)
                && content::of_file(&path).is_ok_and(|content| content == facts.content)
        });
        match &facts {
            // When it was last used decides how long it stays; a store that cannot be written is still good to read.
            Some(_) => {
                let _ = File::options().append(true).open(&note).and_then(|file| file.set_modified(SystemTime::now()));
            }
            None => self.remove(key),
        }
        facts
    }

    fn remove(&self, key: &Key) {
        // The note first: whatever happens in between, no note speaks of a file that is not there.
        let _ = fs::remove_file(self.note(key));
        let _ = fs::remove_file(self.path(key));
    }
}

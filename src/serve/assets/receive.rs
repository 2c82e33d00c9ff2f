//! A body becomes a file, without ever being whole in memory.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tempfile::TempPath;
use tokio::sync::mpsc;

use crate::serve::extract::{interrupted, too_large, too_slow};
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;

/// How many pieces may wait for the disk; a faster client waits too.
const WAITING: usize = 8;

/// How long a client may send nothing.
const PAUSE: Duration = Duration::from_secs(60);

/// How much is read of a file at once.
const PIECE: usize = 1 << 20;

/// A file that arrived whole.
#[derive(Debug)]
pub(crate) struct Arrived {
    /// It is deleted with this, but for one that is still an upload's.
    pub(crate) path: TempPath,
    pub(crate) hash: blake3::Hash,
    pub(crate) bytes: u64,
}

impl Arrived {
    /// The bytes of an upload; they stay where they are until somebody takes them away, whatever becomes of this.
    pub(crate) fn of_upload(path: PathBuf) -> Result<Self> {
        let mut path = TempPath::try_from_path(path)?;
        path.disable_cleanup(true);
        Self::of(path)
    }

    /// A file that is there already.
    pub(crate) fn of_file(path: PathBuf) -> Result<Self> {
        Self::of(TempPath::try_from_path(path)?)
    }

    fn of(path: TempPath) -> Result<Self> {
        let mut file = File::open(&path)?;
        file.sync_all()?;
        let (mut hasher, mut bytes, mut piece) = (blake3::Hasher::new(), 0, vec![0; PIECE]);
        loop {
            let read = file.read(&mut piece)?;
            let Some(read_bytes) = piece.get(..read).filter(|read| !read.is_empty()) else { break };
            hasher.update(read_bytes);
            bytes += read_bytes.len() as u64;
        }
        Ok(Self { path, hash: hasher.finalize(), bytes })
    }
}

/// Writes a body to a file of its own. `length` is what the client promises, `limit` what it may send.
pub(crate) async fn receive<S, E>(app: &App, body: S, length: Option<u64>, limit: u64) -> Result<Arrived>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    if length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let folder = app.folder.tmp();
    let (sender, mut pieces) = mpsc::channel::<Bytes>(WAITING);
    let writing = tokio::task::spawn_blocking(move || {
        let (mut file, path) = tempfile::Builder::new().prefix("upload-").tempfile_in(folder)?.into_parts();
        let (mut hasher, mut bytes) = (blake3::Hasher::new(), 0);
        while let Some(piece) = pieces.blocking_recv() {
            file.write_all(&piece)?;
            hasher.update(&piece);
            bytes += piece.len() as u64;
        }
        file.sync_all()?;
        Ok(Arrived { path, hash: hasher.finalize(), bytes })
    });
    let sent = send(body, sender, limit).await;
    let written = writing.await.map_err(|error| Problem::broken(&error))?;
    // A disk that is full ends the sending too; its own words say more.
    let arrived: Arrived = written.map_err(|error: std::io::Error| Problem::from(error))?;
    sent.map(|()| arrived)
}

/// Adds a body to a file; what arrives is kept also where the body breaks off. `turn` is held until the last byte is
/// written, whatever becomes of the request, and given back.
pub(crate) async fn receive_onto<S, E, T>(body: S, mut file: File, limit: u64, turn: T) -> Result<T>
where
    T: Send + 'static,
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let (sender, mut pieces) = mpsc::channel::<Bytes>(WAITING);
    let writing = tokio::task::spawn_blocking(move || {
        while let Some(piece) = pieces.blocking_recv() {
            file.write_all(&piece)?;
        }
        file.sync_data().map(|()| turn)
    });
    let sent = send(body, sender, limit).await;
    let turn = writing.await.map_err(|error| Problem::broken(&error))??;
    sent.map(|()| turn)
}

/// Hands the body on, piece by piece.
async fn send<S, E>(mut body: S, sender: mpsc::Sender<Bytes>, limit: u64) -> Result<()>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let mut bytes = 0;
    loop {
        let piece = match tokio::time::timeout(PAUSE, body.next()).await {
            Ok(Some(piece)) => piece.map_err(|error| interrupted(&error))?,
            Ok(None) => return Ok(()),
            Err(_) => return Err(too_slow(PAUSE)),
        };
        bytes += piece.len() as u64;
        if bytes > limit {
            return Err(too_large(limit));
        }
        if sender.send(piece).await.is_err() {
            return Ok(());
        }
    }
}

//! Room: what a project may keep, and what is left on the disk.

use std::sync::Arc;

use rusqlite::{Transaction, params};
use tokio::sync::OwnedSemaphorePermit;

use super::id::Id;
use super::problem::{Code, Problem, Result};
use super::state::App;

/// How many uploads are written at the same time; each keeps a thread.
pub(crate) const RECEIVED: usize = 64;

impl App {
    /// Whether `bytes` more can be written and enough is left: without it the server could not even delete what is there,
    /// for that too is written down.
    pub(crate) fn room(&self, bytes: u64) -> Result<()> {
        let root = self.folder.root();
        let left = rustix::fs::statvfs(root).map_err(std::io::Error::from)?;
        let left = left.f_bavail.saturating_mul(left.f_frsize);
        let reserve = self.config.limits.reserve;
        if left >= reserve.saturating_add(bytes) {
            return Ok(());
        }
        let cause = format!("{left} bytes are left on the disk of `{}`, {reserve} stay free", root.display());
        Err(Problem::disk_full(cause))
    }

    /// A turn to receive a file.
    pub(crate) fn receive_turn(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.receiving).try_acquire_owned().map_err(|_| {
            Problem::new(
                Code::TooMany,
                format!(
                    "{RECEIVED} files are received already, which is the most at a time; send it again in a moment"
                ),
                format!("одновременно принимается не больше {RECEIVED} файлов; отправьте чуть позже"),
            )
            .header(axum::http::header::RETRY_AFTER, "5")
        })
    }
}

/// Whether the project may keep `bytes` more: of its assets, and of what its uploads will be.
pub(crate) fn quota(store: &Transaction<'_>, project: &Id, bytes: u64, most: u64) -> Result<()> {
    let sql = "SELECT (SELECT coalesce(sum(bytes), 0) FROM assets JOIN blobs USING (hash) WHERE project_id = ?1)
                    + (SELECT coalesce(sum(length), 0) FROM uploads WHERE project_id = ?1)";
    let has = store.query_row(sql, params![project], |row| row.get::<_, i64>(0))?.unsigned_abs();
    if has.saturating_add(bytes) <= most {
        return Ok(());
    }
    Err(Problem::new(
        Code::Conflict,
        format!("the media of the project would be larger than {most} bytes, which is the most; delete some first"),
        format!("материалы проекта заняли бы больше {most} байт — это предел; сначала удалите что-нибудь"),
    )
    .with("limit", most))
}

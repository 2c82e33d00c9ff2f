//! What jobs made: a row for each, and an object of the same name in the storage.
//!
//! The row is there before the object is written, so that what a killed server left half-written is known and taken away;
//! it can be downloaded when its job is done, and not before.

mod collect;

use std::fs::File;
use std::path::Path;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::db::all;
use super::download;
use super::id::Id;
use super::jobs::{Desk, Ended};
use super::problem::Result;
use super::state::App;

pub(super) use collect::{forget_unfinished, keep_house};

pub(super) const MIGRATION: &str = "
CREATE TABLE outputs (
    -- Its name in the storage: random letters, and an ending.
    key TEXT PRIMARY KEY,
    -- None when its job is gone, or came to nothing: then it is nobody's, and taken away.
    job_id TEXT REFERENCES jobs (id) ON DELETE SET NULL,
    -- video, captions or report
    role TEXT NOT NULL,
    -- What a browser calls the file.
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- blake3 of the content, in hex.
    hash TEXT NOT NULL,
    -- coming, there, going (to be deleted) or gone
    state TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX outputs_by_job ON outputs (job_id);
CREATE INDEX outputs_by_age ON outputs (state, created);
";

/// Something that a job made.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the API's own names")]
pub(crate) struct Output {
    /// What it is: `video`, `captions` or `report`.
    #[schema(example = "video")]
    pub(crate) role: String,
    /// Its name in the storage.
    #[schema(example = "mfrggzdfmztwq2lknnwg23tpoa.mp4")]
    pub(crate) output_key: String,
    /// Where it can be downloaded for a time without a token; null when it is no longer kept.
    #[schema(required = true)]
    pub(crate) download_url: Option<String>,
    /// What the downloaded file is called.
    #[schema(example = "Spring sale.mp4")]
    pub(crate) name: String,
    #[schema(example = "video/mp4")]
    pub(crate) content_type: String,
    pub(crate) bytes: u64,
    /// The hash of its content, in hex; also its `ETag`.
    pub(crate) blake3: String,
}

/// The same as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) key: String,
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: u64,
    pub(crate) hash: String,
    pub(crate) is_there: bool,
}

impl Kept {
    const COLUMNS: &str = "key, role, name, content_type, bytes, hash, state = 'there'";

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            key: row.get(0)?,
            role: row.get(1)?,
            name: row.get(2)?,
            content_type: row.get(3)?,
            bytes: row.get::<_, i64>(4)?.try_into().unwrap_or_default(),
            hash: row.get(5)?,
            is_there: row.get(6)?,
        })
    }

    /// It as it is shown, with a new link.
    pub(crate) async fn shown(self, app: &App) -> Result<Output> {
        let download_url = if self.is_there { Some(download::link(app, &self).await?) } else { None };
        Ok(Output {
            role: self.role,
            output_key: self.key,
            download_url,
            name: self.name,
            content_type: self.content_type,
            bytes: self.bytes,
            blake3: self.hash,
        })
    }
}

/// What the job made, in the order in which it did: the video first.
pub(crate) fn of_job(store: &Transaction<'_>, job: &Id) -> Result<Vec<Kept>> {
    let sql = format!("SELECT {} FROM outputs WHERE job_id = ?1 AND state <> 'coming' ORDER BY rowid", Kept::COLUMNS);
    Ok(all(store, &sql, [job], Kept::of_row)?)
}

/// What a job that is done made under this name.
pub(crate) fn of_key(store: &Transaction<'_>, key: &str) -> Result<Option<Kept>> {
    let sql =
        format!("SELECT {} FROM outputs WHERE key = ?1 AND job_id IS NOT NULL AND state <> 'coming'", Kept::COLUMNS);
    Ok(store.query_row(&sql, [key], Kept::of_row).optional()?)
}

/// Puts the file at `path` into the storage as something that the job made.
pub(crate) fn put(desk: &Desk<'_>, path: &Path, role: &str, name: &str, content_type: &str) -> Result<(), Ended> {
    let app = desk.app;
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or("bin");
    let key = format!("{}.{ending}", Id::draw(&app.clock)?);
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    let hash = hasher.finalize().to_hex();
    let bytes = i64::try_from(std::fs::metadata(path)?.len()).unwrap_or(i64::MAX);
    let now = app.clock.now();
    app.db.write_now(|store| {
        store.execute(
            "INSERT INTO outputs (key, job_id, role, name, content_type, bytes, hash, state, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'coming', ?8)",
            params![key, desk.id(), role, name, content_type, bytes, hash.as_str(), now],
        )
    })?;
    let disposition = download::disposition(name);
    let put = app.storage.put(&key, path, content_type, &disposition, stopped(desk));
    if desk.runtime.block_on(put)? { Ok(()) } else { Err(Ended::Stopped) }
}

async fn stopped(desk: &Desk<'_>) {
    while !desk.cancel.is_cancelled() {
        tokio::time::sleep(super::LOOK).await;
    }
}

/// Lets what the job made be downloaded: it is done.
pub(crate) fn release(store: &Transaction<'_>, job: &Id) -> Result<()> {
    store.execute("UPDATE outputs SET state = 'there' WHERE job_id = ?1 AND state = 'coming'", [job])?;
    Ok(())
}

/// Gives up what the job made: it came to nothing.
pub(crate) fn drop_all(store: &Transaction<'_>, job: &Id) -> Result<()> {
    store.execute("UPDATE outputs SET job_id = NULL WHERE job_id = ?1", [job])?;
    Ok(())
}

//! Files by their content: one of a content, as long as anybody has it.

use std::fs;
use std::io;
use std::path::Path;

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde_json::Value;
use tempfile::TempPath;

use crate::serve::db::{all, signed};
use crate::serve::id::Id;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::room::quota;
use crate::serve::state::{App, locked};
use crate::serve::storage::StorageConfig;

use super::measure::measure;
use super::{Arrived, Asset};

/// Where media come from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// `upload`, or the provider.
    pub(crate) source: &'static str,
    /// Author, licence and page, where it is somebody's.
    pub(crate) attribution: Option<Value>,
    /// What the provider calls it.
    pub(crate) clip: Option<String>,
    /// The upload that it was until now.
    pub(crate) upload: Option<Id>,
}

impl Origin {
    /// Somebody sent it; by an upload that could go on, if one is named.
    pub(crate) fn upload(upload: Option<Id>) -> Self {
        Self { source: "upload", attribution: None, clip: None, upload }
    }
}

/// Measures what arrived, keeps it, and gives it to the project; says whether the project did not have it yet.
///
/// For a thread that may block.
pub(crate) fn keep_now(
    app: &App,
    project: &Id,
    name: &str,
    arrived: &Arrived,
    origin: &Origin,
) -> Result<(Asset, bool)> {
    let hash = arrived.hash.to_hex();
    let had = app.db.read_now(|store| of_content(store, project, &hash))?;
    if let Some(asset) = had {
        return Ok((asset, false));
    }
    if origin.upload.is_none() {
        app.db.read_now(|store| quota(store, project, arrived.bytes, app.config.limits.project))?;
    }
    let limits = &app.config.limits;
    let (measured, ending) = measure(&arrived.path, name, limits, &app.cancel.below())?;
    let file = format!("{hash}.{ending}");
    let media = serde_json::to_string(&measured).map_err(|error| Problem::broken(&error))?;
    let attribution = origin.attribution.as_ref().map(Value::to_string);
    let (id, now) = (Id::draw(&app.clock)?, app.clock.now());
    // From here to the end nobody takes a file away that has no row yet.
    let _held = locked(&app.blobs);
    let place = app.folder.assets().join(&file);
    let is_new = !place.exists();
    if is_new {
        settle(&arrived.path, &place)?;
    }
    let kept = app.db.write_now(|store| {
        if let Some(asset) = of_content(store, project, &hash)? {
            return Ok((asset, false));
        }
        let count = "SELECT count(*) FROM assets WHERE project_id = ?1";
        if store.query_row(count, [project], |row| row.get::<_, u32>(0))? >= limits.assets {
            return Err(too_many(limits.assets));
        }
        if let Some(upload) = &origin.upload {
            // From here on it is an asset instead.
            store.execute("DELETE FROM uploads WHERE id = ?1", [upload])?;
        }
        quota(store, project, arrived.bytes, limits.project)?;
        store.execute(
            "INSERT INTO blobs (hash, file, bytes, media, created) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            params![hash.as_str(), file, signed(arrived.bytes), media, now],
        )?;
        let given = store.execute(
            "INSERT INTO assets (id, project_id, hash, name, source, attribution, created, clip)
             SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?8 FROM projects WHERE id = ?2",
            params![id, project, hash.as_str(), name, origin.source, attribution, now, origin.clip],
        )?;
        if given == 0 {
            return Err(Problem::no_such("project", "проекта", project.as_str()));
        }
        super::find(store, project, id.as_str()).map(|asset| (asset, true))
    });
    if is_new && kept.is_err() {
        // A file that has no row is nobody's; one that cannot be taken away now is when the server starts.
        let _ = fs::remove_file(&place);
    }
    kept
}

/// Gives a file its name in the folder of assets: whole or not at all, so not by copying. Until its row is written it keeps
/// the name under which it arrived, too.
fn settle(arrived: &TempPath, place: &Path) -> Result<()> {
    if fs::hard_link(arrived, place).is_err() {
        // Not every file system has links; without them it has one name at a time.
        fs::rename(arrived, place)?;
    }
    sync(place.parent().unwrap_or(place))?;
    Ok(())
}

fn of_content(store: &Transaction<'_>, project: &Id, hash: &str) -> Result<Option<Asset>> {
    let sql =
        format!("SELECT {} FROM assets JOIN blobs USING (hash) WHERE project_id = ?1 AND hash = ?2", Asset::COLUMNS);
    Ok(store.query_row(&sql, params![project, hash], Asset::of_row).optional()?)
}

/// Does `work`, then deletes every file that nobody has any more. For a thread that may block.
pub(crate) fn sweep<T>(app: &App, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
    let _held = locked(&app.blobs);
    let (done, orphans) = app.db.write_now(|store| {
        let done = work(store)?;
        let sql = "DELETE FROM blobs WHERE hash NOT IN (SELECT hash FROM assets)
                   AND hash NOT IN (SELECT hash FROM job_blobs) RETURNING file";
        let orphans: Vec<String> = all(store, sql, [], |row| row.get(0))?;
        Ok::<_, Problem>((done, orphans))
    })?;
    for file in orphans {
        // One that stays has no row: it is taken away when the server starts.
        let _ = fs::remove_file(app.folder.assets().join(file));
    }
    Ok(done)
}

/// Takes away what a server that was killed left behind: files without a row, and what never arrived whole.
pub(crate) fn tidy(app: &App) -> Result<()> {
    let _held = locked(&app.blobs);
    let known = |sql: &str| {
        let names = app.db.read_now(|store| all(store, sql, [], |row| row.get::<_, String>(0)))?;
        Ok::<_, Problem>(names.into_iter().collect::<std::collections::BTreeSet<_>>())
    };
    let (blobs, uploads) = (known("SELECT file FROM blobs")?, known("SELECT id || '.part' FROM uploads")?);
    let mut folders = vec![(app.folder.assets(), blobs), (app.folder.tmp(), uploads)];
    if let StorageConfig::Folder = app.config.storage {
        // What was being stored when its project was deleted.
        folders.push((app.folder.outputs(), known("SELECT key FROM outputs")?));
    }
    for (folder, kept) in folders {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if !name.to_str().is_some_and(|name| kept.contains(name)) && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// Makes a new name in a folder survive a crash of the machine.
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn too_many(limit: u32) -> Problem {
    Problem::new(
        Code::Conflict,
        format!("the project has {limit} assets, which is the most that is kept; delete one first"),
        format!("в проекте уже {limit} материалов — больше не хранится; сначала удалите какой-нибудь"),
    )
    .with("limit", limit)
}

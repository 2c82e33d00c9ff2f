//! A project's scenario.

use rusqlite::{OptionalExtension as _, Transaction};

use super::id::Id;
use super::problem::Result;

pub(super) const MIGRATION: &str = "
CREATE TABLE scenarios (
    project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    -- The document without its assets, which are the project's.
    document TEXT NOT NULL,
    etag TEXT NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
";

/// Whether the project's scenario names this asset anywhere. An id is in no text by chance.
pub(crate) fn names(store: &Transaction<'_>, project: &Id, asset: &Id) -> Result<bool> {
    let sql = "SELECT instr(document, ?2) > 0 FROM scenarios WHERE project_id = ?1";
    let found = store.query_row(sql, rusqlite::params![project, format!("\"{asset}\"")], |row| row.get(0));
    Ok(found.optional()?.unwrap_or(false))
}

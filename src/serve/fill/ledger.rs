//! What was ordered and is paid for, in the store: on the disk before anything else is done.

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::error::{Error, Result};
use crate::fill::{Entry, Ledger};
use crate::serve::id::Id;
use crate::serve::state::App;

/// The ledger of a project.
#[derive(Clone, Debug)]
pub(super) struct StoreLedger {
    pub(super) app: App,
    pub(super) project: Id,
}

impl Ledger for StoreLedger {
    fn read(&self, job: &str) -> Result<Option<Entry>> {
        let text = self.app.db.read_now(|store| self.text(store, job)).map_err(|error| failed(&error))?;
        // What cannot be read may speak of money: it is not taken for nothing.
        text.map(|text| serde_json::from_str(&text).map_err(|error| failed(&error))).transpose()
    }

    fn replace(&self, job: &str, from: Option<&Entry>, to: &Entry) -> Result<bool> {
        let text = serde_json::to_string(to).map_err(|error| failed(&error))?;
        let replaced = self.app.db.write_now(|store| {
            let there = self.text(store, job)?;
            let known: Option<Entry> = there.as_deref().and_then(|text| serde_json::from_str(text).ok());
            if known.as_ref() != from || there.is_some() != known.is_some() {
                return Ok(false);
            }
            // A project that is gone orders nothing.
            let written = store.execute(
                "INSERT INTO paid_jobs (project_id, segment, entry) SELECT id, ?2, ?3 FROM projects WHERE id = ?1
                 ON CONFLICT (project_id, segment) DO UPDATE SET entry = excluded.entry",
                params![self.project, job, text],
            )?;
            Ok(written > 0)
        });
        replaced.map_err(|error: rusqlite::Error| failed(&error))
    }
}

impl StoreLedger {
    fn text(&self, store: &Transaction<'_>, job: &str) -> rusqlite::Result<Option<String>> {
        let sql = "SELECT entry FROM paid_jobs WHERE project_id = ?1 AND segment = ?2";
        store.query_row(sql, params![self.project, job], |row| row.get(0)).optional()
    }
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Serve {
        reason: format!("what is paid for cannot be written down: {error}"),
        fix: "look at the store and the room on its disk".into(),
    }
}

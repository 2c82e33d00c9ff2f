//! What happens to a job, with a number that only grows.

use rusqlite::{Transaction, params};
use serde_json::{Map, Value, json};

use crate::serve::clock::Moment;
use crate::serve::db::all;
use crate::serve::id::Id;
use crate::serve::language::Language;
use crate::serve::problem::Result;

/// What happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) number: i64,
    /// `progress`, `log`, `done` or `error`; after the last two nothing comes.
    pub(crate) kind: String,
    pub(crate) data: String,
}

impl Event {
    /// Notes that something happened. Whoever waits for it is told when the transaction is kept ([`super::Queue::tell`]).
    pub(crate) fn add(store: &Transaction<'_>, job: &Id, kind: &str, data: &Value, now: Moment) -> Result<()> {
        store.execute(
            "INSERT INTO job_events (job_id, kind, data, created) VALUES (?1, ?2, ?3, ?4)",
            params![job, kind, data.to_string(), now],
        )?;
        Ok(())
    }

    /// What happened after the event of this number.
    pub(super) fn after(store: &Transaction<'_>, job: &str, number: i64) -> Result<Vec<Self>> {
        let sql =
            "SELECT number, kind, data FROM job_events WHERE job_id = ?1 AND number > ?2 ORDER BY number LIMIT 500";
        Ok(all(store, sql, params![job, number], |row| {
            Ok(Self { number: row.get(0)?, kind: row.get(1)?, data: row.get(2)? })
        })?)
    }

    /// Its data in `language`: a message is kept in each.
    pub(super) fn told(self, language: Language) -> String {
        if self.kind != "log" {
            return self.data;
        }
        let words: Option<Map<String, Value>> = serde_json::from_str(&self.data).ok();
        match words.and_then(|mut words| words.remove(language.tag())) {
            Some(message) => json!({ "message": message }).to_string(),
            None => self.data,
        }
    }

    pub(super) fn is_last(&self) -> bool {
        matches!(self.kind.as_str(), "done" | "error")
    }
}

//! Tokens: made and revoked by whoever has the data folder, shown once, kept as hashes.

use std::path::Path;

use rusqlite::{Transaction, params};
use serde::Serialize;

use crate::error::{Error, Result};

use super::clock::{Clock, Moment};
use super::db::Db;
use super::folder::Folder;
use super::id::Id;

pub(super) const MIGRATION: &str = "
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- blake3 of the token, which has 256 random bits: nothing slower is needed against guessing.
    hash BLOB NOT NULL UNIQUE,
    -- Whether it sees every project, or those that it made.
    sees_all INTEGER NOT NULL,
    created INTEGER NOT NULL,
    revoked INTEGER
) STRICT;
";

/// What is known of a token; the token itself is not.
#[derive(Clone, Debug, Serialize)]
pub struct Token {
    id: Id,
    name: String,
    sees_all: bool,
    created_at: Moment,
    revoked_at: Option<Moment>,
}

impl Token {
    /// Its id, by which it is revoked.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_str()
    }

    /// What it was called when it was made.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it sees every project, or those that it made.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.sees_all
    }

    /// When it was made.
    #[must_use]
    pub fn created_at(&self) -> Moment {
        self.created_at
    }

    /// When it was revoked, if it was.
    #[must_use]
    pub fn revoked_at(&self) -> Option<Moment> {
        self.revoked_at
    }
}

/// The tokens of a data folder; the server that works in it heeds a change at once.
#[derive(Debug)]
pub struct Tokens {
    db: Db,
    clock: Clock,
}

impl Tokens {
    /// Those of `data`, which is made if it is not there.
    pub fn open(data: &Path, clock: Clock) -> Result<Self> {
        let path = Folder::store(&Folder::make(data)?);
        let db = Db::open(&path).map_err(|error| failed(&error))?;
        Ok(Self { db, clock })
    }

    /// Makes one; the text is the token, which is nowhere kept.
    pub fn make(&self, name: &str, sees_all: bool) -> Result<(Token, String)> {
        let fail = |error: std::io::Error| failed(&error);
        let secret: [u8; 32] = self.clock.random().map_err(fail)?;
        let shown = format!("cs_{}", blake3::Hash::from_bytes(secret).to_hex());
        let created_at = self.clock.now();
        let id = Id::draw(&self.clock).map_err(fail)?;
        let token = Token { id, name: name.to_owned(), sees_all, created_at, revoked_at: None };
        let sql = "INSERT INTO tokens (id, name, hash, sees_all, created) VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![token.id, token.name, hash(&shown), sees_all, created_at];
        self.db.write_now(|store| store.execute(sql, values)).map_err(|error: rusqlite::Error| failed(&error))?;
        Ok((token, shown))
    }

    /// All of them, also those that are revoked, in the order in which they were made.
    pub fn list(&self) -> Result<Vec<Token>> {
        let sql = "SELECT id, name, sees_all, created, revoked FROM tokens ORDER BY created, id";
        let list = |store: &Transaction<'_>| -> rusqlite::Result<Vec<Token>> {
            let mut statement = store.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(Token {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    sees_all: row.get(2)?,
                    created_at: row.get(3)?,
                    revoked_at: row.get(4)?,
                })
            })?;
            rows.collect()
        };
        self.db.read_now(list).map_err(|error| failed(&error))
    }

    /// Revokes the one of this id; says whether there was one that held.
    pub fn revoke(&self, id: &str) -> Result<bool> {
        let sql = "UPDATE tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
        let now = self.clock.now();
        let revoked = self.db.write_now(|store| store.execute(sql, params![id, now]));
        revoked.map(|count| count > 0).map_err(|error: rusqlite::Error| failed(&error))
    }
}

/// What is kept of a token.
pub(super) fn hash(shown: &str) -> [u8; 32] {
    blake3::hash(shown.as_bytes()).into()
}

/// Whether no token was ever made. One that was revoked counts: who locks a door does not mean it to open by itself.
pub(super) fn none(store: &Transaction<'_>) -> super::problem::Result<bool> {
    Ok(store.query_row("SELECT NOT EXISTS (SELECT 1 FROM tokens)", [], |row| row.get(0))?)
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Serve {
        reason: format!("the store cannot be used: {error}"),
        fix: "look at the folder that `--data` names, and at the room on its disk".into(),
    }
}

//! What the server has to remember of itself: secrets that it makes once.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::clock::Clock;
use super::problem::Problem;

pub(super) const MIGRATION: &str = "
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
";

/// The secret of this name, 32 random bytes, made when it is first asked for.
pub(crate) fn secret(transaction: &Transaction<'_>, name: &str, clock: &Clock) -> Result<[u8; 32], Problem> {
    let kept: Option<[u8; 32]> =
        transaction.query_row("SELECT value FROM settings WHERE name = ?1", [name], |row| row.get(0)).optional()?;
    if let Some(secret) = kept {
        return Ok(secret);
    }
    let secret: [u8; 32] = clock.random()?;
    transaction.execute("INSERT INTO settings (name, value) VALUES (?1, ?2)", params![name, secret])?;
    Ok(secret)
}

//! The tables, each group with the statements that make it, in the order in which they came.
//!
//! What stands in the list was run in somebody's store: it is never changed, only followed by more.

use rusqlite::{Connection, TransactionBehavior};

use crate::serve::{assets, fill, idempotency, jobs, outputs, projects, scenario, settings, token, uploads, webhook};

/// `PRAGMA user_version` says how many of them a store has seen.
const MIGRATIONS: &[&str] = &[
    settings::MIGRATION,
    token::MIGRATION,
    projects::MIGRATION,
    assets::MIGRATION,
    uploads::MIGRATION,
    scenario::MIGRATION,
    idempotency::MIGRATION,
    jobs::MIGRATION,
    outputs::MIGRATION,
    webhook::MIGRATION,
    fill::MIGRATION,
    assets::CLIPS,
    jobs::FINISHED,
];

/// Brings a store up to this version, all or nothing.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let seen: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let Some(missing) = MIGRATIONS.get(seen as usize..) else {
        let words = "it is from a later version of callsheet, which has to open it".to_owned();
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_MISMATCH),
            Some(words),
        ));
    };
    for (statements, version) in missing.iter().zip(seen + 1..) {
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.commit()
}

//! The store: `SQLite` in one file, written by one connection and read by several.
//!
//! A query runs in a thread that may block; [`Db::read`] and [`Db::write`] are the doors from async code,
//! [`Db::read_now`] and [`Db::write_now`] those of a thread that is one already.

mod migrate;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Params, Row, Transaction, TransactionBehavior};
use tokio::sync::Semaphore;

use super::problem::Problem;

/// How many read at the same time; more would only wait for the disk together.
const READERS: usize = 4;

/// How long a connection waits for another process, e.g. `callsheet token`, to be done.
const BUSY: Duration = Duration::from_secs(10);

/// The store; clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Db(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    free: Semaphore,
    path: std::path::PathBuf,
}

impl Db {
    /// Opens the store at `path`, makes it if it is not there, and brings it up to this version.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        // In WAL mode this survives a crash of the program, and of the machine all but the last moment. What money was
        // paid for must survive that too.
        writer.pragma_update(None, "synchronous", "full")?;
        migrate::migrate(&mut writer)?;
        Ok(Self(Arc::new(Inner {
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            free: Semaphore::new(READERS),
            path: path.to_owned(),
        })))
    }

    /// Runs `work` in one transaction, which is kept if it succeeds.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + From<Problem> + Send + 'static,
    {
        let db = self.clone();
        let done = tokio::task::spawn_blocking(move || db.write_now(work)).await;
        done.unwrap_or_else(|error| Err(E::from(Problem::broken(&error))))
    }

    /// Runs `work`, which sees one state of the store and changes nothing.
    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + From<Problem> + Send + 'static,
    {
        // A thread that waits for a connection is one that a render cannot have.
        let turn = self.0.free.acquire().await;
        let db = self.clone();
        let done = tokio::task::spawn_blocking(move || db.read_now(work)).await;
        drop(turn);
        done.unwrap_or_else(|error| Err(E::from(Problem::broken(&error))))
    }

    /// [`Db::write`] for a thread that may block.
    pub(crate) fn write_now<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic rolls back; the connection is as good as before.
        let mut writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// [`Db::read`] for a thread that may block.
    pub(crate) fn read_now<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let kept = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match kept {
            Some(reader) => reader,
            None => connect(&self.0.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let result = {
            let transaction = reader.transaction()?;
            work(&transaction)
        };
        let mut readers = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS {
            readers.push(reader);
        }
        result
    }
}

/// All rows that a query gives, each as `of_row` reads it.
pub(crate) fn all<T>(
    store: &Transaction<'_>,
    sql: &str,
    parameters: impl Params,
    of_row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    store.prepare(sql)?.query_map(parameters, of_row)?.collect()
}

/// A number as `SQLite` holds it: its own have a sign.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_opened_again_as_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let add = |transaction: &Transaction<'_>| {
            transaction.execute("INSERT INTO settings (name, value) VALUES ('a', x'01')", []).map(drop)
        };
        let count = |transaction: &Transaction<'_>| -> rusqlite::Result<u32> {
            transaction.query_row("SELECT count(*) FROM settings", [], |row| row.get(0))
        };
        Db::open(&path).unwrap().write_now(add).unwrap();
        let db = Db::open(&path).unwrap();
        assert_eq!(db.read_now(count).unwrap(), 1);
        assert!(db.read_now(add).is_err(), "a reader changes nothing");
        assert!(db.write_now(add).is_err(), "a name stands once");
        assert_eq!(db.read_now(count).unwrap(), 1);
    }

    #[test]
    fn a_store_of_a_later_version_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        drop(Db::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 10_000).unwrap();
        let said = Db::open(&path).unwrap_err().to_string();
        assert!(said.contains("a later version of callsheet"), "{said}");
    }
}

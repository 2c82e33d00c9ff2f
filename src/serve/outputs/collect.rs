//! Old outputs go: those that are nobody's, those that are too old, and the oldest where all are too large.

use std::time::Duration;

use rusqlite::{Transaction, params};

use crate::serve::clock::Moment;
use crate::serve::db::all;
use crate::serve::log::log;
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;
use crate::serve::{assets, uploads};

/// How often it is looked what can go, in milliseconds of the server's clock.
const INTERVAL: u64 = 60_000;

/// How long it is known how a job went, step by step, in milliseconds.
const FORGOTTEN: u64 = 14 * 24 * 3600 * 1000;

/// How often it is looked what can be forgotten, in milliseconds.
const FORGETS: u64 = 3600 * 1000;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(200);

/// What a server that was killed left half-written is nobody's.
pub(crate) fn forget_unfinished(store: &Transaction<'_>) -> Result<()> {
    store.execute("UPDATE outputs SET job_id = NULL WHERE state = 'coming'", [])?;
    Ok(())
}

/// Collects now and then, until the server ends.
pub(crate) async fn keep_house(app: App) {
    let mut stopping = app.stopping();
    let mut next = app.clock.now();
    let mut forgets = next;
    loop {
        if app.clock.now() >= forgets {
            forgets = app.clock.now().after(FORGETS);
            let now = app.clock.now();
            if let Err(problem) = app.db.write(move |store| forget(store, now)).await {
                log(format_args!("forgetting old jobs: {}", problem.cause().unwrap_or("the store cannot be written")));
            }
        }
        if app.clock.now() >= next {
            if let Err(problem) = collect(&app).await {
                log(format_args!("collecting outputs: {}", problem.cause().unwrap_or("the storage does not answer")));
            }
            next = app.clock.now().after(INTERVAL);
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Takes away what is not to be kept.
pub(crate) async fn collect(app: &App) -> Result<()> {
    let (now, keep) = (app.clock.now(), app.config.keep.clone());
    let going = app
        .db
        .write(move |store| {
            let age = u64::from(keep.days).saturating_mul(24 * 3600 * 1000);
            choose(store, now.before(age), keep.bytes)
        })
        .await?;
    for (key, is_nobodys) in going {
        // What is not there is gone too. One that cannot be taken away keeps none of the others.
        if let Err(problem) = app.storage.delete(&key).await {
            log(format_args!("collecting {key}: {}", problem.cause().unwrap_or("the storage does not answer")));
            continue;
        }
        let sql = if is_nobodys {
            "DELETE FROM outputs WHERE key = ?1"
        } else {
            "UPDATE outputs SET state = 'gone' WHERE key = ?1"
        };
        app.db.write(move |store| Ok::<_, Problem>(store.execute(sql, [key])?)).await?;
    }
    app.brief(move |app| uploads::give_up(app, now)).await?;
    // Files that nobody has any more, and that the last job which read them is over.
    app.block(|app| assets::sweep(app, |_| Ok(()))).await
}

/// Forgets how jobs went that are long over, and what was sent about them; how they ended is known as long as they are.
fn forget(store: &Transaction<'_>, now: Moment) -> Result<()> {
    let before = now.before(FORGOTTEN);
    // Megabytes each, and what is over is not begun again.
    let sql = "UPDATE jobs SET brief = '' WHERE finished < ?1 AND brief <> ''";
    store.execute(sql, [now.before(FORGETS)])?;
    store.execute(
        "DELETE FROM job_events WHERE kind IN ('progress', 'log') AND created < ?1
         AND job_id IN (SELECT id FROM jobs WHERE finished < ?1)",
        [before],
    )?;
    store.execute("DELETE FROM deliveries WHERE next IS NULL AND created < ?1", [before])?;
    Ok(())
}

/// Chooses what goes, and whether it is nobody's. From here on it cannot be downloaded.
fn choose(store: &Transaction<'_>, oldest: Moment, most: u64) -> Result<Vec<(String, bool)>> {
    store.execute("UPDATE outputs SET state = 'going' WHERE state = 'there' AND created < ?1", [oldest])?;
    store.execute(
        "UPDATE outputs SET state = 'going' WHERE key IN (
             SELECT key FROM (
                 SELECT key, sum(bytes) OVER (ORDER BY created DESC, rowid DESC) AS so_far
                 FROM outputs WHERE state = 'there')
             WHERE so_far > ?1)",
        params![i64::try_from(most).unwrap_or(i64::MAX)],
    )?;
    let sql = "SELECT key, job_id IS NULL FROM outputs WHERE job_id IS NULL OR state = 'going'";
    Ok(all(store, sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

//! A clip comes, and becomes an asset of the project.

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde_json::Value;

use crate::fill::{self, Candidate, Errand, Placing, Progress, Provider, Spending, Wish, clip_fit};
use crate::scenario::ClipFit;
use crate::serve::assets::{Arrived, Asset, Origin, keep_now};
use crate::serve::id::Id;
use crate::serve::jobs::{Desk, Ended};
use crate::serve::language::Words;
use crate::serve::log::log;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects::label;

use super::ledger::StoreLedger;

/// A clip that is here.
#[derive(Debug)]
pub(super) struct Brought {
    pub(super) asset: Asset,
    /// Its file in the folder of assets.
    pub(super) file: String,
    pub(super) placing: Placing,
    /// The line that its author is owed.
    pub(super) attribution: Option<String>,
}

/// Brings `candidate` for `wish`, and keeps it as an asset.
pub(super) fn bring(
    desk: &mut Desk<'_>,
    wish: &Wish,
    provider: &dyn Provider,
    candidate: &Candidate,
    fit: Option<ClipFit>,
    spending: Spending,
) -> Result<Brought, Ended> {
    let (app, folder) = (desk.app, desk.folder.to_owned());
    let taken = with_errand(desk, spending, |errand| provider.take(wish, candidate, &folder, errand))?;
    let clip_fit = clip_fit(wish, &taken.media, taken.provider, fit)?;
    let credit = taken.credit.clone();
    let attribution = serde_json::to_value(&credit).map_err(|error| Problem::broken(&error))?;
    let origin = Origin {
        source: taken.provider.word(),
        attribution: Some(attribution).filter(|value| value.as_object().is_some_and(|members| !members.is_empty())),
        clip: Some(taken.id.clone()),
        upload: None,
    };
    // What is made to order is called after its words, whoever orders or follows it.
    let title = if taken.provider.is_paid() { Some(&wish.description) } else { candidate.title.as_ref() };
    let title = title.and_then(|title| label(title).ok());
    let name = title.unwrap_or_else(|| format!("{}-{}", taken.provider, taken.id));
    let arrived = Arrived::of_file(taken.path)?;
    let (asset, _) = keep_now(app, &desk.job.project, &name, &arrived, &origin)?;
    // From now on the file stays as long as the job, whoever deletes the asset.
    let file = app.db.write_now(|store| {
        let sql = "SELECT file FROM assets JOIN blobs USING (hash) WHERE id = ?1";
        let file: Option<String> = store.query_row(sql, params![asset.id], |row| row.get(0)).optional()?;
        let sql = "INSERT OR IGNORE INTO job_blobs (job_id, hash) SELECT id, ?2 FROM jobs WHERE id = ?1";
        if file.is_some() {
            store.execute(sql, params![desk.id(), asset.blake3])?;
        }
        Ok::<_, Problem>(file)
    })?;
    let file = file.ok_or_else(|| deleted(asset.id.as_str()))?;
    let placing = Placing {
        segment_id: wish.segment_id.clone(),
        asset_id: asset.id.to_string(),
        path: None,
        clip_fit,
        credit: credit.clone(),
    };
    Ok(Brought { asset, file, placing, attribution: credit.attribution })
}

/// Whether the project has the asset still.
pub(super) fn has(store: &Transaction<'_>, project: &Id, asset: &Id) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM assets WHERE project_id = ?1 AND id = ?2)";
    Ok(store.query_row(sql, params![project, asset], |row| row.get(0))?)
}

/// Somebody deleted the clip before it was in its place.
pub(super) fn deleted(asset: &str) -> Problem {
    Problem::new(
        Code::Conflict,
        format!("the asset `{asset}` was deleted before it had its place; ask for the clip again"),
        format!("материал `{asset}` удалили раньше, чем он попал в сценарий; попросите клип снова"),
    )
}

/// Does something on the job's behalf; how far it is is told.
pub(super) fn with_errand<T>(
    desk: &mut Desk<'_>,
    spending: Spending,
    work: impl FnOnce(&mut Errand<'_>) -> crate::error::Result<T>,
) -> Result<T, Ended> {
    let ledger = StoreLedger { app: desk.app.clone(), project: desk.job.project.clone() };
    let cancel = desk.cancel;
    let mut tell = |progress: Progress| match &progress {
        Progress::Searching(_) | Progress::Remembered(_) => desk.tell("searching", 0, 0),
        Progress::Received(bytes, all) => desk.tell("fetching", *bytes, all.unwrap_or_default()),
        Progress::Working(name, times) => {
            if *times == 0 {
                // It is paid for: the log has its name whatever becomes of the store.
                log(format_args!("job {}: it is being made as {name}", desk.id()));
            }
            desk.tell("making", 0, 0);
        }
        Progress::PassedBy(..) => log(format_args!("job {}: {progress}", desk.id())),
        Progress::Waiting(..) | Progress::Ordered(_) => {
            // What cannot be told now goes on all the same.
            let _ = desk.say(&Words::new(progress.to_string(), russian(&progress)));
        }
    };
    let mut errand = Errand { cancel, ledger: &ledger, spending, on_progress: &mut tell };
    Ok(work(&mut errand)?)
}

/// How far an errand is, where it is told in words.
fn russian(progress: &Progress) -> String {
    match progress {
        Progress::Waiting(source, pause) => {
            format!("{source}: снова через {:.1} с", pause.as_secs_f64())
        }
        Progress::Ordered(source) => format!("{source}: клип заказан, это стоит денег"),
        other => other.to_string(),
    }
}

/// What a filled segment has now.
pub(super) fn filled(brought: &Brought, provider: fill::Source) -> Value {
    serde_json::json!({
        "segment_id": brought.placing.segment_id,
        "asset_id": brought.asset.id,
        "provider": provider,
        "clip_fit": brought.placing.clip_fit.map(ClipFit::word),
        "attribution": brought.attribution,
    })
}

//! The work at a job that fills a segment.

use rusqlite::params;
use serde_json::Value;

use crate::error::Error;
use crate::fill::{Entry, Failure, Ledger as _, Pick, Source, Spending, Stage};
use crate::serve::jobs::{Desk, Ended, Outcome};
use crate::serve::problem::{Code, Problem};
use crate::serve::render::Snapshot;
use crate::serve::scenario;

use super::bring::{Brought, bring, deleted, filled, has, with_errand};
use super::ledger::StoreLedger;
use super::order::{Brief, Fit, allowed, providers, wish_of};

/// Brings the clip and gives it to its segment.
pub(crate) fn work(desk: &mut Desk<'_>) -> Result<Outcome, Ended> {
    let Brief { segment, order, spot } =
        serde_json::from_str(&desk.job.brief).map_err(|error| Problem::broken(&error))?;
    let (app, project) = (desk.app, desk.job.project.clone());
    // A server was ended between the writing of the scenario and the end of the job: nothing is left to do, and nothing
    // may be ordered again. Its segment may be gone meanwhile.
    if let Some(result) = desk.job.result.clone() {
        with_errand(desk, Spending::Nothing, |errand| errand.settle(&segment, outcome(&result)))?;
        return Ok(Outcome { result });
    }
    let snapshot = app.db.read_now(|store| Snapshot::take(store, &project))?;
    let (read, _) = snapshot.given(&app.folder, None)?.normalised()?;
    let mut wish = wish_of(&read, &segment, order.query.as_deref())?;
    let spot = match spot {
        Some(spot) => spot,
        None => wish_of(&read, &segment, None)?.spot(),
    };
    let ledger = StoreLedger { app: app.clone(), project: project.clone() };
    let known = ledger.read(&segment)?;
    // It was ordered by this job, before its server died: what came of it is not asked for a second time, and what is on its
    // way is followed, whatever the scene says meanwhile.
    // Who orders again has ordered nothing until that is taken back below.
    let own = known.as_ref().filter(|entry| order.generate && !order.again && is_own(desk, entry));
    if let Some((entry, outcome)) = own.and_then(|entry| Some((entry, entry.outcome()?))) {
        return Err(over(entry, outcome).into());
    }
    if let Some(entry @ Entry { stage: Stage::Started { .. }, .. }) = own {
        wish = wish.with_query(&entry.prompt);
    } else {
        if let Some(entry @ Entry { stage: Stage::Intended, .. }) = own {
            // The server that sent it is dead: nobody hears the answer any more.
            ledger.replace(&segment, Some(entry), &Entry { stage: Stage::Unanswered, ..entry.clone() })?;
        }
        allowed(&wish, &order, known.as_ref())?;
        if !spot.holds_in(&read) {
            return Err(changed(&segment).into());
        }
    }
    let spending = match (order.generate, order.again) {
        (false, _) => Spending::Nothing,
        (true, false) => Spending::One,
        (true, true) => {
            // What is asked for once is done once: whoever takes up this job orders nothing a second time.
            let mut once = Brief { segment: segment.clone(), order: order.clone(), spot: Some(spot.clone()) };
            once.order.again = false;
            let brief = serde_json::to_string(&once).map_err(|error| Problem::broken(&error))?;
            let sql = "UPDATE jobs SET brief = ?2 WHERE id = ?1";
            app.db.write_now(|store| store.execute(sql, params![desk.id(), brief]))?;
            Spending::Again
        }
    };
    let providers = providers(app);
    let provider = providers.get(order.provider.source())?;
    let offered = with_errand(desk, Spending::Nothing, |errand| provider.search(&wish, errand))?;
    let pick = order.candidate_id.clone().map_or(Pick::Best, Pick::Id);
    let candidate = pick.from(offered, provider.source())?;
    // Better now than when it is here, and paid for.
    candidate.check(&wish)?;
    let brought = bring(desk, &wish, provider, &candidate, order.clip_fit.map(Fit::clip_fit), spending)?;
    let result = filled(&brought, provider.source());
    let now = app.clock.now();
    let is_placed = app.db.write_now(|store| {
        // Its author may have gone on writing meanwhile.
        if !has(store, &project, &brought.asset.id)? {
            return Err(deleted(brought.asset.id.as_str()));
        }
        let there = Snapshot::take(store, &project)?;
        let (read, _) = there.given(&app.folder, None)?.normalised()?;
        if !spot.holds_in(&read) {
            return Ok(false);
        }
        scenario::save(store, &project, &brought.placing.write_in(&there.document)?, now)?;
        store.execute("UPDATE jobs SET result = ?2 WHERE id = ?1", params![desk.id(), result.to_string()])?;
        Ok::<_, Problem>(true)
    })?;
    let outcome =
        if is_placed { outcome(&result).to_owned() } else { format!("{}, without a place", brought.asset.id) };
    with_errand(desk, Spending::Nothing, |errand| errand.settle(&segment, &outcome))?;
    if is_placed { Ok(Outcome { result }) } else { Err(moved(&segment, provider.source(), &brought).into()) }
}

/// Whether the job itself ordered it: it is at work since before.
fn is_own(desk: &Desk<'_>, entry: &Entry) -> bool {
    desk.job.started.is_some_and(|started| entry.at >= started.seconds())
}

/// What the job ordered has come to its end.
fn over(entry: &Entry, outcome: &str) -> Problem {
    let provider = &entry.provider;
    Problem::new(
        Code::ProviderFailed,
        format!("{provider}: what was ordered has come to its end: {outcome}; a new clip is a new order"),
        format!("{provider}: заказ уже завершён: {outcome}; новый клип — новый заказ"),
    )
    .with("provider", provider.as_str())
    .with("reason", outcome)
}

/// Nothing is brought for a segment that is another one now.
fn changed(segment: &str) -> Problem {
    let id = segment.escape_debug();
    Problem::new(
        Code::Conflict,
        format!("the scenario was changed meanwhile, and `{id}` is another segment now; look at it, and ask again"),
        format!("сценарий тем временем изменили, и `{id}` теперь другой сегмент; посмотрите на него и попросите снова"),
    )
}

/// The clip is here, and has no place.
fn moved(segment: &str, provider: Source, brought: &Brought) -> Problem {
    let reason =
        format!("the scenario was changed meanwhile: `{segment}` is another segment now, or gone, or has its media");
    let error = Error::Fill { kind: Failure::Moved, provider: provider.word(), reason, fix: String::new() };
    Problem::from(error).with("asset_id", brought.asset.id.as_str())
}

/// What the ledger says of it.
fn outcome(result: &Value) -> &str {
    result.get("asset_id").and_then(Value::as_str).unwrap_or_default()
}

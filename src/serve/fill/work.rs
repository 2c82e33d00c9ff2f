//! The work at a job that fills a segment.

use rusqlite::params;
use serde_json::Value;

use crate::fill::{Pick, Spending};
use crate::serve::jobs::{Desk, Ended, Outcome};
use crate::serve::problem::Problem;
use crate::serve::render::Snapshot;
use crate::serve::scenario;

use super::bring::{bring, filled, with_errand};
use super::order::{Brief, Fit, providers, wish_of};

/// Brings the clip and gives it to its segment.
pub(crate) fn work(desk: &mut Desk<'_>) -> Result<Outcome, Ended> {
    let Brief { segment, order } = serde_json::from_str(&desk.job.brief).map_err(|error| Problem::broken(&error))?;
    let (app, project) = (desk.app, desk.job.project.clone());
    let snapshot = app.db.read_now(|store| Snapshot::take(store, &project))?;
    let (read, _) = snapshot.given(&app.folder, None)?.normalised()?;
    let wish = wish_of(&read, &segment, order.query.as_deref())?;
    // A server was ended between the writing of the scenario and the end of the job: nothing is left to do, and nothing
    // may be ordered again.
    if let Some(result) = desk.job.result.clone() {
        with_errand(desk, Spending::Nothing, |errand| errand.settle(&wish, outcome(&result)))?;
        return Ok(Outcome { result });
    }
    let spending = match (order.generate, order.again) {
        (false, _) => Spending::Nothing,
        (true, false) => Spending::One,
        (true, true) => {
            // What is asked for once is done once: whoever takes up this job orders nothing a second time.
            let mut once = Brief { segment: segment.clone(), order: order.clone() };
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
    let pick = order.candidate_id.clone().map_or(Pick::Best, Pick::Named);
    let candidate = pick.from(offered, provider.source())?;
    // Better now than when it is here, and paid for.
    candidate.check(&wish)?;
    let brought = bring(desk, &wish, provider, &candidate, order.clip_fit.map(Fit::clip_fit), spending)?;
    let result = filled(&brought, provider.source());
    let now = app.clock.now();
    app.db.write_now(|store| {
        // Its author may have gone on writing meanwhile.
        let text = brought.placing.write_in(&scenario::load(store, &project)?.document)?;
        scenario::save(store, &project, &text, now)?;
        store.execute("UPDATE jobs SET result = ?2 WHERE id = ?1", params![desk.id(), result.to_string()])?;
        Ok::<_, Problem>(())
    })?;
    with_errand(desk, Spending::Nothing, |errand| errand.settle(&wish, outcome(&result)))?;
    Ok(Outcome { result })
}

/// What the ledger says of it.
fn outcome(result: &Value) -> &str {
    result.get("asset_id").and_then(Value::as_str).unwrap_or_default()
}

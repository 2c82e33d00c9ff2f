//! Filling all that waits before a render, with the best that costs nothing.

use rusqlite::params;

use crate::error::Error;
use crate::fill::{Spending, Wish, wishes};
use crate::serve::jobs::{Desk, Ended};
use crate::serve::problem::Problem;
use crate::serve::render::Snapshot;
use crate::serve::scenario;

use super::bring::{Brought, bring, with_errand};
use super::order::providers;

/// So many candidates of one provider are tried before the next is asked.
const TRIED: usize = 3;

/// Fills what waits in `snapshot`, and the same in the project's scenario where it still waits there. What nobody has
/// anything for waits on: the render says so.
pub(crate) fn fill_all(desk: &mut Desk<'_>, mut snapshot: Snapshot) -> Result<Snapshot, Ended> {
    let (scenario, _) = snapshot.given(&desk.app.folder, None)?.normalised()?;
    for wish in wishes(&scenario).into_iter().filter(|wish| !wish.upload) {
        let Some(brought) = best(desk, &wish)? else {
            desk.say(&format!("{}: nothing that is offered fits", wish.segment_id))?;
            continue;
        };
        let by = brought.placing.credit.author.as_ref().map_or_else(String::new, |author| format!(" by {author}"));
        let line = brought.attribution.clone().unwrap_or_else(|| format!("{}{by}", brought.asset.name));
        desk.say(&format!("{}: filled with {line}", wish.segment_id))?;
        snapshot.place(&brought.placing, &brought.file)?;
        place(desk, &wish, &brought)?;
    }
    Ok(snapshot)
}

/// The best that fits, by the order of those that are asked. Where one cannot be brought the next is tried.
fn best(desk: &mut Desk<'_>, wish: &Wish) -> Result<Option<Brought>, Ended> {
    let providers = providers(desk.app);
    for provider in providers.free() {
        let offered = match with_errand(desk, Spending::Nothing, |errand| Ok(provider.search(wish, errand))) {
            Ok(Ok(offered)) => offered,
            Ok(Err(trouble @ Error::Fill { .. })) => {
                desk.say(&trouble.to_string())?;
                continue;
            }
            Ok(Err(other)) => return Err(other.into()),
            Err(ended) => return Err(ended),
        };
        for candidate in offered.iter().filter(|candidate| candidate.is_fit(wish)).take(TRIED) {
            match bring(desk, wish, provider, candidate, None, Spending::Nothing) {
                Ok(brought) => return Ok(Some(brought)),
                Err(Ended::Stopped) => return Err(Ended::Stopped),
                Err(Ended::Failed(_)) => {
                    desk.say(&format!("{}: `{}` could not be brought", provider.source(), candidate.id))?;
                }
            }
        }
    }
    Ok(None)
}

/// Gives it to the segment in the project's scenario, where that still waits.
fn place(desk: &Desk<'_>, wish: &Wish, brought: &Brought) -> Result<(), Ended> {
    let (app, project) = (desk.app, &desk.job.project);
    let now = app.clock.now();
    app.db.write_now(|store| {
        let there = Snapshot::take(store, project)?;
        let (read, _) = there.given(&app.folder, None)?.normalised()?;
        if wishes(&read).iter().any(|waiting| waiting.segment_id == wish.segment_id) {
            let text = brought.placing.write_in(&there.document)?;
            scenario::save(store, project, &text, now)?;
        }
        let sql = "INSERT OR IGNORE INTO job_blobs (job_id, hash) VALUES (?1, ?2)";
        store.execute(sql, params![desk.id(), brought.asset.blake3])?;
        Ok::<_, Problem>(())
    })?;
    Ok(())
}

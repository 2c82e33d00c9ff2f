//! Filling all that waits before a render, with the best that costs nothing.

use rusqlite::{Transaction, params};

use crate::error::Error;
use crate::fill::{Candidate, Chooser, Provider, Spending, Wish, choose, wishes};
use crate::serve::id::Id;
use crate::serve::jobs::{Desk, Ended};
use crate::serve::language::Words;
use crate::serve::problem::{Code, Problem};
use crate::serve::render::{Brief, Snapshot};
use crate::serve::scenario;

use super::bring::{Brought, bring, has, with_errand};
use super::candidates::words;
use super::order::providers;

/// Fills what waits in the scenario of `brief`, and the same in the project's where it still waits there. What nobody has
/// anything for waits on: the render says so. Each clip is in the job's brief as soon as it is in the scenario: whoever takes
/// the job up again has the same ones.
pub(crate) fn fill_all(desk: &mut Desk<'_>, brief: &mut Brief) -> Result<(), Ended> {
    let (scenario, _) = brief.snapshot.given(&desk.app.folder, None)?.normalised()?;
    let providers = providers(desk.app);
    for wish in wishes(&scenario).into_iter().filter(|wish| !wish.upload) {
        let has = desk.app.db.read_now(|store| clips(store, &desk.job.project, &brief.snapshot.document))?;
        let mut choosing = Choosing { desk, wish: &wish, has };
        let Some(brought) = choose(&providers, &wish, &mut choosing)? else {
            desk.say(&Words::new(
                format!("{}: nothing that is offered fits", wish.segment_id),
                format!("{}: ничего подходящего не нашлось", wish.segment_id),
            ))?;
            continue;
        };
        let by = brought.placing.credit.author.as_ref();
        let (by, of) =
            by.map_or_else(Default::default, |author| (format!(" by {author}"), format!(", автор {author}")));
        let name = &brought.asset.name;
        let line = |author: String| brought.attribution.clone().unwrap_or_else(|| format!("{name}{author}"));
        desk.say(&Words::new(
            format!("{}: filled with {}", wish.segment_id, line(by)),
            format!("{}: найден клип — {}", wish.segment_id, line(of)),
        ))?;
        brief.snapshot.place(&brought.placing, &brought.file)?;
        place(desk, &wish, &brought, brief)?;
    }
    Ok(())
}

/// The clips of providers that `document` shows: who offered each, and what it is called there.
fn clips(store: &Transaction<'_>, project: &Id, document: &str) -> Result<Vec<(String, String)>, Problem> {
    let sql = "SELECT source, clip FROM assets
               WHERE project_id = ?1 AND clip IS NOT NULL AND instr(?2, '\"' || id || '\"') > 0";
    let mut statement = store.prepare(sql)?;
    let rows = statement.query_map(params![project, document], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A job that chooses by itself.
struct Choosing<'a, 'b> {
    desk: &'a mut Desk<'b>,
    wish: &'a Wish,
    /// The clips that the scenario has.
    has: Vec<(String, String)>,
}

impl Chooser for Choosing<'_, '_> {
    type Brought = Brought;
    type Stop = Ended;

    fn offers(&mut self, provider: &dyn Provider) -> Result<Vec<Candidate>, Ended> {
        match with_errand(self.desk, Spending::Nothing, |errand| Ok(provider.search(self.wish, errand)))? {
            Ok(offered) => Ok(offered),
            Err(trouble @ (Error::Fill { .. } | Error::Read { .. })) => {
                self.desk.say(&words(trouble))?;
                Ok(Vec::new())
            }
            Err(other) => Err(other.into()),
        }
    }

    fn has(&self, candidate: &Candidate) -> bool {
        self.has.iter().any(|(source, clip)| *source == candidate.provider.word() && *clip == candidate.id)
    }

    fn bring(&mut self, provider: &dyn Provider, candidate: &Candidate) -> Result<Option<Brought>, Ended> {
        match bring(self.desk, self.wish, provider, candidate, None, Spending::Nothing) {
            Ok(brought) => Ok(Some(brought)),
            // What is wrong with the clip, or with who offers it, says nothing about the next one.
            Err(Ended::Failed(problem))
                if matches!(problem.code(), Code::ProviderFailed | Code::Invalid | Code::BadMedia) =>
            {
                let (source, id) = (provider.source(), &candidate.id);
                let why = problem.detail();
                self.desk.say(&Words::new(
                    format!("{source}: `{id}` could not be brought: {}", why.english),
                    format!("{source}: клип `{id}` получить не удалось: {}", why.russian),
                ))?;
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }
}

/// Gives it to the segment in the project's scenario, where that still waits for it, and keeps `brief`, in which it has its
/// place already.
fn place(desk: &Desk<'_>, wish: &Wish, brought: &Brought, brief: &Brief) -> Result<(), Ended> {
    let (app, project) = (desk.app, &desk.job.project);
    let (now, written) = (app.clock.now(), brief.written()?.to_string());
    app.db.write_now(|store| {
        let there = Snapshot::take(store, project)?;
        let (read, _) = there.given(&app.folder, None)?.normalised()?;
        let waits = wishes(&read).iter().any(|waiting| waiting.segment_id == wish.segment_id);
        if waits && wish.spot().holds_in(&read) && has(store, project, &brought.asset.id)? {
            let text = brought.placing.write_in(&there.document)?;
            scenario::save(store, project, &text, now)?;
        }
        store.execute("UPDATE jobs SET brief = ?2 WHERE id = ?1", params![desk.id(), written])?;
        Ok::<_, Problem>(())
    })?;
    Ok(())
}

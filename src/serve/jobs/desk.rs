//! Where a job is worked at: what the work may use, and whom it tells how far it is.

use std::path::Path;

use serde_json::json;
use tokio::runtime::Handle;

use crate::ffmpeg::Cancel;
use crate::serve::id::Id;
use crate::serve::language::Words;
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;

use super::{Event, Progress, Row};

/// Where a job is worked at.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) app: &'a App,
    pub(crate) job: &'a Row,
    /// The wish to stop, of the job or of the server.
    pub(crate) cancel: &'a Cancel,
    /// For what is asynchronous; the work itself is not.
    pub(crate) runtime: &'a Handle,
    /// A folder for its files that goes away with it.
    pub(crate) folder: &'a Path,
    told: Option<Progress>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(app: &'a App, job: &'a Row, cancel: &'a Cancel, runtime: &'a Handle, folder: &'a Path) -> Self {
        Self { app, job, cancel, runtime, folder, told: None }
    }

    /// The job's id.
    pub(crate) fn id(&self) -> &Id {
        &self.job.id
    }

    /// Tells how far it is. What would be the same in percent is not told again: a job has a hundred steps or so,
    /// however long it is.
    pub(crate) fn tell(&mut self, phase: &str, done: u64, total: u64) {
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(0).min(100);
        let progress = Progress { phase: phase.into(), done, total, percent: u8::try_from(percent).unwrap_or(100) };
        let same = |told: &Progress| told.phase == progress.phase && told.percent == progress.percent;
        if self.told.as_ref().is_some_and(same) {
            return;
        }
        let now = self.app.clock.now();
        let told = self.app.db.write_now(|store| {
            let goes_on = Row::goes_on(store, &self.job.id, &progress)?;
            if goes_on {
                Event::add(store, &self.job.id, "progress", &json!(progress), now)?;
            }
            Ok::<_, Problem>(goes_on)
        });
        match told {
            // Its project is gone, or somebody wants it to stop.
            Ok(false) => self.cancel.cancel(),
            Ok(true) => self.app.queue.tell(),
            // How far it is can be told another time.
            Err(_) => {}
        }
        self.told = Some(progress);
    }

    /// Tells something that whoever watches may want to know.
    pub(crate) fn say(&self, words: &Words) -> Result<()> {
        let now = self.app.clock.now();
        let data = json!({ "en": words.english, "ru": words.russian });
        self.app.db.write_now(|store| Event::add(store, &self.job.id, "log", &data, now))?;
        self.app.queue.tell();
        Ok(())
    }
}

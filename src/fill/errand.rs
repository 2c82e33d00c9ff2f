//! On whose behalf a provider works, and what it may do.

use std::fmt;
use std::time::Duration;

use crate::error::Result;
use crate::ffmpeg::Cancel;

use super::Source;
use super::ledger::{Entry, Ledger, Stage};

/// What may be spent on one segment. A person chooses it; no model and no rule does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spending {
    /// Nothing. A job that is at work already, and paid for, is followed all the same.
    #[default]
    Nothing,
    /// One clip.
    One,
    /// One clip, even though an earlier request may be at work, or was, without anybody knowing.
    Again,
}

/// How far an errand is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is asked what it has.
    Searching(Source),
    /// Its answer of the last 24 hours is used.
    Remembered(Source),
    /// It has too much to do, its allowance is used up for the moment, or there was no connection; it is asked again after so
    /// long.
    Waiting(Source, Duration),
    /// A paid request is sent.
    Ordered(Source),
    /// It works under this name; how often it was asked whether it is done.
    Working(String, u32),
    /// A file of the library, by its path there, is not looked at: why.
    PassedBy(String, String),
    /// So many bytes are here; of so many, where that is known.
    Received(u64, Option<u64>),
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Searching(source) => write!(f, "searching {source}"),
            Self::Remembered(source) => write!(f, "{source}: the answer of the last 24 hours"),
            Self::Waiting(source, pause) => write!(f, "{source}: asked again in {:.1} s", pause.as_secs_f64()),
            Self::Ordered(source) => write!(f, "{source}: a clip is ordered, which costs money"),
            Self::Working(name, 0) => write!(f, "it is being made as {name}"),
            Self::Working(_, times) => write!(f, "it is being made; asked {times} times"),
            Self::PassedBy(file, why) => write!(f, "library: `{file}` is passed by: {why}"),
            Self::Received(bytes, None) => write!(f, "{:.1} MB are here", megabytes(*bytes)),
            Self::Received(bytes, Some(all)) => {
                write!(f, "{:.1} of {:.1} MB are here", megabytes(*bytes), megabytes(*all))
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// On whose behalf a provider works.
pub struct Errand<'a> {
    /// Somebody may want to stop.
    pub cancel: &'a Cancel,
    /// Where paid jobs are written down.
    pub ledger: &'a dyn Ledger,
    /// What may be spent.
    pub spending: Spending,
    /// Is told how far it is.
    pub on_progress: &'a mut dyn FnMut(Progress),
}

impl Errand<'_> {
    pub(super) fn tell(&mut self, progress: Progress) {
        (self.on_progress)(progress);
    }

    /// Writes that what was paid for the segment `id` has its place, where anything was: the next order is a new one.
    pub fn settle(&self, id: &str, outcome: &str) -> Result<()> {
        let Some(entry) = self.ledger.read(id)? else { return Ok(()) };
        if matches!(entry.stage, Stage::Started { .. }) {
            let settled = Entry { stage: Stage::Settled { outcome: outcome.to_owned() }, ..entry.clone() };
            self.ledger.replace(id, Some(&entry), &settled)?;
        }
        Ok(())
    }
}

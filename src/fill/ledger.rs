//! What was begun and is paid for, kept so that a program that is killed knows it afterwards.

mod file;

use serde::{Deserialize, Serialize};

use crate::error::Result;

pub use file::FileLedger;

/// How far a paid job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Stage {
    /// The request is about to be sent, or was: if nothing follows, nobody knows whether it arrived.
    Intended,
    /// It was sent, and whoever sent it had no answer that says whether anything was begun.
    Unanswered,
    /// The service is at work under this name.
    Started {
        /// What the service calls it.
        operation: String,
    },
    /// The result is in its place, or the service said that there is none: a new job may begin.
    Settled {
        /// What came of it, in words.
        outcome: String,
    },
}

/// A paid job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who is paid.
    pub provider: String,
    /// The model that works.
    pub model: String,
    /// What was asked for.
    pub prompt: String,
    /// When it was intended, in seconds since 1970.
    pub at: u64,
    /// How far it is.
    #[serde(flatten)]
    pub stage: Stage,
}

/// The outcome of an order that began nothing.
pub(super) const NOT_TAKEN: &str = "the service did not take the order";

impl Entry {
    /// What came of it, if the service took it and it is over.
    #[must_use]
    pub fn outcome(&self) -> Option<&str> {
        match &self.stage {
            Stage::Settled { outcome } if outcome != NOT_TAKEN => Some(outcome),
            _ => None,
        }
    }

    /// Whether something may be on its way that is paid for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Settled { .. })
    }
}

/// Keeps one [`Entry`] a job; a job is named by its segment.
///
/// What is written is on the disk when the call comes back. One ledger belongs to one scenario: a server gives each project
/// its own.
pub trait Ledger: Send + Sync {
    /// What is known about `job`.
    fn read(&self, job: &str) -> Result<Option<Entry>>;

    /// Writes `to` if what stands there is still `from`; says whether it did. Of two that try at once one succeeds.
    fn replace(&self, job: &str, from: Option<&Entry>, to: &Entry) -> Result<bool>;
}

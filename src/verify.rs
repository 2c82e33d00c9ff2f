//! Tests of a rule set: cases, each a scenario with what is asked of it, and the plans that were accepted for them.
//!
//! [`find()`] lists the cases, [`Case`] is one as it is written, [`run()`] compiles it into an [`Outcome`] (no media are
//! measured), [`snapshot()`] writes that as a person reads it, and [`Verdict`] says what to do. [`coverage()`] tells which
//! lines of the rules no case reached, [`mutate()`] which changes of them no case would notice.

mod case;
mod coverage;
mod diff;
mod find;
mod inline;
mod lcov;
mod mutants;
mod mutate;
mod notation;
mod report;
mod run;
mod sets;
mod snapshot;
mod verdict;
mod written;

use std::sync::Arc;

use crate::diagnostic::Source;
use crate::error::Result;
use crate::rules::Loader;

pub use case::{Case, Pin, case_schema};
pub use coverage::{Coverage, FileCoverage, RuleCoverage, SignalCoverage, Way, coverage};
pub use diff::diff;
pub use find::{CaseFiles, Found, find};
pub use lcov::lcov;
pub use mutate::{Change, Fate, Mutated, mutate};
pub use notation::visible;
pub use report::{Palette, Report};
pub use run::{Outcome, run};
pub use sets::Sets;
pub use snapshot::snapshot;
pub use verdict::{Tested, Verdict, WrongPin, test};

/// How files are read, so that a rule set can be another one than lies on the disk.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// Opens a case, a scenario, a snapshot or a rule set by its path.
    pub open: &'a dyn Fn(&str) -> Result<Arc<Source>>,
    /// Reads the rule sets and scripts that a rule set names.
    pub load: Loader<'a>,
}

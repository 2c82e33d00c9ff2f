//! From a [`Plan`] that anybody may have written to a [`ValidPlan`] that can be rendered.
//!
//! [`params`] holds each task against the catalogue; [`flow`] then follows the pictures from task to task and holds every
//! time against the media. Both collect all they find.

mod flow;
mod params;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::media::MediaTable;
use crate::time::Time;

use super::plan::{Plan, Task};

/// A plan that holds: every task is on the whitelist, every parameter in range, every input known, every time inside
/// its media.
#[derive(Clone, Debug)]
pub struct ValidPlan {
    plan: Plan,
    media: MediaTable,
    duration: Time,
    notes: BTreeMap<usize, String>,
}

impl ValidPlan {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What was measured of its media.
    #[must_use]
    pub fn media(&self) -> &MediaTable {
        &self.media
    }

    /// How long the video will be.
    #[must_use]
    pub fn duration(&self) -> Time {
        self.duration
    }

    /// What its media make of a task, by the task's number from 0, where that is more than the task says.
    #[must_use]
    pub fn notes(&self) -> &BTreeMap<usize, String> {
        &self.notes
    }
}

/// Holds `plan` against the catalogue and against what was measured of its media.
///
/// The findings point into the scenario where a rule made the task of it (`by_rules`), else into the plan file.
pub fn validate(plan: Plan, media: MediaTable, by_rules: bool) -> Result<(ValidPlan, Diagnostics), Diagnostics> {
    let mut findings = Findings { found: check(&plan, by_rules), by_rules, notes: BTreeMap::new() };
    // Flow trusts parameters to be there and in range.
    let duration = if findings.found.has_errors() { Time::ZERO } else { flow::follow(&plan, &media, &mut findings) };
    let Findings { found, notes, .. } = findings;
    found.finish(()).map(|((), warnings)| (ValidPlan { plan, media, duration, notes }, warnings))
}

/// Holds `plan` against the catalogue alone, for where its media are not at hand. The findings point where those of
/// [`validate()`] do.
#[must_use]
pub fn check(plan: &Plan, by_rules: bool) -> Diagnostics {
    let mut findings = Findings { found: Diagnostics::new(), by_rules, notes: BTreeMap::new() };
    for (number, task) in plan.tasks.iter().enumerate() {
        params::check(plan, number, task, &mut findings);
    }
    findings.found
}

/// How far past the end of its media a time may lie: containers and streams disagree by that much about their length,
/// and the last frame may stand for it.
fn tolerance() -> Time {
    Time::from_secs(0.1).unwrap_or_default()
}

struct Findings {
    found: Diagnostics,
    by_rules: bool,
    /// What its media make of a task, by the task's number.
    notes: BTreeMap<usize, String>,
}

impl Findings {
    fn note(&mut self, number: usize, note: String) {
        self.notes.insert(number, note);
    }

    /// A finding about `param` of a task (or about the task, where that is empty).
    fn push(&mut self, code: Code, number: usize, task: &Task, param: &str, message: String, help: impl Into<String>) {
        let help = help.into();
        let origin = task.origin.as_ref().filter(|_| self.by_rules);
        let pointer = match origin {
            Some(origin) => origin.pointer.clone(),
            None if param.is_empty() => format!("/tasks/{number}"),
            None => format!("/tasks/{number}/{param}"),
        };
        let help = match origin {
            Some(origin) => {
                let made = format!("the task was made by rule `{}`, {}:{}", origin.rule, origin.file, origin.line);
                if help.is_empty() { made } else { format!("{help}\n{made}") }
            }
            None => help,
        };
        let mut finding = Diagnostic::new(code, message).pointer(pointer);
        finding.help = Some(help).filter(|help| !help.is_empty());
        self.found.push(finding);
    }
}

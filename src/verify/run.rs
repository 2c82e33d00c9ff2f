//! From a case to what its rules make of it.

use crate::compile::{Tally, compile, compile_counted};
use crate::decide::{self, Facts};
use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::rules::Program;
use crate::scenario::{self, Ready};
use crate::subtitles;
use crate::tasks::Plan;

use super::case::Case;
use super::inline::relocated;

/// What became of a case.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was decided, and why; absent if nothing could be.
    pub decided: Option<decide::Verdict>,
    /// The plan; absent if the scenario was refused.
    pub plan: Option<Plan>,
    /// Whether a render would make the subtitles that are decided on: the scenario has none.
    pub awaits_subtitles: bool,
    /// What was found: warnings, and errors where there is no plan.
    pub found: Diagnostics,
}

/// Decides and compiles; measures nothing. The ways that the rules take are counted in `tally`.
#[must_use]
pub fn run(case: &Case, program: &Program, tally: Option<&Tally>) -> Outcome {
    let mut outcome = Outcome::default();
    let plan = steps(case, program, tally, &mut outcome);
    match plan {
        Ok(plan) => outcome.plan = Some(plan),
        Err(errors) => outcome.found.extend(errors),
    }
    outcome.found = outcome.found.located_in(&case.scenario);
    if case.is_inline() {
        outcome.found = relocated(&outcome.found, &case.scenario, &case.source);
    }
    outcome
}

fn steps(case: &Case, program: &Program, tally: Option<&Tally>, outcome: &mut Outcome) -> Result<Plan, Diagnostics> {
    let document = scenario::read(&case.scenario)?;
    let (scenario, warnings) = scenario::normalise(document)?;
    outcome.found.extend(warnings);
    let ready: Ready = scenario::ready(scenario).map_err(waiting)?;
    let document = ready.document();
    let prompt = case.prompt.as_deref().or(document.scenario.global_prompt.as_deref());
    let (verdict, warnings) = program.decider().decide(prompt, Facts::of(document))?;
    outcome.found.extend(warnings);
    outcome.awaits_subtitles = subtitles::are_missing(&ready, &verdict.decision);
    let decision = verdict.decision.clone();
    outcome.decided = Some(verdict);
    let (plan, warnings) = match tally {
        Some(tally) => compile_counted(&ready, &decision, program, tally)?,
        None => compile(&ready, &decision, program)?,
    };
    outcome.found.extend(warnings);
    Ok(plan)
}

/// Segments that wait are told like any other mistake: a case may be about them.
fn waiting(not_ready: scenario::NotReady) -> Diagnostics {
    let mut found = Diagnostics::new();
    for pending in not_ready.0 {
        let message = format!("segment `{}` is not ready: {}", pending.segment_id, pending.reason);
        found.push(Diagnostic::new(diagnostic::MISSING_ASSET, message).pointer(pending.pointer).help(pending.action));
    }
    found
}

impl Outcome {
    /// The codes of what was found, each once.
    pub(super) fn codes(&self) -> Vec<diagnostic::Code> {
        let mut codes: Vec<diagnostic::Code> = self.found.iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

//! From a scenario, a decision and a program to a [`Plan`]: the only place where rules are evaluated.
//!
//! Every node is visited once, and at each only the rules that are for its kind. All that match fire. Tasks come in the
//! order of the passes (of layers and effects), then of their types' stages, then of the nodes in the document, then of
//! the rules; nothing depends on a hash.

mod ask;
mod evaluate;
mod fire;
mod order;
mod tally;
mod walk;

use crate::decide::Decision;
use crate::diagnostic::Diagnostics;
use crate::rules::{Candidates, Program};
use crate::scenario::Ready;
use crate::tasks::{self, Plan};

use tally::{Count, Uncounted};

pub(crate) use ask::{Inquiry, Spot};
pub use tally::{Answers, Tally};

/// Makes the plan of `scenario`.
///
/// The failures are the scenario's: a `require` that does not hold, a style that the rules do not have, a value out of
/// its parameter's range. Each names the place in the scenario and the rule.
pub fn compile(scenario: &Ready, decision: &Decision, program: &Program) -> Result<(Plan, Diagnostics), Diagnostics> {
    make(scenario, decision, program, Uncounted)
}

/// Makes the plan, and counts in `tally` which ways the rules take, where they are loaded with their ways marked.
pub(crate) fn compile_counted(
    scenario: &Ready,
    decision: &Decision,
    program: &Program,
    tally: &Tally,
) -> Result<(Plan, Diagnostics), Diagnostics> {
    make(scenario, decision, program, tally)
}

fn make(
    scenario: &Ready,
    decision: &Decision,
    program: &Program,
    count: impl Count,
) -> Result<(Plan, Diagnostics), Diagnostics> {
    let world = walk::World { document: scenario.document(), facts: scenario.facts(), decision, count };
    let mut firing = fire::Firing::new(world, program);
    let mut candidates = Candidates::default();
    world.visit(
        |kind, layer| program.index.has_rules(kind, layer),
        |place| {
            program.index.candidates((place.kind, place.layer), |kind| place.node(kind), &mut candidates);
            for rule in candidates.rules() {
                if let Some(rule) = program.rules.get(*rule) {
                    firing.rule(rule, place);
                }
            }
        },
    );
    let fire::Firing { tasks, found, .. } = firing;
    let (tasks, document) = (tasks.into_tasks(), scenario.document());
    let (styles, assets) = tasks::used(&tasks, &program.styles, &document.assets, document.main_asset_id.as_deref());
    let main_asset_id = document.main_asset_id.clone();
    let plan = Plan { tasks, styles, assets, main_asset_id, notes: Vec::new() };
    found.finish(plan)
}

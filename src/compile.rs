//! From a scenario, a decision and a program to a [`Plan`]: the only place where rules are evaluated.
//!
//! Every node is visited once, and at each only the rules that are for its kind. All that match fire. Tasks come in the
//! order of their types' stages, then of the nodes in the document, then of the rules; nothing depends on a hash.

mod evaluate;
mod fire;
mod tally;
mod walk;

use std::collections::BTreeMap;

use crate::decide::Decision;
use crate::diagnostic::Diagnostics;
use crate::rules::{Candidates, Program};
use crate::scenario::Ready;
use crate::scenario::field::Field;
use crate::tasks::{Plan, Task};
use crate::value::{Type, Value};

pub use tally::{Answers, Tally};

/// Makes the plan of `scenario`.
///
/// The failures are the scenario's: a `require` that does not hold, a style that the rules do not have, a value out of
/// its parameter's range. Each names the place in the scenario and the rule.
pub fn compile(scenario: &Ready, decision: &Decision, program: &Program) -> Result<(Plan, Diagnostics), Diagnostics> {
    compile_counted(scenario, decision, program, None)
}

/// Makes the plan, and counts in `tally` which ways the rules take, where they are loaded with their ways marked.
pub(crate) fn compile_counted(
    scenario: &Ready,
    decision: &Decision,
    program: &Program,
    tally: Option<&Tally>,
) -> Result<(Plan, Diagnostics), Diagnostics> {
    let world = walk::World { document: scenario.document(), facts: scenario.facts(), decision, tally };
    let mut firing = fire::Firing { world, program, tasks: Vec::new(), found: Diagnostics::new() };
    let mut candidates = Candidates::default();
    for place in world.places() {
        let read = |kind, field: &'static Field| (field.get)(place.node(kind)?);
        program.index.candidates(place.kind, place.layer, read, &mut candidates);
        for rule in candidates.rules() {
            if let Some(rule) = program.rules.get(*rule) {
                firing.rule(rule, &place);
            }
        }
    }
    let fire::Firing { mut tasks, found, .. } = firing;
    // Stable: within a stage the order of nodes and rules stays.
    tasks.sort_by_key(|task| task.spec.stage);
    let document = scenario.document();
    let plan = Plan {
        styles: used_styles(&tasks, program),
        assets: used_assets(&tasks, &document.assets, document.main_asset_id.as_deref()),
        main_asset_id: document.main_asset_id.clone(),
        tasks,
    };
    found.finish(plan)
}

fn used_styles(tasks: &[Task], program: &Program) -> BTreeMap<String, crate::tasks::Style> {
    let mut used = BTreeMap::new();
    for task in tasks {
        if let Some(Value::Name(name)) = task.param("style")
            && !used.contains_key(name.as_ref())
            && let Some((name, style)) = program.styles.get_key_value(name.as_ref())
        {
            used.insert(name.clone(), style.clone());
        }
    }
    used
}

fn used_assets(tasks: &[Task], assets: &BTreeMap<String, String>, main: Option<&str>) -> BTreeMap<String, String> {
    let mut used = BTreeMap::new();
    let mut add = |id: &str| {
        if !used.contains_key(id)
            && let Some((id, path)) = assets.get_key_value(id)
        {
            used.insert(id.clone(), path.clone());
        }
    };
    for task in tasks {
        task.inputs.iter().for_each(|id| add(id));
        for (name, value) in &task.params {
            if let Value::Name(id) = value
                && task.spec.param(name).is_some_and(|param| param.ty == Type::Asset)
            {
                add(id);
            }
        }
    }
    main.into_iter().for_each(add);
    used
}

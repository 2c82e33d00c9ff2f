//! From a scenario, a decision and a program to a [`Plan`]: the only place where rules are evaluated.
//!
//! Every node is visited once, and at each only the rules that are for its kind. All that match fire. Tasks come in the
//! order of the passes (of layers and effects), then of their types' stages, then of the nodes in the document, then of
//! the rules; nothing depends on a hash.

mod evaluate;
mod fire;
mod walk;

use std::collections::BTreeMap;

use crate::decide::Decision;
use crate::diagnostic::Diagnostics;
use crate::rules::Program;
use crate::scenario::Ready;
use crate::tasks::{Plan, Task};
use crate::value::{Type, Value};

/// Makes the plan of `scenario`.
///
/// The failures are the scenario's: a `require` that does not hold, a style that the rules do not have, a value out of
/// its parameter's range. Each names the place in the scenario and the rule.
pub fn compile(scenario: &Ready, decision: &Decision, program: &Program) -> Result<(Plan, Diagnostics), Diagnostics> {
    let world = walk::World { document: scenario.document(), facts: scenario.facts(), decision };
    let mut firing = fire::Firing { world, program, tasks: Vec::new(), found: Diagnostics::new() };
    for place in world.places() {
        for rule in program.index.of(place.kind, place.layer) {
            if let Some(rule) = program.rules.get(*rule) {
                firing.rule(rule, &place);
            }
        }
    }
    let fire::Firing { mut tasks, found, .. } = firing;
    // Stable: within a stage the order of nodes and rules stays.
    tasks.sort_by_key(|(pass, task)| (*pass, task.spec.stage));
    let tasks: Vec<Task> = tasks.into_iter().map(|(_, task)| task).collect();
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
    let named = tasks.iter().filter_map(|task| match task.param("style") {
        Some(Value::Name(name)) => program.styles.get_key_value(name.as_ref()),
        _ => None,
    });
    named.map(|(name, style)| (name.clone(), style.clone())).collect()
}

fn used_assets(tasks: &[Task], assets: &BTreeMap<String, String>, main: Option<&str>) -> BTreeMap<String, String> {
    let by_params = tasks.iter().flat_map(|task| {
        let is_asset = |name: &str| task.spec.param(name).is_some_and(|param| param.ty == Type::Asset);
        task.params.iter().filter_map(move |(name, value)| match value {
            Value::Name(id) if is_asset(name) => Some(id.as_ref()),
            _ => None,
        })
    });
    let by_inputs = tasks.iter().flat_map(|task| task.inputs.iter().map(String::as_str));
    let named = by_params.chain(by_inputs).chain(main);
    named.filter_map(|id| assets.get_key_value(id)).map(|(id, path)| (id.clone(), path.clone())).collect()
}

//! The rules take over where a model fails: each task of its that the whitelist refuses gives way to the rules' own for
//! the same element.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::diagnostic::{Diagnostics, Severity, Source};
use crate::error::Result;
use crate::tasks::{self, Plan, Task, ValidPlan};
use crate::time::Time;

use super::ask::ANSWER;
use super::planner::{Ground, unusable};
use super::wishes;

/// A task of the model's answer.
#[derive(Clone)]
enum Slot {
    /// It is used.
    Model(Task),
    /// It is refused, for this reason; the rules' task of this number stands in its place, if they have one.
    Refused { reason: String, rules: Option<usize> },
}

/// The model's plan with the rules' tasks in place of those that are refused.
///
/// Where what is left does not hold together, the rules' own plan is used whole, and says so.
pub(super) fn splice(
    json: &Json,
    found: &Diagnostics,
    by_rules: &Plan,
    ground: &Ground<'_>,
) -> Result<(ValidPlan, Diagnostics)> {
    let Some(written) = json.get("tasks").and_then(Json::as_array) else {
        return whole(by_rules, ground, "the model gave no list of tasks");
    };
    let mut reasons: BTreeMap<usize, String> = BTreeMap::new();
    collect(found, written.len(), &mut reasons);
    if reasons.is_empty() {
        return whole(by_rules, ground, "the model's plan does not hold as a whole");
    }
    loop {
        let slots = fill(written, &reasons, by_rules, ground);
        let (plan, places) = build(&slots, written, by_rules, ground);
        match tasks::validate(plan, ground.media(), false) {
            Ok(valid) => return Ok(valid),
            Err(found) => {
                let before = reasons.len();
                for finding in found.iter().filter(|finding| finding.severity == Severity::Error) {
                    let place = number(finding.pointer.as_deref()).and_then(|number| places.get(number));
                    if let Some(Some(slot)) = place {
                        reasons.entry(*slot).or_insert_with(|| finding.message.clone());
                    }
                }
                // Each round refuses at least one more of the model's tasks, so there are no more rounds than tasks.
                if reasons.len() == before {
                    return whole(by_rules, ground, "what is left of the model's plan does not hold together");
                }
            }
        }
    }
}

/// The rules' plan, and why.
fn whole(by_rules: &Plan, ground: &Ground<'_>, why: &str) -> Result<(ValidPlan, Diagnostics)> {
    let mut plan = by_rules.clone();
    plan.notes = vec![format!("{why}: the rules' own plan is used")];
    tasks::validate(plan, ground.media(), true).map_err(|found| unusable(found, 0))
}

/// The first reason for each task that is refused.
fn collect(found: &Diagnostics, count: usize, reasons: &mut BTreeMap<usize, String>) {
    for finding in found.iter().filter(|finding| finding.severity == Severity::Error) {
        if let Some(number) = number(finding.pointer.as_deref()).filter(|number| *number < count) {
            reasons.entry(number).or_insert_with(|| finding.message.clone());
        }
    }
}

/// The number in `/tasks/3/params/style`.
fn number(pointer: Option<&str>) -> Option<usize> {
    pointer?.strip_prefix("/tasks/")?.split('/').next()?.parse().ok()
}

fn fill(written: &[Json], reasons: &BTreeMap<usize, String>, by_rules: &Plan, ground: &Ground<'_>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = written
        .iter()
        .enumerate()
        .map(|(number, json)| match (reasons.get(&number), read(json)) {
            (None, Some(task)) => Slot::Model(Task { origin: Some(ground.origin(number)), ..task }),
            (reason, _) => {
                let reason = reason.cloned().unwrap_or_else(|| "it cannot be read".to_owned());
                Slot::Refused { reason, rules: None }
            }
        })
        .collect();
    let mut taken: Vec<bool> = by_rules
        .tasks
        .iter()
        .map(|own| slots.iter().any(|slot| matches!(slot, Slot::Model(task) if is_same_element(task, own))))
        .collect();
    for (slot, json) in slots.iter_mut().zip(written) {
        if let Slot::Refused { rules, .. } = slot {
            *rules = nearest(json, by_rules, &taken);
            if let Some(taken) = rules.and_then(|number| taken.get_mut(number)) {
                *taken = true;
            }
        }
    }
    slots
}

/// One task, if the whitelist can read it.
fn read(json: &Json) -> Option<Task> {
    let source = Source::new(ANSWER, json!({ "tasks": [json] }).to_string());
    tasks::read(&source).ok()?.tasks.into_iter().next()
}

/// The plan that the slots make, and for each of its tasks the slot that it is the model's of.
fn build(slots: &[Slot], written: &[Json], by_rules: &Plan, ground: &Ground<'_>) -> (Plan, Vec<Option<usize>>) {
    let mut plan = Plan::default();
    let mut places = Vec::new();
    for (number, slot) in slots.iter().enumerate() {
        match slot {
            Slot::Model(task) => {
                plan.tasks.push(task.clone());
                places.push(Some(number));
            }
            Slot::Refused { reason, rules } => {
                let kind = written.get(number).and_then(|json| json.get("type")).and_then(Json::as_str).unwrap_or("?");
                let kind: String = kind.chars().take(40).collect();
                let refused = format!("task {} of the model (`{}`)", number + 1, kind.escape_debug());
                match rules.and_then(|number| by_rules.tasks.get(number)) {
                    Some(own) => {
                        let mut own = own.clone();
                        if let Some(origin) = &mut own.origin {
                            origin.note = Some(format!("in place of {refused}: {reason}"));
                        }
                        plan.tasks.push(own);
                        places.push(None);
                    }
                    None => plan.notes.push(format!("{refused} is left out, the rules have none for it: {reason}")),
                }
            }
        }
    }
    let bound = wishes::bind_plan(&mut plan, ground.material.decision);
    // What was taken away moves the numbers: a finding then has no place, and the rules' plan is the way out.
    if !bound.is_empty() {
        places.clear();
        plan.notes.extend(bound);
    }
    ground.furnish(&mut plan);
    (plan, places)
}

/// Whether two tasks do the same to the same part of the video.
fn is_same_element(one: &Task, other: &Task) -> bool {
    let asset =
        |task: &Task| ["stock_id", "image_id", "audio_id"].iter().find_map(|name| task.text(name)).map(str::to_owned);
    if one.spec != other.spec || asset(one) != asset(other) {
        return false;
    }
    match (span(one), span(other)) {
        (Some(one), Some(other)) => overlap(one, other) * 2.0 > (other.1 - other.0).as_secs(),
        _ => true,
    }
}

fn span(task: &Task) -> Option<(Time, Time)> {
    task.time("start_time").zip(task.time("end_time"))
}

fn overlap(one: (Time, Time), other: (Time, Time)) -> f64 {
    one.1.min(other.1).saturating_sub(one.0.max(other.0)).as_secs()
}

/// The rules' task that does what the refused one was to do: of the same type, and of those the one with the same words or
/// asset, or else the one that shares the most time with it.
fn nearest(json: &Json, by_rules: &Plan, taken: &[bool]) -> Option<usize> {
    let kind = json.get("type")?.as_str()?;
    let params = json.get("params");
    let param = |name: &str| params.and_then(|params| params.get(name));
    let time = |name: &str| param(name).and_then(Json::as_f64).and_then(Time::from_secs);
    let when = time("start_time").zip(time("end_time"));
    let mut best: Option<(f64, usize)> = None;
    for (number, own) in by_rules.tasks.iter().enumerate() {
        if own.spec.name != kind || taken.get(number).copied().unwrap_or(true) {
            continue;
        }
        let same = ["text", "stock_id", "image_id", "audio_id"]
            .iter()
            .any(|name| param(name).and_then(Json::as_str).is_some_and(|word| own.text(name) == Some(word)));
        let shared = when.zip(span(own)).map_or(0.0, |(one, other)| overlap(one, other));
        let fits = same || shared > 0.0 || span(own).is_none();
        let score = if same { 1e6 } else { 0.0 } + shared;
        if fits && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, number));
        }
    }
    best.map(|(_, number)| number)
}

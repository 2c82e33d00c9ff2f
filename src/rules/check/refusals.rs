//! Requirements of several rules: one that another rule makes anyway decides nothing.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};

use super::super::boxes::{Boxes, Context};
use super::super::term::Condition;
use super::{CheckedRequirement, CheckedRule, Checker};

/// More requirements than this are not held against each other.
const MAX_REQUIREMENTS: usize = 200;

/// Where a requirement fails.
struct Refusal<'r> {
    rule: &'r CheckedRule,
    requirement: &'r CheckedRequirement,
    /// Nowhere else.
    reached: Context,
    /// Exactly there.
    boxes: Option<Boxes>,
}

impl Refusal<'_> {
    /// Whether its rule could not make its tasks without it: what may be absent has to be asked for in the rule itself.
    fn is_needed(&self) -> bool {
        !self.rule.makes.is_empty() && asks_for_presence(&self.requirement.condition)
    }
}

fn asks_for_presence(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(asks_for_presence),
        Condition::Not(inner) | Condition::Marked(_, inner) => asks_for_presence(inner),
        Condition::Exists(_) | Condition::Filled(_) => true,
        Condition::Constant(_) | Condition::True(_) | Condition::Is(..) | Condition::Compare(..) => false,
    }
}

impl Checker<'_> {
    /// Tells of each requirement of this file that fails only where another rule's does.
    pub(super) fn refusals(&mut self, rules: &[CheckedRule]) {
        let all: Vec<Refusal<'_>> = rules
            .iter()
            .filter(|rule| rule.complete)
            .flat_map(|rule| rule.requirements.iter().map(move |requirement| (rule, requirement)))
            .take(MAX_REQUIREMENTS)
            .map(|(rule, requirement)| refusal(rule, requirement))
            .collect();
        for (number, refusal) in all.iter().enumerate() {
            if refusal.is_needed()
                || refusal.reached.is_empty()
                || refusal.requirement.is_switched
                || !Arc::ptr_eq(&refusal.requirement.at.source, &self.linked.root)
            {
                continue;
            }
            let covered = all.iter().enumerate().find(|(other_number, other)| {
                !std::ptr::eq(other.rule, refusal.rule)
                    && covers(other, refusal)
                    // Of two that refuse the same, the first is to blame for nothing.
                    && (*other_number < number || !covers(refusal, other))
            });
            if let Some((_, other)) = covered {
                self.found.push(tell(refusal, other));
            }
        }
    }
}

fn refusal<'r>(rule: &'r CheckedRule, requirement: &'r CheckedRequirement) -> Refusal<'r> {
    let fails = Boxes::of_condition(&requirement.condition).and_then(|boxes| boxes.not());
    let fires = Boxes::of_condition(&Condition::All(vec![rule.condition.clone()]));
    let boxes = fires.zip(fails.clone()).and_then(|(fires, fails)| fires.and(&fails));
    let reached = rule.reached.narrowed(fails.as_ref());
    // Settings are switches: with another one it may fail elsewhere.
    let boxes = boxes.filter(|_| !rule.is_switched && !requirement.is_switched);
    Refusal { rule, requirement, reached, boxes }
}

/// Whether `other` fails wherever `refusal` does.
fn covers(other: &Refusal<'_>, refusal: &Refusal<'_>) -> bool {
    let (wider, selector) = (other.rule.selector, refusal.rule.selector);
    wider.node == selector.node
        && (wider.layer.is_none() || wider.layer == selector.layer)
        && other.boxes.as_ref().is_some_and(|boxes| refusal.reached.implies(boxes))
}

fn tell(refusal: &Refusal<'_>, other: &Refusal<'_>) -> Diagnostic {
    let message = format!(
        "this `require` of rule `{}` never decides: what it refuses, rule `{}` refuses too",
        refusal.rule.name, other.rule.name
    );
    Diagnostic::new(diagnostic::NEEDLESS_REQUIREMENT, message)
        .at(refusal.requirement.at.clone())
        .label("refuses nothing more")
        .related(other.requirement.at.clone(), format!("required by `{}`", other.rule.name))
        .help(format!("leave it out; or let it ask for more than `{}` does, or disable that rule", other.rule.name))
}

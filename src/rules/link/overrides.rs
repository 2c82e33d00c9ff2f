//! What a child changes of its parents' rules: `override` and `disable`.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source};
use crate::suggest;

use super::super::ast::{Item, Name, RuleBlock, Sited};
use super::merge::{lay_over, once_each, twice};
use super::{Linked, LinkedRule};

pub(super) fn apply(linked: &mut Linked, changes: Vec<Item>, source: &Arc<Source>, found: &mut Diagnostics) {
    let mut seen: Vec<Name> = Vec::new();
    for item in changes {
        let (name, word) = match &item {
            Item::Override(rule) => (rule.name.clone(), "override"),
            Item::Disable(name) => (name.clone(), "disable"),
            _ => continue,
        };
        if let Some(first) = seen.iter().find(|first| first.node == name.node) {
            let place = Location::new(source, first.span);
            let help = "write all that shall change into one `override`, or disable the rule once";
            found.push(twice("a change of", &name, source, place).help(help));
            continue;
        }
        seen.push(name.clone());
        let Some(position) = position(linked, &name, word, source, found) else { continue };
        if let Item::Override(changes) = item {
            if let Some(rule) = linked.rules.get_mut(position) {
                change(rule, changes, source, found);
            }
        } else {
            linked.rules.remove(position);
        }
    }
}

/// The place of the parents' rule that is to be changed, or a diagnostic.
fn position(linked: &Linked, name: &Name, word: &str, source: &Arc<Source>, found: &mut Diagnostics) -> Option<usize> {
    let at = Location::new(source, name.span);
    let mut rules = linked.rules.iter().enumerate();
    let Some((position, rule)) = rules.find(|(_, rule)| rule.name.node.node == name.node) else {
        let parents = linked.rules.iter().filter(|rule| !Arc::ptr_eq(&rule.name.source, source));
        let known: Vec<&str> = parents.map(|rule| rule.name.node.node.as_str()).collect();
        let help = if known.is_empty() {
            "this file extends no other; write extend \"default\" below the language line".into()
        } else {
            suggest::help(&name.node, &known)
        };
        found.push(
            Diagnostic::new(diagnostic::UNKNOWN_RULE, format!("there is no rule `{}` to {word}", name.node))
                .at(at)
                .label("no parent has it")
                .help(help),
        );
        return None;
    };
    if Arc::ptr_eq(&rule.name.source, source) {
        found.push(
            Diagnostic::new(diagnostic::BROKEN_OVERRIDE, format!("`{}` is this file's own rule", name.node))
                .at(at)
                .label(format!("nothing to {word}"))
                .related(rule.name.location(), "defined here")
                .help("change or remove it where it stands"),
        );
        return None;
    }
    if rule.locked {
        let done = if word == "disable" { "disabled" } else { "overridden" };
        found.push(
            Diagnostic::new(diagnostic::LOCKED_RULE, format!("rule `{}` is locked: it cannot be {done}", name.node))
                .at(at)
                .label("locked by a parent")
                .related(rule.name.location(), "locked here")
                .help("remove this, or ask the owner of that file"),
        );
        return None;
    }
    Some(position)
}

/// Carries an `override` out.
fn change(rule: &mut LinkedRule, changes: RuleBlock, source: &Arc<Source>, found: &mut Diagnostics) {
    rule.broken |= changes.broken;
    rule.heads.push(Sited::new(changes.name, source));
    let name = &rule.name.node.node;
    if let Some(selector) = changes.selectors.first() {
        found.push(
            Diagnostic::new(diagnostic::BROKEN_OVERRIDE, format!("an override cannot change what `{name}` is for"))
                .at(Location::new(source, selector.span))
                .label("`for` cannot stand here")
                .help(format!("write disable {name}, and a rule of your own")),
        );
    }
    if !changes.conditions.is_empty() {
        rule.conditions = changes.conditions.into_iter().map(|condition| Sited::new(condition, source)).collect();
    }
    rule.requirements.extend(changes.requirements.into_iter().map(|require| Sited::new(require, source)));
    let mut seen: Vec<Name> = Vec::new();
    for make in changes.makes {
        if let Some(first) = seen.iter().find(|first| first.node == make.task.node) {
            let place = Location::new(source, first.span);
            found.push(twice("make", &make.task, source, place).help("write all parameters into one of them"));
            continue;
        }
        seen.push(make.task.clone());
        let Some(parents) = rule.makes.iter_mut().find(|parents| parents.task.node.node == make.task.node) else {
            let known: Vec<&str> = rule.makes.iter().map(|parents| parents.task.node.node.as_str()).collect();
            let makes = if known.is_empty() { "no task".into() } else { suggest::list(&known) };
            let message = format!("rule `{name}` makes no `{}` to override", make.task.node);
            found.push(
                Diagnostic::new(diagnostic::BROKEN_OVERRIDE, message)
                    .at(Location::new(source, make.task.span))
                    .label("not made by the rule")
                    .related(rule.name.location(), format!("makes {makes}"))
                    .help(format!("override {makes}, or write a rule of your own that makes `{}`", make.task.node)),
            );
            continue;
        };
        parents.broken |= make.broken;
        parents.task = Sited::new(make.task, source);
        lay_over(&mut parents.params, once_each(make.params, source, "parameter", found));
    }
}

//! One file laid over what its parents made.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source};
use crate::suggest;

use super::super::ast::{Assignment, Ast, Item, Make, Name, RuleBlock, SignalItem, Sited, StyleBlock};
use super::{Linked, LinkedMake, LinkedRule, LinkedSetting, LinkedStyle, overrides};

pub(super) fn merge(linked: &mut Linked, file: Ast, found: &mut Diagnostics) {
    let source = file.source;
    // An override may stand above what it must not override, this file's own rules: those come first.
    let is_change = |item: &Item| matches!(item, Item::Override(_) | Item::Disable(_));
    let (changes, definitions): (Vec<Item>, Vec<Item>) = file.items.into_iter().partition(is_change);
    for item in definitions {
        match item {
            Item::Setting(setting) => merge_setting(linked, Sited::new(setting, &source), found),
            Item::Style(style) => merge_style(linked, style, &source, found),
            Item::Turn(turn) => linked.turns.push(Sited::new(turn, &source)),
            Item::Signal(signal) => add_signal(linked, signal, &source, found),
            Item::Decide(script) => {
                let first = linked.decide.as_ref().filter(|first| Arc::ptr_eq(&first.source, &source));
                if let Some(first) = first {
                    found.push(twice("script", &script, &source, first.location()).help("one script decides"));
                } else {
                    linked.decide = Some(Sited::new(script, &source));
                }
            }
            Item::Rule(rule) => add_rule(linked, rule, &source, found),
            Item::Language(_) | Item::Extend(_) | Item::Override(_) | Item::Disable(_) => {}
        }
    }
    overrides::apply(linked, changes, &source, found);
}

pub(super) fn twice(kind: &str, name: &Name, source: &Arc<Source>, first: Location) -> Diagnostic {
    Diagnostic::new(diagnostic::DUPLICATE_NAME, format!("{kind} `{}` stands twice", name.node))
        .at(Location::new(source, name.span))
        .label("the second")
        .related(first, "the first")
        .help("remove one, or give it a name of its own")
}

fn merge_setting(linked: &mut Linked, setting: Sited<Assignment>, found: &mut Diagnostics) {
    let named = |other: &&mut LinkedSetting| other.assignment.node.name.node == setting.node.name.node;
    match linked.settings.iter_mut().find(named) {
        Some(first) if Arc::ptr_eq(&first.assignment.source, &setting.source) => {
            let place = first.assignment.at(first.assignment.node.name.span);
            found.push(twice("setting", &setting.node.name, &setting.source, place));
        }
        Some(parents) => {
            let replaced = std::mem::replace(&mut parents.assignment, setting);
            parents.replaces.get_or_insert(replaced);
        }
        None => linked.settings.push(LinkedSetting { assignment: setting, replaces: None }),
    }
}

fn merge_style(linked: &mut Linked, style: StyleBlock, source: &Arc<Source>, found: &mut Diagnostics) {
    let properties = once_each(style.properties, source, "property", found);
    match linked.styles.iter_mut().find(|other| other.name.node.node == style.name.node) {
        Some(first) if Arc::ptr_eq(&first.name.source, source) => {
            found.push(twice("style", &style.name, source, first.name.location()));
        }
        Some(parents) => {
            parents.name = Sited::new(style.name, source);
            parents.in_parent = true;
            lay_over(&mut parents.properties, properties);
        }
        None => linked.styles.push(LinkedStyle { name: Sited::new(style.name, source), in_parent: false, properties }),
    }
}

/// A child's signal takes the place of its parent's, or adds its words to it: `prompt also mentions`.
fn add_signal(linked: &mut Linked, signal: SignalItem, source: &Arc<Source>, found: &mut Diagnostics) {
    match linked.signals.iter_mut().find(|other| other.node.name.node == signal.name.node) {
        Some(first) if Arc::ptr_eq(&first.source, source) => {
            found.push(twice("signal", &signal.name, source, first.at(first.node.name.span)));
        }
        Some(parents) if signal.also => parents.node.phrases.extend(signal.phrases),
        Some(parents) => *parents = Sited::new(signal, source),
        None if signal.also => {
            let known: Vec<&str> = linked.signals.iter().map(|other| other.node.name.node.as_str()).collect();
            let name = &signal.name;
            found.push(
                Diagnostic::new(diagnostic::UNKNOWN_SIGNAL, format!("the parent set has no signal `{}`", name.node))
                    .at(Location::new(source, name.span))
                    .label("nothing to add to")
                    .help(suggest::help_or(&name.node, &known, || {
                        format!("for a new one write signal {} = prompt mentions …", name.node)
                    })),
            );
        }
        None => linked.signals.push(Sited::new(signal, source)),
    }
}

fn add_rule(linked: &mut Linked, rule: RuleBlock, source: &Arc<Source>, found: &mut Diagnostics) {
    let name = &rule.name;
    if let Some(first) = linked.rules.iter().find(|other| other.name.node.node == name.node) {
        let duplicate = twice("rule", name, source, first.name.location());
        found.push(if Arc::ptr_eq(&first.name.source, source) {
            duplicate
        } else {
            duplicate.help(format!("to change the parent's rule write override {} {{ … }}", name.node))
        });
        return;
    }
    let mut selectors = rule.selectors.into_iter();
    let selector = selectors.next();
    if selector.is_none() && !rule.broken {
        found.push(
            Diagnostic::new(diagnostic::INCOMPLETE_RULE, format!("rule `{}` does not say what it is for", name.node))
                .at(Location::new(source, name.span))
                .label("this rule has no `for` line")
                .help("write one, as in: for overlay"),
        );
    }
    if let (Some(first), Some(second)) = (&selector, selectors.next()) {
        found.push(
            Diagnostic::new(diagnostic::INCOMPLETE_RULE, format!("rule `{}` has two `for` lines", name.node))
                .at(Location::new(source, second.span))
                .label("the second")
                .related(Location::new(source, first.span), "the first")
                .help("write a rule for each"),
        );
    }
    let mut makes: Vec<LinkedMake> = Vec::new();
    for make in rule.makes {
        add_make(&mut makes, make, source, found);
    }
    linked.rules.push(LinkedRule {
        heads: vec![Sited::new(rule.name.clone(), source)],
        name: Sited::new(rule.name, source),
        locked: rule.locked,
        selector: selector.map(|selector| Sited::new(selector, source)),
        conditions: rule.conditions.into_iter().map(|condition| Sited::new(condition, source)).collect(),
        requirements: rule.requirements.into_iter().map(|require| Sited::new(require, source)).collect(),
        makes,
        broken: rule.broken,
    });
}

fn add_make(makes: &mut Vec<LinkedMake>, make: Make, source: &Arc<Source>, found: &mut Diagnostics) {
    if let Some(first) = makes.iter().find(|other| other.task.node.node == make.task.node) {
        found.push(
            twice("make", &make.task, source, first.task.location())
                .help("a rule makes each task once; write another rule for the other"),
        );
        return;
    }
    let params = once_each(make.params, source, "parameter", found);
    makes.push(LinkedMake { task: Sited::new(make.task, source), params, broken: make.broken });
}

pub(super) fn once_each(
    assignments: Vec<Assignment>,
    source: &Arc<Source>,
    kind: &str,
    found: &mut Diagnostics,
) -> Vec<Sited<Assignment>> {
    let mut once: Vec<Sited<Assignment>> = Vec::new();
    for assignment in assignments {
        if let Some(first) = once.iter().find(|other| other.node.name.node == assignment.name.node) {
            let place = first.at(first.node.name.span);
            found.push(twice(kind, &assignment.name, source, place).help("remove one of them"));
        } else {
            once.push(Sited::new(assignment, source));
        }
    }
    once
}

pub(super) fn lay_over(below: &mut Vec<Sited<Assignment>>, above: Vec<Sited<Assignment>>) {
    for assignment in above {
        match below.iter_mut().find(|other| other.node.name.node == assignment.node.name.node) {
            Some(other) => *other = assignment,
            None => below.push(assignment),
        }
    }
}

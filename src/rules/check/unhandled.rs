//! Words that a scenario may hold, that rules tell apart, and of which no rule makes anything.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Location};
use crate::scenario::field::NodeKind;
use crate::suggest;
use crate::tasks::catalogue::Stage;
use crate::value::Value;

use super::super::ast::{Expr, Expression};
use super::super::boxes::{Boxes, Context, Leaf};
use super::super::term::{Condition, EachTerm, Item, Selector, Term};
use super::{CheckedRule, Checker};

impl Checker<'_> {
    /// Of a field that a scenario's author writes, every word has to make something where another one does.
    pub(super) fn unhandled(&mut self, rules: &[CheckedRule]) {
        if !self.may_judge_all() {
            return;
        }
        let mut seen: Vec<(Selector, Leaf)> = Vec::new();
        for rule in rules.iter().filter(|rule| brings_in(rule)) {
            for leaf in rule.reached.leaves().into_iter().filter(Leaf::is_written_word) {
                if !seen.contains(&(rule.selector, leaf.clone())) {
                    let told = self.unhandled_words(rule, &leaf, rules);
                    seen.extend(told.then_some((rule.selector, leaf)));
                }
            }
        }
    }

    /// Tells of the words of `leaf` that `rule` and all others leave out; whether this is the place to do it.
    fn unhandled_words(&mut self, rule: &CheckedRule, leaf: &Leaf, rules: &[CheckedRule]) -> bool {
        let all = leaf.words();
        let own = rule.reached.words_left(leaf);
        let Some(place) = self.line_about(rule.number, &leaf.path()) else { return false };
        if own.is_empty() || own.len() == all.len() {
            return false;
        }
        let mut handled: Vec<&str> = Vec::new();
        for other in rules {
            handled.extend(handles(other, rule.selector, leaf));
        }
        let context = Context::of(rule.selector);
        let left_out = all
            .into_iter()
            .filter(|word| !handled.contains(word) && context.allows(&Boxes::words(leaf.clone(), [*word])));
        let left_out: Vec<&str> = left_out.collect();
        if left_out.is_empty() {
            return true;
        }
        let node = rule.selector.node;
        let (article, field) =
            (if matches!(node, NodeKind::Overlay | NodeKind::Effect) { "an" } else { "a" }, leaf.path());
        let own_field = field.strip_prefix(&format!("{}.", node.word())).unwrap_or(&field);
        let listed = suggest::list(&left_out);
        let (is, words) = match left_out.as_slice() {
            [word] => ("is", (*word).to_owned()),
            words => ("is one of", words.join(", ")),
        };
        let whose = if left_out.len() == 1 { listed } else { format!("one of {listed}") };
        self.found.push(
            Diagnostic::new(
                diagnostic::UNHANDLED_VALUE,
                format!("no rule makes anything of {article} {} whose `{own_field}` is {whose}", node.word()),
            )
            .at(place)
            .label(format!("only {} {} handled", suggest::list(&own), if own.len() == 1 { "is" } else { "are" }))
            .help(format!(
                "write a rule for it: when {field} {is} {words}; or say that it is left out: when {field} {} {words}",
                is.replacen("is", "is not", 1)
            )),
        );
        true
    }

    /// The part of this file that asks about the field at `path`, in the `when` lines of a rule.
    pub(super) fn line_about(&self, rule: usize, path: &str) -> Option<Location> {
        let reads = |expr: &Expr| matches!(expr, Expr::Path(steps) if steps.join(".") == path);
        let rule = self.linked.rules.get(rule)?;
        let own = rule.conditions.iter().filter(|line| Arc::ptr_eq(&line.source, &self.linked.root));
        let mut parts = own.flat_map(|line| line.node.conjuncts().into_iter().map(move |part| (line, part)));
        let (line, part): (_, &Expression) = parts.find(|(_, part)| part.mentions(&reads))?;
        Some(line.at(part.span))
    }
}

/// Whether it brings something of its node into the video, instead of working on the whole.
fn brings_in(rule: &CheckedRule) -> bool {
    rule.complete && rule.makes.iter().any(|make| !matches!(make.spec.stage, Stage::Canvas | Stage::Finish))
}

/// The words of `leaf` that `rule` makes something of, refuses, or names to leave them out.
fn handles(rule: &CheckedRule, selector: Selector, leaf: &Leaf) -> Vec<&'static str> {
    let mut words = Vec::new();
    let of_it = rule.selector.node == selector.node && may_be_one(rule.selector, selector);
    let refuses = || {
        let never = |condition| Boxes::of_condition(condition).is_some_and(|boxes| !rule.reached.allows(&boxes));
        rule.requirements.iter().any(|requirement| never(&requirement.condition))
    };
    // An effect is the task that it names, whatever that works on.
    let makes_it = selector.node == NodeKind::Effect && !rule.makes.is_empty();
    if of_it && (!rule.complete || makes_it || brings_in(rule) || refuses()) {
        words.extend(rule.reached.words_left(leaf));
    }
    if of_it {
        named_to_leave_out(&rule.condition, leaf, &mut words);
    }
    // A task for a scene or a layer may take in its overlays or segments.
    for make in &rule.makes {
        for term in make.params.iter().map(|(_, term)| term).chain(&make.inputs) {
            every_each(term, &mut |each| {
                if each.selector.node == selector.node && may_be_one(each.selector, selector) {
                    let there = Context::of(each.selector).narrowed(Boxes::of_condition(&each.condition).as_ref());
                    words.extend(there.words_left(leaf));
                }
            });
        }
    }
    words
}

fn may_be_one(one: Selector, other: Selector) -> bool {
    one.layer.zip(other.layer).is_none_or(|(one, other)| one == other)
}

/// `is not WORD` says that the word was thought of.
fn named_to_leave_out(condition: &Condition, leaf: &Leaf, words: &mut Vec<&'static str>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                named_to_leave_out(part, leaf, words);
            }
        }
        Condition::Marked(_, inner) => named_to_leave_out(inner, leaf, words),
        Condition::Not(inner) => match inner.as_ref() {
            Condition::Is(term, values) if reads(term, leaf) => {
                words.extend(values.iter().filter_map(|value| match value {
                    Term::Constant(Value::Symbol(word)) => Some(*word),
                    _ => None,
                }));
            }
            inner => named_to_leave_out(inner, leaf, words),
        },
        _ => {}
    }
}

fn reads(term: &Term, leaf: &Leaf) -> bool {
    match term {
        Term::Field(kind, field) => Leaf::field(*kind, field).as_ref() == Some(leaf),
        Term::FirstOf(terms) => terms.iter().any(|term| reads(term, leaf)),
        Term::If(_, branches) => branches.iter().any(|term| reads(term, leaf)),
        _ => false,
    }
}

fn every_each(term: &Term, see: &mut impl FnMut(&EachTerm)) {
    match term {
        Term::Each(each) => {
            see(each);
            if let Item::Value(term) = &each.item {
                every_each(term, see);
            }
        }
        Term::List(terms) | Term::FirstOf(terms) => terms.iter().for_each(|term| every_each(term, see)),
        Term::If(_, branches) => branches.iter().for_each(|term| every_each(term, see)),
        _ => {}
    }
}

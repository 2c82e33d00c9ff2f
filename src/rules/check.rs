//! Meaning: every name looked up, every type, unit and range held against what is due, before any scenario is seen.

mod answered;
mod bounds;
mod condition;
mod conflict;
mod each;
mod literal;
mod make;
mod path;
mod refusals;
mod rule;
mod scope;
mod setting;
mod signal;
mod style;
mod unhandled;
mod unused;
mod value;
mod weigh;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::decide::Decider;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Help, Location, Source, SourceSpan};
use crate::tasks::{Style, TaskSpec};
use crate::value::Type;

pub(crate) use scope::with_parents;

use super::ast::{Ast, Name, SignalItem, Sited};
use super::boxes::{Boxes, Context};
use super::link::{Linked, LinkedRule};
use super::mark::{Choice, Mark};
use super::term::{Condition, Selector, Term};
use super::written::{Parts, Written};

/// A rule set in which everything is known but the scenario.
#[derive(Debug)]
pub struct Checked {
    pub(crate) rules: Vec<CheckedRule>,
    pub(crate) styles: BTreeMap<String, Style>,
    pub(crate) signals: Vec<Sited<SignalItem>>,
    pub(crate) decide: Option<Sited<Name>>,
    pub(crate) decider: Decider,
}

#[derive(Debug)]
pub(crate) struct CheckedRule {
    /// Its place among the linked rules.
    number: usize,
    pub(crate) name: Arc<str>,
    pub(crate) selector: Selector,
    pub(crate) condition: Condition,
    /// Whether the condition is all that was written; else the rule may fire less often than it seems.
    complete: bool,
    /// Whether a setting has a say in when it fires.
    is_switched: bool,
    /// Where it can fire, whatever the settings are.
    reached: Arc<Context>,
    /// Where it can fire with the settings as they are.
    fires: Arc<Context>,
    pub(crate) requirements: Vec<CheckedRequirement>,
    pub(crate) makes: Vec<CheckedMake>,
}

#[derive(Debug)]
pub(crate) struct CheckedRequirement {
    pub(crate) condition: Condition,
    /// Whether a setting has a say in it.
    pub(crate) is_switched: bool,
    pub(crate) message: String,
    pub(crate) at: Location,
}

#[derive(Debug)]
pub(crate) struct CheckedMake {
    pub(crate) spec: &'static TaskSpec,
    /// The task's name in the `make` that counts.
    pub(crate) at: Location,
    /// In the order of the catalogue.
    pub(crate) params: Vec<(&'static crate::tasks::ParamSpec, Term)>,
    pub(crate) inputs: Option<Term>,
    pub(crate) output_id: Option<Term>,
}

/// Checks `linked`. What is wrong is reported and left out; the rest is in the [`Checked`].
#[must_use]
pub fn check(linked: Linked) -> (Checked, Diagnostics) {
    check_marked(linked, false)
}

/// Checks, and on demand marks every place where a rule goes one way or the other.
pub(super) fn check_marked(linked: Linked, marked: bool) -> (Checked, Diagnostics) {
    let mut checker = Checker::new(&linked);
    checker.marked = marked;
    let (rules, styles, decider) = checker.everything();
    let found = checker.found;
    (Checked { rules, styles, signals: linked.signals, decide: linked.decide, decider }, found)
}

/// Checks, and keeps what every part means.
pub(super) fn check_written(linked: Linked, layers: Vec<Ast>) -> (Checked, Written, Diagnostics) {
    let mut checker = Checker::new(&linked);
    checker.parts = Some(Parts::default());
    let (rules, styles, decider) = checker.everything();
    let Checker { found, parts, .. } = checker;
    let (signals, decide) = (linked.signals.clone(), linked.decide.clone());
    let written = Written { linked, layers, parts: parts.unwrap_or_default() };
    (Checked { rules, styles, signals, decide, decider }, written, found)
}

struct Checker<'a> {
    linked: &'a Linked,
    found: Diagnostics,
    /// The rule that is being checked.
    rule: Option<&'a LinkedRule>,
    /// What its lines have said so far.
    said: Vec<(Location, Boxes)>,
    used_settings: Vec<bool>,
    used_styles: Vec<bool>,
    used_signals: Vec<bool>,
    /// Settings that were found not to fit a type, so that ten uses of one are one diagnostic.
    misfits: Vec<(usize, Type)>,
    /// Settings whose own value is wrong: every use of one would be a second diagnostic for one mistake.
    wrong_settings: Vec<usize>,
    /// Whether ways are marked.
    marked: bool,
    /// What every part means, where that is kept.
    parts: Option<Parts>,
}

/// What a place wants of its value.
#[derive(Clone, Copy)]
struct Due<'d> {
    ty: Type,
    range: Option<(f64, f64)>,
    /// The place, in words, e.g. "`start_time` of `trim`".
    by: &'d str,
}

impl<'a> Checker<'a> {
    /// Checks all that there is.
    fn everything(&mut self) -> (Vec<CheckedRule>, BTreeMap<String, Style>, Decider) {
        self.settings();
        let styles = self.styles();
        let rules = self.linked.rules.iter().enumerate();
        let rules: Vec<CheckedRule> = rules.filter_map(|(number, rule)| self.rule(number, rule)).collect();
        self.conflicts(&rules);
        self.refusals(&rules);
        self.unhandled(&rules);
        let decider = self.decider();
        self.answered(&rules, &decider);
        self.unused(&rules, &decider);
        (rules, styles, decider)
    }

    fn new(linked: &'a Linked) -> Self {
        Self {
            linked,
            found: Diagnostics::new(),
            rule: None,
            said: Vec::new(),
            used_settings: vec![false; linked.settings.len()],
            used_styles: vec![false; linked.styles.len()],
            used_signals: vec![false; linked.signals.len()],
            misfits: Vec::new(),
            wrong_settings: Vec::new(),
            marked: false,
            parts: None,
        }
    }

    /// `condition`, marked if ways are: its answers are then counted.
    fn mark(&self, choice: Choice, (source, span): (&Arc<Source>, SourceSpan), condition: Condition) -> Condition {
        if !self.marked {
            return condition;
        }
        let mark = Mark { choice, at: Location::new(source, span) };
        Condition::Marked(Arc::new(mark), Box::new(condition))
    }

    /// Reports at `span` of `source`, and gives nothing, so that a caller can return it.
    fn report<T>(
        &mut self,
        code: Code,
        (source, span): (&Arc<Source>, SourceSpan),
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<Help>,
    ) -> Option<T> {
        self.found.push(Diagnostic::new(code, message).at(Location::new(source, span)).label(label).help(help));
        None
    }
}

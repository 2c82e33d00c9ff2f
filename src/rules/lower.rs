//! From a checked rule set to the [`Program`]: constants folded, rules indexed by what they are for.

use std::sync::Arc;

use crate::scenario::field::NodeKind;
use crate::tasks::{ParamSpec, TaskSpec};
use crate::value::{Type, Value};

use super::Program;
use super::check::{Checked, CheckedMake, CheckedRequirement, CheckedRule};
use super::index::{self, Index};
use super::term::{Condition, CueTerm, EachTerm, Item, Term};

/// A rule that can be evaluated.
#[derive(Debug)]
pub(crate) struct ProgramRule {
    pub(crate) name: Arc<str>,
    pub(crate) condition: Condition,
    /// The part of the condition that the index does not answer.
    pub(crate) rest: Condition,
    pub(crate) requirements: Vec<CheckedRequirement>,
    pub(crate) makes: Vec<ProgramMake>,
}

/// A task that a rule makes.
#[derive(Debug)]
pub(crate) struct ProgramMake {
    pub(crate) spec: &'static TaskSpec,
    pub(crate) params: Vec<ProgramParam>,
    pub(crate) inputs: Option<Term>,
    pub(crate) output_id: Option<Term>,
    pub(crate) file: Arc<str>,
    pub(crate) line: u32,
    pub(crate) at: crate::diagnostic::Location,
}

/// A parameter that a rule sets.
#[derive(Debug)]
pub(crate) struct ProgramParam {
    pub(crate) spec: &'static ParamSpec,
    pub(crate) term: Term,
    pub(crate) guard: Guard,
    /// Whether it is a field of a segment's `params`: where a segment has none, there is nothing to look up.
    pub(crate) is_in_params: bool,
}

/// What a value is held against that only a scenario tells.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Guard {
    /// Nothing: no value is wrong, or it was checked with the rules.
    None,
    /// It has to be a style of the rules.
    Style,
    /// It has to lie in the parameter's range.
    Range(f64, f64),
}

impl Guard {
    /// Whether a number may be this one; it is asked for only where that matters.
    #[inline]
    pub(crate) fn allows(self, number: impl FnOnce() -> f64) -> bool {
        match self {
            Self::Range(low, high) => (low..=high).contains(&number()),
            Self::None | Self::Style => true,
        }
    }
}

/// Makes the program. It cannot fail: everything that could be wrong has been checked.
#[must_use]
pub fn lower(checked: Checked) -> Program {
    let mut index = Index::default();
    let mut rules = Vec::new();
    for rule in checked.rules {
        let selector = rule.selector;
        let rule = lower_rule(rule);
        if !matches!(rule.condition, Condition::Constant(false)) {
            index.add(selector, rules.len(), &rule);
            rules.push(rule);
        }
    }
    Program {
        rules,
        index,
        styles: checked.styles,
        signals: checked.signals,
        decide: checked.decide,
        decider: checked.decider,
    }
}

fn lower_rule(rule: CheckedRule) -> ProgramRule {
    let condition = fold_condition(rule.condition);
    ProgramRule {
        name: rule.name,
        rest: index::rest(&condition),
        condition,
        requirements: rule.requirements.into_iter().map(lower_requirement).collect(),
        makes: rule.makes.into_iter().map(lower_make).collect(),
    }
}

fn lower_requirement(requirement: CheckedRequirement) -> CheckedRequirement {
    let CheckedRequirement { condition, is_switched, message, at } = requirement;
    CheckedRequirement { condition: fold_condition(condition), is_switched, message, at }
}

fn lower_make(make: CheckedMake) -> ProgramMake {
    let (line, _) = make.at.source.line_column(make.at.span.start);
    ProgramMake {
        spec: make.spec,
        params: make.params.into_iter().map(|(spec, term)| lower_param(spec, fold(term))).collect(),
        inputs: make.inputs.map(fold),
        output_id: make.output_id.map(fold),
        file: make.at.source.name().into(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        at: make.at,
    }
}

fn lower_param(spec: &'static ParamSpec, term: Term) -> ProgramParam {
    let guard = match (&term, spec.ty, spec.range) {
        (Term::Constant(_), ..) => Guard::None,
        (_, Type::Style, _) => Guard::Style,
        (_, _, Some((low, high))) => Guard::Range(low, high),
        _ => Guard::None,
    };
    let is_in_params = matches!(&term, Term::Field(NodeKind::Segment, field) if field.is_in_params());
    ProgramParam { spec, term, guard, is_in_params }
}

fn fold(term: Term) -> Term {
    match term {
        Term::FirstOf(terms) => {
            let mut kept = Vec::new();
            for term in terms {
                let term = fold(term);
                let certain = matches!(term, Term::Constant(_) | Term::Decision(_) | Term::Signal(_));
                kept.push(term);
                if certain {
                    break;
                }
            }
            match kept.len() {
                1 => kept.pop().unwrap_or(Term::FirstOf(Vec::new())),
                _ => Term::FirstOf(kept),
            }
        }
        Term::If(condition, branches) => {
            let [then, other] = *branches;
            match fold_condition(*condition) {
                Condition::Constant(true) => fold(then),
                Condition::Constant(false) => fold(other),
                condition => Term::If(Box::new(condition), Box::new([fold(then), fold(other)])),
            }
        }
        Term::List(terms) => Term::List(terms.into_iter().map(fold).collect()),
        Term::Each(each) => {
            let EachTerm { selector, condition, item } = *each;
            let item = match item {
                Item::Value(term) => Item::Value(fold(term)),
                Item::Cue(cue) => {
                    let CueTerm { start, end, text, words } = *cue;
                    let (start, end, text, words) = (fold(start), fold(end), fold(text), words.map(fold));
                    Item::Cue(Box::new(CueTerm { start, end, text, words }))
                }
            };
            Term::Each(Box::new(EachTerm { selector, condition: fold_condition(condition), item }))
        }
        Term::Length(of) => Term::Length(Box::new(fold(*of))),
        Term::Constant(_) | Term::Field(..) | Term::Decision(_) | Term::Signal(_) | Term::Main => term,
    }
}

fn fold_condition(condition: Condition) -> Condition {
    match condition {
        Condition::All(parts) => join(parts, true, Condition::All),
        Condition::Any(parts) => join(parts, false, Condition::Any),
        Condition::Not(inner) => match fold_condition(*inner) {
            Condition::Constant(value) => Condition::Constant(!value),
            inner => Condition::Not(Box::new(inner)),
        },
        Condition::True(term) => match fold(term) {
            Term::Constant(Value::Bool(value)) => Condition::Constant(value),
            term => Condition::True(term),
        },
        Condition::Is(term, values) => {
            let (term, values) = (fold(term), values.into_iter().map(fold).collect::<Vec<_>>());
            match (&term, values.as_slice()) {
                (Term::Constant(left), [Term::Constant(right)]) => Condition::Constant(left == right),
                _ => Condition::Is(term, values),
            }
        }
        Condition::Exists(term) => match fold(term) {
            Term::Constant(_) | Term::Decision(_) | Term::Signal(_) => Condition::Constant(true),
            term => Condition::Exists(term),
        },
        Condition::Compare(left, comparator, right) => Condition::Compare(fold(left), comparator, fold(right)),
        // Marked, it stays where it is: what a setting decides is a way that is taken, too.
        Condition::Marked(mark, inner) => Condition::Marked(mark, Box::new(fold_condition(*inner))),
        Condition::Filled(_) | Condition::Constant(_) => condition,
    }
}

/// All or any of `parts`, without those that are `neutral` anyway.
fn join(parts: Vec<Condition>, neutral: bool, make: fn(Vec<Condition>) -> Condition) -> Condition {
    let mut kept = Vec::new();
    for part in parts {
        match fold_condition(part) {
            Condition::Constant(value) if value == neutral => {}
            Condition::Constant(_) => return Condition::Constant(!neutral),
            part => kept.push(part),
        }
    }
    match kept.len() {
        0 => Condition::Constant(neutral),
        1 => kept.pop().unwrap_or(Condition::Constant(neutral)),
        _ => make(kept),
    }
}

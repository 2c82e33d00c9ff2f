//! Whether two conditions can hold of the same node at once.
//!
//! A condition is opened into cases (an *or* of *ands*); each case says of every term which values it may have. Two
//! cases exclude each other where one term has no value left. What is not understood says nothing, so the answer "they
//! exclude each other" is certain, and the other is not.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::value::Value;

use super::ast::Comparator;
use super::term::{Condition, Term};

/// More cases than this are not looked at: the answer is then "perhaps both".
const MAX_CASES: usize = 64;

/// Whether `condition` holds of nothing.
pub(super) fn never(condition: &Condition) -> bool {
    cases(condition, true).is_some_and(|cases| cases.is_empty())
}

/// Whether `one` and `other` never hold together.
pub(super) fn exclude(one: &Condition, other: &Condition) -> bool {
    let (Some(ones), Some(others)) = (cases(one, true), cases(other, true)) else { return false };
    let exclusive = |case: &Case| others.iter().all(|other| case.clone().and(other).is_none());
    ones.iter().all(exclusive)
}

/// What one case says of each term, by the term's name.
#[derive(Clone, Default)]
struct Case(BTreeMap<String, Allowed>);

/// The values that a term may have.
#[derive(Clone)]
enum Allowed {
    Only(Vec<String>),
    Except(Vec<String>),
    /// At least, at most; each with whether the bound itself is allowed.
    Range((f64, bool), (f64, bool)),
}

impl Case {
    fn of(term: String, allowed: Allowed) -> Vec<Self> {
        vec![Self(BTreeMap::from([(term, allowed)]))]
    }

    /// Both cases at once; `None` if that cannot be.
    fn and(mut self, other: &Self) -> Option<Self> {
        for (term, allowed) in &other.0 {
            let both = match self.0.get(term) {
                Some(mine) => mine.and(allowed)?,
                None => allowed.clone(),
            };
            self.0.insert(term.clone(), both);
        }
        Some(self)
    }
}

impl Allowed {
    fn and(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Only(mine), Self::Only(theirs)) => {
                let both: Vec<String> = mine.iter().filter(|value| theirs.contains(value)).cloned().collect();
                (!both.is_empty()).then_some(Self::Only(both))
            }
            (Self::Only(some), Self::Except(not)) | (Self::Except(not), Self::Only(some)) => {
                let left: Vec<String> = some.iter().filter(|value| !not.contains(value)).cloned().collect();
                (!left.is_empty()).then_some(Self::Only(left))
            }
            (Self::Except(mine), Self::Except(theirs)) => {
                Some(Self::Except(mine.iter().chain(theirs).cloned().collect()))
            }
            (Self::Range(low, high), Self::Range(other_low, other_high)) => {
                let stricter = |one: (f64, bool), two: (f64, bool), least: bool| match one.0.total_cmp(&two.0) {
                    Ordering::Equal => (one.0, one.1 && two.1),
                    Ordering::Greater if least => one,
                    Ordering::Less if !least => one,
                    _ => two,
                };
                let low = stricter(*low, *other_low, true);
                let high = stricter(*high, *other_high, false);
                let possible = match low.0.total_cmp(&high.0) {
                    Ordering::Less => true,
                    Ordering::Equal => low.1 && high.1,
                    Ordering::Greater => false,
                };
                possible.then_some(Self::Range(low, high))
            }
            // A range and a set speak differently of one term: nothing is concluded.
            _ => Some(self.clone()),
        }
    }
}

/// The cases in which `condition` is `truth`; `None` if there are too many.
fn cases(condition: &Condition, truth: bool) -> Option<Vec<Case>> {
    let unknown = || Some(vec![Case::default()]);
    match condition {
        Condition::Constant(value) if *value != truth => Some(Vec::new()),
        Condition::Not(inner) => cases(inner, !truth),
        Condition::Marked(_, inner) => cases(inner, truth),
        Condition::All(parts) if truth => together(parts, truth),
        Condition::Any(parts) if !truth => together(parts, truth),
        Condition::All(parts) | Condition::Any(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(cases(part, truth)?);
            }
            (all.len() <= MAX_CASES).then_some(all)
        }
        Condition::True(term) => match key(term) {
            Some(term) => Some(Case::of(term, Allowed::Only(vec![truth.to_string()]))),
            None => unknown(),
        },
        Condition::Exists(term) => match key(term) {
            Some(term) => Some(Case::of(format!("{term} exists"), Allowed::Only(vec![truth.to_string()]))),
            None => unknown(),
        },
        Condition::Is(term, values) => is(term, values, truth).map_or_else(unknown, Some),
        Condition::Compare(term, comparator, value) => {
            compare(term, *comparator, value, truth).map_or_else(unknown, Some)
        }
        Condition::Constant(_) | Condition::Filled(_) => unknown(),
    }
}

fn together(parts: &[Condition], truth: bool) -> Option<Vec<Case>> {
    let mut all = vec![Case::default()];
    for part in parts {
        let more = cases(part, truth)?;
        all = all.iter().flat_map(|case| more.iter().filter_map(|other| case.clone().and(other))).collect();
        if all.len() > MAX_CASES {
            return None;
        }
    }
    Some(all)
}

fn is(term: &Term, values: &[Term], truth: bool) -> Option<Vec<Case>> {
    let key = key(term)?;
    if let [Term::Main] = values {
        return Some(Case::of(format!("{key} is main"), Allowed::Only(vec![truth.to_string()])));
    }
    let named: Option<Vec<String>> = values
        .iter()
        .map(|value| match value {
            Term::Constant(value) => Some(name(value)),
            _ => None,
        })
        .collect();
    let named = named?;
    Some(Case::of(key, if truth { Allowed::Only(named) } else { Allowed::Except(named) }))
}

fn compare(term: &Term, comparator: Comparator, value: &Term, truth: bool) -> Option<Vec<Case>> {
    let key = format!("{} in order", key(term)?);
    let Term::Constant(value) = value else { return None };
    let bound = match value {
        Value::Number(number) | Value::Pixels(number) | Value::Ratio(number) => *number,
        Value::Seconds(time) => time.as_secs(),
        _ => return None,
    };
    let (none, all) = ((f64::NEG_INFINITY, false), (f64::INFINITY, false));
    let range = match (comparator, truth) {
        (Comparator::Less, true) | (Comparator::AtLeast, false) => Allowed::Range(none, (bound, false)),
        (Comparator::AtMost, true) | (Comparator::More, false) => Allowed::Range(none, (bound, true)),
        (Comparator::More, true) | (Comparator::AtMost, false) => Allowed::Range((bound, false), all),
        (Comparator::AtLeast, true) | (Comparator::Less, false) => Allowed::Range((bound, true), all),
    };
    Some(Case::of(key, range))
}

/// A name for a term that is the same wherever the term is.
fn key(term: &Term) -> Option<String> {
    Some(match term {
        Term::Field(kind, field) => format!("{}.{}", kind.word(), field.path),
        Term::Decision(field) => format!("decision.{}", field.name),
        Term::Signal(name) => format!("signal.{name}"),
        Term::Main => "main".into(),
        Term::Length(of) => format!("length of {}", key(of)?),
        Term::FirstOf(terms) => {
            let keys: Option<Vec<String>> = terms.iter().map(key).collect();
            keys?.join(" or ")
        }
        Term::Constant(value) => name(value),
        Term::If(..) | Term::List(_) | Term::Each(_) => return None,
    })
}

fn name(value: &Value<'_>) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Symbol(word) => (*word).to_owned(),
        Value::Text(text) | Value::Name(text) => text.clone().into_owned(),
        other => format!("{other:?}"),
    }
}

//! Boxes of a condition: exactly where it holds.

use std::borrow::Cow;

use crate::decide::DECISION;
use crate::rules::ast::Comparator;
use crate::rules::term::{Condition, Term};
use crate::scenario::field::NodeKind;
use crate::value::{SIGNAL_STATE, Type, Value};

use super::Boxes;
use super::axis::{Axis, EQUAL, LESS, Leaf, MORE};
use super::names::Names;
use super::ranges::Ranges;
use super::side::Side;

/// What a term comes down to.
#[derive(Clone)]
enum Ground<'t> {
    Of(Leaf),
    Constant(Cow<'t, Value<'static>>),
    Absent,
}

impl Boxes {
    /// Where `condition` holds; `None` where the boxes would be too many, or it asks what no box can say.
    pub(in crate::rules) fn of_condition(condition: &Condition) -> Option<Self> {
        match condition {
            Condition::Marked(_, inner) => Self::of_condition(inner),
            Condition::Constant(true) => Some(Self::all()),
            Condition::Constant(false) => Some(Self::none()),
            Condition::All(parts) => {
                parts.iter().try_fold(Self::all(), |all, part| all.and(&Self::of_condition(part)?))
            }
            Condition::Any(parts) => parts.iter().try_fold(Self::none(), |any, part| any.or(Self::of_condition(part)?)),
            Condition::Not(inner) => Self::of_condition(inner)?.not(),
            Condition::True(term) => where_it(term, |ground| match ground {
                Ground::Of(leaf) => Self::of(&Axis::Of(leaf.clone()), &only(leaf, &Value::Bool(true))),
                Ground::Constant(value) => Self::if_so(**value == Value::Bool(true)),
                Ground::Absent => Self::none(),
            }),
            Condition::Exists(term) => where_it(term, |ground| match ground {
                Ground::Of(leaf) => Self::present(leaf.clone()),
                Ground::Constant(_) => Self::all(),
                Ground::Absent => Self::none(),
            }),
            Condition::Filled(term) => where_it(term, |ground| match ground {
                Ground::Of(leaf) => Self::of(&Axis::Of(leaf.clone()), &filled(&leaf.all())),
                Ground::Constant(value) => {
                    Self::if_so(!matches!(&**value, Value::Text(text) if text.trim().is_empty()))
                }
                Ground::Absent => Self::none(),
            }),
            Condition::Is(term, values) => {
                values.iter().try_fold(Self::none(), |any, value| any.or(where_both(term, value, equal)?))
            }
            Condition::Compare(left, comparator, right) => {
                where_both(left, right, |left, right| compared(left, *comparator, right))
            }
        }
    }

    fn if_so(is: bool) -> Self {
        if is { Self::all() } else { Self::none() }
    }
}

/// Everything that `term` can come down to, and where it does.
fn grounds(term: &Term) -> Option<Vec<(Boxes, Ground<'_>)>> {
    let everywhere = |ground| Some(vec![(Boxes::all(), ground)]);
    match term {
        Term::Constant(value) => everywhere(Ground::Constant(Cow::Borrowed(value))),
        Term::Field(kind, field) => everywhere(Ground::Of(Leaf::field(*kind, field)?)),
        Term::Main => everywhere(Ground::Of(Leaf::main())),
        Term::Signal(name) => everywhere(Ground::Of(Leaf::Signal(name.clone()))),
        Term::Decision(field) => {
            let place = DECISION.iter().position(|known| known.name == field.name)?;
            everywhere(Ground::Of(Leaf::Decision(place)))
        }
        Term::FirstOf(terms) => {
            let mut found = Vec::new();
            // Where none of the terms so far has a value.
            let mut rest = Boxes::all();
            for term in terms {
                let mut next = Boxes::none();
                for (place, ground) in grounds(term)? {
                    let here = rest.and(&place)?;
                    match &ground {
                        Ground::Of(leaf) => {
                            next = next.or(here.and(&Boxes::absent(leaf.clone()))?)?;
                            found.push((here.and(&Boxes::present(leaf.clone()))?, ground));
                        }
                        Ground::Constant(_) => found.push((here, ground)),
                        Ground::Absent => next = next.or(here)?,
                    }
                }
                rest = next;
            }
            found.push((rest, Ground::Absent));
            found.retain(|(place, _)| !place.is_empty());
            Some(found)
        }
        Term::If(condition, branches) => {
            let [then, other] = branches.as_ref();
            let holds = Boxes::of_condition(condition)?;
            let fails = holds.not()?;
            let mut found = Vec::new();
            for (branch, taken) in [(then, &holds), (other, &fails)] {
                for (place, ground) in grounds(branch)? {
                    found.push((place.and(taken)?, ground));
                }
            }
            found.retain(|(place, _)| !place.is_empty());
            Some(found)
        }
        Term::Length(of) => grounds(of)?.into_iter().map(|(place, ground)| Some((place, length(ground)?))).collect(),
        Term::List(_) | Term::Each(_) => None,
    }
}

fn length(ground: Ground<'_>) -> Option<Ground<'_>> {
    let number = |length| Some(Ground::Constant(Cow::Owned(Value::Number(length))));
    match ground {
        Ground::Of(Leaf::Field(kind, place)) => Some(Ground::Of(Leaf::Length(kind, place))),
        Ground::Of(_) => None,
        Ground::Constant(value) => match &*value {
            Value::Text(text) => number(characters(text)),
            _ => number(0.0),
        },
        Ground::Absent => number(0.0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a text is far shorter than 2^52")]
pub(super) fn characters(text: &str) -> f64 {
    text.chars().count() as f64
}

fn where_it(term: &Term, holds: impl Fn(&Ground<'_>) -> Boxes) -> Option<Boxes> {
    grounds(term)?.iter().try_fold(Boxes::none(), |any, (place, ground)| any.or(place.and(&holds(ground))?))
}

fn where_both(left: &Term, right: &Term, hold: impl Fn(&Ground<'_>, &Ground<'_>) -> Option<Boxes>) -> Option<Boxes> {
    let (lefts, rights) = (grounds(left)?, grounds(right)?);
    let mut any = Boxes::none();
    for (place, left) in &lefts {
        for (other_place, right) in &rights {
            any = any.or(place.and(other_place)?.and(&hold(left, right)?)?)?;
        }
    }
    Some(any)
}

fn equal(left: &Ground<'_>, right: &Ground<'_>) -> Option<Boxes> {
    Some(match (left, right) {
        (Ground::Absent, _) | (_, Ground::Absent) => Boxes::none(),
        (Ground::Constant(left), Ground::Constant(right)) => Boxes::if_so(left == right),
        (Ground::Of(leaf), Ground::Constant(value)) | (Ground::Constant(value), Ground::Of(leaf)) => {
            if leaf.ty() == Type::Words {
                return None;
            }
            Boxes::of(&Axis::Of(leaf.clone()), &only(leaf, value))
        }
        (Ground::Of(one), Ground::Of(other)) if one == other => Boxes::present(one.clone()),
        (Ground::Of(one), Ground::Of(other)) => Boxes::of(&Axis::pair(one, other).0, &Side::Words(EQUAL)),
    })
}

fn compared(left: &Ground<'_>, comparator: Comparator, right: &Ground<'_>) -> Option<Boxes> {
    let back = match comparator {
        Comparator::Less => Comparator::More,
        Comparator::AtMost => Comparator::AtLeast,
        Comparator::More => Comparator::Less,
        Comparator::AtLeast => Comparator::AtMost,
    };
    Some(match (left, right) {
        (Ground::Absent, _) | (_, Ground::Absent) => Boxes::none(),
        (Ground::Constant(left), Ground::Constant(right)) => {
            let values = Ranges::compared(comparator, number(right)?);
            let point = Ranges::point(number(left)?);
            Boxes::if_so(!point.combine(&values, |one, other| one && other).is_empty())
        }
        (Ground::Of(leaf), Ground::Constant(value)) => ordered(leaf, comparator, number(value)?),
        (Ground::Constant(value), Ground::Of(leaf)) => ordered(leaf, back, number(value)?),
        (Ground::Of(one), Ground::Of(other)) if one == other => match comparator {
            Comparator::AtMost | Comparator::AtLeast => Boxes::present(one.clone()),
            Comparator::Less | Comparator::More => Boxes::none(),
        },
        (Ground::Of(one), Ground::Of(other)) => {
            let (axis, swapped) = Axis::pair(one, other);
            let orders = match if swapped { back } else { comparator } {
                Comparator::Less => LESS,
                Comparator::AtMost => LESS | EQUAL,
                Comparator::More => MORE,
                Comparator::AtLeast => MORE | EQUAL,
            };
            Boxes::of(&axis, &Side::Words(orders))
        }
    })
}

fn ordered(leaf: &Leaf, comparator: Comparator, bound: f64) -> Boxes {
    let values = Ranges::compared(comparator, bound);
    let values = if matches!(leaf, Leaf::Length(..)) { values.whole() } else { values };
    Boxes::of(&Axis::Of(leaf.clone()), &Side::Ranges { absent: false, values })
}

pub(super) fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) | Value::Pixels(number) | Value::Ratio(number) => Some(*number),
        Value::Seconds(time) => Some(time.as_secs()),
        _ => None,
    }
}

/// The side on which `leaf` is `value`.
pub(super) fn only(leaf: &Leaf, value: &Value<'_>) -> Side {
    let all = leaf.all();
    match (&all, value) {
        (Side::Words(_), Value::Symbol(name)) => word(leaf, name),
        (Side::Words(_), Value::Bool(is)) => Side::Words(1 << u32::from(*is)),
        (Side::Words(_), _) => Side::Words(1),
        (Side::Ranges { .. }, value) => {
            Side::Ranges { absent: false, values: number(value).map(Ranges::point).unwrap_or_default() }
        }
        (Side::Texts { .. }, Value::Text(text) | Value::Name(text)) => {
            let is_blank = leaf.ty() == Type::Text && text.trim().is_empty();
            let (mut blank, mut filled) = (Names::NONE, Names::only(text));
            if is_blank {
                std::mem::swap(&mut blank, &mut filled);
            }
            Side::Texts { absent: false, blank, filled }
        }
        (Side::Texts { .. }, _) => Side::Texts { absent: false, blank: Names::NONE, filled: Names::NONE },
    }
}

/// The side on which `leaf` is this word of its closed set.
pub(super) fn word(leaf: &Leaf, word: &str) -> Side {
    let set = match leaf.ty() {
        Type::Enum(set) => set,
        _ => &SIGNAL_STATE,
    };
    let place = set.values.iter().position(|known| *known == word);
    Side::Words(place.map_or(0, |place| 1 << place))
}

/// What is there and not blank.
fn filled(all: &Side) -> Side {
    match all.present() {
        Side::Texts { absent, filled, .. } => Side::Texts { absent, blank: Names::NONE, filled },
        other => other,
    }
}

/// The field at `path` of a node of `kind`, filled.
pub(super) fn filled_field(kind: NodeKind, path: &str) -> (Axis, Side) {
    let leaf = Leaf::at(kind, path);
    let side = filled(&leaf.all());
    (Axis::Of(leaf), side)
}

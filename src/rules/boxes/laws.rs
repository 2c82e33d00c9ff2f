//! The algebra held against going through every value there is.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::Boxes;
use super::axis::{Axis, EQUAL, LESS, Leaf, MORE};
use super::condition::{characters, number, only};
use super::facts::{self, FactSet};
use super::side::{ABSENT, Side};
use crate::decide::DECISION;
use crate::rules::ast::Comparator;
use crate::rules::term::{Condition, Term};
use crate::scenario::field::{self, NodeKind};
use crate::time::Time;
use crate::value::Value;

/// One value, or none, for everything that the conditions of these tests read.
type Point = BTreeMap<Leaf, Option<Value<'static>>>;

fn term(path: &str) -> Term {
    let (head, rest) = path.split_once('.').unwrap();
    if head == "decision" {
        return Term::Decision(DECISION.iter().find(|field| field.name == rest).unwrap());
    }
    let kind = NodeKind::from_word(head).unwrap();
    Term::Field(kind, field::find(kind, rest).unwrap())
}

fn leaf(path: &str) -> Leaf {
    match term(path) {
        Term::Field(kind, field) => Leaf::field(kind, field).unwrap(),
        _ => Leaf::Decision(0),
    }
}

fn text(text: &str) -> Value<'static> {
    Value::Text(text.to_owned().into())
}

fn seconds(halves: i64) -> Value<'static> {
    Value::Seconds(Time::from_millis(halves * 500).unwrap())
}

fn name(name: &str) -> Value<'static> {
    Value::Name(name.to_owned().into())
}

fn loud() -> Leaf {
    Leaf::Signal(Arc::from("loud"))
}

/// What each leaf can be; between all constants of the conditions there is a value, and beyond them too.
fn values() -> Vec<(Leaf, Vec<Option<Value<'static>>>)> {
    let words = |words: &[&'static str]| words.iter().map(|word| Some(Value::Symbol(word))).collect::<Vec<_>>();
    // The last is named by no condition, and is what is left where all others are excluded.
    let mut position = words(&["center", "top_left", "bottom_right", "top_right"]);
    position.push(None);
    let texts = ["", " ", "  ", "a", "bb", "long"].map(|one| Some(text(one))).into_iter().chain([None]);
    let times = [0, 1, 2, 3, 4, 5].map(|halves| Some(seconds(halves))).to_vec();
    vec![
        (leaf("overlay.format"), words(&["thesis", "subtitle"])),
        (leaf("overlay.position"), position),
        (leaf("overlay.text"), texts.collect()),
        (leaf("overlay.start_sec"), times.clone()),
        // Nothing ends before it begins, at 0 or later.
        (leaf("overlay.end_sec"), times[1..].to_vec()),
        (
            leaf("overlay.font_size"),
            vec![None, Some(Value::Pixels(8.0)), Some(Value::Pixels(20.0)), Some(Value::Pixels(40.0))],
        ),
        (leaf("decision.theses"), vec![Some(Value::Bool(false)), Some(Value::Bool(true))]),
        (loud(), words(&["asked", "refused", "silent"])),
        (leaf("segment.asset_id"), vec![None, Some(name("a")), Some(name("b")), Some(name("c"))]),
        (Leaf::main(), vec![None, Some(name("a")), Some(name("b"))]),
    ]
}

/// Every way in which the leaves of `axes` can be, the others as they come first.
fn points(axes: &[Leaf]) -> Vec<Point> {
    let mut points = vec![Point::new()];
    for (leaf, values) in values() {
        let values = if axes.contains(&leaf) { values } else { values[..1].to_vec() };
        points = points
            .iter()
            .flat_map(|point| {
                values.iter().map(|value| {
                    let mut point = point.clone();
                    point.insert(leaf.clone(), value.clone());
                    point
                })
            })
            .collect();
    }
    points
}

// The slow and obvious meaning of conditions.

fn value(term: &Term, point: &Point) -> Option<Value<'static>> {
    match term {
        Term::Constant(value) => Some(value.clone()),
        Term::Field(kind, field) => point[&Leaf::field(*kind, field).unwrap()].clone(),
        Term::Main => point[&Leaf::main()].clone(),
        Term::Decision(_) => point[&Leaf::Decision(0)].clone(),
        Term::Signal(_) => point[&loud()].clone(),
        Term::FirstOf(terms) => terms.iter().find_map(|term| value(term, point)),
        Term::If(condition, branches) => value(&branches[usize::from(!holds(condition, point))], point),
        Term::Length(of) => Some(Value::Number(match value(of, point) {
            Some(Value::Text(text)) => characters(&text),
            _ => 0.0,
        })),
        Term::List(_) | Term::Each(_) => unreachable!("no condition reads a list"),
    }
}

fn holds(condition: &Condition, point: &Point) -> bool {
    match condition {
        Condition::Constant(is) => *is,
        Condition::All(parts) => parts.iter().all(|part| holds(part, point)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, point)),
        Condition::Not(inner) => !holds(inner, point),
        Condition::Marked(_, inner) => holds(inner, point),
        Condition::True(term) => value(term, point) == Some(Value::Bool(true)),
        Condition::Is(term, values) => value(term, point)
            .is_some_and(|left| values.iter().any(|right| value(right, point).as_ref() == Some(&left))),
        Condition::Compare(left, comparator, right) => {
            let both = value(left, point).zip(value(right, point));
            both.is_some_and(|(left, right)| {
                let (left, right) = (number(&left).unwrap(), number(&right).unwrap());
                match comparator {
                    Comparator::Less => left < right,
                    Comparator::AtMost => left <= right,
                    Comparator::More => left > right,
                    Comparator::AtLeast => left >= right,
                }
            })
        }
        Condition::Exists(term) => value(term, point).is_some(),
        Condition::Filled(term) => value(term, point).is_some_and(|value| match value {
            Value::Text(text) => !text.trim().is_empty(),
            _ => true,
        }),
    }
}

fn contains(boxes: &Boxes, point: &Point) -> bool {
    boxes.0.iter().any(|sides| sides.0.iter().all(|(axis, side)| place(axis, point).is_within(side)))
}

/// The side on which `point` lies, and nothing else.
fn place(axis: &Axis, point: &Point) -> Side {
    match axis {
        Axis::Of(Leaf::Length(kind, at)) => {
            let text = point[&Leaf::Field(*kind, *at)].clone();
            let length = match text {
                Some(Value::Text(text)) => characters(&text),
                _ => 0.0,
            };
            only(&Leaf::Length(*kind, *at), &Value::Number(length))
        }
        Axis::Of(leaf) => match &point[leaf] {
            Some(value) => only(leaf, value),
            None => leaf.all().absent(),
        },
        Axis::Pair(one, other) => Side::Words(match (&point[one], &point[other]) {
            (Some(one), Some(other)) if one == other => EQUAL,
            (Some(one), Some(other)) => match (number(one), number(other)) {
                (Some(one), Some(other)) => {
                    if one < other {
                        LESS
                    } else {
                        MORE
                    }
                }
                _ => LESS | MORE,
            },
            _ => ABSENT,
        }),
    }
}

// Conditions of all kinds.

fn constant(value: Value<'static>) -> Term {
    Term::Constant(value)
}

/// What one axis alone is asked.
fn alone() -> BoxedStrategy<Condition> {
    let position = || {
        prop_oneof![
            Just(term("overlay.position")),
            Just(Term::FirstOf(vec![term("overlay.position"), constant(Value::Symbol("center"))])),
            Just(Term::If(
                Box::new(Condition::Is(term("overlay.format"), vec![constant(Value::Symbol("thesis"))])),
                Box::new([term("overlay.position"), constant(Value::Symbol("top_left"))]),
            )),
        ]
    };
    let comparator =
        prop::sample::select(vec![Comparator::Less, Comparator::AtMost, Comparator::More, Comparator::AtLeast]);
    let texts = prop::collection::vec(prop::sample::select(vec!["", " ", "a", "bb"]), 1..3);
    prop_oneof![
        any::<bool>().prop_map(Condition::Constant),
        prop::sample::select(vec!["thesis", "subtitle"])
            .prop_map(|word| Condition::Is(term("overlay.format"), vec![constant(Value::Symbol(word))])),
        (position(), prop::sample::subsequence(vec!["center", "top_left", "bottom_right"], 1..3)).prop_map(
            |(term, words)| {
                Condition::Is(term, words.into_iter().map(|word| constant(Value::Symbol(word))).collect())
            }
        ),
        position().prop_map(Condition::Exists),
        texts.prop_map(|words| Condition::Is(
            term("overlay.text"),
            words.into_iter().map(|word| constant(text(word))).collect()
        )),
        Just(Condition::Exists(term("overlay.text"))),
        Just(Condition::Filled(term("overlay.text"))),
        // Whole seconds: half ones lie between them.
        (comparator, 1..3_i64).prop_map(|(how, at)| Condition::Compare(
            term("overlay.start_sec"),
            how,
            constant(seconds(2 * at))
        )),
        Just(Condition::True(term("decision.theses"))),
        prop::sample::select(vec!["asked", "refused"])
            .prop_map(|word| Condition::Is(Term::Signal(Arc::from("loud")), vec![constant(Value::Symbol(word))])),
    ]
    .boxed()
}

/// What several axes are asked together.
fn together() -> BoxedStrategy<Condition> {
    let comparator =
        || prop::sample::select(vec![Comparator::Less, Comparator::AtMost, Comparator::More, Comparator::AtLeast]);
    let sizes = Term::FirstOf(vec![term("overlay.font_size"), constant(Value::Pixels(20.0))]);
    prop_oneof![
        comparator().prop_map(|how| Condition::Compare(term("overlay.start_sec"), how, term("overlay.end_sec"))),
        comparator().prop_map(|how| Condition::Compare(term("overlay.end_sec"), how, term("overlay.start_sec"))),
        (comparator(), 1..5_i64).prop_map(|(how, at)| Condition::Compare(
            constant(seconds(at)),
            how,
            term("overlay.end_sec")
        )),
        (comparator(), 0..5_i32).prop_map(|(how, at)| {
            Condition::Compare(
                Term::Length(Box::new(term("overlay.text"))),
                how,
                constant(Value::Number(f64::from(at) / 2.0)),
            )
        }),
        (comparator(), prop::sample::select(vec![20.0, 30.0])).prop_map(move |(how, at)| Condition::Compare(
            sizes.clone(),
            how,
            constant(Value::Pixels(at))
        )),
        Just(Condition::Is(term("segment.asset_id"), vec![Term::Main])),
        prop::sample::select(vec!["a", "b"])
            .prop_map(|id| Condition::Is(term("segment.asset_id"), vec![constant(name(id)), Term::Main])),
        prop::sample::select(vec!["a", "b"]).prop_map(|id| Condition::Is(Term::Main, vec![constant(name(id))])),
        Just(Condition::Exists(Term::Main)),
        Just(Condition::Exists(term("segment.asset_id"))),
    ]
    .boxed()
}

fn nested(leaves: BoxedStrategy<Condition>) -> impl Strategy<Value = Condition> {
    leaves.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn independent() -> Vec<Point> {
    points(&[
        leaf("overlay.format"),
        leaf("overlay.position"),
        leaf("overlay.text"),
        leaf("overlay.start_sec"),
        leaf("decision.theses"),
        loud(),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn boxes_hold_exactly_where_their_condition_does(one in nested(alone()), other in nested(alone())) {
        let (Some(ones), Some(others)) = (Boxes::of_condition(&one), Boxes::of_condition(&other)) else { return Ok(()) };
        let all = independent();
        let where_one: Vec<bool> = all.iter().map(|point| holds(&one, point)).collect();
        let where_other: Vec<bool> = all.iter().map(|point| holds(&other, point)).collect();
        for (point, is) in all.iter().zip(&where_one) {
            prop_assert_eq!(contains(&ones, point), *is, "{:?}", point);
        }
        prop_assert_eq!(ones.is_empty(), !where_one.contains(&true));
        let both = |keep: fn(bool, bool) -> bool| where_one.iter().zip(&where_other).map(move |(one, other)| keep(*one, *other));
        if let Some(within) = ones.is_within(&others) {
            prop_assert_eq!(within, both(|one, other| !one || other).all(|holds| holds));
        }
        let results = [
            (ones.and(&others), both(|one, other| one && other).collect::<Vec<_>>()),
            (ones.clone().or(others.clone()), both(|one, other| one || other).collect()),
            (ones.minus(&others), both(|one, other| one && !other).collect()),
            (ones.not(), both(|one, _| !one).collect()),
        ];
        for (boxes, expected) in results {
            let Some(boxes) = boxes else { continue };
            prop_assert_eq!(boxes.is_empty(), !expected.contains(&true));
            for (point, is) in all.iter().zip(expected) {
                prop_assert_eq!(contains(&boxes, point), is, "{:?}", point);
            }
        }
    }

    #[test]
    fn what_is_said_of_several_axes_holds_of_each_point_too(condition in nested(together())) {
        let Some(boxes) = Boxes::of_condition(&condition) else { return Ok(()) };
        let axes = ["overlay.text", "overlay.start_sec", "overlay.end_sec", "segment.asset_id"].map(leaf);
        let axes: Vec<Leaf> = axes.into_iter().chain([Leaf::main(), leaf("overlay.font_size")]).collect();
        // A third of all, another third in another run.
        for point in points(&axes).iter().step_by(3) {
            prop_assert_eq!(contains(&boxes, point), holds(&condition, point), "{:?}", point);
        }
    }

    #[test]
    fn no_relation_takes_away_what_can_be(condition in nested(together())) {
        let Some(boxes) = Boxes::of_condition(&condition) else { return Ok(()) };
        let axes = ["overlay.text", "overlay.start_sec", "overlay.end_sec", "segment.asset_id"].map(leaf);
        let axes: Vec<Leaf> = axes.into_iter().chain([Leaf::main()]).collect();
        for sides in &boxes.0 {
            if !facts::allow(sides, FactSet::NONE) {
                let alone = Boxes(vec![sides.clone()]);
                prop_assert!(!points(&axes).iter().any(|point| contains(&alone, point)), "{:?}", sides);
            }
        }
    }

    #[test]
    fn numbers_are_those_that_were_meant(bounds in prop::collection::vec((0_u8..4, 0..6_i32), 1..4), at in -1..14_i32) {
        use super::ranges::Ranges;
        let how = |number| [Comparator::Less, Comparator::AtMost, Comparator::More, Comparator::AtLeast][usize::from(number)];
        let at = f64::from(at) / 2.0;
        let mut left = Ranges::between((f64::NEG_INFINITY, true), (f64::INFINITY, true));
        let mut is = true;
        for (number, bound) in bounds {
            let bound = f64::from(bound);
            left = left.combine(&Ranges::compared(how(number), bound), |one, other| one && other);
            is &= match how(number) {
                Comparator::Less => at < bound,
                Comparator::AtMost => at <= bound,
                Comparator::More => at > bound,
                Comparator::AtLeast => at >= bound,
            };
        }
        prop_assert_eq!(left.contains(at), is);
        if at.fract() == 0.0 {
            prop_assert_eq!(left.whole().contains(at), is);
        }
    }
}

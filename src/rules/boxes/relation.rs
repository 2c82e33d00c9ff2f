//! What the axes of one box say of each other: a pair of its two leaves, a length of its text.

use super::Sides;
use super::axis::{Axis, EQUAL, LESS, Leaf, MORE};
use super::condition::characters;
use super::names::Names;
use super::ranges::Ranges;
use super::side::{ABSENT, Side};

/// Takes from every axis what the others do not allow; whether anything is left on each.
pub(super) fn all(known: &mut Sides) -> bool {
    // What is taken away may bring an axis in, so the axes are those of the start of the round.
    let axes: Vec<Axis> = known.0.iter().map(|(axis, _)| axis.clone()).collect();
    axes.iter().all(|axis| match axis {
        Axis::Pair(one, other) => of_pair(known, one, other),
        Axis::Of(Leaf::Length(kind, place)) => of_length(known, &Leaf::Field(*kind, *place), axis),
        Axis::Of(_) => true,
    })
}

pub(super) fn of_pair(known: &mut Sides, one: &Leaf, other: &Leaf) -> bool {
    let axis = Axis::Pair(one.clone(), other.clone());
    let (one, other) = (Axis::Of(one.clone()), Axis::Of(other.clone()));
    let (ones, others) = (known.side(&one), known.side(&other));
    let both = Side::Words(possible(&ones, &others)).and(&known.side(&axis));
    let Side::Words(orders) = both else { return true };
    let (mut one_left, mut other_left) = (ones.clone(), others.clone());
    if orders & ABSENT == 0 {
        (one_left, other_left) = (one_left.present(), other_left.present());
        if orders == EQUAL {
            one_left = one_left.and(&other_left);
            other_left = one_left.clone();
        }
        if let (Side::Ranges { values: ones, .. }, Side::Ranges { values: others, .. }) = (&ones, &others)
            && let (Some((one_low, one_high)), Some((other_low, other_high))) = (ones.ends(), others.ends())
        {
            let range = |values| Side::Ranges { absent: false, values };
            let strictly = orders & EQUAL == 0;
            if orders & MORE == 0 {
                one_left = one_left.and(&range(Ranges::up_to(other_high, strictly)));
                other_left = other_left.and(&range(Ranges::from_on(one_low, strictly)));
            }
            if orders & LESS == 0 {
                one_left = one_left.and(&range(Ranges::from_on(other_low, strictly)));
                other_left = other_left.and(&range(Ranges::up_to(one_high, strictly)));
            }
        }
        if orders & EQUAL == 0 {
            let (ones, others) = (one_left.clone(), other_left.clone());
            if others.is_single() {
                one_left = one_left.without(&others);
            }
            if ones.is_single() {
                other_left = other_left.without(&ones);
            }
        }
    } else if orders == ABSENT {
        if !ones.may_be_absent() {
            other_left = other_left.and(&others.absent());
        }
        if !others.may_be_absent() {
            one_left = one_left.and(&ones.absent());
        }
    }
    orders != 0
        && known.narrow(&axis, &both)
        && (one_left == ones || known.narrow(&one, &one_left))
        && (other_left == others || known.narrow(&other, &other_left))
}

/// How a value of the one side can stand to one of the other.
fn possible(ones: &Side, others: &Side) -> u32 {
    let mut orders = 0;
    if ones.may_be_absent() || others.may_be_absent() {
        orders |= ABSENT;
    }
    let (ones, others) = (ones.present(), others.present());
    if ones.is_empty() || others.is_empty() {
        return orders;
    }
    if !ones.and(&others).is_empty() {
        orders |= EQUAL;
    }
    let ends = |side: &Side| match side {
        Side::Ranges { values, .. } => values.ends(),
        _ => None,
    };
    match (ends(&ones), ends(&others)) {
        (Some((one_low, one_high)), Some((other_low, other_high))) => {
            if one_low.at < other_high.at {
                orders |= LESS;
            }
            if one_high.at > other_low.at {
                orders |= MORE;
            }
        }
        _ if ones.is_single() && ones == others => {}
        _ => orders |= LESS | MORE,
    }
    orders
}

/// A text and its length. One that is absent has none.
fn of_length(known: &mut Sides, of: &Leaf, length: &Axis) -> bool {
    let of = Axis::Of(of.clone());
    let (text, Side::Ranges { values: lengths, .. }) = (known.side(&of), known.side(length)) else { return true };
    let Side::Texts { absent, blank, filled } = &text else { return true };
    let has = |length: f64| !lengths.combine(&Ranges::point(length), |one, other| one && other).is_empty();
    let fits = |names: &Names, least: f64| {
        let left = names.filter(|name| has(characters(name)));
        let from = Ranges::between((least, true), (f64::INFINITY, true));
        let none = lengths.combine(&from, |one, other| one && other).is_empty();
        if left.except && none { Names::NONE } else { left }
    };
    let (blank, filled) = (fits(blank, 0.0), fits(filled, 1.0));
    let left = Side::Texts { absent: *absent && has(0.0), blank, filled };
    let mut possible = Ranges::default();
    let mut add = |ranges: Ranges| possible = possible.combine(&ranges, |one, other| one || other);
    if let Side::Texts { absent, blank, filled } = &left {
        if *absent {
            add(Ranges::point(0.0));
        }
        for (names, least) in [(blank, 0.0), (filled, 1.0)] {
            if names.except {
                add(Ranges::between((least, true), (f64::INFINITY, true)));
            } else {
                names.names.iter().for_each(|name| add(Ranges::point(characters(name))));
            }
        }
    }
    let possible = Side::Ranges { absent: false, values: possible.whole() };
    (left == text || known.narrow(&of, &left)) && known.narrow(length, &possible)
}

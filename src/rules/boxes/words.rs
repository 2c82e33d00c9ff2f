//! Boxes in the words of the language.

use crate::rules::term::Term;
use crate::value::Type;

use super::Sides;
use super::axis::{Axis, EQUAL, LESS, Leaf, MORE};
use super::context::is_layer_type;
use super::names::Names;
use super::ranges::Stretch;
use super::side::{ABSENT, Side};

/// A condition that holds in this box and nowhere else; what the selector says anyway is left out.
pub(super) fn of_box(sides: &Sides) -> String {
    let said = sides.0.iter().filter(|(axis, _)| !is_layer_type(axis));
    said.map(|(axis, side)| of_side(axis, side)).collect::<Vec<_>>().join(" and ")
}

/// The words of `leaf`'s closed set that are left on `side`.
pub(super) fn listed(leaf: &Leaf, side: &Side) -> Vec<&'static str> {
    let (Type::Enum(set), Side::Words(bits)) = (leaf.ty(), side) else { return Vec::new() };
    let left = set.values.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0);
    left.map(|(_, word)| *word).collect()
}

pub(super) fn name(leaf: &Leaf) -> String {
    match leaf {
        leaf if *leaf == Leaf::main() => "main".into(),
        Leaf::Field(kind, _) => format!("{}.{}", kind.word(), leaf.spec().map_or("", |field| field.path)),
        Leaf::Length(kind, place) => format!("length of {}", name(&Leaf::Field(*kind, *place))),
        Leaf::Decision(place) => {
            format!("decision.{}", crate::decide::DECISION.get(*place).map_or("", |field| field.name))
        }
        Leaf::Signal(signal) => format!("signal.{signal}"),
    }
}

fn of_side(axis: &Axis, side: &Side) -> String {
    match axis {
        Axis::Of(leaf) => of_leaf(leaf, side),
        Axis::Pair(one, other) => of_pair(one, other, side),
    }
}

fn of_pair(one: &Leaf, other: &Leaf, side: &Side) -> String {
    let Side::Words(orders) = side else { return String::new() };
    let main_first = *one == Leaf::main();
    let (left, right) = if main_first { (name(other), name(one)) } else { (name(one), name(other)) };
    let verb = match (orders & !ABSENT, orders & ABSENT != 0) {
        (0, _) => return format!("{left} or {right} is absent"),
        (EQUAL, false) => "is",
        (bits, _) if bits == LESS | MORE => "is not",
        (bits, _) if bits & EQUAL == 0 => {
            if (bits == LESS) == main_first {
                ">"
            } else {
                "<"
            }
        }
        (bits, _) => {
            if (bits == LESS | EQUAL) == main_first {
                ">="
            } else {
                "<="
            }
        }
    };
    format!("{left} {verb} {right}")
}

fn of_leaf(leaf: &Leaf, side: &Side) -> String {
    let (path, all) = (name(leaf), leaf.all());
    if *side == all.absent() {
        return format!("{path} is absent");
    }
    if *side == all.present() {
        return format!("{path} exists");
    }
    match side {
        Side::Words(bits) => match leaf.ty() {
            Type::Enum(_) => {
                let (left, out) = (listed(leaf, side), listed(leaf, &all.without(side)));
                let quoted = |words: Vec<&str>| one_of(&words.into_iter().map(quoted).collect::<Vec<_>>());
                match (bits & ABSENT != 0, all.may_be_absent()) {
                    // `is not` holds of what is absent too.
                    (true, _) if out.len() <= left.len() => format!("{path} is not{}", quoted(out)),
                    (true, _) => format!("either {path} is absent or {path} is{}", quoted(left)),
                    (false, false) if out.len() < left.len() => format!("{path} is not{}", quoted(out)),
                    (false, _) => format!("{path} is{}", quoted(left)),
                }
            }
            _ if *bits == 1 => format!("not {path}"),
            _ => path,
        },
        Side::Ranges { absent, values } => {
            let mut parts: Vec<String> = values.stretches().map(|stretch| of_stretch(&path, leaf, stretch)).collect();
            if *absent {
                parts.push(format!("{path} is absent"));
            }
            if parts.len() > 1 { format!("either {}", parts.join(" or ")) } else { parts.concat() }
        }
        Side::Texts { blank, filled, absent } => {
            let shown = |names: &Names| names.names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>();
            let named: Vec<String> = shown(blank).into_iter().chain(shown(filled)).collect();
            match (filled.except, named.is_empty()) {
                (true, true) => format!("{path} has words"),
                (true, false) => format!("{path} is not{}", one_of(&named)),
                (false, false) if !absent => format!("{path} is{}", one_of(&named)),
                (false, _) => format!("{path} has no words"),
            }
        }
    }
}

fn one_of(words: &[String]) -> String {
    if words.len() > 1 { format!(" one of {}", words.join(", ")) } else { format!(" {}", words.concat()) }
}

/// A word that is none to the grammar is quoted.
fn quoted(word: &str) -> String {
    if word.chars().all(|c| c.is_alphanumeric() || c == '_') { word.to_owned() } else { format!("\"{word}\"") }
}

fn of_stretch(path: &str, leaf: &Leaf, stretch: Stretch) -> String {
    let Stretch { low, with_low, high, with_high } = stretch;
    let length = matches!(leaf, Leaf::Length(..));
    let shown = |number: f64| match leaf.ty() {
        Type::Seconds => format!("{number}s"),
        Type::Pixels => format!("{number}px"),
        Type::Ratio => format!("{}%", number * 100.0),
        _ => format!("{number}"),
    };
    if low.total_cmp(&high).is_eq() || (length && low.total_cmp(&(high - 1.0)).is_eq()) {
        return format!("{path} is {}", shown(low));
    }
    // An end that every value has need not be said.
    let ends = match leaf.all() {
        Side::Ranges { values, .. } => values.ends(),
        _ => None,
    };
    let is_end = |at: f64, end: Option<f64>| !at.is_finite() || end.is_some_and(|end| end.total_cmp(&at).is_eq());
    let mut parts = Vec::new();
    if !is_end(low, ends.map(|(from, _)| from.at)) {
        parts.push(format!("{path} {} {}", if with_low { ">=" } else { ">" }, shown(low)));
    }
    if !is_end(high, ends.map(|(_, to)| to.at)) {
        let (verb, high) = if length { ("<=", high - 1.0) } else { (if with_high { "<=" } else { "<" }, high) };
        parts.push(format!("{path} {verb} {}", shown(high)));
    }
    if parts.is_empty() { format!("{path} exists") } else { parts.join(" and ") }
}

/// Everything that a field can be, for a message; nothing where that is anything at all.
pub(in crate::rules) fn values_of(term: &Term) -> Option<String> {
    let Term::Field(kind, field) = term else { return None };
    let leaf = Leaf::field(*kind, field)?;
    match leaf.all() {
        Side::Words(_) => {
            Some(format!("`{}` is one of {}", name(&leaf), crate::suggest::list(&listed(&leaf, &leaf.all()))))
        }
        Side::Ranges { values, .. } => {
            let (from, to) = values.ends()?;
            let (unit, scale) = match leaf.ty() {
                Type::Seconds => ("s", 1.0),
                Type::Pixels => ("px", 1.0),
                Type::Ratio => ("%", 100.0),
                _ => return None,
            };
            Some(format!("`{}` is {}{unit} to {}{unit}", name(&leaf), from.at * scale, to.at * scale))
        }
        Side::Texts { .. } => None,
    }
}

//! Which rules can fire at a node, without asking each of them.
//!
//! Rules are kept by what they are for. Beside that, conditions that hold a field against constants (`segment.purpose is
//! cutaway`, `overlay.start_sec > 5s`) are turned round: each such field is read once at a node, and its value says
//! which rules it rules out. That answers such a part of a condition for good; only the rest of it is evaluated.

use crate::rules::ast::Comparator;
use crate::scenario::LayerKind;
use crate::scenario::field::{Field, Getter, Node, NodeKind};
use crate::time::Time;
use crate::value::Value;

use super::lower::ProgramRule;
use super::term::{Condition, Selector, Term};

/// Layers and "no layer" count as kinds of place that a rule can be for.
const PLACES: usize = 6;

/// For each kind of node and layer the rules that are for it, in rule order.
#[derive(Debug, Default)]
pub(crate) struct Index([[Bucket; PLACES]; NodeKind::ALL.len()]);

impl Index {
    /// Adds the rule of this number; rules are added in their order.
    pub(super) fn add(&mut self, selector: Selector, number: usize, rule: &ProgramRule) {
        let Some(places) = self.0.get_mut(selector.node as usize) else { return };
        for (place, bucket) in places.iter_mut().enumerate() {
            // A rule for `segment` is for the segments of every layer.
            if selector.layer.is_none() || place_of(selector.layer) == place {
                bucket.add(number, &rule.condition);
            }
        }
    }

    /// Whether any rule is for a node of `kind` in a layer of `layer`.
    pub(crate) fn has_rules(&self, kind: NodeKind, layer: Option<LayerKind>) -> bool {
        self.bucket(kind, layer).is_some_and(|bucket| !bucket.rules.is_empty())
    }

    fn bucket(&self, kind: NodeKind, layer: Option<LayerKind>) -> Option<&Bucket> {
        self.0.get(kind as usize).and_then(|places| places.get(place_of(layer)))
    }

    /// The rules for a node of `kind` in a layer of `layer`, without those that its fields rule out; into `found`, in rule
    /// order. `node` gives the node itself and those that it lies in.
    pub(crate) fn candidates<'n>(
        &self,
        (kind, layer): (NodeKind, Option<LayerKind>),
        node: impl Fn(NodeKind) -> Option<Node<'n>>,
        found: &mut Candidates,
    ) {
        found.rules.clear();
        if let Some(bucket) = self.bucket(kind, layer) {
            bucket.candidates(node, found);
        }
    }
}

fn place_of(layer: Option<LayerKind>) -> usize {
    layer.map_or(0, |layer| layer as usize + 1)
}

/// The rules that may fire at a node; kept from node to node, so that looking them up allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    rules: Vec<usize>,
    mask: Vec<u64>,
}

impl Candidates {
    /// The numbers of the rules.
    pub(crate) fn rules(&self) -> &[usize] {
        &self.rules
    }
}

/// A set of rules of a bucket, by their places in it.
#[derive(Clone, Debug, Default)]
struct Mask(Vec<u64>);

impl Mask {
    fn set(&mut self, place: usize, holds: bool) {
        let (word, bit) = (place / 64, 1 << (place % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word = if holds { *word | bit } else { *word & !bit };
        }
    }
}

#[derive(Debug, Default)]
struct Bucket {
    rules: Vec<usize>,
    tests: Vec<Test>,
}

/// A field, and which rules each of its values leaves.
#[derive(Debug)]
struct Test {
    node: NodeKind,
    field: &'static Field,
    /// Where the field is absent.
    absent: Mask,
    by: By,
}

#[derive(Debug)]
enum By {
    /// By the word, or by any word that no rule names.
    Word { named: Vec<(&'static str, Mask)>, other: Mask },
    /// By where the time lies between the constants that it is compared with: below the first, at it, between it and the
    /// second, and so on.
    Time { bounds: Vec<Time>, masks: Vec<Mask> },
}

impl Bucket {
    fn add(&mut self, number: usize, condition: &Condition) {
        let place = self.rules.len();
        self.rules.push(number);
        for test in &mut self.tests {
            test.each_mask(|mask, _| mask.set(place, true));
        }
        for part in conjuncts(condition) {
            if let Some((node, field, asks)) = Asks::of(part) {
                self.test(node, field, &asks, place).narrow(place, &asks);
            }
        }
    }

    /// The test of a field, made where there is none yet: all rules up to `place` pass it.
    fn test(&mut self, node: NodeKind, field: &'static Field, asks: &Asks, place: usize) -> &mut Test {
        let known = self.tests.iter().position(|test| test.node == node && std::ptr::eq(test.field, field));
        let at = known.unwrap_or_else(|| {
            let mut all = Mask::default();
            (0..=place).for_each(|place| all.set(place, true));
            let by = match asks {
                Asks::Words { .. } => By::Word { named: Vec::new(), other: all.clone() },
                Asks::Time(..) => By::Time { bounds: Vec::new(), masks: vec![all.clone()] },
            };
            self.tests.push(Test { node, field, absent: all, by });
            self.tests.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the place was just found or made")]
        &mut self.tests[at]
    }

    fn candidates<'n>(&self, node: impl Fn(NodeKind) -> Option<Node<'n>>, found: &mut Candidates) {
        let Some((first, others)) = self.tests.split_first() else {
            found.rules.extend_from_slice(&self.rules);
            return;
        };
        found.mask.clear();
        found.mask.extend_from_slice(&first.mask(node(first.node)).0);
        for test in others {
            let mask = test.mask(node(test.node));
            for (left, passes) in found.mask.iter_mut().zip(&mask.0) {
                *left &= passes;
            }
        }
        for (word, mut bits) in found.mask.iter().copied().enumerate() {
            while bits != 0 {
                let place = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                match self.rules.get(place) {
                    Some(rule) => found.rules.push(*rule),
                    None => break,
                }
            }
        }
    }
}

impl Test {
    /// The rules that the field's value at `node` leaves.
    fn mask(&self, node: Option<Node<'_>>) -> &Mask {
        match (&self.by, self.field.getter) {
            (By::Word { named, other }, Getter::Symbol(get)) => match node.and_then(get) {
                Some(word) => named.iter().find(|(name, _)| *name == word).map_or(other, |(_, mask)| mask),
                None => &self.absent,
            },
            (By::Time { bounds, masks }, Getter::Seconds(get)) => match node.and_then(get) {
                Some(time) => {
                    let below = bounds.partition_point(|bound| *bound < time);
                    let is_at = bounds.get(below) == Some(&time);
                    masks.get(2 * below + usize::from(is_at)).unwrap_or(&self.absent)
                }
                None => &self.absent,
            },
            // Another type than the rules were checked for cannot be.
            _ => &self.absent,
        }
    }

    /// Every mask, with whether the rule that `asks` can hold where it applies.
    fn each_mask(&mut self, mut change: impl FnMut(&mut Mask, Region<'_>)) {
        change(&mut self.absent, Region::Absent);
        match &mut self.by {
            By::Word { named, other } => {
                for (word, mask) in named.iter_mut() {
                    change(mask, Region::Word(word));
                }
                change(other, Region::OtherWord);
            }
            By::Time { bounds, masks } => {
                for (number, mask) in masks.iter_mut().enumerate() {
                    let bound = bounds.get(number / 2).copied();
                    let before = number.checked_sub(1).and_then(|number| bounds.get(number / 2)).copied();
                    let region = if number % 2 == 1 { Region::At(bound) } else { Region::Between(before) };
                    change(mask, region);
                }
            }
        }
    }

    /// Takes the rule at `place` out of every mask whose values cannot be what it asks for.
    fn narrow(&mut self, place: usize, asks: &Asks) {
        match (asks, &mut self.by) {
            (Asks::Words { words, .. }, By::Word { named, other }) => {
                for word in words {
                    if !named.iter().any(|(name, _)| name == word) {
                        named.push((word, other.clone()));
                    }
                }
            }
            (Asks::Time(_, time), By::Time { bounds, masks }) => {
                if let Err(at) = bounds.binary_search(time) {
                    bounds.insert(at, *time);
                    // The gap that the bound falls into becomes two gaps with a point between them.
                    let gap = masks.get(2 * at).cloned().unwrap_or_default();
                    masks.splice(2 * at..2 * at, [gap.clone(), gap]);
                }
            }
            _ => return,
        }
        self.each_mask(|mask, region| {
            if !asks.can_hold(region) {
                mask.set(place, false);
            }
        });
    }
}

/// The values that a mask stands for.
#[derive(Clone, Copy)]
enum Region<'a> {
    Absent,
    Word(&'a str),
    OtherWord,
    /// The time is this one.
    At(Option<Time>),
    /// The time lies behind this bound, or before all of them, and before the next.
    Between(Option<Time>),
}

/// What a condition asks of one field.
enum Asks {
    /// That it is one of these words, or that it is none of them.
    Words { words: Vec<&'static str>, wanted: bool },
    /// That it compares so with a time.
    Time(Comparator, Time),
}

impl Asks {
    fn of(condition: &Condition) -> Option<(NodeKind, &'static Field, Self)> {
        match condition {
            Condition::Is(Term::Field(node, field), values) => {
                Some((*node, field, Self::Words { words: words(values)?, wanted: true }))
            }
            Condition::Not(inner) => match inner.as_ref() {
                Condition::Is(Term::Field(node, field), values) => {
                    Some((*node, field, Self::Words { words: words(values)?, wanted: false }))
                }
                _ => None,
            },
            Condition::Compare(Term::Field(node, field), comparator, Term::Constant(Value::Seconds(time))) => {
                Some((*node, field, Self::Time(*comparator, *time)))
            }
            _ => None,
        }
    }

    fn can_hold(&self, region: Region<'_>) -> bool {
        match (self, region) {
            (Self::Words { wanted, .. }, Region::Absent | Region::OtherWord) => !wanted,
            (Self::Words { words, wanted }, Region::Word(word)) => words.contains(&word) == *wanted,
            (Self::Time(..), Region::Absent) => false,
            (Self::Time(comparator, time), Region::At(Some(at))) => match comparator {
                Comparator::Less => at < *time,
                Comparator::AtMost => at <= *time,
                Comparator::More => at > *time,
                Comparator::AtLeast => at >= *time,
            },
            (Self::Time(comparator, time), Region::Between(behind)) => {
                // `time` is a bound, so the gap lies wholly on one side of it.
                let is_later = behind.is_some_and(|behind| behind >= *time);
                match comparator {
                    Comparator::Less | Comparator::AtMost => !is_later,
                    Comparator::More | Comparator::AtLeast => is_later,
                }
            }
            _ => true,
        }
    }
}

/// The words among constants, if they are nothing else.
fn words(values: &[Term]) -> Option<Vec<&'static str>> {
    let word = |value: &Term| match value {
        Term::Constant(Value::Symbol(word)) => Some(*word),
        _ => None,
    };
    values.iter().map(word).collect()
}

/// What is left of a condition where the index gives its rule as a candidate: the parts that no test of a field answers.
pub(super) fn rest(condition: &Condition) -> Condition {
    let mut left: Vec<Condition> =
        conjuncts(condition).iter().filter(|part| Asks::of(part).is_none()).cloned().collect();
    match left.len() {
        0 => Condition::Constant(true),
        1 => left.pop().unwrap_or(Condition::Constant(true)),
        _ => Condition::All(left),
    }
}

/// The parts that must all hold.
fn conjuncts(condition: &Condition) -> &[Condition] {
    match condition {
        Condition::All(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scenario::{Segment, SegmentFacts, field};
    use crate::value::PURPOSE;

    #[derive(Clone, Debug)]
    enum Part {
        Purpose(Vec<usize>, bool),
        Start(u8, i64),
    }

    fn part() -> impl Strategy<Value = Part> {
        let purpose = (prop::collection::vec(0..PURPOSE.values.len(), 1..3), any::<bool>());
        prop_oneof![
            purpose.prop_map(|(words, wanted)| Part::Purpose(words, wanted)),
            (0..4_u8, 0..5_i64).prop_map(|(comparator, bound)| Part::Start(comparator, bound)),
        ]
    }

    fn at(seconds: i64) -> Time {
        Time::from_millis(seconds * 1000).unwrap()
    }

    fn comparator(number: u8) -> Comparator {
        [Comparator::Less, Comparator::AtMost, Comparator::More, Comparator::AtLeast][usize::from(number)]
    }

    fn condition(part: &Part) -> Condition {
        let field = |path| Term::Field(NodeKind::Segment, field::find(NodeKind::Segment, path).unwrap());
        match part {
            Part::Purpose(words, wanted) => {
                let words = words.iter().map(|word| Term::Constant(Value::Symbol(PURPOSE.values[*word]))).collect();
                let is = Condition::Is(field("purpose"), words);
                if *wanted { is } else { Condition::Not(Box::new(is)) }
            }
            Part::Start(number, bound) => {
                let bound = Term::Constant(Value::Seconds(at(*bound)));
                Condition::Compare(field("start_sec"), comparator(*number), bound)
            }
        }
    }

    fn holds(part: &Part, purpose: Option<usize>, start: i64) -> bool {
        match part {
            Part::Purpose(words, wanted) => purpose.is_some_and(|purpose| words.contains(&purpose)) == *wanted,
            Part::Start(number, bound) => match comparator(*number) {
                Comparator::Less => start < *bound,
                Comparator::AtMost => start <= *bound,
                Comparator::More => start > *bound,
                Comparator::AtLeast => start >= *bound,
            },
        }
    }

    proptest! {
        #[test]
        fn candidates_are_the_rules_whose_conditions_hold(
            rules in prop::collection::vec(prop::collection::vec(part(), 0..4), 0..70),
            purpose in prop::option::of(0..PURPOSE.values.len()),
            halves in -1..12_i64,
        ) {
            let mut bucket = Bucket::default();
            for (number, parts) in rules.iter().enumerate() {
                bucket.add(number, &Condition::All(parts.iter().map(condition).collect()));
            }
            // Times between the bounds too: halves are doubled bounds.
            let doubled: Vec<Vec<Part>> = rules
                .iter()
                .map(|parts| parts.iter().map(|part| match part {
                    Part::Start(comparator, bound) => Part::Start(*comparator, bound * 2),
                    other @ Part::Purpose(..) => other.clone(),
                }).collect())
                .collect();
            let start = Time::from_millis(halves * 500).unwrap_or_default();
            let halves = halves.max(0);
            let mut found = Candidates::default();
            let segment = Segment::new(start.max(Time::ZERO), Time::MAX);
            let facts = SegmentFacts {
                id: String::new(),
                clip_id: String::new(),
                attribution: None,
                asset_kind: None,
                purpose: purpose.map(|purpose| PURPOSE.values[purpose]),
                play_start: Time::ZERO,
                play_end: Time::ZERO,
            };
            bucket.candidates(|_| Some(Node::Segment(&segment, &facts)), &mut found);
            let expected: Vec<usize> = doubled
                .iter()
                .enumerate()
                .filter(|(_, parts)| parts.iter().all(|part| holds(part, purpose, halves)))
                .map(|(number, _)| number)
                .collect();
            prop_assert_eq!(found.rules(), expected);
        }
    }
}

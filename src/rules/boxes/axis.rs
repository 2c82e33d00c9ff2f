//! The axes of a box: everything that has one value wherever a rule fires.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::decide::DECISION;
use crate::scenario::field::{self, Field, NodeKind, Presence};
use crate::value::{SIGNAL_STATE, Type};

use super::names::Names;
use super::ranges::Ranges;
use super::side::{ABSENT, Side};

/// Something that a condition reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Leaf {
    /// A field, by its place in its node's table.
    Field(NodeKind, usize),
    /// How many characters the text of a field has.
    Length(NodeKind, usize),
    /// An answer of the decision, by its place.
    Decision(usize),
    /// What the prompt says of a signal.
    Signal(Arc<str>),
}

/// What a box has a side on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Axis {
    /// Its value.
    Of(Leaf),
    /// How two that differ stand to each other; the smaller first.
    Pair(Leaf, Leaf),
}

/// On the axis of a pair: the first is less than the second. What has no order is both less and more where it differs.
pub(super) const LESS: u32 = 1;
pub(super) const EQUAL: u32 = 1 << 1;
pub(super) const MORE: u32 = 1 << 2;

// Boxes are kept sorted by their axes, and `check` does little but look one up: the order is one of numbers, and names of
// signals are compared where nothing else differs.

impl Ord for Leaf {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.signal().cmp(&other.signal()))
    }
}

impl PartialOrd for Leaf {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Axis {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.signals().cmp(&other.signals()))
    }
}

impl PartialOrd for Axis {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Leaf {
    /// Where it stands among leaves; signals all stand in one place.
    #[inline]
    const fn rank(&self) -> u64 {
        let (group, kind, place) = match self {
            Self::Field(kind, place) => (0, *kind as u64, *place as u64),
            Self::Length(kind, place) => (1, *kind as u64, *place as u64),
            Self::Decision(place) => (2, 0, *place as u64),
            Self::Signal(_) => (3, 0, 0),
        };
        (group << 28) | (kind << 20) | (place & 0xf_ffff)
    }

    fn signal(&self) -> Option<&str> {
        if let Self::Signal(name) = self { Some(name) } else { None }
    }

    pub(in crate::rules) fn field(kind: NodeKind, field: &Field) -> Option<Self> {
        let place = field::fields(kind).iter().position(|known| known.path == field.path)?;
        Some(Self::Field(kind, place))
    }

    /// The field at `path` of a node of `kind`, which there has to be.
    pub(super) fn at(kind: NodeKind, path: &str) -> Self {
        let place = field::fields(kind).iter().position(|known| known.path == path);
        debug_assert!(place.is_some(), "no field {path}");
        Self::Field(kind, place.unwrap_or(usize::MAX))
    }

    pub(in crate::rules) fn main() -> Self {
        Self::at(NodeKind::Scenario, "main_asset_id")
    }

    pub(in crate::rules) fn layer_type() -> Self {
        Self::at(NodeKind::Layer, "type")
    }

    /// The node that it is read from.
    pub(super) fn node(&self) -> Option<NodeKind> {
        match self {
            Self::Field(kind, _) | Self::Length(kind, _) => Some(*kind),
            Self::Decision(_) | Self::Signal(_) => None,
        }
    }

    pub(super) fn spec(&self) -> Option<&'static Field> {
        match self {
            Self::Field(kind, place) | Self::Length(kind, place) => field::fields(*kind).get(*place),
            Self::Decision(_) | Self::Signal(_) => None,
        }
    }

    pub(super) fn ty(&self) -> Type {
        match self {
            Self::Field(..) => self.spec().map_or(Type::Words, |field| field.ty),
            Self::Length(..) => Type::Number,
            Self::Decision(place) => DECISION.get(*place).map_or(Type::Bool, |field| field.ty),
            Self::Signal(_) => Type::Enum(&SIGNAL_STATE),
        }
    }

    /// Whether the prompt and the script have a say in it.
    pub(in crate::rules) fn is_decided(&self) -> bool {
        matches!(self, Self::Decision(_) | Self::Signal(_))
    }

    /// Whether it is a word that a scenario's author writes, and that says what shall be made of a node. A layer is
    /// made by its segments' rules or its own, so its type is none.
    pub(in crate::rules) fn is_written_word(&self) -> bool {
        let is_written = self.spec().is_some_and(|field| !field.derived);
        matches!(self, Self::Field(..))
            && is_written
            && matches!(self.ty(), Type::Enum(_))
            && *self != Self::layer_type()
    }

    /// All words of its closed set.
    pub(in crate::rules) fn words(&self) -> Vec<&'static str> {
        super::words::listed(self, &self.all())
    }

    /// How a rule reads it.
    pub(in crate::rules) fn path(&self) -> String {
        super::words::name(self)
    }

    /// Every value that it can have.
    pub(super) fn all(&self) -> Side {
        let absent = match self {
            Self::Field(..) => self.spec().is_none_or(|field| field.presence != Presence::Always),
            _ => false,
        };
        let words = |count: usize| Side::Words(((1 << count) - 1) | if absent { ABSENT } else { 0 });
        match self.ty() {
            Type::Enum(set) => words(set.values.len()),
            Type::Bool => words(2),
            Type::Number | Type::Seconds | Type::Pixels | Type::Ratio => Side::Ranges { absent, values: self.range() },
            Type::Text | Type::Background => Side::Texts { absent, blank: Names::ALL, filled: Names::ALL },
            Type::Style | Type::Asset | Type::Id => Side::Texts { absent, blank: Names::NONE, filled: Names::ALL },
            Type::Color | Type::Assets | Type::Cues | Type::Words => words(1),
        }
    }

    fn range(&self) -> Ranges {
        let Self::Field(kind, _) = self else { return Ranges::between((0.0, true), (f64::INFINITY, true)).whole() };
        let path = self.spec().map_or("", |field| field.path);
        let bound = BOUNDS.iter().find(|(known, paths, ..)| known == kind && paths.contains(&path));
        bound.map_or_else(
            || Ranges::between((f64::NEG_INFINITY, true), (f64::INFINITY, true)),
            |(_, _, low, high)| Ranges::between(*low, *high),
        )
    }
}

impl Axis {
    /// Where it stands among axes: those of one leaf before those of two.
    #[inline]
    const fn rank(&self) -> u64 {
        match self {
            Self::Of(leaf) => leaf.rank(),
            Self::Pair(one, other) => (1 << 63) | (one.rank() << 31) | other.rank(),
        }
    }

    fn signals(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Of(leaf) => (leaf.signal(), None),
            Self::Pair(one, other) => (one.signal(), other.signal()),
        }
    }

    /// The axis of two leaves, and whether they had to change places.
    pub(super) fn pair(one: &Leaf, other: &Leaf) -> (Self, bool) {
        let swapped = one > other;
        let (first, second) = if swapped { (other, one) } else { (one, other) };
        (Self::Pair(first.clone(), second.clone()), swapped)
    }

    pub(super) fn all(&self) -> Side {
        match self {
            Self::Of(leaf) => leaf.all(),
            Self::Pair(..) => Side::Words(LESS | EQUAL | MORE | ABSENT),
        }
    }

    pub(super) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        let (one, other) = match self {
            Self::Of(leaf) => (leaf, None),
            Self::Pair(one, other) => (one, Some(other)),
        };
        std::iter::once(one).chain(other)
    }
}

type End = (f64, bool);

const DAY: f64 = 86_400.0;

/// Between which ends a scenario that can be compiled has the numbers of its fields; `normalise` refuses the rest.
const BOUNDS: &[(NodeKind, &[&str], End, End)] = &[
    (NodeKind::Scenario, &["metadata.total_duration_sec", "duration_sec"], (0.0, false), (DAY, true)),
    (NodeKind::Scene, &["start_sec"], (0.0, true), (DAY, false)),
    (NodeKind::Scene, &["end_sec", "duration_sec"], (0.0, false), (DAY, true)),
    (NodeKind::Overlay, &["start_sec"], (0.0, true), (DAY, false)),
    (NodeKind::Overlay, &["end_sec", "duration_sec"], (0.0, false), (DAY, true)),
    (NodeKind::Overlay, &["font_size"], (8.0, true), (400.0, true)),
    (NodeKind::Segment, &["start_sec"], (0.0, true), (DAY, false)),
    (NodeKind::Segment, &["end_sec", "duration_sec"], (0.0, false), (DAY, true)),
    (NodeKind::Segment, &["source_in_sec"], (0.0, true), (DAY, true)),
    (NodeKind::Segment, &["play_start_sec"], (0.0, true), (DAY, true)),
    // What starts late in its asset may play on for another day.
    (NodeKind::Segment, &["play_end_sec"], (0.0, true), (2.0 * DAY, true)),
    (NodeKind::Segment, &["params.font_size"], (8.0, true), (400.0, true)),
    (NodeKind::Segment, &["params.width"], (0.01, true), (1.0, true)),
    (NodeKind::Scenario, &["metadata.focus_x", "metadata.focus_y"], (0.0, true), (1.0, true)),
    (NodeKind::Segment, &["params.focus_x", "params.focus_y"], (0.0, true), (1.0, true)),
    (NodeKind::Segment, &["params.volume"], (0.0, true), (4.0, true)),
    (NodeKind::Segment, &["params.fade_in_sec", "params.fade_out_sec"], (0.0, true), (60.0, true)),
];

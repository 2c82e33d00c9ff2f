//! What conditions allow, as boxes.
//!
//! A box says for each of its axes (a field, the length of a text, an answer of the decision, how two fields stand to
//! each other) which values are left; on an axis of which it says nothing, all are. Some boxes together are what a
//! condition allows: exactly that, so that boxes can be met, joined, subtracted and held against each other with no
//! searching. Two questions are answered for certain, that nothing is left and that one is within the other; where the
//! boxes become too many, the answer is that nobody knows.
//!
//! `condition` makes boxes of conditions, `facts` holds what no scenario can break, and a [`Context`] is what is known at
//! a place of a rule from both.

mod axis;
mod condition;
mod context;
mod facts;
#[cfg(test)]
mod laws;
mod names;
mod ranges;
mod relation;
mod side;
mod words;

use crate::value::Value;

use axis::Axis;
use side::Side;

pub(super) use axis::Leaf;
pub(super) use context::Context;
pub(super) use words::values_of;

/// More boxes than this are not made.
const MAX_BOXES: usize = 64;

/// One box: its sides, in the order of their axes. An axis on which everything is left has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sides(Vec<(Axis, Side)>);

impl Sides {
    fn get(&self, axis: &Axis) -> Option<&Side> {
        let place = self.0.binary_search_by(|(known, _)| known.cmp(axis)).ok()?;
        self.0.get(place).map(|(_, side)| side)
    }

    /// What is left on `axis`.
    fn side(&self, axis: &Axis) -> Side {
        self.get(axis).cloned().unwrap_or_else(|| axis.all())
    }

    /// Leaves on `axis` what is on `side` too; whether that is anything.
    fn narrow(&mut self, axis: &Axis, side: &Side) -> bool {
        match self.0.binary_search_by(|(known, _)| known.cmp(axis)) {
            Ok(place) => {
                let Some((_, mine)) = self.0.get_mut(place) else { return false };
                *mine = mine.and(side);
                !mine.is_empty()
            }
            Err(place) => {
                let all = axis.all();
                let left = all.and(side);
                let is_left = !left.is_empty();
                if left != all {
                    self.0.insert(place, (axis.clone(), left));
                }
                is_left
            }
        }
    }

    /// What is in both.
    fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        other.0.iter().all(|(axis, side)| both.narrow(axis, side)).then_some(both)
    }

    fn is_within(&self, other: &Self) -> bool {
        other.0.iter().all(|(axis, side)| self.get(axis).is_some_and(|mine| mine.is_within(side)))
    }

    /// The one box that both make together, if they do: they differ on one axis alone.
    fn joined(&self, other: &Self) -> Option<Self> {
        if self.0.len() != other.0.len() {
            return None;
        }
        let mut differs = None;
        for (place, (mine, theirs)) in self.0.iter().zip(&other.0).enumerate() {
            if mine.0 != theirs.0 || (mine.1 != theirs.1 && differs.replace(place).is_some()) {
                return None;
            }
        }
        let mut both = self.clone();
        if let Some(place) = differs {
            let (_, theirs) = other.0.get(place)?;
            let (axis, side) = both.0.get_mut(place)?;
            *side = side.or(theirs);
            if *side == axis.all() {
                both.0.remove(place);
            }
        }
        Some(both)
    }
}

/// Boxes; what is in any of them is meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Boxes(Vec<Sides>);

impl Boxes {
    /// One without sides: everything.
    pub(super) fn all() -> Self {
        Self(vec![Sides::default()])
    }

    /// Nothing.
    pub(super) fn none() -> Self {
        Self::default()
    }

    fn of(axis: &Axis, side: &Side) -> Self {
        let mut sides = Sides::default();
        Self(if sides.narrow(axis, side) { vec![sides] } else { Vec::new() })
    }

    /// That `leaf` has a value.
    pub(super) fn present(leaf: Leaf) -> Self {
        let all = leaf.all();
        Self::of(&Axis::Of(leaf), &all.present())
    }

    /// That it has none.
    fn absent(leaf: Leaf) -> Self {
        let all = leaf.all();
        Self::of(&Axis::Of(leaf), &all.absent())
    }

    /// That it is one of these words of its closed set.
    pub(super) fn words<'w>(leaf: Leaf, words: impl IntoIterator<Item = &'w str>) -> Self {
        let side = words.into_iter().fold(Side::Words(0), |side, word| side.or(&condition::word(&leaf, word)));
        Self::of(&Axis::Of(leaf), &side)
    }

    /// That it is one of these values.
    pub(super) fn values(leaf: &Leaf, values: &[Value<'_>]) -> Self {
        let side = values.iter().map(|value| condition::only(leaf, value)).reduce(|one, other| one.or(&other));
        side.map_or_else(Self::none, |side| Self::of(&Axis::Of(leaf.clone()), &side))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a box; `None` if there are too many. What another one holds is not kept twice.
    fn push(&mut self, mut new: Sides) -> Option<()> {
        loop {
            if self.0.iter().any(|known| new.is_within(known)) {
                return Some(());
            }
            self.0.retain(|known| !known.is_within(&new));
            let joined = self.0.iter().enumerate().find_map(|(place, known)| Some((place, known.joined(&new)?)));
            let Some((place, both)) = joined else { break };
            self.0.remove(place);
            new = both;
        }
        self.0.push(new);
        (self.0.len() <= MAX_BOXES).then_some(())
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let mut both = Self::none();
        for mine in &self.0 {
            for theirs in &other.0 {
                if let Some(sides) = mine.and(theirs) {
                    both.push(sides)?;
                }
            }
        }
        Some(both)
    }

    /// What is in either.
    pub(super) fn or(mut self, other: Self) -> Option<Self> {
        other.0.into_iter().try_for_each(|sides| self.push(sides))?;
        Some(self)
    }

    /// What is in these and not in `other`.
    pub(super) fn minus(&self, other: &Self) -> Option<Self> {
        let mut left = self.clone();
        for taken in &other.0 {
            let mut rest = Self::none();
            for sides in &left.0 {
                // Axis by axis: what is outside of the other there, and inside on the axes before.
                let mut inside = Some(sides.clone());
                for (axis, side) in &taken.0 {
                    let Some(so_far) = &inside else { break };
                    let mut outside = so_far.clone();
                    if outside.narrow(axis, &axis.all().without(side)) {
                        rest.push(outside)?;
                    }
                    inside = inside.and_then(|mut inside| inside.narrow(axis, side).then_some(inside));
                }
            }
            left = rest;
        }
        Some(left)
    }

    /// What is in none of these.
    pub(super) fn not(&self) -> Option<Self> {
        Self::all().minus(self)
    }

    /// Whether nothing is in these that is not in `other`; `None` if nobody knows.
    #[cfg(test)]
    fn is_within(&self, other: &Self) -> Option<bool> {
        Some(self.minus(other)?.is_empty())
    }
}

//! What is known at a place of a rule.

use crate::rules::term::Selector;
use crate::scenario::field::{Field, NodeKind};

use super::axis::{Axis, Leaf};
use super::facts::{self, FactSet};
use super::{Boxes, MAX_BOXES, Sides};

/// Where a place of a rule can be reached: the boxes that are left of everything, never too few of them.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Context {
    boxes: Boxes,
    facts: FactSet,
    /// Whether the boxes are all that was said; else they may be too many.
    exact: bool,
}

impl Context {
    /// Every node that `selector` is for.
    pub(in crate::rules) fn of(selector: Selector) -> Self {
        Self { boxes: of_layer(selector), facts: FactSet::ALL, exact: true }
    }

    /// Whether the place cannot be reached.
    pub(in crate::rules) fn is_empty(&self) -> bool {
        self.boxes.is_empty()
    }

    /// Where `boxes` hold too. What would become too much is left as it is; `None` stands for what no box can say.
    pub(in crate::rules) fn narrowed(&self, boxes: Option<&Boxes>) -> Self {
        let mut left = Boxes::none();
        let mut fits = boxes.is_some();
        for sides in boxes.into_iter().flat_map(|boxes| self.meet(boxes)) {
            fits = fits && left.push(sides).is_some();
        }
        if fits { Self { boxes: left, ..*self } } else { Self { exact: false, ..self.clone() } }
    }

    /// Whether `boxes` can hold here; if not, that is certain.
    pub(in crate::rules) fn allows(&self, boxes: &Boxes) -> bool {
        self.meet(boxes).next().is_some()
    }

    /// Whether `boxes` always hold here; if so, that is certain.
    pub(in crate::rules) fn implies(&self, boxes: &Boxes) -> bool {
        self.boxes.minus(boxes).is_some_and(|rest| !rest.0.iter().any(|sides| facts::allow(sides, self.facts)))
    }

    /// Whether the field always has a value here.
    pub(in crate::rules) fn has(&self, kind: NodeKind, field: &Field) -> bool {
        Leaf::field(kind, field).is_some_and(|leaf| !self.allows(&Boxes::absent(leaf)))
    }

    /// A place where both this one and `other` are reached; the box with the fewest sides.
    pub(in crate::rules) fn overlap(&self, other: &Self) -> Option<Overlap> {
        let boxes: Vec<Sides> = self.meet(&other.boxes).take(MAX_BOXES).collect();
        let decided = |sides: &Sides| sides.0.iter().flat_map(|(axis, _)| axis.leaves()).any(Leaf::is_decided);
        let certain = self.exact && other.exact && boxes.iter().any(|sides| !decided(sides));
        let sides = boxes.into_iter().min_by_key(|sides| sides.0.len())?;
        Some(Overlap { sides, certain })
    }

    /// What is known of nodes of other kinds than `kinds`, which are others from here on, in a layer of `selector`.
    pub(in crate::rules) fn inside(&self, selector: Selector, kinds: &[NodeKind]) -> Self {
        let hidden = |leaf: &Leaf| leaf.node().is_some_and(|node| node != NodeKind::Scenario && kinds.contains(&node));
        let mut left = Boxes::none();
        for sides in &self.boxes.0 {
            let kept = sides.0.iter().filter(|(axis, _)| !axis.leaves().any(hidden)).cloned().collect();
            // There are no more boxes than before.
            let _ = left.push(Sides(kept));
        }
        let inside = Self { boxes: left, ..*self };
        if self.is_empty() { self.clone() } else { inside.narrowed(Some(&of_layer(selector))) }
    }

    /// The same without what facts say of segments and layers.
    pub(in crate::rules) fn without_layers(&self) -> Self {
        Self { boxes: self.boxes.clone(), facts: self.facts.without_layers(), exact: self.exact }
    }

    /// The fact by which `boxes` cannot hold here, in words; `None` if it takes none, or several.
    pub(in crate::rules) fn reason(&self, boxes: &Boxes) -> Option<&'static str> {
        let with = |facts| Self { boxes: self.boxes.clone(), facts, exact: self.exact }.allows(boxes);
        if !with(FactSet::NONE) {
            return None;
        }
        self.facts.each().find(|(fact, _)| !with(*fact)).map(|(_, words)| words)
    }

    /// Everything that the boxes speak of by itself.
    pub(in crate::rules) fn leaves(&self) -> Vec<Leaf> {
        let axes = self.boxes.0.iter().flat_map(|sides| &sides.0);
        let mut leaves: Vec<Leaf> = axes
            .filter_map(|(axis, _)| match axis {
                Axis::Of(leaf) => Some(leaf.clone()),
                Axis::Pair(..) => None,
            })
            .collect();
        leaves.sort_unstable();
        leaves.dedup();
        leaves
    }

    /// Which words of `leaf`'s closed set can be here.
    pub(in crate::rules) fn words_left(&self, leaf: &Leaf) -> Vec<&'static str> {
        let axis = Axis::Of(leaf.clone());
        let side = self.boxes.0.iter().map(|sides| sides.side(&axis)).reduce(|one, other| one.or(&other));
        side.map(|side| super::words::listed(leaf, &side)).unwrap_or_default()
    }

    fn meet<'b>(&'b self, boxes: &'b Boxes) -> impl Iterator<Item = Sides> + 'b {
        let pairs = self.boxes.0.iter().flat_map(move |mine| boxes.0.iter().map(move |theirs| (mine, theirs)));
        pairs.filter_map(|(mine, theirs)| mine.and(theirs)).filter(|sides| facts::allow(sides, self.facts))
    }
}

/// Where two places are both reached.
pub(in crate::rules) struct Overlap {
    sides: Sides,
    /// Whether that is so whatever is decided.
    pub(in crate::rules) certain: bool,
}

impl Overlap {
    /// The condition that holds there; nothing where there is none.
    pub(in crate::rules) fn in_words(&self) -> String {
        super::words::of_box(&self.sides)
    }
}

fn of_layer(selector: Selector) -> Boxes {
    match selector.layer {
        Some(layer) => Boxes::words(Leaf::layer_type(), [layer.word()]),
        None => Boxes::all(),
    }
}

/// Whether `axis` is the type of a layer.
pub(super) fn is_layer_type(axis: &Axis) -> bool {
    *axis == Axis::Of(Leaf::layer_type())
}

//! What a part of a rule holds at a place of a scenario, for whoever explains a plan: it is asked of the evaluator that
//! made the plan, so that no second one can disagree.

use crate::decide::Decision;
use crate::rules::{Condition, EachTerm, Term};
use crate::scenario::field::{Node, NodeKind};
use crate::scenario::{LayerKind, Scenario};
use crate::value::Value;

use super::tally::Uncounted;
use super::walk::{Place, World};

/// A scenario and a decision, of which anything can be asked that a rule can ask.
#[derive(Clone, Copy)]
pub(crate) struct Inquiry<'a>(World<'a, Uncounted>);

/// A place of a scenario: a node, and those that it lies in.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a>(Place<'a>);

impl<'a> Inquiry<'a> {
    pub(crate) fn new(scenario: &'a Scenario, decision: &'a Decision) -> Self {
        Self(World { document: scenario.document(), facts: scenario.facts(), decision, count: Uncounted })
    }

    /// Every place, in the order in which rules come to it.
    pub(crate) fn spots(self) -> Vec<Spot<'a>> {
        let mut spots = Vec::new();
        self.0.visit(|_, _| true, |place| spots.push(Spot(*place)));
        spots
    }

    /// The places that an `each` at `outer` goes over, whether or not its condition holds there.
    pub(crate) fn each(self, each: &EachTerm, outer: &Spot<'a>) -> Vec<Spot<'a>> {
        let mut spots = Vec::new();
        self.0.each(each, &outer.0, |place| spots.push(Spot(*place)));
        spots
    }

    pub(crate) fn value(self, term: &Term, spot: &Spot<'a>) -> Option<Value<'static>> {
        self.0.value(term, &spot.0).map(Value::into_owned)
    }

    pub(crate) fn holds(self, condition: &Condition, spot: &Spot<'a>) -> bool {
        self.0.holds(condition, &spot.0)
    }
}

impl<'a> Spot<'a> {
    pub(crate) fn kind(&self) -> NodeKind {
        self.0.kind
    }

    /// The kind of the layer that it is or lies in.
    pub(crate) fn layer(&self) -> Option<LayerKind> {
        self.0.layer
    }

    /// The node of this kind that it is or lies in.
    pub(crate) fn node(&self, kind: NodeKind) -> Option<Node<'a>> {
        self.0.node(kind)
    }

    /// The RFC 6901 pointer to it in the scenario file.
    pub(crate) fn pointer(&self) -> String {
        self.0.pointer()
    }
}

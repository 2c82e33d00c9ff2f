//! The nodes of a scenario, in the order of the document.

use crate::decide::Decision;
use crate::rules::EachTerm;
use crate::scenario::field::{Node, NodeKind};
use crate::scenario::{Document, Facts, LayerKind};

use super::tally::Count;

/// Everything that a rule can read.
#[derive(Clone, Copy)]
pub(super) struct World<'a, C> {
    pub(super) document: &'a Document,
    pub(super) facts: &'a Facts,
    pub(super) decision: &'a Decision,
    /// Where the answers of marked conditions are counted, if they are.
    pub(super) count: C,
}

/// A node, and the nodes that it lies in.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) kind: NodeKind,
    /// The kind of the layer that it is or lies in.
    pub(super) layer: Option<LayerKind>,
    nodes: [Option<Node<'a>>; NodeKind::ALL.len()],
    /// Its number among its siblings, and its parent's.
    numbers: (usize, usize),
}

impl<'a> Place<'a> {
    pub(super) fn node(&self, kind: NodeKind) -> Option<Node<'a>> {
        self.nodes.get(kind as usize).copied().flatten()
    }

    /// The RFC 6901 pointer to it in the scenario file.
    pub(super) fn pointer(&self) -> String {
        let (number, parent) = self.numbers;
        match self.kind {
            NodeKind::Scenario => "/scenario".into(),
            NodeKind::Scene => format!("/scenario/scenes/{number}"),
            NodeKind::Overlay => format!("/scenario/scenes/{parent}/overlays/{number}"),
            NodeKind::Layer => format!("/scenario/layers/{number}"),
            NodeKind::Segment => format!("/scenario/layers/{parent}/segments/{number}"),
            NodeKind::Effect => format!("/scenario/effects/{number}"),
        }
    }

    /// When what is made of it is done: everything of one pass comes before the next one.
    pub(super) fn pass(&self) -> u32 {
        match (self.node(NodeKind::Effect), self.node(NodeKind::Layer)) {
            (Some(Node::Effect(effect)), _) => effect.pass.unwrap_or_default(),
            (_, Some(Node::Layer(layer))) => layer.pass.unwrap_or_default(),
            _ => 0,
        }
    }

    fn inside(&self, kind: NodeKind, node: Node<'a>, number: usize) -> Self {
        let mut inner = *self;
        inner.kind = kind;
        inner.numbers = (number, self.numbers.0);
        if let Some(place) = inner.nodes.get_mut(kind as usize) {
            *place = Some(node);
        }
        inner
    }

    /// The same place, with the nodes of the outer one still readable where this one has none.
    fn over(mut self, outer: &Self) -> Self {
        for (mine, theirs) in self.nodes.iter_mut().zip(outer.nodes) {
            *mine = mine.or(theirs);
        }
        self
    }
}

impl<'a, C: Count> World<'a, C> {
    fn root(self) -> Place<'a> {
        let story = Node::Scenario(&self.document.scenario, self.facts);
        let place =
            Place { kind: NodeKind::Scenario, layer: None, nodes: [None; NodeKind::ALL.len()], numbers: (0, 0) };
        place.inside(NodeKind::Scenario, story, 0)
    }

    /// Every node: the scenario, scenes with their overlays, layers with their segments, effects.
    pub(super) fn places(self) -> impl Iterator<Item = Place<'a>> {
        let scenes = self.scenes().flat_map(move |scene| std::iter::once(scene).chain(overlays(scene)));
        let layers = self.layers().flat_map(move |layer| std::iter::once(layer).chain(self.segments(layer)));
        std::iter::once(self.root()).chain(scenes).chain(layers).chain(self.effects())
    }

    /// The nodes that an `each` at `outer` goes over: those of the selected scene or layer where it has such, else
    /// those of the whole scenario.
    pub(super) fn each(self, each: &EachTerm, outer: &Place<'a>) -> Vec<Place<'a>> {
        let selector = each.selector;
        let right_layer = |place: &Place<'a>| selector.layer.is_none_or(|layer| place.layer == Some(layer));
        let own = match (outer.kind, selector.node) {
            (NodeKind::Scene, NodeKind::Overlay) => Some(overlays(*outer).collect::<Vec<_>>()),
            (NodeKind::Layer, NodeKind::Segment) if right_layer(outer) => Some(self.segments(*outer).collect()),
            _ => None,
        };
        own.unwrap_or_else(|| {
            let places = self.places().filter(|place| place.kind == selector.node && right_layer(place));
            places.map(|place| place.over(outer)).collect()
        })
    }

    fn scenes(self) -> impl Iterator<Item = Place<'a>> {
        let root = self.root();
        let scenes = self.document.scenario.scenes.iter().enumerate();
        scenes.map(move |(number, scene)| root.inside(NodeKind::Scene, Node::Scene(scene), number))
    }

    fn layers(self) -> impl Iterator<Item = Place<'a>> {
        let root = self.root();
        self.document.scenario.layers.iter().enumerate().map(move |(number, layer)| {
            let place = root.inside(NodeKind::Layer, Node::Layer(layer), number);
            Place { layer: Some(layer.kind), ..place }
        })
    }

    fn effects(self) -> impl Iterator<Item = Place<'a>> {
        let root = self.root();
        let effects = self.document.scenario.effects.iter().enumerate();
        effects.map(move |(number, effect)| root.inside(NodeKind::Effect, Node::Effect(effect), number))
    }

    fn segments(self, layer: Place<'a>) -> impl Iterator<Item = Place<'a>> {
        let segments = match layer.node(NodeKind::Layer) {
            Some(Node::Layer(layer)) => layer.segments.as_slice(),
            _ => &[],
        };
        let facts = self.facts.segments.get(layer.numbers.0).map_or(&[][..], Vec::as_slice);
        let segments = segments.iter().zip(facts).enumerate();
        segments.map(move |(number, (segment, facts))| {
            layer.inside(NodeKind::Segment, Node::Segment(segment, facts), number)
        })
    }
}

fn overlays(scene: Place<'_>) -> impl Iterator<Item = Place<'_>> {
    let overlays = match scene.node(NodeKind::Scene) {
        Some(Node::Scene(scene)) => scene.overlays.as_slice(),
        _ => &[],
    };
    let overlays = overlays.iter().enumerate();
    overlays.map(move |(number, overlay)| scene.inside(NodeKind::Overlay, Node::Overlay(overlay), number))
}

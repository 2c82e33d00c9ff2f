//! The nodes of a scenario, in the order of the document.

use crate::decide::Decision;
use crate::rules::EachTerm;
use crate::scenario::field::{Node, NodeKind};
use crate::scenario::{Document, Effect, Facts, Layer, LayerKind, Overlay, Scene, Segment, SegmentFacts, Story};

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

/// A node, and the nodes that it lies in. It is handed on for every segment of a scenario, so it is kept small.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) kind: NodeKind,
    /// The kind of the layer that it is or lies in.
    pub(super) layer: Option<LayerKind>,
    nodes: Nodes<'a>,
    /// Its number among its siblings, and its parent's.
    numbers: (usize, usize),
}

/// One of each kind.
#[derive(Clone, Copy, Default)]
struct Nodes<'a> {
    scenario: Option<(&'a Story, &'a Facts)>,
    scene: Option<&'a Scene>,
    overlay: Option<&'a Overlay>,
    layer: Option<&'a Layer>,
    segment: Option<(&'a Segment, &'a SegmentFacts)>,
    effect: Option<&'a Effect>,
}

impl<'a> Place<'a> {
    #[inline]
    pub(super) fn node(&self, kind: NodeKind) -> Option<Node<'a>> {
        let nodes = &self.nodes;
        match kind {
            NodeKind::Scenario => nodes.scenario.map(|(story, facts)| Node::Scenario(story, facts)),
            NodeKind::Scene => nodes.scene.map(Node::Scene),
            NodeKind::Overlay => nodes.overlay.map(Node::Overlay),
            NodeKind::Layer => nodes.layer.map(Node::Layer),
            NodeKind::Segment => nodes.segment.map(|(segment, facts)| Node::Segment(segment, facts)),
            NodeKind::Effect => nodes.effect.map(Node::Effect),
        }
    }

    /// The RFC 6901 pointer to it in the scenario file.
    pub(super) fn pointer(&self) -> String {
        let (number, parent) = self.numbers;
        match self.kind {
            NodeKind::Scenario => "/scenario".into(),
            NodeKind::Scene => pointer(&["/scenario/scenes/"], &[number]),
            NodeKind::Overlay => pointer(&["/scenario/scenes/", "/overlays/"], &[parent, number]),
            NodeKind::Layer => pointer(&["/scenario/layers/"], &[number]),
            NodeKind::Segment => pointer(&["/scenario/layers/", "/segments/"], &[parent, number]),
            NodeKind::Effect => pointer(&["/scenario/effects/"], &[number]),
        }
    }

    /// When what is made of it is done: everything of one pass comes before the next one.
    pub(super) fn pass(&self) -> u32 {
        match (self.nodes.effect, self.nodes.layer) {
            (Some(effect), _) => effect.pass.unwrap_or_default(),
            (_, Some(layer)) => layer.pass.unwrap_or_default(),
            _ => 0,
        }
    }

    fn inside(&self, node: Node<'a>, number: usize) -> Self {
        let mut inner = *self;
        inner.numbers = (number, self.numbers.0);
        let nodes = &mut inner.nodes;
        inner.kind = match node {
            Node::Scenario(story, facts) => {
                nodes.scenario = Some((story, facts));
                NodeKind::Scenario
            }
            Node::Scene(scene) => {
                nodes.scene = Some(scene);
                NodeKind::Scene
            }
            Node::Overlay(overlay) => {
                nodes.overlay = Some(overlay);
                NodeKind::Overlay
            }
            Node::Layer(layer) => {
                nodes.layer = Some(layer);
                inner.layer = Some(layer.kind);
                NodeKind::Layer
            }
            Node::Segment(segment, facts) => {
                nodes.segment = Some((segment, facts));
                NodeKind::Segment
            }
            Node::Effect(effect) => {
                nodes.effect = Some(effect);
                NodeKind::Effect
            }
        };
        inner
    }

    /// The same place, with the nodes of the outer one still readable where this one has none.
    fn over(mut self, outer: &Self) -> Self {
        let (mine, theirs) = (&mut self.nodes, &outer.nodes);
        mine.scenario = mine.scenario.or(theirs.scenario);
        mine.scene = mine.scene.or(theirs.scene);
        mine.overlay = mine.overlay.or(theirs.overlay);
        mine.layer = mine.layer.or(theirs.layer);
        mine.segment = mine.segment.or(theirs.segment);
        mine.effect = mine.effect.or(theirs.effect);
        self
    }
}

/// Each of `steps` with its number behind it. Every task has a pointer; `format!` would take longer than the rest of it.
fn pointer(steps: &[&str], numbers: &[usize]) -> String {
    let mut text = String::with_capacity(48);
    for (step, number) in steps.iter().zip(numbers) {
        text.push_str(step);
        push_number(&mut text, *number);
    }
    text
}

fn push_number(text: &mut String, number: usize) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a digit")]
    text.push(char::from(b'0' + (number % 10) as u8));
}

impl<'a, C: Count> World<'a, C> {
    fn root(self) -> Place<'a> {
        let nodes = Nodes { scenario: Some((&self.document.scenario, self.facts)), ..Nodes::default() };
        Place { kind: NodeKind::Scenario, layer: None, nodes, numbers: (0, 0) }
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
        scenes.map(move |(number, scene)| root.inside(Node::Scene(scene), number))
    }

    fn layers(self) -> impl Iterator<Item = Place<'a>> {
        let root = self.root();
        let layers = self.document.scenario.layers.iter().enumerate();
        layers.map(move |(number, layer)| root.inside(Node::Layer(layer), number))
    }

    fn effects(self) -> impl Iterator<Item = Place<'a>> {
        let root = self.root();
        let effects = self.document.scenario.effects.iter().enumerate();
        effects.map(move |(number, effect)| root.inside(Node::Effect(effect), number))
    }

    fn segments(self, layer: Place<'a>) -> impl Iterator<Item = Place<'a>> {
        let segments = layer.nodes.layer.map_or(&[][..], |layer| layer.segments.as_slice());
        let facts = self.facts.segments.get(layer.numbers.0).map_or(&[][..], Vec::as_slice);
        let segments = segments.iter().zip(facts).enumerate();
        segments.map(move |(number, (segment, facts))| layer.inside(Node::Segment(segment, facts), number))
    }
}

fn overlays(scene: Place<'_>) -> impl Iterator<Item = Place<'_>> {
    let overlays = scene.nodes.scene.map_or(&[][..], |scene| scene.overlays.as_slice());
    overlays.iter().enumerate().map(move |(number, overlay)| scene.inside(Node::Overlay(overlay), number))
}

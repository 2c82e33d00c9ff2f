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
    node: Node<'a>,
    outer: Nodes<'a>,
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

impl<'a> Nodes<'a> {
    fn node(&self, kind: NodeKind) -> Option<Node<'a>> {
        match kind {
            NodeKind::Scenario => self.scenario.map(|(story, facts)| Node::Scenario(story, facts)),
            NodeKind::Scene => self.scene.map(Node::Scene),
            NodeKind::Overlay => self.overlay.map(Node::Overlay),
            NodeKind::Layer => self.layer.map(Node::Layer),
            NodeKind::Segment => self.segment.map(|(segment, facts)| Node::Segment(segment, facts)),
            NodeKind::Effect => self.effect.map(Node::Effect),
        }
    }

    /// The same, and `node`.
    fn with(mut self, node: Node<'a>) -> Self {
        match node {
            Node::Scenario(story, facts) => self.scenario = Some((story, facts)),
            Node::Scene(scene) => self.scene = Some(scene),
            Node::Overlay(overlay) => self.overlay = Some(overlay),
            Node::Layer(layer) => self.layer = Some(layer),
            Node::Segment(segment, facts) => self.segment = Some((segment, facts)),
            Node::Effect(effect) => self.effect = Some(effect),
        }
        self
    }

    /// The same, and of `others` those of which there is none here.
    fn or(self, others: Self) -> Self {
        Self {
            scenario: self.scenario.or(others.scenario),
            scene: self.scene.or(others.scene),
            overlay: self.overlay.or(others.overlay),
            layer: self.layer.or(others.layer),
            segment: self.segment.or(others.segment),
            effect: self.effect.or(others.effect),
        }
    }
}

impl<'a> Place<'a> {
    /// The node of this kind that it is or lies in.
    #[inline]
    pub(super) fn node(&self, kind: NodeKind) -> Option<Node<'a>> {
        if kind == self.kind { Some(self.node) } else { self.outer.node(kind) }
    }

    /// Whether a field of a segment's `params` can be there: not in a segment that has none. Only that is known; for any
    /// other place it is `true`.
    #[inline]
    pub(super) fn has_params(&self) -> bool {
        !matches!(self.node, Node::Segment(Segment { params: None, .. }, _))
    }

    /// The RFC 6901 pointer to it in the scenario file.
    pub(super) fn pointer(&self) -> String {
        let (number, parent) = self.numbers;
        // Every task has one, and `format!` would take longer than the rest of it.
        let mut text = String::with_capacity(48);
        match self.kind {
            NodeKind::Scenario => text.push_str("/scenario"),
            NodeKind::Scene => push_step(&mut text, "/scenario/scenes/", number),
            NodeKind::Overlay => {
                push_step(&mut text, "/scenario/scenes/", parent);
                push_step(&mut text, "/overlays/", number);
            }
            NodeKind::Layer => push_step(&mut text, "/scenario/layers/", number),
            NodeKind::Segment => {
                push_step(&mut text, "/scenario/layers/", parent);
                push_step(&mut text, "/segments/", number);
            }
            NodeKind::Effect => push_step(&mut text, "/scenario/effects/", number),
        }
        text
    }

    /// When what is made of it is done: everything of one pass comes before the next one.
    pub(super) fn pass(&self) -> u32 {
        match (self.node, self.outer.effect, self.outer.layer) {
            (Node::Effect(effect), ..) | (_, Some(effect), _) => effect.pass.unwrap_or_default(),
            (Node::Layer(layer), ..) | (.., Some(layer)) => layer.pass.unwrap_or_default(),
            _ => 0,
        }
    }

    fn inside(&self, node: Node<'a>, number: usize) -> Self {
        let (kind, layer) = match node {
            Node::Scenario(..) => (NodeKind::Scenario, self.layer),
            Node::Scene(_) => (NodeKind::Scene, self.layer),
            Node::Overlay(_) => (NodeKind::Overlay, self.layer),
            Node::Layer(layer) => (NodeKind::Layer, Some(layer.kind)),
            Node::Segment(..) => (NodeKind::Segment, self.layer),
            Node::Effect(_) => (NodeKind::Effect, self.layer),
        };
        Self { kind, layer, node, outer: self.outer.with(self.node), numbers: (number, self.numbers.0) }
    }

    /// The same place, with the nodes of the outer one still readable where this one has none.
    fn over(mut self, outer: &Self) -> Self {
        self.outer = self.outer.or(outer.outer.with(outer.node));
        self
    }
}

#[inline]
fn push_step(text: &mut String, step: &str, number: usize) {
    text.push_str(step);
    push_number(text, number);
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
        let node = Node::Scenario(&self.document.scenario, self.facts);
        Place { kind: NodeKind::Scenario, layer: None, node, outer: Nodes::default(), numbers: (0, 0) }
    }

    /// Goes to every node: the scenario, scenes with their overlays, layers with their segments, effects. A kind of node, in a
    /// kind of layer, that is not wanted is not gone through.
    #[inline]
    pub(super) fn visit(
        self,
        is_wanted: impl Fn(NodeKind, Option<LayerKind>) -> bool,
        mut visit: impl FnMut(&Place<'a>),
    ) {
        let root = self.root();
        let mut visit = |place: &Place<'a>| {
            if is_wanted(place.kind, place.layer) {
                visit(place);
            }
        };
        visit(&root);
        for (number, scene) in self.document.scenario.scenes.iter().enumerate() {
            let scene = root.inside(Node::Scene(scene), number);
            visit(&scene);
            overlays(&scene, &mut visit);
        }
        for (number, layer) in self.document.scenario.layers.iter().enumerate() {
            let layer = root.inside(Node::Layer(layer), number);
            visit(&layer);
            if is_wanted(NodeKind::Segment, layer.layer) {
                self.segments(&layer, &mut visit);
            }
        }
        for (number, effect) in self.document.scenario.effects.iter().enumerate() {
            visit(&root.inside(Node::Effect(effect), number));
        }
    }

    /// Goes to the nodes that an `each` at `outer` goes over: those of the selected scene or layer where it has such, else
    /// those of the whole scenario.
    pub(super) fn each(self, each: &EachTerm, outer: &Place<'a>, mut visit: impl FnMut(&Place<'a>)) {
        let selector = each.selector;
        let is_right_layer = |layer| selector.layer.is_none() || selector.layer == layer;
        match (outer.kind, selector.node) {
            (NodeKind::Scene, NodeKind::Overlay) => overlays(outer, &mut visit),
            (NodeKind::Layer, NodeKind::Segment) if is_right_layer(outer.layer) => self.segments(outer, &mut visit),
            _ => self
                .visit(|kind, layer| kind == selector.node && is_right_layer(layer), |place| visit(&place.over(outer))),
        }
    }

    fn segments(self, layer: &Place<'a>, visit: &mut impl FnMut(&Place<'a>)) {
        let Node::Layer(Layer { segments, .. }) = layer.node else { return };
        let facts = self.facts.segments.get(layer.numbers.0).map_or(&[][..], Vec::as_slice);
        // One place is moved along: there may be thousands, and most of it stays the same.
        let mut place = Place {
            kind: NodeKind::Segment,
            outer: layer.outer.with(layer.node),
            numbers: (0, layer.numbers.0),
            ..*layer
        };
        for (number, (segment, facts)) in segments.iter().zip(facts).enumerate() {
            place.node = Node::Segment(segment, facts);
            place.numbers.0 = number;
            visit(&place);
        }
    }
}

fn overlays<'a>(scene: &Place<'a>, visit: &mut impl FnMut(&Place<'a>)) {
    let Node::Scene(Scene { overlays, .. }) = scene.node else { return };
    for (number, overlay) in overlays.iter().enumerate() {
        visit(&scene.inside(Node::Overlay(overlay), number));
    }
}

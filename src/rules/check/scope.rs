//! What can be read at a place of a rule, and what is known to be there.

use std::sync::Arc;

use crate::diagnostic::Source;
use crate::scenario::LayerKind;
use crate::scenario::field::{Field, NodeKind};

use super::super::term::Selector;

/// Whether a node can be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readable {
    No,
    In(Option<LayerKind>),
}

/// A place of a rule: its file, the nodes that can be read, and the fields that are known to have a value.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub(super) source: &'a Arc<Source>,
    /// The selected node.
    pub(super) selector: Selector,
    /// By node kind: whether it can be read, and the kind of its layer if that is known.
    nodes: [Readable; NodeKind::ALL.len()],
    present: Vec<(NodeKind, &'static str)>,
    trusting: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn new(source: &'a Arc<Source>, selector: Selector) -> Self {
        let empty =
            Self { source, selector, nodes: [Readable::No; NodeKind::ALL.len()], present: Vec::new(), trusting: false };
        empty.inside(selector)
    }

    /// The scope of an item of `each`: its nodes hide outer ones of the same kind.
    pub(super) fn inside(&self, selector: Selector) -> Self {
        let mut inner = self.clone();
        inner.selector = selector;
        for kind in with_parents(selector.node) {
            // Only the outer node of that kind was known to have the field. The scenario is always the same.
            if *kind != NodeKind::Scenario {
                inner.present.retain(|(known, _)| known != kind);
            }
            if let Some(node) = inner.nodes.get_mut(*kind as usize) {
                *node = Readable::In(selector.layer);
            }
        }
        inner
    }

    /// The same scope in another file.
    pub(super) fn in_file(&self, source: &'a Arc<Source>) -> Self {
        Self { source, ..self.clone() }
    }

    pub(super) fn can_read(&self, kind: NodeKind) -> bool {
        self.nodes.get(kind as usize).is_some_and(|node| *node != Readable::No)
    }

    /// The words that a path can begin with here.
    pub(super) fn heads(&self) -> Vec<&'static str> {
        let nodes = NodeKind::ALL.into_iter().rev().filter(|kind| self.can_read(*kind)).map(NodeKind::word);
        nodes.chain(["decision", "signal", "setting"]).collect()
    }

    pub(super) fn is_certain(&self, kind: NodeKind, field: &Field) -> bool {
        let layer = match self.nodes.get(kind as usize) {
            Some(Readable::In(layer)) => *layer,
            _ => None,
        };
        self.trusting || field.presence.is_certain(layer) || self.present.contains(&(kind, field.path))
    }

    /// Takes every field to be there: a line that could not be read may have said so.
    pub(super) fn trust(&mut self) {
        self.trusting = true;
    }

    pub(super) fn is_trusting(&self) -> bool {
        self.trusting
    }

    pub(super) fn now_present(&mut self, kind: NodeKind, path: &'static str) {
        self.present.push((kind, path));
    }
}

/// A node of this kind, and the nodes that it lies in.
fn with_parents(kind: NodeKind) -> &'static [NodeKind] {
    match kind {
        NodeKind::Scenario => &[NodeKind::Scenario],
        NodeKind::Scene => &[NodeKind::Scene, NodeKind::Scenario],
        NodeKind::Overlay => &[NodeKind::Overlay, NodeKind::Scene, NodeKind::Scenario],
        NodeKind::Layer => &[NodeKind::Layer, NodeKind::Scenario],
        NodeKind::Segment => &[NodeKind::Segment, NodeKind::Layer, NodeKind::Scenario],
        NodeKind::Effect => &[NodeKind::Effect, NodeKind::Scenario],
    }
}

//! What can be read at a place of a rule, and what is known there.

use std::sync::Arc;

use crate::diagnostic::Source;
use crate::scenario::LayerKind;
use crate::scenario::field::{Field, NodeKind};

use super::super::boxes::{Boxes, Context};
use super::super::term::Selector;

/// Whether a node can be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readable {
    No,
    In(Option<LayerKind>),
}

/// What a condition decides about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Whether the rule fires.
    When,
    /// Whether the scenario may be as it is.
    Require,
    /// Which branch is taken.
    Branch,
    /// Which nodes an `each` goes over.
    Each,
    /// Whether one alternative of several holds.
    Alternative,
    /// A value; whatever it is, nobody has to hear of it.
    Value,
}

/// A place of a rule: its file, the nodes that can be read, and what is known of their fields.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub(super) source: &'a Arc<Source>,
    /// The selected node.
    pub(super) selector: Selector,
    /// What the next condition decides about.
    pub(super) asked: Asked,
    /// Whether that is only a part of it: something stands beside it.
    pub(super) is_part: bool,
    /// By node kind: whether it can be read, and the kind of its layer if that is known.
    nodes: [Readable; NodeKind::ALL.len()],
    /// Where it can be reached.
    context: Arc<Context>,
    trusting: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn new(source: &'a Arc<Source>, selector: Selector) -> Self {
        let empty = Self {
            source,
            selector,
            asked: Asked::Value,
            is_part: false,
            nodes: [Readable::No; NodeKind::ALL.len()],
            context: Arc::new(Context::of(selector)),
            trusting: false,
        };
        empty.inside(selector)
    }

    /// The scope of an item of `each`: its nodes hide outer ones of the same kind.
    pub(super) fn inside(&self, selector: Selector) -> Self {
        let mut inner = self.clone();
        inner.selector = selector;
        let kinds = with_parents(selector.node);
        // The layer that an `each` goes over is not the one that the selected segment lies in.
        let is_apart = selector.node == NodeKind::Layer && self.can_read(NodeKind::Segment);
        let context = self.context.inside(selector, kinds);
        inner.context = Arc::new(if is_apart { context.without_layers() } else { context });
        for kind in kinds {
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

    /// The same scope, for a condition that decides about something else.
    pub(super) fn asking(&self, asked: Asked) -> Self {
        Self { asked, is_part: false, ..self.clone() }
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
        self.trusting || field.presence.is_certain(layer) || self.context.has(kind, field)
    }

    /// Takes every field to be there: a line that could not be read may have said so.
    pub(super) fn trust(&mut self) {
        self.trusting = true;
    }

    pub(super) fn is_trusting(&self) -> bool {
        self.trusting
    }

    pub(super) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// From here on `boxes` are known to hold.
    pub(super) fn learn(&mut self, boxes: Option<&Boxes>) {
        self.context = Arc::new(self.context.narrowed(boxes));
    }
}

/// A node of this kind, and the nodes that it lies in.
pub(crate) fn with_parents(kind: NodeKind) -> &'static [NodeKind] {
    match kind {
        NodeKind::Scenario => &[NodeKind::Scenario],
        NodeKind::Scene => &[NodeKind::Scene, NodeKind::Scenario],
        NodeKind::Overlay => &[NodeKind::Overlay, NodeKind::Scene, NodeKind::Scenario],
        NodeKind::Layer => &[NodeKind::Layer, NodeKind::Scenario],
        NodeKind::Segment => &[NodeKind::Segment, NodeKind::Layer, NodeKind::Scenario],
        NodeKind::Effect => &[NodeKind::Effect, NodeKind::Scenario],
    }
}

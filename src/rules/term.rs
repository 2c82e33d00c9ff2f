//! Checked values and conditions: every name is looked up, every type holds.

use std::sync::Arc;

use crate::decide::DecisionField;
use crate::scenario::LayerKind;
use crate::scenario::field::{Field, NodeKind};
use crate::value::Value;

use super::ast::Comparator;
use super::mark::Mark;

/// Which nodes a rule or an `each` is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) node: NodeKind,
    pub(crate) layer: Option<LayerKind>,
}

/// A value that is known when a scenario is.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    Constant(Value<'static>),
    Field(NodeKind, &'static Field),
    Decision(&'static DecisionField),
    /// What the prompt says of a signal.
    Signal(Arc<str>),
    /// The main asset, if there is one.
    Main,
    /// The first that is there.
    FirstOf(Vec<Self>),
    If(Box<Condition>, Box<[Self; 2]>),
    /// The number of characters; 0 where there is no text.
    Length(Box<Self>),
    List(Vec<Self>),
    Each(Box<EachTerm>),
}

#[derive(Clone, Debug)]
pub(crate) struct EachTerm {
    pub(crate) selector: Selector,
    pub(crate) condition: Condition,
    pub(crate) item: Item,
}

/// What an `each` makes of each node.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Value(Term),
    Cue(Box<CueTerm>),
}

/// What makes a cue.
#[derive(Clone, Debug)]
pub(crate) struct CueTerm {
    pub(crate) start: Term,
    pub(crate) end: Term,
    pub(crate) text: Term,
    pub(crate) words: Option<Term>,
}

/// What may hold or not.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Constant(bool),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// A term of type Bool.
    True(Term),
    /// The term is one of these.
    Is(Term, Vec<Term>),
    Compare(Term, Comparator, Term),
    Exists(Term),
    /// It is there and, for a text, not blank.
    Filled(Term),
    /// A condition whose answers are counted: in a set that is loaded with its ways marked, and in no other.
    Marked(Arc<Mark>, Box<Self>),
}

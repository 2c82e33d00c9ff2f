//! A rule set as it is written: one file, names not looked up yet.

use std::sync::Arc;

use crate::diagnostic::{Location, Source, SourceSpan};

/// Something and where it stands. Two of them are equal if they say the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The thing.
    pub node: T,
    /// Its place in its file.
    pub span: SourceSpan,
}

impl<T> Spanned<T> {
    pub(crate) fn new(node: T, span: SourceSpan) -> Self {
        Self { node, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

/// A name and where it stands.
pub type Name = Spanned<String>;

/// Something together with the file that it comes from: after linking, a rule's parts may come from several files.
#[derive(Clone, Debug)]
pub struct Sited<T> {
    /// The thing.
    pub node: T,
    /// Its file.
    pub source: Arc<Source>,
}

impl<T> Sited<T> {
    pub(crate) fn new(node: T, source: &Arc<Source>) -> Self {
        Self { node, source: Arc::clone(source) }
    }

    pub(crate) fn at(&self, span: SourceSpan) -> Location {
        Location::new(&self.source, span)
    }
}

impl<T> Sited<Spanned<T>> {
    pub(crate) fn location(&self) -> Location {
        self.at(self.node.span)
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct Ast {
    /// The file.
    pub source: Arc<Source>,
    /// What stands in it, in order.
    pub items: Vec<Item>,
    /// Whether a part of it could not be read: then what nothing seems to use may be used there.
    pub broken: bool,
}

/// What can stand at the left edge.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `language 1`
    Language(Name),
    /// `extend "default"`
    Extend(Name),
    /// `setting NAME = literal`
    Setting(Assignment),
    /// `style NAME { … }`
    Style(StyleBlock),
    /// `signal NAME = prompt mentions "…", "…"`
    Signal(SignalItem),
    /// `prompt refuses after "…", "…"`
    Turn(TurnItem),
    /// `decide by "script.rhai"`
    Decide(Name),
    /// `rule NAME { … }`, `locked rule NAME { … }`
    Rule(RuleBlock),
    /// `override NAME { … }`
    Override(RuleBlock),
    /// `disable NAME`
    Disable(Name),
}

/// `name = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Expression,
}

/// A style and its properties.
#[derive(Clone, Debug, PartialEq)]
pub struct StyleBlock {
    /// Its name.
    pub name: Name,
    /// `property = literal`, in order.
    pub properties: Vec<Assignment>,
}

/// A signal and the phrases that it listens for.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalItem {
    /// Its name.
    pub name: Name,
    /// Whether they are added to the parent's: `prompt also mentions`.
    pub also: bool,
    /// The phrases.
    pub phrases: Vec<PhraseText>,
}

/// `"…"`, `exactly "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseText {
    /// The words.
    pub text: Name,
    /// Whether only their very form counts.
    pub exact: bool,
}

/// What words around a phrase do to it.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnItem {
    /// `refuses`, `joins` and so on.
    pub verb: Name,
    /// `after`, `by` and so on.
    pub how: Name,
    /// The words.
    pub phrases: Vec<PhraseText>,
}

/// A rule, or what an `override` says of one.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleBlock {
    /// Its name.
    pub name: Name,
    /// Whether it is a `locked rule`.
    pub locked: bool,
    /// `for …`; more than one is a mistake.
    pub selectors: Vec<SelectorText>,
    /// `when …`: all must hold.
    pub conditions: Vec<Expression>,
    /// `require … "…"`.
    pub requirements: Vec<Requirement>,
    /// `make … { … }`.
    pub makes: Vec<Make>,
    /// Whether a line of it was not understood: then what is missing may stand there.
    pub broken: bool,
}

/// `segment in video layer`; equal to another one that says the same.
#[derive(Clone, Debug)]
pub struct SelectorText {
    /// The node's word.
    pub node: Name,
    /// The layer's kind.
    pub layer: Option<Name>,
    /// The whole.
    pub span: SourceSpan,
}

impl PartialEq for SelectorText {
    fn eq(&self, other: &Self) -> bool {
        (&self.node, &self.layer) == (&other.node, &other.layer)
    }
}

/// `require condition "message"`; equal to another one that says the same.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// What must hold.
    pub condition: Expression,
    /// What to say where it does not.
    pub message: String,
    /// The whole.
    pub span: SourceSpan,
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Self) -> bool {
        (&self.condition, &self.message) == (&other.condition, &other.message)
    }
}

/// `make task { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Make {
    /// The task type.
    pub task: Name,
    /// `param = value`, in order.
    pub params: Vec<Assignment>,
    /// Whether a line of it was not understood.
    pub broken: bool,
}

/// A value or a condition.
pub type Expression = Spanned<Expr>;

impl Expression {
    /// Whether `test` holds of it or of any part of it.
    pub(crate) fn mentions(&self, test: &dyn Fn(&Expr) -> bool) -> bool {
        let any = |parts: &[Self]| parts.iter().any(|part| part.mentions(test));
        test(&self.node)
            || match &self.node {
                Expr::List(parts) | Expr::Or(parts) | Expr::And(parts) | Expr::Either(parts) => any(parts),
                Expr::Record(fields) => fields.iter().any(|field| field.value.mentions(test)),
                Expr::Each(each) => {
                    each.condition.as_ref().is_some_and(|part| part.mentions(test)) || each.item.mentions(test)
                }
                Expr::If(parts) => any(parts.as_slice()),
                Expr::Length(part) | Expr::Not(part) | Expr::Exists(part, _) => part.mentions(test),
                Expr::Is { left, right, .. } => left.mentions(test) || any(right),
                Expr::Compare(left, _, right) => left.mentions(test) || right.mentions(test),
                Expr::Text(_)
                | Expr::Quantity(..)
                | Expr::Bool(_)
                | Expr::Color(..)
                | Expr::Word(_)
                | Expr::Path(_)
                | Expr::Broken => false,
            }
    }

    /// The parts that must all hold, for a condition.
    pub(crate) fn conjuncts(&self) -> Vec<&Self> {
        match &self.node {
            Expr::And(parts) => parts.iter().flat_map(Self::conjuncts).collect(),
            _ => vec![self],
        }
    }
}

/// The kinds of [`Expression`]; what may stand where is the checker's business.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// `"…"`
    Text(String),
    /// `1.5s`, `40px`, `60%`, `2`
    Quantity(f64, Option<String>),
    /// `true`, `false`
    Bool(bool),
    /// `#ffcc00`, `#ffcc00 60%`, `black 60%`: the base, and the opacity of 1
    Color(String, Option<f64>),
    /// a bare word
    Word(String),
    /// `overlay.text`
    Path(Vec<String>),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{ start = …, end = …, text = … }`
    Record(Vec<Assignment>),
    /// `each segment when … …`
    Each(Box<Each>),
    /// `if … then … else …`
    If(Box<[Expression; 3]>),
    /// `a or b`
    Or(Vec<Expression>),
    /// `length of overlay.text`
    Length(Box<Expression>),
    /// `a and b`
    And(Vec<Expression>),
    /// `either a or b`
    Either(Vec<Expression>),
    /// `not a`
    Not(Box<Expression>),
    /// `a is b`, `a is one of b, c`; negated by `not`
    Is {
        /// What is asked about.
        left: Box<Expression>,
        /// Whether it is `is not`.
        negated: bool,
        /// What it may be.
        right: Vec<Expression>,
    },
    /// `a exists` (true), `a is absent` (false)
    Exists(Box<Expression>, bool),
    /// `a <= b`
    Compare(Box<Expression>, Comparator, Box<Expression>),
    /// What was not understood, and has been reported.
    Broken,
}

impl Expr {
    /// The expressions that it is made of, in their order.
    pub(crate) fn parts(&self) -> Vec<&Expression> {
        match self {
            Self::List(parts) | Self::Or(parts) | Self::And(parts) | Self::Either(parts) => parts.iter().collect(),
            Self::Record(fields) => fields.iter().map(|field| &field.value).collect(),
            Self::Each(each) => each.condition.iter().chain([&each.item]).collect(),
            Self::If(parts) => parts.iter().collect(),
            Self::Length(inner) | Self::Not(inner) | Self::Exists(inner, _) => vec![inner],
            Self::Is { left, right, .. } => std::iter::once(left.as_ref()).chain(right).collect(),
            Self::Compare(left, _, right) => vec![left, right],
            Self::Text(_)
            | Self::Quantity(..)
            | Self::Bool(_)
            | Self::Color(..)
            | Self::Word(_)
            | Self::Path(_)
            | Self::Broken => Vec::new(),
        }
    }
}

/// An order of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// `each SELECTOR when CONDITION ITEM`
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// Of which nodes.
    pub selector: SelectorText,
    /// Which of them.
    pub condition: Option<Expression>,
    /// What of each.
    pub item: Expression,
}

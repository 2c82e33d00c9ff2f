//! A walk over the words of a file that tells what each of them is, and what could come next.
//!
//! It follows the grammar as far as that is needed, and never stops: what is half written is what an editor asks about.
//! Whether a file is right is not its business; that is the checker's.

mod value;

use crate::diagnostic::SourceSpan;
use crate::scenario::field::NodeKind;
use crate::tasks::STYLE;
use crate::tasks::catalogue::{self, TaskSpec};
use crate::value::Type;

use super::sheet::{Item, Mark, Role, What};
use super::words::{Kind, Token};

pub(super) use value::expected;

/// The words that an item begins with.
pub(super) const ITEMS: [&str; 11] =
    ["language", "extend", "setting", "style", "signal", "prompt", "decide", "rule", "locked", "override", "disable"];

/// The words that a line of a rule begins with.
pub(super) const LINES: [&str; 4] = ["for", "when", "require", "make"];

/// What a block is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    Style,
    Rule {
        overriding: bool,
        name: SourceSpan,
        reach: Vec<NodeKind>,
    },
    Make {
        task: Option<&'static TaskSpec>,
    },
    /// `{ start = …, end = …, text = … }`
    Record,
}

/// The statement that is being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Its words and signs so far, before the value or condition.
    pub(super) head: Vec<SourceSpan>,
    /// The value or condition, where that has begun.
    pub(super) value: Option<Expecting>,
    /// The last token of it.
    pub(super) last: Option<Token>,
}

/// What a value or condition may go on with.
#[derive(Clone, Debug, Default)]
pub(super) struct Expecting {
    /// The type that is due.
    pub(super) due: Option<Type>,
    /// Whether a condition is being written.
    pub(super) condition: bool,
    /// The type of the path that a word would be held against.
    pub(super) beside: Option<Type>,
    /// Whether `is` has been said of that path.
    pub(super) compared: bool,
    /// Whether a selector is being written, after `each`.
    pub(super) selecting: bool,
    /// Nodes that an `each` goes over.
    pub(super) each: Vec<NodeKind>,
}

pub(super) struct Walker<'a> {
    text: &'a str,
    tokens: &'a [Token],
    marks: Vec<Mark>,
    items: Vec<Item>,
    pub(super) blocks: Vec<Block>,
    pub(super) line: Line,
    /// Statements that wait for a block in them to end.
    outer: Vec<Line>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let (marks, items, blocks) = (Vec::new(), Vec::new(), Vec::new());
        Self { text, tokens, marks, items, blocks, line: Line::default(), outer: Vec::new() }
    }

    pub(super) fn walk(&mut self) {
        for number in 0..self.tokens.len() {
            self.step(number);
        }
    }

    pub(super) fn finish(self) -> (Vec<Mark>, Vec<Item>) {
        (self.marks, self.items)
    }

    pub(super) fn slice(&self, span: SourceSpan) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn word(&self, number: usize) -> &'a str {
        self.tokens.get(number).map_or("", |token| self.slice(token.span))
    }

    fn kind(&self, number: usize) -> Option<Kind> {
        self.tokens.get(number).map(|token| token.kind)
    }

    /// The word of the head at `place`.
    pub(super) fn head(&self, place: usize) -> &'a str {
        self.line.head.get(place).map_or("", |span| self.slice(*span))
    }

    fn mark(&mut self, span: SourceSpan, role: Role) {
        self.marks.push(Mark { span, role });
    }

    fn step(&mut self, number: usize) {
        let Some(token) = self.tokens.get(number).copied() else { return };
        if token.first && !self.blocks.is_empty() && self.begins_item(number) {
            self.blocks.clear();
            self.outer.clear();
            self.line = Line::default();
        }
        match token.kind {
            Kind::Open => self.open(token),
            Kind::Close => self.close(token),
            _ => {
                self.begin(number, token);
                self.part(number, token);
            }
        }
        if let Some(item) = self.items.last_mut() {
            item.span.end = token.span.end;
            if let (Some(make), [.., Block::Make { .. } | Block::Record]) = (item.children.last_mut(), &*self.blocks) {
                make.span.end = token.span.end;
            }
        }
        if token.kind == Kind::Close {
            self.close_make(token);
        }
        self.line.last = Some(token);
    }

    /// Whether an item begins for sure: so a block that was never closed ends.
    fn begins_item(&self, number: usize) -> bool {
        let (next, sign) = (self.kind(number + 1), self.kind(number + 2));
        let named = |wanted| next == Some(Kind::Word) && sign == Some(wanted);
        match self.word(number) {
            "extend" => next == Some(Kind::Text),
            "decide" => self.word(number + 1) == "by",
            "setting" | "signal" => named(Kind::Equals),
            "style" | "rule" | "override" => named(Kind::Open),
            "locked" => self.word(number + 1) == "rule" && self.kind(number + 3) == Some(Kind::Open),
            "disable" => next == Some(Kind::Word) && sign != Some(Kind::Equals),
            "language" => next.is_some_and(|kind| kind != Kind::Equals),
            "prompt" => next == Some(Kind::Word) && !["mentions", "also"].contains(&self.word(number + 1)),
            _ => false,
        }
    }

    /// Begins a new statement where `token` is the first of one.
    fn begin(&mut self, number: usize, token: Token) {
        let word = self.word(number);
        let hangs = self.line.last.is_some_and(|last| matches!(last.kind, Kind::Equals | Kind::Comma));
        let begins = match self.blocks.last() {
            None => {
                token.kind == Kind::Word && ITEMS.contains(&word) && !hangs && {
                    // `locked rule` is one thing, and after `for`-like words a name may be a word of the language by mistake.
                    let follows_locked = word == "rule" && self.head(0) == "locked" && self.line.head.len() == 1;
                    (token.first || self.line.head.is_empty() || self.begins_item(number)) && !follows_locked
                }
            }
            Some(Block::Rule { .. }) => LINES.contains(&word),
            Some(Block::Make { .. }) if token.first && LINES.contains(&word) && self.leaves_make(number) => {
                self.blocks.pop();
                self.outer.pop();
                true
            }
            Some(Block::Make { .. } | Block::Style | Block::Record) => {
                token.kind == Kind::Word && self.kind(number + 1) == Some(Kind::Equals)
            }
        };
        if !begins {
            return;
        }
        self.line = Line::default();
        let item = || Item { word: word.to_owned(), name: token.span, span: token.span, children: Vec::new() };
        match self.blocks.last() {
            None => self.items.push(item()),
            Some(Block::Rule { .. }) if word == "make" => {
                if let Some(rule) = self.items.last_mut() {
                    rule.children.push(item());
                }
            }
            _ => {}
        }
    }

    /// Whether a line of the rule begins although the `make` was never closed.
    fn leaves_make(&self, number: usize) -> bool {
        let is_of_each = self.line.value.as_ref().is_some_and(|value| !value.each.is_empty());
        self.kind(number + 1).is_some_and(|kind| kind != Kind::Equals) && !is_of_each
    }

    fn part(&mut self, number: usize, token: Token) {
        if self.line.value.is_some() {
            self.value_part(number, token);
            return;
        }
        match self.blocks.last() {
            None => self.item_part(token),
            Some(Block::Rule { .. }) => self.line_part(token),
            Some(Block::Make { task }) => {
                let task = *task;
                self.assignment_part(token, Role::Param(task.map(|task| task.name)), |name| param_type(task, name));
            }
            Some(Block::Style) => self.assignment_part(token, Role::Property, |name| {
                STYLE.iter().find(|property| property.name == name).map(|property| property.ty)
            }),
            Some(Block::Record) => self.assignment_part(token, Role::Param(None), |name| match name {
                "start" | "end" => Some(Type::Seconds),
                "text" => Some(Type::Text),
                "words" => Some(Type::Words),
                _ => None,
            }),
        }
    }

    fn item_part(&mut self, token: Token) {
        let word = self.slice(token.span);
        let place = self.line.head.len();
        self.line.head.push(token.span);
        let inside = SourceSpan::new(token.span.start + 1, token.span.end.saturating_sub(1).max(token.span.start + 1));
        let name = match (self.head(0), place, token.kind) {
            (_, 0, Kind::Word) | ("locked" | "decide", 1, Kind::Word) => {
                self.mark(token.span, Role::Keyword);
                return;
            }
            ("extend", 1, Kind::Text) => return self.mark(inside, Role::Extend),
            ("decide", 2, Kind::Text) => return self.mark(inside, Role::Script),
            ("setting" | "signal", 2, Kind::Equals) => {
                self.line.value = (self.head(0) == "setting").then(Expecting::default);
                return;
            }
            ("signal", _, Kind::Word) if place > 2 && ["prompt", "also", "mentions", "exactly"].contains(&word) => {
                return self.mark(token.span, Role::Keyword);
            }
            ("prompt", _, Kind::Word) if place < 3 || word == "exactly" => {
                return self.mark(token.span, Role::Keyword);
            }
            ("setting", 1, Kind::Word) => Role::Define(What::Setting),
            ("style", 1, Kind::Word) => Role::Define(What::Style),
            ("signal", 1, Kind::Word) => Role::Define(What::Signal),
            ("rule", 1, Kind::Word) | ("locked", 2, Kind::Word) => Role::Define(What::Rule),
            ("override" | "disable", 1, Kind::Word) => Role::Refer(What::Rule, None),
            _ => return,
        };
        self.mark(token.span, name);
        if let Some(item) = self.items.last_mut() {
            item.name = token.span;
        }
    }

    fn line_part(&mut self, token: Token) {
        let word = self.slice(token.span);
        let place = self.line.head.len();
        self.line.head.push(token.span);
        if place == 0 {
            self.mark(token.span, Role::Keyword);
            if ["when", "require"].contains(&word) {
                self.line.value = Some(Expecting { condition: true, ..Expecting::default() });
            }
            return;
        }
        match (self.head(0), token.kind) {
            ("for", Kind::Word) => {
                if let Some(kind) = self.selector_word(token)
                    && let Some(Block::Rule { reach, .. }) = self.blocks.last_mut()
                {
                    *reach = readable(kind).to_vec();
                }
            }
            ("make", Kind::Word) if place == 1 => {
                self.mark(token.span, Role::Task);
                let make = self.items.last_mut().and_then(|rule| rule.children.last_mut());
                if let Some(make) = make {
                    make.name = token.span;
                }
            }
            _ => {}
        }
    }

    fn assignment_part(&mut self, token: Token, role: Role, due: impl Fn(&str) -> Option<Type>) {
        let place = self.line.head.len();
        self.line.head.push(token.span);
        match (place, token.kind) {
            (0, Kind::Word) => self.mark(token.span, role),
            (1, Kind::Equals) => {
                self.line.value = Some(Expecting { due: due(self.head(0)), ..Expecting::default() });
            }
            _ => {}
        }
    }

    fn open(&mut self, token: Token) {
        let block = match (self.blocks.last(), self.head(0)) {
            (None, "style") => Block::Style,
            (None, "rule" | "locked" | "override") => Block::Rule {
                overriding: self.head(0) == "override",
                name: self.line.head.last().copied().unwrap_or(token.span),
                reach: Vec::new(),
            },
            (Some(Block::Rule { .. }), "make") => Block::Make { task: catalogue::find(self.head(1)) },
            _ => Block::Record,
        };
        self.blocks.push(block);
        self.outer.push(std::mem::take(&mut self.line));
    }

    fn close(&mut self, token: Token) {
        let closed = self.blocks.pop();
        let outer = self.outer.pop().unwrap_or_default();
        // What stood around a record goes on; any other block ends its statement.
        self.line = if closed == Some(Block::Record) { outer } else { Line::default() };
        self.line.last = Some(token);
    }

    fn close_make(&mut self, token: Token) {
        if let [Block::Rule { .. }] = &*self.blocks {
            let make = self.items.last_mut().and_then(|rule| rule.children.last_mut());
            if let Some(make) = make {
                make.span.end = make.span.end.max(token.span.end);
            }
        }
    }

    /// Where the head of the innermost block stands.
    pub(super) fn block_head(&self) -> Option<usize> {
        self.outer.last().and_then(|line| line.last).map(|token| token.span.start)
    }

    /// The nodes that can be read where the walk has come to.
    pub(super) fn reach(&self) -> Vec<NodeKind> {
        let of_rule = self.blocks.iter().find_map(|block| match block {
            Block::Rule { reach, .. } => Some(reach.clone()),
            _ => None,
        });
        let mut reach = of_rule.unwrap_or_default();
        let lines = self.outer.iter().chain([&self.line]);
        for kind in lines.filter_map(|line| line.value.as_ref()).flat_map(|value| &value.each) {
            if !reach.contains(kind) {
                reach.push(*kind);
            }
        }
        reach
    }
}

/// The type of a task's parameter, of those that every task has too.
pub(super) fn param_type(task: Option<&'static TaskSpec>, name: &str) -> Option<Type> {
    match name {
        "inputs" => Some(Type::Assets),
        "output_id" => Some(Type::Id),
        _ => task.and_then(|task| task.param(name)).map(|param| param.ty),
    }
}

/// The kinds of node that can be read at one of `kind`: itself, and those that it lies in.
pub(super) fn readable(kind: NodeKind) -> &'static [NodeKind] {
    crate::rules::with_parents(kind)
}

//! The words of a value, a condition or a selector.

use crate::diagnostic::SourceSpan;
use crate::scenario::field::{self, NodeKind};
use crate::value::{LAYER, SIGNAL_STATE, Type};

use super::super::sheet::{Role, What};
use super::super::words::{Kind, Token};
use super::{Expecting, Walker, readable};

impl Walker<'_> {
    pub(super) fn value_part(&mut self, number: usize, token: Token) {
        let Some(mut value) = self.line.value.take() else { return };
        let inside = SourceSpan::new(token.span.start + 1, token.span.end.saturating_sub(1).max(token.span.start + 1));
        let setting = self.line.head.get(1).copied().filter(|_| self.blocks.is_empty());
        match (token.kind, setting) {
            (Kind::Word, Some(name)) => self.mark(token.span, Role::OfSetting(name)),
            (Kind::Text, Some(name)) => self.mark(inside, Role::OfSetting(name)),
            (Kind::Path, None) => self.path(token, &mut value),
            (Kind::Word, None) => self.value_word(number, token, &mut value),
            (Kind::Text, None) if expected(&value) == Some(Type::Style) => {
                self.mark(inside, Role::Refer(What::Style, None));
            }
            (Kind::Comma, None) if !value.compared => value.beside = None,
            _ => {}
        }
        self.line.value = Some(value);
    }

    fn path(&mut self, token: Token, value: &mut Expecting) {
        let word = self.slice(token.span);
        let (head, rest) = word.split_once('.').unwrap_or((word, ""));
        let due = expected(value);
        let behind = SourceSpan::new(token.span.start + head.len() + 1, token.span.end);
        let (role, ty) = match head {
            "signal" => (Role::Refer(What::Signal, None), Some(Type::Enum(&SIGNAL_STATE))),
            "setting" => (Role::Refer(What::Setting, due), due),
            "decision" => {
                let found = crate::decide::DECISION.iter().find(|field| field.name == rest);
                (Role::Decision, found.map(|field| field.ty))
            }
            _ => match NodeKind::from_word(head) {
                Some(kind) => (Role::Field(kind), field::find(kind, rest).map(|field| field.ty)),
                None => return,
            },
        };
        self.mark(behind, role);
        let asked = value.condition && !value.compared;
        if asked || value.due.is_none() || value.due == Some(Type::Bool) {
            value.beside = ty;
        }
    }

    fn value_word(&mut self, number: usize, token: Token, value: &mut Expecting) {
        let word = self.slice(token.span);
        if value.selecting {
            if let Some(kind) = self.selector_word(token) {
                value.each.extend(readable(kind));
            }
            let next = self.word(number + 1);
            value.selecting = ["in", "layer"].contains(&next) || word == "in";
            return;
        }
        let of_follows = self.word(number + 1) == "of";
        let after_is = value.compared;
        match word {
            "if" => {
                *value = Expecting { condition: true, due: value.due, each: value.each.clone(), ..Expecting::default() }
            }
            "then" | "else" => {
                *value = Expecting { due: value.due, each: value.each.clone(), ..Expecting::default() };
            }
            "each" => {
                value.selecting = true;
                value.each.push(NodeKind::Scenario);
            }
            "when" => value.condition = true,
            "and" | "either" => (value.beside, value.compared) = (None, false),
            "or" => {
                if value.condition && value.compared {
                    (value.beside, value.compared) = (None, false);
                }
            }
            "is" => value.compared = true,
            "one" | "length" if of_follows => {}
            "of" if ["one", "length"].contains(&self.line.last.map_or("", |last| self.slice(last.span))) => {}
            "absent" if after_is => {}
            "not" | "exists" | "true" | "false" | "main" | "in" | "layer" => {}
            _ => {
                let role = match expected(value) {
                    Some(Type::Style) => Role::Refer(What::Style, None),
                    Some(ty) => Role::Value(ty),
                    None => return,
                };
                return self.mark(token.span, role);
            }
        }
        self.mark(token.span, Role::Keyword);
    }

    /// A word of `segment in video layer`; the kind of node that it means.
    pub(super) fn selector_word(&mut self, token: Token) -> Option<NodeKind> {
        let word = self.slice(token.span);
        let (role, kind) = if LAYER.canonical(word).is_some() {
            (Role::Layer, None)
        } else if word == "in" || (word == "layer" && self.line.last.is_some_and(|last| self.is_layer(last))) {
            // `segment in video layer` is for segments, `video layer` for layers.
            let of_segment = self.line.head.iter().any(|span| self.slice(*span) == "in");
            let is_in_each = self.line.value.as_ref().is_some_and(|value| !value.each.is_empty());
            (Role::Keyword, (word == "layer" && !of_segment && !is_in_each).then_some(NodeKind::Layer))
        } else {
            (Role::Node, NodeKind::from_word(word))
        };
        self.mark(token.span, role);
        kind
    }

    fn is_layer(&self, token: Token) -> bool {
        LAYER.canonical(self.slice(token.span)).is_some()
    }
}

/// The type that a word would be read as.
pub(in crate::lsp) fn expected(value: &Expecting) -> Option<Type> {
    if value.condition || value.compared { value.beside } else { value.due.or(value.beside) }
}

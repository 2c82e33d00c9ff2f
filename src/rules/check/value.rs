//! Values: what an expression is, held against what is due.

use std::borrow::Cow;

use crate::diagnostic::{self, Diagnostic, Location, SourceSpan};
use crate::scenario::field::{self, Field, NodeKind};
use crate::value::{Type, Value};

use super::super::ast::{Expr, Expression};
use super::super::boxes::Boxes;
use super::super::mark::Choice;
use super::super::term::{Condition, Term};
use super::literal::{briefly, in_words};
use super::scope::{Asked, Scope};
use super::weigh::is_setting;
use super::{Checker, Due};

/// A checked value.
pub(super) struct Typed {
    pub(super) term: Term,
    pub(super) ty: Type,
    /// Whether it may have no value.
    pub(super) absent: bool,
    pub(super) span: SourceSpan,
}

impl Typed {
    fn constant(value: Value<'static>, ty: Type, span: SourceSpan) -> Self {
        Self { term: Term::Constant(value), ty, absent: false, span }
    }
}

/// Whether a value of type `found` can stand where `due` is wanted.
pub(super) fn fits(found: Type, due: Type) -> bool {
    // An earlier task's output is named by an id, and can stand wherever an asset can.
    found == due || (found == Type::Id && due == Type::Asset)
}

impl Checker<'_> {
    /// The value of `expression`; `None` where a mistake has been reported.
    pub(super) fn value(&mut self, expression: &Expression, scope: &Scope<'_>, due: Option<Due<'_>>) -> Option<Typed> {
        let typed = self.any_value(expression, scope, due)?;
        if let Some(parts) = &mut self.parts {
            parts.add_value(scope.source, expression.span, &typed.term);
        }
        let Some(due) = due else { return Some(typed) };
        if fits(typed.ty, due.ty) {
            return Some(typed);
        }
        let written = scope.source.slice(typed.span);
        let message = format!("{} holds {}, but `{written}` is {}", due.by, briefly(due.ty), briefly(typed.ty));
        let label = briefly(typed.ty);
        let help = match due.ty {
            Type::Enum(set) => format!("write one of {}", crate::suggest::list(set.values)),
            Type::Bool if let Type::Enum(set) = typed.ty => {
                format!("write {written} is {}", set.values.first().copied().unwrap_or_default())
            }
            ty => format!("write {}", in_words(ty)),
        };
        self.report(diagnostic::TYPE_MISMATCH, (scope.source, typed.span), message, label, help)
    }

    fn any_value(&mut self, expression: &Expression, scope: &Scope<'_>, due: Option<Due<'_>>) -> Option<Typed> {
        let span = expression.span;
        match &expression.node {
            Expr::Text(text) => self.text(text, span, scope, due),
            Expr::Quantity(number, unit) => self
                .quantity(*number, unit.as_deref(), span, scope, due)
                .map(|(value, ty)| Typed::constant(value, ty, span)),
            Expr::Bool(value) => Some(Typed::constant(Value::Bool(*value), Type::Bool, span)),
            Expr::Color(base, opacity) if due.is_some_and(|due| due.ty == Type::Background) => {
                let value = self.background(base, *opacity, span, scope)?;
                Some(Typed::constant(value, Type::Background, span))
            }
            Expr::Color(base, opacity) => {
                self.color(base, *opacity, span, scope)?;
                // No task takes a colour: the type alone matters, to be held against what is due.
                Some(Typed::constant(Value::Bool(true), Type::Color, span))
            }
            Expr::Word(word) => self.word(word, span, scope, due),
            Expr::Path(path) => match path.split_first() {
                Some((head, rest)) if head == "setting" => self.setting_use(&rest.join("."), span, scope, due),
                _ => self.path(path, span, scope),
            },
            Expr::Or(alternatives) => self.first_of(alternatives, span, scope, due),
            Expr::If(parts) => self.conditional(parts, span, scope, due),
            Expr::Length(of) => {
                let by = "`length of`";
                let text = self.value(of, scope, Some(Due { ty: Type::Text, range: None, by }))?;
                Some(Typed { term: Term::Length(Box::new(text.term)), ty: Type::Number, absent: false, span })
            }
            Expr::List(_) | Expr::Each(_) | Expr::Record(_) => {
                let message = due.map_or_else(
                    || "a list cannot stand here".to_owned(),
                    |due| format!("{} holds {}, not a list", due.by, in_words(due.ty)),
                );
                let help = "lists, records and `each` stand in `inputs` and where cues are due";
                self.report(diagnostic::MISPLACED, (scope.source, span), message, "one value is due", help)
            }
            Expr::And(_) | Expr::Either(_) | Expr::Not(_) | Expr::Is { .. } | Expr::Exists(..) | Expr::Compare(..) => {
                self.truth(expression, scope, due)
            }
            Expr::Broken => None,
        }
    }

    fn text(&mut self, text: &str, span: SourceSpan, scope: &Scope<'_>, due: Option<Due<'_>>) -> Option<Typed> {
        let owned = || Cow::Owned(text.to_owned());
        let Some(due) = due else { return Some(Typed::constant(Value::Text(owned()), Type::Text, span)) };
        match due.ty {
            // A word that is no word to the grammar, such as 9:16, is quoted.
            Type::Enum(set) => {
                let symbol = self.symbol(text, set, span, scope)?;
                Some(Typed::constant(symbol, due.ty, span))
            }
            Type::Id | Type::Asset => Some(Typed::constant(Value::Name(owned()), due.ty, span)),
            Type::Background => {
                let value = self.background(text, None, span, scope)?;
                Some(Typed::constant(value, due.ty, span))
            }
            Type::Style => self.style_name(text, span, scope),
            _ => {
                if let Some((low, high)) = due.range.filter(|_| due.ty == Type::Text) {
                    #[expect(clippy::cast_precision_loss, reason = "a text is far shorter than 2^52")]
                    let length = text.chars().count() as f64;
                    if !(low..=high).contains(&length) {
                        let message = format!("a text of {length} characters is out of range for {}", due.by);
                        let help = format!("write {low} to {high} characters");
                        let at = (scope.source, span);
                        return self.report(diagnostic::LITERAL_RANGE, at, message, "out of range", help);
                    }
                }
                Some(Typed::constant(Value::Text(owned()), Type::Text, span))
            }
        }
    }

    /// A bare word means what is due: a word of a set, a style, a colour, or the main asset.
    fn word(&mut self, word: &str, span: SourceSpan, scope: &Scope<'_>, due: Option<Due<'_>>) -> Option<Typed> {
        let at = (scope.source, span);
        let main = || {
            let known = field::find(NodeKind::Scenario, "main_asset_id");
            let certain = known.is_some_and(|field| scope.is_certain(NodeKind::Scenario, field));
            Some(Typed { term: Term::Main, ty: Type::Asset, absent: !certain, span })
        };
        let Some(due) = due else {
            if word == "main" {
                return main();
            }
            let heads = scope.heads();
            let message = format!("`{word}` says nothing here");
            let help = match crate::suggest::nearest(word, heads.iter().copied()) {
                Some(near) => format!("a path begins with a node, as in `{near}.…`"),
                None => format!("write a path, as in `{}.…`", scope.selector.node.word()),
            };
            return self.report(diagnostic::MISPLACED, at, message, "a bare word", help);
        };
        match due.ty {
            Type::Enum(set) => {
                let symbol = self.symbol(word, set, span, scope)?;
                Some(Typed::constant(symbol, due.ty, span))
            }
            Type::Style => self.style_name(word, span, scope),
            Type::Background => {
                let value = self.background(word, None, span, scope)?;
                Some(Typed::constant(value, due.ty, span))
            }
            Type::Color => {
                self.color(word, None, span, scope)?;
                Some(Typed::constant(Value::Bool(true), Type::Color, span))
            }
            Type::Asset if word == "main" => main(),
            Type::Text | Type::Id | Type::Asset => {
                let message = format!("{} holds {}, but this is a bare word", due.by, in_words(due.ty));
                let help = format!("write \"{word}\", or a path such as `{}.…`", scope.selector.node.word());
                self.report(diagnostic::TYPE_MISMATCH, at, message, "a bare word", help)
            }
            Type::Bool => {
                let asks = |field: &&Field| matches!(field.ty, Type::Enum(set) if set.canonical(word).is_some());
                let node = scope.selector.node;
                let help = match field::fields(node).iter().find(asks) {
                    Some(field) => format!("did you mean `{}.{} is {word}`?", node.word(), field.path),
                    None => {
                        "write a condition, as in overlay.format is thesis, or a path such as decision.theses".into()
                    }
                };
                let message = format!("`{word}` alone is no condition");
                self.report(diagnostic::TYPE_MISMATCH, at, message, "a bare word", help)
            }
            _ => {
                let message = format!("{} holds {}, but this is a bare word", due.by, in_words(due.ty));
                let help = format!("write {}", in_words(due.ty));
                self.report(diagnostic::TYPE_MISMATCH, at, message, "a bare word", help)
            }
        }
    }

    fn first_of(
        &mut self,
        alternatives: &[Expression],
        span: SourceSpan,
        scope: &Scope<'_>,
        mut due: Option<Due<'_>>,
    ) -> Option<Typed> {
        let mut terms = Vec::new();
        let mut ty = None;
        let mut absent = true;
        let mut complete = true;
        for (number, alternative) in alternatives.iter().enumerate() {
            let Some(typed) = self.value(alternative, scope, due) else {
                complete = false;
                continue;
            };
            ty.get_or_insert(typed.ty);
            due = due.or(Some(Due { ty: typed.ty, range: None, by: "the other side of `or`" }));
            // A parent's `or` may be needless only because of what a child's override asks.
            if self.may_tell(scope) && !typed.absent && number + 1 < alternatives.len() && absent {
                let rest = alternatives.get(number + 1).map_or(span, |next| SourceSpan::new(next.span.start, span.end));
                let left = scope.source.slice(typed.span).to_owned();
                self.found.push(
                    Diagnostic::new(diagnostic::NEEDLESS_OR, format!("`{left}` is always there"))
                        .at(Location::new(scope.source, rest))
                        .label("never used")
                        .help(format!("write {left} alone")),
                );
            }
            let written = (alternative.span, alternatives.get(number + 1).map_or(span, |next| next.span));
            self.never_there(&typed, written, scope);
            absent &= typed.absent;
            terms.push(typed.term);
        }
        complete.then_some(())?;
        Some(Typed { term: Term::FirstOf(terms), ty: ty?, absent, span })
    }

    /// An alternative that has no value here.
    fn never_there(&mut self, typed: &Typed, (written, next): (SourceSpan, SourceSpan), scope: &Scope<'_>) {
        let is_there = Boxes::of_condition(&Condition::Exists(typed.term.clone()));
        if self.may_tell(scope) && is_there.is_some_and(|boxes| !scope.context().allows(&boxes)) {
            let text = scope.source.slice(written).to_owned();
            self.found.push(
                Diagnostic::new(diagnostic::NEEDLESS_OR, format!("`{text}` is never there"))
                    .at(Location::new(scope.source, written))
                    .label("never used")
                    .help(format!("write {} alone", scope.source.slice(next))),
            );
        }
    }

    fn conditional(
        &mut self,
        parts: &[Expression; 3],
        span: SourceSpan,
        scope: &Scope<'_>,
        due: Option<Due<'_>>,
    ) -> Option<Typed> {
        let [question, then, other] = parts;
        let (mut inside, mut outside) = (scope.asking(Asked::Branch), scope.clone());
        let told = self.found.len();
        let condition = self.condition(question, &mut inside);
        if let Some(condition) = condition.as_ref().filter(|_| !question.mentions(&is_setting)) {
            outside.learn(Boxes::of_condition(condition).and_then(|boxes| boxes.not()).as_ref());
            if self.found.len() == told {
                self.branches(parts, (&inside, &outside), scope);
            }
        }
        let then = self.value(then, &inside, due);
        let due = due.or_else(|| then.as_ref().map(|then| Due { ty: then.ty, range: None, by: "the other branch" }));
        let other = self.value(other, &outside, due)?;
        let (condition, then) = (condition?, then?);
        let condition = self.mark(Choice::If, (scope.source, question.span), condition);
        let absent = then.absent || other.absent;
        let ty = other.ty;
        Some(Typed { term: Term::If(Box::new(condition), Box::new([then.term, other.term])), ty, absent, span })
    }

    /// Each branch of a conditional has to be taken somewhere.
    fn branches(&mut self, parts: &[Expression; 3], places: (&Scope<'_>, &Scope<'_>), scope: &Scope<'_>) {
        let [question, then, other] = parts;
        let dead = match (places.0.context().is_empty(), places.1.context().is_empty()) {
            (true, _) => (then, "then", "never"),
            (_, true) => (other, "else", "always"),
            _ => return,
        };
        if !self.may_tell(scope) {
            return;
        }
        let (branch, word, holds) = dead;
        let text = scope.source.slice(question.span);
        self.found.push(
            Diagnostic::new(diagnostic::NEVER_TAKEN, format!("this `{word}` is never taken"))
                .at(Location::new(scope.source, branch.span))
                .label("never taken")
                .related(Location::new(scope.source, question.span), format!("{holds} holds here"))
                .help(format!("write the other value alone, without if {text}")),
        );
    }

    /// A condition where a truth value is due.
    fn truth(&mut self, expression: &Expression, scope: &Scope<'_>, due: Option<Due<'_>>) -> Option<Typed> {
        let span = expression.span;
        if let Some(due) = due.filter(|due| due.ty != Type::Bool) {
            let message = format!("{} holds {}, but this is a condition", due.by, in_words(due.ty));
            let help = "write if CONDITION then VALUE else VALUE";
            return self.report(diagnostic::TYPE_MISMATCH, (scope.source, span), message, "a condition", help);
        }
        let condition = self.condition(expression, &mut scope.asking(Asked::Value))?;
        let constant = |value| Term::Constant(Value::Bool(value));
        let term = match condition {
            Condition::Constant(value) => constant(value),
            condition => Term::If(Box::new(condition), Box::new([constant(true), constant(false)])),
        };
        Some(Typed { term, ty: Type::Bool, absent: false, span })
    }
}

//! Conditions: what is compared with what, that absence is spoken of, and that each of them says something.

use crate::diagnostic;
use crate::value::{Type, Value};

use super::super::ast::{Comparator, Expr, Expression};
use super::super::mark::Choice;
use super::super::term::{Condition, Term};
use super::scope::{Asked, Scope};
use super::value::Typed;
use super::{Checker, Due};

const BOOL: Due<'static> = Due { ty: Type::Bool, range: None, by: "a condition" };

impl Checker<'_> {
    /// The condition of `expression`. What it says is known in `scope` afterwards.
    pub(super) fn condition(&mut self, expression: &Expression, scope: &mut Scope<'_>) -> Option<Condition> {
        if let Expr::And(parts) = &expression.node {
            let is_part = std::mem::replace(&mut scope.is_part, true);
            let parts: Vec<_> = parts.iter().map(|part| self.condition(part, scope)).collect();
            scope.is_part = is_part;
            return parts.into_iter().collect::<Option<_>>().map(Condition::All);
        }
        let told = self.found.len();
        let condition = self.question(expression, scope)?;
        if let Some(parts) = &mut self.parts {
            parts.add_condition(scope.source, expression.span, &condition);
        }
        let told = self.found.len() > told;
        self.weigh(expression, &condition, scope, told);
        Some(condition)
    }

    /// Any condition but an `and`.
    fn question(&mut self, expression: &Expression, scope: &Scope<'_>) -> Option<Condition> {
        let span = expression.span;
        match &expression.node {
            Expr::Either(written) => {
                let told = self.found.len();
                let inside = scope.asking(Asked::Alternative);
                let parts: Vec<_> = written.iter().map(|part| self.condition(part, &mut inside.clone())).collect();
                let parts: Vec<Condition> = parts.into_iter().collect::<Option<_>>()?;
                if self.found.len() == told && scope.asked != Asked::Value {
                    self.weigh_alternatives(written, &parts, scope);
                }
                let sides = written.iter().zip(parts);
                let sides = sides.map(|(side, part)| self.mark(Choice::Side, (scope.source, side.span), part));
                Some(Condition::Any(sides.collect()))
            }
            Expr::Not(inner) => {
                if let Expr::Exists(of, there) = &inner.node {
                    return self.existence(of, !there, scope);
                }
                let inner = self.condition(inner, &mut scope.asking(Asked::Value))?;
                Some(Condition::Not(Box::new(inner)))
            }
            Expr::Exists(of, there) => self.existence(of, *there, scope),
            Expr::Is { left, negated, right } => self.is(left, *negated, right, scope),
            Expr::Compare(left, comparator, right) => self.compare(left, *comparator, right, scope),
            Expr::Or(_) => {
                let text = scope.source.slice(span);
                let help = format!("write either {text}; `or` alone means \"if absent\"");
                let message = "`or` does not join conditions";
                self.report(diagnostic::MISPLACED, (scope.source, span), message, "between conditions", help)
            }
            _ => {
                let typed = self.value(expression, scope, Some(BOOL))?;
                self.said(&typed, scope)?;
                Some(Condition::True(typed.term))
            }
        }
    }

    /// What a `require` asks: a condition, or a bare path that has to be there.
    pub(super) fn requirement(&mut self, expression: &Expression, scope: &mut Scope<'_>) -> Option<Condition> {
        let Expr::Path(_) = &expression.node else { return self.condition(expression, scope) };
        let typed = self.value(expression, scope, None)?;
        if typed.ty == Type::Bool {
            return self.condition(expression, scope);
        }
        let condition = Condition::Filled(typed.term);
        if let Some(parts) = &mut self.parts {
            parts.add_condition(scope.source, expression.span, &condition);
        }
        self.weigh(expression, &condition, scope, false);
        Some(condition)
    }

    fn existence(&mut self, of: &Expression, there: bool, scope: &Scope<'_>) -> Option<Condition> {
        if !matches!(&of.node, Expr::Path(_) | Expr::Word(_) | Expr::Broken) {
            let message = "only a field can exist or be absent";
            let help = "write the path of a field, as in overlay.position exists";
            return self.report(diagnostic::MISPLACED, (scope.source, of.span), message, "not a field", help);
        }
        let typed = self.value(of, scope, None)?;
        let exists = Condition::Exists(typed.term);
        Some(if there { exists } else { Condition::Not(Box::new(exists)) })
    }

    fn is(&mut self, left: &Expression, negated: bool, right: &[Expression], scope: &Scope<'_>) -> Option<Condition> {
        let typed = self.value(left, scope, None)?;
        let by = format!("`{}`", scope.source.slice(left.span));
        let due = Due { ty: typed.ty, range: None, by: &by };
        let mut terms = Vec::new();
        let mut complete = true;
        let mut main_alone = true;
        // A setting that is a bare word is compared with bare words.
        let is_setting = matches!(&left.node, Expr::Path(path) if path.first().is_some_and(|head| head == "setting"));
        for operand in right {
            if let (Expr::Word(word), true, Type::Text) = (&operand.node, is_setting, typed.ty) {
                main_alone = false;
                terms.push(Term::Constant(Value::Text(word.clone().into())));
                continue;
            }
            let Some(other) = self.value(operand, scope, Some(due)) else {
                complete = false;
                continue;
            };
            // The main asset is the one thing of which everybody knows what its absence means: nothing is it.
            if !matches!(other.term, Term::Main) {
                main_alone = false;
                complete &= self.said(&other, scope).is_some();
            }
            terms.push(other.term);
        }
        if !main_alone && !matches!(typed.term, Term::Main) && complete {
            self.said(&typed, scope)?;
        }
        complete.then_some(())?;
        let is = Condition::Is(typed.term, terms);
        Some(if negated { Condition::Not(Box::new(is)) } else { is })
    }

    fn compare(
        &mut self,
        left: &Expression,
        comparator: Comparator,
        right: &Expression,
        scope: &Scope<'_>,
    ) -> Option<Condition> {
        let first = self.value(left, scope, None)?;
        if !matches!(first.ty, Type::Number | Type::Seconds | Type::Pixels | Type::Ratio) {
            let holds = super::literal::in_words(first.ty);
            let message = format!("`{}` has no order: it holds {holds}", scope.source.slice(left.span));
            let help = "compare numbers and times; ask `is` of the rest, and `length of` a text";
            let at = (scope.source, left.span);
            return self.report(diagnostic::TYPE_MISMATCH, at, message, "cannot be more or less", help);
        }
        let by = format!("`{}`", scope.source.slice(left.span));
        let second = self.value(right, scope, Some(Due { ty: first.ty, range: None, by: &by }))?;
        self.said(&first, scope)?;
        self.said(&second, scope)?;
        Some(Condition::Compare(first.term, comparator, second.term))
    }

    /// A condition on what may be absent has to say what absence means.
    fn said(&mut self, typed: &Typed, scope: &Scope<'_>) -> Option<()> {
        if !typed.absent {
            return Some(());
        }
        let path = scope.source.slice(typed.span).to_owned();
        let message = format!("`{path}` may be absent, and the condition does not say what that means");
        let help = format!("write ({path} or VALUE) in its place; or ask first: {path} exists and …");
        self.report(diagnostic::ABSENCE_UNSAID, (scope.source, typed.span), message, "may be absent", help)
    }
}

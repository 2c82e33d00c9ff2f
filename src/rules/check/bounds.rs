//! Parameters that are wrong whatever the scenario says: out of range, or an end before its start.

use crate::diagnostic::{self, SourceSpan};
use crate::value::{Type, Value};

use super::super::ast::Comparator;
use super::super::boxes::Boxes;
use super::super::link::LinkedMake;
use super::super::term::{Condition, Term};
use super::scope::Scope;
use super::value::Typed;
use super::{CheckedMake, Checker, Due};

impl Checker<'_> {
    /// Refuses a computed value that is never within the range that is due; a constant has been held against it already.
    pub(super) fn reaches_range(&mut self, typed: Typed, due: Due<'_>, scope: &Scope<'_>) -> Option<Typed> {
        let Some((low, high)) = due.range.filter(|_| !matches!(typed.term, Term::Constant(_))) else {
            return Some(typed);
        };
        let measured = match due.ty {
            Type::Text => Term::Length(Box::new(typed.term.clone())),
            _ => typed.term.clone(),
        };
        let (Some(least), Some(most)) = (number(due.ty, low), number(due.ty, high)) else { return Some(typed) };
        let within = Condition::All(vec![
            Condition::Compare(measured.clone(), Comparator::AtLeast, Term::Constant(least)),
            Condition::Compare(measured, Comparator::AtMost, Term::Constant(most)),
        ]);
        // Where it is absent nothing is out of range.
        let absent = Condition::Not(Box::new(Condition::Exists(typed.term.clone())));
        if can_be(&Condition::Any(vec![within, absent]), scope) {
            return Some(typed);
        }
        let (unit, scale) = match due.ty {
            Type::Seconds => ("s", 1.0),
            Type::Pixels => ("px", 1.0),
            Type::Ratio => ("%", 100.0),
            Type::Text => (" characters", 1.0),
            _ => ("", 1.0),
        };
        let text = scope.source.slice(typed.span);
        let message = format!("where the rule fires, `{text}` is always out of range for {}", due.by);
        let help = format!("it holds {}{unit} to {}{unit}; ask in a `when` for what fits", low * scale, high * scale);
        self.report(diagnostic::LITERAL_RANGE, (scope.source, typed.span), message, "out of range", help)
    }

    /// Refuses a task that ends before it begins, wherever it is made.
    pub(super) fn ends_after_start(&mut self, make: &LinkedMake, checked: &CheckedMake, scope: &Scope<'_>) {
        let term = |name: &str| checked.params.iter().find(|(param, _)| param.name == name).map(|(_, term)| term);
        let (Some(start), Some(end)) = (term("start_time"), term("end_time")) else { return };
        let written = |name: &str| make.params.iter().find(|given| given.node.name.node == name);
        let (Some(start_at), Some(end_at)) = (written("start_time"), written("end_time")) else { return };
        let start_text = start_at.source.slice(start_at.node.value.span).to_owned();
        let scope = scope.in_file(&end_at.source);
        self.backward((start, end), &start_text, end_at.node.value.span, &scope);
    }

    pub(super) fn backward(
        &mut self,
        (start, end): (&Term, &Term),
        start_text: &str,
        at: SourceSpan,
        scope: &Scope<'_>,
    ) {
        let in_order = Condition::Compare(start.clone(), Comparator::Less, end.clone());
        if can_be(&in_order, scope) {
            return;
        }
        let end_text = scope.source.slice(at).to_owned();
        let message = format!("`{end_text}` is never after the start, `{start_text}`");
        let help = format!("write an end that comes after {start_text}");
        self.report::<()>(diagnostic::BACKWARD_TIME, (scope.source, at), message, "never after the start", help);
    }
}

fn can_be(condition: &Condition, scope: &Scope<'_>) -> bool {
    let here = scope.context();
    let boxes = Boxes::of_condition(condition);
    here.is_empty() || scope.is_trusting() || boxes.is_none_or(|boxes| here.allows(&boxes))
}

fn number(ty: Type, number: f64) -> Option<Value<'static>> {
    Some(match ty {
        Type::Seconds => Value::Seconds(crate::time::Time::from_secs(number)?),
        Type::Pixels => Value::Pixels(number),
        Type::Ratio => Value::Ratio(number),
        Type::Number | Type::Text => Value::Number(number),
        _ => return None,
    })
}

//! Settings: plain values with a name, of a type that a child set cannot change.

use crate::diagnostic::{self, Diagnostic, Help, Location, SourceSpan};
use crate::suggest;
use crate::value::Value;

use super::super::ast::{Assignment, Expr, Sited};
use super::super::term::{Selector, Term};
use super::scope::Scope;
use super::value::Typed;
use super::{Checker, Due};

impl Checker<'_> {
    /// Holds every setting against its parent's, and refuses what is not a plain value.
    pub(super) fn settings(&mut self) {
        let linked = self.linked;
        for (number, setting) in linked.settings.iter().enumerate() {
            let Assignment { name, value } = &setting.assignment.node;
            let at = (&setting.assignment.source, value.span);
            let Some(kind) = kind(&value.node) else {
                if value.node != Expr::Broken {
                    let message = format!("setting `{}` is not a plain value", name.node);
                    let help = "write a text, number, colour, word, true or false";
                    self.report::<()>(diagnostic::MISPLACED, at, message, "computed", help);
                }
                continue;
            };
            if let Some(parent) = &setting.replaces
                && let Some(due) = self::kind(&parent.node.value.node)
                && due != kind
                && !(COLOURS.contains(&due) && COLOURS.contains(&kind))
            {
                self.wrong_settings.push(number);
                let written = parent.source.slice(parent.node.value.span);
                self.found.push(
                    Diagnostic::new(
                        diagnostic::TYPE_MISMATCH,
                        format!("setting `{}` is {due} in the parent set, but {kind} here", name.node),
                    )
                    .at(Location::new(at.0, at.1))
                    .label(kind)
                    .related(parent.at(parent.node.value.span), due)
                    .help(format!("write {due}, as in {} = {written}", name.node)),
                );
            }
        }
    }

    /// `setting.name`, read as what is due.
    pub(super) fn setting_use(
        &mut self,
        name: &str,
        span: SourceSpan,
        scope: &Scope<'_>,
        due: Option<Due<'_>>,
    ) -> Option<Typed> {
        let linked = self.linked;
        let mut settings = linked.settings.iter().enumerate();
        let Some((number, setting)) = settings.find(|(_, setting)| setting.assignment.node.name.node == name) else {
            let known: Vec<&str> =
                linked.settings.iter().map(|other| other.assignment.node.name.node.as_str()).collect();
            let message = format!("there is no setting `{name}`");
            let help = match suggest::nearest(name, known) {
                Some(near) => {
                    let near = format!("setting.{near}");
                    Help::instead(format!("setting.{name}"), near.as_str(), format!("did you mean `{near}`?"))
                }
                None => format!("define it at the left edge: setting {name} = …").into(),
            };
            return self.report(diagnostic::UNKNOWN_SETTING, (scope.source, span), message, "unknown setting", help);
        };
        if let Some(used) = self.used_settings.get_mut(number) {
            *used = true;
        }
        let Sited { node: Assignment { value, .. }, source } = &setting.assignment;
        if kind(&value.node).is_none() || self.wrong_settings.contains(&number) {
            return None;
        }
        let everywhere = Selector { node: crate::scenario::field::NodeKind::Scenario, layer: None };
        let outer = std::mem::take(&mut self.found);
        // A bare word is what is due; where nothing is, as on the left of `is`, it is a text.
        let read = match (&value.node, due) {
            (Expr::Word(word), None) => Some(Typed {
                term: Term::Constant(Value::Text(word.clone().into())),
                ty: crate::value::Type::Text,
                absent: false,
                span,
            }),
            _ => self.value(value, &Scope::new(source, everywhere), due),
        };
        let mistakes = std::mem::replace(&mut self.found, outer);
        let known = due.is_some_and(|due| self.misfits.contains(&(number, due.ty)));
        if !known {
            for mistake in &mistakes {
                let mut mistake = mistake.clone();
                mistake.message = format!("setting `{name}`: {}", mistake.message);
                self.found.push(mistake.related(Location::new(scope.source, span), "used here"));
            }
            if let Some(due) = due.filter(|_| read.is_none()) {
                self.misfits.push((number, due.ty));
            }
        }
        read.map(|typed| Typed { span, ..typed })
    }
}

/// A colour has a name or digits; whether a word is a colour shows where the setting is read.
const COLOURS: [&str; 2] = ["a word or text", "a colour"];

/// What kind of plain value it is, in words. A bare word and a text are one kind: both can name things.
fn kind(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::Text(_) | Expr::Word(_) => "a word or text",
        Expr::Bool(_) => "true or false",
        Expr::Color(..) => "a colour",
        Expr::Quantity(_, None) => "a plain number",
        Expr::Quantity(_, Some(unit)) => match unit.as_str() {
            "s" => "seconds",
            "px" => "pixels",
            "%" => "a percentage",
            _ => "a number with a unit",
        },
        _ => return None,
    })
}

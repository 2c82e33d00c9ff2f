//! What a condition adds at its place: something, nothing, or that the place is never reached.

use std::sync::Arc;

use crate::diagnostic::{self, Code, Diagnostic, Location};

use super::super::ast::{Expr, Expression};
use super::super::boxes::{Boxes, Context, values_of};
use super::super::term::{Condition, Term};
use super::Checker;
use super::scope::{Asked, Scope};

/// What a condition is at its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Never,
    Always,
}

impl Checker<'_> {
    /// Says if `condition` always or never holds where it stands, and lets `scope` know that it holds from here on.
    /// What a setting says is left alone: it is a switch, and the set's children may turn it.
    pub(super) fn weigh(&mut self, written: &Expression, condition: &Condition, scope: &mut Scope<'_>, told: bool) {
        if written.mentions(&is_setting) {
            return;
        }
        let boxes = Boxes::of_condition(condition);
        if let Some(boxes) = &boxes {
            if !told && self.may_tell(scope) {
                self.tell(written, condition, boxes, scope);
            }
            if matches!(scope.asked, Asked::When | Asked::Require) {
                self.said.push((Location::new(scope.source, written.span), boxes.clone()));
            }
        }
        scope.learn(boxes.as_ref());
    }

    /// Whether a finding at this place is this file's, and more than the consequence of another one.
    pub(super) fn may_tell(&self, scope: &Scope<'_>) -> bool {
        Arc::ptr_eq(scope.source, &self.linked.root) && !scope.is_trusting() && !scope.context().is_empty()
    }

    fn tell(&mut self, written: &Expression, condition: &Condition, boxes: &Boxes, scope: &Scope<'_>) {
        let weight = if !scope.context().allows(boxes) {
            Weight::Never
        } else if scope.context().implies(boxes) {
            Weight::Always
        } else {
            return;
        };
        let text = scope.source.slice(written.span);
        let alone = Context::of(scope.selector);
        let by_itself = match weight {
            Weight::Never => !alone.allows(boxes),
            Weight::Always => alone.implies(boxes),
        };
        let Some((code, message, label)) = self.verdict(weight, written, text, by_itself, scope) else { return };
        let why = Self::why(weight, condition, boxes, by_itself, scope);
        let mut found = Diagnostic::new(code, message).at(Location::new(scope.source, written.span)).label(label);
        if !by_itself && scope.asked != Asked::Each {
            let earlier = self.said.iter().find(|(_, said)| {
                let there = alone.narrowed(Some(said));
                if weight == Weight::Never { !there.allows(boxes) } else { there.implies(boxes) }
            });
            if let Some((place, _)) = earlier {
                let label = if weight == Weight::Never { "because this has to hold" } else { "says so already" };
                found = found.related(place.clone(), label);
            }
        }
        let fix = self.fix(weight, by_itself, scope);
        self.found.push(found.help(match why {
            Some(why) => format!("{why}; {fix}"),
            None => fix,
        }));
    }

    /// What is wrong: the code, the message, and the label.
    fn verdict(
        &self,
        weight: Weight,
        written: &Expression,
        text: &str,
        by_itself: bool,
        scope: &Scope<'_>,
    ) -> Option<(Code, String, &'static str)> {
        let rule = self.rule.map_or("", |rule| rule.name.node.node.as_str());
        let never = if by_itself { "never holds" } else { "cannot hold with the rest" };
        let whole = !scope.is_part;
        Some(match (weight, scope.asked) {
            (Weight::Never, Asked::When) => (diagnostic::NEVER_FIRES, format!("rule `{rule}` never fires"), never),
            // To refuse is the way to forbid something.
            (Weight::Never, Asked::Require) if written.node == Expr::Bool(false) => return None,
            (Weight::Never, Asked::Require) => {
                let message = format!("a `require` of rule `{rule}` always fails");
                (diagnostic::HOPELESS_REQUIREMENT, message, never)
            }
            (Weight::Never, Asked::Each) => {
                let message = format!("this `each` never finds a {}", scope.selector.node.word());
                (diagnostic::NEVER_TAKEN, message, never)
            }
            (Weight::Never, Asked::Alternative) => {
                (diagnostic::NEEDLESS_CONDITION, format!("`{text}` adds nothing to its `either`"), never)
            }
            (Weight::Always, Asked::Require) if whole => {
                let message = format!("a `require` of rule `{rule}` never fails");
                (diagnostic::NEEDLESS_REQUIREMENT, message, "always holds")
            }
            // Of a question and an alternative as a whole, the branches and the `either` are told.
            (Weight::Always, Asked::Branch | Asked::Alternative) if whole => return None,
            (Weight::Always, Asked::When | Asked::Require | Asked::Each | Asked::Branch | Asked::Alternative) => {
                let message = if by_itself { "always holds" } else { "says nothing new" };
                (diagnostic::NEEDLESS_CONDITION, format!("`{text}` {message}"), "holds anyway")
            }
            (Weight::Never, Asked::Branch) | (_, Asked::Value) => return None,
        })
    }

    /// Why it is so, if that is more than what the lines say of each other.
    fn why(weight: Weight, condition: &Condition, boxes: &Boxes, by_itself: bool, scope: &Scope<'_>) -> Option<String> {
        let fact = match weight {
            Weight::Never => scope.context().reason(boxes),
            Weight::Always => boxes.not().and_then(|not| scope.context().reason(&not)),
        };
        if let Some(fact) = fact {
            return Some(fact.to_owned());
        }
        if !by_itself {
            return None;
        }
        match condition {
            Condition::Exists(Term::Field(kind, field)) | Condition::Filled(Term::Field(kind, field)) => {
                Some(format!("`{}.{}` is always there", kind.word(), field.path))
            }
            Condition::Not(inner) => Self::why(weight, inner, boxes, by_itself, scope),
            Condition::Is(term, _) | Condition::Compare(term, _, Term::Constant(_)) => values_of(term),
            _ => None,
        }
    }

    /// What to do.
    fn fix(&self, weight: Weight, by_itself: bool, scope: &Scope<'_>) -> String {
        let rule = self.rule;
        let name = rule.map_or("", |rule| rule.name.node.node.as_str());
        let overridden = rule.is_some_and(|rule| !Arc::ptr_eq(&rule.name.source, scope.source));
        match (weight, scope.asked) {
            (Weight::Never, Asked::When) if overridden => format!("to switch the rule off write disable {name}"),
            (Weight::Never, Asked::When) if by_itself => "remove the rule, or ask for something else".into(),
            (Weight::Never, Asked::When) => {
                "its `when` lines must all hold, but exclude each other; join them by either … or …".into()
            }
            (Weight::Never, Asked::Require) => {
                "ask for something that can be; to refuse it altogether write require false \"…\"".into()
            }
            (Weight::Never, Asked::Each) => "ask for something else, or leave the `each` out".into(),
            _ => "leave it out".into(),
        }
    }

    /// Of several alternatives each has to say what no earlier one says.
    pub(super) fn weigh_alternatives(&mut self, written: &[Expression], parts: &[Condition], scope: &Scope<'_>) {
        if !self.may_tell(scope) || written.iter().any(|part| part.mentions(&is_setting)) {
            return;
        }
        let mut so_far = Boxes::none();
        for (written, part) in written.iter().zip(parts) {
            let Some(boxes) = Boxes::of_condition(part) else { return };
            let here = scope.context().narrowed(Some(&boxes));
            if !here.is_empty() && here.implies(&so_far) {
                let text = scope.source.slice(written.span);
                self.found.push(
                    Diagnostic::new(diagnostic::NEEDLESS_CONDITION, format!("`{text}` adds nothing to its `either`"))
                        .at(Location::new(scope.source, written.span))
                        .label("said before")
                        .help("leave it out"),
                );
            }
            let Some(more) = so_far.or(boxes) else { return };
            so_far = more;
        }
    }
}

pub(super) fn is_setting(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.first().is_some_and(|head| head == "setting"))
}

//! Rules that wait for a decision that the script never makes.

use crate::decide::{DECISION, Decider, Decision};
use crate::diagnostic;
use crate::suggest;
use crate::value::{Type, Value};

use super::super::boxes::{Boxes, Leaf};
use super::{CheckedRule, Checker};

impl Checker<'_> {
    /// Where the prompt leaves something open, or there is none, a script does not have the only say: a rule *may* not fire.
    pub(super) fn answered(&mut self, rules: &[CheckedRule], decider: &Decider) {
        let Some(script) = decider.script() else { return };
        let without_prompt = Decision::everything();
        for (place, field) in DECISION.iter().enumerate() {
            let Some(answers) = script.answers(field) else { continue };
            let leaf = Leaf::Decision(place);
            let mut values = answers.to_vec();
            let unasked = (field.get)(&without_prompt);
            if !values.contains(&unasked) {
                values.push(unasked);
            }
            let boxes = Boxes::values(&leaf, &values);
            let path = leaf.path();
            for rule in rules.iter().filter(|rule| !rule.reached.is_empty() && !rule.reached.allows(&boxes)) {
                let Some(at) = self.line_about(rule.number, &path) else { continue };
                let message = format!("rule `{}` may never fire", rule.name);
                let help = format!(
                    "`{}` answers `{}` with {}; let it answer more, or remove the rule",
                    script.name(),
                    field.name,
                    suggest::list(&values.iter().map(|value| in_words(value)).collect::<Vec<_>>())
                );
                let label = if matches!(field.ty, Type::Bool) { "never answered so" } else { "never answered" };
                self.report::<()>(diagnostic::NEVER_FIRES, (&at.source, at.span), message, label, help);
            }
        }
    }
}

fn in_words(value: &Value<'_>) -> String {
    match value {
        Value::Symbol(word) => (*word).to_owned(),
        Value::Bool(is) => is.to_string(),
        _ => String::new(),
    }
}

//! Two rules that make the same task of the same node.

use crate::diagnostic::{self, Diagnostic};

use super::super::guard;
use super::{CheckedRule, Checker};

impl Checker<'_> {
    pub(super) fn conflicts(&mut self, rules: &[CheckedRule]) {
        for (number, second) in rules.iter().enumerate() {
            for first in rules.iter().take(number) {
                self.conflict(first, second);
            }
        }
    }

    fn conflict(&mut self, first: &CheckedRule, second: &CheckedRule) {
        let other_layers = first.selector.layer.zip(second.selector.layer).is_some_and(|(one, two)| one != two);
        if first.selector.node != second.selector.node || other_layers || !first.complete || !second.complete {
            return;
        }
        let twice = second.makes.iter().find_map(|make| {
            let other = first.makes.iter().find(|other| other.spec.name == make.spec.name)?;
            Some((other, make))
        });
        let Some((other, make)) = twice else { return };
        if guard::exclude(&first.condition, &second.condition) {
            return;
        }
        let node = first.selector.node.word();
        self.found.push(
            Diagnostic::new(
                diagnostic::CONFLICTING_RULES,
                format!("rules `{}` and `{}` make `{}` of the same {node}", first.name, second.name, make.spec.name),
            )
            .at(make.at.clone())
            .label(format!("made by `{}`", second.name))
            .related(other.at.clone(), format!("made by `{}`", first.name))
            .help(format!(
                "let their `when` lines exclude each other, as in `when {node}.… is …` and `when {node}.… is not …`; or \
                 keep one of the rules"
            )),
        );
    }
}

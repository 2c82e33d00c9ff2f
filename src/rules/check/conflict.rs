//! Two rules that make the same task of the same node.

use crate::diagnostic::{self, Diagnostic};

use super::{CheckedMake, CheckedRule, Checker};

/// Whoever has so many of them need not hear of more.
const MAX_CONFLICTS: usize = 100;

impl Checker<'_> {
    pub(super) fn conflicts(&mut self, rules: &[CheckedRule]) {
        let mut count = 0;
        for (number, second) in rules.iter().enumerate() {
            for first in rules.iter().take(number) {
                if let Some((other, make)) = same_task(first, second)
                    && let Some(found) = conflict((first, other), (second, make))
                {
                    self.found.push(found);
                    count += 1;
                    if count == MAX_CONFLICTS {
                        return;
                    }
                }
            }
        }
    }
}

/// The task that both make of nodes of one kind.
fn same_task<'r>(first: &'r CheckedRule, second: &'r CheckedRule) -> Option<(&'r CheckedMake, &'r CheckedMake)> {
    let other_layers = first.selector.layer.zip(second.selector.layer).is_some_and(|(one, two)| one != two);
    if first.selector.node != second.selector.node || other_layers || !first.complete || !second.complete {
        return None;
    }
    second.makes.iter().find_map(|make| {
        let other = first.makes.iter().find(|other| std::ptr::eq(other.spec, make.spec))?;
        Some((other, make))
    })
}

fn conflict(
    (first, other): (&CheckedRule, &CheckedMake),
    (second, make): (&CheckedRule, &CheckedMake),
) -> Option<Diagnostic> {
    let overlap = first.fires.overlap(&second.fires)?;
    let node = first.selector.node.word();
    let may = if overlap.certain { "" } else { "may " };
    let message =
        format!("rules `{}` and `{}` {may}make `{}` of the same {node}", first.name, second.name, make.spec.name);
    let place = match overlap.in_words() {
        words if words.is_empty() => format!("both fire at every {node} that they are for"),
        words => format!("both fire where {words}"),
    };
    Some(
        Diagnostic::new(diagnostic::CONFLICTING_RULES, message)
            .at(make.at.clone())
            .label(format!("made by `{}`", second.name))
            .related(other.at.clone(), format!("made by `{}`", first.name))
            .help(format!(
                "{place}; let their `when` lines exclude each other, as in `when {node}.… is …` and \
                 `when {node}.… is not …`, or keep one of the rules"
            )),
    )
}

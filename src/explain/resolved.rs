//! A chain of rule sets as one set: what stands after `extend`, `override` and `disable`, each line with its file.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::decide::SCRIPT_NAME;
use crate::diagnostic::{Source, SourceSpan};
use crate::error::Result;
use crate::rules::ast::{Assignment, Item, PhraseText, Sited};
use crate::rules::{self, LinkedRule, LinkedStyle, Written, one_line};

use super::history::{History, Line, Provenance};

/// The rule set in force, in the formatter's style, with where each line comes from behind it.
///
/// It is a rule set itself: it extends no other, and makes the same plans.
pub fn resolved(written: &Written) -> Result<String> {
    let linked = &written.linked;
    let mut page = Page { history: History(&written.layers), text: "language 1\n\n".to_owned() };
    page.about();
    for setting in &linked.settings {
        page.setting(&setting.assignment);
    }
    page.text.push('\n');
    linked.styles.iter().for_each(|style| page.style(style));
    page.text.push('\n');
    linked.signals.iter().for_each(|signal| page.signal(&signal.node.name.node));
    page.text.push('\n');
    for turn in &linked.turns {
        let head = format!("prompt {} {}", turn.node.verb.node, turn.node.how.node);
        let phrases = turn.node.phrases.iter().map(|phrase| (&turn.source, phrase)).collect::<Vec<_>>();
        page.words(&head, &Line::of(&turn.source, turn.node.verb.span), &phrases);
    }
    page.text.push('\n');
    if let Some(decide) = &linked.decide {
        let path = linked.script.as_ref().map_or(SCRIPT_NAME.to_owned(), |script| path_from(&linked.root, script));
        page.line(&format!("decide by \"{path}\""), &Line::at(&decide.location()));
    }
    page.text.push('\n');
    linked.rules.iter().for_each(|rule| page.rule(rule));
    page.disabled();
    rules::format(&Source::new(linked.root.name(), page.text))
}

struct Page<'a> {
    history: History<'a>,
    text: String,
}

impl Page<'_> {
    /// Whose rules these are.
    fn about(&mut self) {
        let files: Vec<&str> = self.history.0.iter().rev().map(|file| file.source.name()).collect();
        let _ =
            writeln!(self.text, "# {}, as it stands. Behind each line is where it comes from.\n", files.join(" over "));
    }

    fn line(&mut self, line: &str, from: &impl std::fmt::Display) {
        let _ = writeln!(self.text, "{line}  # {from}");
    }

    fn setting(&mut self, setting: &Sited<Assignment>) {
        let name = &setting.node.name.node;
        let from = self.history.setting(name);
        self.assigned(&format!("setting {name}"), setting, from);
    }

    fn assigned(&mut self, head: &str, assignment: &Sited<Assignment>, from: Option<Provenance>) {
        let here = Line::of(&assignment.source, assignment.node.name.span);
        let from = from.unwrap_or_else(|| Provenance::new(here, Vec::new()));
        let value = assignment.node.value.one_line(&assignment.source);
        self.line(&format!("{head} = {value}"), &from);
    }

    /// On one line if it was, and if all of it stands there.
    fn style(&mut self, style: &LinkedStyle) {
        let name = &style.name.node.node;
        let here = Line::at(&style.name.location());
        let from = |property: &Sited<Assignment>| self.history.property(name, &property.node.name.node);
        let is_here = |from: Option<Provenance>| from.is_some_and(|from| from.line == here && from.over.is_empty());
        if style.properties.iter().all(|property| is_here(from(property))) {
            let one = |property: &Sited<Assignment>| {
                let Assignment { name, value } = &property.node;
                format!("{} = {}", name.node, value.one_line(&property.source))
            };
            let properties: Vec<String> = style.properties.iter().map(one).collect();
            self.line(&format!("style {name} {{ {} }}", properties.join("   ")), &here);
            return;
        }
        let from = self.history.style(name).map_or_else(|| here.to_string(), |from| from.to_string());
        self.line(&format!("style {name} {{"), &from);
        for property in &style.properties {
            let from = self.history.property(name, &property.node.name.node);
            self.assigned(&property.node.name.node, property, from);
        }
        self.text.push_str("}\n");
    }

    /// With the words that later files have added to it.
    fn signal(&mut self, name: &str) {
        let mut phrases: Vec<(&Arc<Source>, &PhraseText)> = Vec::new();
        let mut head = None;
        for file in self.history.0 {
            for item in &file.items {
                let Item::Signal(signal) = item else { continue };
                if signal.name.node != name {
                    continue;
                }
                if !signal.also {
                    phrases.clear();
                    head = Some(Line::of(&file.source, signal.name.span));
                }
                phrases.extend(signal.phrases.iter().map(|phrase| (&file.source, phrase)));
            }
        }
        if let Some(head) = head {
            self.words(&format!("signal {name} = prompt mentions"), &head, &phrases);
        }
    }

    /// The words of a line on the lines where they stand.
    fn words(&mut self, head: &str, at: &Line, phrases: &[(&Arc<Source>, &PhraseText)]) {
        let line_of = |(source, phrase): &(&Arc<Source>, &PhraseText)| Line::of(source, phrase.text.span);
        let written = |(source, phrase): &(&Arc<Source>, &PhraseText)| {
            let exactly = if phrase.exact { "exactly " } else { "" };
            format!("{exactly}{}", source.slice(phrase.text.span).trim())
        };
        let rows: Vec<_> = phrases.chunk_by(|one, next| line_of(one) == line_of(next)).collect();
        let mut rows = rows.into_iter().peekable();
        if let Some(first) = rows.peek().and_then(|row| row.first())
            && line_of(first) != *at
        {
            self.line(head, at);
        } else {
            let _ = write!(self.text, "{head} ");
        }
        while let Some(row) = rows.next() {
            let comma = if rows.peek().is_some() { "," } else { "" };
            let Some(first) = row.first() else { continue };
            let words: Vec<String> = row.iter().map(written).collect();
            self.line(&format!("{}{comma}", words.join(", ")), &line_of(first));
        }
    }

    fn rule(&mut self, rule: &LinkedRule) {
        let name = &rule.name.node.node;
        let locked = if rule.locked { "locked " } else { "" };
        self.line(&format!("\n{locked}rule {name} {{"), &Line::at(&rule.name.location()));
        let line = |source: &Arc<Source>, span: SourceSpan| (one_line(source, span), Line::of(source, span));
        if let Some(selector) = &rule.selector {
            let (text, at) = line(&selector.source, selector.node.span);
            self.line(&format!("for {text}"), &at);
        }
        let replaced: Vec<Line> = self.history.replaced_conditions(name).iter().map(Line::at).collect();
        for condition in &rule.conditions {
            let at = Line::of(&condition.source, condition.node.span);
            let text = condition.node.one_line(&condition.source);
            self.line(&format!("when {text}"), &Provenance::new(at, replaced.clone()));
        }
        for requirement in &rule.requirements {
            let (text, at) = line(&requirement.source, requirement.node.span);
            self.line(&text, &at);
        }
        for make in &rule.makes {
            let task = &make.task.node.node;
            let from = self.history.make(name, task);
            let from = from.unwrap_or_else(|| Provenance::new(Line::at(&make.task.location()), Vec::new()));
            self.line(&format!("make {task} {{"), &from);
            for param in &make.params {
                let from = self.history.param(name, task, &param.node.name.node);
                self.assigned(&param.node.name.node, param, from);
            }
            self.text.push_str("}\n");
        }
        self.text.push_str("}\n");
    }

    /// What is no longer there is told too, so that nobody looks for it in vain.
    fn disabled(&mut self) {
        for rule in self.history.disabled() {
            let (by, defined) = (Line::at(&rule.by), Line::at(&rule.defined));
            let _ = write!(self.text, "\n# {by} disables {}, which stands at {defined}\n", rule.name);
        }
    }
}

/// The path of the script from the folder of the set that was asked for.
fn path_from(root: &Source, script: &Source) -> String {
    if script.name() == SCRIPT_NAME {
        return SCRIPT_NAME.to_owned();
    }
    let place = rules::beside("", root.name());
    let folders: Vec<&str> = place.split('/').collect();
    let folders = folders.split_last().map_or(&[][..], |(_, folders)| folders);
    let steps: Vec<&str> = script.name().split('/').collect();
    let shared = folders.iter().zip(&steps).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", folders.len() - shared);
    up.chain(steps.into_iter().skip(shared)).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_named_from_the_folder_of_the_set() {
        let path = |root: &str, script: &str| path_from(&Source::new(root, ""), &Source::new(script, ""));
        assert_eq!(path("brand/own.rules", "brand/own.rhai"), "own.rhai");
        assert_eq!(path("brand/summer/own.rules", "house/own.rhai"), "../../house/own.rhai");
        assert_eq!(path("./own.rules", "house/own.rhai"), "house/own.rhai");
        assert_eq!(path("/brand/own.rules", "/own.rhai"), "../own.rhai");
        assert_eq!(path("brand/own.rules", "text.rhai"), "text.rhai");
    }
}

//! The styles that a task list brings along, as a rule set over the shipped one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::rules::{self, Program};
use crate::tasks::{Plan, Style};

/// The rule set that defines what `shipped` does not have; `None` where that has all.
pub(super) fn rules(plan: &Plan, shipped: &Program) -> Result<Option<String>, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut blocks = String::new();
    let uses = uses(plan);
    let is_own = |name: &str| plan.styles.get(name) != shipped.styles().get(name);
    for (name, style) in plan.styles.iter().filter(|(name, _)| uses.contains_key(name.as_str()) && is_own(name)) {
        if rules::is_name(name) {
            let below = shipped.styles().get(name).cloned().unwrap_or_default();
            blocks.push_str(&block(name, style, &below));
        } else {
            let message = format!("a rule set cannot have a style called `{}`", name.escape_debug());
            let pointer = format!("/styles/{}", name.replace('~', "~0").replace('/', "~1"));
            let help = "call it by a word of letters, digits and `_`, here and in the tasks";
            found.push(Diagnostic::new(diagnostic::UNSAYABLE, message).pointer(pointer).help(help));
        }
    }
    if found.has_errors() {
        return Err(found);
    }
    if blocks.is_empty() {
        return Ok(None);
    }
    let mut text = "language 1\nextend \"default\"\n".to_owned();
    // What most texts look like is what a text looks like unless it says otherwise.
    for (setting, task) in [("overlay_style", "add_text_overlay"), ("subtitle_style", "add_subtitles")] {
        let most = uses.iter().map(|(name, tasks)| (tasks.get(task).copied().unwrap_or(0), *name));
        if let Some((count, name)) = most.max_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(one.1)))
            && count > 0
            && is_own(name)
        {
            let _ = write!(text, "\nsetting {setting} = {name}");
        }
    }
    if text.contains("\nsetting") {
        text.push('\n');
    }
    text.push_str(&blocks);
    Ok(Some(text))
}

/// The findings of our own rule set, said of the plan's styles.
pub(super) fn refused(found: &Diagnostics) -> Diagnostics {
    let mut told = Diagnostics::new();
    for finding in found.iter().filter(|finding| finding.severity == crate::diagnostic::Severity::Error) {
        let why = "a rule set cannot have such a style";
        let help = finding.help.as_ref().map_or_else(|| why.to_owned(), |help| format!("{why}: {help}"));
        told.push(Diagnostic::new(diagnostic::UNSAYABLE, &finding.message).pointer("/styles").help(help));
    }
    told
}

/// How many tasks of each type name a style.
fn uses(plan: &Plan) -> BTreeMap<&str, BTreeMap<&'static str, usize>> {
    let mut uses: BTreeMap<&str, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for task in &plan.tasks {
        if let Some(style) = task.text("style") {
            *uses.entry(style).or_default().entry(task.spec.name).or_default() += 1;
        }
    }
    uses
}

/// `style name { … }`: what is different from the one below it.
fn block(name: &str, style: &Style, below: &Style) -> String {
    let lines: Vec<_> = style.said().into_iter().zip(below.said()).filter(|(own, theirs)| own != theirs).collect();
    let width = lines.iter().map(|((property, _), _)| property.len()).max().unwrap_or(0);
    let mut text = format!("\nstyle {name} {{\n");
    for ((property, value), _) in lines {
        let _ = writeln!(text, "  {property:width$} = {value}");
    }
    text.push_str("}\n");
    text
}

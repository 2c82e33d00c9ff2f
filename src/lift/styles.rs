//! The styles that a task list brings along, as a rule set over the shipped one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::rules::{self, Program};
use crate::tasks::{Align, Color, Plan, Style};

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
    let lines: Vec<_> = said(style).into_iter().zip(said(below)).filter(|(own, theirs)| own != theirs).collect();
    let width = lines.iter().map(|((property, _), _)| property.len()).max().unwrap_or(0);
    let mut text = format!("\nstyle {name} {{\n");
    for ((property, value), _) in lines {
        let _ = writeln!(text, "  {property:width$} = {value}");
    }
    text.push_str("}\n");
    text
}

/// Every property as a rule set writes it.
fn said(style: &Style) -> [(&'static str, String); 11] {
    let pixels = |number: f64| format!("{number}px");
    let align = match style.align {
        Some(Align::Left) => "left",
        Some(Align::Center) => "center",
        Some(Align::Right) => "right",
        None => "none",
    };
    [
        ("font", quoted(&style.font)),
        ("size", pixels(style.size)),
        ("bold", style.bold.to_string()),
        ("color", colour(style.color)),
        ("outline", pixels(style.outline)),
        ("outline_color", colour(style.outline_color)),
        ("shadow", pixels(style.shadow)),
        ("shadow_color", colour(style.shadow_color)),
        ("box", style.background.map_or_else(|| "none".into(), colour)),
        ("padding", pixels(style.padding)),
        ("align", align.into()),
    ]
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// `white`, `#ffcc00`, `black 60%`.
fn colour(colour: Color) -> String {
    let opaque = Color { opacity: 255, ..colour };
    let known = crate::tasks::color_names().find(|name| Color::parse(name) == Some(opaque));
    let base = known.map_or_else(|| opaque.to_string(), str::to_owned);
    if colour.opacity == 255 {
        return base;
    }
    let percent = f64::from(colour.opacity) / 255.0 * 100.0;
    // As few digits as lead back to the same opacity.
    let written = (0..=2).map(|digits| format!("{percent:.digits$}")).find(|written| {
        let share = written.parse::<f64>().unwrap_or_default() / 100.0;
        opaque.with_opacity(share) == colour
    });
    format!("{base} {}%", written.unwrap_or_else(|| percent.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opacity_is_written_so_that_it_comes_back() {
        for opacity in 0..=255 {
            let given = Color { red: 1, green: 2, blue: 3, opacity };
            let text = format!("language 1\nstyle a {{ color = {} }}\n", colour(given));
            let source = crate::diagnostic::Source::new("a.rules", text.as_str());
            let (program, _) = rules::load(&source, &rules::from_disk).unwrap_or_else(|_| unreachable!("{text}"));
            assert_eq!(program.styles().get("a").map(|style| style.color), Some(given), "{text}");
        }
    }
}

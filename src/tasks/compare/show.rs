//! A difference as lines: `-` what is gone, `+` what is new, `~` what has changed and how.

use std::fmt;

use serde_json::Value as Json;

use crate::diagnostic::Colour;
use crate::tasks::show::{in_short, shortened};
use crate::value::Value;

use super::{Change, Difference, TaskChange, ValueChange, json};

impl ValueChange {
    pub(super) fn new(name: &str, before: Option<&Value<'_>>, after: Option<&Value<'_>>) -> Self {
        let shown = match (before, after) {
            (Some(Value::Cues(old)), Some(Value::Cues(new))) if old.len() == new.len() => {
                let other = old.iter().zip(new).filter(|(old, new)| old != new).count();
                format!("{other} of {} cues", old.len())
            }
            _ => arrow(&before.map_or_else(none, in_short), &after.map_or_else(none, in_short)),
        };
        Self { name: name.to_owned(), before: json(&before), after: json(&after), shown }
    }

    pub(super) fn of_text(name: &str, before: Option<&str>, after: Option<&str>) -> Self {
        let shown = arrow(before.unwrap_or("none"), after.unwrap_or("none"));
        Self { name: name.to_owned(), before: json(&before), after: json(&after), shown }
    }

    /// A property of a style, all of whose numbers are pixels.
    pub(super) fn of_property(name: &str, before: &Json, after: &Json) -> Self {
        let word = |value: &Json| match value {
            Json::Null => none(),
            Json::String(text) => shortened(text, 36),
            Json::Number(number) => format!("{}px", number.as_f64().unwrap_or_default()),
            other => other.to_string(),
        };
        let shown = arrow(&word(before), &word(after));
        Self { name: name.to_owned(), before: before.clone(), after: after.clone(), shown }
    }
}

fn none() -> String {
    "none".into()
}

fn arrow(before: &str, after: &str) -> String {
    format!("{before} → {after}")
}

impl Difference {
    /// Lines for a person: what differs, then how much.
    #[must_use]
    pub fn show(&self, colour: Colour) -> String {
        let shown: Vec<&TaskChange> = self.tasks.iter().filter(|task| task.change != Change::Same).collect();
        let width =
            |text: fn(&TaskChange) -> &str| shown.iter().map(|task| text(task).chars().count()).max().unwrap_or(0);
        let (types, times) = (width(|task| task.task), width(|task| &task.when));
        let mut lines = Vec::new();
        for task in &shown {
            let (sign, paint) = match task.change {
                Change::Removed => ('-', "\u{1b}[31m"),
                Change::Added => ('+', "\u{1b}[32m"),
                Change::Changed | Change::Same => ('~', "\u{1b}[33m"),
            };
            let head = format!("{sign} {:types$}  {:times$}  {}", task.task, task.when, task.what);
            let line = painted(head.trim_end(), paint, colour);
            let changes = changes(task);
            lines.push(if changes.is_empty() { line } else { format!("{line}: {changes}") });
        }
        let yellow = |text: &str| painted(text, "\u{1b}[33m", colour);
        let said = |changes: &[ValueChange]| {
            changes.iter().map(|change| format!("{} {}", change.name, change.shown)).collect::<Vec<_>>().join(", ")
        };
        lines.extend(
            self.styles
                .iter()
                .map(|style| format!("{}: {}", yellow(&format!("~ style {}", style.name)), said(&style.properties))),
        );
        lines.extend(
            self.assets.iter().map(|asset| format!("{}: {}", yellow(&format!("~ asset {}", asset.name)), asset.shown)),
        );
        lines.extend(self.main_asset_id.iter().map(|main| format!("{}: {}", yellow("~ main_asset_id"), main.shown)));
        lines.push(self.summary());
        lines.join("\n") + "\n"
    }

    fn summary(&self) -> String {
        let same = self.count(Change::Same);
        let tasks = |count: usize| format!("{count} task{}", if count == 1 { "" } else { "s" });
        if self.is_none() {
            return format!("the plans are the same: {}", tasks(same));
        }
        let parts = [
            (self.count(Change::Changed), "changed"),
            (self.count(Change::Added), "added"),
            (self.count(Change::Removed), "removed"),
        ];
        let told: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        let told = if told.is_empty() { "no task differs".to_owned() } else { told.join(", ") };
        format!("{told}; {} the same", tasks(same))
    }
}

fn changes(task: &TaskChange) -> String {
    let moved = task.before.zip(task.after).filter(|_| task.moved);
    let moved = moved.map(|(before, after)| format!("place in the list {before} → {after}"));
    let params = task.params.iter().map(|change| format!("{} {}", change.name, change.shown));
    params.chain(moved).collect::<Vec<_>>().join(", ")
}

fn painted(text: &str, paint: &str, colour: Colour) -> String {
    match colour {
        Colour::Always => format!("{paint}{text}\u{1b}[0m"),
        Colour::Never => text.to_owned(),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show(Colour::Never))
    }
}

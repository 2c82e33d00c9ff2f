//! Tasks and their values in a few words, for a line that a person reads.

use crate::time::Time;
use crate::value::Value;

use super::plan::Task;

impl Task {
    /// From when to when it is seen or heard, e.g. `2.9–5.9 s`; empty where it has no such times.
    #[must_use]
    pub fn when(&self) -> String {
        let range = |start: Time, end: Time| format!("{start}–{end} s");
        match (self.time("start_time"), self.time("end_time")) {
            (Some(start), Some(end)) => range(start, end),
            _ => match (self.cues("segments").first(), self.cues("segments").last()) {
                (Some(first), Some(last)) => range(first.start, last.end),
                _ => String::new(),
            },
        }
    }

    /// The most telling of its parameters.
    #[must_use]
    pub fn what(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.inputs.is_empty() {
            parts.push(some_of(&self.inputs));
        }
        for (name, value) in &self.params {
            match value {
                Value::Ratio(_) | Value::Number(_) => parts.push(format!("{name} {}", in_short(value))),
                Value::Seconds(time) if !matches!(*name, "start_time" | "end_time") && *time > Time::ZERO => {
                    parts.push(format!("{name} {time}s"));
                }
                Value::Bool(true) => parts.push((*name).to_owned()),
                // What does nothing says nothing.
                Value::Symbol("none") if *name == "motion" => {}
                Value::Seconds(_) | Value::Bool(false) | Value::Names(_) => {}
                _ => parts.push(in_short(value)),
            }
        }
        if let Some(id) = &self.output_id {
            parts.push(format!("→ {id}"));
        }
        shortened(&parts.join(" "), 72)
    }
}

/// A value as a rule would write it, short enough for a line.
pub(crate) fn in_short(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => format!("“{}”", shortened(text, 36)),
        Value::Name(name) => name.to_string(),
        Value::Symbol(word) => (*word).to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Seconds(time) => format!("{time}s"),
        Value::Pixels(pixels) => format!("{pixels}px"),
        Value::Ratio(share) => format!("{}%", (share * 1000.0).round() / 10.0),
        Value::Names(names) => some_of(names),
        Value::Cues(cues) if cues.len() == 1 => "1 cue".to_owned(),
        Value::Cues(cues) => format!("{} cues", cues.len()),
        Value::Words(words) => format!("{} words", words.len()),
    }
}

fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<&str> = names.iter().take(4).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(4);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// The beginning of a text, on one line.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most { line } else { line.chars().take(most - 1).chain(['…']).collect() }
}

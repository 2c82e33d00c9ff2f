//! What a case makes, as a person reads it and as `diff` compares it: one thing a line, in the notation of the rules.
//!
//! A line of a rule file has no place in it: rules are named, so that a line more in the shipped set changes nothing.

use std::fmt::Write as _;

use crate::decide::State;
use crate::diagnostic::{Diagnostic, Severity};
use crate::tasks::{Plan, Task};
use crate::value::Cue;

use super::notation::{self, GAP, list, quoted, span, value, visible, word};
use super::run::Outcome;

/// The text of an outcome, with a newline at its end.
#[must_use]
pub fn snapshot(outcome: &Outcome) -> String {
    let mut text =
        String::from("# What this case makes. `callsheet test --accept` writes it anew; do not edit it.\n\n");
    decided(outcome, &mut text);
    for finding in &outcome.found {
        found(finding, &mut text);
    }
    if let Some(plan) = &outcome.plan {
        tasks(plan, &mut text);
    }
    text
}

fn decided(outcome: &Outcome, text: &mut String) {
    let Some(verdict) = &outcome.decided else { return };
    let decision = &verdict.decision;
    let parts = [
        format!("theses = {}", decision.theses),
        format!("subtitles = {}", decision.subtitles),
        format!("source = {}", decision.source),
    ];
    let _ = writeln!(text, "decision {{ {} }}", parts.join(GAP));
    let heard = verdict.readings.iter().filter(|reading| reading.state != State::Silent);
    let heard: Vec<String> = heard.map(|reading| format!("{} = {}", reading.name, reading.state.word())).collect();
    if !heard.is_empty() {
        let _ = writeln!(text, "signals {{ {} }}", heard.join(GAP));
    }
    if outcome.awaits_subtitles {
        let _ = writeln!(text, "# the subtitles are made when the media are there, from {}", decision.source);
    }
}

fn found(finding: &Diagnostic, text: &mut String) {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = finding.pointer.as_ref().map(|pointer| format!(" at {}", visible(pointer))).unwrap_or_default();
    let _ = writeln!(text, "{severity} {}{place}: {}", finding.code.as_str(), visible(&finding.message));
    for (_, words) in &finding.related {
        let _ = writeln!(text, "  {}", visible(words));
    }
}

fn tasks(plan: &Plan, text: &mut String) {
    text.push('\n');
    for task in &plan.tasks {
        let _ = writeln!(text, "{}", line(task));
        for (_, parameter) in &task.params {
            if let crate::value::Value::Cues(cues) = parameter {
                for cue in cues {
                    self::cue(cue, text);
                }
            }
        }
    }
    if !plan.styles.is_empty() {
        text.push('\n');
    }
    for (name, style) in &plan.styles {
        let _ = writeln!(text, "style {} {{ {} }}", word(name), notation::style(style));
    }
}

/// `task when { what }  by rule`
fn line(task: &Task) -> String {
    let mut line = task.spec.name.to_owned();
    let when = task.when();
    if !when.is_empty() {
        let _ = write!(line, " {when}");
    }
    let mut parts = Vec::new();
    if !task.inputs.is_empty() {
        parts.push(format!("inputs = {}", list(task.inputs.iter().map(String::as_str))));
    }
    for (name, parameter) in &task.params {
        let is_time = !when.is_empty() && matches!(*name, "start_time" | "end_time");
        if !is_time {
            parts.push(format!("{name} = {}", value(parameter)));
        }
    }
    parts.extend(task.output_id.as_ref().map(|id| format!("output_id = {}", word(id))));
    if !parts.is_empty() {
        let _ = write!(line, " {{ {} }}", parts.join(GAP));
    }
    if let Some(origin) = &task.origin {
        let _ = write!(line, "  by {}", origin.rule);
    }
    line
}

fn cue(cue: &Cue, text: &mut String) {
    let _ = write!(text, "  {} {}", span(cue.start, cue.end), quoted(&cue.text));
    for said in &cue.words {
        let _ = write!(text, "  {}–{} {}", said.start, said.end, quoted(&said.text));
    }
    text.push('\n');
}

//! One task against the catalogue: what must be set is set, numbers are in range, names are known.

use crate::diagnostic;
use crate::suggest;
use crate::tasks::catalogue::{Inputs, Need, ParamSpec};
use crate::tasks::plan::{Plan, Task};
use crate::tasks::{Background, color_names};
use crate::value::{Cue, Type, Value};

use super::Findings;

pub(super) fn check(plan: &Plan, number: usize, task: &Task, findings: &mut Findings) {
    let name = task.spec.name;
    for spec in task.spec.params {
        let at = format!("params/{}", spec.name);
        let Some(value) = task.param(spec.name) else {
            if spec.need == Need::Required {
                let message = format!("`{name}` needs `{}`: {}", spec.name, spec.doc);
                findings.push(
                    diagnostic::MISSING_TASK_PARAM,
                    number,
                    task,
                    "",
                    message,
                    format!("set `{}`", spec.name),
                );
            }
            continue;
        };
        check_range(number, task, spec, value, &at, findings);
        check_words(number, task, value, &at, findings);
        if let (Type::Background, Value::Text(text)) = (spec.ty, value)
            && Background::parse(text).is_none()
        {
            let message = format!("`{}` of `{name}` is `{}`, which is no colour", spec.name, text.escape_debug());
            let names = color_names().chain(["blur"]);
            let help = suggest::nearest(text, names).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let help = format!("{help}{}", Background::ALLOWED);
            findings.push(diagnostic::TASK_PARAM_TYPE, number, task, &at, message, help);
        }
        if let (Type::Style, Value::Name(style)) = (spec.ty, value)
            && !plan.styles.contains_key(style.as_ref())
        {
            let known: Vec<&str> = plan.styles.keys().map(String::as_str).collect();
            let message = format!("there is no style `{}`", style.escape_debug());
            let help =
                if known.is_empty() { "define it in the plan's `styles`".into() } else { suggest::help(style, &known) };
            findings.push(diagnostic::UNKNOWN_PLAN_STYLE, number, task, &at, message, help);
        }
    }
    let count = task.inputs.len();
    let (fits, wanted) = match task.spec.inputs {
        Inputs::OneOrPicture => (count <= 1, "one input, or none for the picture so far"),
        Inputs::Several => (count >= 1, "one input or more"),
        Inputs::Two => (count == 2, "two inputs"),
    };
    if !fits {
        let message = format!("`{name}` takes {wanted}, found {count}");
        findings.push(
            diagnostic::TASK_INPUTS,
            number,
            task,
            "inputs",
            message,
            "name assets or earlier outputs in `inputs`",
        );
    }
}

/// Cues that say when their words are said say it of their own words, within their own time.
fn check_words(number: usize, task: &Task, value: &Value<'_>, at: &str, findings: &mut Findings) {
    let Value::Cues(cues) = value else { return };
    for (place, cue) in cues.iter().enumerate() {
        if let Some(misfit) = Cue::misfit(&cue.text, cue.start, cue.end, &cue.words) {
            let message = format!("cue {}: {misfit}", place + 1);
            let help = "mend `words`, or leave it out: words are then spread over the cue";
            findings.push(diagnostic::WORD_TIMES, number, task, &format!("{at}/{place}/words"), message, help);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a text's length in characters")]
fn check_range(number: usize, task: &Task, spec: &ParamSpec, value: &Value<'_>, at: &str, findings: &mut Findings) {
    let (measure, unit) = match value {
        Value::Number(measure) => (*measure, ""),
        Value::Pixels(measure) => (*measure, " pixels"),
        Value::Ratio(measure) => (*measure * 100.0, " %"),
        Value::Seconds(time) => (time.as_secs(), " s"),
        Value::Text(text) => (text.chars().count() as f64, " characters"),
        _ => return,
    };
    let Some((low, high)) = spec.range else { return };
    let scale = if spec.ty == Type::Ratio { 100.0 } else { 1.0 };
    let (low, high) = (low * scale, high * scale);
    if !(low..=high).contains(&measure) {
        let message = format!("`{}` of `{}` is {measure}{unit}", spec.name, task.spec.name);
        findings.push(
            diagnostic::TASK_PARAM_RANGE,
            number,
            task,
            at,
            message,
            format!("allowed: {low} to {high}{unit}"),
        );
    }
}

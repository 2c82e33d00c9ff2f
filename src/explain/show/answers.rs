//! What rules made of a part of the scenario, and the conditions that stopped them.

use std::fmt::Write as _;

use crate::diagnostic::{Colour, Location, Remark};
use crate::tasks::Plan;

use super::super::answer::{Answer, Failed, RuleAnswer};
use super::super::node::NodeName;
use super::Paint;

/// More parts than this are not named one by one.
const MOST_NODES: usize = 8;

/// All answers: what was made, then what was not and why, then what the rest is for.
#[must_use]
pub fn answers(answers: &[RuleAnswer<'_>], plan: Option<&Plan>, colour: Colour) -> String {
    let paint = Paint::new(colour);
    let mut text = String::new();
    for answer in answers {
        if let Some(line) = made(answer, plan, paint) {
            let _ = writeln!(text, "{line}  {}", paint.place(&answer.defined.to_string()));
        }
    }
    let mut groups: Vec<Vec<&RuleAnswer<'_>>> = Vec::new();
    for answer in answers.iter().filter(|answer| place(&answer.answer).is_some()) {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| same(first, answer))) {
            Some(group) => group.push(answer),
            None => groups.push(vec![answer]),
        }
    }
    // Where one rule is asked about, what it is for is the answer; beside others it is an aside.
    let is_about_one = answers.len() == 1;
    for group in groups {
        let Some(first) = group.first() else { continue };
        if !is_about_one && matches!(first.answer, Answer::Selector { .. }) {
            continue;
        }
        if let Some(remark) = remark(first, &group) {
            if !text.is_empty() {
                text.push('\n');
            }
            let _ = writeln!(text, "{}", remark.pretty(colour));
        }
    }
    let others: Vec<String> = answers
        .iter()
        .filter_map(|answer| match &answer.answer {
            Answer::Selector { wants, .. } if !is_about_one => Some(format!("{} ({wants})", answer.rule)),
            _ => None,
        })
        .collect();
    if !others.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}for others: {}", others.join(", "));
    }
    text
}

/// What a rule made, or that it has nothing to make.
fn made(answer: &RuleAnswer<'_>, plan: Option<&Plan>, paint: Paint) -> Option<String> {
    let rule = paint.strong(answer.rule);
    let of = answer.node.as_ref().map(NodeName::short).unwrap_or_default();
    Some(match &answer.answer {
        Answer::Made { tasks } => format!("{rule} made {} of {of}", task_names(tasks, plan)),
        Answer::TookIn { tasks, of: outer, param } => {
            format!("{rule} took {of} into `{param}` of {}, made of {}", task_names(tasks, plan), outer.short())
        }
        Answer::WouldMake => format!("{rule} would make a task of {of}, but there is no plan"),
        Answer::Met => format!("{rule} makes no task; what it insists on holds for {of}"),
        _ => return None,
    })
}

fn task_names(numbers: &[usize], plan: Option<&Plan>) -> String {
    let names = numbers.iter().map(|number| {
        let task = plan.and_then(|plan| plan.tasks.get(number.checked_sub(1)?));
        match task {
            Some(task) if task.when().is_empty() => format!("task {number}, {}", task.spec.name),
            Some(task) => format!("task {number}, {} {}", task.spec.name, task.when()),
            None => format!("task {number}"),
        }
    });
    names.collect::<Vec<_>>().join(" and ")
}

fn failed(answer: &Answer) -> Option<&Failed> {
    match answer {
        Answer::When(failed) | Answer::LeftOut { failed, .. } | Answer::Require { failed, .. } => Some(failed),
        _ => None,
    }
}

/// Where the caret goes.
fn place(answer: &Answer) -> Option<&Location> {
    match answer {
        Answer::Selector { at, .. } => Some(at),
        Answer::Disabled { by, .. } => Some(by),
        Answer::Empty { at, .. } => Some(at),
        other => failed(other).map(|failed| &failed.at),
    }
}

/// Whether two answers are one rule's about one condition.
fn same(one: &RuleAnswer<'_>, other: &RuleAnswer<'_>) -> bool {
    let span = |answer: &RuleAnswer<'_>| place(&answer.answer).map(|at| at.span);
    one.rule == other.rule && span(one) == span(other)
}

fn remark(first: &RuleAnswer<'_>, group: &[&RuleAnswer<'_>]) -> Option<Remark> {
    let rule = first.rule;
    let location = place(&first.answer)?.clone();
    let nodes: Vec<&NodeName> = group.iter().filter_map(|answer| answer.node.as_ref()).collect();
    let of = match nodes.as_slice() {
        [] => "this scenario".to_owned(),
        [one] => one.short(),
        [one, ..] => format!("{} {}s", nodes.len(), one.kind),
    };
    let mut related = Vec::new();
    let (message, label) = match &first.answer {
        Answer::When(failed) => {
            related.extend(failed.over.iter().map(|at| (at.clone(), "which is in place of this".to_owned())));
            (format!("rule `{rule}` makes nothing of {of}: a condition does not hold"), failed.because.clone())
        }
        Answer::LeftOut { of: outer, failed } => (
            format!("rule `{rule}`, which goes over the {} of {}, leaves {of} out", kinds(&nodes), outer.short()),
            failed.because.clone(),
        ),
        Answer::Require { message, failed } => {
            (format!("rule `{rule}` refuses {of}: {message}"), format!("{}: this must hold", failed.because))
        }
        Answer::Empty { param, .. } => {
            (format!("rule `{rule}` makes nothing of {of}: there is not one cue"), format!("`{param}` is empty"))
        }
        Answer::Selector { wants, .. } if nodes.is_empty() => {
            (format!("rule `{rule}` makes nothing of {of}"), format!("it has no {wants}"))
        }
        Answer::Selector { .. } => {
            let about = nodes.first().map(|node| node.about.as_str()).unwrap_or_default();
            (format!("rule `{rule}` is not for {of}"), format!("{of} is none: {about}"))
        }
        Answer::Disabled { defined, .. } => {
            related.push((defined.clone(), "this rule".to_owned()));
            (format!("rule `{rule}` makes nothing: it is disabled"), "taken out here".to_owned())
        }
        _ => return None,
    };
    Some(Remark { message, location, label, related, notes: each(group) })
}

fn kinds(nodes: &[&NodeName]) -> String {
    nodes.first().map(|node| format!("{}s", node.kind)).unwrap_or_default()
}

/// The values of each part, where there are several.
fn each(group: &[&RuleAnswer<'_>]) -> Vec<String> {
    if group.len() < 2 {
        return Vec::new();
    }
    let of_node = |answer: &&RuleAnswer<'_>| {
        let name = answer.node.as_ref().map(NodeName::short)?;
        Some(match failed(&answer.answer) {
            Some(failed) => format!("{name}: {}", failed.because),
            None => name,
        })
    };
    let mut notes: Vec<String> = group.iter().take(MOST_NODES).filter_map(of_node).collect();
    if group.len() > MOST_NODES {
        notes.push(format!("and {} more", group.len() - MOST_NODES));
    }
    notes
}

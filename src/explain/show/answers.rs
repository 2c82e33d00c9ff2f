//! What rules made of a part of the scenario, and the conditions that stopped them.

use std::fmt::Write as _;

use crate::diagnostic::{Colour, Location, Remark};
use crate::tasks::Plan;

use super::super::answer::{Answer, Failed, RuleAnswer};
use super::super::made::TaskNote;
use super::super::node::NodeName;
use super::super::trace::harmless;
use super::{Paint, task_list};

/// More parts than this are not named one by one.
const MOST_NODES: usize = 8;

/// All answers: what was made, with the values of those tasks that stand in `notes`; then what was not and why; then what
/// the other rules are for.
#[must_use]
pub fn answers(answers: &[RuleAnswer<'_>], plan: Option<&Plan>, notes: &[TaskNote<'_>], colour: Colour) -> String {
    let paint = Paint::new(colour);
    let mut text = String::new();
    for answer in answers {
        if let Some(line) = made(answer, plan, paint) {
            let _ = writeln!(text, "{line}  {}", paint.place(&answer.defined.to_string()));
        }
    }
    if !notes.is_empty() {
        let _ = write!(text, "\n{}", task_list(notes, &[], colour).trim_end_matches('\n'));
        text.push('\n');
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
    if !is_about_one {
        let others = others(answers);
        let gap = if text.is_empty() || others.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{gap}{others}");
    }
    text
}

/// The rules for other parts, by what they are for.
fn others(answers: &[RuleAnswer<'_>]) -> String {
    let mut by_selector: Vec<(&str, Vec<&str>)> = Vec::new();
    for answer in answers {
        let Answer::Selector { wants, .. } = &answer.answer else { continue };
        match by_selector.iter_mut().find(|(other, _)| other == wants) {
            Some((_, rules)) => rules.push(answer.rule),
            None => by_selector.push((wants, vec![answer.rule])),
        }
    }
    let words = by_selector.iter().map(|(wants, rules)| format!("{wants} ({})", rules.join(", ")));
    let words = words.collect::<Vec<_>>().join("; ");
    if words.is_empty() { words } else { format!("other rules are for {words}\n") }
}

/// What a rule made, or that it has nothing to make.
fn made(answer: &RuleAnswer<'_>, plan: Option<&Plan>, paint: Paint) -> Option<String> {
    let rule = paint.strong(answer.rule);
    let of = answer.node.as_ref().map(NodeName::short).unwrap_or_default();
    Some(match &answer.answer {
        Answer::Made { tasks } => format!("rule {rule} makes {}, of {of}", task_names(tasks, plan)),
        Answer::TookIn { tasks, of: outer, param } => {
            let task = task_names(tasks, plan);
            format!("rule {rule}, which is for {}, takes {of} into `{param}` of {task}", outer.short())
        }
        Answer::WouldMake => format!("rule {rule} would make its task of {of}, if there were a plan"),
        Answer::Met => format!("rule {rule} makes no task; what it insists on holds for {of}"),
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

/// Where the caret goes.
fn place(answer: &Answer) -> Option<&Location> {
    match answer {
        Answer::Selector { at, .. } | Answer::Empty { at, .. } => Some(at),
        Answer::Disabled { by, .. } => Some(by),
        other => other.failed().map(|failed| &failed.at),
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
            related.extend(failed.over.iter().map(|at| (at.clone(), "an override has replaced this".to_owned())));
            (format!("rule `{rule}` makes nothing of {of}"), why(group, failed))
        }
        Answer::LeftOut { of: outer, failed } => (
            format!("rule `{rule}`, which goes over the {} of {}, leaves {of} out", kinds(&nodes), outer.short()),
            why(group, failed),
        ),
        Answer::Require { message, failed } => (format!("rule `{rule}` refuses {of}: {message}"), why(group, failed)),
        Answer::Empty { param, .. } => {
            (format!("rule `{rule}` makes nothing of {of}: there is not one cue"), format!("`{param}` is empty"))
        }
        Answer::Selector { wants, .. } if nodes.is_empty() => {
            (format!("rule `{rule}` makes nothing of {of}"), format!("it has no {wants}"))
        }
        Answer::Selector { .. } => {
            (format!("rule `{rule}` is for other parts than {of}"), "for these alone".to_owned())
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

/// What the caret says of all of them.
fn why(group: &[&RuleAnswer<'_>], first: &Failed) -> String {
    if reasons(group).len() == 1 { first.because.clone() } else { "it does not hold".to_owned() }
}

/// The parts by why the condition does not hold there.
fn reasons<'a>(group: &[&'a RuleAnswer<'_>]) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for answer in group {
        let because = answer.answer.failed().map_or("", |failed| &failed.because);
        let name = answer.node.as_ref().map_or("", |node| &node.name);
        match reasons.iter_mut().find(|(other, _)| *other == because) {
            Some((_, names)) => names.push(name),
            None => reasons.push((because, vec![name])),
        }
    }
    reasons
}

/// The values of each part, where there are several.
fn each(group: &[&RuleAnswer<'_>]) -> Vec<String> {
    if group.len() < 2 {
        return Vec::new();
    }
    let reasons = reasons(group);
    let notes = reasons.iter().map(|(because, names)| {
        let shown = names.get(..MOST_NODES).unwrap_or(names).join(", ");
        let more = names.len().saturating_sub(MOST_NODES);
        let names = harmless(&if more > 0 { format!("{shown} and {more} more") } else { shown });
        if reasons.len() == 1 { names } else { format!("{because}: {names}") }
    });
    let mut lines: Vec<String> = notes.take(MOST_NODES).collect();
    if reasons.len() > MOST_NODES {
        lines.push(format!("and {} others", reasons.len() - MOST_NODES));
    }
    lines
}

//! A scenario's plan by its rules.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use crate::compile::compile;
use crate::decide::{self, State, Verdict};
use crate::diagnostic::{Location, Remark, Source};
use crate::error::{Error, Result};
use crate::explain::{self, Asked, Explainer, Line, RuleAnswer, TaskNote};
use crate::ffmpeg::Cancel;
use crate::produce::{self, provide};
use crate::scenario::{self, NotReady, Pending, Scenario};
use crate::tasks::Plan;

use super::super::input;
use super::super::output::{Terminal, print, print_json};
use super::{Args, Format};

/// What a scenario comes to: its plan, or why it has none.
struct Outcome {
    scenario: Scenario,
    plan: Option<Plan>,
    pending: Vec<Pending>,
}

pub(super) fn run(args: &Args, path: &Path, asked: &Asked, terminal: &Terminal, cancel: &Cancel) -> Result<()> {
    let (source, folder) = input::open(path)?;
    let scenario = input::read_scenario(&source, terminal)?;
    let (program, written) = input::load_written(args.rules.as_deref(), terminal)?;
    let facts = input::facts(scenario.document(), (!args.no_probe).then_some(folder.as_path()), cancel);
    let prompt = args.prompt.as_deref().or(scenario.document().scenario.global_prompt.as_deref());
    let verdict = produce::decided(scenario.document(), prompt, &program, facts, terminal)?;
    let outcome = match scenario::ready(scenario.clone()) {
        Err(NotReady(pending)) => Outcome { scenario, plan: None, pending },
        Ok(mut ready) => {
            if !args.no_probe {
                ready = provide(ready, &verdict.decision, &source, &folder, terminal, cancel)?;
            }
            let plan = match compile(&ready, &verdict.decision, &program) {
                Ok((plan, warnings)) => {
                    terminal.findings(&warnings.located_in(&source));
                    Some(plan)
                }
                Err(found) if asked.is_whole() => return Err(Error::Invalid(found.located_in(&source))),
                Err(_) => None,
            };
            Outcome { scenario: ready.scenario().clone(), plan, pending: Vec::new() }
        }
    };
    let Outcome { scenario, plan, pending } = &outcome;
    if asked.is_whole() && !pending.is_empty() {
        return Err(Error::NotReady(NotReady(pending.clone())));
    }
    let explainer = Explainer::new(&written, scenario, &verdict.decision, plan.as_ref());
    let decision = decide::json(&verdict, facts);
    if asked.is_whole() {
        let (tasks, silent) = (explainer.tasks(), explainer.silent_rules());
        if args.format == Format::Json {
            return print_json(&json!({ "decision": decision, "tasks": tasks, "made_nothing": silent }));
        }
        let tasks = explain::task_list(&tasks, &silent, terminal.result_colour());
        return print(&format!("{}\n{tasks}", decided(&verdict)));
    }
    let answers = explainer.answer(asked)?;
    // Of one part the values are told too; of a rule that makes fifty tasks they would hide what is asked.
    let made: Vec<usize> = answers.iter().flat_map(RuleAnswer::made).copied().collect();
    let is_about_part = asked.segment.is_some() || asked.overlay.is_some();
    let mut notes = explainer.tasks();
    notes.retain(|note| is_about_part && made.contains(&note.number));
    if args.format == Format::Json {
        return print_json(&json!({
            "decision": decision,
            "has_plan": plan.is_some(),
            "not_ready": pending,
            "answers": answers,
            "tasks": notes,
        }));
    }
    print(&as_text((&answers, &notes), &outcome, &verdict, &source, terminal))
}

fn as_text(
    (answers, notes): (&[RuleAnswer<'_>], &[TaskNote<'_>]),
    outcome: &Outcome,
    verdict: &Verdict,
    source: &Arc<Source>,
    terminal: &Terminal,
) -> String {
    let index = source.json_index();
    let colour = terminal.result_colour();
    let mut text = String::new();
    let parts: Vec<_> = answers.iter().filter_map(|answer| answer.node.as_ref()).collect();
    let one = parts.first().filter(|first| parts.iter().all(|part| part == *first));
    if let Some(node) = one {
        let about = if node.about.is_empty() { String::new() } else { format!(" ({})", node.about) };
        let place = index.locate(&node.pointer).map_or_else(String::new, |span| Line::of(source, span).to_string());
        let _ = writeln!(text, "{}{about}  {place}\n", node.short());
    }
    let waits = outcome.pending.iter().find(|pending| one.is_some_and(|node| node.pointer == pending.pointer));
    if let Some((pending, span)) = waits.and_then(|pending| Some((pending, index.locate(&pending.pointer)?))) {
        let remark = Remark {
            message: format!("segment `{}` is not ready, and nothing is planned before that", pending.segment_id),
            location: Location::new(source, span),
            label: pending.reason.clone(),
            related: Vec::new(),
            notes: vec![pending.action.clone()],
        };
        let _ = writeln!(text, "{}\n\nWhen it is there:\n", remark.pretty(colour));
    } else if !outcome.pending.is_empty() {
        text.push_str(
            "There is no plan: segments wait for their media; `callsheet ready` says which. When they are there:\n\n",
        );
    } else if outcome.plan.is_none() {
        text.push_str("There is no plan: `callsheet plan` says what is wrong with the scenario.\n\n");
    }
    text.push_str(&explain::answers(answers, outcome.plan.as_ref(), notes, colour));
    if answers.iter().any(RuleAnswer::reads_the_decision) {
        let _ = write!(text, "\n{}", decided(verdict));
    }
    text
}

/// What was decided of the prompt, and by which of its words.
fn decided(verdict: &Verdict) -> String {
    let decision = &verdict.decision;
    let heard: Vec<String> = verdict
        .readings
        .iter()
        .filter(|reading| reading.state != State::Silent)
        .map(|reading| {
            let words: Vec<String> = reading.because.iter().map(|because| format!("“{}”", because.text)).collect();
            format!("{} {} ({})", reading.name, reading.state.word(), words.join(", "))
        })
        .collect();
    let said = match (&verdict.answered_at, heard.is_empty()) {
        (None, _) => "nobody said anything about text, so what the scenario has is shown".to_owned(),
        (Some(_), true) => "the prompt says nothing about text".to_owned(),
        (Some(_), false) => format!("the prompt says: {}", heard.join(", ")),
    };
    let place = verdict.answered_at.as_ref().map_or_else(String::new, |at| format!("  {}", Line::at(at)));
    let (theses, subtitles, source) = (decision.theses, decision.subtitles, decision.source);
    format!("{said}\n  -> decision.theses is {theses}, .subtitles is {subtitles}, .source is {source}{place}\n")
}

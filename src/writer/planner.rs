//! Who makes the tasks of a scenario: the rules, a model, or a model with the rules behind it.

use std::sync::Arc;

use minijinja::context;
use serde_json::{Value as Json, json};

use crate::diagnostic::{Diagnostics, Source};
use crate::error::{Error, Result};
use crate::llm::Schema;
use crate::media::MediaTable;
use crate::scenario::Ready;
use crate::tasks::{self, Origin, Plan, Task, ValidPlan};

use super::ask::{Outcome, Verdict};
use super::data::Material;
use super::prompts::Prompt;
use super::{Progress, Writer, habits, hybrid, wishes};

/// Who makes the tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Planner {
    /// The rules: the same scenario always makes the same plan
    #[default]
    Rules,
    /// The model, held to the whitelist
    Llm,
    /// The model, and the rules for every task of its that the whitelist refuses
    Hybrid,
}

/// A plan that a model had a hand in.
#[derive(Debug)]
pub struct Planned {
    /// The plan. Its [`Plan::notes`] say what was taken away or put in place of the model's.
    pub plan: ValidPlan,
    /// How many repairs it took.
    pub repairs: u32,
    /// What is worth knowing about it.
    pub warnings: Diagnostics,
}

/// What a plan may name, and what it may not change.
pub(super) struct Ground<'a> {
    pub(super) material: &'a Material<'a>,
    /// The paths of the media by id.
    pub(super) assets: &'a std::collections::BTreeMap<String, String>,
    /// What the model is called, for origins.
    pub(super) model: &'a str,
}

/// Asks a model for the tasks of `ready`; `by_rules` is the rules' own plan, which takes over in [`Planner::Hybrid`].
pub fn plan(
    writer: &Writer<'_>,
    planner: Planner,
    ready: &Ready,
    material: &Material<'_>,
    by_rules: &Plan,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Planned> {
    let document = ready.document();
    // Where media lie is nothing for a model.
    let shown = json!({ "scenes": document.scenario.scenes, "layers": document.scenario.layers });
    // As in every other text from outside, no `<` of its own can end the data.
    let shown = shown.to_string().replace('<', "\\u003c");
    let values = context! { scenario => shown, ..material.values() };
    let asked = writer.templates.fill(Prompt::Tasks, &values)?;
    let ground = Ground { material, assets: &document.assets, model: &writer.config.model };
    let mut judge =
        |_: &Json, source: &Arc<Source>| judge(source, &ground, &|plan| wishes::bind_plan(plan, material.decision));
    let outcome = writer.converse(asked, schema()?, habits::tasks, &mut judge, on_progress)?;
    match outcome {
        Outcome::Wrong { json, found, repairs } if planner == Planner::Hybrid => {
            let json = json.unwrap_or(Json::Null);
            let (plan, warnings) = hybrid::splice(&json, &found, by_rules, &ground)?;
            Ok(Planned { plan, repairs, warnings })
        }
        outcome => {
            let ((plan, warnings), repairs) = outcome.held()?;
            Ok(Planned { plan, repairs, warnings })
        }
    }
}

/// The shape of an answer.
pub(super) fn schema() -> Result<Schema> {
    Schema::new("tasks", &tasks::answer_schema())
}

/// Holds an answer to the whitelist and the media.
pub(super) fn judge(
    source: &Arc<Source>,
    ground: &Ground<'_>,
    bind: &dyn Fn(&mut Plan) -> Vec<String>,
) -> Verdict<(ValidPlan, Diagnostics)> {
    let mut plan = tasks::read(source)?;
    for (number, task) in plan.tasks.iter_mut().enumerate() {
        task.origin = Some(ground.origin(number));
    }
    ground.furnish(&mut plan);
    plan.notes = bind(&mut plan);
    ground.furnish(&mut plan);
    tasks::validate(plan, ground.material.media.clone(), false)
}

impl Ground<'_> {
    /// Where the task of this number in a model's answer comes from.
    pub(super) fn origin(&self, number: usize) -> Origin {
        let line = u32::try_from(number + 1).unwrap_or(u32::MAX);
        Origin { rule: "model".into(), file: self.model.into(), line, pointer: format!("/tasks/{number}"), note: None }
    }

    /// Gives a plan the styles, media and main asset that it names: they are the rules' and the scenario's to say.
    pub(super) fn furnish(&self, plan: &mut Plan) {
        plan.styles = tasks::used_styles(&plan.tasks, self.material.program.styles());
        plan.assets = tasks::used_assets(&plan.tasks, self.assets, self.material.main);
        plan.main_asset_id = self.material.main.map(str::to_owned);
    }

    /// The media, for the validator.
    pub(super) fn media(&self) -> MediaTable {
        self.material.media.clone()
    }
}

/// The task's own words, for a note about it.
pub(super) fn named(task: &Task) -> String {
    match (task.time("start_time"), task.time("end_time")) {
        (Some(start), Some(end)) => format!("`{}` {start}–{end} s", task.spec.name),
        _ => format!("`{}`", task.spec.name),
    }
}

/// An answer that cannot be used.
pub(super) fn unusable(findings: Diagnostics, repairs: u32) -> Error {
    Error::Answer { findings, repairs }
}

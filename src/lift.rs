//! From a task list back to a scenario that compiles to the same list.
//!
//! Each task goes where an editor would look for it: a cutaway into a video layer, a sound into an audio layer, cues into
//! a subtitle layer, a text to its scene, the canvas into the metadata; what has no such place becomes an effect. There
//! are a few ways to arrange a list, and the simplest that is *proved* is taken: it is compiled, and the tasks are
//! compared. What cannot be proved is a finding, never a scenario of another meaning.

mod arrange;
mod effect;
mod habits;
mod homes;
mod picture;
mod styles;

use std::sync::{Arc, LazyLock};

use crate::compile::compile;
use crate::decide::Decision;
use crate::diagnostic::{self, Diagnostic, Diagnostics, Source};
use crate::rules::{self, Program};
use crate::scenario::{self, Document};
use crate::tasks::{self, Plan, Task};

use arrange::{Way, arrange};
use habits::Habits;

/// A scenario made of a task list.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifted {
    /// The scenario.
    pub document: Document,
    /// The rule set that goes with it: the styles that the list brings along and the shipped set does not have. `None`
    /// where the shipped set is enough.
    pub rules: Option<String>,
}

impl Lifted {
    /// The rules that make the same tasks of the scenario again.
    #[must_use]
    pub fn rules_source(&self) -> Arc<Source> {
        match &self.rules {
            Some(text) => Source::new("import.rules", text.as_str()),
            None => rules::default_source(),
        }
    }
}

/// Makes a scenario of `plan`. Compiled without a prompt, by the shipped rules or by those that go with it, it is the same
/// list of tasks again, origins aside; what no task names, an asset or a style, is left out of that plan.
///
/// The findings point into the plan: a task that is not as the catalogue has it, or what no scenario can say.
pub fn from_tasks(plan: &Plan) -> Result<Lifted, Diagnostics> {
    let found = tasks::check(plan, false);
    if found.has_errors() {
        return Err(found);
    }
    let shipped = SHIPPED.as_ref().map_err(Diagnostics::clone)?;
    let text = styles::rules(plan, shipped)?;
    let own = text.as_ref().map(|text| load(&Source::new("import.rules", text.as_str())));
    let own = own.transpose().map_err(|found| styles::refused(&found))?;
    let program = own.as_ref().unwrap_or(shipped);
    let habits = Habits::of(program);
    let base = picture::find(plan);
    let natural = |verbatim, base| Way { verbatim, base, natural: true };
    let ways = [
        natural(false, base.as_ref()),
        natural(true, base.as_ref()),
        natural(false, None),
        natural(true, None),
        Way { verbatim: true, base: None, natural: false },
    ];
    let mut drafts: Vec<_> = ways.iter().filter_map(|way| arrange(plan, way, &habits)).collect();
    drafts.sort_by_key(|draft| draft.cost);
    for draft in &drafts {
        if compiled(&draft.document, program).is_ok_and(|made| is_same(plan, &made)) {
            return Ok(Lifted { document: draft.document.clone(), rules: text });
        }
    }
    // The last way makes an effect of each task, in their order: what is wrong there is wrong with the task.
    let last = ways.last().and_then(|way| arrange(plan, way, &habits));
    Err(match last.map(|draft| compiled(&draft.document, program)) {
        Some(Err(found)) => unsayable(&found),
        Some(Ok(made)) => different(plan, &made),
        None => {
            Diagnostic::new(diagnostic::UNSAYABLE, "a task has a parameter that no effect has").pointer("/tasks").into()
        }
    })
}

/// The shipped rules, read once.
static SHIPPED: LazyLock<Result<Program, Diagnostics>> = LazyLock::new(|| load(&rules::default_source()));

fn load(source: &Arc<Source>) -> Result<Program, Diagnostics> {
    rules::load(source, &|_| Err(std::io::ErrorKind::NotFound.into())).map(|(program, _)| program)
}

fn compiled(document: &Document, program: &Program) -> Result<Plan, Diagnostics> {
    let (scenario, _) = scenario::normalise(document.clone())?;
    // Nothing that is lifted waits for its media.
    let ready = scenario::ready(scenario).map_err(|_| Diagnostics::new())?;
    compile(&ready, &Decision::everything(), program).map(|(plan, _)| plan)
}

/// Whether two plans do the same, told by everything but where their tasks come from.
fn is_same(plan: &Plan, made: &Plan) -> bool {
    let same_styles = made.styles.iter().all(|(name, style)| plan.styles.get(name) == Some(style));
    let same_assets = made.assets.iter().all(|(id, path)| plan.assets.get(id) == Some(path));
    plan.main_asset_id == made.main_asset_id
        && plan.tasks.len() == made.tasks.len()
        && plan.tasks.iter().zip(&made.tasks).all(|(task, made)| is_same_task(task, made))
        && same_styles
        && same_assets
}

fn is_same_task(task: &Task, made: &Task) -> bool {
    (task.spec, &task.params, &task.inputs, &task.output_id) == (made.spec, &made.params, &made.inputs, &made.output_id)
}

/// What is wrong with the scenario, said of the list that it was made of.
fn unsayable(found: &Diagnostics) -> Diagnostics {
    let mut told = Diagnostics::new();
    for finding in found {
        let pointer = finding.pointer.as_deref().unwrap_or_default();
        let number = pointer.strip_prefix("/scenario/effects/").and_then(|rest| rest.split('/').next());
        let pointer = match number {
            Some(number) => format!("/tasks/{number}"),
            None if pointer.starts_with("/assets/") || pointer == "/main_asset_id" => pointer.to_owned(),
            None => "/tasks".to_owned(),
        };
        let why = "no scenario can say this, so the list cannot become one";
        let help = finding.help.as_ref().map_or_else(|| why.to_owned(), |help| format!("{why}: {help}"));
        told.push(Diagnostic::new(diagnostic::UNSAYABLE, &finding.message).pointer(pointer).help(help));
    }
    told
}

fn different(plan: &Plan, made: &Plan) -> Diagnostics {
    let mut told = Diagnostics::new();
    for (number, task) in plan.tasks.iter().enumerate() {
        if !made.tasks.get(number).is_some_and(|made| is_same_task(task, made)) {
            let message = format!("no scenario can say this `{}`", task.spec.name);
            told.push(Diagnostic::new(diagnostic::UNSAYABLE, message).pointer(format!("/tasks/{number}")));
        }
    }
    told
}

//! The plan of a project's scenario: what a render would do, and which rule says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::decide::{self, Facts, Verdict};
use crate::diagnostic::Source;
use crate::error::Error;
use crate::ffmpeg::Cancel;
use crate::produce::{Looked, Telling as _, compiled, decided, look, measure, provide};
use crate::render::{self, Encoder, Store};
use crate::scenario;
use crate::serve::assets;
use crate::serve::auth::Caller;
use crate::serve::extract::{Path, Query};
use crate::serve::id::Id;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects;
use crate::serve::state::App;
use crate::tasks::{self, Plan, ValidPlan};
use crate::text::FontSet;

use super::{Given, Heard, load};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(plan))
}

/// What the plan is to follow.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// What the user asks for, instead of the scenario's own `global_prompt`.
    #[param(max_length = 2000)]
    prompt: Option<String>,
}

/// A plan that a render can follow, and what led to it.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: ValidPlan,
    /// The scenario's text, for findings with a place.
    pub(crate) source: Arc<Source>,
    pub(crate) verdict: Verdict,
    pub(crate) facts: Facts,
    /// The version of the scenario that it is of.
    pub(crate) etag: String,
    pub(crate) heard: Heard,
}

/// The scenario of a project that the caller sees, with its media; the project's id, and the version.
pub(crate) fn of_project(app: &App, caller: &Caller, project: &str) -> Result<(Given, Id, String)> {
    let (id, stored, files) = app.db.read_now(|store| {
        let project = projects::find(store, caller, project)?;
        let files = assets::paths(store, &app.folder.assets(), &project.id)?;
        let stored = load(store, &project.id)?;
        Ok::<_, Problem>((project.id, stored, files))
    })?;
    let given = Given::read(Source::new("scenario.json", stored.document), files)?;
    Ok((given, id, stored.etag))
}

/// Plans the scenario of a project as a render would: refused while media are missing. For a thread that may block.
pub(crate) fn planned(
    app: &App,
    caller: &Caller,
    project: &str,
    prompt: Option<&str>,
    cancel: &Cancel,
) -> Result<Planned> {
    let (given, _, etag) = of_project(app, caller, project)?;
    plan_given(app, given, etag, prompt, cancel)
}

/// The same of a scenario that is at hand.
pub(crate) fn plan_given(
    app: &App,
    given: Given,
    etag: String,
    prompt: Option<&str>,
    cancel: &Cancel,
) -> Result<Planned> {
    let (scenario, warnings) = given.normalised()?;
    let Given { source, .. } = given;
    let heard = Heard::default();
    heard.findings(&warnings);
    let ready = scenario::ready(scenario).map_err(Error::NotReady)?;
    let folder = app.folder.assets();
    let prompt = prompt.or(ready.document().scenario.global_prompt.as_deref()).map(str::to_owned);
    let Looked { facts, known } = look(ready.document(), Some(&folder), cancel);
    let verdict = decided(ready.document(), prompt.as_deref(), &app.program, facts, &heard)?;
    let ready = provide(ready, &verdict.decision, &source, &folder, &heard, cancel)?;
    let plan = compiled(&ready, &verdict.decision, &app.program, &source, &heard)?;
    let media = measure(&plan.assets, known, &folder, &source, cancel).map_err(without_places)?;
    let (plan, warnings) = tasks::validate(plan, media, true).map_err(|found| found.located_in(&source))?;
    heard.findings(&warnings.located_in(&source));
    Ok(Planned { plan, source, verdict, facts, etag, heard })
}

/// Findings about media say where their files are looked for, which is nobody's business outside.
fn without_places(error: Error) -> Problem {
    match error {
        Error::Invalid(findings) => {
            let mut told = crate::diagnostic::Diagnostics::new();
            for found in &findings {
                let mut found = found.clone();
                if found.code == crate::diagnostic::BAD_MEDIA {
                    found.help = Some("upload the file again".into());
                }
                told.push(found);
            }
            told.into()
        }
        other => other.into(),
    }
}

/// Plan the scenario
///
/// What a render would do: the tasks in order, each with its `origin` (rule, file and line), what the prompt led to, and what
/// a render will make. Nothing is rendered. Refused while segments wait for their media.
#[utoipa::path(get, path = "/api/projects/{project}/scenario/plan", tag = "Scenario",
    params(("project" = Id, Path), Asked),
    responses(
        (status = 200, body = ref("#/components/schemas/PlanAnswer"), description = "The plan.", headers(("ETag" = String, description = "The version of the scenario."))),
        (status = 400, description = "Segments wait for their media: `scenes` says which."),
    ))]
async fn plan(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<([(axum::http::HeaderName, String); 1], Answer<Value>)> {
    if let Some(length) = asked.prompt.as_ref().map(|prompt| prompt.chars().count()).filter(|length| *length > 2000) {
        return Err(Problem::new(
            Code::BadRequest,
            format!("`prompt` has {length} characters; write 2000 at most, or put it into the scenario"),
            format!("в `prompt` {length} знаков; пишите не больше 2000 или внесите его в сценарий"),
        ));
    }
    let (etag, answer) = app
        .block(move |app| {
            let planned = planned(app, &caller, &project, asked.prompt.as_deref(), &app.cancel.below())?;
            Ok((planned.etag.clone(), answer(app, &project, planned)?))
        })
        .await?;
    Ok(([(axum::http::header::ETAG, etag)], Answer(answer)))
}

/// The plan as it is answered: no path of this machine is in it.
fn answer(app: &App, project: &str, planned: Planned) -> Result<Value> {
    let Planned { plan, source, verdict, facts, heard, .. } = planned;
    let (fonts, encoder) = (FontSet::shipped(), Encoder::default());
    let timeline = render::timeline(&plan);
    // What cannot be drawn shows only when it is laid out.
    let command = render::command(&plan, &timeline, &fonts, &encoder, "").map_err(|found| found.located_in(&source))?;
    let ((), warnings) = command.warnings.located_in(&source).finish(())?;
    heard.findings(&warnings);
    let store = Store::at(app.folder.cache());
    let forecast = render::forecast(&plan, &timeline, &fonts, &encoder, Some(&store), None)?;
    let mut object = shown(plan.plan(), plan.notes(), project)?;
    if let Some(members) = object.as_object_mut() {
        let (warnings, said) = heard.told();
        members.insert("decision".into(), decide::json(&verdict, facts));
        members.insert("render".into(), json!(forecast));
        members.insert("warnings".into(), warnings);
        members.insert("said".into(), said.into());
    }
    Ok(object)
}

/// A plan as it is answered, its media by their addresses.
pub(crate) fn shown(plan: &Plan, by_media: &BTreeMap<usize, String>, project: &str) -> Result<Value> {
    let mut plan = plan.clone();
    for (id, place) in &mut plan.assets {
        *place = format!("/api/projects/{project}/assets/{id}");
    }
    let mut object = serde_json::to_value(&plan).map_err(|error| Problem::broken(&error))?;
    let notes: BTreeMap<String, &String> = by_media.iter().map(|(number, note)| (number.to_string(), note)).collect();
    if let Some(members) = object.as_object_mut() {
        members.insert("task_notes".into(), json!(notes));
    }
    Ok(object)
}

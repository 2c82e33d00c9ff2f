//! The Editor: an instruction and media become tasks.

use std::collections::BTreeMap;

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::captions::{self, Format};
use crate::diagnostic::Source;
use crate::error;
use crate::media::probe_all;
use crate::produce::{self, Means};
use crate::scenario::Footage;
use crate::time::FrameRate;
use crate::value::Cue;

use super::assets;
use super::auth::Caller;
use super::extract::{Json, Path};
use super::id::Id;
use super::problem::{Code, Problem, Result};
use super::projects;
use super::scenario::{Heard, shown};
use super::state::{App, CancelOnDrop};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(analyze))
}

/// What is to be done with which media.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Instruction {
    /// What is to be done.
    #[schema(min_length = 1, max_length = 10_000, example = "cut the first five seconds and fade out at the end")]
    prompt: String,
    /// The ids of the media; the first is the main video.
    #[schema(min_items = 1, max_items = 200)]
    assets: Vec<Id>,
    /// What is said in the main video, instead of listening to it: the text of an SRT, `WebVTT` or ASS file.
    #[serde(default)]
    transcript: Option<String>,
}

/// Analyze an instruction
///
/// A model writes the tasks that an instruction asks for, and the whitelist judges them: the answer is a plan that holds, as
/// `scenario/plan` has it. Nothing is rendered.
#[utoipa::path(post, path = "/api/projects/{project}/analyze", tag = "Editor", params(("project" = Id, Path)),
    request_body = Instruction,
    responses(
        (status = 200, body = ref("#/components/schemas/PlanAnswer"), description = "The plan."),
        (status = 502, description = "The model gave nothing that can be used."),
        (status = 409, description = "No model is configured."),
    ))]
async fn analyze(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Json(instruction): Json<Instruction>,
) -> Result<Answer<Value>> {
    instruction.check()?;
    let ending = CancelOnDrop::new(app.cancel.below());
    let cancel = ending.cancel();
    let answer = app
        .ponder(move |app| {
            let (project, files, names) = app.db.read_now(|store| {
                let project = projects::find(store, &caller, &project)?;
                let files = assets::files(store, &app.folder.assets(), &project.id)?;
                let names = assets::labels(store, &project.id)?;
                Ok::<_, Problem>((project.id, files, names))
            })?;
            let files: BTreeMap<_, _> = files.into_iter().collect();
            let model = app.model.as_ref().ok_or_else(no_model)?;
            let mut paths = BTreeMap::new();
            for id in &instruction.assets {
                let path = files.get(id.as_str()).ok_or_else(|| Problem::no_such("asset", "материала", id.as_str()))?;
                paths.insert(id.to_string(), path.clone());
            }
            let (mut measured, errors) = probe_all(&paths, &cancel);
            if let Some(error) = errors.into_iter().next() {
                return Err(error.into());
            }
            let media = instruction.assets.iter();
            let media = media.filter_map(|id| Some((id.to_string(), measured.remove(id.as_str())?))).collect();
            let mut footage = Footage::named(media, &app.folder.assets())?;
            footage.set_main(Some(0));
            let given = || cues(instruction.transcript.as_deref().unwrap_or_default());
            let heard_by = instruction.transcript.is_some().then_some(&given as &dyn Fn() -> error::Result<Vec<Cue>>);
            let heard = Heard::default();
            let means = Means { model, program: &app.program, names: &names, told: &heard, cancel: &cancel };
            let planned = produce::edit(&means, &instruction.prompt, &footage, heard_by, &mut |_| {})?;
            let mut object = shown(planned.plan.plan(), planned.plan.notes(), project.as_str())?;
            if let Some(members) = object.as_object_mut() {
                let (warnings, said) = heard.told();
                members.insert("warnings".into(), warnings);
                members.insert("said".into(), said.into());
            }
            Ok(object)
        })
        .await?;
    drop(ending);
    Ok(Answer(answer))
}

fn cues(text: &str) -> error::Result<Vec<Cue>> {
    let source = Source::new("transcript", text.to_owned());
    let listing = captions::read(&source, Format::of_source(&source));
    let (track, _) = captions::mend(listing, None, FrameRate::thirty())?;
    Ok(track.cues().cloned().collect())
}

impl Instruction {
    fn check(&self) -> Result<()> {
        let length = self.prompt.chars().count();
        if self.prompt.trim().is_empty() || length > 10_000 {
            return Err(Problem::new(
                Code::Invalid,
                format!("`prompt` has {length} characters; say in 1 to 10000 what is to be done"),
                format!("в `prompt` {length} знаков; скажите, что сделать, от 1 до 10000 знаков"),
            ));
        }
        let distinct: std::collections::BTreeSet<&Id> = self.assets.iter().collect();
        if self.assets.is_empty() || distinct.len() < self.assets.len() {
            return Err(Problem::new(
                Code::Invalid,
                "`assets` has to name at least one asset, and each once; the first is the main video",
                "`assets` должно называть хотя бы один материал, каждый один раз; первый — главное видео",
            ));
        }
        Ok(())
    }
}

fn no_model() -> Problem {
    Problem::new(
        Code::NoModel,
        "no model is configured; whoever runs the server sets CALLSHEET_LLM_URL and CALLSHEET_LLM_MODEL",
        "модель не настроена; владелец сервера задаёт CALLSHEET_LLM_URL и CALLSHEET_LLM_MODEL",
    )
}

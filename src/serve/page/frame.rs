//! What a scenario that is being worked on would look like, and what its prompt leads to.

use axum::Json as Answer;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::decide;
use crate::diagnostic::Source;
use crate::produce::{Looked, decided, look};
use crate::render::{self, Preview};
use crate::serve::assets;
use crate::serve::auth::Caller;
use crate::serve::extract::{JsonText, Path};
use crate::serve::problem::{Problem, Result};
use crate::serve::projects;
use crate::serve::scenario::{Given, Heard, Planned, of_project, plan_given};
use crate::serve::state::{App, CancelOnDrop};
use crate::text::FontSet;
use crate::time::Time;

/// Which frame.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// In seconds.
    #[serde(default)]
    at: f64,
    /// In pixels.
    #[serde(default)]
    width: Option<u32>,
}

/// One frame of the scenario in the body, as JPEG. Nothing of it is kept.
pub(super) async fn frame(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(wanted): Query<Wanted>,
    JsonText(text): JsonText,
) -> Response {
    // Whoever drags a slider does not wait for frames that they have passed.
    let ending = CancelOnDrop::new(app.cancel.below());
    let cancel = ending.cancel();
    let drawn = app.block(move |app| {
        let files = app.db.read_now(|store| {
            let project = projects::find(store, &caller, &project)?;
            assets::paths(store, &app.folder.assets(), &project.id)
        })?;
        let given = Given::read(Source::new("scenario.json", text), files)?;
        let Planned { plan, source, .. } = plan_given(app, given, String::new(), None, &cancel)?;
        let timeline = render::timeline(&plan);
        let at = Time::from_secs(wanted.at.clamp(0.0, 86_400.0)).unwrap_or_default();
        let folder = tempfile::tempdir_in(app.folder.tmp())?;
        let output = folder.path().join("frame.jpg");
        let preview = Preview {
            frames: &[timeline.canvas.rate.frame_at(at)],
            width: Some(wanted.width.unwrap_or(360).clamp(64, 1080) / 2 * 2),
            output: &output,
            fonts: &FontSet::shipped(),
            cancel: &cancel,
        };
        render::preview(&plan, &preview).map_err(|error| match error {
            crate::error::Error::Invalid(found) => Problem::from(found.located_in(&source)),
            other => other.into(),
        })?;
        Ok(std::fs::read(&output)?)
    });
    let drawn = drawn.await;
    drop(ending);
    match drawn {
        Ok(bytes) => ([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Which words to listen to.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    prompt: Option<String>,
}

/// What the prompt leads to, and the words that raised it: also while media are missing.
pub(super) async fn decision(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(said): Query<Said>,
) -> Result<Answer<Value>> {
    let answer = app.block(move |app| {
        let (given, _, _) = of_project(app, &caller, &project)?;
        let document = &given.document;
        let Looked { facts, .. } = look(document, Some(&app.folder.assets()), &app.cancel.below());
        let prompt = said.prompt.as_deref().or(document.scenario.global_prompt.as_deref());
        let verdict = decided(document, prompt, &app.program, facts, &Heard::default())?;
        Ok(decide::json(&verdict, facts))
    });
    answer.await.map(Answer)
}

//! A job as its user sees it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::serve::clock::Moment;
use crate::serve::id::Id;
use crate::serve::language::Language;
use crate::serve::outputs::{self, Output};
use crate::serve::problem::{Problem, Result};
use crate::serve::state::App;

use super::{Kind, Progress, Row, State};

/// Something that takes longer than an answer may.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    pub(crate) id: Id,
    pub(crate) project_id: Id,
    pub(crate) kind: Kind,
    pub(crate) state: State,
    /// How often it was begun; more than once where a server died over it.
    attempts: u32,
    /// How far it is; null before it begins.
    #[schema(required = true)]
    progress: Option<Progress>,
    /// The key of what it made; of the video, where that is what it made. Null until it is done.
    #[schema(required = true)]
    output_key: Option<String>,
    /// Where that can be downloaded for a time without a token; ask again for a new one. Null until it is done, and when it
    /// is no longer kept.
    #[schema(required = true)]
    download_url: Option<String>,
    /// All that it made.
    outputs: Vec<Output>,
    /// What there is to say about what it did; null until it is done.
    #[schema(value_type = Option<Object>, required = true)]
    pub(crate) result: Option<Value>,
    /// Why it failed or was cancelled, in the caller's language; null otherwise.
    #[schema(value_type = Option<Object>, required = true)]
    problem: Option<Value>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Moment,
    /// When it was first begun.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    started_at: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    finished_at: Option<Moment>,
}

/// The job as it is shown now.
pub(crate) async fn shown(app: &App, row: Row, language: Language) -> Result<Job> {
    let found = if row.state == State::Done {
        let id = row.id.clone();
        app.db.read(move |store| outputs::of_job(store, &id)).await?
    } else {
        Vec::new()
    };
    let mut outputs = Vec::new();
    for kept in found {
        outputs.push(kept.shown(app).await?);
    }
    Ok(with(row, outputs, language))
}

/// A job that has made nothing yet.
pub(crate) fn begun(row: Row, language: Language) -> Job {
    with(row, Vec::new(), language)
}

fn with(row: Row, outputs: Vec<Output>, language: Language) -> Job {
    let tag = language.tag();
    let problem = row.problem.and_then(|mut languages| Some(languages.get_mut(tag)?.take()));
    let first = outputs.first();
    Job {
        output_key: first.map(|output| output.output_key.clone()),
        download_url: first.and_then(|output| output.download_url.clone()),
        id: row.id,
        project_id: row.project,
        kind: row.kind,
        state: row.state,
        attempts: row.attempts,
        progress: row.progress,
        outputs,
        result: row.result,
        problem,
        created_at: row.created,
        started_at: row.started,
        finished_at: row.finished,
    }
}

/// The job of this id as it is shown now.
pub(super) async fn shown_by_id(app: &App, id: &Id, language: Language) -> Result<Option<Job>> {
    let asked = id.clone();
    let row = app.db.read(move |store| Row::get(store, asked.as_str())).await?;
    match row {
        Some(row) => shown(app, row, language).await.map(Some),
        None => Ok::<_, Problem>(None),
    }
}

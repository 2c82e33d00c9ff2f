//! What is offered for a segment.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::RETRY_AFTER;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::Error;
use crate::fill::{Candidate, Errand, Progress, Source, Spending};
use crate::serve::auth::Caller;
use crate::serve::extract::{Path, PerhapsJson};
use crate::serve::id::Id;
use crate::serve::language::{Language, Words};
use crate::serve::log::log;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects;
use crate::serve::render::Snapshot;
use crate::serve::state::{App, CancelOnDrop};

use super::ledger::StoreLedger;
use super::order::{MOST_QUERY, Provider, bounded, providers, wish_of};

/// Whom to ask, and for what.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Search {
    /// Who is asked; all that are configured, if absent.
    provider: Option<Provider>,
    /// Look for this instead of what the scene says.
    #[schema(max_length = 1000, example = "night city from above")]
    query: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Found {
    /// What the segment waits for: the words that are looked for, its length and shape.
    #[schema(value_type = Object)]
    wish: Value,
    /// The best of each provider first: `id`, `provider`, `title`, `preview` (a still: an address of the
    /// provider's, or of this server for what is in its library), `width`, `height`, `duration_sec`, `credit` (author
    /// and licence), `fit` (whether shape, length and size fit).
    #[schema(value_type = Vec<Object>)]
    candidates: Vec<Value>,
    /// Who could not be asked, and why.
    troubles: Vec<Trouble>,
}

/// Who could not be asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FillTrouble)]
pub(super) struct Trouble {
    /// Who.
    provider: Provider,
    /// What was found, and what to do, in the caller's language.
    detail: String,
    /// The provider's own words, in English, if it has any.
    #[schema(required = true)]
    reason: Option<String>,
}

/// Find clips for a segment
///
/// Asks the configured providers; nothing is taken, and nothing costs money. The body may be left out.
#[utoipa::path(post, path = "/api/projects/{project}/scenario/segments/{segment}/candidates", tag = "Filling",
    params(("project" = Id, Path), ("segment" = String, Path)), request_body = Option<Search>,
    responses(
        (status = 200, body = Found, description = "What is offered."),
        (status = 404, description = "There is no such project or segment, or no scenario."),
        (status = 429, description = "As many searches run as may.", headers(("Retry-After" = String))),
        (status = 502, description = "The one that is named failed."),
    ))]
pub(super) async fn candidates(
    State(app): State<App>,
    caller: Caller,
    Path((project, segment)): Path<(String, String)>,
    headers: HeaderMap,
    PerhapsJson(search): PerhapsJson<Search>,
) -> Result<Answer<Found>> {
    let language = Language::of(&headers);
    bounded("query", search.query.as_deref(), MOST_QUERY)?;
    let turn = Arc::clone(&app.searches).try_acquire_owned().map_err(|_| many())?;
    // Nobody would see what comes when its client is gone.
    let ends = CancelOnDrop::new(app.cancel.below());
    let cancel = ends.cancel();
    // Not one of the server's few turns: it may take a minute, and does nothing but wait.
    let found = app.brief(move |app| {
        // Held to the end of the search, whether or not anybody still waits for it.
        let _turn = turn;
        let (project, snapshot) = app.db.read_now(|store| {
            let project = projects::find(store, &caller, &project)?;
            Ok::<_, Problem>((project.id.clone(), Snapshot::take(store, &project.id)?))
        })?;
        let (scenario, _) = snapshot.given(&app.folder, None)?.normalised()?;
        let wish = wish_of(&scenario, &segment, search.query.as_deref())?;
        let ledger = StoreLedger { app: app.clone(), project: project.clone() };
        let mut tell = |progress: Progress| {
            if matches!(progress, Progress::PassedBy(..)) {
                log(format_args!("candidates: {progress}"));
            }
        };
        let mut errand =
            Errand { cancel: &cancel, ledger: &ledger, spending: Spending::Nothing, on_progress: &mut tell };
        let providers = providers(app);
        let (mut candidates, mut troubles) = (Vec::new(), Vec::new());
        if let Some(provider) = search.provider {
            candidates = providers.get(provider.source())?.search(&wish, &mut errand)?;
        } else {
            for provider in providers.all() {
                match provider.search(&wish, &mut errand) {
                    Ok(found) => candidates.extend(found),
                    Err(Error::Cancelled) => return Err(Error::Cancelled.into()),
                    Err(trouble) => troubles.push(told(provider.source(), trouble, language)),
                }
            }
        }
        let wish = serde_json::to_value(&wish).map_err(|error| Problem::broken(&error))?;
        let candidates = candidates.into_iter().map(|found| shown(&project, found)).collect::<Result<_>>()?;
        Ok(Found { wish, candidates, troubles })
    });
    found.await.map(Answer)
}

fn many() -> Problem {
    Problem::new(
        Code::TooMany,
        "as many searches run as may; wait a moment, then search again",
        "идёт столько поисков, сколько можно; подождите немного и поищите снова",
    )
    .header(RETRY_AFTER, "2")
}

/// A candidate without what only this machine may know: of a file of its own, the address of a still.
fn shown(project: &Id, mut candidate: Candidate) -> Result<Value> {
    if candidate.provider == Source::Library {
        let is_seen = candidate.width > 0;
        candidate.preview = is_seen.then(|| format!("/projects/{project}/library/{}/poster", candidate.id));
    }
    serde_json::to_value(candidate).map_err(|error| Problem::broken(&error))
}

fn told(source: Source, trouble: Error, language: Language) -> Trouble {
    let reason = match &trouble {
        Error::Fill { reason, .. } => Some(reason.clone()),
        _ => None,
    };
    Trouble { provider: source.into(), detail: words(trouble).in_language(language).to_owned(), reason }
}

/// Why a provider could not be asked; of what goes wrong on this machine, only that it does.
pub(super) fn words(trouble: Error) -> Words {
    match trouble {
        Error::Fill { .. } => Problem::from(trouble).detail().clone(),
        other => {
            log(format_args!("candidates: {other}"));
            Words::new(
                "a folder of the server cannot be read; its log says why",
                "папка на сервере не читается; причина — в его журнале",
            )
        }
    }
}

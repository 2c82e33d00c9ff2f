//! Asking for a clip: a job.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fill::{Providers, Source, Wish, wish};
use crate::scenario::{ClipFit, Scenario};
use crate::serve::auth::Caller;
use crate::serve::extract::{Json, Path, Query};
use crate::serve::id::Id;
use crate::serve::idempotency::Once;
use crate::serve::jobs::{Job, Kind, Row};
use crate::serve::language::Language;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects;
use crate::serve::render::{Snapshot, Waiting, accepted, finished, kept};
use crate::serve::state::App;

/// Who offers clips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Provider {
    /// A folder of the server's.
    Library,
    /// The stock of pexels.com.
    Pexels,
    /// The stock of pixabay.com.
    Pixabay,
    /// Google's Veo makes it; that costs money.
    Veo,
}

impl Provider {
    pub(super) fn source(self) -> Source {
        match self {
            Self::Library => Source::Library,
            Self::Pexels => Source::Pexels,
            Self::Pixabay => Source::Pixabay,
            Self::Veo => Source::Veo,
        }
    }
}

/// What becomes of a clip that is shorter than the time it is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = FillFit)]
pub(super) enum Fit {
    Trim,
    Loop,
    Freeze,
    Slow,
}

impl Fit {
    pub(super) fn clip_fit(self) -> ClipFit {
        match self {
            Self::Trim => ClipFit::Trim,
            Self::Loop => ClipFit::Loop,
            Self::Freeze => ClipFit::Freeze,
            Self::Slow => ClipFit::Slow,
        }
    }
}

/// Which clip a segment is to be given.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FillOrder)]
pub(super) struct Order {
    /// Who is asked.
    pub(super) provider: Provider,
    /// Which of its candidates, by its id; the best, if absent.
    #[schema(max_length = 200)]
    pub(super) candidate_id: Option<String>,
    /// Look for this instead of what the scene says.
    #[schema(max_length = 1000)]
    pub(super) query: Option<String>,
    /// What becomes of a clip that is too short.
    pub(super) clip_fit: Option<Fit>,
    /// Somebody agrees that a clip is made, and paid for. Needed for `veo`, and for nothing else.
    #[serde(default)]
    pub(super) generate: bool,
    /// Order again although an earlier order may be at work, and be paid for.
    #[serde(default)]
    pub(super) again: bool,
}

/// What a job remembers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Brief {
    pub(super) segment: String,
    pub(super) order: Order,
}

/// Fill a segment
///
/// Makes a job that brings the clip, measures it, makes it an asset of the project, and gives it to the segment with what its
/// author is owed. What Veo makes is ordered once: a server that is killed goes on asking for the same clip, and an order of
/// which nobody knows whether it arrived is repeated only with `again`.
#[utoipa::path(post, path = "/api/projects/{project}/scenario/segments/{segment}/fill", tag = "Filling",
    params(("project" = Id, Path), ("segment" = String, Path), Waiting),
    responses(
        (status = 202, body = Job, description = "The job waits for its turn; `Location` is its address.",
            headers(("Location" = String), ("Retry-After" = String))),
        (status = 200, body = Job, description = "With `wait`: the segment is filled.", headers(("Location" = String))),
        (status = 404, description = "There is no such project or segment, or no scenario."),
        (status = 409, description = "With `wait`: somebody cancelled it, or nobody knows what became of an earlier order."),
        (status = 429, description = "As many jobs of the project wait as may."),
        (status = 500, description = "With `wait`: the clip could not be looked at."),
        (status = 502, description = "With `wait`: the provider failed."),
        (status = 507, description = "With `wait`: the server's disk is full."),
    ))]
pub(super) async fn fill(
    State(app): State<App>,
    caller: Caller,
    Path((project, segment)): Path<(String, String)>,
    Query(waiting): Query<Waiting>,
    once: Option<Extension<Once>>,
    headers: HeaderMap,
    Json(order): Json<Order>,
) -> Result<Response> {
    let language = Language::of(&headers);
    let once = once.map(|Extension(once)| once);
    let row = app
        .brief(move |app| {
            let (project, snapshot) = app.db.read_now(|store| {
                let project = projects::find(store, &caller, &project)?;
                Ok::<_, Problem>((project.id.clone(), Snapshot::take(store, &project.id)?))
            })?;
            let (scenario, _) = snapshot.given(&app.folder, None)?.normalised()?;
            let wish = wish_of(&scenario, &segment, order.query.as_deref())?;
            let providers = providers(app);
            let source = order.provider.source();
            providers.get(source)?;
            if source.is_paid() != order.generate {
                return Err(consent(source));
            }
            let brief = Brief { segment: wish.segment_id, order };
            let brief = serde_json::to_value(brief).map_err(|error| Problem::broken(&error))?;
            let added = app.db.write_now(|store| {
                let row = Row::add(app, store, &project, Kind::Fill, &brief, &[])?;
                kept(store, once.as_ref(), &row, language)?;
                Ok(row)
            });
            app.queue.wake();
            added
        })
        .await?;
    if waiting.wait { finished(&app, &row.id, language).await } else { accepted(&app, row, language).await }
}

/// Those who can be asked.
pub(super) fn providers(app: &App) -> Providers {
    Providers::new(&app.config.fill, None)
}

/// What the segment is to show.
pub(super) fn wish_of(scenario: &Scenario, segment: &str, query: Option<&str>) -> Result<Wish> {
    let wish = wish(scenario, segment)
        .ok_or_else(|| Problem::no_such("segment that takes media", "такого сегмента с медиа:", segment))?;
    let query = query.map(str::trim).filter(|query| !query.is_empty());
    Ok(query.map_or(wish.clone(), |query| wish.with_query(query)))
}

fn consent(source: Source) -> Problem {
    if source.is_paid() {
        return Problem::new(
            Code::Invalid,
            format!("{source} makes a clip, which costs money; say `\"generate\": true` if that is agreed"),
            format!("{source} создаёт клип, и это стоит денег; если согласны, пишите `\"generate\": true`"),
        );
    }
    Problem::new(
        Code::Invalid,
        format!("{source} has only clips that are there; leave out `generate`, or ask `veo`"),
        format!("у {source} только готовые клипы; уберите `generate` или обратитесь к `veo`"),
    )
}

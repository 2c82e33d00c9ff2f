//! Asking for a clip: a job.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fill::{Entry, Ledger as _, Providers, Source, Spot, Wish, wish};
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

use super::ledger::StoreLedger;

/// The longest `query`, in characters.
pub(super) const MOST_QUERY: usize = 1000;

/// The longest `candidate_id`, in characters.
const MOST_ID: usize = 200;

// The library's own types with a schema: it has none, and what callers of the API see does not change with it.

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

impl From<Source> for Provider {
    fn from(source: Source) -> Self {
        match source {
            Source::Library => Self::Library,
            Source::Pexels => Self::Pexels,
            Source::Pixabay => Self::Pixabay,
            Source::Veo => Self::Veo,
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
    /// The segment as it was when this was asked for; none in jobs of earlier versions.
    #[serde(default)]
    pub(super) spot: Option<Spot>,
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
        (status = 409, description = "The segment has media of its own; or something would be paid for that is there, or on its way, \
            already. With `wait` also: somebody cancelled it, or nobody knows what became of an earlier order."),
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
    bounded("query", order.query.as_deref(), MOST_QUERY)?;
    bounded("candidate_id", order.candidate_id.as_deref(), MOST_ID)?;
    let row = app
        .brief(move |app| {
            let (project, snapshot) = app.db.read_now(|store| {
                let project = projects::find(store, &caller, &project)?;
                Ok::<_, Problem>((project.id.clone(), Snapshot::take(store, &project.id)?))
            })?;
            let (scenario, _) = snapshot.given(&app.folder, None)?.normalised()?;
            let wish = wish_of(&scenario, &segment, None)?;
            let ledger = StoreLedger { app: app.clone(), project: project.clone() };
            allowed(&wish, &order, ledger.read(&wish.segment_id)?.as_ref())?;
            if order.clip_fit.is_some() && !wish.stretches {
                return Err(no_cutaway(&wish));
            }
            let providers = providers(app);
            let source = order.provider.source();
            providers.get(source)?;
            if source.is_paid() != order.generate {
                return Err(consent(source));
            }
            let is_paid = order.generate;
            let brief = Brief { segment: wish.segment_id.clone(), order, spot: Some(wish.spot()) };
            let brief = serde_json::to_value(brief).map_err(|error| Problem::broken(&error))?;
            let added = app.db.write_now(|store| {
                if is_paid && let Some(job) = at_work(store, &project, &wish.segment_id)? {
                    return Err(busy(&wish, &job));
                }
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

/// Holds a text to the length that the description gives.
pub(super) fn bounded(name: &str, text: Option<&str>, most: usize) -> Result<()> {
    let length = text.map_or(0, |text| text.chars().count());
    if length <= most {
        return Ok(());
    }
    Err(Problem::new(
        Code::Invalid,
        format!("`{name}` has {length} characters; at most {most} are allowed, shorten it"),
        format!("в `{name}` {length} символов; можно не больше {most}, сократите"),
    ))
}

/// Refuses what would take somebody's own media away, or be paid for twice. `known` is what was ordered for the segment
/// before: what is on its way may be fetched, which costs nothing more.
pub(super) fn allowed(wish: &Wish, order: &Order, known: Option<&Entry>) -> Result<()> {
    let id = wish.segment_id.escape_debug();
    if !wish.is_free() {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "`{id}` has its media, and it was not filled: nothing is put in their place; write \"asset_status\": \
                 \"pending\" into the segment to have another clip there"
            ),
            format!(
                "у `{id}` свои материалы, найдены они не здесь: заменять их нельзя; чтобы там был другой клип, напишите в \
                 сегменте \"asset_status\": \"pending\""
            ),
        ));
    }
    if order.generate && !order.again && !wish.waits && !known.is_some_and(Entry::is_open) {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "`{id}` has a clip already, perhaps from this very request sent before, and another one would be paid for; \
                 look at the scenario, and order one more with `\"again\": true`"
            ),
            format!(
                "у `{id}` уже есть клип — возможно, от этого же запроса, отправленного раньше, — а новый будет оплачен ещё \
                 раз; посмотрите сценарий, и если нужен ещё один, закажите его с `\"again\": true`"
            ),
        ));
    }
    Ok(())
}

fn no_cutaway(wish: &Wish) -> Problem {
    let id = wish.segment_id.escape_debug();
    Problem::new(
        Code::Invalid,
        format!("`clip_fit` says what becomes of a cutaway that is too short, and `{id}` is none; leave it out"),
        format!("`clip_fit` — это о перебивке, которая короче своего места, а `{id}` не перебивка; уберите его"),
    )
}

/// A job that fills the segment and is not over.
fn at_work(store: &Transaction<'_>, project: &Id, segment: &str) -> Result<Option<Id>> {
    let sql = "SELECT id FROM jobs WHERE project_id = ?1 AND kind = ?2 AND state IN ('queued', 'running')
               AND json_extract(brief, '$.segment') = ?3 ORDER BY number LIMIT 1";
    Ok(store.query_row(sql, params![project, Kind::Fill, segment], |row| row.get(0)).optional()?)
}

fn busy(wish: &Wish, job: &Id) -> Problem {
    let id = wish.segment_id.escape_debug();
    Problem::new(
        Code::InProgress,
        format!("`{id}` is being filled by the job `{job}`, and another clip would be paid for; follow that one"),
        format!("`{id}` уже заполняет задание `{job}`, а ещё один клип пришлось бы оплатить; следите за этим заданием"),
    )
    .with("job_id", job.as_str())
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

//! Filling: a segment that waits is given a clip, by a job or before a render; its candidates are shown by an answer.

mod auto;
mod bring;
mod candidates;
mod ledger;
mod order;
mod work;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::App;

pub(super) use auto::fill_all;
pub(super) use work::work;

pub(super) const MIGRATION: &str = "
CREATE TABLE paid_jobs (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    -- The segment that it is for.
    segment TEXT NOT NULL,
    -- What was ordered and how far it is, as JSON.
    entry TEXT NOT NULL,
    PRIMARY KEY (project_id, segment)
) STRICT, WITHOUT ROWID;
";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(candidates::candidates)).routes(routes!(order::fill))
}

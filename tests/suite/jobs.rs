//! Jobs of the server: rendered in turn, followed, stopped, taken up again, downloaded.

#[path = "jobs/bucket.rs"]
mod bucket;
#[path = "jobs/downloads.rs"]
mod downloads;
#[path = "jobs/fill.rs"]
mod fill;
#[path = "jobs/flow.rs"]
mod flow;
#[path = "jobs/follow.rs"]
mod follow;
#[path = "jobs/full.rs"]
mod full;
#[path = "jobs/killed.rs"]
mod killed;
#[path = "jobs/paid.rs"]
mod paid;
#[path = "jobs/queue.rs"]
mod queue;
#[path = "jobs/render.rs"]
mod render;
#[path = "jobs/studio.rs"]
mod studio;
#[path = "jobs/webhooks.rs"]
mod webhooks;

//! One test binary: whole inputs in, whole outputs compared, real renders measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop, and say so"
)]
#![allow(
    clippy::similar_names,
    clippy::needless_borrow,
    clippy::borrow_deref_ref,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests measure small numbers of frames, pixels and samples"
)]

#[path = "support/api.rs"]
mod api;
#[path = "support/editor.rs"]
mod editor;
#[path = "support/model.rs"]
mod model;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/pauses.rs"]
mod pauses;
#[path = "support/s3.rs"]
mod s3;
#[path = "support/server.rs"]
mod server;
#[path = "support/stock.rs"]
mod stock;
#[path = "support/veo.rs"]
mod veo;

#[path = "suite/analysis.rs"]
mod analysis;
#[path = "suite/book.rs"]
mod book;
#[path = "suite/captions.rs"]
mod captions;
#[path = "suite/check.rs"]
mod check;
#[path = "suite/cli.rs"]
mod cli;
#[path = "suite/compare.rs"]
mod compare;
#[path = "suite/decide.rs"]
mod decide;
#[path = "suite/draft.rs"]
mod draft;
#[path = "suite/editors.rs"]
mod editors;
#[path = "suite/encoders.rs"]
mod encoders;
#[path = "suite/examples.rs"]
mod examples;
#[path = "suite/fill.rs"]
mod fill;
#[path = "suite/jobs.rs"]
mod jobs;
#[path = "suite/laws.rs"]
mod laws;
#[path = "suite/lsp.rs"]
mod lsp;
#[path = "suite/llm.rs"]
mod llm;
#[path = "suite/lift.rs"]
mod lift;
#[path = "suite/explain.rs"]
mod explain;
#[path = "suite/fused.rs"]
mod fused;
#[path = "suite/interrupted.rs"]
mod interrupted;
#[path = "suite/timing.rs"]
mod timing;
#[path = "suite/format.rs"]
mod format;
#[path = "suite/help.rs"]
mod help;
#[path = "suite/media.rs"]
mod media;
#[path = "suite/new.rs"]
mod new;
#[path = "suite/page.rs"]
mod page;
#[path = "suite/picture.rs"]
mod picture;
#[path = "suite/plans.rs"]
mod plans;
#[path = "suite/proof.rs"]
mod proof;
#[path = "suite/readme.rs"]
mod readme;
#[path = "suite/reference.rs"]
mod reference;
#[path = "suite/render.rs"]
mod render;
#[path = "suite/rules.rs"]
mod rules;
#[path = "suite/serve.rs"]
mod serve;
#[path = "suite/sound.rs"]
mod sound;
#[path = "suite/spans.rs"]
mod spans;
#[path = "suite/smart.rs"]
mod smart;
#[path = "suite/speech.rs"]
mod speech;
#[path = "suite/subtitles.rs"]
mod subtitles;
#[path = "suite/writer.rs"]
mod writer;
#[path = "suite/text.rs"]
mod text;
#[path = "suite/verify.rs"]
mod verify;
#[path = "suite/watch.rs"]
mod watch;
#[path = "suite/why.rs"]
mod why;

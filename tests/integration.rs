//! One test binary: whole inputs in, whole outputs compared, real renders measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop, and say so"
)]

#[path = "suite/media.rs"]
mod media;
#[path = "suite/render.rs"]
mod render;
#[path = "suite/text.rs"]
mod text;

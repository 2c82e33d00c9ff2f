//! Everything that is tested from outside, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

#[path = "suite/plans.rs"]
mod plans;
#[path = "suite/rules.rs"]
mod rules;

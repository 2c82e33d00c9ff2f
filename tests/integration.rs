//! The crate from outside, all in one program.

#[path = "suite/text.rs"]
mod text;

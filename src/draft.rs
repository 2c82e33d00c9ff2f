//! A scenario drafted without a model: what a prompt says of it.

mod prompt;

pub use prompt::{LengthWish, Prompt, ShapeWish, Theses};

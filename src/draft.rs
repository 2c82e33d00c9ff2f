//! draft
mod prompt;
pub use prompt::{LengthWish, Prompt, ShapeWish, Theses};

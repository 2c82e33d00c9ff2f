//! What a language model writes: scenarios, task lists, edits. Nothing of it is believed.
//!
//! ```text
//! Prompt + data ─▶ request ─▶ answer ─▶ JSON ─▶ old habits mended ─▶ judged ─┬▶ result
//!  (prompts)                  (llm)   (llm)      (habits)                    └▶ findings ─▶ request …
//! ```
//!
//! Every answer is held to the same schema, whitelist and media as what a person writes; what is wrong goes back with the
//! findings, at most [`Writer::repairs`] times. What the user's prompt says outright binds the model (`wishes`).

mod ask;
mod data;
mod edit;
mod habits;
mod hybrid;
mod planner;
mod prompts;
mod scenario;
mod wishes;

pub use data::{Material, Names};
pub use edit::edit;
pub use planner::{Planned, Planner, plan};
pub use prompts::{Prompt, Templates, check_template};
pub use scenario::{Brief, Written, scenario};

use crate::ffmpeg::Cancel;
use crate::llm;

/// A model, and how it is asked.
pub struct Writer<'a> {
    /// Where the model is.
    pub config: &'a llm::Config,
    /// What it is told.
    pub templates: &'a Templates,
    /// How often a wrong answer goes back.
    pub repairs: u32,
    /// Stops it.
    pub cancel: &'a Cancel,
}

/// How far the writing is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// What the exchange with the server says.
    Model(llm::Progress),
    /// Something in the answer was not as asked for, and is read as it was meant.
    Mended(String),
    /// The answer is wrong in so many points and goes back; so many tries are left after this one.
    Repairing {
        /// How many points are wrong.
        findings: usize,
        /// How many further repairs there may be.
        left: u32,
    },
}

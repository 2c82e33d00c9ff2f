//! The whole way at once, as a command or a request goes it: a scenario of media and a prompt, a plan of a scenario, an
//! edit of an instruction. What comes up on the way is told to whoever is there to hear it.

mod edit;
mod generate;
mod plan;

pub use edit::edit;
pub use generate::write;
pub use plan::{Looked, compiled, decided, look, measure, provide, taken_away};

use crate::diagnostic::Diagnostics;
use crate::draft;
use crate::ffmpeg::Cancel;
use crate::llm::Config;
use crate::rules::Program;
use crate::writer::{self, Names, Templates, Writer};

/// Somebody who is told what comes up: a terminal, or the answer to a request.
pub trait Telling {
    /// What was found, none of it an error.
    fn findings(&self, findings: &Diagnostics);

    /// One line about what is done, or not done.
    fn say(&self, line: &str);
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress<'a> {
    /// The media are measured.
    Measuring(draft::Progress<'a>),
    /// That is done.
    Measured,
    /// A model writes.
    Writing(writer::Progress),
}

/// What a model's work takes, whatever it is asked for.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Who writes.
    pub model: &'a Model,
    /// The rules that hold.
    pub program: &'a Program,
    /// What the media are called, where their files' own names say nothing.
    pub names: &'a Names,
    /// Who is told what comes up.
    pub told: &'a dyn Telling,
    /// Stops it.
    pub cancel: &'a Cancel,
}

/// A model that is configured, and what it is told.
#[derive(Debug)]
pub struct Model {
    /// Where it is.
    pub config: Config,
    /// What it is told.
    pub templates: Templates,
    /// How often a wrong answer goes back.
    pub repairs: u32,
}

impl Model {
    /// What the model is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.model
    }

    /// Asks it, until `cancel`.
    #[must_use]
    pub fn writer<'a>(&'a self, cancel: &'a Cancel) -> Writer<'a> {
        Writer { config: &self.config, templates: &self.templates, repairs: self.repairs, cancel }
    }
}

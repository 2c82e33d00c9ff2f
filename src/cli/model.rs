//! What every command that asks a language model has in common.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::llm::{self, Config};
use crate::produce::Model;
use crate::project;
use crate::writer::{Progress, Templates};

use super::output::Terminal;

#[derive(Debug, clap::Args)]
pub(super) struct ModelArgs {
    /// How often a wrong answer of the model goes back with the findings
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=10))]
    repairs: u32,
    /// A folder with templates in place of the shipped ones: scenario.jinja, tasks.jinja, edit.jinja, repair.jinja; if
    /// absent, the one that callsheet.toml names
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

impl ModelArgs {
    /// The model that the environment configures, if it does. The templates are checked either way.
    pub(super) fn model(&self) -> Result<Option<Model>> {
        let templates = match self.templates.clone().map_or_else(own_templates, |folder| Ok(Some(folder)))? {
            None => Templates::shipped(),
            Some(folder) => Templates::with_folder(&folder)?,
        };
        let config = Config::from_env()?;
        Ok(config.map(|config| Model { config, templates, repairs: self.repairs }))
    }
}

/// The templates of the project in which the program works, if it has some.
fn own_templates() -> Result<Option<PathBuf>> {
    Ok(project::around()?.and_then(|project| Some(project.path(project.templates.as_deref()?))))
}

/// There is no model; `instead` is what can be done without one.
pub(super) fn no_model(instead: &str) -> Error {
    Error::Model {
        kind: llm::Failure::Setup,
        reason: "none is configured".to_owned(),
        fix: format!(
            "set `CALLSHEET_LLM_URL` (e.g. http://localhost:11434/v1, https://api.openai.com/v1 or \
             https://api.anthropic.com/v1), `CALLSHEET_LLM_MODEL` and, where the server wants one, `CALLSHEET_LLM_KEY`; \
             or {instead}"
        ),
    }
}

/// Shows how far the writing is.
pub(super) struct WriterShow<'a> {
    terminal: &'a Terminal,
    /// How many thousands of characters were told.
    thousands: usize,
}

impl<'a> WriterShow<'a> {
    pub(super) fn new(terminal: &'a Terminal) -> Self {
        Self { terminal, thousands: 0 }
    }

    pub(super) fn show(&mut self, progress: &Progress) {
        let line = match progress {
            Progress::Model(llm::Progress::Sent) => {
                self.thousands = 0;
                "asking the model".to_owned()
            }
            Progress::Model(llm::Progress::Again(pause)) => {
                format!("the model's server cannot answer; again in {:.1} s", pause.as_secs_f64())
            }
            Progress::Model(llm::Progress::Received(letters)) => {
                if letters / 1000 <= self.thousands {
                    return;
                }
                self.thousands = letters / 1000;
                format!("the model has written {letters} characters")
            }
            Progress::Model(llm::Progress::Simpler(answers)) => {
                format!("the model's server does not take the schema; asking for {answers}")
            }
            Progress::Mended(mend) => format!("the model's answer: {mend}"),
            Progress::Repairing { findings, left } => {
                let (found, tries) = (counted(*findings, "mistake"), counted(*left as usize, "try"));
                format!("the model's answer has {found}: it goes back, {tries} left after this one")
            }
        };
        self.terminal.say(&line);
    }
}

fn counted(count: usize, word: &str) -> String {
    match (count, word) {
        (1, word) => format!("1 {word}"),
        (count, "try") => format!("{count} tries"),
        (count, word) => format!("{count} {word}s"),
    }
}

//! A scenario with the media of its project, and what comes up about it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::{Diagnostics, Source};
use crate::produce::Telling;
use crate::scenario::{self, Document, Scenario};
use crate::serve::findings;
use crate::serve::problem::{Code, Problem, Result};

/// A document whose media are the project's.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) document: Document,
    /// As it was sent, for findings with a place.
    pub(crate) source: Arc<Source>,
}

impl Given {
    /// Reads it; `files` are the project's, by the ids of its assets.
    pub(crate) fn read(source: Arc<Source>, files: BTreeMap<String, String>) -> Result<Self> {
        let mut document = scenario::read(&source)?;
        if !document.assets.is_empty() {
            let ids: Vec<&str> = document.assets.keys().map(String::as_str).collect();
            return Err(Problem::new(
                Code::Invalid,
                format!(
                    "the scenario has `assets` of its own ({}), and no path is taken from outside; upload the files and name \
                     the ids of those assets",
                    ids.join(", ").escape_debug()
                ),
                format!(
                    "в сценарии свои `assets` ({}), а пути извне не принимаются; загрузите файлы и укажите id этих \
                     материалов",
                    ids.join(", ").escape_debug()
                ),
            )
            .with("pointer", "/assets"));
        }
        document.assets = files;
        Ok(Self { document, source })
    }

    /// Checks what the shape cannot say.
    pub(crate) fn normalised(&self) -> Result<(Scenario, Diagnostics)> {
        let normal = scenario::normalise(self.document.clone());
        let (scenario, warnings) = normal.map_err(|found| found.located_in(&self.source))?;
        Ok((scenario, warnings.located_in(&self.source)))
    }
}

/// What came up, for the answer.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    findings: RefCell<Diagnostics>,
    said: RefCell<Vec<String>>,
}

impl Heard {
    /// What was found, as JSON, and what was said.
    pub(crate) fn told(self) -> (Value, Vec<String>) {
        (findings::json(&self.findings.into_inner()), self.said.into_inner())
    }

    /// The same, where files are called by what their users call them: each pair is a file's name and its label.
    pub(crate) fn told_of(self, labels: &[(String, String)]) -> (Value, Vec<String>) {
        let (mut findings, mut said) = self.told();
        let named = |text: &str| labels.iter().fold(text.to_owned(), |text, (file, label)| text.replace(file, label));
        for finding in findings.as_array_mut().into_iter().flatten() {
            if let Some(Value::String(message)) = finding.get_mut("message") {
                *message = named(message);
            }
        }
        for line in &mut said {
            *line = named(line);
        }
        (findings, said)
    }
}

impl Telling for Heard {
    fn findings(&self, findings: &Diagnostics) {
        let mut all = self.findings.borrow_mut();
        findings.iter().for_each(|found| all.push(found.clone()));
    }

    fn say(&self, line: &str) {
        self.said.borrow_mut().push(line.trim_start_matches("note: ").to_owned());
    }
}

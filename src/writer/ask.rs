//! Asks, reads, judges, and asks again.

use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;
use serde_json::Value as Json;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Severity, Source};
use crate::error::{Error, Result};
use crate::llm::{self, Request, Schema, Turn};

use super::{Progress, Writer};

/// How many findings a model is told at once: the first ones are usually the cause of the rest.
const MOST_FINDINGS: usize = 20;

/// What its findings call an answer.
pub(super) const ANSWER: &str = "the model's answer";

/// What a judge makes of an answer.
pub(super) type Verdict<T> = std::result::Result<T, Diagnostics>;

/// The end of a conversation.
pub(super) enum Outcome<T> {
    /// An answer that holds, and how many repairs it took.
    Held { value: T, repairs: u32 },
    /// The last answer, and what is wrong with it.
    Wrong { json: Option<Json>, found: Diagnostics, repairs: u32 },
}

impl<T> Outcome<T> {
    /// The answer that holds, or the error that says why there is none.
    pub(super) fn held(self) -> Result<(T, u32)> {
        match self {
            Self::Held { value, repairs } => Ok((value, repairs)),
            Self::Wrong { found, repairs, .. } => Err(Error::Answer { findings: found, repairs }),
        }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    pointer: &'a str,
    message: &'a str,
    help: &'a str,
}

impl Writer<'_> {
    /// Asks until `judge` is content with an answer, or no repair is left. `mend` puts right what models of old habit
    /// write, and says what.
    pub(super) fn converse<T>(
        &self,
        [system, user]: [String; 2],
        schema: Schema,
        mend: fn(&mut Json) -> Vec<String>,
        judge: &mut dyn FnMut(&Json, &Arc<Source>) -> Verdict<T>,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Outcome<T>> {
        let mut request = Request { system, turns: vec![Turn::User(user)], schema };
        let mut repairs = 0;
        loop {
            let text = llm::ask(self.config, &request, self.cancel, &mut |step| on_progress(Progress::Model(step)))?;
            let (json, found) = match llm::read_json(&text) {
                Ok(answer) => {
                    let mut json = answer.value;
                    for mended in answer.mended.into_iter().chain(mend(&mut json)) {
                        on_progress(Progress::Mended(mended));
                    }
                    let written = serde_json::to_string_pretty(&json).unwrap_or_default();
                    let source = Source::new(ANSWER, written);
                    match judge(&json, &source) {
                        Ok(value) => return Ok(Outcome::Held { value, repairs }),
                        Err(found) => (Some(json), found.located_in(&source)),
                    }
                }
                Err(reason) => (None, Diagnostic::new(diagnostic::NO_ANSWER, reason.to_string()).into()),
            };
            if repairs >= self.repairs {
                return Ok(Outcome::Wrong { json, found, repairs });
            }
            repairs += 1;
            let left = self.repairs - repairs;
            on_progress(Progress::Repairing { findings: errors(&found).count(), left });
            let told = self.templates.repair(&findings(&found, left))?;
            // Only the last answer and what is wrong with it: older ones would fill the model's memory.
            request.turns.truncate(1);
            request.turns.extend([Turn::Model(text), Turn::User(told)]);
        }
    }
}

fn errors(found: &Diagnostics) -> impl Iterator<Item = &Diagnostic> {
    found.iter().filter(|finding| finding.severity == Severity::Error)
}

fn findings(found: &Diagnostics, left: u32) -> Value {
    let told: Vec<Told<'_>> = errors(found)
        .take(MOST_FINDINGS)
        .map(|finding| Told {
            pointer: finding.pointer.as_deref().unwrap_or_default(),
            message: &finding.message,
            help: finding.help.as_deref().unwrap_or_default(),
        })
        .collect();
    let more = errors(found).count().saturating_sub(MOST_FINDINGS);
    context! { findings => Value::from(Serde(&told)), more, left }
}

//! Which changes of the rules no case notices.

use std::sync::Arc;

use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::Files;
use super::case::Case;
use super::mutants::{Mutant, mutants};
use super::run::run;
use super::sets::Sets;
use super::snapshot::snapshot;

/// How many changes are tried: each loads the rules anew, some hundredths of a second.
const MAX_CHANGES: usize = 1_000;

/// A change of a rule file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is changed, in words.
    pub what: String,
    /// The line as it is written.
    pub text: String,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// A case makes something else with it.
    Noticed,
    /// Every case makes the same as before.
    Survived,
    /// The rules cannot be changed so: the checker refuses it.
    Refused,
}

/// What became of all changes.
#[derive(Clone, Debug, Default)]
pub struct Mutated {
    /// Each with its fate, in the order of the files.
    pub changes: Vec<(Change, Fate)>,
    /// How many there are more than were tried; the tried ones are spread evenly over them.
    pub untried: usize,
}

/// Changes the rule files of `cases` one place at a time, in memory, and runs the cases that use them. `progress` hears which
/// share is done, from 0 to 1.
pub fn mutate(cases: &[Case], files: Files<'_>, cancel: &Cancel, progress: &mut dyn FnMut(f64)) -> Result<Mutated> {
    let mut sets = Sets::new(files);
    let mut before = Vec::new();
    let mut sources: Vec<Arc<Source>> = Vec::new();
    let mut styles: Vec<String> = Vec::new();
    for case in cases {
        let set = sets.get(case);
        let Ok(program) = &set.program else { continue };
        before.push((case, set.chain.clone(), snapshot(&run(case, program, None))));
        for source in &set.chain {
            if !sources.iter().any(|known| known.name() == source.name()) {
                sources.push(Arc::clone(source));
            }
        }
        styles.extend(program.styles().keys().cloned());
    }
    styles.sort_unstable();
    styles.dedup();
    sources.sort_by(|one, other| one.name().cmp(other.name()));
    let styles: Vec<&str> = styles.iter().map(String::as_str).collect();
    let all: Vec<(&Arc<Source>, Mutant)> = sources
        .iter()
        .flat_map(|source| mutants(source, &styles).into_iter().map(move |mutant| (source, mutant)))
        .collect();
    let tried = all.len().min(MAX_CHANGES);
    let mut changes = Vec::with_capacity(tried);
    for number in 0..tried {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        #[expect(clippy::cast_precision_loss, reason = "a thousand at most")]
        progress(number as f64 / tried as f64);
        let Some((source, mutant)) = all.get(number * all.len() / tried) else { continue };
        let users: Vec<(&Case, &str)> = before
            .iter()
            .filter(|(_, chain, _)| chain.iter().any(|file| file.name() == source.name()))
            .map(|(case, _, made)| (*case, made.as_str()))
            .collect();
        changes.push(fate(source, mutant, &users, files));
    }
    Ok(Mutated { changes, untried: all.len() - tried })
}

fn fate(source: &Arc<Source>, mutant: &Mutant, users: &[(&Case, &str)], files: Files<'_>) -> (Change, Fate) {
    let mut fate = Fate::Refused;
    let mut change = described(source, mutant, mutant.instead.first().map_or("", String::as_str));
    for instead in &mutant.instead {
        let (before, after) = (source.text().get(..mutant.span.start), source.text().get(mutant.span.end..));
        let text = format!("{}{instead}{}", before.unwrap_or_default(), after.unwrap_or_default());
        let changed = Source::new(source.name(), text);
        if let Some(is_noticed) = is_noticed(&changed, users, files) {
            fate = if is_noticed { Fate::Noticed } else { Fate::Survived };
            change = described(source, mutant, instead);
            break;
        }
    }
    (change, fate)
}

/// Whether a case makes something else with the changed file; nothing if the checker refuses it.
fn is_noticed(changed: &Arc<Source>, users: &[(&Case, &str)], files: Files<'_>) -> Option<bool> {
    let mut sets = Sets::instead(files, Arc::clone(changed));
    for (case, made) in users {
        let set = sets.get(case);
        let program = set.program.as_ref().ok()?;
        if snapshot(&run(case, program, None)) != *made {
            return Some(true);
        }
    }
    Some(false)
}

fn described(source: &Source, mutant: &Mutant, instead: &str) -> Change {
    let (line, _) = source.line_column(mutant.span.start);
    let was = source.slice(mutant.span);
    let what = match &mutant.dropped {
        Some(what) => format!("{what} dropped"),
        None => format!("`{was}` changed to `{instead}`"),
    };
    let text = source.slice(source.line_span(line)).trim().to_owned();
    Change { file: source.name().to_owned(), line, what, text }
}

impl Mutated {
    /// How many have this fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.changes.iter().filter(|(_, other)| *other == fate).count()
    }
}

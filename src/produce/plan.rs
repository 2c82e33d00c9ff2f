//! A plan of a scenario.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compile::compile;
use crate::decide::{self, Decision, Facts, Verdict};
use crate::diagnostic::{self, Diagnostic, Diagnostics, Source};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media::{MediaTable, probe, probe_all};
use crate::rules::Program;
use crate::scenario::{Document, Ready};
use crate::speech;
use crate::subtitles;
use crate::tasks::Plan;

use super::Telling;

/// What a decision may know of a scenario, and what was measured for it.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What it may know.
    pub facts: Facts,
    /// The main clip, if it was measured.
    pub known: MediaTable,
}

/// Looks at a scenario whose media lie in `folder`; without one nothing is measured.
#[must_use]
pub fn look(document: &Document, folder: Option<&Path>, cancel: &Cancel) -> Looked {
    let mut facts = Facts::of(document);
    let mut known = MediaTable::new();
    let main = document.main_asset_id.as_ref().and_then(|id| Some((id, document.assets.get(id)?)));
    if let (Some(folder), Some((id, path))) = (folder, main)
        && let Ok(media) = probe(id, &folder.join(path), cancel)
    {
        if media.sound.is_none() {
            facts.set("has_speech", false);
        }
        known.insert(id.clone(), media);
    }
    Looked { facts, known }
}

/// What the prompt leads to; says so where it takes texts away that the scenario has.
pub fn decided(
    document: &Document,
    prompt: Option<&str>,
    program: &Program,
    facts: Facts,
    told: &dyn Telling,
) -> Result<Verdict> {
    let (verdict, warnings) = program.decider().decide(prompt, facts)?;
    told.findings(&warnings);
    if let Some(line) = taken_away(&verdict.decision, decide::count(document)) {
        told.say(&line);
    }
    Ok(verdict)
}

/// Makes the subtitles that the prompt asks for and the scenario does not have.
pub fn provide(
    ready: Ready,
    decision: &Decision,
    source: &Arc<Source>,
    folder: &Path,
    told: &dyn Telling,
    cancel: &Cancel,
) -> Result<Ready> {
    if !subtitles::are_missing(&ready, decision) {
        return Ok(ready);
    }
    told.say(&format!("the prompt asks for subtitles and the scenario has none: making them ({})", decision.source));
    let (ready, warnings) = subtitles::provide(&ready, decision, folder, &speech::Config::from_env(), cancel).map_err(
        |error| match error {
            Error::Invalid(found) => Error::Invalid(found.located_in(source)),
            other => other,
        },
    )?;
    told.findings(&warnings.located_in(source));
    Ok(ready)
}

/// The plan that the rules make.
pub fn compiled(
    ready: &Ready,
    decision: &Decision,
    program: &Program,
    source: &Arc<Source>,
    told: &dyn Telling,
) -> Result<Plan> {
    let (plan, warnings) = compile(ready, decision, program).map_err(|found| found.located_in(source))?;
    told.findings(&warnings.located_in(source));
    Ok(plan)
}

/// Measures the media at `assets`, which start from `folder`, as far as they are not `known`; what cannot be used is told
/// for all of them, in `source`.
pub fn measure(
    assets: &BTreeMap<String, String>,
    mut known: MediaTable,
    folder: &Path,
    source: &Arc<Source>,
    cancel: &Cancel,
) -> Result<MediaTable> {
    let paths: BTreeMap<String, PathBuf> = assets
        .iter()
        .filter(|(id, _)| !known.contains_key(*id))
        .map(|(id, path)| (id.clone(), folder.join(path)))
        .collect();
    let (media, errors) = probe_all(&paths, cancel);
    let mut found = Diagnostics::new();
    for error in errors {
        match error {
            Error::Probe { asset, path, reason } => found.push(
                Diagnostic::new(diagnostic::BAD_MEDIA, format!("asset `{asset}` cannot be used: {reason}"))
                    .pointer(format!("/assets/{asset}"))
                    .help(format!("the file is looked for at {}", path.display())),
            ),
            other => return Err(other),
        }
    }
    if found.has_errors() {
        return Err(found.located_in(source).into());
    }
    known.retain(|id, _| assets.contains_key(id));
    known.extend(media);
    Ok(known)
}

/// Which texts of the scenario are not shown, if any: nobody should wonder where they are.
#[must_use]
pub fn taken_away(decision: &Decision, texts: decide::Texts) -> Option<String> {
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut hidden = Vec::new();
    let mut count = 0;
    if !decision.theses && texts.theses > 0 {
        count += texts.theses;
        hidden.push(counted(texts.theses, "thesis", "theses"));
    }
    if !decision.subtitles && texts.subtitles > 0 {
        count += texts.subtitles;
        hidden.push(counted(texts.subtitles, "cue", "cues"));
    }
    let silent = decision.signals.values().all(|state| *state == decide::State::Silent);
    let asked = match (decision.theses, decision.subtitles) {
        (true, _) => "asks for theses alone",
        (false, true) => "asks for subtitles alone",
        (false, false) if silent => "says nothing about text",
        (false, false) => "asks for no text",
    };
    let verb = if count == 1 { "is" } else { "are" };
    let why = "`callsheet decide` says why";
    (count > 0).then(|| format!("the prompt {asked}: {} {verb} not shown; {why}", hidden.join(" and ")))
}

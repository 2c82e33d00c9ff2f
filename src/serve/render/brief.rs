//! All that a render needs, as it was when it was asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostic::{Diagnostics, Source};
use crate::scenario::{self, AspectRatio, Scenario};
use crate::serve::folder::Folder;
use crate::serve::id::Id;
use crate::serve::problem::{Code, Problem, Result};

use super::Options;

/// What a render job remembers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Brief {
    pub(crate) snapshot: Snapshot,
    pub(super) options: Options,
    /// The project's name.
    pub(super) name: String,
}

impl Brief {
    pub(super) fn written(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(|error| Problem::broken(&error))
    }

    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Problem::broken(&error))
    }
}

/// A scenario, and the media that it names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    /// The scenario's text, without its assets.
    pub(crate) document: String,
    /// The files of the assets that it names, in the folder of assets, by their ids.
    files: BTreeMap<String, String>,
}

/// A scenario that is read.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) scenario: Scenario,
    pub(crate) source: Arc<Source>,
    pub(crate) warnings: Diagnostics,
}

impl Snapshot {
    /// The project's scenario and media as they are now.
    pub(crate) fn take(store: &Transaction<'_>, project: &Id) -> Result<Self> {
        let sql = "SELECT document FROM scenarios WHERE project_id = ?1";
        let document: Option<String> = store.query_row(sql, [project], |row| row.get(0)).optional()?;
        let document = document.ok_or_else(no_scenario)?;
        // An id is in no text by chance.
        let sql = "SELECT id, file FROM assets JOIN blobs USING (hash)
                   WHERE project_id = ?1 AND instr(?2, '\"' || id || '\"') > 0";
        let mut statement = store.prepare(sql)?;
        let rows = statement.query_map(params![project, document], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let files = rows.collect::<rusqlite::Result<_>>()?;
        Ok(Self { document, files })
    }

    /// The hashes of its files.
    pub(crate) fn blobs(&self) -> Vec<String> {
        let hash = |file: &String| file.split('.').next().unwrap_or_default().to_owned();
        self.files.values().map(hash).collect()
    }

    /// The scenario, in another shape than its own if one is given, with its media where they are.
    pub(crate) fn scenario(&self, folder: &Folder, shape: Option<AspectRatio>) -> Result<Read> {
        let source = Source::new("scenario", self.document.clone());
        let mut document = scenario::read(&source)?;
        let assets = folder.assets();
        let place = |(id, file): (&String, &String)| (id.clone(), assets.join(file).to_string_lossy().into_owned());
        document.assets = self.files.iter().map(place).collect();
        document.scenario.metadata.aspect_ratio = shape.or(document.scenario.metadata.aspect_ratio);
        let (scenario, warnings) = scenario::normalise(document).map_err(|found| found.located_in(&source))?;
        Ok(Read { scenario, warnings: warnings.located_in(&source), source })
    }
}

fn no_scenario() -> Problem {
    Problem::new(
        Code::NotFound,
        "the project has no scenario yet; PUT one at …/scenario, or let …/scenario/generate write one",
        "в проекте ещё нет сценария; отправьте его PUT на …/scenario или сгенерируйте через …/scenario/generate",
    )
}

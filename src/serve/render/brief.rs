//! All that a render needs, as it was when it was asked for.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostic::Source;
use crate::fill::Placing;
use crate::scenario::AspectRatio;
use crate::serve::db::all;
use crate::serve::folder::Folder;
use crate::serve::id::Id;
use crate::serve::problem::{Problem, Result};
use crate::serve::scenario::{self, Given, Stored};

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
    /// As the store keeps it.
    pub(crate) fn written(&self) -> Result<Value> {
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
    /// Its version.
    pub(crate) etag: String,
    /// The files of the assets that it names, in the folder of assets, by their ids.
    files: BTreeMap<String, String>,
}

impl Snapshot {
    /// The project's scenario and media as they are now.
    pub(crate) fn take(store: &Transaction<'_>, project: &Id) -> Result<Self> {
        let Stored { document, etag } = scenario::load(store, project)?;
        // An id is in no text by chance.
        let sql = "SELECT id, file FROM assets JOIN blobs USING (hash)
                   WHERE project_id = ?1 AND instr(?2, '\"' || id || '\"') > 0";
        let files = all(store, sql, params![project, document], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self { document, etag, files: files.into_iter().collect() })
    }

    /// Gives a segment what was brought for it: `file` is its file in the folder of assets.
    pub(crate) fn place(&mut self, placing: &Placing, file: &str) -> Result<()> {
        self.document = placing.write_in(&self.document)?;
        self.files.insert(placing.asset_id.clone(), file.to_owned());
        Ok(())
    }

    /// The hashes of its files.
    pub(crate) fn blobs(&self) -> Vec<String> {
        let hash = |file: &String| file.split('.').next().unwrap_or_default().to_owned();
        self.files.values().map(hash).collect()
    }

    /// The scenario, in another shape than its own if one is given, with its media where they are.
    pub(crate) fn given(&self, folder: &Folder, shape: Option<AspectRatio>) -> Result<Given> {
        let assets = folder.assets();
        let place = |(id, file): (&String, &String)| (id.clone(), assets.join(file).to_string_lossy().into_owned());
        let files = self.files.iter().map(place).collect();
        let mut given = Given::read(Source::new("scenario.json", self.document.clone()), files)?;
        let metadata = &mut given.document.scenario.metadata;
        metadata.aspect_ratio = shape.or(metadata.aspect_ratio);
        Ok(given)
    }
}

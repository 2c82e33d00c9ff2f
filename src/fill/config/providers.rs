//! Those that can be asked.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Result;

use super::super::{Failure, Library, Pexels, Pixabay, Provider, Source, Veo, failed};
use super::Config;

/// Those that can be asked for clips.
#[derive(Clone)]
pub struct Providers {
    all: Vec<Arc<dyn Provider>>,
    order: Vec<Source>,
}

impl Providers {
    /// Those that `config` has; `library` is the folder that is taken where it names none, if it is there.
    #[must_use]
    pub fn new(config: &Config, library: Option<PathBuf>) -> Self {
        let library = config.library.clone().or_else(|| library.filter(|folder| folder.is_dir()));
        let mut all: Vec<Arc<dyn Provider>> = Vec::new();
        all.extend(library.map(|folder| Arc::new(Library::new(folder)) as Arc<dyn Provider>));
        all.extend(config.pexels.as_ref().map(|service| Arc::new(Pexels::new(service, config)) as Arc<dyn Provider>));
        all.extend(config.pixabay.as_ref().map(|service| Arc::new(Pixabay::new(service, config)) as Arc<dyn Provider>));
        all.extend(config.veo.as_ref().map(|veo| Arc::new(Veo::new(veo, config)) as Arc<dyn Provider>));
        Self { all, order: config.order.clone() }
    }

    /// The one that is named; one that is not configured is [`Failure::Setup`].
    pub fn get(&self, source: Source) -> Result<&dyn Provider> {
        self.all.iter().find(|provider| provider.source() == source).map(AsRef::as_ref).ok_or_else(|| {
            let fix = match source {
                Source::Library => {
                    "name a folder of clips with `--library DIR` or `CALLSHEET_LIBRARY`, or make a folder `library` beside \
                     the scenario"
                }
                Source::Pexels => "set `CALLSHEET_PEXELS_KEY`; a key is free at https://www.pexels.com/api/",
                Source::Pixabay => "set `CALLSHEET_PIXABAY_KEY`; a key is free at https://pixabay.com/api/docs/",
                Source::Veo => {
                    "set `CALLSHEET_VEO_KEY` to a key of the Gemini API with billing, of https://aistudio.google.com/apikey"
                }
            };
            failed(Failure::Setup, source, "it is not configured", fix)
        })
    }

    /// Those that cost nothing and are configured, in the order in which they are asked.
    pub fn free(&self) -> impl Iterator<Item = &dyn Provider> {
        let named = |source: &Source| self.all.iter().find(|provider| provider.source() == *source);
        self.order.iter().filter_map(named).map(AsRef::as_ref).filter(|provider| !provider.is_paid())
    }

    /// All that are configured.
    pub fn all(&self) -> impl Iterator<Item = &dyn Provider> {
        self.all.iter().map(AsRef::as_ref)
    }
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all.iter().map(|provider| provider.source())).finish()
    }
}

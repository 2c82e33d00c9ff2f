//! How fast this machine renders, learnt from what it has rendered.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::cache;

/// What one of two cores of 2026 does at `veryfast`, all filters and the encoder together: 48 s of 1080x1920 at 30 in 25 s.
/// The others by the encoder's own speed there.
const DEFAULTS: &[(&str, f64)] = &[
    ("ultrafast", 330.0),
    ("superfast", 190.0),
    ("veryfast", 119.0),
    ("faster", 80.0),
    ("fast", 65.0),
    ("medium", 50.0),
    ("slow", 30.0),
    ("slower", 15.0),
    ("veryslow", 8.0),
];

/// Less says more of the start of programs than of the machine.
const TELLING_MEGAPIXELS: f64 = 100.0;

/// Megapixels a second by encoder and preset, in a file of the cache.
#[derive(Clone, Debug)]
pub struct Pace {
    file: PathBuf,
    known: BTreeMap<String, f64>,
}

impl Pace {
    /// What is known in [`cache::folder`]; nothing where there is none, or where the file is broken.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let file = cache::folder()?.join("pace.json");
        let known = fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Some(Self { file, known })
    }

    /// How many megapixels a second are rendered by `encoder`, if that has been measured.
    #[must_use]
    pub fn measured(&self, encoder: &str) -> Option<f64> {
        self.known.get(encoder).copied().filter(|rate| rate.is_finite() && *rate > 0.0)
    }

    /// What is assumed where nothing has been measured.
    #[must_use]
    pub fn default_for(preset: &str) -> f64 {
        DEFAULTS.iter().find(|(name, _)| *name == preset).map_or(50.0, |(_, rate)| *rate)
    }

    /// Learns from a render: the mean of what was known and this one. A cache that cannot be written is no error.
    pub fn learn(&mut self, encoder: &str, megapixels: f64, seconds: f64) {
        if megapixels < TELLING_MEGAPIXELS || seconds <= 0.0 {
            return;
        }
        let rate = megapixels / seconds;
        let mean = self.measured(encoder).map_or(rate, |known| f64::midpoint(known, rate));
        self.known.insert(encoder.to_owned(), (mean * 10.0).round() / 10.0);
        let Some(folder) = self.file.parent() else { return };
        let text = serde_json::to_string(&self.known).unwrap_or_default();
        let _ = fs::create_dir_all(folder)
            .and_then(|()| tempfile::NamedTempFile::new_in(folder))
            .and_then(|part| fs::write(part.path(), text).map(|()| part))
            .map(|part| part.persist(&self.file));
    }
}

//! Results by what was heard and who heard it, so that the same sound is never paid for twice.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::config::Provider;
use super::sound::Sound;
use super::transcript::Transcript;

/// Part of every key: counted up when the same answer would be settled differently.
const VERSION: u32 = 1;

/// A kept result larger than this is not ours.
const MAX_BYTES: u64 = 64 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    version: u32,
    transcript: Transcript,
}

/// The file in `folder` for this sound, engine, model and language.
pub(super) fn entry(folder: &Path, sound: &Sound, provider: &Provider, language: Option<&str>) -> PathBuf {
    let mut hasher = blake3::Hasher::new();
    let heard = std::fs::File::open(&sound.path).and_then(|file| hasher.update_reader(file).map(|_| ()));
    // A sound that cannot be read now cannot be heard a moment later either; there the error is told.
    let content = heard.map(|()| hasher.finalize().to_hex().to_string()).unwrap_or_default();
    let (engine, place, model) = match provider {
        // Models are told apart by length as well: the file behind a name changes.
        Provider::Whisper { model, .. } => {
            let length = std::fs::metadata(model).map_or(0, |file| file.len());
            ("whisper", length.to_string(), model.to_string_lossy().into_owned())
        }
        Provider::Server { address, model, .. } => ("server", address.as_str().to_owned(), model.clone()),
    };
    let mut key = blake3::Hasher::new();
    for part in [&VERSION.to_string(), &content, engine, &place, &model, language.unwrap_or("auto")] {
        key.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    folder.join(format!("{}.json", key.finalize().to_hex()))
}

/// The kept result; none if there is none, or if it is broken, which is the same.
pub(super) fn load(entry: &Path) -> Option<Transcript> {
    let mut bytes = Vec::new();
    std::fs::File::open(entry).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    let kept: Kept = serde_json::from_slice(&bytes).ok()?;
    (kept.version == VERSION).then_some(kept.transcript)
}

/// Keeps a result: a whole file or none, whatever happens.
pub(super) fn store(entry: &Path, transcript: &Transcript) -> std::io::Result<()> {
    let folder = entry.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".part-").tempfile_in(folder)?;
    let text = serde_json::to_vec(&Kept { version: VERSION, transcript: transcript.clone() })?;
    file.write_all(&text)?;
    file.persist(entry).map_err(|failed| failed.error)?;
    Ok(())
}

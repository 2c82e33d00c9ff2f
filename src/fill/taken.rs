//! A file that has come: measured, named by its content, put in its place.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media::{Media, probe};
use crate::scenario::{Credit, LayerKind};
use crate::time::Time;

use super::{Candidate, Failure, Source, Wish, failed};

/// A clip that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// What it was offered as.
    pub id: String,
    /// Who offered it.
    pub provider: Source,
    /// The file: the BLAKE3 of its content in hexadecimal, and the ending of its format.
    pub path: PathBuf,
    /// The BLAKE3 of its content in hexadecimal.
    pub hash: String,
    /// What it is, measured.
    pub media: Media,
    /// Whom it is owed to.
    pub credit: Credit,
}

/// How much shorter than promised a file may be: providers give whole seconds.
const ROUNDING_SECONDS: f64 = 1.5;

/// A file in `folder` to write into; it goes away if nothing becomes of it.
pub(super) fn part(folder: &Path) -> Result<NamedTempFile> {
    let fail = |source| Error::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(fail)?;
    sweep(folder);
    let mut builder = tempfile::Builder::new();
    builder.prefix(PART.0).suffix(PART.1);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(fail)
}

/// How the name of a file that is not whole begins and ends.
const PART: (&str, &str) = (".callsheet-", ".part");

/// Nobody works on a file for so long.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// Takes away what runs that were killed have left; what cannot be taken away hurts nobody.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let written = entry.metadata().and_then(|file| file.modified());
        let is_old = written.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > LEFT_BEHIND));
        if name.starts_with(PART.0) && name.ends_with(PART.1) && is_old {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Measures what came as `candidate`, holds it to what was promised, and gives it its name in `folder`.
pub(super) fn settle(
    part: NamedTempFile,
    wish: &Wish,
    candidate: &Candidate,
    folder: &Path,
    cancel: &Cancel,
) -> Result<Taken> {
    let source = candidate.provider;
    let bad = |reason: String| {
        let fix = "pick another one, or try again later";
        failed(Failure::BadFile, source, format!("`{}` cannot be used: {reason}", candidate.id), fix)
    };
    let fail = |error| Error::Write { path: folder.to_owned(), source: error };
    let media = match probe(&candidate.id, part.path(), cancel) {
        Ok(media) => media,
        Err(Error::Probe { reason, .. }) => return Err(bad(format!("it is not playable media: {reason}"))),
        Err(other) => return Err(other),
    };
    if let Some(reason) = unlike(wish, candidate, &media) {
        return Err(bad(reason));
    }
    let hash = File::open(part.path()).and_then(|file| {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file)?;
        Ok(hasher.finalize().to_hex().to_string())
    });
    let hash = hash.map_err(fail)?;
    let path = folder.join(format!("{hash}.{}", ending(&media, &candidate.place)));
    part.as_file().sync_all().map_err(fail)?;
    part.persist(&path).map_err(|failed| fail(failed.error))?;
    // The name, too, has to outlive a loss of power: the ledger says next that the clip is here.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)?;
    // What was measured is about the file, whatever it is called.
    let media = Media { path: path.clone(), ..media };
    Ok(Taken { id: candidate.id.clone(), provider: source, path, hash, media, credit: candidate.credit.clone() })
}

/// Why the file is not what was wished for and promised, if it is not.
fn unlike(wish: &Wish, candidate: &Candidate, media: &Media) -> Option<String> {
    let right = match wish.kind {
        LayerKind::Video => media.picture.is_some(),
        LayerKind::Image => media.is_still(),
        _ => media.sound.is_some(),
    };
    if !right {
        return Some(format!("there is nothing in it for a layer of type {}", wish.kind.word()));
    }
    let (Some(promised), Some(found)) = (candidate.duration_sec, media.duration()) else { return None };
    let short = found == Time::ZERO || found.as_secs() + ROUNDING_SECONDS < promised.as_secs();
    short.then(|| format!("{promised} s were promised, {found} s are in it; it was cut off on its way"))
}

/// How its name ends: it tells what kind of media it is ([`crate::scenario::asset_kind`]).
fn ending(media: &Media, place: &str) -> String {
    let known =
        ["mp4", "m4v", "mov", "webm", "mkv", "avi", "jpg", "jpeg", "png", "webp", "mp3", "wav", "m4a", "flac", "ogg"];
    let own =
        place.rsplit_once('.').map(|(_, own)| own.to_ascii_lowercase()).filter(|own| known.contains(&own.as_str()));
    let kind = |ending: &str| crate::scenario::asset_kind(&format!("clip.{ending}"));
    let measured = match (media.is_video(), media.is_still()) {
        (true, _) => "video",
        (_, true) => "image",
        _ => "audio",
    };
    let fits = own.filter(|own| kind(own) == measured);
    fits.unwrap_or_else(|| {
        let first = media.format.split(',').next().unwrap_or_default();
        match (measured, first) {
            ("video", "matroska" | "webm") => "webm",
            ("video", _) => "mp4",
            ("image", format) if format.starts_with("png") => "png",
            ("image", format) if format.starts_with("webp") => "webp",
            ("image", _) => "jpg",
            (_, "mp3") => "mp3",
            (_, "wav") => "wav",
            (_, "ogg") => "ogg",
            (_, "flac") => "flac",
            _ => "m4a",
        }
        .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn what_killed_runs_have_left_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let new = part(folder.path()).expect("a file");
        for (name, age) in [(".callsheet-old.part", 2), (".callsheet-young.part", 0), ("old.mp4", 2)] {
            let file = File::create(folder.path().join(name)).expect("a file");
            file.set_modified(SystemTime::now() - age * LEFT_BEHIND).expect("set");
        }
        let newer = part(folder.path()).expect("a file");
        let left = |name: &str| folder.path().join(name).exists();
        assert!(!left(".callsheet-old.part") && left(".callsheet-young.part") && left("old.mp4"));
        assert!(new.path().exists() && newer.path().exists());
    }
}

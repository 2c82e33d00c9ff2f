//! A folder of one's own clips: found by the words of their names and tags, measured, copied.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::decide::words;
use crate::error::{Error, Result};
use crate::media::{Media, probe};
use crate::scenario::{Credit, LayerKind, asset_kind};

use super::candidate::{Suits, ranked};
use super::{Candidate, Errand, Failure, Progress, Provider, Source, Taken, Wish, failed, taken};

/// How deep folders are searched.
const MAX_DEPTH: usize = 8;

/// A library of more files is a mistake, such as the root of a disk.
const MAX_FILES: usize = 20_000;

/// So many of the best matches are measured and offered.
const OFFERED: usize = 24;

/// A sidecar that is larger is none.
const MAX_SIDECAR: u64 = 64 << 10;

/// Words that are in every description and say nothing about a picture.
const EMPTY_WORDS: &[&str] = &[
    "a", "an", "and", "at", "by", "for", "from", "in", "into", "is", "of", "on", "or", "over", "the", "to", "with",
    "без", "в", "во", "для", "до", "и", "из", "или", "к", "как", "на", "над", "не", "о", "об", "от", "по", "под",
    "при", "с", "со", "у", "это",
];

/// A folder of clips, photos and sounds.
///
/// `night.mp4` may have a sidecar `night.mp4.json` with `title`, `tags` (a list), and what a [`Credit`] has: `author`,
/// `license`, `attribution` and so on.
#[derive(Clone, Debug)]
pub struct Library {
    folder: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Sidecar {
    title: Option<String>,
    tags: Vec<String>,
    author: Option<String>,
    author_url: Option<String>,
    license: Option<String>,
    license_url: Option<String>,
    attribution: Option<String>,
    page: Option<String>,
}

impl Library {
    /// That in `folder`.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { folder: std::path::absolute(&folder).unwrap_or(folder) }
    }

    /// The file of a candidate that is offered under this id, if it is still there. Only files of the library have ids.
    pub fn file_of(&self, id: &str) -> Result<Option<PathBuf>> {
        let found = self.files(&mut |_| {})?.into_iter().find(|file| id_of(file) == id);
        Ok(found.map(|file| self.folder.join(file)))
    }

    /// The media files in it, as paths from its folder, in order.
    fn files(&self, tell: &mut dyn FnMut(Progress)) -> Result<Vec<String>> {
        let mut files = Vec::new();
        below(&self.folder, "", MAX_DEPTH, &mut files, tell)
            .map_err(|source| Error::Read { path: self.folder.clone(), source })?;
        if files.len() > MAX_FILES {
            let reason = format!("there are more than {MAX_FILES} media files below `{}`", self.folder.display());
            return Err(failed(
                Failure::Setup,
                Source::Library,
                reason,
                "name a folder that holds clips and little else",
            ));
        }
        files.sort();
        Ok(files)
    }

    /// What the sidecar of `file` says, or why that cannot be known: whose the clip is may stand there.
    fn sidecar(&self, file: &str) -> std::result::Result<Sidecar, String> {
        let path = self.folder.join(format!("{file}.json"));
        let unread = |error: io::Error| format!("its sidecar `{file}.json` cannot be read: {error}");
        match std::fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Sidecar::default()),
            Ok(found) if found.len() > MAX_SIDECAR => {
                return Err(format!("its sidecar `{file}.json` is larger than 64 KiB"));
            }
            Err(error) => return Err(unread(error)),
            Ok(_) => {}
        }
        let text = std::fs::read_to_string(&path).map_err(unread)?;
        serde_json::from_str(&text).map_err(|error| {
            let fix = "a sidecar is {\"title\": \"…\", \"tags\": [\"…\"], \"author\": \"…\", \"license\": \"…\"}";
            format!("its sidecar `{file}.json` is wrong: {error}; {fix}")
        })
    }

    fn offer(&self, file: &str, sidecar: Sidecar, wish: &Wish, media: &Media) -> Candidate {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a picture")]
        let (width, height) = media
            .picture
            .as_ref()
            .map_or((0, 0), |picture| (picture.width.round() as u32, picture.height.round() as u32));
        let credit = Credit {
            attribution: sidecar.attribution,
            author: sidecar.author,
            author_url: sidecar.author_url,
            license: sidecar.license,
            license_url: sidecar.license_url,
            page: sidecar.page,
            // Who filled it is known, whether or not anybody is owed anything: another clip may take its place.
            provider: Some(Source::Library.word().into()),
        };
        let duration_sec = media.duration();
        Candidate {
            id: id_of(file),
            provider: Source::Library,
            title: Some(sidecar.title.unwrap_or_else(|| file.to_owned())),
            preview: Some(self.folder.join(file).display().to_string()),
            width,
            height,
            duration_sec,
            credit,
            fit: Suits::of(wish, width, height, duration_sec),
            place: file.to_owned(),
        }
    }
}

/// A name that is no path, and stays the same for as long as the file has its place.
fn id_of(file: &str) -> String {
    blake3::hash(file.as_bytes()).to_hex().chars().take(12).collect()
}

fn below(
    folder: &Path,
    inside: &str,
    depth: usize,
    files: &mut Vec<String>,
    tell: &mut dyn FnMut(Progress),
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is no text has no words.
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || files.len() > MAX_FILES {
            continue;
        }
        let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            // A folder that is somebody else's alone hides no others.
            if depth > 0
                && let Err(error) = below(&entry.path(), &path, depth - 1, files, tell)
            {
                tell(Progress::PassedBy(path, format!("the folder cannot be read: {error}")));
            }
        } else if is_media(&name) && entry.path().is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether the name is that of a file that can be looked into; everything else is passed by.
fn is_media(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let videos = ["mp4", "m4v", "mov", "webm", "mkv", "avi", "mts", "m2ts", "mpg", "mpeg"];
    videos.contains(&ending.as_str()) || asset_kind(name) != "video"
}

/// What all forms of the words of `text` have in common, without the empty ones.
fn stems(text: &str) -> BTreeSet<String> {
    // `night_city-2.mp4` is four words.
    let apart: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words(&apart)
        .into_iter()
        .filter(|word| !EMPTY_WORDS.contains(&word.folded.as_str()))
        .map(|word| word.stem)
        .collect()
}

impl Provider for Library {
    fn source(&self) -> Source {
        Source::Library
    }

    fn search(&self, wish: &Wish, errand: &mut Errand<'_>) -> Result<Vec<Candidate>> {
        errand.tell(Progress::Searching(Source::Library));
        let wanted = stems(&format!("{} {}", wish.query, wish.description));
        let mut matches = Vec::new();
        for file in self.files(errand.on_progress)? {
            let right = match (wish.kind, asset_kind(&file)) {
                (LayerKind::Video, kind) => kind != "audio",
                (LayerKind::Image, kind) => kind == "image",
                (_, kind) => kind == "audio",
            };
            if !right {
                continue;
            }
            let sidecar = match self.sidecar(&file) {
                Ok(sidecar) => sidecar,
                Err(why) => {
                    errand.tell(Progress::PassedBy(file, why));
                    continue;
                }
            };
            let name = file.rsplit_once('.').map_or(file.as_str(), |(name, _)| name);
            let said = format!("{name} {} {}", sidecar.title.as_deref().unwrap_or_default(), sidecar.tags.join(" "));
            let common = stems(&said).intersection(&wanted).count();
            if common > 0 {
                matches.push((common, asset_kind(&file) == "image" && wish.kind == LayerKind::Video, file, sidecar));
            }
        }
        // What has less than half the words of the best is about something else.
        let most = matches.iter().map(|(common, ..)| *common).max().unwrap_or_default();
        matches.retain(|(common, ..)| common * 2 >= most);
        // The most words first, and films before photos where films are wanted.
        matches.sort_by(|left, right| (right.0, left.1, &left.2).cmp(&(left.0, right.1, &right.2)));
        let mut offered = Vec::new();
        for (_, _, file, sidecar) in matches {
            if offered.len() == OFFERED {
                break;
            }
            match probe(&file, &self.folder.join(&file), errand.cancel) {
                Ok(media) => offered.push(self.offer(&file, sidecar, wish, &media)),
                // What cannot be played is not offered.
                Err(Error::Probe { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(ranked(offered))
    }

    fn take(&self, wish: &Wish, candidate: &Candidate, folder: &Path, errand: &mut Errand<'_>) -> Result<Taken> {
        let from = self.folder.join(&candidate.place);
        let mut part = taken::part(folder)?;
        let copied = File::open(&from).and_then(|mut file| io::copy(&mut file, part.as_file_mut()));
        copied.map_err(|source| Error::Read { path: from, source })?;
        taken::settle(part, wish, candidate, folder, errand.cancel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names_are_found_in_all_their_forms() {
        let common = |name: &str, wish: &str| stems(name).intersection(&stems(wish)).count();
        assert_eq!(common("ночной_город-02", "Ночные города с высоты"), 2);
        assert_eq!(common("city/night", "a night over the cities"), 2);
        assert_eq!(common("the_and_of", "the end of the road"), 0);
    }
}

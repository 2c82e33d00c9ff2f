//! The media that a scenario is to be made of: measured, each under an id, with its path as the scenario writes it.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media::{Media, probe_all};
use crate::time::Time;

use super::normalise::asset_kind;

/// A media file under its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// Its name in the scenario: ASCII, unlike any other's, never a path.
    pub id: String,
    /// Its path as the scenario writes it: relative to the scenario's folder where that leads there.
    pub path: String,
    /// What was measured of it.
    pub media: Media,
}

/// Media in the order in which they were given, and which of them plays through.
#[derive(Clone, Debug)]
pub struct Footage {
    folder: PathBuf,
    assets: Vec<Asset>,
    main: Option<usize>,
}

/// More files than this make no short video, and every one of them becomes an input of ffmpeg.
const MAX_FILES: usize = 200;

/// What is left of a file's name in an id.
const MAX_ID: usize = 32;

impl Footage {
    /// Measures the files at `paths`, for a scenario in `folder`. What is wrong with any of them is told for all of them.
    pub fn probe(paths: &[PathBuf], folder: &Path, cancel: &Cancel) -> Result<Self> {
        if paths.len() > MAX_FILES {
            return Err(Diagnostics::from(too_many(paths.len())).into());
        }
        let numbered: BTreeMap<String, PathBuf> = paths
            .iter()
            .enumerate()
            .map(|(number, path)| {
                let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                (format!("{number:04}"), absolute)
            })
            .collect();
        let (mut measured, errors) = probe_all(&numbered, cancel);
        let mut found = Diagnostics::new();
        for error in errors {
            match error {
                Error::Probe { asset, path, reason } => {
                    let given = asset.parse().ok().and_then(|number: usize| paths.get(number));
                    let name = given.unwrap_or(&path).to_string_lossy();
                    let message = format!("`{}` cannot be used: {reason}", name.escape_debug());
                    let place = path.to_string_lossy();
                    found.push(
                        Diagnostic::new(diagnostic::BAD_MEDIA, message)
                            .help(format!("the file is looked for at {}", place.escape_debug())),
                    );
                }
                other => return Err(other),
            }
        }
        let media = numbered.keys().filter_map(|number| measured.remove(number)).collect();
        match (found.has_errors(), Self::new(media, folder)) {
            (false, footage) => Ok(footage?),
            (true, Ok(_)) => Err(found.into()),
            (true, Err(more)) => {
                found.extend(more);
                Err(found.into())
            }
        }
    }

    /// Gives each of `media` an id and its path from `folder`. The main one is the longest clip with sound.
    pub fn new(media: Vec<Media>, folder: &Path) -> std::result::Result<Self, Diagnostics> {
        Self::of(media.into_iter().map(|media| (None, media)).collect(), folder)
    }

    /// The same of media that have their ids already, each its own.
    pub fn named(media: Vec<(String, Media)>, folder: &Path) -> std::result::Result<Self, Diagnostics> {
        Self::of(media.into_iter().map(|(id, media)| (Some(id), media)).collect(), folder)
    }

    fn of(media: Vec<(Option<String>, Media)>, folder: &Path) -> std::result::Result<Self, Diagnostics> {
        let mut found = Diagnostics::new();
        if media.len() > MAX_FILES {
            found.push(too_many(media.len()));
        }
        let mut assets: Vec<Asset> = Vec::new();
        for (given, media) in media {
            let Some(path) = written(&media.path, folder) else {
                let shown = media.path.to_string_lossy();
                let message = format!("the path `{}` is no UTF-8 text", shown.escape_debug());
                found.push(Diagnostic::new(diagnostic::BAD_MEDIA, message).help("rename the file, or its folder"));
                continue;
            };
            if let Some(mistake) = misnamed(&media, &path) {
                found.push(mistake);
            }
            let id = given.unwrap_or_else(|| id(&media, &assets));
            assets.push(Asset { id, path, media });
        }
        if !assets.iter().any(|asset| asset.media.picture.is_some()) && !found.has_errors() {
            found.push(
                Diagnostic::new(diagnostic::NO_PICTURE, "none of the media has a picture")
                    .help("give at least one video or photo; sounds become music under it"),
            );
        }
        let mut footage = Self { folder: folder.to_owned(), assets, main: None };
        footage.main = footage.longest(|asset| asset.media.sound.is_some());
        found.finish(footage).map(|(footage, _)| footage)
    }

    /// The folder that relative paths start from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Everything, in the order in which it was given.
    #[must_use]
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// The clip that plays through with its sound, under the cutaways; with none, the media follow one another.
    #[must_use]
    pub fn main(&self) -> Option<&Asset> {
        self.main.and_then(|number| self.assets.get(number))
    }

    /// Lets the asset of this number play through, or none. What has no moving picture cannot.
    pub fn set_main(&mut self, number: Option<usize>) {
        self.main = number.filter(|number| self.assets.get(*number).is_some_and(|asset| asset.media.is_video()));
    }

    /// The asset called `id`.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.id == id)
    }

    /// The number of the longest clip of those that `fits`; of two of a length the first.
    #[must_use]
    pub fn longest(&self, fits: impl Fn(&Asset) -> bool) -> Option<usize> {
        let clips = self.assets.iter().enumerate().filter(|(_, asset)| asset.media.is_video() && fits(asset));
        let mut longest: Option<(Time, usize)> = None;
        for (number, asset) in clips {
            let duration = asset.media.duration().unwrap_or_default();
            if longest.is_none_or(|(most, _)| duration > most) {
                longest = Some((duration, number));
            }
        }
        longest.map(|(_, number)| number)
    }
}

/// What rules know of an asset is told by its file's name: one that tells another thing would be shown wrong, or not.
fn misnamed(media: &Media, path: &str) -> Option<Diagnostic> {
    media.picture.as_ref()?;
    let (holds, kind, ending) =
        if media.is_still() { ("a photo", "image", ".jpg") } else { ("a video", "video", ".mp4") };
    let name = media.path.file_name().unwrap_or_default().to_string_lossy();
    (asset_kind(path) != kind).then(|| {
        Diagnostic::new(
            diagnostic::BAD_MEDIA,
            format!("`{}` holds {holds}, but its name does not say so", name.escape_debug()),
        )
        .help(format!("rename it to end like one, e.g. in {ending}"))
    })
}

fn too_many(count: usize) -> Diagnostic {
    Diagnostic::new(diagnostic::BAD_MEDIA, format!("{count} media files are too many"))
        .help(format!("give {MAX_FILES} at most"))
}

/// An id made of the file's name; where that has letters beyond ASCII, of what the file is.
fn id(media: &Media, taken: &[Asset]) -> String {
    let stem = media.path.file_stem().unwrap_or_default().to_string_lossy();
    let mut name = String::new();
    for letter in stem.chars() {
        match letter {
            letter if letter.is_ascii_alphanumeric() => name.push(letter.to_ascii_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    name.truncate(MAX_ID);
    let name = name.trim_end_matches('-');
    let foreign = stem.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii());
    let kind = match &media.picture {
        Some(picture) if picture.duration.is_none() => "photo",
        Some(_) => "clip",
        None => "sound",
    };
    let name = if name.is_empty() || foreign { kind } else { name };
    let is_free = |id: &str| taken.iter().all(|asset| asset.id != id);
    if is_free(name) {
        return name.to_owned();
    }
    let mut numbered = (2..).map(|number: usize| format!("{name}-{number}"));
    numbered.find(|id| is_free(id)).unwrap_or_default()
}

/// `path` as a scenario in `folder` writes it: relative where the two have a folder in common, else absolute.
fn written(path: &Path, folder: &Path) -> Option<String> {
    let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
    let (Some(parent), Ok(folder), Some(name)) = (parent, folder.canonicalize(), path.file_name()) else {
        return path.to_str().map(str::to_owned);
    };
    let common = parent.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    // With nothing but the root in common, the way there says less than the place itself.
    let named = parent.components().take(common).any(|part| matches!(part, Component::Normal(_)));
    if !named {
        return parent.join(name).to_str().map(str::to_owned);
    }
    let ups = folder.components().skip(common).map(|_| "..");
    let downs = parent.components().skip(common).map(|part| part.as_os_str().to_str());
    let parts: Option<Vec<&str>> = ups.map(Some).chain(downs).chain([name.to_str()]).collect();
    Some(parts?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Light, Picture, Sound};

    fn clip(path: &str, seconds: f64, sound: bool) -> Media {
        let duration = Time::from_secs(seconds).expect("seconds");
        let picture = Picture {
            stream: 0,
            width: 1080.0,
            height: 1920.0,
            rate: 30.0,
            duration: Some(duration),
            plain: true,
            alpha: false,
            bt601: false,
            last: None,
            untagged: false,
            square: true,
            light: Light::Sdr,
            wide: false,
            rgb: false,
            turn: 0,
            decoder: None,
        };
        let sound = sound.then_some(Sound { stream: 1, duration, channels: 2 });
        Media { path: path.into(), format: "mov".into(), picture: Some(picture), sound }
    }

    #[test]
    fn an_id_is_ascii_and_unlike_the_others_whatever_the_files_are_called() {
        let names = [
            "/nowhere/Talk (final).mp4",
            "/elsewhere/talk-final.mov",
            "/nowhere/интервью 5.mp4",
            "/nowhere/..mp4",
            "/nowhere/$(rm -rf ~); `cat etc:passwd`.mp4",
            "/nowhere/\u{202e}4pm.mp4",
            "/nowhere/-rf\n--help.mp4",
            "/nowhere/a-name-that-is-much-longer-than-anybody-needs.mp4",
        ];
        let media = names.iter().map(|name| clip(name, 1.0, false)).collect();
        let footage = Footage::new(media, Path::new("/")).expect("clips");
        let ids: Vec<&str> = footage.assets().iter().map(|asset| asset.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "talk-final",
                "talk-final-2",
                "clip",
                "clip-2",
                "rm-rf-cat-etc-passwd",
                "4pm",
                "rf-help",
                "a-name-that-is-much-longer-than"
            ]
        );
        assert_eq!(footage.assets()[4].path, names[4], "the path is the file's own, whatever is in it");
    }

    #[test]
    fn the_longest_clip_with_sound_plays_through() {
        let media = vec![clip("/a.mp4", 9.0, false), clip("/b.mp4", 4.0, true), clip("/c.mp4", 5.0, true)];
        let mut footage = Footage::new(media, Path::new("/")).expect("clips");
        assert_eq!(footage.main().map(|asset| asset.id.as_str()), Some("c"));
        footage.set_main(None);
        assert!(footage.main().is_none());
    }

    #[test]
    fn a_path_is_relative_where_the_scenario_is_near() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path().canonicalize().expect("a folder");
        std::fs::create_dir_all(root.join("a/media")).expect("a folder");
        std::fs::create_dir_all(root.join("a/drafts/one")).expect("a folder");
        let file = root.join("a/media/x.mp4");
        assert_eq!(written(&file, &root.join("a")).as_deref(), Some("media/x.mp4"));
        assert_eq!(written(&file, &root.join("a/drafts/one")).as_deref(), Some("../../media/x.mp4"));
        assert_eq!(written(&root.join("a/drafts/../media/x.mp4"), &root.join("a/media")).as_deref(), Some("x.mp4"));
        assert_eq!(written(Path::new("/x.mp4"), &root).as_deref(), Some("/x.mp4"));
    }
}

//! What a file is: measured by ffprobe, held against what may be taken.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Error;
use crate::ffmpeg::Cancel;
use crate::media::{Media, probe};
use crate::serve::config::Limits;
use crate::serve::problem::{Code, Problem, Result};

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Moving pictures, perhaps with sound.
    #[default]
    Video,
    /// One picture.
    Image,
    /// Sound alone.
    Audio,
}

/// What was measured of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Measured {
    pub(crate) kind: Kind,
    /// In seconds; null for a photo.
    #[schema(required = true, example = 12.5)]
    pub(crate) duration_sec: Option<f64>,
    /// In pixels, as it is shown; null for a sound.
    #[schema(required = true, example = 1080)]
    pub(crate) width: Option<f64>,
    /// In pixels, as it is shown; null for a sound.
    #[schema(required = true, example = 1920)]
    pub(crate) height: Option<f64>,
    /// Frames a second; null where there are none, or nobody knows.
    #[schema(required = true, example = 30)]
    pub(crate) frame_rate: Option<f64>,
    /// Of its sound; null where it has none.
    #[schema(required = true, example = 2)]
    pub(crate) channels: Option<u32>,
}

/// Measures the file at `path`, which is called `name`; says how a file of its kind ends.
pub(super) fn measure(
    path: &std::path::Path,
    name: &str,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<(Measured, &'static str)> {
    let media = probe("upload", path, cancel).map_err(|error| match error {
        Error::Probe { reason, .. } => bad(name, &reason),
        other => other.into(),
    })?;
    let measured = Measured::of(&media);
    let pixels = measured.width.zip(measured.height).map_or(0.0, |(width, height)| width * height);
    #[expect(clippy::cast_precision_loss, reason = "no picture has so many pixels")]
    let most = limits.pixels as f64;
    if pixels > most {
        return Err(beyond(name, &pixels, most, ["pixels", "пикселей"]).with("limit", limits.pixels));
    }
    if let Some(seconds) = measured.duration_sec.filter(|seconds| *seconds > f64::from(limits.seconds)) {
        let found = format!("{seconds:.1}");
        return Err(beyond(name, &found, limits.seconds.into(), ["s", "с"]).with("limit", limits.seconds));
    }
    let ending = ending(measured.kind, &media.format);
    Ok((measured, ending))
}

impl Measured {
    fn of(media: &Media) -> Self {
        let kind = match &media.picture {
            None => Kind::Audio,
            Some(_) if media.is_still() => Kind::Image,
            Some(_) => Kind::Video,
        };
        let picture = media.picture.as_ref();
        Self {
            kind,
            duration_sec: media.duration().map(crate::time::Time::as_secs),
            width: picture.map(|picture| picture.width),
            height: picture.map(|picture| picture.height),
            frame_rate: picture.filter(|_| kind == Kind::Video).map(|picture| picture.rate).filter(|rate| *rate > 0.0),
            channels: media.sound.as_ref().map(|sound| sound.channels),
        }
    }
}

/// How a file of this kind is called: rules go by the ending, and ffmpeg is told the format either way.
fn ending(kind: Kind, format: &str) -> &'static str {
    match (kind, format) {
        (Kind::Image, "png_pipe") => "png",
        (Kind::Image, "webp_pipe") => "webp",
        (Kind::Image, "bmp_pipe") => "bmp",
        (Kind::Image, "tiff_pipe") => "tiff",
        (Kind::Image, _) => "jpg",
        (Kind::Audio, "mp3") => "mp3",
        (Kind::Audio, "wav") => "wav",
        (Kind::Audio, "flac") => "flac",
        (Kind::Audio, "aac") => "aac",
        (Kind::Audio, "aiff") => "aiff",
        (Kind::Audio, "mov") => "m4a",
        (Kind::Audio, _) => "ogg",
        (Kind::Video, "matroska") => "mkv",
        (Kind::Video, "gif") => "gif",
        (Kind::Video, "avi") => "avi",
        (Kind::Video, "mpegts") => "ts",
        (Kind::Video, _) => "mp4",
    }
}

fn bad(name: &str, reason: &str) -> Problem {
    let name = name.escape_debug();
    Problem::new(
        Code::BadMedia,
        format!("`{name}` is not playable media: {reason}; send a video, a photo or a sound"),
        format!("`{name}` не воспроизводится: {reason}; отправьте видео, фото или звук"),
    )
}

fn beyond(name: &str, found: &dyn Display, most: f64, [unit, russian]: [&str; 2]) -> Problem {
    let name = name.escape_debug();
    Problem::new(
        Code::BadMedia,
        format!("`{name}` has {found} {unit}, and {most} {unit} at most are taken here; send a smaller or shorter one"),
        format!(
            "в `{name}` {found} {russian}, а принимается не больше {most} {russian}; отправьте файл меньше или короче"
        ),
    )
}

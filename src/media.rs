//! What a media file is: measured by ffprobe, never believed.

mod length;
mod probe;

pub use probe::{probe, probe_all};

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::time::Time;

/// Media by asset id.
pub type MediaTable = BTreeMap<String, Media>;

/// A media file.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// The file, absolute.
    pub path: PathBuf,
    /// The demuxer that reads it, e.g. `mov`; given to ffmpeg so that it guesses nothing.
    pub format: String,
    /// Its picture, if it has one.
    pub picture: Option<Picture>,
    /// Its sound, if it has one.
    pub sound: Option<Sound>,
}

/// A picture stream.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about its pixels, none of them a state")]
pub struct Picture {
    /// The stream's number in the file.
    pub stream: u32,
    /// Width as shown: turned upright, with square pixels.
    pub width: f64,
    /// Height as shown.
    pub height: f64,
    /// Frames a second, on average; 0 if unknown.
    pub rate: f64,
    /// When its last frame is over, counted from the start of the file; `None` for a photo, which can be shown for any time.
    pub duration: Option<Time>,
    /// When its last frame begins, if the file tells: a screen that was filmed may stand still for long.
    pub last: Option<Time>,
    /// Whether it needs no conversion before it is put on the canvas: plain 8-bit 4:2:0, video range, BT.709.
    pub plain: bool,
    /// Whether parts of it are transparent.
    pub alpha: bool,
    /// Whether its colours follow BT.601 although no tag says so: small pictures from before HD.
    pub bt601: bool,
    /// Whether its pixels are square as stored.
    pub square: bool,
}

/// A sound stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// The stream's number in the file.
    pub stream: u32,
    /// When it is over, counted from the start of the file.
    pub duration: Time,
    /// How many channels it has.
    pub channels: u32,
}

impl Media {
    /// How long the file's picture lasts, or its sound where there is no picture; `None` for a photo.
    #[must_use]
    pub fn duration(&self) -> Option<Time> {
        match (&self.picture, &self.sound) {
            (Some(picture), _) => picture.duration,
            (None, Some(sound)) => Some(sound.duration),
            (None, None) => Some(Time::ZERO),
        }
    }

    /// Whether it is a photo.
    #[must_use]
    pub fn is_still(&self) -> bool {
        self.picture.as_ref().is_some_and(|picture| picture.duration.is_none())
    }

    /// Whether it is a video.
    #[must_use]
    pub fn is_video(&self) -> bool {
        self.picture.as_ref().is_some_and(|picture| picture.duration.is_some())
    }
}

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
#[expect(clippy::struct_excessive_bools, reason = "independent facts about its pixels, none of them a state")]
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
    /// Whether no tag says which matrix its colours follow.
    pub untagged: bool,
    /// Whether its pixels are square as stored.
    pub square: bool,
    /// What its signal means in light.
    pub light: Light,
    /// Whether its colours are those of BT.2020, wider than a video's.
    pub wide: bool,
    /// Whether it is stored as red, green and blue.
    pub rgb: bool,
    /// How far it must be turned to stand upright, clockwise, where ffmpeg does not do it by itself: 0, 90, 180 or 270.
    pub turn: u16,
    /// The decoder that it needs, where that is not the one that ffmpeg would take.
    pub decoder: Option<&'static str>,
}

/// What a picture's signal means in light: its transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Light {
    /// As displays have always shown it.
    #[default]
    Sdr,
    /// High dynamic range by absolute brightness: SMPTE ST 2084.
    Pq,
    /// High dynamic range by relative brightness: ARIB STD-B67.
    Hlg,
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

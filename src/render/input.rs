//! An input of the ffmpeg command: which file, read how, from where to where.

use std::path::PathBuf;

use crate::ffmpeg;
use crate::media::Media;
use crate::time::Time;

/// Formats whose clocks may jump. Where one is read from its start, ffmpeg counts from the start of the streams that are
/// used, so that picture and sound, each an input of its own, would count from two starts. An offset, however small, makes
/// it count from the start of the file, as it does everywhere else.
const DISCONTINUOUS: [&str; 3] = ["mpegts", "mpeg", "ogg"];

/// An input of the command.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) options: Vec<String>,
    pub(super) path: PathBuf,
}

impl Input {
    /// `media` from its start to its end, read by the demuxer that the probe found.
    pub(super) fn new(media: &Media) -> Self {
        let mut options = ffmpeg::input_guards();
        options.extend(["-f".to_owned(), media.format.clone()]);
        if let Some((picture, decoder)) = media.picture.as_ref().and_then(|picture| Some((picture, picture.decoder?))) {
            options.extend([format!("-c:{}", picture.stream), decoder.to_owned()]);
        }
        if media.format == "image2" {
            // A `%d` in a name is a character, not a pattern.
            options.extend(["-pattern_type", "none"].map(str::to_owned));
        }
        if DISCONTINUOUS.contains(&media.format.as_str()) {
            options.extend(["-itsoffset", "0.000001"].map(str::to_owned));
        }
        Self { options, path: media.path.clone() }
    }

    /// Only `length` from `start` on.
    pub(super) fn seek(mut self, start: Time, length: Time) -> Self {
        if start > Time::ZERO {
            self.options.extend(["-ss".to_owned(), micros(start)]);
        }
        self.options.extend(["-t".to_owned(), micros(length)]);
        self
    }

    /// From `start` on, to the end.
    pub(super) fn from(mut self, start: Time) -> Self {
        if start > Time::ZERO {
            self.options.extend(["-ss".to_owned(), micros(start)]);
        }
        self
    }

    /// From the key frame at or before `start` on; what comes before `start` has a negative time. The frame that stands at
    /// `start` may have begun long before it, and ffmpeg's own way to seek exactly would drop it.
    pub(super) fn seek_key_frame(mut self, start: Time) -> Self {
        if start > Time::ZERO {
            self.options.extend(["-noaccurate_seek".to_owned(), "-ss".to_owned(), micros(start)]);
        }
        self
    }

    /// Again from its start where it ends.
    pub(super) fn looped(mut self) -> Self {
        self.options.splice(0..0, ["-stream_loop", "-1"].map(str::to_owned));
        self
    }
}

/// Seconds to the microsecond, ffmpeg's own grain.
pub(super) fn micros(time: Time) -> String {
    format!("{:.6}", time.as_secs())
}

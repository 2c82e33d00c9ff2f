//! Captions: files in, files out; texts over speech; subtitles in a video's own stream.

#[path = "captions/files.rs"]
mod files;
#[path = "captions/program.rs"]
mod program;
#[path = "captions/readable.rs"]
mod readable;
#[path = "captions/soft.rs"]
mod soft;
#[path = "captions/speech.rs"]
mod speech;

use callsheet::captions::{self, Entry, Format, Track};
use callsheet::diagnostic::{Diagnostics, Source};
use callsheet::time::{FrameRate, Time};
use callsheet::value::Cue;

pub(crate) fn millis(milliseconds: i64) -> Time {
    Time::from_millis(milliseconds).unwrap()
}

fn seconds(seconds: f64) -> Time {
    Time::from_secs(seconds).unwrap()
}

pub(crate) fn cue(start: i64, end: i64, text: &str) -> Cue {
    Cue::new(millis(start), millis(end), text)
}

fn entries(cues: impl IntoIterator<Item = Cue>) -> Vec<Entry> {
    cues.into_iter().enumerate().map(|(number, cue)| Entry::new(number + 1, cue)).collect()
}

pub(crate) fn track(cues: impl IntoIterator<Item = Cue>) -> Track {
    captions::mend(entries(cues).into(), None, FrameRate::thirty()).unwrap().0
}

pub(crate) fn cues(track: &Track) -> Vec<Cue> {
    track.cues().cloned().collect()
}

/// Reads and mends; what is refused is the error.
fn read(text: &str, format: Format) -> Result<(Track, Diagnostics), Diagnostics> {
    captions::mend(captions::read(&Source::new("captions", text), format), None, FrameRate::thirty())
}

//! Captions: read from files and scenarios, mended, timed over speech, written.
//!
//! ```text
//! bytes ─▶ Source ─▶ Listing ─▶ Track ─▶ text
//!   (decode)   (read)      (mend)    (write)
//! text without times + speech ─▶ Listing   (time)
//! ```
//!
//! [`read()`] is lenient: it takes what `SubRip`, `WebVTT` and ASS files hold in the wild, as their specifications and the
//! common players take them. [`mend()`] makes a [`Track`] of it, in order and without overlaps, or refuses it by the
//! cue's number. [`write()`] takes nothing but a [`Track`], and is exact. [`time()`] makes cues that a person can read of
//! a text that has no times ([`Limits`] says what that is), and [`check()`] holds any cues against the same limits.

mod ass;
mod check;
mod clock;
mod encoding;
mod format;
mod layer;
mod limits;
mod lines;
mod markup;
mod mend;
mod pauses;
mod srt;
mod timing;
mod voiceover;
mod vtt;
mod words;

pub use check::check;
pub use encoding::{Encoding, decode};
pub use format::{Format, read, write};
pub use layer::{from_scenario, into_scenario};
pub use limits::{Language, Limits};
pub use mend::mend;
pub use pauses::speech;
pub(crate) use pauses::{Speech, spoken};
pub use timing::{Window, time};
pub(crate) use voiceover::voices;
pub use voiceover::{listen, voiceover};
pub use words::place_words;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::value::Cue;

/// A cue as somebody wrote it, and where: not yet mended.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its times and its text without markup. The times may be anything.
    pub cue: Cue,
    /// Its place in the file, from 1.
    pub number: usize,
    /// Where it stands, in a caption file.
    pub location: Option<Location>,
    /// Where it stands, in a scenario or plan.
    pub pointer: Option<String>,
}

impl Entry {
    /// A cue that stands nowhere.
    #[must_use]
    pub fn new(number: usize, cue: Cue) -> Self {
        Self { cue, number, location: None, pointer: None }
    }

    /// A finding about it, at its place.
    fn finding(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        let mut finding = Diagnostic::new(code, message);
        finding.location.clone_from(&self.location);
        finding.pointer.clone_from(&self.pointer);
        finding
    }
}

/// Cues as somebody wrote them, and what came up when they were read.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The cues, in the order of the file.
    pub entries: Vec<Entry>,
    /// What came up; with an error among it, [`mend()`] makes no track.
    pub found: Diagnostics,
}

impl Listing {
    /// The same with what came up earlier.
    #[must_use]
    pub fn after(self, mut found: Diagnostics) -> Self {
        found.extend(self.found);
        Self { entries: self.entries, found }
    }
}

impl From<Vec<Entry>> for Listing {
    fn from(entries: Vec<Entry>) -> Self {
        Self { entries, found: Diagnostics::new() }
    }
}

/// Cues that can be shown: in order, none over another, each with a time and a text. Made by [`mend()`] alone.
#[derive(Clone, Debug, Default)]
pub struct Track(Vec<Entry>);

impl Track {
    /// The cues, in the order of time.
    #[must_use]
    pub fn cues(&self) -> impl ExactSizeIterator<Item = &Cue> {
        self.0.iter().map(|entry| &entry.cue)
    }

    /// The cues with their places.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

//! Which format a file has, and the one door to reading and writing it.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::value::Cue;

use super::clock::Bad;
use super::{Entry, Listing, Track, ass, srt, vtt};

/// A format of caption files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `SubRip`
    Srt,
    /// `WebVTT`
    Vtt,
    /// Advanced `SubStation` Alpha, and SSA
    Ass,
}

impl Format {
    /// The format that a file's name tells.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "srt" => Some(Self::Srt),
            "vtt" | "webvtt" => Some(Self::Vtt),
            "ass" | "ssa" => Some(Self::Ass),
            _ => None,
        }
    }

    /// The format that a text tells by itself; by the name of its source where it does not.
    #[must_use]
    pub fn of_source(source: &Source) -> Self {
        let text = source.text().trim_start_matches('\u{feff}').trim_start();
        let is_section = |line: &str| line.eq_ignore_ascii_case("[script info]") || line.starts_with("Dialogue:");
        if vtt::has_signature(text) {
            Self::Vtt
        } else if text.lines().map(str::trim).take_while(|line| !line.contains("-->")).any(is_section) {
            Self::Ass
        } else {
            Self::of_name(Path::new(source.name())).filter(|named| *named != Self::Ass).unwrap_or(Self::Srt)
        }
    }
}

/// Every cue of a caption file, as it stands there.
///
/// What a player would pass over is left out with a warning that names the cue; what the scenario cannot hold
/// (formatting, placement) is counted in one warning.
#[must_use]
pub fn read(source: &Arc<Source>, format: Format) -> Listing {
    let mut reading = Reading::new(source);
    if source.text().trim().is_empty() {
        reading.found.push(Diagnostic::new(diagnostic::EMPTY_FILE, "the caption file is empty").at(reading.start()));
        return Listing { entries: Vec::new(), found: reading.found };
    }
    match format {
        Format::Srt => srt::read(&mut reading),
        Format::Vtt => vtt::read(&mut reading),
        Format::Ass => ass::read(&mut reading),
    }
    reading.finish(format)
}

/// The file that holds `track`, in UTF-8 without a mark and with `\n` at the end of lines, which every player reads.
///
/// Times are rounded to the format's grain: a millisecond, in ASS a hundredth of a second.
#[must_use]
pub fn write(track: &Track, format: Format) -> String {
    match format {
        Format::Srt => srt::write(track),
        Format::Vtt => vtt::write(track),
        Format::Ass => ass::write(track),
    }
}

/// A file while it is read: its cues so far, and what came up.
pub(super) struct Reading<'a> {
    source: &'a Arc<Source>,
    entries: Vec<Entry>,
    /// How many cues were seen, those that are left out among them.
    seen: usize,
    /// Where formatting was dropped first, and in how many cues.
    markup: Option<(Location, usize)>,
    pub(super) found: Diagnostics,
}

impl<'a> Reading<'a> {
    fn new(source: &'a Arc<Source>) -> Self {
        Self { source, entries: Vec::new(), seen: 0, markup: None, found: Diagnostics::new() }
    }

    /// The lines with their places, without line ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = (SourceSpan, &'a str)> + use<'a> {
        let mut start = 0;
        self.source.text().split('\n').map(move |line| {
            let span = SourceSpan::new(start, start + line.len());
            start = span.end + 1;
            (span, line)
        })
    }

    fn start(&self) -> Location {
        Location::new(self.source, SourceSpan::default())
    }

    /// Takes a cue in. `has_markup` says that something of it was dropped.
    pub(super) fn cue(
        &mut self,
        at: SourceSpan,
        times: Result<(crate::time::Time, crate::time::Time), Bad>,
        text: String,
        has_markup: bool,
    ) {
        self.seen += 1;
        let number = self.seen;
        let location = Location::new(self.source, at);
        if has_markup {
            self.markup.get_or_insert_with(|| (location.clone(), 0)).1 += 1;
        }
        match times {
            Ok((start, end)) => {
                let cue = Cue::new(start, end, text);
                self.entries.push(Entry { cue, number, location: Some(location), pointer: None });
            }
            Err(Bad::TooLate) => self.found.push(
                Diagnostic::new(diagnostic::CUE_TOO_LATE, format!("cue {number} is later than 24 hours"))
                    .at(location)
                    .help("times count from the start of the video: write hours, minutes and seconds of it"),
            ),
            Err(Bad::Unreadable) => self.found.push(
                Diagnostic::new(diagnostic::CUE_UNREADABLE, format!("cue {number} has times that cannot be read"))
                    .at(location)
                    .label("it is left out, as players do")
                    .help("write the times like 00:00:01.500 --> 00:00:04.000 (with a comma in SRT)"),
            ),
        }
    }

    /// Says that something is not as the format wants it.
    pub(super) fn against(&mut self, at: SourceSpan, message: impl Into<String>, help: &str) {
        let place = Location::new(self.source, at);
        self.found.push(Diagnostic::new(diagnostic::CAPTION_SYNTAX, message).at(place).help(help));
    }

    /// The number of the cue that comes next.
    pub(super) fn next_number(&self) -> usize {
        self.seen + 1
    }

    fn finish(mut self, format: Format) -> Listing {
        if let Some((place, count)) = self.markup.take() {
            let cues = if count == 1 { "1 cue has".into() } else { format!("{count} cues have") };
            self.found.push(
                Diagnostic::new(diagnostic::CAPTION_MARKUP, format!("{cues} formatting or a place of its own"))
                    .at(place)
                    .label("dropped, here first")
                    .help("the text is kept; how captions look is the business of the rules' styles"),
            );
        }
        // A WebVTT file may be a header alone.
        if self.seen == 0 && !(format == Format::Vtt && vtt::has_signature(self.source.text())) {
            self.found.push(
                Diagnostic::new(diagnostic::NO_CAPTIONS, "there is no cue in the file")
                    .at(self.start())
                    .help("SRT, WebVTT and ASS are read; `--from` says which, `--encoding` in which letters"),
            );
        }
        Listing { entries: self.entries, found: self.found }
    }
}

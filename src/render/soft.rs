//! Subtitles that are not drawn: a stream of the file that the viewer can switch on and off.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::captions::{self, Entry, Format, Track};
use crate::value::Cue;

use super::timeline::{Item, ItemContent, Timeline};

/// Where the subtitles of a video go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Subtitles {
    /// Drawn into the picture
    #[default]
    Burned,
    /// Into a stream of their own, which players can show and hide
    Soft,
    /// Both: drawn, and in a stream; in .mkv it is off until somebody switches it on, in .mp4 and .mov the player decides
    Both,
    /// Nowhere
    None,
}

/// A stream of subtitles; it has at least one.
#[derive(Clone, Debug)]
pub(super) struct SoftSubtitles {
    track: Track,
    /// Whether players should show it unasked.
    is_default: bool,
}

impl Timeline {
    /// The cues of all subtitles, as they are seen: by whole frames, in order, one at a time.
    #[must_use]
    pub fn subtitles(&self) -> Track {
        let time = |frame| self.canvas.rate.time_of(frame);
        let subtitles = self.items.iter().filter_map(|item| match &item.content {
            ItemContent::Text(text) if text.is_subtitle => Some((text, &item.ranges)),
            _ => None,
        });
        let mut cues: Vec<Cue> = subtitles
            .flat_map(|(text, ranges)| {
                ranges.iter().map(|range| Cue::new(time(range.start), time(range.end), &text.words))
            })
            .collect();
        cues.sort_by_key(|cue| cue.start);
        let entries = cues.into_iter().enumerate().map(|(number, cue)| Entry::new(number + 1, cue)).collect::<Vec<_>>();
        let duration = time(self.frames);
        // No range of frames runs backwards, which alone is refused.
        captions::mend(entries.into(), Some(duration), self.canvas.rate).map(|(track, _)| track).unwrap_or_default()
    }

    /// Lets the subtitles be drawn, put into a stream, or both.
    pub fn show_subtitles(&mut self, subtitles: Subtitles) {
        if matches!(subtitles, Subtitles::Soft | Subtitles::Both) {
            let track = self.subtitles();
            let is_default = subtitles == Subtitles::Soft;
            self.soft = (!track.is_empty()).then_some(SoftSubtitles { track, is_default });
        }
        if matches!(subtitles, Subtitles::Soft | Subtitles::None) {
            let is_subtitle = |item: &Item| matches!(&item.content, ItemContent::Text(text) if text.is_subtitle);
            self.items.retain(|item| !is_subtitle(item));
        }
    }
}

impl SoftSubtitles {
    /// Adds the stream to a command as its input number `input`.
    pub(super) fn add(
        &self,
        input: usize,
        arguments: &mut Vec<OsString>,
        maps: &mut Vec<OsString>,
        files: &mut BTreeMap<String, String>,
    ) {
        const FILE: &str = "subtitles.srt";
        files.insert(FILE.into(), captions::write(&self.track, Format::Srt));
        arguments.extend(["-protocol_whitelist", "file,pipe", "-f", "srt", "-i", FILE].map(OsString::from));
        // ffmpeg's MP4 muxer takes the first subtitles for the default whatever it is told.
        let disposition = if self.is_default { "default" } else { "0" };
        maps.extend(["-map", &format!("{input}:s:0"), "-disposition:s:0", disposition].map(OsString::from));
    }
}

//! Where somebody speaks in a media file: where its sound is not silent.

use std::ops::Range;
use std::path::Path;

use crate::error::Result;
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::media::Media;
use crate::time::Time;

/// How far below the speech a pause is, in decibels. Speech whose gated loudness is -22 LUFS has its quietest syllables
/// at about -35 dBFS, which is where `silencedetect` is commonly set; a recording of another level has them elsewhere.
const BELOW_SPEECH: f64 = 13.0;

/// Below this it is silent whatever the loudness: the noise of a cheap microphone.
const FLOOR: f64 = -60.0;

/// The gate of EBU R 128: what is not louder than this has no loudness.
const UNHEARD: f64 = -69.0;

/// Silence shorter than this is part of speech: the stop of a consonant takes up to 0.2 s.
const SHORTEST_PAUSE: f64 = 0.3;

/// Sound shorter than this between two pauses is a click.
const SHORTEST_SOUND: f64 = 0.1;

/// What is spoken in a sound.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Speech {
    /// How loud, in LUFS, pauses left out.
    pub(crate) loudness: f64,
    /// From when to when.
    pub(crate) ranges: Vec<(Time, Time)>,
}

/// Where the sound of `media` is not silent, inside `window` of its time.
///
/// Two passes: the loudness (EBU R 128, gated, so that pauses do not count), then the silences, 13 dB below it. Music or
/// noise under the speech has no pauses, and counts as one long speech.
pub fn speech(media: &Media, window: Range<Time>, cancel: &Cancel) -> Result<Vec<(Time, Time)>> {
    Ok(spoken(media, window, cancel)?.map(|speech| speech.ranges).unwrap_or_default())
}

/// The same, with its loudness; `None` if it is silent throughout.
pub(crate) fn spoken(media: &Media, window: Range<Time>, cancel: &Cancel) -> Result<Option<Speech>> {
    let Some(sound) = &media.sound else { return Ok(None) };
    let window = window.start.max(Time::ZERO)..window.end.min(sound.duration);
    if window.start >= window.end {
        return Ok(None);
    }
    // The log of every tenth of a second would be all that is kept of it.
    let words = listen(media, sound.stream, &window, "ebur128=framelog=verbose", cancel)?;
    let Some(loudness) = integrated(&words).filter(|loudness| *loudness > UNHEARD) else { return Ok(None) };
    let noise = (loudness - BELOW_SPEECH).max(FLOOR);
    // A sound that begins late is silent before it does.
    let filters = format!("aresample=async=1:first_pts=0,silencedetect=noise={noise:.1}dB:duration={SHORTEST_PAUSE}");
    let words = listen(media, sound.stream, &window, &filters, cancel)?;
    Ok(Some(Speech { loudness, ranges: between(&silences(&words), &window) }))
}

fn listen(media: &Media, stream: u32, window: &Range<Time>, filters: &str, cancel: &Cancel) -> Result<String> {
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, Path::new("/"));
    command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"]);
    command.args(["-progress", "pipe:1", "-stats_period", "0.25"]);
    command.args(ffmpeg::input_guards()).args(["-f", &media.format]);
    let seconds = |time: Time| format!("{:.6}", time.as_secs());
    command.args(["-ss", &seconds(window.start), "-t", &seconds(window.end - window.start), "-i"]);
    command.arg(ffmpeg::file_url(&media.path));
    command.args(["-map", &format!("0:{stream}"), "-af", filters, "-f", "null", "-"]);
    Ok(ffmpeg::run(command, Reading::Log, cancel, &mut |_| {})?.words)
}

/// The integrated loudness in ebur128's summary.
fn integrated(words: &str) -> Option<f64> {
    words
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("I:")?.trim().strip_suffix("LUFS")?.trim().parse().ok())
}

/// What silencedetect said: start and end, counted from the window's start; the last may have no end.
fn silences(words: &str) -> Vec<(f64, Option<f64>)> {
    let mut silences: Vec<(f64, Option<f64>)> = Vec::new();
    for line in words.lines() {
        let value = |key: &str| -> Option<f64> { line.split_once(key)?.1.split_whitespace().next()?.parse().ok() };
        if let Some(start) = value("silence_start: ") {
            silences.push((start, None));
        } else if let (Some(end), Some(last)) = (value("silence_end: "), silences.last_mut()) {
            last.1 = Some(end);
        }
    }
    silences
}

fn between(silences: &[(f64, Option<f64>)], window: &Range<Time>) -> Vec<(Time, Time)> {
    let length = (window.end - window.start).as_secs();
    let starts = std::iter::once(0.0).chain(silences.iter().map(|silence| silence.1.unwrap_or(length)));
    let ends = silences.iter().map(|silence| silence.0).chain([length]);
    let time = |seconds: f64| Time::from_secs(seconds).unwrap_or_default() + window.start;
    starts
        .zip(ends)
        .map(|(start, end)| (start.max(0.0), end.min(length)))
        .filter(|(start, end)| end - start >= SHORTEST_SOUND)
        .map(|(start, end)| (time(start), time(end)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_what_lies_between_silences() {
        let words = "[silencedetect @ 0x1] [info] silence_start: 0\n[silencedetect @ 0x1] [info] silence_end: 1.5 | silence_duration: 1.5\n\
                     [silencedetect @ 0x1] [info] silence_start: 3.25\n[silencedetect @ 0x1] [info] silence_end: 4 | silence_duration: 0.75\n\
                     [silencedetect @ 0x1] [info] silence_start: 4.05\n";
        let seconds = |seconds| Time::from_secs(seconds).expect("a time");
        let ranges = between(&silences(words), &(seconds(10.0)..seconds(16.0)));
        assert_eq!(ranges, [(seconds(11.5), seconds(13.25))], "a click of 0.05 s is not speech");
    }

    #[test]
    fn the_loudness_is_that_of_the_summary() {
        let words = "[Parsed_ebur128_0 @ 0x1] [info] Summary:\n\n  Integrated loudness:\n    I:         -21.9 LUFS\n    Threshold: -32.2 LUFS\n";
        assert_eq!(integrated(words), Some(-21.9));
    }
}

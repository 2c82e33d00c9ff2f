//! `WebVTT`, by its parser's specification (<https://www.w3.org/TR/webvtt1/#parsing>).
//!
//! A cue that the specification drops for its times (`00:01,500`, a missing digit) is kept with a warning where the
//! times can be understood: the file's author will want it in the converted file.

use std::fmt::Write as _;

use crate::diagnostic::SourceSpan;

use super::clock;
use super::format::Reading;
use super::{Entry, Track, markup};

/// Whether `text` begins as a `WebVTT` file must.
pub(super) fn has_signature(text: &str) -> bool {
    text.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
}

pub(super) fn read(reading: &mut Reading<'_>) {
    let lines: Vec<(SourceSpan, &str)> = reading.lines().collect();
    let mut at = 0;
    let line = |at: usize| lines.get(at).copied();
    if let Some((place, first)) = line(0) {
        if has_signature(first.trim_start_matches('\u{feff}')) {
            at = 1;
            // The header goes on to a blank line.
            while line(at).is_some_and(|(_, line)| !line.is_empty() && !line.contains("-->")) {
                at += 1;
            }
        } else {
            reading.against(place, "the first line is not `WEBVTT`", "write `WEBVTT` and a blank line above the cues");
        }
    }
    while at < lines.len() {
        if line(at).is_some_and(|(_, line)| line.is_empty()) {
            at += 1;
        } else {
            at = block(&lines, at, reading);
        }
    }
}

/// Reads one block and answers where the next one begins.
fn block(lines: &[(SourceSpan, &str)], first: usize, reading: &mut Reading<'_>) -> usize {
    let mut at = first;
    let mut arrow: Option<(SourceSpan, &str)> = None;
    let mut text: Vec<&str> = Vec::new();
    while let Some((place, line)) = lines.get(at).copied() {
        if line.contains("-->") {
            // The line of times is the first or the second of its block; another one begins another block.
            if arrow.is_some() || at > first + 1 {
                break;
            }
            arrow = Some((place, line));
            text.clear();
        } else if line.is_empty() {
            break;
        } else {
            text.push(line);
        }
        at += 1;
    }
    match arrow {
        Some((place, line)) => cue(place, line, &text.join("\n"), reading),
        None => unbound(lines.get(first).copied(), reading),
    }
    at
}

/// A block without times: a comment, a style, a region, or text that belongs to nothing.
fn unbound(first: Option<(SourceSpan, &str)>, reading: &mut Reading<'_>) {
    let Some((place, line)) = first else { return };
    let is = |word: &str| line.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    if !is("NOTE") && !is("STYLE") && !is("REGION") {
        reading.against(
            place,
            "text that belongs to no cue is skipped",
            "a blank line ends a cue: take it out, or write NOTE above a comment",
        );
    }
}

fn cue(place: SourceSpan, line: &str, text: &str, reading: &mut Reading<'_>) {
    let stripped = markup::of_vtt(text);
    if let Some((start, end, settings)) = times(line) {
        let has_markup = stripped.has_markup || !settings.trim().is_empty();
        let times = clock::time(start).and_then(|start| Ok((start, clock::time(end)?)));
        reading.cue(place, times, stripped.text, has_markup);
        return;
    }
    let times = clock::read_line(line, &["-->"]);
    if times.is_ok() {
        let message = format!("browsers drop cue {} for its times", reading.next_number());
        reading.against(place, message, "write them like 00:00:01.500 --> 00:00:04.000");
    }
    reading.cue(place, times, stripped.text, stripped.has_markup);
}

/// Start, end and settings, as strictly as the specification wants the times.
fn times(line: &str) -> Option<(i64, i64, &str)> {
    let blanks = [' ', '\t', '\u{c}'];
    let (start, rest) = timestamp(line.trim_start_matches(blanks))?;
    let rest = rest.trim_start_matches(blanks).strip_prefix("-->")?;
    let (end, rest) = timestamp(rest.trim_start_matches(blanks))?;
    Some((start, end, rest))
}

/// "Collect a `WebVTT` timestamp", in milliseconds.
fn timestamp(text: &str) -> Option<(i64, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let field = |text: &str, length: usize| -> Option<i64> {
        if digits(text) == length { text.get(..length)?.parse().ok() } else { None }
    };
    let length = digits(text);
    // Hours of more digits than this are too late by any count.
    let first: i64 = text.get(..length.min(9))?.parse().ok()?;
    let mut rest = text.get(length..)?.strip_prefix(':')?;
    let second = field(rest, 2)?;
    rest = rest.get(2..)?;
    let (hours, minutes, seconds) = if length != 2 || first > 59 || rest.starts_with(':') {
        rest = rest.strip_prefix(':')?;
        let third = field(rest, 2)?;
        rest = rest.get(2..)?;
        (first, second, third)
    } else {
        (0, first, second)
    };
    rest = rest.strip_prefix('.')?;
    let milliseconds = field(rest, 3)?;
    (minutes <= 59 && seconds <= 59)
        .then_some((((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds, rest.get(3..)?))
}

pub(super) fn write(track: &Track) -> String {
    let mut text = String::from("WEBVTT\n");
    for Entry { cue, .. } in track.entries() {
        let (start, end) = (clock::write(cue.start, '.'), clock::write(cue.end, '.'));
        let _ = writeln!(text, "\n{start} --> {end}\n{}", markup::escaped_for_vtt(&cue.text));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_those_of_the_specification() {
        let good = |text: &str, expected| assert_eq!(timestamp(text).map(|(time, _)| time), Some(expected), "{text}");
        good("00:00.000", 0);
        good("00:01.500", 1500);
        good("59:59.999", 3_599_999);
        good("00:00:01.500", 1500);
        good("1:00:00.000", 3_600_000);
        good("100:00:00.000", 360_000_000);
        for bad in [
            "0:00.000",
            "60:00.000",
            "00:60.000",
            "00:00,000",
            "00:00.00",
            "00:00.0000",
            "00:00:60.000",
            "-00:00.000",
            "00:00",
            "1.000",
            "00:0.000",
            ":00:00.000",
        ] {
            assert_eq!(timestamp(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_signature_is_a_word_of_its_own() {
        assert!(has_signature("WEBVTT") && has_signature("WEBVTT - a title\n") && has_signature("WEBVTT\n"));
        assert!(!has_signature("WEBVTTX") && !has_signature("webvtt") && !has_signature(" WEBVTT"));
    }
}

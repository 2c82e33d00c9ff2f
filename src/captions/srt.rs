//! `SubRip`. It has no specification; ffmpeg's reader, which mpv and most tools share, is followed where files differ:
//! a line of times begins a cue, and whatever stands up to the next one is its text, but for the number.

use std::fmt::Write as _;

use crate::diagnostic::SourceSpan;
use crate::time::Time;

use super::clock::{self, Bad};
use super::format::Reading;
use super::markup;
use super::{Entry, Track};

/// The arrow, and what word processors make of it.
const ARROWS: &[&str] = &["-->", "->", "—>", "–>"];

/// A cue whose text is still to come.
struct Open<'a> {
    at: SourceSpan,
    times: Result<(Time, Time), Bad>,
    lines: Vec<&'a str>,
}

pub(super) fn read(reading: &mut Reading<'_>) {
    let mut open: Option<Open<'_>> = None;
    // A line that begins with a number: the next cue's, unless a further line shows that it is text.
    let mut held: Option<&str> = None;
    let mut skipped: Option<SourceSpan> = None;
    let mut is_after_blank = true;
    // Whether a blank line stands before the line that is held.
    let mut is_held_apart = true;
    for (at, line) in reading.lines() {
        let line = line.trim_matches([' ', '\t', '\u{feff}']);
        if line.is_empty() {
            is_after_blank = true;
            continue;
        }
        let times = clock::read_line(line, ARROWS);
        let is_numbered = !is_after_blank && is_held_apart && held.is_some_and(is_number);
        let begins_cue = is_numbered || is_after_blank && held.is_none();
        if times != Err(Bad::Unreadable) || begins_cue && looks_like_times(line) {
            let number = held.take();
            if let Some(mut done) = open.take() {
                // A number between blank lines is the next cue's; `42` right below the times is what somebody says.
                let is_number = |line: &str| is_number(line) && (!is_after_blank || is_held_apart);
                done.lines.extend(number.filter(|line| !is_number(line)));
                close(&done, reading);
            }
            open = Some(Open { at, times, lines: Vec::new() });
        } else if let Some(open) = &mut open {
            open.lines.extend(held.take());
            if begins_with_number(line) {
                held = Some(line);
                is_held_apart = is_after_blank;
            } else {
                open.lines.push(line);
            }
        } else if is_number(line) {
            held = Some(line);
            is_held_apart = true;
        } else {
            held = None;
            skipped.get_or_insert(at);
        }
        is_after_blank = false;
    }
    if let Some(mut last) = open {
        last.lines.extend(held);
        close(&last, reading);
    }
    if let Some(at) = skipped {
        reading.against(at, "text before the first cue is skipped", "a cue begins with its number and its times");
    }
}

fn close(open: &Open<'_>, reading: &mut Reading<'_>) {
    let stripped = markup::of_srt(&open.lines.join("\n"));
    reading.cue(open.at, open.times, stripped.text, stripped.has_markup);
}

fn is_number(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_digit())
}

fn begins_with_number(line: &str) -> bool {
    line.trim_start_matches(['+', '-']).starts_with(|letter: char| letter.is_ascii_digit())
}

/// Digits, an arrow and digits, where a cue's times are due.
fn looks_like_times(line: &str) -> bool {
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    line.split_once("-->").is_some_and(|(start, end)| has_digit(start) || has_digit(end))
}

pub(super) fn write(track: &Track) -> String {
    let mut text = String::new();
    for (number, Entry { cue, .. }) in track.entries().iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let (start, end) = (clock::write(cue.start, ','), clock::write(cue.end, ','));
        let _ = writeln!(text, "{}\n{start} --> {end}", number + 1);
        for line in markup::guarded_for_srt(&cue.text).lines() {
            // A text that is itself a line of times would begin a cue.
            if clock::read_line(line.trim(), ARROWS) == Err(Bad::Unreadable) {
                text.push_str(line);
            } else {
                let guarded = ["-", "—", "–"].iter().fold(line.to_owned(), |line, dash| {
                    line.replace(&format!("{dash}>"), &format!("{dash}{}>", markup::GUARD))
                });
                text.push_str(&guarded);
            }
            text.push('\n');
        }
    }
    text
}

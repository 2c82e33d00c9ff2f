//! From cues as they were written to cues that can be shown.

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::time::{FrameRate, Time};

use super::{Entry, Listing, Track, markup};

/// How long a cue without a length is shown: the shortest that is allowed (Netflix' Timed Text guide), 5/6 s.
const SHORTEST: f64 = 5.0 / 6.0;

/// Puts the cues of a listing in order and mends what can be mended, with a warning that names the cue; a cue that runs backwards is
/// an error, because nobody can know which of its times is the wrong one.
///
/// `duration` is the video's, if there is one to hold the cues against; the frames of `rate` are what is left between
/// cues that had to be cut apart. Cues that meet without a gap are left as they are.
pub fn mend(listing: Listing, duration: Option<Time>, rate: FrameRate) -> Result<(Track, Diagnostics), Diagnostics> {
    let Listing { entries, mut found } = listing;
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut latest = Time::ZERO;
    for mut entry in entries {
        entry.cue.text = clean(&entry.cue.text);
        if let Some(finding) = unfit(&entry) {
            found.push(finding);
            continue;
        }
        if entry.cue.start == entry.cue.end {
            let length = Time::from_secs(SHORTEST).unwrap_or_default();
            entry.cue.end = whole(entry.cue.start + length);
            found.push(
                entry
                    .finding(diagnostic::CUE_NO_LENGTH, format!("cue {} is shown for no time", entry.number))
                    .label(format!("it ends at {} s instead", entry.cue.end)),
            );
        }
        if !cut_to_video(&mut entry, duration, &mut found) {
            continue;
        }
        if entry.cue.start < latest {
            found.push(
                entry
                    .finding(
                        diagnostic::CUE_OUT_OF_ORDER,
                        format!("cue {} begins at {} s, before the one in front of it", entry.number, entry.cue.start),
                    )
                    .label("it is moved to its place"),
            );
        }
        latest = latest.max(entry.cue.start);
        kept.push(entry);
    }
    kept.sort_by_key(|entry| entry.cue.start);
    let mut track = Track(separate(kept, rate, &mut found));
    track.0.iter_mut().for_each(|entry| entry.cue.settle_words());
    found.finish(track)
}

/// Why a cue cannot be shown at all.
fn unfit(entry: &Entry) -> Option<Diagnostic> {
    let Entry { cue, number, .. } = entry;
    if cue.text.is_empty() {
        let finding = entry.finding(diagnostic::CUE_NO_TEXT, format!("cue {number} has no text"));
        Some(finding.label("it is left out"))
    } else if cue.end < cue.start {
        let message = format!("cue {number} runs backwards: from {} s to {} s", cue.start, cue.end);
        let help = format!("write an end after {} s, or an earlier start", cue.start);
        Some(entry.finding(diagnostic::CUE_BACKWARDS, message).help(help))
    } else {
        None
    }
}

/// Cuts off what lies before or behind the video; `false` where nothing is left.
fn cut_to_video(entry: &mut Entry, duration: Option<Time>, found: &mut Diagnostics) -> bool {
    let number = entry.number;
    let mut say = |entry: &Entry, message: String, label: &str| {
        found.push(entry.finding(diagnostic::CUE_PAST_END, message).label(label));
    };
    let length = duration.unwrap_or(Time::MAX);
    if entry.cue.end <= Time::ZERO || entry.cue.start >= length {
        let message = format!("cue {number} ({} s to {} s) lies outside the video", entry.cue.start, entry.cue.end);
        say(entry, message, "it is left out");
        return false;
    }
    if entry.cue.start < Time::ZERO {
        let message = format!("cue {number} begins at {} s, before the video", entry.cue.start);
        say(entry, message, "it begins at 0 instead");
        entry.cue.start = Time::ZERO;
    }
    if entry.cue.end > length {
        let message = format!("cue {number} ends at {} s, but the video is {length} s long", entry.cue.end);
        say(entry, message, "it ends with the video instead");
        entry.cue.end = length;
    }
    true
}

/// Lets no cue be shown while another one is.
///
/// The earlier one ends two frames before the later one begins. Where that would take most of it and leave less than can
/// be read, the two were meant to be seen together (two speakers, or a dialogue and a sign): they become one cue.
fn separate(entries: Vec<Entry>, rate: FrameRate, found: &mut Diagnostics) -> Vec<Entry> {
    let shortest = Time::from_secs(SHORTEST).unwrap_or_default();
    let mut track: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let number = entry.number;
        let Some(last) = track.last_mut().filter(|last| last.cue.end > entry.cue.start) else {
            track.push(entry);
            continue;
        };
        let other = last.number;
        if last.cue == entry.cue {
            let message = format!("cue {number} repeats cue {other}");
            found.push(entry.finding(diagnostic::CUE_OVERLAP, message).label("it is left out"));
            continue;
        }
        let end = whole(entry.cue.start.saturating_sub(rate.time_of(2)));
        let left = end.saturating_sub(last.cue.start);
        let taken = last.cue.end - end;
        if left < shortest && left < taken {
            let message = format!("cue {number} is shown together with cue {other}");
            found.push(entry.finding(diagnostic::CUE_OVERLAP, message).label("the two become one cue"));
            last.cue.end = last.cue.end.max(entry.cue.end);
            last.cue.text = format!("{}\n{}", last.cue.text, entry.cue.text);
            // Two speak at once: no word of theirs has a time that holds for the two lines.
            last.cue.words.clear();
        } else {
            let message = format!(
                "cue {other} ends at {} s, when cue {number} has been there since {} s",
                last.cue.end, entry.cue.start
            );
            found.push(last.finding(diagnostic::CUE_OVERLAP, message).label(format!("it ends at {end} s instead")));
            last.cue.end = end;
            track.push(entry);
        }
    }
    track
}

/// `time` without what is shorter than a millisecond, the grain of caption files.
fn whole(time: Time) -> Time {
    let rounded = Time::from_millis(time.as_millis()).unwrap_or(time);
    if rounded > time { rounded.saturating_sub(Time::from_millis(1).unwrap_or_default()) } else { rounded }
}

/// A text of lines that are not empty, without control characters, blanks at their ends and the guards of [`markup`].
pub(super) fn clean(text: &str) -> String {
    let is_break =
        |letter: char| matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let is_seen = |letter: char| {
        !letter.is_whitespace() && !letter.is_control() && !matches!(letter, '\u{200b}' | '\u{2060}' | '\u{feff}')
    };
    let lines = text.split(is_break).filter(|line| line.contains(is_seen)).map(|line| {
        let plain: String = line
            .chars()
            .map(|letter| if letter == '\t' { ' ' } else { letter })
            .filter(|letter| !letter.is_control() && *letter != '\u{feff}')
            .collect();
        markup::unguarded(plain.trim_matches(' '))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Cue;

    fn entries(cues: &[(i64, i64, &str)]) -> Vec<Entry> {
        let time = |milliseconds| Time::from_millis(milliseconds).expect("a time");
        let cue = |(number, (start, end, text)): (usize, &(i64, i64, &str))| {
            Entry::new(number + 1, Cue::new(time(*start), time(*end), *text))
        };
        cues.iter().enumerate().map(cue).collect()
    }

    fn mended(cues: &[(i64, i64, &str)]) -> (Vec<(i64, i64, String)>, Vec<String>) {
        let duration = Time::from_millis(20_000);
        let (track, found) =
            mend(entries(cues).into(), duration, FrameRate::thirty()).expect("cues that can be mended");
        let cues = track.cues().map(|cue| (cue.start.as_millis(), cue.end.as_millis(), cue.text.clone())).collect();
        (cues, found.iter().map(|one| format!("{} {}", one.code.as_str(), one.message)).collect())
    }

    fn one(cues: &[(i64, i64, &str)], expected: &[(i64, i64, &str)], warning: &str) {
        let (cues, found) = mended(cues);
        let expected: Vec<(i64, i64, String)> =
            expected.iter().map(|(start, end, text)| (*start, *end, (*text).into())).collect();
        assert_eq!(cues, expected);
        assert!(found.iter().any(|words| words.contains(warning)), "{found:?}");
    }

    #[test]
    fn good_cues_stay_as_they_are_even_where_they_meet() {
        let (cues, found) = mended(&[(0, 1000, "a"), (1000, 2000, "b"), (2000, 20_000, "c\nd")]);
        assert_eq!(cues.len(), 3);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn an_overlap_is_cut_two_frames_before_the_next() {
        one(&[(0, 2500, "a"), (2000, 4000, "b")], &[(0, 1933, "a"), (2000, 4000, "b")], "W0506 cue 1 ends at 2.5 s");
    }

    #[test]
    fn cues_that_are_shown_together_become_one() {
        one(&[(0, 2000, "a"), (0, 2500, "b")], &[(0, 2500, "a\nb")], "cue 2 is shown together with cue 1");
        one(&[(0, 2000, "a"), (0, 2000, "a")], &[(0, 2000, "a")], "cue 2 repeats cue 1");
    }

    #[test]
    fn the_rest_is_put_right_and_named_by_number() {
        one(
            &[(5000, 6000, "b"), (1000, 2000, "a")],
            &[(1000, 2000, "a"), (5000, 6000, "b")],
            "W0505 cue 2 begins at 1 s",
        );
        one(&[(1000, 1000, "a")], &[(1000, 1833, "a")], "W0508 cue 1");
        one(&[(1000, 2000, " \n\u{200b}"), (3000, 4000, "x")], &[(3000, 4000, "x")], "W0509 cue 1 has no text");
        one(&[(19_000, 21_000, "a")], &[(19_000, 20_000, "a")], "W0507 cue 1 ends at 21 s, but the video is 20 s long");
        one(&[(21_000, 22_000, "a")], &[], "cue 1 (21 s to 22 s) lies outside the video");
        one(&[(-1000, 500, "a")], &[(0, 500, "a")], "cue 1 begins at -1 s");
        one(&[(-1000, -500, "a")], &[], "lies outside");
    }

    #[test]
    fn a_cue_that_runs_backwards_is_refused_by_its_number() {
        let found =
            mend(entries(&[(0, 1000, "a"), (3000, 2000, "b")]).into(), None, FrameRate::thirty()).expect_err("refused");
        let one = found.iter().next().expect("a finding");
        assert_eq!((one.code.as_str(), one.message.as_str()), ("E0502", "cue 2 runs backwards: from 3 s to 2 s"));
    }

    #[test]
    fn a_text_keeps_its_words_and_loses_what_no_format_holds() {
        assert_eq!(clean(" a \r\n\n\tb\u{7}\u{2028}c<\u{2060}i> "), "a\nb\nc<i>");
        assert_eq!(clean("10\u{a0}км"), "10\u{a0}км");
    }
}

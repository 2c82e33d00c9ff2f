//! A transcript as plain text and as plain `SubRip`: one phrase a cue, no timing rules.

use std::fmt::Write as _;

use super::transcript::Transcript;
use crate::time::Time;

/// `SubRip`: number, times, text.
#[must_use]
pub fn srt(transcript: &Transcript) -> String {
    let mut text = String::new();
    for (index, segment) in transcript.segments.iter().enumerate() {
        let (start, end) = (stamp(segment.start), stamp(segment.end));
        let _ = write!(text, "{}\n{start} --> {end}\n{}\n\n", index + 1, segment.text);
    }
    text
}

/// One phrase a line.
#[must_use]
pub fn txt(transcript: &Transcript) -> String {
    transcript.segments.iter().flat_map(|segment| [segment.text.as_str(), "\n"]).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a settled time is within 0 and 24 hours")]
fn stamp(time: Time) -> String {
    let all = (time.as_secs() * 1000.0).round() as u64;
    format!("{:02}:{:02}:{:02},{:03}", all / 3_600_000, all / 60_000 % 60, all / 1000 % 60, all % 1000)
}

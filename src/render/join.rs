//! Spans and sound put together by copying: nothing is decoded, and no frame has another time than was planned.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::time::FrameRate;

use super::command::{Command, join_command};
use super::encoder::Codec;
use super::smart::Copies;
use super::store::Facts;
use super::timeline::Timeline;

/// The command that joins the `spans`, each with its length in frames, with the `sound`.
///
/// Spans that were not encoded alike cannot be joined: a decoder reads the parameters of the first for all. With `copies`
/// the first one has the parameters of all.
pub(super) fn join(
    timeline: &Timeline,
    spans: &[(PathBuf, u64)],
    facts: &[Facts],
    sound: &Path,
    copies: &Copies,
    codec: Codec,
) -> Result<Command> {
    let list = list(spans, timeline.canvas.rate);
    let in_header = codec.is_in_header();
    if !copies.is_empty() {
        return Ok(join_command(timeline, list, sound, &copies.filters(timeline), in_header));
    }
    let mut parameters = facts.iter().map(|facts| &facts.parameters).filter(|parameters| !parameters.is_empty());
    if let Some(first) = parameters.next()
        && parameters.any(|other| other != first)
    {
        let reason = "its spans are from encoders that differ; `--no-cache` renders all of them again";
        return Err(Error::Measured(reason.to_owned()));
    }
    Ok(join_command(timeline, list, sound, "", in_header))
}

/// What ffmpeg says when no decoder may look.
const NOT_LOOKED_AT: [&str; 4] = [
    "not on whitelist",
    "Failed to open codec in avformat_find_stream_info",
    "Could not find codec parameters",
    "Consider increasing the value for the 'analyzeduration'",
];

/// The same without what ffmpeg says of each span that it joined.
pub(super) fn worth_saying(said: Result<String>) -> Result<String> {
    let without = |words: &str| {
        let is_said = |line: &&str| !NOT_LOOKED_AT.iter().any(|known| line.contains(known));
        words.lines().filter(is_said).collect::<Vec<_>>().join("\n")
    };
    match said {
        Ok(words) => Ok(without(&words)),
        Err(Error::Ffmpeg { status, words }) => Err(Error::Ffmpeg { status, words: without(&words) }),
        Err(other) => Err(other),
    }
}

/// The list that ffmpeg's `concat` reads. Each length is written so that the sum up to it is exact to the microsecond: the
/// ends of a thousand spans are where they are planned, and no rounding adds up.
fn list(spans: &[(PathBuf, u64)], rate: FrameRate) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a day in microseconds is far inside i64")]
    let micros = |frame: u64| (rate.time_of(frame).as_secs() * 1e6).round() as i64;
    let mut text = String::from("ffconcat version 1.0\n");
    let mut at = 0;
    for (path, count) in spans {
        let length = micros(at + count) - micros(at);
        let path = path.to_string_lossy().replace('\'', r"'\''");
        // Writing into a string cannot fail.
        let _ = writeln!(text, "file 'file:{path}'\nduration {length}us");
        at += count;
    }
    text
}

/// What ffmpeg said while it made a file that is not right is most of what can be said about why.
pub(super) fn with_words(error: Error, words: &str) -> Error {
    match error {
        Error::Measured(differences) if !words.is_empty() => {
            let last: Vec<&str> = words.lines().filter(|line| !line.contains("[info]")).rev().take(5).collect();
            let last: Vec<&str> = last.into_iter().rev().collect();
            Error::Measured(format!("{differences}; ffmpeg said:\n{}", last.join("\n")))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_join_is_what_is_wrong_with_it() {
        let words = "[h264 @ 0x7f] [error] Codec (h264) not on whitelist 'none'\n\
            [mov,mp4,m4a,3gp,3g2,mj2 @ 0x7f] [warning] Failed to open codec in avformat_find_stream_info\n\
            [concat @ 0x7f] [error] Impossible to open 'file:x.mp4'";
        let left = "[concat @ 0x7f] [error] Impossible to open 'file:x.mp4'";
        assert_eq!(worth_saying(Ok(words.to_owned())).expect("it went well"), left);
        let failed = worth_saying(Err(Error::Ffmpeg { status: "exit status: 1".into(), words: words.to_owned() }));
        assert!(matches!(failed, Err(Error::Ffmpeg { words, .. }) if words == left));
    }

    #[test]
    fn the_ends_of_a_thousand_spans_are_where_they_are_planned() {
        let rate = FrameRate::from_fps(29.97).expect("a common rate");
        let spans: Vec<(PathBuf, u64)> = (0..1000).map(|_| (PathBuf::from("it's.mp4"), 61)).collect();
        let list = list(&spans, rate);
        assert!(list.contains(r"file 'file:it'\''s.mp4'"), "{list}");
        let lengths =
            list.lines().filter_map(|line| line.strip_prefix("duration ")?.strip_suffix("us")?.parse::<f64>().ok());
        let sum: f64 = lengths.sum::<f64>();
        assert!((sum - 61_000.0 * 1_001_000_000.0 / 30_000.0).abs() <= 0.5, "{sum}");
    }
}

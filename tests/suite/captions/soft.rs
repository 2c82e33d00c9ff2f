//! Subtitles as a stream of the video, which a player can show and hide.

use std::path::{Path, PathBuf};
use std::process::Command;

use callsheet::captions::Format;
use callsheet::ffmpeg::Cancel;
use callsheet::render::{Depth, Encoder, Options, Report, Subtitles, Way, render};
use callsheet::text::FontSet;
use callsheet::time::Time;
use callsheet::value::Cue;
use serde_json::{Value, json};

use super::{cue, cues, millis, read};
use crate::media::{self, frames};
use crate::render::{canvas, is, valid};

fn tasks() -> [Value; 4] {
    [
        json!({ "type": "trim", "params": { "start_time": 0, "end_time": 3 } }),
        canvas(),
        json!({ "type": "add_text_overlay", "params": { "text": "Ж", "start_time": 0.2, "end_time": 0.4, "style": "white" } }),
        json!({ "type": "add_subtitles", "params": { "style": "white", "segments": [
            { "start": 0.5, "end": 1.5, "text": "R&D" }, { "start": 2, "end": 3, "text": "М" }] } }),
    ]
}

fn video(name: &str, subtitles: Subtitles) -> (PathBuf, Report) {
    let output = media::folder().join(name);
    let encoder = Encoder::h264("ultrafast", 1);
    let fonts = FontSet::shipped();
    let cancel = Cancel::new();
    let options = Options {
        output: &output,
        overwrite: true,
        encoder: &encoder,
        fonts: &fonts,
        subtitles,
        way: Way::Spans(None),
        depth: Depth::Quick,
        report: false,
        cancel: &cancel,
    };
    let report = render(&valid(&tasks(), Some("main")), &options, &mut |_| {}).unwrap();
    (output, report)
}

/// What ffprobe says of each stream.
fn probed(video: &Path) -> Vec<Value> {
    let output =
        Command::new("ffprobe").args(["-v", "error", "-of", "json", "-show_streams"]).arg(video).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["streams"].as_array().unwrap().clone()
}

/// The kind, codec and default flag of each stream.
fn streams(video: &Path) -> Vec<(String, String, bool)> {
    let word = |stream: &Value, key: &str| stream[key].as_str().unwrap().to_owned();
    let one = |stream: &Value| {
        (word(stream, "codec_type"), word(stream, "codec_name"), stream["disposition"]["default"] == 1)
    };
    probed(video).iter().map(one).collect()
}

/// The stream of subtitles as a player reads it, counted from the first picture: Matroska, which has no times before 0,
/// moves all streams by what AAC puts before the sound, 21 ms.
fn shown(video: &Path) -> Vec<Cue> {
    let mut ffmpeg = Command::new("ffmpeg");
    let output = ffmpeg
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(video)
        .args(["-map", "0:s", "-f", "srt", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let picture: f64 = probed(video)[0]["start_time"].as_str().unwrap().parse().unwrap();
    let moved = |time: Time| millis(time.as_millis() - (picture * 1000.0).round() as i64);
    let shown = cues(&read(&text, Format::Srt).unwrap().0);
    shown.into_iter().map(|cue| Cue { start: moved(cue.start), end: moved(cue.end), ..cue }).collect()
}

fn draws_subtitles(video: &Path) -> bool {
    frames(video, 120, 214).iter().any(|frame| frame[170 * 120..].iter().any(|pixel| is(*pixel, [255; 3])))
}

#[test]
fn soft_subtitles_are_a_stream_that_players_show_and_nothing_is_drawn() {
    for (name, codec) in [("out-soft.mp4", "mov_text"), ("out-soft.mov", "mov_text"), ("out-soft.mkv", "subrip")] {
        let (output, report) = video(name, Subtitles::Soft);
        assert_eq!(report.measured.subtitle_streams, 1);
        assert_eq!(streams(&output)[2], ("subtitle".into(), codec.into(), true), "{name}");
        assert_eq!(shown(&output), [cue(500, 1500, "R&D"), cue(2000, 3000, "М")], "{name}");
        assert!(!draws_subtitles(&output), "{name}");
    }
}

#[test]
fn both_are_drawn_and_in_a_stream_that_is_off_in_matroska() {
    let (output, _) = video("out-both.mkv", Subtitles::Both);
    assert_eq!(streams(&output)[2], ("subtitle".into(), "subrip".into(), false));
    assert_eq!(shown(&output).len(), 2);
    assert!(draws_subtitles(&output));
}

#[test]
fn burned_ones_and_none_leave_no_stream_and_the_cues_are_told_all_the_same() {
    for (name, subtitles, is_drawn) in
        [("out-burned.mp4", Subtitles::Burned, true), ("out-none.mp4", Subtitles::None, false)]
    {
        let (output, report) = video(name, subtitles);
        assert_eq!(streams(&output).len(), 2);
        assert_eq!(draws_subtitles(&output), is_drawn, "{name}");
        assert_eq!(cues(&report.subtitles), [cue(500, 1500, "R&D"), cue(2000, 3000, "М")]);
    }
}

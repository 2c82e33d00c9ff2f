//! Real renders of short clips, measured by their pixels and samples.

use std::collections::BTreeMap;
use std::path::PathBuf;

use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::ffmpeg::Cancel;
use callsheet::media::probe_all;
use callsheet::render::{Depth, Encoder, Options, Report, Subtitles, Way, render};
use callsheet::tasks::{self, ValidPlan};
use callsheet::text::FontSet;
use serde_json::{Value, json};

use crate::media::{self, BLUE, Clip, LOGO, MAIN, MUSIC, PHOTO, RED, frames, samples, tone};

const CLIPS: &[&Clip] = &[&MAIN, &RED, &BLUE, &PHOTO, &LOGO, &MUSIC];

/// A canvas of 90 by 160 at 30 frames a second.
pub(crate) fn canvas() -> Value {
    json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 120, "frame_rate": 30, "safe_area": "none" } })
}

pub(crate) fn valid(tasks: &[Value], main: Option<&str>) -> ValidPlan {
    valid_with(tasks, main, None)
}

/// The same, with a video of another test as the asset `so-far`.
fn valid_with(tasks: &[Value], main: Option<&str>, so_far: Option<&PathBuf>) -> ValidPlan {
    let used: String = tasks.iter().map(Value::to_string).collect();
    let named = |clip: &&&Clip| used.contains(&format!("\"{}\"", clip.id())) || main == Some(clip.id());
    let mut paths: BTreeMap<String, PathBuf> =
        CLIPS.iter().filter(named).map(|clip| (clip.id().to_owned(), clip.path())).collect();
    paths.extend(so_far.map(|path| ("so-far".to_owned(), path.clone())));
    let assets: BTreeMap<&String, String> = paths.iter().map(|(id, path)| (id, path.display().to_string())).collect();
    let style = json!({ "font": "Noto Sans", "size": 200, "bold": true, "color": "#ffffff", "outline": 0, "outline_color": "#000000",
        "shadow": 0, "shadow_color": "#000000", "padding": 0 });
    let mut typed = style.clone();
    for (property, value) in
        [("size", json!(90)), ("animate", json!("typewriter")), ("highlight_color", json!("#ff0000"))]
    {
        typed[property] = value;
    }
    let styles = json!({ "white": style, "typed": typed });
    let plan = json!({ "tasks": tasks, "assets": assets, "main_asset_id": main, "styles": styles });
    let source = Source::new("plan.json", serde_json::to_string_pretty(&plan).unwrap());
    let plan = tasks::read(&source).unwrap_or_else(|found| panic!("{}", pretty(&found, Colour::Never)));
    let (media, errors) = probe_all(&paths, &Cancel::new());
    assert!(errors.is_empty(), "{errors:?}");
    match tasks::validate(plan, media, false) {
        Ok((plan, _)) => plan,
        Err(found) => panic!("{}", pretty(&found.located_in(&source), Colour::Never)),
    }
}

/// Renders tasks over `main`, losslessly enough to compare pixels.
fn video(name: &str, tasks: &[Value], main: Option<&str>) -> (PathBuf, Report) {
    rendered(name, &valid(tasks, main))
}

fn rendered(name: &str, plan: &ValidPlan) -> (PathBuf, Report) {
    let output = media::folder().join(format!("out-{name}.mp4"));
    let encoder = Encoder::h264("ultrafast", 1);
    let options = Options {
        output: &output,
        overwrite: true,
        encoder: &encoder,
        fonts: &FontSet::shipped(),
        subtitles: Subtitles::Burned,
        way: Way::Spans(None),
        depth: Depth::Quick,
        report: false,
        cancel: &Cancel::new(),
    };
    let report = render(plan, &options, &mut |_| {}).unwrap_or_else(|error| panic!("{name}: {error}"));
    (output, report)
}

/// The colour of the frame's middle.
fn middle(frame: &[[u8; 3]]) -> [u8; 3] {
    frame[frame.len() / 2]
}

pub(crate) fn is(colour: [u8; 3], expected: [u8; 3]) -> bool {
    colour.iter().zip(expected).all(|(found, wanted)| found.abs_diff(wanted) < 24)
}

const RED_PIXEL: [u8; 3] = [253, 0, 0];
const BLUE_PIXEL: [u8; 3] = [0, 0, 255];
const GREEN_PIXEL: [u8; 3] = [0, 255, 0];

/// The level that `MAIN` has in frame `number`, as RGB.
fn grey(number: usize) -> i32 {
    (number as f64 * 255.0 / 219.0).round() as i32
}

#[test]
fn the_main_video_passes_through_frame_by_frame() {
    let (output, report) =
        video("through", &[json!({ "type": "trim", "params": { "start_time": 0, "end_time": 6 } })], Some("main"));
    assert_eq!(report.measured.frames, 180);
    let frames = frames(&output, 9, 16);
    for (number, frame) in frames.iter().enumerate() {
        assert!((i32::from(middle(frame)[1]) - grey(number)).abs() <= 3, "frame {number} shows {:?}", middle(frame));
    }
    let sound = samples(&output);
    assert!((sound.len() as i64 - 288_000).abs() <= 2048, "{} samples", sound.len());
    let (in_file, in_output) = (tone(&samples(&MAIN.path()), 440.0, 1.0, 5.0), tone(&sound, 440.0, 1.0, 5.0));
    assert!((in_file / in_output - 1.0).abs() < 0.05, "{in_file} became {in_output}");
}

#[test]
fn a_cutaway_covers_just_its_frames_and_the_main_sound_plays_on() {
    let tasks = [
        canvas(),
        json!({ "type": "overlay_video", "params": { "stock_id": "red", "start_time": 2, "end_time": 3.5, "source_start": 1 } }),
    ];
    let (output, report) = video("cutaway", &tasks, Some("main"));
    assert_eq!((report.measured.width, report.measured.height, report.measured.frames), (120, 214, 180));
    let frames = frames(&output, 9, 16);
    for (number, frame) in frames.iter().enumerate() {
        let covered = (60..105).contains(&number);
        assert_eq!(is(middle(frame), RED_PIXEL), covered, "frame {number} is {:?}", middle(frame));
        if !covered {
            assert!((i32::from(middle(frame)[1]) - grey(number)).abs() <= 3, "frame {number} is {:?}", middle(frame));
        }
    }
    assert!(tone(&samples(&output), 440.0, 2.2, 3.3) > 0.1);
}

#[test]
fn pieces_of_clips_and_photos_play_one_after_another() {
    let tasks = [
        json!({ "type": "trim", "inputs": ["main"], "output_id": "a", "params": { "start_time": 4, "end_time": 5 } }),
        json!({ "type": "trim", "inputs": ["photo"], "output_id": "b", "params": { "start_time": 0, "end_time": 0.5 } }),
        json!({ "type": "trim", "inputs": ["blue"], "output_id": "c", "params": { "start_time": 1.5, "end_time": 3 } }),
        json!({ "type": "concat", "inputs": ["a", "b", "c"] }),
        canvas(),
    ];
    let (output, report) = video("pieces", &tasks, None);
    assert_eq!(report.measured.frames, 90);
    let frames = frames(&output, 9, 16);
    for (number, frame) in frames.iter().enumerate() {
        match number {
            0..30 => assert!(
                (i32::from(middle(frame)[1]) - grey(120 + number)).abs() <= 3,
                "frame {number}: {:?}",
                middle(frame)
            ),
            30..45 => assert!(is(middle(frame), GREEN_PIXEL), "frame {number}: {:?}", middle(frame)),
            _ => assert!(is(middle(frame), BLUE_PIXEL), "frame {number}: {:?}", middle(frame)),
        }
    }
    let sound = samples(&output);
    assert!(tone(&sound, 440.0, 0.1, 0.9) > 0.1 && tone(&sound, 440.0, 1.05, 1.45) < 0.01);
    assert!(tone(&sound, 880.0, 1.6, 2.9) > 0.1 && tone(&sound, 880.0, 0.1, 1.4) < 0.01);
}

#[test]
fn a_logo_stands_in_its_corner_and_lets_the_picture_through() {
    let tasks = [
        json!({ "type": "trim", "params": { "start_time": 0, "end_time": 1 } }),
        canvas(),
        json!({ "type": "overlay_image", "params": { "image_id": "logo", "start_time": 0.5, "end_time": 0.8, "position": "top_right", "width": 0.5 } }),
    ];
    let (output, _) = video("logo", &tasks, Some("main"));
    let frames = frames(&output, 120, 214);
    let at = |frame: usize, x: usize, y: usize| frames[frame][y * 120 + x];
    for number in 0..30 {
        let shown = (15..24).contains(&number);
        assert_eq!(is(at(number, 70, 10), [255, 255, 0]), shown, "frame {number}: {:?}", at(number, 70, 10));
        assert!(!is(at(number, 110, 10), [255, 255, 0]), "its transparent half is not seen");
    }
}

#[test]
fn a_text_is_there_in_its_frames_only() {
    let tasks = [
        json!({ "type": "trim", "params": { "start_time": 0, "end_time": 1 } }),
        canvas(),
        json!({ "type": "add_text_overlay", "params": { "text": "Ж", "start_time": 0.2, "end_time": 0.6, "style": "white" } }),
        json!({ "type": "add_subtitles", "params": { "segments": [{ "start": 0.7, "end": 0.9, "text": "М" }], "style": "white" } }),
    ];
    let (output, report) = video("text", &tasks, Some("main"));
    assert!(report.warnings.is_empty(), "{}", pretty(&report.warnings, Colour::Never));
    for (number, frame) in frames(&output, 120, 214).iter().enumerate() {
        let white = |rows: std::ops::Range<usize>| {
            frame[rows.start * 120..rows.end * 120].iter().any(|pixel| is(*pixel, [255; 3]))
        };
        assert_eq!(white(60..150), (6..18).contains(&number), "the thesis in frame {number}");
        assert_eq!(white(170..214), (21..27).contains(&number), "the subtitle in frame {number}");
    }
}

#[test]
fn music_loops_under_the_main_sound_and_a_voice_pushes_it_down() {
    let tasks = [
        json!({ "type": "mix_audio", "params": { "audio_id": "music", "start_time": 0, "end_time": 6, "volume": 0.5, "loop": true } }),
        json!({ "type": "mix_audio", "params": { "audio_id": "blue", "start_time": 2, "end_time": 4, "under": 0.2 } }),
    ];
    let (output, _) = video("mix", &tasks, Some("main"));
    let sound = samples(&output);
    let main = tone(&samples(&MAIN.path()), 440.0, 0.5, 1.5);
    let music = 0.5 * tone(&samples(&MUSIC.path()), 220.0, 0.5, 1.5);
    for (from, to, level) in [(0.5, 1.5, 1.0), (2.2, 3.8, 0.2), (4.5, 5.5, 1.0)] {
        let (found_main, found_music) = (tone(&sound, 440.0, from, to) / main, tone(&sound, 220.0, from, to) / music);
        assert!((found_main - level).abs() < 0.06, "main at {from} is {found_main}, not {level}");
        assert!((found_music - level).abs() < 0.12, "music at {from} is {found_music}, not {level}");
    }
    assert!(tone(&sound, 880.0, 2.2, 3.8) > 0.1 && tone(&sound, 880.0, 4.2, 5.8) < 0.005);
}

#[test]
fn speed_keeps_the_pitch_and_shows_every_second_frame() {
    let tasks = [json!({ "type": "speed", "params": { "factor": 2 } })];
    let (output, report) = video("speed", &tasks, Some("main"));
    assert_eq!(report.measured.frames, 90);
    for (number, frame) in frames(&output, 9, 16).iter().enumerate() {
        assert!((i32::from(middle(frame)[1]) - grey(number * 2)).abs() <= 3, "frame {number}: {:?}", middle(frame));
    }
    let sound = samples(&output);
    assert!(tone(&sound, 440.0, 0.5, 2.5) > 0.08 && tone(&sound, 880.0, 0.5, 2.5) < 0.01);
}

#[test]
fn a_transition_goes_from_one_to_the_other_and_shortens_the_whole() {
    let tasks = [
        json!({ "type": "trim", "inputs": ["red"], "output_id": "a", "params": { "start_time": 0, "end_time": 2 } }),
        json!({ "type": "trim", "inputs": ["blue"], "output_id": "b", "params": { "start_time": 0, "end_time": 2 } }),
        json!({ "type": "transition", "inputs": ["a", "b"], "params": { "kind": "fade", "duration": 1 } }),
        canvas(),
    ];
    let (output, report) = video("transition", &tasks, None);
    assert_eq!(report.measured.frames, 90);
    let frames = frames(&output, 9, 16);
    assert!(is(middle(&frames[29]), RED_PIXEL) && is(middle(&frames[61]), BLUE_PIXEL));
    let half = middle(&frames[45]);
    assert!(half[0].abs_diff(127) < 24 && half[2].abs_diff(127) < 24, "{half:?}");
}

#[test]
fn fades_come_out_of_black_and_go_into_it_with_the_sound() {
    let tasks = [
        json!({ "type": "trim", "inputs": ["blue"], "params": { "start_time": 0, "end_time": 3 } }),
        canvas(),
        json!({ "type": "fade", "params": { "fade_in": 1, "fade_out": 1 } }),
    ];
    let (output, _) = video("fade", &tasks, None);
    let frames = frames(&output, 9, 16);
    assert!(is(middle(&frames[0]), [0; 3]) && is(middle(&frames[45]), BLUE_PIXEL) && is(middle(&frames[89]), [0; 3]));
    let (quarter, three) = (middle(&frames[8])[2], middle(&frames[22])[2]);
    assert!(quarter < 110 && three > 150, "{quarter} {three}");
    let sound = samples(&output);
    let full = tone(&sound, 880.0, 1.2, 1.8);
    assert!((tone(&sound, 880.0, 0.45, 0.55) / full - 0.5).abs() < 0.1);
    assert!((tone(&sound, 880.0, 2.45, 2.55) / full - 0.5).abs() < 0.1);
}

#[test]
fn loudness_is_brought_to_its_target() {
    let tasks = [json!({ "type": "normalize_loudness", "params": { "target": -16 } })];
    let (output, _) = video("loudness", &tasks, Some("main"));
    let log = std::process::Command::new("ffmpeg")
        .args(["-hide_banner", "-nostats", "-i"])
        .arg(&output)
        .args(["-af", "ebur128", "-f", "null", "-"])
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&log.stderr).into_owned();
    let integrated =
        log.rsplit("I:").next().and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap();
    assert!((integrated + 16.0).abs() <= 1.0, "{integrated} LUFS");
}

#[test]
fn the_whole_list_at_once_is_the_same_as_one_task_after_another() {
    let tasks = [
        json!({ "type": "trim", "params": { "start_time": 0.5, "end_time": 5.3 } }),
        // The safe area is no property of a file: between the steps it is the default one.
        json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 120 } }),
        json!({ "type": "overlay_video", "params": { "stock_id": "red", "start_time": 1, "end_time": 2.5, "volume": 0 } }),
        json!({ "type": "add_text_overlay", "params": { "text": "Ж", "start_time": 0.4, "end_time": 3, "style": "white" } }),
        json!({ "type": "overlay_video", "params": { "stock_id": "blue", "start_time": 2, "end_time": 3.5, "source_start": 0.7, "volume": 0.5 } }),
        json!({ "type": "overlay_image", "params": { "image_id": "logo", "start_time": 0.2, "end_time": 4, "position": "bottom_left", "width": 0.4 } }),
        json!({ "type": "trim", "params": { "start_time": 0.3, "end_time": 4.5 } }),
        json!({ "type": "mix_audio", "params": { "audio_id": "music", "start_time": 1, "end_time": 3, "under": 0.5 } }),
        json!({ "type": "speed", "params": { "factor": 0.75 } }),
        json!({ "type": "fade", "params": { "fade_in": 0.5, "fade_out": 0.7 } }),
    ];
    let (at_once, report) = video("at-once", &tasks, Some("main"));
    let mut so_far = MAIN.path();
    for (number, task) in tasks.iter().enumerate() {
        let plan = valid_with(std::slice::from_ref(task), Some("so-far"), Some(&so_far));
        so_far = rendered(&format!("step-{number}"), &plan).0;
    }
    let (one, other) = (frames(&at_once, 40, 71), frames(&so_far, 40, 71));
    assert_eq!((one.len(), other.len()), (report.measured.frames as usize, report.measured.frames as usize));
    for (number, (one, other)) in one.iter().zip(&other).enumerate() {
        let difference: u64 =
            one.iter().zip(other).flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b)))).sum();
        let mean = difference as f64 / (one.len() * 3) as f64;
        assert!(mean < 6.0, "frame {number} differs by {mean} on average");
    }
    let (one, other) = (samples(&at_once), samples(&so_far));
    for second in 1..4 {
        for frequency in [440.0, 880.0, 220.0] {
            let (from, to) = (f64::from(second), f64::from(second) + 0.8);
            let (one, other) = (tone(&one, frequency, from, to), tone(&other, frequency, from, to));
            assert!((one - other).abs() < 0.02, "{frequency} Hz at {second} s: {one} and {other}");
        }
    }
}

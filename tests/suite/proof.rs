//! Previews, the plan's forecast, the proof of a file, and the timeline for editing programs.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::cli::Desk;
use crate::media::{BLUE, LOGO, MAIN, MUSIC, PHOTO, RED, frames};
use crate::render::canvas;

/// Six seconds: the main video, whose first frames are dark, a photo that stands still, and a cutaway of one colour.
fn desk() -> Desk {
    let desk = Desk::new();
    let tasks = json!([
        canvas(),
        { "type": "overlay_video", "params": { "stock_id": "red", "start_time": 4, "end_time": 6 } },
        { "type": "add_text_overlay", "params": { "text": "Ж", "start_time": 1, "end_time": 2, "style": "white" } },
    ]);
    let style = json!({ "font": "Noto Sans", "size": 200, "bold": true, "color": "#ffffff", "outline": 0,
        "outline_color": "#000000", "shadow": 0, "shadow_color": "#000000", "padding": 0 });
    let plan = json!({ "tasks": tasks, "assets": desk.clips(&[&MAIN, &RED]), "main_asset_id": "main", "styles": { "white": style } });
    desk.write("plan.json", plan.to_string());
    desk
}

fn rendered() -> Desk {
    let desk = desk();
    let outcome = desk.run(&["render", "--tasks", "plan.json", "-o", "out.mp4", "-q", "--preset", "ultrafast"]);
    assert_eq!(outcome.code, 0, "{}", outcome.whole());
    desk
}

fn report(desk: &Desk, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(desk.path(name)).unwrap()).unwrap()
}

#[test]
fn a_report_says_what_was_planned_and_what_was_found() {
    let desk = rendered();
    let mut told = report(&desk, "out.mp4.report.json");
    assert!(told["bytes"].as_u64().unwrap() > 1000);
    told["bytes"] = "[bytes]".into();
    let levels = told["levels"].take();
    for name in ["integrated_lufs", "true_peak_dbtp", "peak_db", "rms_db"] {
        let level = levels[name].as_f64().unwrap();
        assert!((-40.0..0.0).contains(&level), "{name} is {level}");
    }
    // Encoders differ in the last frame of what is black or stands still.
    for stretch in told["stretches"].as_array_mut().unwrap() {
        for end in ["start_sec", "end_sec"] {
            stretch[end] = stretch[end].as_f64().unwrap().round().into();
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap());
    let again = desk.run(&["render", "--tasks", "plan.json", "--check", "out.mp4", "--proof", "full"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "out.mp4: as planned, 18 facts\n"), "{}", again.whole());
    let without =
        desk.run(&["render", "--tasks", "plan.json", "-o", "bare.mp4", "-q", "--no-report", "--proof", "none"]);
    assert!(without.code == 0 && !desk.path("bare.mp4.report.json").exists(), "{}", without.whole());
}

/// `out.mp4` changed by ffmpeg into `name`, and what a check says of it.
fn broken(desk: &Desk, name: &str, options: &[&str]) -> String {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-i"]).arg(desk.path("out.mp4")).args(options).arg(desk.path(name));
    assert!(ffmpeg.status().unwrap().success());
    let checked = desk.run(&["render", "--tasks", "plan.json", "--check", name, "--proof", "full"]);
    assert_eq!(checked.code, 1, "{}", checked.whole());
    assert_eq!(report(desk, &format!("{name}.report.json"))["as_planned"], false);
    checked.stdout
}

#[test]
fn a_file_that_is_not_as_planned_is_told_with_both_numbers() {
    let desk = rendered();
    let encoded =
        ["-c:a", "copy", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "4", "-fps_mode", "passthrough", "-vf"];
    let cut = broken(&desk, "cut.mp4", &[&encoded[..], &["select='not(between(n,60,89))'"]].concat());
    assert!(cut.contains("planned frames 180, found 150\n"), "{cut}");
    assert!(cut.contains("planned frames, found none from 2.000 s to 3.000 s\n"), "{cut}");
    let black = broken(
        &desk,
        "black.mp4",
        &[&encoded[..], &["drawbox=t=fill:color=black:enable='between(n,75,104)'"]].concat(),
    );
    assert!(black.contains("planned a picture, found black from 2.5"), "{black}");
    let frozen = broken(&desk, "frozen.mp4", &[&encoded[..], &["select='not(between(n,61,104))',fps=30"]].concat());
    assert!(frozen.contains("planned motion, found a picture that stands still from 2."), "{frozen}");
    let quiet =
        ["-c:v", "copy", "-af", "volume=0:enable='between(t,1,3)'", "-c:a", "aac", "-ar", "48000", "-b:a", "192k"];
    let silent = broken(&desk, "silent.mp4", &quiet);
    assert!(silent.contains("planned sound, found silence from 1.0") && silent.lines().count() == 2, "{silent}");
    let small = broken(&desk, "small.mp4", &[&encoded[..], &["scale=60:-2"]].concat());
    assert!(small.contains("planned width 120, found 60\n"), "{small}");
    let missing = desk.run(&["render", "--tasks", "plan.json", "--check", "missing.mp4"]);
    assert!(missing.code == 1 && missing.stderr.contains("missing.mp4"), "{}", missing.whole());
}

#[test]
fn a_plan_says_which_spans_are_kept_and_reads_its_own_remarks() {
    let desk = desk();
    let told = |desk: &Desk, tasks: &str| -> Value {
        let outcome = desk.run(&["plan", "--tasks", tasks, "--json"]);
        assert_eq!(outcome.code, 0, "{}", outcome.whole());
        serde_json::from_str(&outcome.stdout).unwrap()
    };
    let before = told(&desk, "plan.json");
    assert_eq!((&before["render"]["frames"], &before["render"]["frames_to_render"]), (&json!(180), &json!(180)));
    let spans = before["render"]["spans"].as_array().unwrap();
    assert!(spans.iter().all(|span| span["encodes"] == 1 && span["copies"] == 0 && span["kept"] == false), "{spans:?}");
    assert_eq!(desk.run(&["render", "--tasks", "plan.json", "-o", "out.mp4", "-q"]).code, 0);
    desk.write("again.json", before.to_string());
    let after = told(&desk, "again.json");
    assert_eq!((&after["render"]["frames_to_render"], &after["render"]["sound_kept"]), (&json!(0), &json!(true)));
}

#[test]
fn several_moments_are_a_sheet_with_labels() {
    let desk = desk();
    let shown = desk.run(&["preview", "--tasks", "plan.json", "--at", "0:01.5,5s", "-o", "two.png"]);
    assert_eq!(shown.code, 0, "{}", shown.whole());
    // Two across, 270 wide each with 8 between; the pictures are 482 high, their labels below.
    let probe = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0"])
        .arg(desk.path("two.png"))
        .output()
        .unwrap();
    let size = String::from_utf8(probe.stdout).unwrap();
    let (width, height) = size.trim().split_once(',').unwrap();
    let (width, height): (usize, usize) = (width.parse().unwrap(), height.parse().unwrap());
    assert!(width == 548 && height > 540, "{size}");
    let sheet = &frames(&desk.path("two.png"), width, height)[0];
    let ink = |left: usize| {
        (484..height)
            .flat_map(|y| (left..left + 270).map(move |x| (x, y)))
            .filter(|(x, y)| sheet[y * width + x][0] > 200)
            .count()
    };
    assert!(ink(0) > 100 && ink(278) > 100, "{} and {}", ink(0), ink(278));
    let wrong = desk.run(&["preview", "--tasks", "plan.json", "--at", "1:75", "-o", "no.png"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("a clock's time, as `0:33`"), "{}", wrong.whole());
}

#[test]
fn a_draft_has_all_frames_and_the_rules_written_over_it() {
    let desk = desk();
    let made = desk.run(&["preview", "--tasks", "plan.json", "--video", "--width", "240", "-o", "draft.mp4"]);
    assert!(made.code == 0 && made.stdout.contains("180 frames, 240x428"), "{}", made.whole());
    let frames = frames(&desk.path("draft.mp4"), 240, 428);
    // Over the red cutaway stands a dark box with light letters.
    let corner: Vec<[u8; 3]> = (0..16).flat_map(|y| frames[150][y * 240..y * 240 + 90].to_vec()).collect();
    let count = |is: fn(&[u8; 3]) -> bool| corner.iter().filter(|pixel| is(pixel)).count();
    assert!(count(|pixel| pixel.iter().all(|part| *part > 150)) > 20, "letters");
    assert!(count(|pixel| pixel[0] < 120 && pixel[1] < 60) > 100, "a box");
}

/// The lengths of a track's children in frames, transitions left out.
fn length(track: &Value) -> f64 {
    let children = track["children"].as_array().unwrap().iter();
    children.filter_map(|child| child["source_range"]["duration"]["value"].as_f64()).sum()
}

#[test]
fn a_timeline_for_editing_programs_has_the_frames_of_the_plan() {
    let desk = Desk::new();
    let tasks = json!([
        { "type": "trim", "inputs": ["red"], "output_id": "a", "params": { "start_time": 0, "end_time": 2 } },
        { "type": "trim", "inputs": ["blue"], "output_id": "b", "params": { "start_time": 0, "end_time": 3 } },
        { "type": "transition", "inputs": ["a", "b"], "output_id": "ab", "params": { "kind": "fade", "duration": 1 } },
        { "type": "speed", "inputs": ["main"], "output_id": "fast", "params": { "factor": 2 } },
        { "type": "concat", "inputs": ["ab", "fast"] },
        canvas(),
        { "type": "overlay_video", "params": { "stock_id": "red", "start_time": 5, "end_time": 6 } },
        { "type": "overlay_image", "params": { "image_id": "logo", "start_time": 1, "end_time": 3, "position": "top_right", "width": 0.5 } },
        { "type": "overlay_image", "params": { "image_id": "photo", "start_time": 3, "end_time": 4 } },
        { "type": "mix_audio", "params": { "audio_id": "music", "start_time": 0, "end_time": 7, "loop": true } },
        { "type": "fade", "params": { "fade_out": 1 } },
    ]);
    let assets = desk.clips(&[&MAIN, &RED, &BLUE, &LOGO, &PHOTO, &MUSIC]);
    desk.write("plan.json", json!({ "tasks": tasks, "assets": assets }).to_string());
    let made = desk.run(&["plan", "--tasks", "plan.json", "--otio", "cut.otio"]);
    assert!(made.code == 0 && made.stderr.contains("cut.otio"), "{}", made.whole());
    let document = report(&desk, "cut.otio");
    let tracks = document["tracks"]["children"].as_array().unwrap();
    assert_eq!(length(&tracks[0]), 210.0, "{}", tracks[0]);
    assert!(tracks.iter().all(|track| length(track) <= 210.0 && length(track) > 0.0));
    let names: Vec<&str> = tracks.iter().map(|track| track["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Picture", "Pictures 1", "Sound 1", "Sound 2"]);
    let sees_otio = Command::new("python3").args(["-c", "import opentimelineio"]).output();
    if !sees_otio.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3 has no opentimelineio (pip install opentimelineio), so it does not read the file");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/otio.py");
    let read = Command::new("python3").arg(script).arg(desk.path("cut.otio")).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    assert_eq!(String::from_utf8_lossy(&read.stdout).lines().next(), Some("Picture 210 of 210"));
}

//! A render in spans is the render: the same frames, nothing made twice, nothing half.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use callsheet::ffmpeg::Cancel;
use callsheet::render::{Depth, Encoder, Made, Options, Store, Subtitles, Way, render, spans, timeline};
use callsheet::tasks::ValidPlan;
use callsheet::text::FontSet;
use serde_json::{Value, json};

use crate::cli::Desk;
use crate::media::{BLUE, JPEG, MAIN, MUSIC, RED, frames, samples};
use crate::render::{canvas, valid};

fn rendered(folder: &Path, name: &str, plan: &ValidPlan, way: Way<'_>) -> (PathBuf, Made) {
    let output = folder.join(name);
    let options = Options {
        output: &output,
        overwrite: true,
        encoder: &Encoder::h264("ultrafast", 4),
        fonts: &FontSet::shipped(),
        subtitles: Subtitles::Burned,
        way,
        depth: Depth::Quick,
        report: false,
        cancel: &Cancel::new(),
    };
    let report = render(plan, &options, &mut |_| {}).unwrap_or_else(|error| panic!("{name}: {error}"));
    (output, report.made)
}

/// Everything that a cut could spoil: a clip at a varying rate, one at another rate, changed speed, a transition, a text and
/// a fade over cuts, a logo, and a shot that is cut where nothing changes.
fn varied() -> ValidPlan {
    let tasks = [
        json!({ "type": "trim", "inputs": ["blue"], "output_id": "a", "params": { "start_time": 0.3, "end_time": 3.3 } }),
        json!({ "type": "trim", "inputs": ["red"], "output_id": "b", "params": { "start_time": 0.5, "end_time": 4 } }),
        json!({ "type": "transition", "inputs": ["a", "b"], "output_id": "ab", "params": { "kind": "wipe_left", "duration": 1 } }),
        json!({ "type": "speed", "inputs": ["main"], "output_id": "slow", "params": { "factor": 0.5 } }),
        json!({ "type": "concat", "inputs": ["ab", "slow"] }),
        canvas(),
        json!({ "type": "add_text_overlay", "params": { "text": "Ж", "start_time": 2.4, "end_time": 9, "style": "white" } }),
        json!({ "type": "overlay_image", "params": { "image_id": "logo", "start_time": 1, "end_time": 11, "position": "top_right", "width": 0.5 } }),
        json!({ "type": "add_subtitles", "params": { "segments": [{ "start": 3.1, "end": 5.9, "text": "М" }, { "start": 6, "end": 7.5, "text": "П" }], "style": "white" } }),
        json!({ "type": "fade", "params": { "fade_in": 3, "fade_out": 4 } }),
        json!({ "type": "mix_audio", "params": { "audio_id": "music", "start_time": 1, "end_time": 15, "volume": 0.5, "loop": true } }),
        json!({ "type": "normalize_loudness", "params": { "target": -18 } }),
    ];
    valid(&tasks, None)
}

fn ffmpeg_says(arguments: &[&str], video: &Path) -> (String, String) {
    let (program, rest) = arguments.split_first().unwrap();
    let to_nothing: &[&str] = if *program == "ffmpeg" { &["-f", "null", "-"] } else { &[] };
    let output = Command::new(program).args(rest).arg(video).args(to_nothing).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_render_in_spans_shows_and_sounds_what_a_render_at_once_does() {
    let folder = tempfile::tempdir().unwrap();
    let plan = varied();
    let cuts = spans(&timeline(&plan));
    assert!(cuts.len() >= 4, "{cuts:?}");
    let (whole, _) = rendered(folder.path(), "whole.mp4", &plan, Way::Whole);
    let (joined, made) = rendered(folder.path(), "joined.mp4", &plan, Way::Spans(None));
    assert_eq!(made, Made { spans: cuts.len(), rendered: cuts.len(), sound_rendered: true, copied_frames: 0 });
    let (one, other) = (frames(&whole, 120, 214), frames(&joined, 120, 214));
    assert_eq!(one.len(), other.len());
    for (number, (one, other)) in one.iter().zip(&other).enumerate() {
        let noise = likeness(one, other);
        assert!(noise > 36.0, "frame {number} has {noise:.1} dB; cuts {cuts:?}");
    }
    assert_eq!(samples(&whole), samples(&joined));
}

/// How alike two pictures are, in decibels.
fn likeness(one: &[[u8; 3]], other: &[[u8; 3]]) -> f64 {
    let square = |(a, b): (u8, u8)| (f64::from(a) - f64::from(b)).powi(2);
    let sum: f64 = one.iter().zip(other).flat_map(|(a, b)| a.iter().copied().zip(b.iter().copied()).map(square)).sum();
    10.0 * (255.0 * 255.0 * (one.len() * 3) as f64 / sum.max(1e-9)).log10()
}

#[test]
fn a_cut_through_a_text_that_is_being_written_and_said_shows_what_the_whole_does() {
    let folder = tempfile::tempdir().unwrap();
    let words = "Почему облака не падают на землю, хотя весят тонны? Мы спросили тех, кто это знает";
    let tasks = [
        json!({ "type": "speed", "params": { "factor": 0.5 } }),
        canvas(),
        json!({ "type": "overlay_video", "params": { "stock_id": "red", "start_time": 3.5, "end_time": 6.5, "volume": 0 } }),
        json!({ "type": "add_subtitles", "params": { "segments": [{ "start": 2, "end": 9, "text": words }], "style": "typed" } }),
    ];
    let plan = valid(&tasks, Some("main"));
    // The writing takes 2.7 s from 2 s on, and the words are said to the end.
    assert!(spans(&timeline(&plan)).iter().any(|span| span.start == 105), "{:?}", spans(&timeline(&plan)));
    let (whole, _) = rendered(folder.path(), "whole.mp4", &plan, Way::Whole);
    let (joined, _) = rendered(folder.path(), "joined.mp4", &plan, Way::Spans(None));
    let (one, other) = (frames(&whole, 120, 214), frames(&joined, 120, 214));
    assert_eq!(one.len(), other.len());
    for (number, (one, other)) in one.iter().zip(&other).enumerate() {
        assert!(likeness(one, other) > 36.0, "frame {number} has {:.1} dB", likeness(one, other));
    }
    assert!(likeness(&one[110], &one[130]) < 30.0, "the text goes on behind the cut");
}

#[test]
fn a_joined_video_is_read_without_a_word_and_every_frame_has_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let plan = varied();
    let (mp4, _) = rendered(folder.path(), "joined.mp4", &plan, Way::Spans(None));
    let packets =
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts,dts", "-of", "csv=p=0"];
    let (packets, _) = ffmpeg_says(&packets, &mp4);
    let times: Vec<(i64, i64)> = packets
        .lines()
        .map(|line| line.trim_end_matches(',').split_once(',').unwrap())
        .map(|(pts, dts)| (pts.parse().unwrap(), dts.parse().unwrap()))
        .collect();
    assert_eq!(times.len() as u64, timeline(&plan).frames);
    assert!(times.windows(2).all(|pair| pair[0].1 < pair[1].1), "decoding times go up");
    let mut shown: Vec<i64> = times.iter().map(|(pts, _)| *pts).collect();
    shown.sort_unstable();
    let step = shown[1] - shown[0];
    assert!(shown.iter().enumerate().all(|(number, pts)| *pts == number as i64 * step), "{shown:?}");
    let store = Store::at(folder.path().join("store"));
    for name in ["joined.mp4", "joined.mkv", "joined.mov"] {
        let (video, _) = rendered(folder.path(), name, &plan, Way::Spans(Some(&store)));
        let read = ["ffmpeg", "-v", "warning", "-nostdin", "-xerror", "-err_detect", "explode", "-i"];
        assert_eq!(ffmpeg_says(&read, &video).1, "", "{name}");
    }
}

#[test]
fn the_packets_of_a_joined_video_are_those_of_its_spans() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path().join("store"));
    let hashes = |path: &Path| {
        let read = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_data_hash", "md5", "-show_entries"];
        let read = [&read[..], &["packet=data_hash", "-of", "csv=p=0"]].concat();
        ffmpeg_says(&read, path).0.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (video, made) = rendered(folder.path(), "joined.mp4", &varied(), Way::Spans(Some(&store)));
    let found: BTreeSet<String> = hashes(&video).into_iter().collect();
    let kept = store.folder().read_dir().unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<PathBuf> = kept.filter(|path| path.extension().is_some_and(|end| end == "mp4")).collect();
    assert_eq!(kept.len(), made.spans + 1, "the spans and the sound");
    let of_spans: BTreeSet<String> = kept.iter().flat_map(|path| hashes(path)).collect();
    assert_eq!(found, of_spans);
}

/// Nine seconds with a thesis and a cutaway.
fn with_thesis(text: &str) -> ValidPlan {
    let tasks = [
        json!({ "type": "speed", "params": { "factor": 0.5 } }),
        canvas(),
        json!({ "type": "overlay_video", "params": { "stock_id": "red", "start_time": 6, "end_time": 9, "volume": 0 } }),
        json!({ "type": "add_text_overlay", "params": { "text": text, "start_time": 2, "end_time": 5, "style": "white" } }),
    ];
    valid(&tasks, Some("main"))
}

#[test]
fn a_thesis_is_cut_in_its_middle() {
    // It is seen from 2 s to 5 s, at 30 frames a second; at 6 s the shot ends, and soon before nothing is cut.
    let spans = spans(&timeline(&with_thesis("Ж")));
    assert_eq!(spans, [0..60, 60..105, 105..180, 180..270, 270..360]);
}

#[test]
fn an_edited_thesis_renders_its_two_halves_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path().join("store"));
    let made = |text: &str, name: &str| rendered(folder.path(), name, &with_thesis(text), Way::Spans(Some(&store)));
    let (first, of_first) = made("Ж", "first.mp4");
    assert_eq!((of_first.rendered, of_first.sound_rendered), (of_first.spans, true));
    assert!(of_first.spans >= 4);
    let (second, of_second) = made("М", "second.mp4");
    assert_eq!(of_second, Made { rendered: 2, sound_rendered: false, ..of_first });
    let (third, of_third) = made("Ж", "third.mp4");
    assert_eq!(of_third, Made { rendered: 0, sound_rendered: false, ..of_first });
    let bytes = [&first, &second, &third].map(|path| std::fs::read(path).unwrap());
    assert!(bytes[0] == bytes[2] && bytes[0] != bytes[1]);
}

#[test]
fn another_file_under_the_same_name_is_another_span() {
    let desk = Desk::new();
    desk.clips(&[&MAIN, &RED]);
    let plan = json!({ "tasks": [canvas()], "assets": { "x": "x.mp4" }, "main_asset_id": "x" });
    desk.write("plan.json", plan.to_string());
    let mut seen = Vec::new();
    for clip in ["main.mp4", "red.mp4", "main.mp4"] {
        std::fs::copy(desk.path(clip), desk.path("x.mp4")).unwrap();
        let report = desk.run(&["render", "--tasks", "plan.json", "-o", "out.mp4", "--force", "-q", "--json"]);
        assert_eq!(report.code, 0, "{}", report.whole());
        let report: Value = serde_json::from_str(&report.stdout).unwrap();
        seen.push(report["made"]["rendered"].as_u64().unwrap());
    }
    assert!(seen[0] > 0 && seen[1] > 0 && seen[2] == 0, "{seen:?}");
}

#[test]
fn a_span_that_was_cut_short_in_the_store_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path().join("store"));
    let plan = with_thesis("Ж");
    let (first, _) = rendered(folder.path(), "first.mp4", &plan, Way::Spans(Some(&store)));
    let largest = pieces(store.folder()).into_iter().max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let whole = std::fs::read(&largest).unwrap();
    std::fs::write(&largest, &whole[..whole.len() - 100]).unwrap();
    let (second, made) = rendered(folder.path(), "second.mp4", &plan, Way::Spans(Some(&store)));
    assert_eq!(made.rendered + usize::from(made.sound_rendered), 1);
    assert!(std::fs::read(first).unwrap() == std::fs::read(second).unwrap());
    assert!(std::fs::read(largest).unwrap() == whole);
}

#[test]
fn a_photo_of_a_camera_joins_with_videos() {
    let desk = Desk::new();
    let segments = json!([
        { "start_sec": 0, "end_sec": 2, "asset_id": "main" },
        { "start_sec": 2, "end_sec": 4, "asset_id": "jpeg" },
        { "start_sec": 4, "end_sec": 6, "asset_id": "main" },
    ]);
    let scenario = json!({
        "scenario": {
            "metadata": { "total_duration_sec": 6, "aspect_ratio": "9:16", "resolution": 120 },
            "layers": [{ "type": "video", "segments": segments }],
        },
        "assets": desk.clips(&[&MAIN, &JPEG]),
    });
    desk.write("scenario.json", scenario.to_string());
    for codec in ["h264", "h265"] {
        let arguments = ["render", "scenario.json", "--codec", codec, "-o", "out.mp4", "--force", "--json"];
        let report = desk.run(&arguments);
        assert_eq!(report.code, 0, "{codec}: {}", report.whole());
        let made: Value = serde_json::from_str(&report.stdout).unwrap();
        assert!(made["made"]["spans"].as_u64().unwrap() >= 3, "{made:#}");
    }
}

/// The finished pieces in a store.
fn pieces(store: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(store) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.with_extension("mp4"))
        .collect()
}

/// Twelve seconds in six spans or so.
fn long_desk() -> Desk {
    let desk = Desk::new();
    let covers: Vec<Value> = [2, 6, 10]
        .into_iter()
        .map(|start| json!({ "type": "overlay_video", "params": { "stock_id": "red", "start_time": start, "end_time": start + 2, "volume": 0 } }))
        .collect();
    let mut tasks = vec![json!({ "type": "speed", "params": { "factor": 0.5 } }), canvas()];
    tasks.extend(covers);
    let plan = json!({ "tasks": tasks, "assets": desk.clips(&[&MAIN, &RED, &MUSIC, &BLUE]), "main_asset_id": "main" });
    desk.write("plan.json", plan.to_string());
    desk
}

const RENDER: &[&str] = &["render", "--tasks", "plan.json", "--preset", "slower", "-o"];

#[test]
fn a_killed_render_goes_on_where_it_stopped() {
    let desk = long_desk();
    let before = desk.names();
    let store = desk.cache.path().join("spans");
    let mut child =
        desk.command(&[RENDER, &["out.mp4"]].concat()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while pieces(&store).len() < 3 {
        lines.next().expect("it goes on").unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let finished = pieces(&store);
    assert!(!desk.path("out.mp4").exists());
    let report = desk.run(&[RENDER, &["out.mp4", "--json"]].concat());
    assert_eq!(report.code, 0, "{}", report.whole());
    let made: Value = serde_json::from_str(&report.stdout).unwrap();
    let number = |name: &str| made["made"][name].as_u64().unwrap();
    let rendered = number("rendered") + u64::from(made["made"]["sound_rendered"].as_bool().unwrap());
    assert!(rendered > 0, "{made}");
    assert_eq!(rendered as usize + finished.len(), pieces(&store).len(), "{made}");
    let undisturbed = desk.run(&[RENDER, &["again.mp4", "--no-cache"]].concat());
    assert_eq!(undisturbed.code, 0, "{}", undisturbed.whole());
    assert!(std::fs::read(desk.path("out.mp4")).unwrap() == std::fs::read(desk.path("again.mp4")).unwrap());
    let mut names = desk.names();
    names.retain(|name| !["out.mp4", "again.mp4"].contains(&name.trim_end_matches(".report.json")));
    assert_eq!(names, before);
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing_half() {
    let desk = long_desk();
    let before = desk.names();
    let mut program = desk.command(&[RENDER, &["out.mp4"]].concat());
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"])
        .arg(program.get_program())
        .args(program.get_args());
    limited.current_dir(desk.path("")).env("CALLSHEET_CACHE", desk.cache.path());
    let full = desk.outcome(&mut limited);
    assert_eq!(full.code, 1, "{}", full.whole());
    assert!(full.stderr.contains("cannot write") && full.stderr.contains("too large"), "{}", full.stderr);
    assert_eq!(desk.names(), before);
    let after = desk.outcome(&mut program);
    assert_eq!(after.code, 0, "{}", after.whole());
}

#[test]
fn what_is_kept_is_told_and_thrown_away() {
    let desk = Desk::new();
    let plan = json!({ "tasks": [canvas()], "assets": desk.clips(&[&MAIN]), "main_asset_id": "main" });
    desk.write("plan.json", plan.to_string());
    assert!(desk.run(&["cache"]).stdout.ends_with("/spans: 0 pieces, 0.0 MB\n"));
    assert_eq!(desk.run(&["render", "--tasks", "plan.json", "-o", "out.mp4", "-q"]).code, 0);
    let told = |arguments: &[&str]| {
        let outcome = desk.run(&[&["cache", "--json"], arguments].concat());
        assert_eq!(outcome.code, 0, "{}", outcome.whole());
        let told: Value = serde_json::from_str(&outcome.stdout).unwrap();
        let pieces = |of: &str| told[of]["pieces"].as_u64();
        (pieces("left"), pieces("removed"))
    };
    assert_eq!(told(&[]), (Some(2), None));
    assert_eq!(told(&["--prune"]), (Some(2), Some(0)));
    assert_eq!(told(&["--size", "1G"]), (Some(2), Some(0)));
    assert_eq!(told(&["--clear"]), (Some(0), Some(2)));
}

#[test]
fn a_piece_is_made_by_whoever_shares_the_folder_and_all_are_joined() {
    let desk = long_desk();
    let run = |arguments: &[&str]| {
        let outcome = desk.run(&[&["span"], arguments, &["--tasks", "plan.json", "--store", "shared"]].concat());
        (outcome.code, outcome.stdout, outcome.stderr)
    };
    let listed = |text: &str| -> Vec<Value> { serde_json::from_str(text).unwrap() };
    let (code, list, words) = run(&["list", "--json"]);
    assert_eq!(code, 0, "{words}");
    let list = listed(&list);
    assert!(list.iter().all(|piece| piece["kept"] == false) && list.last().unwrap()["frames"].is_null());
    let (code, _, words) = run(&["join", "-o", "out.mp4"]);
    assert!(code == 1 && words.contains("the pieces 0, 1, 2"), "{code} {words}");
    let (code, made, words) = run(&["run", "--number", "1", "--json"]);
    assert_eq!(code, 0, "{words}");
    let made = listed(&made);
    assert!(made.len() == 1 && made[0]["number"] == 1 && made[0]["kept"] == true && made[0]["key"] == list[1]["key"]);
    let file = desk.path("shared").join(format!("{}.mp4", made[0]["key"].as_str().unwrap()));
    let before = std::fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(run(&["run", "--number", "99"]).0, 2);
    assert_eq!(run(&["run"]).0, 0);
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), before, "nothing is made twice");
    assert!(run(&["list"]).1.lines().all(|line| line.contains("  here  ")));
    let (code, told, words) = run(&["join", "-o", "out.mp4", "-q"]);
    assert!(code == 0 && told.contains("360 frames"), "{told} {words}");
}

#[test]
fn a_preview_is_the_frame_of_the_render() {
    let desk = long_desk();
    let rendered = desk.run(&["render", "--tasks", "plan.json", "-o", "out.mp4", "--crf", "1", "-q"]);
    assert_eq!(rendered.code, 0, "{}", rendered.whole());
    let video = frames(&desk.path("out.mp4"), 120, 214);
    for (at, number) in [("5s", 150), ("7.5", 225)] {
        for name in ["frame.png", "frame%d.jpg"] {
            let shown = desk.run(&["preview", "--tasks", "plan.json", "--at", at, "-o", name, "--force"]);
            assert_eq!(shown.code, 0, "{}", shown.whole());
            std::fs::rename(desk.path(name), desk.path("shown")).unwrap();
            let still = frames(&desk.path("shown"), 120, 214);
            assert_eq!(still.len(), 1);
            let far =
                still[0].iter().zip(&video[number]).any(|(a, b)| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > 12));
            assert!(!far, "{at} in {name}: {:?} and {:?}", still[0][0], video[number][0]);
        }
    }
    let late = desk.run(&["preview", "--tasks", "plan.json", "--at", "12", "-o", "late.png"]);
    assert!(late.code == 2 && late.stderr.contains("it is 12 s long"), "{}", late.whole());
}

#[test]
fn a_sheet_shows_frames_from_all_over_the_video() {
    let desk = long_desk();
    let shown = desk.run(&["preview", "--tasks", "plan.json", "--sheet", "6", "--width", "40", "-o", "sheet.png"]);
    assert_eq!(shown.code, 0, "{}", shown.whole());
    // Three across and two down, 40 by 72 each, with 8 between: seconds 1, 3 (red), 5, 7 (red), 9, 11 (red).
    let sheet = &frames(&desk.path("sheet.png"), 136, 152)[0];
    let red = |across: usize, down: usize| {
        let pixel = sheet[(down * 80 + 36) * 136 + across * 48 + 20];
        pixel[0] > 200 && pixel[1] < 50
    };
    assert_eq!([red(0, 0), red(1, 0), red(2, 0)], [false, true, false]);
    assert_eq!([red(0, 1), red(1, 1), red(2, 1)], [true, false, true]);
}

//! What nothing touches is copied, exactly as safe as an encoding, or not at all.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Value, json};

use callsheet::tasks::Style;

use crate::cli::{Desk, Outcome};
use crate::media::{RED, place};

/// Eight seconds that are what a video is encoded as; `options` may make them otherwise.
fn source(name: &str, options: &str) -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    let _guard = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let options = format!(
        "-f lavfi -i testsrc2=s=120x214:r=30:d=8 -f lavfi -i sine=440:d=8:r=48000 -c:v libx264 -preset veryfast -crf 23 -g 30 \
         -keyint_min 30 -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv -c:a aac {options}"
    );
    let path = place(&format!("smart-{name}"), &options);
    if path.exists() {
        return path;
    }
    let part = path.with_file_name(format!("part-smart-{name}"));
    let mut ffmpeg = Command::new("ffmpeg");
    let status = ffmpeg.args(["-v", "error", "-nostdin", "-y"]).args(options.split_whitespace()).arg(&part).status();
    assert!(status.unwrap().success(), "ffmpeg could not make {name}");
    std::fs::rename(part, &path).unwrap();
    path
}

/// The source with a cutaway from 2.2 to 3.1 s, and a text over that, rendered.
fn rendered(desk: &Desk, source: &Path, output: &str, more: &[&str]) -> (Outcome, Value) {
    let tasks = [
        json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 120, "frame_rate": 30 } }),
        json!({ "type": "overlay_video", "params": { "stock_id": "red", "start_time": 2.2, "end_time": 3.1 } }),
        json!({ "type": "add_text_overlay", "params": { "text": "Ж", "start_time": 2.3, "end_time": 3, "style": "plain" } }),
    ];
    let mut assets = desk.clips(&[&RED]);
    assets["main"] = source.display().to_string().into();
    let styles = json!({ "plain": Style::default() });
    let plan = json!({ "tasks": tasks, "styles": styles, "assets": assets, "main_asset_id": "main" });
    desk.write("plan.json", plan.to_string());
    let outcome =
        desk.run(&[&["render", "--tasks", "plan.json", "--force", "-q", "--json", "-o", output], more].concat());
    let told = serde_json::from_str(&outcome.stdout).unwrap_or(Value::Null);
    (outcome, told)
}

/// The hashes of a video's pictures, and what was said while they were decoded.
fn pictures(video: &Path) -> (Vec<String>, String) {
    let output = Command::new("ffmpeg")
        .args(["-v", "warning", "-nostdin", "-xerror", "-err_detect", "explode", "-i"])
        .arg(video)
        .args(["-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let hashes = lines.map(|line| line.rsplit(',').next().unwrap().trim().to_owned()).collect();
    (hashes, String::from_utf8(output.stderr).unwrap())
}

fn probe(video: &Path, entries: &str) -> Vec<Vec<i64>> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v", "-show_entries", entries, "-of", "csv=p=0"])
        .arg(video)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split(',').filter_map(|number| number.parse().ok()).collect()).collect()
}

#[test]
fn untouched_stretches_are_the_very_pictures_of_the_source() {
    let desk = Desk::new();
    // B-frames, none, another profile and level, another container: each with parameter sets that are not the encoder's.
    let sources = [
        ("plain.mp4", ""),
        ("no-b.mp4", "-bf 0"),
        ("main.mp4", "-profile:v main"),
        // Without sound, whose beginning would move all of it by some milliseconds.
        ("other.mkv", "-preset slower -an"),
        ("stream.ts", "-an"),
    ];
    for (name, options) in sources {
        let source = source(name, options);
        for output in ["out.mp4", "out.mkv"] {
            if output == "out.mkv" && name != "plain.mp4" {
                continue;
            }
            let (outcome, told) = rendered(&desk, &source, output, &["--smart"]);
            assert_eq!(outcome.code, 0, "{name}: {}", outcome.whole());
            // Seconds 0 to 2 and 4 to 8: whole groups of pictures outside the cutaway.
            if output == "out.mkv" {
                // Times of whole milliseconds have no room for copies' decoding times.
                assert_eq!(told["made"]["copied_frames"], 0, "{name}: {}", outcome.whole());
                assert!(told["not_copied"][0].as_str().unwrap().contains("only .mp4 and .mov"), "{told}");
                continue;
            }
            assert_eq!(told["made"]["copied_frames"], 180, "{name}: {}", outcome.whole());
            let (found, words) = pictures(&desk.path(output));
            assert_eq!(words, "", "{name}");
            let (expected, _) = pictures(&source);
            assert_eq!(found.len(), 240, "{name}");
            let same: Vec<usize> = (0..240).filter(|frame| found[*frame] == expected[*frame]).collect();
            let copied: Vec<usize> = (0..60).chain(120..240).collect();
            assert!(copied.iter().all(|frame| same.contains(frame)), "{name}: {same:?}");
            {
                let mut times = probe(&desk.path(output), "packet=pts,dts");
                assert!(times.windows(2).all(|pair| pair[0][1] < pair[1][1]), "{name}: {times:?}");
                assert!(times.iter().all(|time| time[0] >= time[1]), "{name}: {times:?}");
                times.sort_unstable();
                let step = times[1][0] - times[0][0];
                assert!(times.iter().zip(0..).all(|(time, number)| time[0] == number * step), "{name}: {times:?}");
            }
        }
    }
}

#[test]
fn a_header_has_all_parameter_sets_and_no_picture_brings_its_own() {
    let desk = Desk::new();
    let (outcome, _) = rendered(&desk, &source("plain.mp4", ""), "out.mp4", &["--smart"]);
    assert_eq!(outcome.code, 0, "{}", outcome.whole());
    let traced = Command::new("ffmpeg")
        .args(["-v", "verbose", "-nostdin", "-i"])
        .arg(desk.path("out.mp4"))
        .args(["-map", "0:v", "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"])
        .output()
        .unwrap();
    let traced = String::from_utf8_lossy(&traced.stderr).into_owned();
    let header = traced.find("Packet:").unwrap();
    let sets =
        |text: &str| text.matches("Sequence Parameter Set").count() + text.matches("Picture Parameter Set").count();
    assert_eq!(sets(&traced[..header]), 4, "two of each kind in the header");
    assert_eq!(sets(&traced[header..]), 0, "none in the packets");
    assert!(String::from_utf8_lossy(&std::fs::read(desk.path("out.mp4")).unwrap()).contains("avc1"));
}

#[test]
fn what_cannot_be_copied_is_encoded_and_says_why() {
    let desk = Desk::new();
    let sources = [
        ("other-rate.mp4", "-r 25", "it has 25.000 frames a second, the video 30.000"),
        ("other-size.mp4", "-s 240x428", "it is 240x428 as stored, the video 120x214"),
        (
            "hevc.mp4",
            "-c:v libx265 -preset ultrafast -x265-params log-level=error",
            "its codec is hevc, the video's h264",
        ),
        ("high-level.mp4", "-profile:v main -level 3.0", "no header fits both"),
        ("deep.mp4", "-pix_fmt yuv420p10le", "its profile is High 10"),
        (
            "untagged.mp4",
            "-color_primaries unknown -color_trc unknown -colorspace unknown",
            "its colour space is unknown",
        ),
        ("open.mp4", "-g 100 -x264-params open-gop=1:keyint=100:min-keyint=100", "no closed groups of its pictures"),
        ("interlaced.mp4", "-s 240x428 -x264-params tff=1", "its order of fields is"),
    ];
    for (name, options, reason) in sources {
        let (outcome, told) = rendered(&desk, &source(name, options), "out.mp4", &["--smart"]);
        assert_eq!(outcome.code, 0, "{name}: {}", outcome.whole());
        assert_eq!(told["made"]["copied_frames"], 0, "{name}");
        assert!(told["not_copied"].to_string().contains(reason), "{name}: {told}");
        assert!(outcome.stderr.contains(reason), "{name}: {}", outcome.whole());
    }
}

#[test]
fn a_copy_is_kept_and_an_edit_copies_the_rest_again_for_nothing() {
    let desk = Desk::new();
    let source = source("plain.mp4", "");
    let (_, first) = rendered(&desk, &source, "first.mp4", &["--smart"]);
    let (_, second) = rendered(&desk, &source, "second.mp4", &["--smart"]);
    // The frames of the source on both sides of the cutaway that lie in no whole group, and the cutaway.
    assert_eq!((first["made"]["rendered"].as_u64(), second["made"]["rendered"].as_u64()), (Some(3), Some(0)));
    assert!(std::fs::read(desk.path("first.mp4")).unwrap() == std::fs::read(desk.path("second.mp4")).unwrap());
    let (refused, _) = rendered(&desk, &source, "third.mp4", &["--smart", "--no-spans"]);
    assert_eq!(refused.code, 2, "{}", refused.whole());
}

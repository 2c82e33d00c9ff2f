//! Every codec comes out whole, in spans and at once; sizes and shapes are held; what cannot be is told with what can.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::cli::Desk;
use crate::media::{MAIN, MUSIC, RED, frames};

/// Five seconds, which are two spans: a main video, a red cutaway, a thesis, music.
fn desk() -> Desk {
    let desk = Desk::new();
    let scenario = json!({
        "scenario": {
            "metadata": { "total_duration_sec": 5, "aspect_ratio": "9:16" },
            "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 5, "overlays": [
                { "text": "Главное", "position": "top", "start_sec": 0.5, "end_sec": 1.5 } ] }],
            "layers": [
                { "type": "video", "segments": [
                    { "id": "talk", "scene_id": "scene-1", "start_sec": 0, "end_sec": 5, "asset_id": "main" },
                    { "id": "cut", "start_sec": 2.5, "end_sec": 4, "asset_id": "red" } ] },
                { "type": "audio", "segments": [{ "start_sec": 0, "end_sec": 2, "asset_id": "music" }] } ] },
        "assets": desk.clips(&[&MAIN, &RED, &MUSIC]),
        "main_asset_id": "main"
    });
    desk.write("scenario.json", scenario.to_string());
    desk.write("small.rules", "language 1\nextend \"default\"\nsetting resolution = 120px\n");
    desk
}

fn render(desk: &Desk, more: &[&str]) -> Value {
    let arguments: Vec<&str> =
        ["render", "scenario.json", "--rules", "small.rules", "--json", "-q"].iter().chain(more).copied().collect();
    let outcome = desk.run(&arguments);
    assert_eq!(outcome.code, 0, "{more:?}: {}", outcome.stderr);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// The codecs of picture and sound and the picture's format and tag.
fn streams(video: &Path) -> [String; 4] {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-of", "json", "-show_streams"]).arg(video);
    let answer: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let of = |stream: usize, key: &str| answer["streams"][stream][key].as_str().unwrap_or_default().to_owned();
    [of(0, "codec_name"), of(1, "codec_name"), of(0, "pix_fmt"), of(0, "codec_tag_string")]
}

/// What a strict decoder says of it: nothing.
fn complaints(video: &Path) -> String {
    let read = ["-v", "warning", "-nostdin", "-xerror", "-err_detect", "explode", "-i"];
    let output = Command::new("ffmpeg").args(read).arg(video).args(["-f", "null", "-"]).output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_codec_comes_out_whole_of_spans() {
    let desk = desk();
    let cases: [(&str, &[&str], [&str; 4]); 6] = [
        ("h264.mp4", &["--preset", "ultrafast"], ["h264", "aac", "yuv420p", "avc1"]),
        ("h265.mp4", &["--codec", "h265", "--preset", "ultrafast"], ["hevc", "aac", "yuv420p", "hvc1"]),
        ("av1.mp4", &["--codec", "av1", "--preset", "12"], ["av1", "aac", "yuv420p", "av01"]),
        ("vp9.webm", &["--preset", "8"], ["vp9", "opus", "yuv420p", "[0][0][0][0]"]),
        ("vp9.mp4", &["--codec", "vp9", "--preset", "8"], ["vp9", "opus", "yuv420p", "vp09"]),
        ("prores.mov", &["--codec", "prores", "--preset", "lt"], ["prores", "pcm_s24le", "yuv422p10le", "apcs"]),
    ];
    for (name, arguments, planned) in cases {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["-o", name]).collect();
        let said = render(&desk, &arguments);
        assert_eq!(
            (said["measured"]["frames"].as_u64(), said["made"]["spans"].as_u64()),
            (Some(150), Some(2)),
            "{name}"
        );
        let video = desk.path(name);
        assert_eq!(streams(&video), planned, "{name}");
        assert_eq!(complaints(&video), "", "{name}");
        let pictures = frames(&video, 120, 214);
        assert_eq!(pictures.len(), 150, "{name}");
        let [red, green, blue] = pictures[100][214 / 2 * 120 + 60];
        assert!(red > 225 && green < 30 && blue < 30, "{name}: a red cutaway, found {red} {green} {blue}");
        let [grey, ..] = pictures[30][180 * 120 + 60];
        // Level 46 of 16 to 235 is 35 of 255.
        assert!((30..=40).contains(&grey), "{name}: the main video, found {grey}");
    }
}

#[test]
fn a_file_is_no_larger_than_it_may_be_and_uses_what_it_may() {
    let desk = desk();
    for (name, codec, size) in [("a.mp4", "h264", 400_000_u64), ("b.mp4", "h265", 300_000), ("c.webm", "vp9", 300_000)]
    {
        let preset = if codec == "vp9" { "8" } else { "ultrafast" };
        let size_given = size.to_string();
        let said = render(&desk, &["-o", name, "--codec", codec, "--preset", preset, "--target-size", &size_given]);
        let found = said["measured"]["bytes"].as_u64().unwrap();
        // Most of this picture is one grey: no encoder finds much to spend bits on, and the sound takes 120 kB.
        assert!(found <= size && found > 100_000, "{name}: {found} of {size}");
        assert_eq!(said["measured"]["frames"], 150);
        assert_eq!(complaints(&desk.path(name)), "", "{name}");
    }
    let small = desk.run(&["render", "scenario.json", "-o", "d.mp4", "--target-size", "150kB"]);
    insta::assert_snapshot!(small.whole());
    assert!(!desk.path("d.mp4").exists());
}

#[test]
fn a_size_is_reached_where_there_is_something_to_spend_it_on() {
    let desk = Desk::new();
    let noise = "-f lavfi -i testsrc2=s=240x426:r=30:d=4,noise=alls=40:allf=t -f lavfi -i sine=440:d=4";
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(noise.split(' '))
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-c:a", "aac"])
        .arg(desk.path("noise.mp4"))
        .status();
    assert!(status.unwrap().success());
    let canvas =
        json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 240, "frame_rate": 30 } });
    desk.write(
        "plan.json",
        json!({ "tasks": [canvas], "assets": { "x": "noise.mp4" }, "main_asset_id": "x" }).to_string(),
    );
    let size = 600_000;
    let outcome =
        desk.run(&["render", "--tasks", "plan.json", "-o", "a.mp4", "--target-size", "600kB", "--json", "-q"]);
    let said: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.stderr));
    let found = said["measured"]["bytes"].as_u64().unwrap();
    assert!(found <= size && found > size * 9 / 10, "{found} of {size}");
}

#[test]
fn one_scenario_makes_many_shapes_with_one_sound() {
    let desk = desk();
    let said = render(&desk, &["-o", "out.mp4", "--preset", "ultrafast", "--ratio", "9:16,1:1,16:9"]);
    let seen: Vec<(&str, u64, u64, bool)> = said
        .as_array()
        .unwrap()
        .iter()
        .map(|video| {
            let measured = &video["measured"];
            (
                Path::new(video["output"].as_str().unwrap()).file_name().unwrap().to_str().unwrap(),
                measured["width"].as_u64().unwrap(),
                measured["height"].as_u64().unwrap(),
                video["made"]["sound_rendered"].as_bool().unwrap(),
            )
        })
        .collect();
    let planned =
        [("out-9x16.mp4", 120, 214, true), ("out-1x1.mp4", 120, 120, false), ("out-16x9.mp4", 214, 120, false)];
    assert_eq!(seen, planned);
    // One shape alone keeps the name.
    let said = render(&desk, &["-o", "square.mp4", "--preset", "ultrafast", "--ratio", "1:1"]);
    assert_eq!((said["measured"]["width"].as_u64(), said["made"]["rendered"].as_u64()), (Some(120), Some(0)));
    // A plan says its shape itself, and can be told another.
    let plan = desk.run(&["plan", "scenario.json", "--rules", "small.rules", "--json"]).stdout;
    desk.write("plan.json", plan);
    let outcome = desk.run(&[
        "render",
        "--tasks",
        "plan.json",
        "-o",
        "again.mp4",
        "--preset",
        "ultrafast",
        "--ratio",
        "16:9",
        "--json",
        "-q",
    ]);
    let said: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.stderr));
    assert_eq!((said["measured"]["width"].as_u64(), said["made"]["rendered"].as_u64()), (Some(214), Some(0)));
}

#[test]
fn what_an_encoder_or_a_container_cannot_is_told_before_anything_is_rendered() {
    let desk = desk();
    desk.write(
        "fixed.rules",
        "language 1\nextend \"default\"\noverride canvas { make fit_canvas { aspect_ratio = \"9:16\" } }\n",
    );
    let wrong: [&[&str]; 11] = [
        &["-o", "out.mp4", "--codec", "prores"],
        &["-o", "out.webm", "--codec", "h264"],
        &["-o", "out.mp4", "--preset", "quick"],
        &["-o", "out.mp4", "--crf", "60"],
        &["-o", "out.mov", "--codec", "prores", "--crf", "20"],
        &["-o", "out.mov", "--codec", "prores", "--target-size", "1MB"],
        &["-o", "out.mp4", "--codec", "mpeg2"],
        &["-o", "out.mp4", "--ratio", "2:1"],
        &["-o", "out.mp4", "--target-size", "large"],
        &["-o", "out.mp4", "--target-size", "1MB", "--crf", "20"],
        &["-o", "out.mp4", "--rules", "fixed.rules", "--ratio", "1:1"],
    ];
    let mut seen = String::new();
    for arguments in wrong {
        let all: Vec<&str> = ["render", "scenario.json"].iter().chain(arguments).copied().collect();
        writeln!(seen, "$ callsheet {}\n{}", all.join(" "), desk.run(&all).whole()).unwrap();
    }
    insta::assert_snapshot!(seen);
    assert!(desk.names().iter().all(|name| !name.starts_with("out.")), "{:?}", desk.names());
}

/// An ffmpeg in whose hands `h264_nvenc` is x264: a machine with a device, as far as callsheet can see.
fn with_device(desk: &Desk) -> String {
    let real =
        String::from_utf8(Command::new("sh").args(["-c", "command -v ffmpeg"]).output().unwrap().stdout).unwrap();
    let bin = desk.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/bash\nnew=()\nwhile [ $# -gt 0 ]; do\n  case \"$1 $2\" in\n    '-c:v h264_nvenc') new+=(-c:v libx264 -x264-params stitchable=1); shift 2;;\n    \
         '-preset p'*) new+=(-preset ultrafast); shift 2;;\n    '-cq '*) new+=(-crf \"$2\"); shift 2;;\n    '-rc vbr'|'-b:v 0') shift 2;;\n    \
         *) new+=(\"$1\"); shift;;\n  esac\ndone\nexec {} \"${{new[@]}}\"\n",
        real.trim()
    );
    std::fs::write(bin.join("ffmpeg"), script).unwrap();
    std::fs::set_permissions(bin.join("ffmpeg"), std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}

#[test]
fn a_device_encodes_where_one_is_proved_to_and_else_it_is_said_what_does() {
    let desk = desk();
    let arguments =
        ["render", "scenario.json", "--rules", "small.rules", "-o", "out.mp4", "--hardware", "--force", "--json"];
    let path = with_device(&desk);
    let with = desk.run_with(&arguments, &[("PATH", &path)]);
    assert_eq!(with.code, 0, "{}", with.stderr);
    assert!(!with.stderr.contains("no device"), "{}", with.stderr);
    assert_eq!(streams(&desk.path("out.mp4"))[0], "h264");
    let doctor = desk.run_with(&["doctor"], &[("PATH", &path)]);
    assert!(
        doctor.stdout.lines().any(|line| line.contains("devices") && line.contains("h264_nvenc")),
        "{}",
        doctor.stdout
    );
    // A path on which no device can be: there is none for VP9 in the table.
    let without = desk.run(&[
        "render",
        "scenario.json",
        "--rules",
        "small.rules",
        "-o",
        "out.webm",
        "--hardware",
        "--preset",
        "p7",
        "-q",
    ]);
    assert_eq!(without.code, 0, "{}", without.stderr);
    let said = "no device here encodes VP9 (there are none for it); libvpx-vp9 does it, with its usual settings";
    assert!(without.stderr.contains(said), "{}", without.stderr);
}

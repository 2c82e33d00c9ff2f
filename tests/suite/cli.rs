//! The program as its users run it: arguments in; exit code, stdout and stderr out.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::media::{BLUE, Clip, LOGO, MAIN, MUSIC, PHOTO, RED, frames};
use crate::model::{KEY, Model};

/// A folder of a test, with the program in it.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    /// Where the program keeps results.
    pub(crate) cache: tempfile::TempDir,
}

pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), cache: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its name.
    pub(crate) fn write<'a>(&self, name: &'a str, content: impl AsRef<[u8]>) -> &'a str {
        std::fs::write(self.path(name), content).unwrap();
        name
    }

    /// Links clips of the tests into the folder, under their ids.
    pub(crate) fn clips(&self, clips: &[&Clip]) -> Value {
        let mut assets = serde_json::Map::new();
        for clip in clips {
            let path = clip.path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if !self.path(&name).exists() {
                std::os::unix::fs::symlink(&path, self.path(&name)).unwrap();
            }
            assets.insert(clip.id().to_owned(), name.into());
        }
        assets.into()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("CLICOLOR_FORCE");
        // Whoever runs the tests may have engines; the tests have their own.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLSHEET_")) {
            command.env_remove(name);
        }
        command.env("CALLSHEET_CACHE", self.cache.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, &[])
    }

    /// Runs with variables of the environment.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        self.outcome(self.command(arguments).envs(variables.iter().copied()))
    }

    pub(crate) fn outcome(&self, command: &mut Command) -> Outcome {
        let output = command.output().unwrap();
        // Absolute paths differ from run to run.
        let folder = self.folder.path().canonicalize().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(folder.to_str().unwrap(), "[desk]");
        Outcome { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Outcome {
    /// Everything that a user sees, for a snapshot.
    pub(crate) fn whole(&self) -> String {
        format!("exit code {}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// Three seconds: a main video, a red cutaway, a thesis, a subtitle and music.
fn small(desk: &Desk) -> Value {
    json!({
        "scenario": {
            "metadata": { "total_duration_sec": 3, "aspect_ratio": "9:16" },
            "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 3, "overlays": [
                { "text": "Главное", "position": "top", "start_sec": 0.5, "end_sec": 1.5 } ] }],
            "layers": [
                { "type": "video", "segments": [
                    { "id": "talk", "scene_id": "scene-1", "start_sec": 0, "end_sec": 3, "asset_id": "main" },
                    { "id": "cut", "start_sec": 1, "end_sec": 2, "asset_id": "red" } ] },
                { "type": "subtitle", "segments": [{ "start_sec": 2, "end_sec": 2.9, "params": { "text": "Привет!" } }] },
                { "type": "audio", "segments": [{ "start_sec": 0, "end_sec": 3, "asset_id": "music" }] } ] },
        "assets": desk.clips(&[&MAIN, &RED, &MUSIC]),
        "main_asset_id": "main"
    })
}

const SMALL_RULES: &str = "language 1\nextend \"default\"\nsetting resolution = 120px\n";

fn small_desk() -> Desk {
    let desk = Desk::new();
    desk.write("scenario.json", serde_json::to_string_pretty(&small(&desk)).unwrap());
    desk.write("small.rules", SMALL_RULES);
    desk
}

#[test]
fn a_plan_is_a_table_that_names_rules_and_lines() {
    insta::assert_snapshot!(small_desk().run(&["plan", "scenario.json"]).whole());
}

#[test]
fn a_plan_writes_nothing_and_is_the_same_every_time() {
    let desk = small_desk();
    let before = desk.names();
    let first = desk.run(&["plan", "scenario.json", "--json"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    for _ in 0..3 {
        assert_eq!(desk.run(&["plan", "scenario.json", "--json"]).stdout, first.stdout);
    }
    let bare = desk.run(&["plan", "scenario.json", "--json", "--no-probe"]).stdout;
    let mut told: Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(told.as_object_mut().unwrap().remove("render").unwrap()["frames"], 90);
    assert_eq!(serde_json::from_str::<Value>(&bare).unwrap(), told);
    let kept: Vec<_> = desk.cache.path().read_dir().unwrap().collect();
    assert!(kept.is_empty(), "{kept:?}");
    assert_eq!(desk.names(), before);
}

#[test]
fn the_ffmpeg_command_is_shown_as_a_script_that_can_be_run() {
    let desk = small_desk();
    let shown = desk.run(&["plan", "scenario.json", "--rules", "small.rules", "--ffmpeg"]);
    insta::assert_snapshot!(shown.whole());
    let script = desk.run(&["plan", "scenario.json", "--rules", "small.rules", "--ffmpeg"]).stdout;
    let script = script.replace("[desk]", desk.path("").canonicalize().unwrap().to_str().unwrap());
    desk.write("render.sh", script);
    let program = Path::new(env!("CARGO_BIN_EXE_callsheet")).parent().unwrap().to_str().unwrap();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap());
    let output = Command::new("sh").arg("render.sh").current_dir(desk.path("")).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(frames(&desk.path("out.mp4"), 9, 16).len(), 90);
}

#[test]
fn a_scenario_becomes_a_video_and_its_plan_file_the_same_one() {
    let desk = small_desk();
    let rendered = desk.run(&["render", "scenario.json", "--rules", "small.rules", "-o", "out.mp4"]);
    assert_eq!(
        (rendered.code, rendered.stdout.starts_with("out.mp4: 3.000 s, 90 frames, 120x214 at 30/1")),
        (0, true),
        "{}",
        rendered.whole()
    );
    let plan = desk.run(&["plan", "scenario.json", "--rules", "small.rules", "--json"]).stdout;
    desk.write("plan.json", plan);
    let again = desk.run(&["render", "--tasks", "plan.json", "-o", "again.mp4", "--json"]);
    assert_eq!(again.code, 0, "{}", again.whole());
    let measured: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(measured["measured"]["frames"], 90);
    assert_eq!(frames(&desk.path("out.mp4"), 24, 42), frames(&desk.path("again.mp4"), 24, 42));
    assert!(!std::fs::metadata(desk.path("out.mp4")).unwrap().permissions().readonly());
}

#[test]
fn an_edited_rule_changes_the_plan_and_says_where() {
    let desk = small_desk();
    desk.write(
        "brand.rules",
        "language 1\nextend \"default\"\nstyle brand { size = 90px  color = #ffcc00 }\noverride theses {\n  make add_text_overlay { style = brand  position = bottom_left }\n}\ndisable b_roll\n",
    );
    insta::assert_snapshot!(desk.run(&["plan", "scenario.json", "--rules", "brand.rules"]).whole());
}

#[test]
fn nothing_is_planned_or_rendered_while_a_segment_waits() {
    let desk = Desk::new();
    let mut scenario = small(&desk);
    let segment = &mut scenario["scenario"]["layers"][0]["segments"][1];
    segment["asset_source"] = "generated".into();
    segment["asset_status"] = "pending".into();
    segment["scene_id"] = "scene-1".into();
    desk.write("scenario.json", scenario.to_string());
    let ready = desk.run(&["ready", "scenario.json"]);
    insta::assert_snapshot!(ready.whole());
    for arguments in [&["plan", "scenario.json"][..], &["render", "scenario.json", "-o", "out.mp4"]] {
        let refused = desk.run(arguments);
        assert_eq!((refused.code, &refused.stderr), (4, &ready.stderr));
    }
    assert!(!desk.path("out.mp4").exists());
}

#[test]
fn every_mistake_in_a_scenario_is_told_at_once() {
    let desk = Desk::new();
    desk.write(
        "scenario.json",
        r#"{
  "scenario": {
    "metadata": { "total_duration_sec": "48", "aspect": "9:16" },
    "scenes": [
      { "id": "scene-1", "start_sec": 0, "end_sec": 12,
        "overlays": [ { "text": "a", "positon": "top", "position": "botom", "start_sec": 1, "end_sec": 2 } ] },
      { "id": "scene-2", "start_sec": 12, "end_sec": 20, "id": "scene-3" },
      { "start_sec": null, "end_sec": 20 }
    ],
    "layers": [ { "type": "vidio", "segments": {} } ]
  },
  "assets": { "a": 1 }
}"#,
    );
    insta::assert_snapshot!(desk.run(&["plan", "scenario.json"]).whole());
    desk.write(
        "times.json",
        r#"{
  "scenario": {
    "metadata": { "total_duration_sec": 10 },
    "scenes": [
      { "id": "scene-1", "start_sec": 4, "end_sec": 2 },
      { "id": "scene-1", "start_sec": 4, "end_sec": 12,
        "overlays": [ { "text": "a", "start_sec": -1, "end_sec": 2, "font_size": 4000 } ] }
    ],
    "layers": [
      { "type": "video", "segments": [
        { "start_sec": 0, "end_sec": 5, "asset_id": "asset-1", "scene_id": "scene-9" },
        { "id": "../etc", "start_sec": 5, "end_sec": 10, "asset_id": "aset-2" },
        { "start_sec": 5, "end_sec": 10 } ] },
      { "type": "subtitle", "segments": [ { "start_sec": 1, "end_sec": 2 } ] } ]
  },
  "assets": { "asset-1": "a.mp4", "asset-2": "b.mp4" },
  "main_asset_id": "asset-3"
}"#,
    );
    insta::assert_snapshot!(desk.run(&["plan", "times.json"]).whole());
}

#[test]
fn files_that_are_no_scenario_are_refused_with_a_reason() {
    let desk = Desk::new();
    let mut whole = String::new();
    for (name, content) in [
        ("empty.json", &b""[..]),
        ("cut.json", br#"{ "scenario": { "scenes": [ "#),
        ("comma.json", b"{ \"scenario\": { \"scenes\": [], } }"),
        ("list.json", b"[]"),
        ("latin.json", b"{ \"scenario\": \"\xff\xfe\" }"),
        ("nothing.json", br#"{ "scenario": {} }"#),
        ("deep.json", "[".repeat(100_000).as_bytes()),
    ] {
        desk.write(name, content);
        let refused = desk.run(&["plan", name]);
        let _ = writeln!(whole, "=== {name}\n{}", refused.whole());
    }
    let _ = writeln!(whole, "=== missing.json\n{}", desk.run(&["plan", "missing.json"]).whole());
    insta::assert_snapshot!(whole);
}

#[test]
fn media_that_cannot_be_played_are_named_in_the_scenario() {
    let desk = Desk::new();
    desk.clips(&[&MAIN]);
    desk.write("empty.mp4", "");
    desk.write("text.mp4", "this is no video\n");
    desk.write("list.mp4", "ffconcat version 1.0\nfile main.mp4\n");
    desk.write("hls.mp4", "#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n");
    desk.write("srt.mp4", "1\n00:00:00,000 --> 00:00:01,000\nHallo\n");
    let whole = std::fs::read(MAIN.path()).unwrap();
    desk.write("cut.mp4", &whole[..whole.len() / 2]);
    desk.write("bomb.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0\0\0\0\0");
    let segments: Vec<Value> = ["empty", "text", "list", "hls", "srt", "cut", "bomb", "missing", "folder"]
        .iter()
        .map(|id| json!({ "start_sec": 0, "end_sec": 1, "asset_id": id }))
        .collect();
    std::fs::create_dir(desk.path("folder.mp4")).unwrap();
    let scenario = json!({
        "scenario": { "metadata": { "total_duration_sec": 1 }, "layers": [{ "type": "video", "segments": segments }] },
        "assets": { "main": "main.mp4", "empty": "empty.mp4", "text": "text.mp4", "list": "list.mp4", "hls": "hls.mp4", "srt": "srt.mp4",
            "cut": "cut.mp4", "bomb": "bomb.png", "missing": "missing.mp4", "folder": "folder.mp4" },
        "main_asset_id": "main"
    });
    desk.write("scenario.json", serde_json::to_string_pretty(&scenario).unwrap());
    insta::assert_snapshot!(desk.run(&["plan", "scenario.json"]).whole());
}

#[test]
fn times_past_the_end_of_the_media_are_told_with_the_rule() {
    let desk = Desk::new();
    let mut scenario = small(&desk);
    scenario["scenario"]["metadata"]["total_duration_sec"] = 9.into();
    scenario["scenario"]["layers"][0]["segments"][1]["source_in_sec"] = 3.5.into();
    scenario["scenario"]["layers"][2]["segments"][0]["source_in_sec"] = 5.into();
    desk.write("scenario.json", serde_json::to_string_pretty(&scenario).unwrap());
    insta::assert_snapshot!(desk.run(&["plan", "scenario.json"]).whole());
}

#[test]
fn a_plan_file_is_held_against_the_whitelist() {
    let desk = Desk::new();
    let assets = desk.clips(&[&MAIN, &RED, &PHOTO, &MUSIC]);
    let plan = json!({
        "tasks": [
            { "type": "trim", "params": { "start_time": 0, "end_time": "3" } },
            { "type": "shell", "params": { "command": "rm -rf /" } },
            { "type": "overlay_video", "params": { "stock": "red", "start_time": 0, "end_time": 1 } },
            { "type": "fit_canvas", "params": { "aspect_ratio": "9:15" } } ],
        "assets": assets, "main_asset_id": "main"
    });
    desk.write("names.json", serde_json::to_string_pretty(&plan).unwrap());
    let names = desk.run(&["plan", "--tasks", "names.json"]);
    let plan = json!({
        "tasks": [
            { "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 9000 } },
            { "type": "concat", "inputs": [] },
            { "type": "overlay_video", "params": { "start_time": 0, "end_time": 1 } },
            { "type": "add_text_overlay", "params": { "text": "", "style": "none", "start_time": 0, "end_time": 1 } } ],
        "assets": assets, "main_asset_id": "main"
    });
    desk.write("params.json", serde_json::to_string_pretty(&plan).unwrap());
    let params = desk.run(&["plan", "--tasks", "params.json"]);
    let plan = json!({
        "tasks": [
            { "type": "trim", "inputs": ["/etc/passwd"], "params": { "start_time": 0, "end_time": 1 } },
            { "type": "trim", "inputs": ["red"], "output_id": "photo", "params": { "start_time": 3, "end_time": 9 } },
            { "type": "overlay_video", "params": { "stock_id": "photo2", "start_time": 2, "end_time": 1 } },
            { "type": "overlay_video", "params": { "stock_id": "music", "start_time": 0, "end_time": 1 } },
            { "type": "overlay_image", "params": { "image_id": "red", "start_time": 0, "end_time": 99 } },
            { "type": "mix_audio", "params": { "audio_id": "red", "start_time": 0, "end_time": 1 } },
            { "type": "speed", "inputs": ["photo"], "output_id": "fast", "params": { "factor": 2 } },
            { "type": "fit_canvas", "params": { "aspect_ratio": "9:16" } },
            { "type": "fade", "params": { "fade_out": 50 } } ],
        "assets": assets, "main_asset_id": "main"
    });
    desk.write("flow.json", serde_json::to_string_pretty(&plan).unwrap());
    let flow = desk.run(&["plan", "--tasks", "flow.json"]);
    insta::assert_snapshot!(format!("{}\n{}\n{}", names.whole(), params.whole(), flow.whole()));
}

#[test]
fn a_slip_elsewhere_in_a_plan_does_not_make_its_parameters_unknown() {
    let desk = Desk::new();
    let plan = json!({
        "tasks": [{ "type": "trim", "params": { "start_time": 0, "end_time": 1 } }],
        "styles": { "brand": { "size": "64" } }, "main_asset": "talk"
    });
    desk.write("plan.json", plan.to_string());
    let told = desk.run(&["plan", "--tasks", "plan.json"]).stderr;
    assert!(told.contains("unknown key `main_asset`") && told.contains("write 64, without quotes"), "{told}");
    assert!(!told.contains("`start_time`"), "{told}");
}

#[test]
fn an_output_that_cannot_be_is_refused_before_anything_is_rendered() {
    let desk = small_desk();
    desk.write("there.mp4", "keep me");
    let mut whole = String::new();
    for output in ["there.mp4", "no/such/folder.mp4", "out.gif", "main.mp4", "."] {
        let refused = desk.run(&["render", "scenario.json", "-o", output]);
        let _ = writeln!(whole, "=== {output}\n{}", refused.whole());
    }
    assert_eq!(std::fs::read(desk.path("there.mp4")).unwrap(), b"keep me");
    insta::assert_snapshot!(whole);
}

#[test]
fn a_video_that_breaks_off_is_as_long_as_what_is_there() {
    let desk = Desk::new();
    let fast = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(MAIN.path())
        .args(["-c", "copy", "-movflags", "+faststart"])
        .arg(desk.path("whole.mp4"))
        .status()
        .unwrap();
    assert!(fast.success());
    let whole = std::fs::read(desk.path("whole.mp4")).unwrap();
    desk.write("main.mp4", &whole[..whole.len() * 2 / 3]);
    std::fs::remove_file(desk.path("whole.mp4")).unwrap();
    let scenario = json!({
        "scenario": { "metadata": { "total_duration_sec": 6 } }, "assets": { "main": "main.mp4" }, "main_asset_id": "main"
    });
    desk.write("scenario.json", scenario.to_string());
    desk.write("small.rules", SMALL_RULES);
    let before = desk.names();
    let broken = desk.run(&["render", "scenario.json", "--rules", "small.rules", "-o", "out.mp4", "--quiet"]);
    assert_eq!(broken.code, 3, "{}", broken.whole());
    assert!(broken.stderr.contains("`main` is 3.9 s long, but is used up to 6 s"), "{}", broken.stderr);
    let mut names = desk.names();
    names.retain(|name| name != "out.mp4.report.json");
    assert_eq!(names, before, "nothing but the report is left behind");
}

#[test]
fn hostile_texts_are_drawn_as_they_are() {
    let desk = Desk::new();
    let texts = [
        "' : % \\ { } [ ] , ;",
        "{\\an8}{\\fs400}{\\p1}m 0 0",
        "two\nlines\r\nand three",
        "%{pts} %{localtime} \\N \\h",
        "🎬 смех 😀",
        "مرحبا بالعالم",
        &"Ж".repeat(200),
        "a\u{0}b\u{7}\tc",
        "'; rm -rf / #",
    ];
    let cues: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| json!({ "start_sec": number as f64 / 5.0, "end_sec": (number + 1) as f64 / 5.0, "params": { "text": text } }))
        .collect();
    let scenario = json!({
        "scenario": { "metadata": { "total_duration_sec": 2 }, "layers": [{ "type": "subtitle", "segments": cues }] },
        "assets": desk.clips(&[&MAIN]), "main_asset_id": "main"
    });
    desk.write("scenario.json", scenario.to_string());
    desk.write("small.rules", SMALL_RULES);
    let before = desk.names();
    let rendered =
        desk.run(&["render", "scenario.json", "--rules", "small.rules", "-o", "out.mp4", "--quiet", "--crf", "1"]);
    assert_eq!(rendered.code, 0, "{}", rendered.whole());
    let mut names = desk.names();
    names.retain(|name| !name.starts_with("out.mp4"));
    assert_eq!(names, before, "nothing but the report is written");
    for (number, frame) in frames(&desk.path("out.mp4"), 120, 214).iter().enumerate().take(54) {
        let ink = frame.iter().filter(|pixel| pixel.iter().all(|part| *part > 128)).count();
        assert!(ink > 0, "`{}` is not seen in frame {number}", texts[number / 6]);
        let edge = |x: usize| (0..214).any(|y| frame[y * 120 + x].iter().all(|part| *part > 128));
        assert!(!edge(0) && !edge(119), "`{}` runs off the picture", texts[number / 6]);
    }
}

#[test]
fn a_character_without_a_glyph_is_named_in_the_plan() {
    let desk = small_desk();
    let text = std::fs::read_to_string(desk.path("scenario.json")).unwrap().replace("Привет!", "Привет, สวัสดี!");
    desk.write("scenario.json", text);
    insta::assert_snapshot!(desk.run(&["plan", "scenario.json"]).whole());
}

#[test]
fn ctrl_c_leaves_no_process_and_no_half_file() {
    let desk = Desk::new();
    let mut scenario = small(&desk);
    scenario["scenario"]["layers"][0]["segments"][0]["end_sec"] = 3.into();
    desk.write("scenario.json", scenario.to_string());
    let before = desk.names();
    let mut child = desk
        .command(&["render", "scenario.json", "-o", "out.mp4", "--preset", "veryslow"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("rendering 90 frames") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "ended before it began");
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(7), "{rest}");
    assert!(rest.contains("cancelled; nothing was written"), "{rest}");
    assert_eq!(desk.names(), before);
    let processes = Command::new("ps").args(["-eo", "args"]).output().unwrap();
    let folder = desk.path("").canonicalize().unwrap();
    let left = String::from_utf8_lossy(&processes.stdout).lines().any(|line| line.contains(folder.to_str().unwrap()));
    assert!(!left, "a process is left");
}

#[test]
fn a_scenario_comes_through_standard_input_too() {
    let desk = small_desk();
    let mut child =
        desk.command(&["plan", "-", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let text = std::fs::read(desk.path("scenario.json")).unwrap();
    child.stdin.take().unwrap().write_all(&text).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), desk.run(&["plan", "scenario.json", "--json"]).stdout);
}

#[test]
fn what_is_written_and_read_fits_its_schema() {
    let desk = small_desk();
    let schema = |what: &str| -> Value { serde_json::from_str(&desk.run(&["schema", what]).stdout).unwrap() };
    let scenario: Value = serde_json::from_str(&std::fs::read_to_string(desk.path("scenario.json")).unwrap()).unwrap();
    let plan: Value = serde_json::from_str(&desk.run(&["plan", "scenario.json", "--json"]).stdout).unwrap();
    assert!(jsonschema::is_valid(&schema("plan"), &plan));
    assert!(jsonschema::is_valid(&schema("tasks"), &plan["tasks"]));
    let mut canonical = scenario.clone();
    canonical["scenario"]["scenes"][0]["overlays"][0]["position"] = "top_center".into();
    assert!(jsonschema::is_valid(&schema("scenario"), &canonical));
    canonical["scenario"]["scenes"][0]["colour"] = "red".into();
    assert!(!jsonschema::is_valid(&schema("scenario"), &canonical));
}

#[test]
fn doctor_finds_everything_here() {
    let desk = Desk::new();
    let outcome = desk.run(&["doctor", "--json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((outcome.code, &report["ok"]), (0, &Value::Bool(true)), "{}", outcome.stdout);
    let without = desk.command(&["doctor"]).env("PATH", "/nowhere").output().unwrap();
    assert_eq!(without.status.code(), Some(6));
    let text = String::from_utf8_lossy(&without.stdout).into_owned();
    assert!(text.contains("MISSING  ffmpeg") && text.contains("apt install ffmpeg"), "{text}");
}

#[test]
fn doctor_shows_what_is_configured_and_never_a_key() {
    let desk = Desk::new();
    let engines = |variables: &[(&str, &str)]| {
        let outcome = desk.run_with(&["doctor"], variables);
        assert!(!outcome.stdout.contains(KEY), "{}", outcome.stdout);
        outcome.stdout.split_once("\n\n").unwrap().1.to_owned()
    };
    let (program, model) = (desk.write("whisper-cli", ""), desk.write("ggml-base.bin", "lmgg"));
    let (program, file) = (desk.path(program), desk.path(model));
    let model = Model::openai(Vec::new());
    let environment = model.environment();
    let mut all = vec![
        ("CALLSHEET_WHISPER", program.to_str().unwrap()),
        ("CALLSHEET_WHISPER_MODEL", file.to_str().unwrap()),
        ("CALLSHEET_SPEECH_URL", "http://localhost:8000/v1"),
        ("CALLSHEET_SPEECH_KEY", KEY),
    ];
    all.extend(environment.iter().map(|(name, value)| (*name, value.as_str())));
    let half = [
        ("CALLSHEET_WHISPER_MODEL", "nowhere.bin"),
        ("CALLSHEET_SPEECH_MODEL", "whisper-1"),
        ("CALLSHEET_LLM_URL", "https://me:sk-secret-0123456789@host/v1"),
        ("CALLSHEET_LLM_MODEL", "gpt-5"),
    ];
    let told = [engines(&[]), model.without_port(&engines(&all)), engines(&half)];
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(model.requests().len(), 0);
    let outcome = desk.run_with(&["doctor", "--json"], &all);
    assert!(!outcome.stdout.contains(KEY));
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["engines"][2]["state"], "set");
}

#[test]
fn nothing_to_do_is_a_mistake_of_usage() {
    assert_eq!(Desk::new().run(&["plan"]).code, 2);
}

#[test]
fn a_photo_slideshow_and_a_logo_render_without_a_main_video() {
    let desk = Desk::new();
    let scenario = json!({
        "scenario": {
            "metadata": { "total_duration_sec": 2, "aspect_ratio": "1:1" },
            "layers": [
                { "type": "video", "segments": [
                    { "id": "photo", "start_sec": 0, "end_sec": 1, "asset_id": "photo" },
                    { "start_sec": 1, "end_sec": 2, "asset_id": "blue", "source_in_sec": 1 } ] },
                { "type": "image", "segments": [{ "start_sec": 0, "end_sec": 2, "asset_id": "logo", "params": { "position": "bottom_right" } }] } ] },
        "assets": desk.clips(&[&PHOTO, &BLUE, &LOGO])
    });
    desk.write("scenario.json", scenario.to_string());
    desk.write("small.rules", SMALL_RULES);
    let rendered = desk.run(&["render", "scenario.json", "--rules", "small.rules", "-o", "out.mp4", "--quiet"]);
    assert_eq!(rendered.code, 0, "{}", rendered.whole());
    let frames = frames(&desk.path("out.mp4"), 12, 12);
    assert_eq!(frames.len(), 60);
    let close = |found: [u8; 3], wanted: [u8; 3]| found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 40);
    assert!(
        close(frames[15][0], [0, 255, 0]) && close(frames[45][0], [0, 0, 255]),
        "{:?} {:?}",
        frames[15][0],
        frames[45][0]
    );
}

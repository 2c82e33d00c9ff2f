//! `callsheet test`: cases in, verdicts out, and nothing written that nobody accepted.

#[path = "verify/cases.rs"]
mod cases;
#[path = "verify/coverage.rs"]
mod coverage;
#[path = "verify/laws.rs"]
mod laws;
#[path = "verify/mutate.rs"]
mod mutate;
#[path = "verify/review.rs"]
mod review;
#[path = "verify/verdicts.rs"]
mod verdicts;

use std::io::Write as _;
use std::process::Stdio;

use crate::cli::{Desk, Outcome};

/// A brand's rules: a look, a phrase, a house rule.
const BRAND: &str = r#"language 1
extend "default"

style brand { size = 64px   color = #ffcc00 }
setting overlay_style = brand

signal theses = prompt also mentions "punchlines"

rule headlines {
  for     overlay
  when    overlay.format is thesis
  require length of overlay.text <= 20 "a headline has at most 20 characters"
}
"#;

/// Two scenes, of which the second has a subtitle.
const SCENARIO: &str = r#"{
  "scenario": {
    "metadata": { "total_duration_sec": 8 },
    "scenes": [
      { "id": "scene-1", "start_sec": 0, "end_sec": 4,
        "overlays": [ { "text": "One thing", "start_sec": 1, "end_sec": 3 } ] },
      { "id": "scene-2", "start_sec": 4, "end_sec": 8, "voiceover_text": "And another.",
        "overlays": [ { "text": "And another", "format": "subtitle", "start_sec": 5, "end_sec": 7 } ] }
    ]
  },
  "assets": { "talk": "talk.mp4" },
  "main_asset_id": "talk"
}
"#;

/// A project with rules, a scenario, and these cases of it.
fn project(cases: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    for folder in ["rules", "tests"] {
        std::fs::create_dir(desk.path(folder)).unwrap();
    }
    desk.write("rules/brand.rules", BRAND);
    desk.write("scenario.json", SCENARIO);
    for (name, text) in cases {
        desk.write(&format!("tests/{name}.case.json"), text);
    }
    desk
}

/// Runs the program where `CI` is not set.
fn run(desk: &Desk, arguments: &[&str]) -> Outcome {
    run_with(desk, arguments, "", &[])
}

/// Runs it with an input and variables of the environment.
fn run_with(desk: &Desk, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Outcome {
    let mut command = desk.command(arguments);
    command.env_remove("CI").envs(variables.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that asks nothing may be gone before it is answered.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The names and texts of all files in a folder.
fn files(desk: &Desk, folder: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = desk
        .path(folder)
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

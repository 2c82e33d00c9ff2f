//! `callsheet captions`, as it is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::media::SPEECH;

const PLAIN: &str = include_str!("../../fixtures/captions/plain.srt");

fn captions(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callsheet")).arg("captions").args(arguments).current_dir(folder).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A folder with `scenario.json`, a video of ten seconds with `layers` beside its picture.
fn project(layers: &[Value]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let main = json!({ "type": "video", "segments": [{ "start_sec": 0, "end_sec": 10, "asset_id": "main" }] });
    let text = "Первые слова, вторые слова. А вот третьи и последние слова.";
    let scenes = json!([{ "id": "s", "start_sec": 0, "end_sec": 10, "voiceover_text": text }]);
    let layers: Vec<Value> = std::iter::once(main).chain(layers.iter().cloned()).collect();
    let scenario = json!({ "scenario": { "metadata": { "total_duration_sec": 10 }, "scenes": scenes, "layers": layers },
        "assets": { "main": SPEECH.path() }, "main_asset_id": "main" });
    std::fs::write(folder.path().join("scenario.json"), scenario.to_string()).unwrap();
    std::fs::write(folder.path().join("plain.srt"), PLAIN).unwrap();
    let path = folder.path().to_owned();
    (folder, path)
}

#[test]
fn from_srt_into_a_scenario_and_back_nothing_is_lost() {
    let old =
        json!({ "type": "subtitle", "segments": [{ "start_sec": 0, "end_sec": 1, "params": { "text": "old" } }] });
    for layers in [vec![], vec![old]] {
        let (_keep, folder) = project(&layers);
        stdout(&captions(&folder, &["import", "scenario.json", "plain.srt", "-o", "new.json"]));
        assert_eq!(stdout(&captions(&folder, &["export", "new.json"])), PLAIN);
        stdout(&captions(&folder, &["export", "new.json", "-o", "out.vtt"]));
        assert_eq!(stdout(&captions(&folder, &["convert", "out.vtt", "--to", "srt"])), PLAIN);
    }
}

#[test]
fn an_existing_file_is_replaced_only_when_told_to_and_a_refused_one_writes_nothing() {
    let (_keep, folder) = project(&[]);
    let refused = captions(&folder, &["convert", "plain.srt", "-o", "scenario.json"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    std::fs::write(folder.join("bad.srt"), "1\n00:00:05,000 --> 00:00:03,000\nback\n").unwrap();
    let refused = captions(&folder, &["convert", "bad.srt", "-o", "plain.srt", "--force"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("cue 1 runs backwards: from 5 s to 3 s"));
    assert_eq!(std::fs::read_to_string(folder.join("plain.srt")).unwrap(), PLAIN);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3, "no half file is left behind");
}

#[test]
fn the_length_of_the_scenario_cuts_what_is_imported() {
    let (_keep, folder) = project(&[]);
    std::fs::write(folder.join("late.srt"), "1\n00:00:09,000 --> 00:00:12,000\nlate\n").unwrap();
    let output = captions(&folder, &["import", "scenario.json", "late.srt"]);
    let scenario: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(scenario["scenario"]["layers"][1]["segments"][0]["end_sec"], 10.0);
    assert!(String::from_utf8_lossy(&output.stderr).contains("W0507"));
}

#[test]
fn voice_over_texts_are_timed_over_the_speech_of_the_main_asset() {
    let (_keep, folder) = project(&[]);
    let text = stdout(&captions(&folder, &["time", "scenario.json"]));
    insta::assert_snapshot!(text);
    let audio = SPEECH.path();
    assert_eq!(stdout(&captions(&folder, &["time", "scenario.json", "--audio", audio.to_str().unwrap()])), text);
    stdout(&captions(&folder, &["time", "scenario.json", "--into-scenario", "-o", "new.json"]));
    assert_eq!(stdout(&captions(&folder, &["export", "new.json"])), text);
}

#[test]
fn a_check_says_what_cannot_be_read_and_fails() {
    let (_keep, folder) = project(&[]);
    let output = captions(&folder, &["check", "plain.srt", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found[0]["code"], "W0516");
    assert_eq!(found[0]["line"], 11);
}

#[test]
fn cues_and_findings_can_be_had_as_one_document() {
    let (_keep, folder) = project(&[]);
    let output = captions(&folder, &["convert", "plain.srt", "--duration", "7", "--json"]);
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(report["cues"][2]["end"], 7.0);
    assert_eq!(report["findings"][0]["code"], "W0507");
    assert!(output.stderr.is_empty());
}

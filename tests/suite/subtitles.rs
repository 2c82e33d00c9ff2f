//! Subtitles that the prompt asks for and the scenario does not have.

use serde_json::{Value, json};

use crate::cli::Desk;
use crate::media::MAIN;

/// Six seconds of talk, two scenes with words, and no subtitle layer.
fn desk(prompt: &str) -> Desk {
    let desk = Desk::new();
    std::os::unix::fs::symlink(MAIN.path(), desk.path("main.mp4")).unwrap();
    let scenario = json!({
        "scenario": {
            "metadata": { "total_duration_sec": 6 },
            "global_prompt": prompt,
            "scenes": [
                { "id": "scene-1", "start_sec": 0, "end_sec": 3, "voiceover_text": "Сегодня мы говорим о правилах.", "visual_description": "Ведущая в студии" },
                { "id": "scene-2", "start_sec": 3, "end_sec": 6, "voiceover_text": "Они решают, что будет на экране.", "visual_description": "Экран с планом" } ] },
        "assets": { "main": "main.mp4" }, "main_asset_id": "main"
    });
    desk.write("scenario.json", serde_json::to_string_pretty(&scenario).unwrap());
    desk
}

fn cues(desk: &Desk) -> Vec<(f64, f64, String)> {
    let plan = desk.run(&["plan", "scenario.json", "--json"]);
    assert_eq!(plan.code, 0, "{}", plan.whole());
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    let tasks = plan["tasks"].as_array().unwrap();
    let subtitles: Vec<&Value> = tasks.iter().filter(|task| task["type"] == "add_subtitles").collect();
    assert_eq!(subtitles.len(), 1, "exactly one task");
    let segments = subtitles[0]["params"]["segments"].as_array().unwrap();
    segments
        .iter()
        .map(|cue| {
            (cue["start"].as_f64().unwrap(), cue["end"].as_f64().unwrap(), cue["text"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn subtitles_come_from_the_voice_over_inside_its_scenes() {
    let cues = cues(&desk("Ролик с субтитрами"));
    let words = |from: f64, to: f64| {
        let inside = cues.iter().filter(|cue| cue.0 >= from && cue.1 <= to + 1e-6);
        inside.map(|cue| cue.2.replace('\n', " ")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(words(0.0, 3.0), "Сегодня мы говорим о правилах.");
    assert_eq!(words(3.0, 6.0), "Они решают, что будет на экране.");
}

#[test]
fn subtitles_come_from_what_is_to_be_seen() {
    let cues = cues(&desk("субтитры: текст с экрана"));
    assert_eq!(cues.iter().map(|cue| cue.2.as_str()).collect::<Vec<_>>(), ["Ведущая в студии", "Экран с планом"]);
}

#[test]
fn a_transcription_without_an_engine_names_the_three_ways_out() {
    let desk = desk("нужна транскрипция видео");
    let mut command = desk.command(&["plan", "scenario.json"]);
    for name in ["CALLSHEET_WHISPER", "CALLSHEET_WHISPER_MODEL", "CALLSHEET_SPEECH_URL"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_transcription_becomes_the_subtitles() {
    let desk = desk("нужна транскрипция видео");
    desk.write("model.bin", "model");
    desk.write(
        "whisper-cli",
        r#"#!/bin/sh
while [ $# -gt 0 ]; do [ "$1" = -of ] && out=$2; shift; done
cat > "$out.json" <<'END'
{"result":{"language":"ru"},"transcription":[
 {"offsets":{"from":500,"to":2400},"text":" Привет из студии.","tokens":[
  {"text":" Привет","offsets":{"from":500,"to":1000}},{"text":" из","offsets":{"from":1100,"to":1400}},
  {"text":" студии.","offsets":{"from":1500,"to":2400}}]},
 {"offsets":{"from":2600,"to":5200},"text":" Это настоящая речь.","tokens":[
  {"text":" Это","offsets":{"from":2600,"to":3100}},{"text":" настоя","offsets":{"from":3200,"to":3900}},
  {"text":"щая","offsets":{"from":3900,"to":4300}},{"text":" речь.","offsets":{"from":4400,"to":5200}}]}]}
END
"#,
    );
    let program = desk.path("whisper-cli");
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = desk
        .command(&["plan", "scenario.json", "--json"])
        .env("CALLSHEET_WHISPER", &program)
        .env("CALLSHEET_WHISPER_MODEL", desk.path("model.bin"))
        .env("CALLSHEET_CACHE", desk.path("cache"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let task = plan["tasks"].as_array().unwrap().iter().find(|task| task["type"] == "add_subtitles").unwrap();
    let texts: Vec<&str> =
        task["params"]["segments"].as_array().unwrap().iter().filter_map(|cue| cue["text"].as_str()).collect();
    assert_eq!(texts, ["Привет из студии.", "Это настоящая речь."]);
    let words = |cue: usize| {
        let words = task["params"]["segments"][cue]["words"].as_array().unwrap();
        words.iter().map(|word| format!("{}@{}", word["text"].as_str().unwrap(), word["start"])).collect::<Vec<_>>()
    };
    assert_eq!(words(0), ["Привет@0.5", "из@1.1", "студии.@1.5"]);
    assert_eq!(words(1), ["Это@2.6", "настоящая@3.2", "речь.@4.4"]);
}

#[test]
fn times_of_words_that_do_not_fit_their_subtitle_are_refused() {
    let desk = Desk::new();
    let word = |start: f64, end: f64, text: &str| json!({ "start": start, "end": end, "text": text });
    let segment =
        |text: &str, words: Value| json!({ "start_sec": 1, "end_sec": 3, "params": { "text": text, "words": words } });
    let scenario = json!({
        "scenario": { "layers": [
            { "type": "video", "segments": [{ "start_sec": 0, "end_sec": 4, "asset_id": "main" }] },
            { "type": "subtitle", "segments": [
                segment("Да, конечно!", json!([word(1.0, 1.5, "Да,"), word(1.5, 3.0, "конечно!")])),
                segment("Раз, два", json!([word(1.0, 1.5, "Раз,"), word(1.5, 2.0, "три")])),
                segment("Поздно", json!([word(2.5, 3.5, "Поздно")])) ] } ] },
        "assets": { "main": "main.mp4" }, "main_asset_id": "main"
    });
    desk.write("scenario.json", serde_json::to_string_pretty(&scenario).unwrap());
    let refused = desk.run(&["plan", "scenario.json", "--no-probe"]);
    assert_eq!(refused.code, 3);
    insta::assert_snapshot!(refused.whole());
}

#[test]
fn where_effects_retime_the_picture_nobody_guesses_when_its_words_are_heard() {
    let desk = desk("нужна транскрипция видео");
    let mut scenario: Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("scenario.json")).unwrap()).unwrap();
    scenario["scenario"]["effects"] = json!([{ "type": "speed", "factor": 1.5 }]);
    desk.write("scenario.json", scenario.to_string());
    let refused = desk.run(&["plan", "scenario.json"]);
    assert_eq!(refused.code, 3, "{}", refused.whole());
    assert!(refused.stderr.contains("nothing is said in the sound"), "{}", refused.whole());
}

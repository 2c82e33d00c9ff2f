//! `callsheet generate` as its users run it.

use std::fmt::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::Value;

use crate::cli::{Desk, Outcome};
use crate::media::{Clip, MUSIC, PHOTO, RED, TALK};

fn desk(clips: &[&Clip]) -> Desk {
    let desk = Desk::new();
    desk.clips(clips);
    desk
}

/// Runs without any speech engine, whatever the machine has.
fn deaf(desk: &Desk, arguments: &[&str]) -> Outcome {
    let mut command = desk.command(arguments);
    for name in ["CALLSHEET_WHISPER", "CALLSHEET_WHISPER_MODEL", "CALLSHEET_SPEECH_URL"] {
        command.env_remove(name);
    }
    desk.outcome(&mut command)
}

fn read(desk: &Desk, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(desk.path(name)).unwrap()).unwrap()
}

#[test]
fn clips_and_a_prompt_become_a_scenario_that_can_be_planned() {
    let desk = desk(&[&TALK, &RED, &PHOTO, &MUSIC]);
    let prompt = "Квадратное видео для соцсетей. Тезисы: «Первый», «Второй»";
    let made = deaf(
        &desk,
        &["generate", "--prompt", prompt, "talk.mp4", "red.mp4", "photo.png", "music.mp3", "-o", "scenario.json"],
    );
    insta::assert_snapshot!(made.whole());
    insta::assert_snapshot!(std::fs::read_to_string(desk.path("scenario.json")).unwrap());
    let planned = desk.run(&["plan", "scenario.json"]);
    insta::assert_snapshot!(planned.whole());
}

#[test]
fn the_same_input_gives_the_same_bytes_on_standard_output_too() {
    let desk = desk(&[&TALK, &RED]);
    let arguments = ["generate", "--prompt", "Key points: one, two", "talk.mp4", "red.mp4", "--quiet"];
    let first = deaf(&desk, &arguments);
    assert_eq!(first.code, 0, "{}", first.whole());
    assert_eq!(deaf(&desk, &arguments).stdout, first.stdout);
    let written = deaf(&desk, &[&arguments[..], &["-o", "a.json"]].concat());
    assert_eq!(written.stdout, "a.json: 24 s, 4 scenes, 2 theses\n");
    assert_eq!(std::fs::read_to_string(desk.path("a.json")).unwrap(), first.stdout);
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    let desk = desk(&[&TALK, &RED, &MUSIC, &PHOTO]);
    symlink(PHOTO.path(), desk.path("photo.mp4")).unwrap();
    desk.write("old.json", "{}");
    desk.write("broken.mp4", "this is no video");
    desk.write("empty.mp4", "");
    desk.write("words.srt", "nothing but words");
    let mut whole = String::new();
    let cases: &[&[&str]] = &[
        &["talk.mp4"],
        &["--prompt", "a video"],
        &["--prompt", "a video", "talk.mp4", "-o", "old.json"],
        &["--prompt", "a video", "talk.mp4", "-o", "talk.mp4", "--force"],
        &["--prompt", "a video", "talk.mp4", "-o", "nowhere/x.json"],
        &["--prompt", "a video", "broken.mp4", "talk.mp4", "missing.mp4", "empty.mp4", "."],
        &["--prompt", "a video", "music.mp3"],
        &["--prompt", "a video", "talk.mp4", "--duration", "0"],
        &["--prompt", "a video", "talk.mp4", "--aspect", "2:1"],
        &["--prompt", "a video", "talk.mp4", "--main", "red.mp4", "--no-main"],
        &["--prompt", "a video", "talk.mp4", "--main", "photo.png"],
        &["--prompt", "a video", "talk.mp4", "photo.mp4"],
        &["--prompt", "a video", "talk.mp4", "--voiceover", "words.txt"],
        &["--prompt", "a video", "talk.mp4", "--captions", "words.srt"],
        &["--prompt", "a video", "talk.mp4", "--captions", "missing.srt"],
        &["--prompt", "a video", "talk.mp4", "--rules", "missing.rules"],
    ];
    for case in cases {
        let refused = deaf(&desk, &[&["generate", "--quiet"], *case].concat());
        let _ = writeln!(whole, "=== {}\n{}", case.join(" "), refused.whole());
        assert_ne!(refused.code, 0, "{}", refused.whole());
    }
    insta::assert_snapshot!(whole);
    assert_eq!(std::fs::read_to_string(desk.path("old.json")).unwrap(), "{}");
}

#[test]
fn a_hostile_file_name_is_a_name_and_nothing_else() {
    let desk = Desk::new();
    let names = ["; rm -rf ~ $(id) `id`.mp4", "-y.mp4", "concat:a|b.mp4", "x'\"\n<&>.mp4", "привет %d.mp4"];
    for name in names {
        symlink(RED.path(), desk.path(name)).unwrap();
    }
    let mut arguments = vec!["generate", "--quiet", "--prompt", "no text", "-o", "scenario.json", "--"];
    arguments.extend(names);
    let made = deaf(&desk, &arguments);
    assert_eq!(made.code, 0, "{}", made.whole());
    let scenario = read(&desk, "scenario.json");
    let assets = scenario["assets"].as_object().unwrap();
    let mut paths: Vec<&str> = assets.values().filter_map(Value::as_str).collect();
    paths.sort_unstable();
    let mut expected = names;
    expected.sort_unstable();
    assert_eq!(paths, expected);
    assert_eq!(assets.keys().map(String::as_str).collect::<Vec<_>>(), ["clip", "concat-a-b", "rm-rf-id-id", "x", "y"]);
    let planned = desk.run(&["plan", "scenario.json"]);
    assert_eq!(planned.code, 0, "{}", planned.whole());
}

#[test]
fn subtitles_that_nobody_can_hear_leave_a_draft_and_three_ways_out() {
    let desk = desk(&[&TALK]);
    let made = deaf(&desk, &["generate", "--prompt", "Ролик с субтитрами", "talk.mp4", "-o", "a.json"]);
    insta::assert_snapshot!(made.whole());
    assert_eq!(deaf(&desk, &["plan", "a.json"]).code, 5, "and then it is refused");
    desk.write("words.txt", "Раз, два, три. Четыре, пять.");
    let made = deaf(
        &desk,
        &["generate", "--prompt", "Ролик с субтитрами", "talk.mp4", "--voiceover", "words.txt", "-o", "b.json"],
    );
    assert_eq!((made.code, made.stdout.as_str()), (0, "b.json: 24 s, 3 scenes, 4 subtitles\n"), "{}", made.whole());
    assert_eq!(deaf(&desk, &["plan", "b.json"]).code, 0);
}

#[test]
fn captions_are_cut_to_the_video_and_hidden_if_the_prompt_does_not_ask() {
    let desk = desk(&[&TALK]);
    let cue = |number: i32, second: i32| {
        format!("{number}\n00:00:{second:02},000 --> 00:00:{:02},500\nCue {number}\n\n", second + 1)
    };
    let cues: String = [(1, 1), (2, 5), (3, 12), (4, 20)].map(|(number, second)| cue(number, second)).concat();
    desk.write("a.srt", cues);
    let arguments =
        ["generate", "-q", "talk.mp4", "--captions", "a.srt", "--duration", "10", "--force", "-o", "a.json"];
    let shown = deaf(&desk, &[&arguments[..], &["--prompt", "with subtitles"]].concat());
    assert_eq!((shown.code, shown.stdout.as_str()), (0, "a.json: 9 s, 1 scene, 2 subtitles\n"), "{}", shown.whole());
    assert_eq!(deaf(&desk, &["plan", "a.json", "--json"]).stdout.matches("\"Cue ").count(), 2);
    let hidden =
        deaf(&desk, &[&arguments[..], &["--prompt", "a video", "--reference", "https://x.example/v"]].concat());
    insta::assert_snapshot!(hidden.whole());
}

#[test]
fn a_speech_engine_is_asked_where_the_prompt_asks_for_subtitles() {
    let desk = desk(&[&TALK]);
    desk.write("model.bin", "model");
    desk.write(
        "whisper-cli",
        r#"#!/bin/sh
while [ $# -gt 0 ]; do [ "$1" = -of ] && out=$2; shift; done
cat > "$out.json" <<'END'
{"result":{"language":"ru"},"transcription":[
 {"offsets":{"from":500,"to":2400},"text":" Привет из студии."},
 {"offsets":{"from":4000,"to":6200},"text":" Это настоящая речь."}]}
END
"#,
    );
    std::fs::set_permissions(desk.path("whisper-cli"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = desk.command(&["generate", "-q", "--prompt", "с субтитрами", "talk.mp4"]);
    command.env("CALLSHEET_WHISPER", desk.path("whisper-cli"));
    command.env("CALLSHEET_WHISPER_MODEL", desk.path("model.bin")).env("CALLSHEET_CACHE", desk.path("cache"));
    let made = desk.outcome(&mut command);
    assert_eq!(made.code, 0, "{}", made.whole());
    assert!(made.stderr.contains("2 subtitles from a transcription"), "{}", made.stderr);
    assert!(made.stdout.contains("Привет из студии."));
    command.env("CALLSHEET_WHISPER", desk.path("nobody"));
    command.env("CALLSHEET_CACHE", desk.path("another"));
    assert_eq!(desk.outcome(&mut command).code, 5, "an engine that is configured and fails is an error");
}

#[test]
fn the_main_clip_can_be_named_and_need_not_be_named_twice() {
    let desk = desk(&[&TALK, &RED]);
    let main = |arguments: &[&str]| {
        let made = deaf(&desk, &[&["generate", "-q", "--prompt", "no text"], arguments].concat());
        assert_eq!(made.code, 0, "{}", made.whole());
        let scenario: Value = serde_json::from_str(&made.stdout).unwrap();
        (scenario["main_asset_id"].as_str().map(str::to_owned), scenario["assets"].as_object().unwrap().len())
    };
    assert_eq!(main(&["talk.mp4", "red.mp4"]), (Some("talk".into()), 2));
    assert_eq!(main(&["talk.mp4", "red.mp4", "--main", "./red.mp4"]), (Some("red".into()), 2));
    assert_eq!(main(&["talk.mp4", "--main", "red.mp4"]), (Some("red".into()), 2));
    assert_eq!(main(&["--main", "talk.mp4"]), (Some("talk".into()), 1));
    assert_eq!(main(&["talk.mp4", "red.mp4", "--no-main"]), (None, 2));
}

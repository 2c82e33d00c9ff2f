//! Cases as they are written and found.

use std::fmt::Write as _;

use serde_json::Value;

use super::{BRAND, SCENARIO, files, project, run};
use crate::cli::Desk;

#[test]
fn a_case_is_read_strictly_and_every_mistake_is_told_at_its_place() {
    let desk = project(&[
        (
            "keys",
            r#"{
  "abuot": "a slip",
  "scenario": 7,
  "settings": { "music_volume": 40 },
  "decision": { "thesis": true, "source": 1 },
  "diagnostics": "E0228"
}"#,
        ),
        (
            "values",
            r#"{
  "scenario": [],
  "rules": "/etc/brand.rules",
  "decision": { "source": "voice_over" },
  "diagnostics": ["E0228", "E0288", "shouting"]
}"#,
        ),
        (
            "settings",
            r#"{
  "scenario": "../scenario.json",
  "settings": {
    "music_volum": "40%",
    "music_volume": "40",
    "overlay_style": "brand\nrule x { for scenario make fade { fade_out = 1s } }",
    "subtitle_style": "\"unclosed",
    "resolution": "tall",
    "overlay_style = box_dark\nsetting x": "1"
  }
}"#,
        ),
        ("twice", r#"{ "scenario": "../scenario.json", "settings": { "fit": "cover", "fit": "contain" } }"#),
        ("list", "[]"),
        ("cut", r#"{ "scenario": "#),
        ("empty", ""),
        ("paths", r#"{ "scenario": "c:\\scenario.json", "rules": "" }"#),
        ("rules", r#"{ "scenario": "../scenario.json", "rules": "../rules/brnad.rules" }"#),
        ("no_scenario", "{}"),
        (
            "inline",
            r#"{
  "about": "what is wrong in it is told here",
  "scenario": { "scenario": { "scenes": [ { "id": "s", "start_sec": 0, "end_sec": "4" } ] },
    "assets": {} }, "prompt": "punchlines"
}"#,
        ),
        (
            "inline_times",
            r#"{
  "about": "то же, другими буквами", "scenario": {
    "scenario": { "scenes": [ { "id": "s", "start_sec": 4, "end_sec": 2 } ] },
    "assets": { "talk": "talk.mp4" }, "main_asset_id": "talk" }
}"#,
        ),
    ]);
    let mut whole = String::new();
    for name in
        ["keys", "values", "settings", "twice", "list", "cut", "empty", "paths", "rules", "no_scenario", "inline"]
    {
        let outcome = run(&desk, &["test", &format!("tests/{name}.case.json")]);
        writeln!(whole, "=== {name}\n{}", outcome.whole()).unwrap();
    }
    writeln!(whole, "=== inline_times\n{}", run(&desk, &["test", "--filter", "inline_times"]).whole()).unwrap();
    insta::assert_snapshot!(whole);
}

#[test]
fn a_case_may_be_a_folder_and_a_path_may_be_a_project_a_folder_or_a_case() {
    let desk = project(&[("flat", r#"{ "scenario": "../scenario.json" }"#)]);
    std::fs::create_dir(desk.path("tests/deep")).unwrap();
    desk.write("tests/deep/case.json", r#"{ "about": "its scenario lies beside it" }"#);
    desk.write("tests/deep/scenario.json", SCENARIO);
    desk.write("tests/deep/old.plan", "");
    std::fs::create_dir(desk.path("tests/empty")).unwrap();
    desk.write("tests/empty/empty.plan", "");
    desk.write("tests/notes.txt", "no case\n");
    let accepted = run(&desk, &["test", "--accept"]);
    insta::assert_snapshot!(accepted.whole());
    let folder = std::fs::read_to_string(desk.path("tests/deep/deep.plan")).unwrap();
    assert!(folder.contains("style brand"), "the project's rules are used: {folder}");
    let names = |paths: &[&str]| {
        let outcome = run(&desk, &[&["test", "--json"], paths].concat());
        let report: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.whole()));
        let names = report["cases"].as_array().unwrap().iter().map(|case| case["file"].as_str().unwrap().to_owned());
        (names.collect::<Vec<_>>().join(" "), outcome.code)
    };
    for (paths, found) in [
        (&["."][..], "tests/deep/case.json tests/flat.case.json"),
        (&["tests"], "tests/deep/case.json tests/flat.case.json"),
        (&["./tests/../tests/"], "tests/deep/case.json tests/flat.case.json"),
        (&["tests/deep"], "tests/deep/case.json"),
        (&["tests/deep/case.json"], "tests/deep/case.json"),
        (&["tests/flat.case.json", "tests"], "tests/flat.case.json tests/deep/case.json"),
    ] {
        assert_eq!(names(paths), (found.to_owned(), 0), "{paths:?}");
    }
    let absolute = desk.path("tests");
    assert_eq!(names(&[absolute.to_str().unwrap()]).1, 0, "a snapshot knows no path");
    let inside = desk.command(&["test"]).current_dir(desk.path("tests/deep")).env_remove("CI").output().unwrap();
    assert!(inside.status.success(), "{}", String::from_utf8_lossy(&inside.stdout));
}

#[test]
fn where_there_is_no_case_it_is_said_how_to_make_one() {
    let desk = Desk::new();
    desk.write("scenario.json", SCENARIO);
    let mut whole = String::new();
    for path in [".", "scenario.json", "nowhere"] {
        writeln!(whole, "=== {path}\n{}", run(&desk, &["test", path]).whole()).unwrap();
    }
    let desk = project(&[("first", r#"{ "scenario": "../scenario.json" }"#)]);
    writeln!(whole, "=== filter\n{}", run(&desk, &["test", "--filter", "second"]).whole()).unwrap();
    insta::assert_snapshot!(whole);
}

#[test]
fn of_several_rule_sets_the_one_that_extends_the_others_is_meant_or_a_name_is_asked_for() {
    let desk = project(&[("look", r#"{ "scenario": "../scenario.json" }"#)]);
    desk.write("rules/summer.rules", "language 1\nextend \"brand.rules\"\nsetting overlay_style = box_light\n");
    let meant = run(&desk, &["test"]);
    assert!(meant.stdout.contains("style box_light"), "{}", meant.stdout);
    desk.write("rules/winter.rules", "language 1\nextend \"brand.rules\"\nsetting overlay_style = box_dark\n");
    insta::assert_snapshot!(run(&desk, &["test"]).whole());
    desk.write("tests/look.case.json", r#"{ "scenario": "../scenario.json", "rules": "../rules/winter.rules" }"#);
    assert!(run(&desk, &["test"]).stdout.contains("style box_dark"));
    desk.write("tests/look.case.json", r#"{ "scenario": "../scenario.json", "rules": "default" }"#);
    assert!(run(&desk, &["test"]).stdout.contains("style box_dark"));
}

#[test]
fn warnings_of_the_rules_are_told_beside_the_report() {
    let desk = project(&[("one", r#"{ "scenario": "../scenario.json", "settings": { "fit": "contain" } }"#)]);
    desk.write("tests/two.case.json", r#"{ "scenario": "../scenario.json" }"#);
    desk.write("rules/brand.rules", format!("{BRAND}setting nobody_reads = 3\n"));
    let outcome = run(&desk, &["test", "--accept"]);
    assert_eq!(outcome.code, 0);
    assert_eq!(outcome.stderr.matches("warning[W0201]").count(), 1, "{}", outcome.stderr);
    assert!(files(&desk, "tests").iter().all(|(_, text)| !text.contains("W0201")));
}

#[test]
fn a_segment_that_waits_can_be_what_a_case_is_about() {
    let desk = project(&[(
        "waiting",
        r#"{
  "scenario": {
    "scenario": { "layers": [ { "type": "video", "segments": [
      { "id": "cut", "start_sec": 0, "end_sec": 4, "asset_source": "generated", "asset_status": "pending" } ] } ] },
    "assets": { "talk": "talk.mp4" }, "main_asset_id": "talk" },
  "diagnostics": ["E0112"]
}"#,
    )]);
    insta::assert_snapshot!(run(&desk, &["test"]).whole());
}

#[test]
fn what_somebody_else_wrote_cannot_speak_to_the_terminal() {
    let desk = project(&[(
        "loud",
        "{ \"about\": \"\\u001b[31mred\", \"scenario\": { \"scenario\": { \"scenes\": [ { \"id\": \"s\", \"start_sec\": 0, \"end_sec\": 4, \
         \"overlays\": [ { \"text\": \"a\\u001b[2Jb\\u202ec\", \"start_sec\": 1, \"end_sec\": 2 } ] } ] }, \
         \"assets\": { \"talk\": \"talk.mp4\" }, \"main_asset_id\": \"talk\" } }",
    )]);
    let outcome = run(&desk, &["test"]);
    assert!(!outcome.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", outcome.stdout);
    assert!(outcome.stdout.contains("text = \"a\\u{1b}[2Jb\\u{202e}c\""), "{}", outcome.stdout);
    desk.write("tests/loud.plan", "\u{1b}[2J\n");
    assert!(!run(&desk, &["test"]).stdout.contains('\u{1b}'));
}

#[test]
fn a_case_fits_its_schema_and_every_key_of_it_is_in_the_reference() {
    let desk = Desk::new();
    let schema: Value = serde_json::from_str(&run(&desk, &["schema", "case"]).stdout).unwrap();
    let scenario: Value = serde_json::from_str(SCENARIO).unwrap();
    for (case, fits) in [
        (serde_json::json!({ "scenario": "../scenario.json", "decision": { "theses": true } }), true),
        (serde_json::json!({ "scenario": scenario, "settings": { "fit": "contain" } }), true),
        (serde_json::json!({ "scenario": 7 }), false),
        (serde_json::json!({ "scenarios": "../scenario.json" }), false),
    ] {
        assert_eq!(jsonschema::is_valid(&schema, &case), fits, "{case}");
    }
    let page = run(&desk, &["schema", "case", "--format", "markdown"]).stdout;
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("| `{key}` | ")), "{key}");
    }
}

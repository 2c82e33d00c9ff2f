//! Each word for a case, and what it says to do.

use std::fmt::Write as _;

use serde_json::Value;

use super::{BRAND, files, project, run, run_with};

/// One case for each verdict; the first two are accepted before the second is changed.
fn all_verdicts() -> crate::cli::Desk {
    let desk = project(&[
        ("as_it_was", r#"{ "scenario": "../scenario.json", "prompt": "punchlines" }"#),
        ("brand_look", r#"{ "about": "key phrases in the brand's look", "scenario": "../scenario.json" }"#),
    ]);
    assert_eq!(run(&desk, &["test", "--accept"]).code, 0);
    desk.write(
        "tests/brand_look.case.json",
        r#"{
  "about": "key phrases in the brand's look",
  "scenario": "../scenario.json",
  "settings": { "overlay_style": "box_light", "music_volume": "40%" }
}"#,
    );
    for (name, text) in [
        ("never_seen", r#"{ "about": "no text at all", "scenario": "../scenario.json", "prompt": "no text" }"#),
        (
            "not_decided_so",
            r#"{ "scenario": "../scenario.json", "prompt": "punchlines, no subtitles", "decision": { "theses": false, "source": "voiceover" } }"#,
        ),
        ("nobody_asked", r#"{ "scenario": "../scenario.json", "decision": { "subtitles": false } }"#),
        (
            "refused",
            r#"{
  "scenario": {
    "scenario": { "scenes": [ { "id": "s", "start_sec": 0, "end_sec": 4, "overlays": [
      { "text": "A headline that goes on", "start_sec": 1, "end_sec": 3 } ] } ] },
    "assets": { "talk": "talk.mp4" },
    "main_asset_id": "talk"
  }
}"#,
        ),
        ("let_through", r#"{ "scenario": "../scenario.json", "diagnostics": ["E0228", "W0407"] }"#),
        ("typo", r#"{ "scenario": "../scenaro.json", "rules": "../rules/brand.rules" }"#),
    ] {
        desk.write(&format!("tests/{name}.case.json"), text);
    }
    desk.write("tests/long_gone.plan", "# What this case makes.\n");
    desk
}

#[test]
fn every_verdict_says_what_to_do() {
    insta::assert_snapshot!(run(&all_verdicts(), &["test"]).whole());
}

#[test]
fn programs_get_the_same_report() {
    let report = run(&all_verdicts(), &["test", "--json"]);
    assert_eq!((report.code, report.stderr.as_str()), (3, ""));
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    assert_eq!(report["ok"], false);
    let mut words = String::new();
    for case in report["cases"].as_array().unwrap() {
        let of = |key: &str| serde_json::to_string(&case[key]).unwrap();
        let codes: Vec<&str> =
            case["diagnostics"].as_array().unwrap().iter().filter_map(|found| found["code"].as_str()).collect();
        let (name, verdict) = (case["name"].as_str().unwrap(), case["verdict"].as_str().unwrap());
        writeln!(words, "{name}: {verdict}, wrong {}, missing {}, found {codes:?}", of("wrong"), of("missing"))
            .unwrap();
    }
    writeln!(words, "orphans {}, counts {}", report["orphans"], report["counts"]).unwrap();
    insta::assert_snapshot!(words);
}

#[test]
fn what_changed_within_a_line_stands_out_in_colours() {
    let outcome = run(&all_verdicts(), &["test", "--filter", "brand_look", "--color", "always"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stdout.replace('\u{1b}', "<esc>"));
}

#[test]
fn accepting_writes_what_is_new_or_changed_and_leaves_what_is_wrong() {
    let desk = all_verdicts();
    let before = files(&desk, "tests");
    let accepted = run(&desk, &["test", "--accept"]);
    assert_eq!(accepted.code, 3, "what is wrong is still wrong");
    let after = files(&desk, "tests");
    let written: Vec<&str> =
        after.iter().filter(|file| !before.contains(file)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(written, ["brand_look.plan", "never_seen.plan"]);
    assert_eq!(after.len(), before.len() + 1, "nothing else is left behind");
    let again = run(&desk, &["test", "--filter", "e", "--accept"]);
    assert!(!again.stdout.contains("accepted"), "{}", again.stdout);
}

#[test]
fn nothing_is_written_in_ci() {
    let desk = project(&[("first", r#"{ "scenario": "../scenario.json" }"#)]);
    let by_flag = run(&desk, &["test", "--ci"]);
    let by_variable = run_with(&desk, &["test"], "", &[("CI", "true")]);
    assert_eq!(by_flag.whole(), by_variable.whole());
    insta::assert_snapshot!(by_flag.whole());
    let refused = run_with(&desk, &["test", "--accept"], "", &[("CI", "1")]);
    insta::assert_snapshot!(refused.whole());
    assert_eq!(files(&desk, "tests").len(), 1);
    // A variable that is set to nothing, or off, is not set.
    for off in ["", "0", "false"] {
        assert!(run_with(&desk, &["test"], "", &[("CI", off)]).stdout.contains("if this is what you want"));
    }
    assert_eq!(run_with(&desk, &["test", "--ci", "--accept"], "", &[]).code, 2);
}

#[test]
fn lines_that_move_in_a_rule_set_change_no_snapshot() {
    let desk = project(&[("look", r#"{ "scenario": "../scenario.json" }"#)]);
    assert_eq!(run(&desk, &["test", "--accept"]).code, 0);
    desk.write("rules/brand.rules", BRAND.replace("style brand", "# more\n# and more\n\nstyle brand"));
    assert_eq!(run(&desk, &["test"]).code, 0);
    // Another system's line ends are no other plan.
    let plan = std::fs::read_to_string(desk.path("tests/look.plan")).unwrap().replace('\n', "\r\n");
    desk.write("tests/look.plan", plan);
    assert_eq!(run(&desk, &["test"]).code, 0);
    // Another look is.
    desk.write("rules/brand.rules", BRAND.replace("64px", "65px"));
    assert_eq!(run(&desk, &["test"]).code, 1);
}

#[test]
fn rules_that_are_wrong_are_told_once_however_many_cases_use_them() {
    let case = r#"{ "scenario": "../scenario.json" }"#;
    let desk = project(&[("one", case), ("two", case), ("three", case)]);
    desk.write("rules/brand.rules", BRAND.replace("64px", "64"));
    insta::assert_snapshot!(run(&desk, &["test"]).whole());
}

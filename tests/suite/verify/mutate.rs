//! Which changes of the rules no case would notice.

use super::{BRAND, files, project, run};

#[test]
fn changes_that_no_case_notices_are_told_by_line() {
    let desk = project(&[("asked", r#"{ "scenario": "../scenario.json", "prompt": "punchlines" }"#)]);
    desk.write(
        "rules/brand.rules",
        format!(
            "{BRAND}\nstyle unseen {{ color = black 50% }}\ndisable short_theses\noverride overlay_subtitles {{\n  \
             when overlay.format is subtitle and (overlay.position or bottom_center) is bottom_center\n  \
             when either decision.subtitles or decision.theses\n  make add_text_overlay {{ style = unseen }}\n}}\n"
        ),
    );
    let unaccepted = run(&desk, &["test", "--mutate"]);
    assert!(unaccepted.stdout.ends_with("the rules are not changed before every case passes\n"));
    assert_eq!(run(&desk, &["test", "--accept"]).code, 0);
    let before = (files(&desk, "rules"), files(&desk, "tests"));
    let outcome = run(&desk, &["test", "--mutate"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.whole());
    assert_eq!((files(&desk, "rules"), files(&desk, "tests")), before, "nothing is written");
}

#[test]
fn a_project_whose_every_line_is_looked_at_has_no_survivor() {
    let long = r#"{
  "scenario": {
    "scenario": { "scenes": [ { "id": "s", "start_sec": 0, "end_sec": 4, "overlays": [
      { "text": "A headline that goes on", "start_sec": 1, "end_sec": 3 },
      { "text": "and a subtitle that does so, too", "format": "subtitle", "start_sec": 1, "end_sec": 3 } ] } ] },
    "assets": { "talk": "talk.mp4" }, "main_asset_id": "talk"
  },
  "diagnostics": ["E0228"]
}"#;
    let desk = project(&[("long", long), ("asked", r#"{ "scenario": "../scenario.json", "prompt": "punchlines" }"#)]);
    assert_eq!(run(&desk, &["test", "--accept"]).code, 0);
    let outcome = run(&desk, &["test", "--mutate", "--json"]);
    assert_eq!(outcome.code, 0, "{}", outcome.whole());
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let none: [&str; 0] = [];
    let all_noticed = serde_json::json!({ "noticed": 8, "survived": 0, "refused": 0, "untried": 0, "survivors": none });
    assert_eq!(json["changes"], all_noticed);
}

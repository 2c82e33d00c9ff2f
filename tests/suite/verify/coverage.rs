//! What no case reaches.

use std::io;

use callsheet::compile::compile;
use callsheet::decide::Decision;
use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::rules::{self, Variant};

use super::{project, run};
use crate::plans::ready;

/// Every place where a rule can go one way or the other.
const WAYS: &str = r#"language 1
extend "default"

setting loud = false

signal theses = prompt also mentions "punchlines", "big words"
signal summer = prompt mentions "summer", "лето"

override theses {
  when overlay.format is thesis and decision.theses
  make add_text_overlay {
    position = if (overlay.position or center) is bottom_center then top_center else center
    style    = if overlay.start_sec < 2s then box_dark else box_light
  }
}

rule late_subtitles {
  for     overlay
  when    overlay.format is subtitle
  when    either overlay.start_sec > 3s or decision.subtitles
  require overlay.text "a subtitle needs its words"
  require (overlay.position or bottom_center) is not center "not in the middle"
}

rule joined {
  for  scenario
  when scenario.picture is sequence
  make fade { fade_in = 1s }
}

rule loud_end {
  for  scenario
  when setting.loud
  make speed { factor = 2 }
}

rule pictures {
  for  segment in image layer
  when segment.asset_kind is image
  require segment.start_sec >= 1s "not at once"
}
"#;

#[test]
fn what_no_case_reaches_is_told_by_rule_line_and_signal() {
    let desk = project(&[
        ("asked", r#"{ "scenario": "../scenario.json", "prompt": "punchlines for the summer" }"#),
        ("nobody", r#"{ "scenario": "../scenario.json" }"#),
    ]);
    desk.write("rules/brand.rules", WAYS);
    assert_eq!(run(&desk, &["test", "--accept"]).code, 0);
    insta::assert_snapshot!(run(&desk, &["test", "--coverage", "--lcov", "rules.info"]).whole());
    insta::assert_snapshot!(std::fs::read_to_string(desk.path("rules.info")).unwrap());
    let json: serde_json::Value = serde_json::from_str(&run(&desk, &["test", "--coverage", "--json"]).stdout).unwrap();
    assert_eq!(
        json["coverage"][0]["rules"][1]["ways"][1]["condition"],
        "either overlay.start_sec > 3s or decision.subtitles"
    );
}

#[test]
fn the_shipped_rules_are_counted_only_where_they_are_asked_for() {
    let desk = project(&[("plain", r#"{ "scenario": "../scenario.json", "rules": "default" }"#)]);
    assert_eq!(run(&desk, &["test", "--accept"]).code, 0);
    let own = run(&desk, &["test", "--coverage"]).stdout;
    assert!(own.contains("--coverage-all counts those"), "{own}");
    let all = run(&desk, &["test", "--coverage-all", "--lcov", "all.info"]).stdout;
    assert!(all.contains("\ndefault: ") && all.contains("main_picture"), "{all}");
    let lcov = std::fs::read_to_string(desk.path("all.info")).unwrap();
    assert!(lcov.contains("SF:default\n"), "{lcov}");
}

#[test]
fn rules_whose_ways_are_counted_make_the_same_plans_and_the_same_findings() {
    let nothing = |_: &str| Err(io::ErrorKind::NotFound.into());
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let marked = Variant { marked: true, ..Variant::default() };
    for entry in fixtures.join("plans").read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let rules = std::fs::read_to_string(path.with_extension("own.rules"));
        let source = Source::new("own.rules", rules.unwrap_or_else(|_| rules::default_source().text().to_owned()));
        let (plain, _) = rules::load(&source, &nothing).unwrap();
        let (marked, _) = rules::load_variant(&source, &nothing, marked).unwrap();
        let scenario = ready(&std::fs::read_to_string(&path).unwrap());
        let made = |program| match compile(&scenario, &Decision::everything(), program) {
            Ok((tasks, _)) => serde_json::to_string(&tasks).unwrap(),
            Err(found) => pretty(&found, Colour::Never),
        };
        assert_eq!(made(&plain), made(&marked), "{}", path.display());
    }
    for entry in fixtures.join("rules").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let source = Source::new("own.rules", std::fs::read_to_string(&path).unwrap());
        let codes = |variant| {
            let found = match rules::load_variant(&source, &nothing, variant) {
                Ok((_, warnings)) => warnings,
                Err(errors) => errors,
            };
            found.iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(Variant::default()), codes(marked), "{}", path.display());
    }
}

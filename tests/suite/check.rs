//! `callsheet check`: whatever an author wrote, told to people and to programs.

use std::io::Write as _;
use std::process::Stdio;

use callsheet::diagnostic::{Source, sarif};
use serde_json::Value;

use super::cli::Desk;
use super::rules::findings;

const HOUSE: &str = "language 1\nextend \"default\"\nsetting musik_volume = 40%\n";
const BRAND: &str =
    "language 1\nextend \"house.rules\"\noverride theses {\n  make add_text_overlay { positon = top_center }\n}\n";
const BROKEN_PARENT: &str = "language 1\nextend \"default\"\ndisable short_thesis\n";
const SCENARIO: &str = r#"{
  "scenario": {
    "metadata": { "total_duration_sec": 10, "aspect_ratio": "9:16" },
    "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 12, "voice": "Привет" }]
  },
  "assets": { "talk": "talk.mp4" },
  "main_asset_id": "talk"
}
"#;
const PLAN: &str = r#"{
  "tasks": [
    { "type": "trim", "params": { "start_time": 0 } },
    { "type": "speed", "params": { "factor": 40 } }
  ],
  "assets": { "talk": "talk.mp4" }, "main_asset_id": "talk"
}
"#;

/// A folder with something wrong in most of its files.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("sub")).unwrap();
    desk.write("house.rules", HOUSE);
    desk.write("brand.rules", BRAND);
    desk.write("scenario.json", SCENARIO);
    desk.write("plan.json", PLAN);
    desk.write("sub/film.scenario.json", SCENARIO.replace("12", "10").replace(", \"voice\": \"Привет\"", ""));
    desk.write("sub/settings.json", "{}");
    desk
}

#[test]
fn a_person_is_told_everything_about_every_file() {
    let desk = desk();
    let all = desk.run(&["check", ".", "plan.json"]);
    assert_eq!(all.code, 3);
    insta::assert_snapshot!(all.whole());
    let coloured = desk.run(&["check", "house.rules", "--color", "always"]).stderr;
    assert!(coloured.contains("\u{1b}[") && !all.stderr.contains('\u{1b}'), "{coloured}");
}

#[test]
fn programs_are_told_the_same_in_their_formats() {
    let desk = desk();
    for format in ["json", "sarif", "github"] {
        let told = desk.run(&["check", ".", "plan.json", "--format", format]);
        insta::assert_snapshot!(format, told.whole().replace(env!("CARGO_PKG_VERSION"), "[version]"));
    }
}

#[test]
fn a_set_without_mistakes_is_a_line_and_warnings_fail_where_they_are_denied() {
    let desk = desk();
    let shipped = desk.run(&["check"]);
    let warned = desk.run(&["check", "house.rules", "sub"]);
    let denied = desk.run(&["check", "house.rules", "--deny-warnings"]);
    let clean = desk.run(&["check", "sub", "--deny-warnings"]);
    assert_eq!((shipped.code, warned.code, denied.code, clean.code), (0, 0, 1, 0));
    insta::assert_snapshot!([shipped, warned, denied, clean].map(|outcome| outcome.whole()).join("\n"));
    for format in ["json", "sarif", "github"] {
        assert_eq!(desk.run(&["check", "house.rules", "--deny-warnings", "--format", format]).code, 1);
    }
    assert_eq!(desk.run(&["check", "sub", "--format", "json"]).stdout, "[]\n");
    assert_eq!(desk.run(&["check", "sub", "--format", "github"]).stdout, "");
}

#[test]
fn a_mistake_in_a_shared_parent_is_told_once() {
    let desk = Desk::new();
    desk.write("house.rules", BROKEN_PARENT);
    for name in ["a.rules", "b.rules"] {
        desk.write(name, "language 1\nextend \"house.rules\"\n");
    }
    let told = desk.run(&["check", "."]);
    assert!(told.stderr.ends_with("1 error, 0 warnings, 3 of 3 files wrong; `callsheet explain E0214` tells more\n"));
    assert_eq!(told.stderr.matches("error[").count(), 1, "{}", told.stderr);
}

#[test]
fn what_comes_through_standard_input_is_told_apart_by_its_beginning() {
    let desk = Desk::new();
    for (text, line) in [
        (SCENARIO, "::error file=<stdin>,line=4,col=66,endColumn=73,title=E0102::unknown key `voice`"),
        (PLAN, "::error file=<stdin>,line=3,col=5,endColumn=54,title=E0303::`trim` needs `end_time`"),
        (
            HOUSE,
            "::warning file=<stdin>,line=3,col=9,endColumn=21,title=W0201::nothing reads the setting `musik_volume`",
        ),
    ] {
        let mut child = desk
            .command(&["check", "-", "--format", "github"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let told = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        assert!(told.starts_with(line), "{told}");
    }
}

#[test]
fn every_sarif_log_fits_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../fixtures/sarif.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut fixes = 0;
    for path in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules")).unwrap() {
        let path = path.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rules") {
            let name = path.file_name().unwrap().to_str().unwrap();
            let log = sarif(&findings(name, &std::fs::read_to_string(&path).unwrap()));
            let errors: Vec<String> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
            fixes += log.to_string().matches("\"fixes\"").count();
        }
    }
    assert!(fixes > 15, "{fixes} fixes");
    let desk = desk();
    let log: Value = serde_json::from_str(&desk.run(&["check", ".", "plan.json", "--format", "sarif"]).stdout).unwrap();
    assert!(schema.is_valid(&log));
}

#[test]
fn a_fix_mends_what_it_was_offered_for() {
    for path in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules")).unwrap() {
        let path = path.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rules") {
            continue;
        }
        let name = path.to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for found in &findings(name, &text) {
            let Some(fix) = found.fix().filter(|fix| fix.location.source.name() == name) else { continue };
            let span = fix.location.span;
            let mended = format!("{}{}{}", &text[..span.start], fix.text, &text[span.end..]);
            let left = findings(name, &mended);
            let again = left.iter().any(|left| left.code == found.code && left.message == found.message);
            assert!(!again, "{name}: {} is not mended by `{}`", found.message, fix.text);
            let source = Source::new(name, mended);
            assert_eq!(source.line_column(span.start), fix.location.source.line_column(span.start));
        }
    }
}

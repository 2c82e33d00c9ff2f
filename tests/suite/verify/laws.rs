//! What holds of every case, whatever is written in it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use callsheet::diagnostic::Source;
use callsheet::error::Error;
use callsheet::verify::{self, CaseFiles, Files, Sets, Verdict};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

/// Texts of every kind: plain, in other alphabets, and with what terminals and files obey.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[ -~]{0,60}",
        "[а-яё ,.!]{0,60}",
        prop::collection::vec(
            prop_oneof![
                Just("\r\n"),
                Just("\n"),
                Just("\u{0}"),
                Just("\u{1b}[2J"),
                Just("\\"),
                Just("\""),
                Just("\u{202e}"),
                Just("}"),
                Just("# "),
                Just("\u{2028}"),
                Just("\u{feff}"),
                Just("—"),
                Just("🎬"),
            ],
            0..8
        )
        .prop_map(|parts| parts.concat()),
    ]
}

#[test]
fn what_was_accepted_passes_and_holds_nothing_that_a_terminal_obeys() {
    let disk: RefCell<BTreeMap<String, String>> = RefCell::default();
    let missing = |path: &str| Error::Read { path: PathBuf::from(path), source: io::ErrorKind::NotFound.into() };
    let open = |path: &str| disk.borrow().get(path).map(|text| Source::new(path, text.as_str())).ok_or(missing(path));
    let load = |_: &str| Err(io::ErrorKind::NotFound.into());
    let files = Files { open: &open, load: &load };
    let sets = RefCell::new(Sets::new(files));
    let place = CaseFiles {
        name: "any".into(),
        case: "tests/any.case.json".into(),
        snapshot: "tests/any.plan".into(),
        project: "no/such/project".into(),
    };
    let config = Config { failure_persistence: None, ..Config::with_cases(64) };
    let law = |(thesis, cue, prompt): (String, String, Option<String>)| {
        let story = json!({ "scenes": [ { "id": "s", "start_sec": 0, "end_sec": 4, "overlays": [
            { "text": thesis, "start_sec": 1, "end_sec": 2.5 } ] } ],
            "layers": [ { "type": "subtitle", "segments": [ { "start_sec": 0, "end_sec": 1, "params": { "text": cue } } ] } ] });
        let scenario = json!({ "scenario": story, "assets": { "a": "a.mp4" }, "main_asset_id": "a" });
        let case = json!({ "scenario": scenario, "prompt": prompt, "diagnostics": [] });
        let codes = |tested: &verify::Tested| -> Vec<&str> {
            tested.found.iter().map(|found| found.code.as_str()).filter(|code| code.starts_with('E')).collect()
        };
        disk.borrow_mut().clear();
        disk.borrow_mut().insert(place.case.clone(), case.to_string());
        let first = verify::test(&place, files, &mut sets.borrow_mut());
        // A scenario that is refused is accepted like a plan, by the codes of what is found.
        let mut case = case;
        case["diagnostics"] = codes(&first).into();
        disk.borrow_mut().insert(place.case.clone(), case.to_string());
        let new = verify::test(&place, files, &mut sets.borrow_mut());
        prop_assert_eq!(new.verdict, Verdict::NewSnapshot);
        let made = new.made.unwrap();
        prop_assert!(made.chars().all(|letter| letter == '\n' || !letter.is_control()), "{:?}", made);
        disk.borrow_mut().insert(place.snapshot.clone(), made);
        let accepted = verify::test(&place, files, &mut sets.borrow_mut());
        prop_assert_eq!(accepted.verdict, Verdict::Pass);
        Ok(())
    };
    TestRunner::new(config).run(&(text(), text(), prop::option::of(text())), law).unwrap();
}

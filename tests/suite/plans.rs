//! Whole scenarios under whole rule sets: the plan, task by task.

use std::fmt::Write as _;

use callsheet::compile::compile;
use callsheet::decide::Decision;
use callsheet::diagnostic::{Colour, Diagnostics, Source, pretty};
use callsheet::rules::{self, Program};
use callsheet::scenario::{self, Ready};
use callsheet::tasks::Plan;
use proptest::prelude::*;

use super::rules::load;

pub(crate) fn ready(text: &str) -> Ready {
    let document = scenario::read(&Source::new("scenario.json", text)).unwrap();
    scenario::ready(scenario::normalise(document).unwrap().0).unwrap()
}

fn program(text: &str) -> Program {
    match load("own.rules", text) {
        Ok((program, _)) => program,
        Err(errors) => panic!("{}", pretty(&errors, Colour::Never)),
    }
}

fn shown(plan: Result<(Plan, Diagnostics), Diagnostics>, text: &str) -> String {
    match plan {
        Ok((plan, _)) => serde_json::to_string_pretty(&plan).unwrap(),
        Err(errors) => pretty(&errors.located_in(&Source::new("scenario.json", text)), Colour::Never),
    }
}

/// Beside `x.json` may lie `x.own.rules`, which is then used instead of the shipped set, and `x.decision`, the words
/// `theses`, `subtitles` or `none`.
#[test]
fn a_scenario_and_a_rule_set_make_this_plan() {
    insta::glob!("../fixtures/plans", "*.json", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let rules = std::fs::read_to_string(path.with_extension("own.rules"));
        let program = program(&rules.unwrap_or_else(|_| rules::default_source().text().to_owned()));
        let decision = match std::fs::read_to_string(path.with_extension("decision")) {
            Ok(words) => {
                let (theses, subtitles) = (words.contains("theses"), words.contains("subtitles"));
                Decision { theses, subtitles, ..Decision::everything() }
            }
            Err(_) => Decision::everything(),
        };
        insta::assert_snapshot!(shown(compile(&ready(&text), &decision, &program), &text));
    });
}

/// A scenario with `count` segments: cutaways, texts, sounds and subtitles in turn.
fn long_scenario(count: usize) -> String {
    let mut layers = String::new();
    for (number, kind) in ["video", "text", "audio", "subtitle"].iter().enumerate() {
        let mut segments = String::new();
        for at in 0..count / 4 {
            let comma = if at == 0 { "" } else { "," };
            write!(
                segments,
                "{comma}{{\"start_sec\":{at},\"end_sec\":{},\"asset_id\":\"b\",\"params\":{{\"text\":\"t{at}\"}}}}",
                at + 1
            )
            .unwrap();
        }
        let comma = if number == 0 { "" } else { "," };
        write!(layers, "{comma}{{\"type\":\"{kind}\",\"segments\":[{segments}]}}").unwrap();
    }
    format!(
        "{{\"scenario\":{{\"layers\":[{layers}]}},\"assets\":{{\"a\":\"a.mp4\",\"b\":\"b.mp4\"}},\"main_asset_id\":\"a\"}}"
    )
}

#[test]
fn five_thousand_segments_make_five_thousand_tasks_and_one_of_subtitles() {
    let scenario = ready(&long_scenario(5_000));
    let (plan, _) = compile(&scenario, &Decision::everything(), &program(rules::default_source().text())).unwrap();
    assert_eq!(plan.tasks.len(), 2 + 3 * 1_250 + 1);
    assert!(plan.tasks.is_sorted_by_key(|task| task.spec.stage));
}

#[test]
fn a_missing_style_and_a_broken_requirement_are_told_together() {
    let text = r#"{"scenario":{"scenes":[{"id":"s","start_sec":0,"end_sec":4,"overlays":[
        {"text":"One","start_sec":0,"end_sec":1,"font_style":"box_drak"},
        {"text":"  ","start_sec":1,"end_sec":2}]}]},"assets":{"a":"a.mp4"},"main_asset_id":"a"}"#;
    let plan = compile(&ready(text), &Decision::everything(), &program(rules::default_source().text()));
    insta::assert_snapshot!(shown(plan, text));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn one_scenario_makes_one_plan(count in 4_usize..60, theses in any::<bool>(), subtitles in any::<bool>()) {
        let text = long_scenario(count);
        let decision = Decision { theses, subtitles, ..Decision::everything() };
        let once = shown(compile(&ready(&text), &decision, &program(rules::default_source().text())), &text);
        let again = shown(compile(&ready(&text), &decision, &program(rules::default_source().text())), &text);
        prop_assert_eq!(once, again);
    }
}

#[test]
fn an_effect_that_says_what_another_one_says_is_refused() {
    let text = r#"{
  "scenario": {
    "metadata": { "resolution": 9000, "frame_rate": 1, "total_duration_sec": 4 },
    "effects": [
      { "type": "fade", "factor": 2, "fade_in": 1 },
      { "type": "speeed", "factor": 2 }
    ]
  },
  "assets": { "a": "a.mp4" }, "main_asset_id": "a"
}"#;
    let source = Source::new("scenario.json", text);
    let shape = scenario::read(&source).unwrap_err();
    let text = text.replace(", \"fade_in\": 1", "").replace("speeed", "concat");
    let source = Source::new("scenario.json", text.as_str());
    let found = scenario::normalise(scenario::read(&source).unwrap()).unwrap_err().located_in(&source);
    let missing =
        text.replace("\"factor\": 2", "").replace("\"fade\", ", "\"speed\"").replace("\"concat\", ", "\"trim\"");
    let missing = missing.replace("9000", "1080").replace("\"frame_rate\": 1", "\"frame_rate\": 24");
    let plan = compile(&ready(&missing), &Decision::everything(), &program(rules::default_source().text()));
    insta::assert_snapshot!(
        [pretty(&shape, Colour::Never), pretty(&found, Colour::Never), shown(plan, &missing)].join("---\n")
    );
}

//! Where a plan comes from, why a rule made nothing, and what a chain of rule sets comes to.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use callsheet::compile::compile;
use callsheet::decide::{Decision, Facts};
use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::explain::{Answer, Asked, Explainer, resolved};
use callsheet::rules::{self, Program, Written};
use callsheet::tasks::Plan;
use serde_json::{Value, json};

use super::cli::Desk;
use super::plans::ready;

/// A house's set and a brand's, with every reason why a rule may make nothing.
const HOUSE: &str = "\
language 1
extend \"default\"

setting loud = false

# A house rule: what stands in the way of the speaker is short.
rule cutaways_are_early {
  for     segment in video layer
  when    segment.asset_id is not main
  require segment.end_sec <= 6s \"a cutaway ends before the sixth second\"
}

rule placed {
  for     overlay
  when    either (overlay.position or center) is one of top_left, top_right or overlay.font_size exists
  require overlay.start_sec >= 0s \"it has a time\"
}

rule unplaced {
  for     overlay
  when    overlay.position is absent and not (overlay.start_sec < 1s)
  require overlay.start_sec >= 0s \"it has a time\"
}

rule loud {
  for  scenario
  when setting.loud
  make normalize_loudness {}
}
";

const BRAND: &str = "\
language 1
extend \"house.rules\"

disable short_theses

override theses {
  when overlay.format is thesis and decision.theses
  when length of overlay.text <= 20
  make add_text_overlay { style = brand }
}

style brand { size = 70px   color = #ffcc00 }
";

fn scenario() -> Value {
    json!({
        "scenario": {
            "metadata": { "total_duration_sec": 8, "aspect_ratio": "9:16" },
            "global_prompt": "Тезисы и субтитры",
            "scenes": [
                { "id": "intro", "start_sec": 0, "end_sec": 4, "overlays": [
                    { "text": "Hello", "start_sec": 0.5, "end_sec": 2 },
                    { "text": "More than twenty letters", "position": "top_center", "start_sec": 2, "end_sec": 4 } ] },
                { "id": "end", "start_sec": 4, "end_sec": 8, "overlays": [
                    { "text": "Bye", "format": "subtitle", "start_sec": 5, "end_sec": 7 } ] } ],
            "layers": [
                { "type": "video", "segments": [
                    { "id": "talk", "start_sec": 0, "end_sec": 8, "asset_id": "main" },
                    { "id": "early", "start_sec": 2, "end_sec": 4, "asset_id": "street" },
                    { "id": "late", "start_sec": 5, "end_sec": 7, "asset_id": "street" } ] },
                { "type": "subtitle", "segments": [
                    { "id": "hi", "start_sec": 0.5, "end_sec": 1.5, "params": { "text": "Hi!" } } ] },
                { "type": "subtitle", "segments": [] } ] },
        "assets": { "main": "main.mp4", "street": "street.mp4" },
        "main_asset_id": "main"
    })
}

/// A desk with the two sets, and the scenario after `change`.
fn desk(change: impl FnOnce(&mut Value)) -> Desk {
    let desk = Desk::new();
    desk.write("house.rules", HOUSE);
    desk.write("brand.rules", BRAND);
    let mut scenario = scenario();
    change(&mut scenario);
    desk.write("scenario.json", serde_json::to_string_pretty(&scenario).unwrap());
    desk
}

/// The scenario without what the house refuses.
fn in_order(scenario: &mut Value) {
    scenario["scenario"]["layers"][0]["segments"].as_array_mut().unwrap().pop();
}

fn explain(desk: &Desk, arguments: &[&str]) -> String {
    let all = [&["explain", "scenario.json", "--no-probe", "--rules", "brand.rules"], arguments].concat();
    desk.run(&all).whole()
}

#[test]
fn every_task_of_the_demo_is_explained() {
    let desk = Desk::new();
    symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), desk.path("examples")).unwrap();
    let run = ["explain", "examples/demo/scenario.json", "--no-probe", "--rules", "examples/demo/brand.rules"];
    insta::assert_snapshot!(desk.run(&run).whole());
}

#[test]
fn a_plan_is_explained_to_programs() {
    insta::assert_snapshot!(explain(&desk(in_order), &["--format", "json"]));
}

#[test]
fn a_condition_that_fails_is_shown_with_the_values_that_it_had() {
    let desk = desk(in_order);
    insta::assert_snapshot!("why_the_main_segment", explain(&desk, &["--segment", "talk"]));
    insta::assert_snapshot!("why_the_long_overlay", explain(&desk, &["--overlay", "2"]));
    insta::assert_snapshot!("why_the_short_overlay", explain(&desk, &["--overlay", "intro/1"]));
    insta::assert_snapshot!(
        "why_the_brought_subtitle",
        explain(&desk, &["--overlay", "/scenario/scenes/1/overlays/0"])
    );
    insta::assert_snapshot!("why_without_text", explain(&desk, &["--overlay", "1", "--prompt", "без текста"]));
}

#[test]
fn a_cue_is_found_in_the_task_of_its_layer() {
    let desk = desk(in_order);
    insta::assert_snapshot!("why_a_cue", explain(&desk, &["--segment", "hi"]));
    insta::assert_snapshot!("why_no_cue", explain(&desk, &["--segment", "hi", "--prompt", "без субтитров, тезисы"]));
    let late = "language 1
extend \"house.rules\"
override subtitles {
  make add_subtitles {
    segments = each segment when segment.start_sec >= 1s {
      start = segment.start_sec, end = segment.end_sec, text = segment.params.text
    }
  }
}
";
    desk.write("late.rules", late);
    let run = ["explain", "scenario.json", "--no-probe", "--rules", "late.rules", "--segment", "hi"];
    insta::assert_snapshot!("why_left_out_by_each", desk.run(&run).whole());
}

#[test]
fn a_rule_says_of_what_it_made_nothing() {
    let desk = desk(in_order);
    insta::assert_snapshot!("why_a_rule", explain(&desk, &["--rule", "b_roll"]));
    insta::assert_snapshot!("why_a_rule_switched_off", explain(&desk, &["--rule", "loud"]));
    insta::assert_snapshot!("why_a_rule_of_overlays", explain(&desk, &["--rule", "unplaced"]));
    insta::assert_snapshot!("why_an_empty_layer", explain(&desk, &["--rule", "subtitles"]));
    insta::assert_snapshot!("why_a_rule_without_parts", explain(&desk, &["--rule", "picture"]));
    insta::assert_snapshot!("why_a_rule_for_others", explain(&desk, &["--rule", "subtitles", "--overlay", "1"]));
    insta::assert_snapshot!("why_a_disabled_rule", explain(&desk, &["--rule", "short_theses"]));
    insta::assert_snapshot!("why_in_colour", explain(&desk, &["--rule", "theses", "--color", "always"]));
    insta::assert_snapshot!("why_for_programs", explain(&desk, &["--rule", "theses", "--format", "json"]));
}

#[test]
fn a_broken_requirement_is_shown_where_there_is_no_plan() {
    let desk = desk(|_| {});
    insta::assert_snapshot!("why_refused", explain(&desk, &["--segment", "late"]));
    insta::assert_snapshot!("why_no_plan", explain(&desk, &[]));
}

#[test]
fn a_segment_that_waits_for_its_media_says_so() {
    let desk = desk(|scenario| {
        in_order(scenario);
        let early = &mut scenario["scenario"]["layers"][0]["segments"][1];
        early["asset_source"] = "generated".into();
        early["asset_status"] = "pending".into();
    });
    insta::assert_snapshot!("why_not_ready", explain(&desk, &["--segment", "early"]));
    insta::assert_snapshot!("why_another_not_ready", explain(&desk, &["--overlay", "1", "--rule", "theses"]));
    insta::assert_snapshot!("why_nothing_is_ready", explain(&desk, &[]));
}

#[test]
fn a_name_that_is_not_there_is_answered_with_those_that_are() {
    let desk = desk(in_order);
    let mut all = String::new();
    for wrong in [
        &["--segment", "tlak"][..],
        &["--overlay", "4"],
        &["--overlay", "intro/3"],
        &["--rule", "thesis"],
        &["--format", "markdown"],
        &["--segment", "talk", "--overlay", "1"],
    ] {
        all.extend(["$ ", &wrong.join(" "), "\n", &explain(&desk, wrong), "\n"]);
    }
    for wrong in [
        &["explain", "E9999"][..],
        &["explain", "brand.rules"],
        &["explain", "--rules", "brand.rules"],
        &["explain", "E0219", "--rule", "theses"],
        &["explain", "--segment", "talk"],
        &["explain", "--resolved", "scenario.json"],
    ] {
        all.extend(["$ ", &wrong.join(" "), "\n", &desk.run(wrong).whole(), "\n"]);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_a_terminal_would_obey_is_written_out() {
    let desk = desk(|scenario| {
        in_order(scenario);
        scenario["scenario"]["scenes"][0]["overlays"][0]["text"] = "He\u{1b}[2Jllo".into();
    });
    for arguments in [&[][..], &["--rule", "theses"], &["--overlay", "1"]] {
        let said = explain(&desk, arguments);
        assert!(!said.contains('\u{1b}'), "{said}");
    }
    // An id with such a sign is refused with the scenario.
    assert!(explain(&desk, &["--overlay", "1"]).contains("“He\\u{1b}[2Jllo”"));
}

/// Three sets over one another: an override of an override, a lock, a rule taken out and another put in its place.
const CHAIN: [(&str, &str); 4] = [
    (
        "house/base.rules",
        "\
language 1

setting end  = 1s                      # how long the end takes
setting look = quiet

style quiet { size = 40px   color = white }
style loud  { size = 90px   color = #ff0000 60%   bold = true }

signal theses = prompt mentions \"тезисы\", \"theses\"
signal quiet  = prompt mentions
  \"тихо\",
  exactly \"quiet\"

decide by \"own.rhai\"

rule picture {
  for  scenario
  when scenario.picture is continuous
  make trim { inputs = main   start_time = 0s   end_time = scenario.duration_sec }
}

rule texts {
  for     overlay
  when    overlay.format is thesis     # nothing else
  when    decision.theses
  require overlay.text \"a text has \\\"words\\\" # and more\"
  make add_text_overlay {
    text       = overlay.text
    style      = overlay.font_style or setting.look
    position   = if overlay.position is absent   # the scenario does not say
                 then center
                 else overlay.position or center
    start_time = overlay.start_sec
    end_time   = overlay.end_sec
  }
}

rule gone {
  for     overlay
  require overlay.end_sec <= 30s \"it ends early\"
}

locked rule canvas {
  for  scenario
  when either not scenario.verbatim or scenario.metadata.aspect_ratio exists
  make fit_canvas { aspect_ratio = scenario.metadata.aspect_ratio or \"9:16\" }
}

rule ending {
  for  scenario
  make fade { fade_out = setting.end }
}
",
    ),
    (
        "house/house.rules",
        "\
language 1
extend \"base.rules\"

setting end = 2s
style quiet { color = #eeeeee   outline = 2px }
signal theses = prompt also mentions \"плашки\"

override texts {
  when overlay.format is thesis and decision.theses and length of overlay.text <= 40
  make add_text_overlay { font_size = overlay.font_size   position = overlay.position or top_center }
}

disable ending
disable gone
",
    ),
    (
        "brand.rules",
        "\
language 1
extend \"house/house.rules\"

override texts {
  require overlay.end_sec <= 60s \"the brand ends within a minute\"
  make add_text_overlay { style = loud }
}

rule ending {
  for  scenario
  make fade { fade_in = 0.5s   fade_out = setting.end }
}
",
    ),
    (
        "house/own.rhai",
        "if signals.theses == \"asked\" { #{ theses: true, subtitles: false, source: \"none\" } }\n\
         else { #{ theses: false, subtitles: false, source: \"none\" } }\n",
    ),
];

#[test]
fn a_chain_of_sets_is_printed_as_one() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("house")).unwrap();
    for (name, text) in CHAIN {
        desk.write(name, text);
    }
    let printed = desk.run(&["explain", "--resolved", "--rules", "brand.rules"]);
    insta::assert_snapshot!(printed.whole());
    desk.write("one.rules", &printed.stdout);
    assert_eq!(desk.run(&["fmt", "--check", "one.rules"]).code, 0);
    assert_eq!(desk.run(&["check", "one.rules"]).code, 0);
    let again = desk.run(&["explain", "--resolved", "--rules", "one.rules"]).stdout;
    let json = desk.run(&["explain", "--resolved", "--rules", "brand.rules", "--format", "json"]).stdout;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["rules"], printed.stdout);
    // What it is printed from is another file, and all else is the same.
    let bare = |text: &str| {
        let lines = text.lines().map(|line| line.split("  # ").next().unwrap_or_default().trim_end().to_owned());
        lines.filter(|line| !line.starts_with('#')).collect::<Vec<_>>()
    };
    let without_blanks = |text: &str| bare(text).into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>();
    assert_eq!(without_blanks(&again), without_blanks(&printed.stdout));
}

/// The files beside a set in the laws.
fn library(path: &str) -> io::Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let Some((_, text)) = CHAIN.iter().find(|(name, _)| *name == path) {
        return Ok((*text).to_owned());
    }
    if path == "own/house.rules" {
        return Ok(HOUSE.to_owned());
    }
    std::fs::read_to_string(root.join("tests/fixtures/library").join(path))
}

/// Every rule set of the repository that is right, as a source.
fn sets() -> Vec<Arc<Source>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = ["tests/fixtures/rules", "tests/fixtures/plans", "examples/demo"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rules"))
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        Source::new(path.file_name().unwrap().to_str().unwrap(), std::fs::read_to_string(path).unwrap())
    };
    let mut sets: Vec<Arc<Source>> = files.iter().map(read).collect();
    sets.push(rules::default_source());
    sets.push(Source::new("own/brand.rules", BRAND));
    sets.extend(CHAIN[..3].iter().map(|(name, text)| Source::new(*name, *text)));
    sets
}

fn loaded() -> Vec<(Arc<Source>, Program, Written)> {
    let load = |source: Arc<Source>| {
        let ((program, written), _) = rules::load_written(&source, &library).ok()?;
        Some((source, program, written))
    };
    let loaded: Vec<_> = sets().into_iter().filter_map(load).collect();
    assert!(loaded.len() >= 20, "{}", loaded.len());
    loaded
}

fn scenarios() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<(String, String)> = ["demo", "social", "slideshow"]
        .iter()
        .map(|name| {
            let path = root.join("examples").join(name).join("scenario.json");
            ((*name).to_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    found.push(("own".into(), scenario().to_string()));
    let effects = std::fs::read_to_string(root.join("tests/fixtures/plans/effects.json")).unwrap();
    found.push(("effects".into(), effects));
    found
}

/// The plan, or what is wrong, without the files and lines that say so.
fn outcome(program: &Program, text: &str, decision: &Decision) -> Result<Plan, Vec<String>> {
    match compile(&ready(text), decision, program) {
        Ok((mut plan, _)) => {
            for task in &mut plan.tasks {
                let origin = task.origin.as_mut().unwrap();
                (origin.file, origin.line) = ("".into(), 0);
            }
            Ok(plan)
        }
        Err(found) => Err(found.iter().map(|found| found.message.clone()).collect()),
    }
}

#[test]
fn what_a_chain_comes_to_makes_the_same_plans() {
    for (source, program, written) in loaded() {
        let text = resolved(&written).unwrap();
        let name = source.name();
        let one = Source::new(if name == rules::DEFAULT_NAME { "own.rules" } else { name }, text.as_str());
        assert_eq!(rules::format(&one).unwrap(), text, "{name} is not printed in the style");
        let (again, _) = rules::load(&one, &library)
            .unwrap_or_else(|found| panic!("{name}:\n{}\n{text}", pretty(&found, Colour::Never)));
        assert!(again.rule_names().eq(program.rule_names()), "{name}");
        for (scenario, text) in scenarios() {
            for prompt in [None, Some("тезисы и субтитры"), Some("без текста"), Some("плашки, тихо")]
            {
                let decide = |program: &Program| program.decider().decide(prompt, Facts::default()).unwrap().0.decision;
                assert_eq!(decide(&program), decide(&again), "{name}, {prompt:?}");
                let decision = decide(&program);
                let plans = (outcome(&program, &text, &decision), outcome(&again, &text, &decision));
                assert_eq!(plans.0, plans.1, "{name}, {scenario}");
            }
        }
    }
}

#[test]
fn an_explanation_agrees_with_the_plan() {
    let (mut made, mut values) = (0, 0);
    for (source, program, written) in loaded() {
        for (scenario, text) in scenarios() {
            let ready = ready(&text);
            for decision in [Decision::everything(), Decision { theses: false, ..Decision::everything() }] {
                let Ok((plan, _)) = compile(&ready, &decision, &program) else { continue };
                let explainer = Explainer::new(&written, ready.scenario(), &decision, Some(&plan));
                let place = format!("{}, {scenario}", source.name());
                let notes = explainer.tasks();
                assert_eq!(notes.len(), plan.tasks.len(), "{place}");
                for param in notes.iter().flat_map(|note| &note.params) {
                    // Where one path is all that is written, what it held is what the task has.
                    if let ([read], true) = (param.reads.as_slice(), param.is_plain)
                        && param.name != "inputs"
                    {
                        assert_eq!(read.value, param.value, "{place}: {}", param.text);
                        values += 1;
                    }
                }
                let expected: BTreeSet<(String, String)> = plan
                    .tasks
                    .iter()
                    .map(|task| task.origin.as_ref().map(|origin| (origin.rule.to_string(), origin.pointer.clone())))
                    .collect::<Option<_>>()
                    .unwrap();
                let mut found = BTreeSet::new();
                for rule in program.rule_names() {
                    let asked = Asked { rule: Some(rule.to_owned()), ..Asked::default() };
                    for answer in explainer.answer(&asked).unwrap() {
                        let pointer = answer.node.as_ref().map(|node| node.pointer.clone()).unwrap_or_default();
                        match answer.answer {
                            Answer::Made { .. } => assert!(found.insert((rule.to_owned(), pointer))),
                            // There is a plan, so nothing is refused, and who would make a task made it.
                            Answer::WouldMake | Answer::Require { .. } => panic!("{place}: {rule} at {pointer}"),
                            Answer::When(failed) => assert!(!failed.because.is_empty(), "{place}: {rule}"),
                            _ => {}
                        }
                    }
                }
                assert_eq!(found, expected, "{place}");
                made += found.len();
            }
        }
    }
    assert!(made > 500 && values > 1000, "{made} tasks, {values} values");
}

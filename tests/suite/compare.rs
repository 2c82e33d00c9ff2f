//! Two plans side by side: what a person is told of the difference.

use std::sync::LazyLock;

use callsheet::compile::compile;
use callsheet::decide::Decision;
use callsheet::diagnostic::{Colour, Source};
use callsheet::rules;
use callsheet::tasks::{self, Change, Plan, TaskChange, compare};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cli::Desk;
use super::plans::ready;

fn plan(json: &Value) -> Plan {
    tasks::read(&Source::new("plan.json", json.to_string())).unwrap()
}

/// The demo's plan by the shipped rules, as a file.
fn demo() -> Value {
    DEMO.clone()
}

static DEMO: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../examples/demo/scenario.json");
    let program = rules::load(&rules::default_source(), &rules::from_disk).unwrap().0;
    let (plan, _) = compile(&ready(text), &Decision::everything(), &program).unwrap();
    serde_json::to_value(plan).unwrap()
});

fn number(plan: &Value, text: &str) -> usize {
    let tasks = plan["tasks"].as_array().unwrap();
    tasks.iter().position(|task| task.to_string().contains(text)).unwrap()
}

/// A demo in which something was done to nearly everything.
fn edited() -> Value {
    let mut plan = demo();
    let at = |plan: &Value, text| number(plan, text);
    let thesis = at(&plan, "Видео из сценария");
    plan["tasks"][thesis]["params"]["position"] = "center".into();
    let retimed = at(&plan, "Правила решают");
    plan["tasks"][retimed]["params"]["start_time"] = json!(40);
    plan["tasks"][retimed]["params"]["end_time"] = json!(43);
    let reworded = at(&plan, "Меняешь правило");
    plan["tasks"][reworded]["params"]["text"] = "Новое правило — новое видео".into();
    let cutaway = at(&plan, "\"reel\"");
    plan["tasks"][cutaway]["params"]["stock_id"] = "waves".into();
    let cues = at(&plan, "add_subtitles");
    plan["tasks"][cues]["params"]["segments"][3]["text"] = "как снимают".into();
    plan["tasks"][cues]["params"]["style"] = "minimal".into();
    let music = at(&plan, "mix_audio");
    plan["tasks"][music]["params"]["under"] = json!(0.5);
    plan["styles"]["minimal"] = plan["styles"]["outline"].clone();
    plan["styles"]["box_dark"]["size"] = json!(64);
    plan["styles"]["box_dark"]["align"] = "left".into();
    plan["assets"]["talk"] = "other.mp4".into();
    let tasks = plan["tasks"].as_array_mut().unwrap();
    let moved = tasks.iter().position(|task| task.to_string().contains("Один проход")).unwrap();
    let moved = tasks.remove(moved);
    tasks.insert(4, moved);
    let gone = tasks.iter().position(|task| task.to_string().contains("Сцены")).unwrap();
    tasks.remove(gone);
    tasks.push(json!({ "type": "fade", "params": { "fade_out": 1 } }));
    plan
}

#[test]
fn a_difference_is_told_task_by_task() {
    let difference = compare(&plan(&demo()), &plan(&edited()));
    insta::assert_snapshot!(difference);
    insta::assert_snapshot!(difference.show(Colour::Always).replace('\u{1b}', "␛"));
    insta::assert_json_snapshot!(difference);
}

#[test]
fn a_plan_is_the_same_as_itself_whoever_made_it_and_however_its_defaults_are_written() {
    let mut other = demo();
    for task in other["tasks"].as_array_mut().unwrap() {
        task.as_object_mut().unwrap().remove("origin");
        let params = task["params"].as_object_mut().unwrap();
        params.retain(|name, value| name != "source_start" || *value != json!(0.0));
    }
    let music = number(&other, "mix_audio");
    other["tasks"][music]["params"]["under"] = json!(1);
    let difference = compare(&plan(&demo()), &plan(&other));
    assert!(difference.is_none());
    assert_eq!(difference.to_string(), "the plans are the same: 12 tasks\n");
}

#[test]
fn lists_that_have_nothing_in_common_are_gone_and_new() {
    let assets = json!({ "a": "a.mp4" });
    let one =
        json!({ "tasks": [{ "type": "speed", "params": { "factor": 2 } }], "assets": assets, "main_asset_id": "a" });
    let two = json!({ "tasks": [{ "type": "fade" }], "assets": assets });
    insta::assert_snapshot!(compare(&plan(&one), &plan(&two)));
    insta::assert_snapshot!(compare(&Plan::default(), &plan(&two)));
}

#[test]
fn a_plan_is_held_against_another_on_the_command_line() {
    let desk = Desk::new();
    desk.write("scenario.json", include_str!("../../examples/demo/scenario.json"));
    desk.write("brand.rules", "language 1\nextend \"default\"\nsetting overlay_style = shadow\ndisable music\n");
    let before = desk.run(&["plan", "scenario.json", "--no-probe", "--json"]).stdout;
    desk.write("before.json", before);
    let mut whole = String::new();
    for arguments in [
        &["plan", "scenario.json", "--no-probe", "--diff", "before.json"][..],
        &["plan", "scenario.json", "--no-probe", "--rules", "brand.rules", "--diff", "before.json"],
        &["plan", "--tasks", "before.json", "--no-probe", "--diff", "missing.json"],
        &["plan", "scenario.json", "--diff", "before.json", "--ffmpeg"],
    ] {
        whole.push_str(&desk.run(arguments).whole());
        whole.push('\n');
    }
    insta::assert_snapshot!(whole);
    let same = desk.run(&["plan", "scenario.json", "--no-probe", "--diff", "before.json", "--json"]);
    let same: Value = serde_json::from_str(&same.stdout).unwrap();
    assert_eq!((&same["equal"], same["tasks"].as_array().unwrap().len()), (&json!(true), 12));
    let colours = ["plan", "scenario.json", "--no-probe", "--rules", "brand.rules", "--diff", "before.json"];
    assert!(!desk.run(&colours).stdout.contains('\u{1b}'));
    assert!(desk.run(&[&colours[..], &["--color", "always"]].concat()).stdout.contains("\u{1b}[31m- mix_audio"));
}

/// The demo's tasks, some of them left out, in an order of their own, some later by a second.
fn variant() -> impl Strategy<Value = Value> {
    let count = demo()["tasks"].as_array().unwrap().len();
    let order = Just((0..count).collect::<Vec<_>>()).prop_shuffle();
    (order, prop::collection::vec(0_u8..4, count)).prop_map(|(order, what)| {
        let mut plan = demo();
        let tasks = plan["tasks"].as_array().unwrap().clone();
        let mut chosen = Vec::new();
        for number in order.into_iter().filter(|number| what[*number] != 0) {
            let mut task = tasks[number].clone();
            if let (1, Some(start)) = (what[number], task["params"].get("start_time").and_then(Value::as_f64)) {
                task["params"]["start_time"] = json!(start + 0.5);
            }
            chosen.push(task);
        }
        plan["tasks"] = chosen.into();
        plan
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn every_task_of_both_plans_is_told_once_and_none_is_lost(one in variant(), two in variant()) {
        let (one, two) = (plan(&one), plan(&two));
        let difference = compare(&one, &two);
        let mut before: Vec<usize> = difference.tasks.iter().filter_map(|task| task.before).collect();
        before.sort_unstable();
        prop_assert_eq!(before, (1..=one.tasks.len()).collect::<Vec<_>>());
        let after: Vec<usize> = difference.tasks.iter().filter_map(|task| task.after).collect();
        prop_assert_eq!(after, (1..=two.tasks.len()).collect::<Vec<_>>());
        let is_told_as_it_is = |task: &TaskChange| match task.change {
            Change::Same => task.params.is_empty() && !task.moved,
            Change::Changed => !task.params.is_empty() || task.moved,
            Change::Added => task.before.is_none(),
            Change::Removed => task.after.is_none(),
        };
        prop_assert!(difference.tasks.iter().all(is_told_as_it_is));
        // Seen from the other side, what is new is gone.
        let back = compare(&two, &one);
        prop_assert_eq!(difference.count(Change::Added), back.count(Change::Removed));
        prop_assert_eq!(difference.is_none(), back.is_none());
        prop_assert!(compare(&one, &one).is_none());
    }
}

//! How long the compiler takes: 5,000 segments against 100 rules, and the same mapping written by hand.
//!
//! `cargo bench --bench compile`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench stops where it cannot go on"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use callsheet::decide::Decision;
use callsheet::diagnostic::Source;
use callsheet::scenario::{self, Ready};
use callsheet::tasks::{Origin, Plan, Task, catalogue};
use callsheet::time::Time;
use callsheet::value::Value;
use callsheet::{compile, rules};

const SEGMENTS: usize = 5_000;
const RULES: usize = 100;
const RUNS: usize = 21;

fn main() {
    let ready = scenario();
    let source = Source::new("bench.rules", rule_set());
    let (program, _) = rules::load(&source, &rules::from_disk).unwrap();
    let (plan, _) = compile::compile(&ready, &Decision::everything(), &program).unwrap();
    let compiling = median(|| {
        black_box(compile::compile(black_box(&ready), &Decision::everything(), &program).unwrap());
    });
    let by_hand = median(|| {
        black_box(hand(black_box(&ready)));
    });
    let checking = median(|| {
        black_box(rules::load(black_box(&source), &rules::from_disk).unwrap());
    });
    assert_eq!(compared(&plan), compared(&hand(&ready)));
    assert_eq!(plan.assets, hand(&ready).assets);
    println!("{SEGMENTS} segments, {RULES} rules, {} tasks; medians of {RUNS} runs", plan.tasks.len());
    println!("compile        {compiling:8.3} ms   {:.2} times the same mapping by hand", compiling / by_hand);
    println!("by hand        {by_hand:8.3} ms   1");
    println!("load and check {checking:8.3} ms   of the rule set");
}

/// One main video and a cutaway every second.
fn scenario() -> Ready {
    let segments: Vec<String> = (0..SEGMENTS)
        .map(|number| {
            let asset = number % 7;
            format!(r#"{{"id":"seg_{number}","start_sec":{number},"end_sec":{number}.5,"asset_id":"asset-{asset}"}}"#)
        })
        .collect();
    let assets: Vec<String> = (0..7).map(|number| format!(r#""asset-{number}":"{number}.mp4""#)).collect();
    let text = format!(
        r#"{{"scenario":{{"metadata":{{"total_duration_sec":{}}},"layers":[{{"type":"video","segments":[{}]}}]}},
            "assets":{{"main":"main.mp4",{}}},"main_asset_id":"main"}}"#,
        SEGMENTS + 1,
        segments.join(","),
        assets.join(",")
    );
    let document = scenario::read(&Source::new("bench.json", text)).unwrap();
    scenario::ready(scenario::normalise(document).unwrap().0).unwrap()
}

/// The shipped rules, and so many more for the same segments that none of them matches.
fn rule_set() -> String {
    let mut text = String::from("language 1\nextend \"default\"\n");
    let shipped = rules::load(&rules::default_source(), &rules::from_disk).unwrap().0.rule_names().count();
    for number in 0..RULES - shipped {
        let _ = write!(
            text,
            "rule house_{number} {{\n  for segment in video layer\n  when segment.start_sec > {}s and segment.asset_kind is audio\n  \
             require segment.end_sec > 0s \"never\"\n}}\n",
            SEGMENTS * 2 + number
        );
    }
    text
}

/// The default mapping of a main video with cutaways, as one would write it without rules, to the same types.
fn hand(ready: &Ready) -> Plan {
    let document = ready.document();
    let task = |name: &str, params, inputs, line, pointer: String| Task {
        spec: catalogue::find(name).unwrap(),
        params,
        inputs,
        output_id: None,
        origin: Some(Origin { rule: Arc::clone(&RULE), file: Arc::clone(&RULE), line, pointer, note: None }),
    };
    let end = Value::Seconds(ready.facts().duration);
    let main = document.main_asset_id.clone().unwrap();
    let mut tasks = vec![
        task(
            "trim",
            vec![("start_time", Value::Seconds(Time::ZERO)), ("end_time", end)],
            vec![main.clone()],
            44,
            "/scenario".into(),
        ),
        task(
            "fit_canvas",
            vec![
                ("aspect_ratio", Value::Symbol("9:16")),
                ("resolution", Value::Pixels(1080.0)),
                ("frame_rate", Value::Number(30.0)),
                ("fit", Value::Symbol("cover")),
                ("safe_area", Value::Symbol("universal")),
            ],
            Vec::new(),
            72,
            "/scenario".into(),
        ),
    ];
    for (layer_number, layer) in document.scenario.layers.iter().enumerate() {
        for (number, segment) in layer.segments.iter().enumerate() {
            let Some(asset) = segment.asset_id.as_ref().filter(|asset| **asset != main) else { continue };
            let mut params = vec![
                ("stock_id", Value::Name(asset.clone().into())),
                ("start_time", Value::Seconds(segment.start_sec)),
                ("end_time", Value::Seconds(segment.end_sec)),
                ("source_start", Value::Seconds(segment.source_in_sec.unwrap_or_default())),
            ];
            if let Some(volume) = segment.params.as_ref().and_then(|params| params.volume) {
                params.push(("volume", Value::Ratio(volume)));
            }
            let pointer = format!("/scenario/layers/{layer_number}/segments/{number}");
            tasks.push(task("overlay_video", params, Vec::new(), 87, pointer));
        }
    }
    let mut assets = BTreeMap::new();
    for task in &tasks {
        for id in task.inputs.iter().map(String::as_str).chain(task.text("stock_id")) {
            if !assets.contains_key(id) {
                assets.insert(id.to_owned(), document.assets[id].clone());
            }
        }
    }
    Plan { tasks, styles: BTreeMap::new(), assets, main_asset_id: Some(main), notes: Vec::new() }
}

/// The tasks without their origins' names, which a mapping by hand does not have.
fn compared(plan: &Plan) -> Vec<Task> {
    let anonymous = |task: &Task| {
        let origin = task.origin.as_ref().map(|origin| Origin {
            rule: Arc::clone(&RULE),
            file: Arc::clone(&RULE),
            line: 0,
            ..origin.clone()
        });
        Task { origin, ..task.clone() }
    };
    plan.tasks.iter().map(anonymous).collect()
}

static RULE: LazyLock<Arc<str>> = LazyLock::new(|| "hand".into());

fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

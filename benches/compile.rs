//! How long the compiler takes: 5,000 segments against 100 rules, and the same mapping written by hand.
//!
//! `cargo bench --bench compile`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench stops where it cannot go on"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use callsheet::decide::Decision;
use callsheet::diagnostic::Source;
use callsheet::scenario::{self, Ready};
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
    assert_eq!(plan.tasks.iter().filter(|task| task.spec.name == "overlay_video").count(), hand(&ready).len());
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

struct ByHand {
    asset: String,
    start: f64,
    end: f64,
    source: f64,
    pointer: String,
}

/// The cutaways, as one would write them without rules.
fn hand(ready: &Ready) -> Vec<ByHand> {
    let mut tasks = Vec::new();
    for (layer_number, layer) in ready.document().scenario.layers.iter().enumerate() {
        for (number, segment) in layer.segments.iter().enumerate() {
            let main = ready.document().main_asset_id.as_ref();
            if segment.asset_id.is_some() && segment.asset_id.as_ref() != main {
                tasks.push(ByHand {
                    asset: segment.asset_id.clone().unwrap(),
                    start: segment.start_sec.as_secs(),
                    end: segment.end_sec.as_secs(),
                    source: segment.source_in_sec.unwrap_or_default().as_secs(),
                    pointer: format!("/scenario/layers/{layer_number}/segments/{number}"),
                });
            }
        }
    }
    // Read every field, so that nothing of the work is optimised away.
    tasks.retain(|task| {
        task.end > task.start && task.source >= 0.0 && !task.asset.is_empty() && !task.pointer.is_empty()
    });
    tasks
}

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

//! What `check` concludes, held against what rules really do in every scenario of a large pool.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use callsheet::compile::compile;
use callsheet::decide::{Decision, State};
use callsheet::diagnostic::{Colour, Diagnostic, Diagnostics, Source, pretty};
use callsheet::rules;
use callsheet::scenario::Ready;
use callsheet::tasks::Plan;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::plans::ready;

/// A rule of a generated set, without its name.
#[derive(Clone, Debug)]
struct Rule {
    selector: &'static str,
    lines: Vec<String>,
    requires: Vec<String>,
    make: String,
}

fn written(rules: &[(usize, &Rule)]) -> String {
    let mut text = "language 1\nstyle plain { size = 48px }\nsignal loud = prompt mentions \"loud\"\n".to_owned();
    for (number, rule) in rules {
        writeln!(text, "rule rule_{number} {{\n  for {}", rule.selector).unwrap();
        rule.lines.iter().for_each(|line| writeln!(text, "  when {line}").unwrap());
        rule.requires.iter().for_each(|line| writeln!(text, "  require {line} \"so it is\"").unwrap());
        writeln!(text, "  {}\n}}", rule.make).unwrap();
    }
    text
}

fn load(text: &str) -> Result<(rules::Program, Diagnostics), Diagnostics> {
    rules::load(&Source::new("x.rules", text), &|_| Err(std::io::ErrorKind::NotFound.into()))
}

// Conditions that have a meaning for overlays, for segments of a layer, and for segments of any.

const FOR_ALL: &[&str] = &[
    "decision.theses",
    "not decision.subtitles",
    "decision.source is voiceover",
    "signal.loud is asked",
    "signal.loud is one of silent, refused",
    "main is absent",
    "scenario.picture is sequence",
    "scenario.picture is not pieces",
    "scenario.main_asset_id exists",
    "true",
];

const OF_OVERLAYS: &[&str] = &[
    "overlay.format is thesis",
    "overlay.format is not thesis",
    "overlay.format is one of thesis, subtitle",
    "overlay.position exists",
    "overlay.position is absent",
    "(overlay.position or center) is center",
    "(overlay.position or center) is not one of center, top_left",
    "(if decision.subtitles then overlay.position or center else top_left) is top_left",
    "scenario.duration_sec > 8s",
    "overlay.start_sec < 2s",
    "overlay.start_sec >= 2s",
    "overlay.start_sec is 1s",
    "overlay.end_sec <= 2s",
    "overlay.end_sec > 3s",
    "overlay.end_sec > overlay.start_sec",
    "overlay.end_sec <= scenario.duration_sec",
    "overlay.start_sec > 2s and overlay.end_sec < 2.5s",
    "overlay.text exists",
    "length of overlay.text > 3",
    "length of overlay.text is 0",
    "(overlay.text or \"none\") is one of \"none\", \"long text\"",
    "(overlay.text or \"\") is not \"\"",
    "(overlay.font_size or 20px) > 30px",
    "overlay.font_size exists",
    "overlay.end_sec <= scene.end_sec",
    "scene.start_sec <= overlay.start_sec",
    "(overlay.font_size or 500px) >= 400px",
];

const OF_SEGMENTS: &[&str] = &[
    "segment.start_sec < 2s",
    "segment.end_sec >= 4s",
    "segment.end_sec > segment.start_sec",
    "segment.asset_id is main",
    "segment.asset_id is not main",
    "segment.asset_id exists",
    "segment.play_start_sec <= segment.play_end_sec",
    "(segment.source_in_sec or 0s) > 0s",
    "(segment.asset_status or ready) is pending",
    "(segment.asset_source or uploaded) is generated",
    "segment.purpose exists and segment.purpose is cutaway",
    "layer.type is video",
    "layer.type is not audio",
    "segment.asset_kind exists and segment.asset_kind is image",
    "segment.params.role is music",
];

const OF_VIDEO: &[&str] = &[
    "segment.purpose is main",
    "segment.purpose is one of main, piece",
    "segment.purpose is not cutaway",
    "segment.purpose is cutaway",
    "segment.asset_kind is video",
    "segment.asset_kind is not video",
    "segment.asset_id is \"a\"",
    "segment.asset_id is one of \"b\", \"c\"",
];

fn lines(of: &'static [&'static [&'static str]]) -> BoxedStrategy<String> {
    let all: Vec<&str> = of.iter().flat_map(|lines| lines.iter().copied()).collect();
    prop::sample::select(all)
        .prop_map(str::to_owned)
        .prop_recursive(2, 6, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..3).prop_map(|parts| format!("({})", parts.join(" and "))),
                prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("(either {})", parts.join(" or "))),
                inner.prop_map(|part| format!("not ({part})")),
            ]
        })
        .boxed()
}

fn rule() -> impl Strategy<Value = Rule> {
    let kinds = prop_oneof![
        3 => Just(("overlay", lines(&[FOR_ALL, OF_OVERLAYS]))),
        2 => Just(("segment in video layer", lines(&[FOR_ALL, OF_SEGMENTS, OF_VIDEO]))),
        1 => Just(("segment in audio layer", lines(&[FOR_ALL, OF_SEGMENTS]))),
        1 => Just(("segment in text layer", lines(&[FOR_ALL, OF_SEGMENTS]))),
        2 => Just(("segment", lines(&[FOR_ALL, OF_SEGMENTS]))),
    ];
    let make = prop::sample::select(vec!["make fade { fade_in = 1s }", "make speed { factor = 2 }"]);
    kinds.prop_flat_map(move |(selector, line)| {
        (prop::collection::vec(line, 0..4), make.clone()).prop_map(move |(lines, make)| Rule {
            selector,
            lines,
            requires: Vec::new(),
            make: make.to_owned(),
        })
    })
}

// Scenarios in which everything comes up that those conditions tell apart.

/// Every side of the conditions about start and end, with every other.
const TIMES: [(f64, f64); 19] = [
    (0.0, 1.0),
    (0.0, 2.2),
    (0.0, 2.8),
    (0.0, 4.0),
    (1.0, 2.0),
    (1.0, 2.2),
    (1.0, 2.8),
    (1.0, 4.0),
    (1.5, 2.0),
    (1.5, 2.2),
    (1.5, 2.8),
    (1.5, 4.0),
    (2.0, 2.2),
    (2.0, 2.8),
    (2.0, 4.0),
    (2.2, 2.4),
    (2.2, 2.8),
    (2.2, 4.0),
    (3.5, 6.0),
];

/// Scenes that hold each of those from both ends, from one, from none.
fn scenes(duration: f64, overlays: &[Json]) -> Vec<Json> {
    let all = [(0.0, duration), (0.0, 0.1), (3.6, duration)];
    let within = [(0.3, 0.5), (1.2, 1.4), (1.7, 1.8), (2.1, 2.15), (2.3, 2.35), (3.7, 3.8)];
    let scene = |(number, (start, end)): (usize, (f64, f64))| json!({ "id": format!("scene-{number}"), "start_sec": start, "end_sec": end, "overlays": overlays });
    all.into_iter().chain(within).enumerate().map(scene).collect()
}

fn overlays() -> Vec<Json> {
    let mut all = Vec::new();
    for format in [Json::Null, json!("subtitle")] {
        for position in [Json::Null, json!("center"), json!("top_left"), json!("bottom_right")] {
            for text in [Json::Null, json!(""), json!("abc"), json!("long text")] {
                for (start, end) in TIMES {
                    for size in [Json::Null, json!(20), json!(400)] {
                        all.push(stripped(json!({ "format": format, "position": position, "text": text,
                            "start_sec": start, "end_sec": end, "font_size": size })));
                    }
                }
            }
        }
    }
    all
}

fn segments(times: &[(f64, f64)], kind: &str) -> Vec<Json> {
    let of_media = kind != "text" && kind != "subtitle";
    let mut all = Vec::new();
    for (start, end) in times {
        for asset in [json!("a"), json!("b"), json!("c"), Json::Null] {
            for status in [Json::Null, json!("ready"), json!("pending")] {
                for source in [Json::Null, json!("generated")] {
                    for from in [Json::Null, json!(1)] {
                        for role in [Json::Null, json!("voiceover")] {
                            // What waits for its media is not compiled.
                            if of_media && (asset.is_null() || status == "pending") {
                                continue;
                            }
                            let text = if of_media { Json::Null } else { json!("words") };
                            all.push(stripped(json!({ "start_sec": start, "end_sec": end, "asset_id": asset,
                                "asset_source": source, "asset_status": status, "source_in_sec": from,
                                "params": stripped(json!({ "role": role, "text": text })) })));
                        }
                    }
                }
            }
        }
    }
    all
}

fn stripped(mut json: Json) -> Json {
    if let Some(map) = json.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
    json
}

/// With overlays alone, or with segments alone.
fn scenario(picture: &str, main: &str, duration: u32, of_overlays: bool, assets: &Json) -> String {
    const TIMES: &[(f64, f64)] = &[(0.0, 1.0), (1.0, 4.0), (2.0, 6.0), (2.0, 3.0)];
    let first: Vec<Json> = match picture {
        "sequence" => vec![
            json!({ "start_sec": 0, "end_sec": 1, "asset_id": main }),
            json!({ "start_sec": 1, "end_sec": 4, "asset_id": "b", "asset_source": "generated", "asset_status": "ready" }),
            json!({ "start_sec": 4, "end_sec": duration, "asset_id": main, "source_in_sec": 2, "params": { "volume": 0.2 } }),
        ],
        "pieces" => vec![
            json!({ "start_sec": 0, "end_sec": 1, "asset_id": main, "source_in_sec": 3 }),
            json!({ "start_sec": 1, "end_sec": 4, "asset_id": main, "asset_source": "generated", "params": { "text": "x" } }),
            json!({ "start_sec": 4, "end_sec": duration, "asset_id": main, "source_in_sec": 1, "params": { "volume": 0.2 } }),
        ],
        _ => vec![
            json!({ "start_sec": 0, "end_sec": 1, "asset_id": main }),
            json!({ "start_sec": 1, "end_sec": 4, "asset_id": main, "source_in_sec": 1, "params": { "role": "voiceover" } }),
            json!({ "start_sec": 2, "end_sec": 6, "asset_id": main, "asset_source": "generated", "params": { "text": "x" } }),
        ],
    };
    let kinds = ["video", "image", "audio", "text", "subtitle"];
    let rest = kinds.map(|kind| json!({ "type": kind, "segments": segments(TIMES, kind) }));
    let first = json!({ "type": "video", "segments": first });
    let layers: Vec<Json> = if of_overlays { vec![first] } else { std::iter::once(first).chain(rest).collect() };
    let overlays = if of_overlays { overlays() } else { Vec::new() };
    let mut document = json!({
        "scenario": {
            "metadata": { "total_duration_sec": duration },
            "scenes": scenes(duration.into(), &overlays),
            "layers": layers,
        },
        "assets": assets,
    });
    if picture != "sequence" {
        document["main_asset_id"] = json!(main);
    }
    document.to_string()
}

const KINDS: &[[&str; 3]] = &[["a.mp4", "b.png", "c.mp3"], ["a.png", "b.mp3", "c.mp4"], ["a.mp3", "b.mp4", "c.png"]];

static OF_OVERLAYS_ALONE: LazyLock<Vec<Ready>> = LazyLock::new(|| every_scenario(&["a"], &[8, 10]));
static OF_SEGMENTS_ALONE: LazyLock<Vec<Ready>> = LazyLock::new(|| every_scenario(&["a", "b", "c"], &[]));

/// Those of overlays alone are of these lengths.
fn every_scenario(mains: &[&str], lengths: &[u32]) -> Vec<Ready> {
    let mut all = Vec::new();
    let of_overlays = !lengths.is_empty();
    for duration in if of_overlays { lengths.to_vec() } else { vec![8] } {
        // What kind an asset is of says nothing about its id.
        let kinds = if of_overlays { &KINDS[..1] } else { KINDS };
        for [a, b, c] in kinds {
            let assets = json!({ "a": a, "b": b, "c": c });
            all.push(ready(&scenario("sequence", "a", duration, of_overlays, &assets)));
            for main in mains {
                all.push(ready(&scenario("continuous", main, duration, of_overlays, &assets)));
                all.push(ready(&scenario("pieces", main, duration, of_overlays, &assets)));
            }
        }
    }
    all
}

fn decisions() -> Vec<Decision> {
    let mut all = Vec::new();
    for theses in [false, true] {
        for subtitles in [false, true] {
            for source in ["none", "voiceover"] {
                for loud in [State::Asked, State::Refused, State::Silent] {
                    let signals = [("loud".to_owned(), loud)].into();
                    all.push(Decision { theses, subtitles, source, signals });
                }
            }
        }
    }
    all
}

/// Under each decision that `asked` speaks of, each scenario with its number.
fn every_plan(text: &str, asked: &str, mut see: impl FnMut(usize, Result<(Plan, Diagnostics), Diagnostics>)) {
    let (program, _) = load(text).unwrap_or_else(|found| panic!("{}{text}", pretty(&found, Colour::Never)));
    let asks = |head: &str| asked.contains(head);
    let decisions: Vec<Decision> = decisions()
        .into_iter()
        .filter(|decision| {
            (asks("decision.theses") || decision.theses)
                && (asks("decision.subtitles") || decision.subtitles)
                && (asks("decision.source") || decision.source == "none")
                && (asks("signal.loud") || decision.signal("loud") == State::Silent)
        })
        .collect();
    // A set of these tests is for overlays or for segments.
    let scenarios = if text.contains("for overlay") { &*OF_OVERLAYS_ALONE } else { &*OF_SEGMENTS_ALONE };
    let mut number = 0;
    for decision in &decisions {
        for scenario in scenarios {
            see(number, compile(scenario, decision, &program));
            number += 1;
        }
    }
}

/// Where the only rule of a set fires: the number of the decision and scenario, and the node.
fn firings(text: &str, asked: &str) -> BTreeSet<(usize, String)> {
    let mut all = BTreeSet::new();
    every_plan(text, asked, |number, plan| {
        let (plan, _) = plan.unwrap();
        all.extend(plan.tasks.into_iter().map(|task| (number, task.origin.unwrap().pointer)));
    });
    all
}

/// The text with the culprit of `finding` replaced.
fn mended(text: &str, finding: &Diagnostic, by: &str) -> String {
    let span = finding.location.as_ref().unwrap().span;
    format!("{}{by}{}", &text[..span.start], &text[span.end..])
}

fn named(message: &str) -> Vec<usize> {
    let names = message.split('`').filter_map(|part| part.strip_prefix("rule_"));
    names.map(|number| number.parse().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    /// No false error, and no conflict overlooked.
    #[test]
    fn rules_are_in_conflict_exactly_where_both_fire(rules in prop::collection::vec(rule(), 2..4)) {
        let numbered: Vec<(usize, &Rule)> = rules.iter().enumerate().collect();
        let found = match load(&written(&numbered)) {
            Ok((_, found)) | Err(found) => found,
        };
        let shown = pretty(&found, Colour::Never);
        let mut conflicts = BTreeSet::new();
        for finding in &found {
            if finding.code.as_str().starts_with('E') {
                prop_assert_eq!(finding.code.as_str(), "E0223", "{}", shown);
                let [one, other] = named(&finding.message)[..] else { panic!("{}", finding.message) };
                conflicts.insert((one, other));
            }
        }
        let all = written(&numbered);
        let alone: Vec<_> = numbered.iter().map(|rule| firings(&written(&[*rule]), &all)).collect();
        for (number, one) in rules.iter().enumerate() {
            for (other_number, other) in rules.iter().enumerate().skip(number + 1) {
                let both = alone[number].intersection(&alone[other_number]).next();
                let meet = one.make == other.make && both.is_some();
                prop_assert_eq!(conflicts.contains(&(number, other_number)), meet, "{:?}\n{}", both, shown);
            }
        }
    }

    /// What is said to be needless changes nothing when it is left out; what is said never to fire does not.
    #[test]
    fn what_is_said_to_change_nothing_changes_nothing(rule in rule()) {
        let text = written(&[(0, &rule)]);
        let (_, found) = load(&text).unwrap();
        let before = firings(&text, &text);
        for finding in &found {
            match finding.code.as_str() {
                "W0204" => prop_assert!(before.is_empty(), "{}{:?}", pretty(&found, Colour::Never), before),
                "W0205" => {
                    let by = if finding.message.ends_with("adds nothing to its `either`") { "(not true)" } else { "true" };
                    let after = firings(&mended(&text, finding, by), &text);
                    prop_assert_eq!(&before, &after, "{}", pretty(&found, Colour::Never));
                }
                // The last is for a branch in a condition.
                "W0202" | "W0203" | "W0206" | "W0209" | "W0210" => {}
                other => prop_assert!(false, "{}", other),
            }
        }
    }

    /// A branch that is said never to be taken makes no task; a requirement never fails, or always.
    #[test]
    fn what_is_said_of_branches_and_requirements_is_so(
        lines in prop::collection::vec(lines(&[FOR_ALL, OF_OVERLAYS]), 0..3),
        question in lines(&[FOR_ALL, OF_OVERLAYS]),
        requires in lines(&[FOR_ALL, OF_OVERLAYS]),
    ) {
        let make = format!(
            "make add_text_overlay {{\n    text = if {question}\n then \"then\"\n else \"else\"\n    style = plain\n    \
             start_time = overlay.start_sec\n    end_time = overlay.end_sec\n  }}"
        );
        let rule = Rule { selector: "overlay", lines, requires: Vec::new(), make };
        let text = written(&[(0, &rule)]);
        let (_, found) = load(&text).unwrap();
        let dead = |word: &str| {
            let told = found.iter().filter(|finding| finding.code.as_str() == "W0206");
            let mut places = told.map(|finding| finding.location.as_ref().unwrap().span);
            places.any(|span| text[span.start..span.end] == format!("{word:?}"))
        };
        every_plan(&text, &text, |_, plan| {
            for task in plan.unwrap().0.tasks {
                assert!(!dead(task.text("text").unwrap()), "{}", pretty(&found, Colour::Never));
            }
        });
        let text = written(&[(0, &Rule { requires: vec![requires], ..rule })]);
        let (_, found) = load(&text).unwrap();
        let whole = found.iter().filter(|finding| finding.message.starts_with("a `require` of rule"));
        let whole: Vec<&str> = whole.map(|finding| finding.code.as_str()).collect();
        every_plan(&text, &text, |_, plan| match plan {
            Ok((plan, _)) => assert!(!whole.contains(&"W0208") || plan.tasks.is_empty(), "{}", pretty(&found, Colour::Never)),
            Err(errors) => {
                assert!(!whole.contains(&"W0207"), "{}", pretty(&found, Colour::Never));
                // Whatever else could go wrong was known when the rules were checked.
                assert!(errors.iter().all(|error| error.code.as_str() == "E0228"), "{}", pretty(&errors, Colour::Never));
            }
        });
    }
}

//! From tasks to a scenario and back: the same tasks.

use std::fmt::Write as _;
use std::sync::LazyLock;

use callsheet::compile::compile;
use callsheet::decide::Decision;
use callsheet::diagnostic::{Colour, Diagnostics, Source, pretty};
use callsheet::lift::{Lifted, from_tasks};
use callsheet::rules::{self, Program};
use callsheet::tasks::catalogue::{Inputs, Need, ParamSpec, TASKS, TaskSpec};
use callsheet::tasks::{self, Plan, Style, Task};
use callsheet::time::Time;
use callsheet::value::{Cue, Type, Value, Word};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use super::cli::Desk;
use super::plans::ready;

static SHIPPED: LazyLock<Program> =
    LazyLock::new(|| rules::load(&rules::default_source(), &rules::from_disk).unwrap().0);

/// What a producer would do with a scenario and the rules that go with it, warnings included.
fn compiled(lifted: &Lifted, text: &str) -> Result<Plan, Diagnostics> {
    let own = lifted.rules.as_ref().map(|_| rules::load(&lifted.rules_source(), &rules::from_disk).unwrap().0);
    compile(&ready(text), &Decision::everything(), own.as_ref().unwrap_or(&SHIPPED)).map(|(plan, _)| plan)
}

/// The plan, without what nobody wrote: where its tasks come from.
fn bare(mut plan: Plan) -> Plan {
    plan.tasks.iter_mut().for_each(|task| task.origin = None);
    plan
}

/// Lifts `plan`, writes the scenario down, reads and compiles it, and says what came of it.
fn there_and_back(plan: &Plan) -> (Lifted, Plan) {
    let lifted = from_tasks(plan).unwrap_or_else(|found| {
        panic!("{}\n{}", pretty(&found, Colour::Never), serde_json::to_string_pretty(plan).unwrap())
    });
    let text = serde_json::to_string_pretty(&lifted.document).unwrap();
    let made = compiled(&lifted, &text).unwrap_or_else(|found| panic!("{}\n{text}", pretty(&found, Colour::Never)));
    (lifted, bare(made))
}

fn listed(plan: &Plan) -> String {
    serde_json::to_string_pretty(&plan.tasks).unwrap()
}

const ASSETS: [(&str, &str); 5] =
    [("main", "main.mp4"), ("clip", "clip.mov"), ("photo", "photo.jpg"), ("logo", "logo"), ("song", "song.mp3")];

/// What a random list is made of: a type, which optional parameters are set, and what chooses their values.
type Seed = (Index, u16, Vec<Index>, bool);

fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    let choices = prop::collection::vec(any::<Index>(), 24);
    prop::collection::vec((any::<Index>(), any::<u16>(), choices, prop::bool::weighted(0.25)), 1..10)
}

/// A task of the catalogue, with values from the catalogue's own ranges.
fn task(spec: &'static TaskSpec, seed: &Seed, outputs: &mut Vec<String>, plain: bool) -> Task {
    let (_, optional, choices, _) = seed;
    let mut choices = choices.iter();
    let mut next = |many: usize| choices.next().map_or(0, |choice| choice.index(many));
    let names: Vec<String> = ASSETS.iter().map(|(id, _)| (*id).to_owned()).chain(outputs.iter().cloned()).collect();
    let mut params = Vec::new();
    for (number, param) in spec.params.iter().enumerate() {
        let is_set = param.need == Need::Required || optional & (1 << number) != 0;
        if is_set {
            params.push((param.name, value(param, &names, &mut next)));
        }
    }
    let time = |params: &[(&str, Value<'static>)], name: &str| {
        params.iter().position(|(param, _)| *param == name).map(|number| match params[number].1 {
            Value::Seconds(time) => (number, time),
            _ => panic!("`{name}` is a time"),
        })
    };
    if let (Some((_, start)), Some((number, end))) = (time(&params, "start_time"), time(&params, "end_time"))
        && end <= start
    {
        params[number].1 = Value::Seconds(start + Time::from_millis(1500).unwrap());
    }
    let count = match spec.inputs {
        Inputs::OneOrPicture => usize::from(!plain && optional & (1 << 15) != 0),
        Inputs::Several => 1 + next(3),
        Inputs::Two => 2,
    };
    let inputs = (0..count).map(|_| names[next(names.len())].clone()).collect();
    let output_id = (!plain && optional & (1 << 14) != 0).then(|| format!("out-{}", outputs.len()));
    outputs.extend(output_id.clone());
    Task { spec, params, inputs, output_id, origin: None }
}

#[expect(clippy::cast_precision_loss, reason = "thousandths")]
fn value(param: &ParamSpec, names: &[String], next: &mut impl FnMut(usize) -> usize) -> Value<'static> {
    let (low, high) = param.range.unwrap_or((0.0, 1.0));
    // In thousandths: what a file can hold.
    let mut number =
        |most: f64| ((low + (high.min(most) - low) * next(1001) as f64 / 1000.0) * 1000.0).round() / 1000.0;
    match param.ty {
        Type::Seconds => Value::Seconds(Time::from_secs(number(40.0)).unwrap()),
        Type::Number => Value::Number(number(high)),
        Type::Pixels => Value::Pixels(number(high)),
        Type::Ratio => Value::Ratio(number(high)),
        Type::Bool => Value::Bool(next(2) == 0),
        Type::Enum(set) => Value::Symbol(set.values[next(set.values.len())]),
        Type::Style => Value::Name(
            ["box_dark", "outline", "box_light", "shadow", "shadow", "outline", "brand", "minimal"][next(8)].into(),
        ),
        Type::Asset => Value::Name(names[next(names.len())].clone().into()),
        Type::Text => {
            Value::Text(["Thesis", " ", "Ещё «раз»\nи \"два\"", &"word ".repeat(20)][next(4)].to_owned().into())
        }
        Type::Cues => {
            let at = |millis: usize| Time::from_millis(i64::try_from(millis).unwrap()).unwrap();
            let cue = |start: usize, text: usize, spoken: usize| {
                let mut cue = Cue::new(at(start), at(start + 900), ["Да", "Нет, и вот почему", ""][text]);
                if text == 0 && spoken == 0 {
                    cue.words = vec![Word { start: at(start + 100), end: at(start + 500), text: "Да".into() }];
                }
                cue
            };
            Value::Cues((0..=next(3)).map(|_| cue(next(30_000), next(3).min(next(3)), next(2))).collect())
        }
        Type::Background => Value::Text(["blur", "#102030", "white"][next(3)].into()),
        other => panic!("no task takes {other} yet: let the test make one"),
    }
}

fn plan(seeds: &[Seed], main: bool, plain: bool) -> Plan {
    let mut outputs = Vec::new();
    let mut tasks: Vec<Task> =
        seeds.iter().map(|seed| task(&TASKS[seed.0.index(TASKS.len())], seed, &mut outputs, plain)).collect();
    if !main && let Some(first) = tasks.first_mut() {
        // Without a main asset, the first task makes the picture.
        first.output_id = None;
        first.inputs = match first.spec.inputs {
            Inputs::Two => vec!["clip".into(), "clip".into()],
            _ => vec!["clip".into()],
        };
    }
    let brand = Style { size: 71.5, bold: true, ..Style::default() };
    let mut styles = SHIPPED.styles().clone();
    styles.insert("brand".into(), brand);
    // The list's own idea of a shipped style.
    styles.get_mut("minimal").unwrap().outline = 7.0;
    Plan {
        tasks,
        styles,
        assets: ASSETS.map(|(id, path)| (id.to_owned(), path.to_owned())).into(),
        main_asset_id: main.then(|| "main".into()),
        notes: Vec::new(),
    }
}

/// Every task is the same, and so is everything that a task names.
fn assert_same(plan: &Plan, made: &Plan) -> Result<(), TestCaseError> {
    prop_assert_eq!(&made.tasks, &plan.tasks, "{}\n{}", listed(made), listed(plan));
    prop_assert_eq!(&made.main_asset_id, &plan.main_asset_id);
    for (name, style) in &made.styles {
        prop_assert_eq!(Some(style), plan.styles.get(name));
    }
    for (id, path) in &made.assets {
        prop_assert_eq!(Some(path), plan.assets.get(id));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// Any tasks in any order, with any inputs and outputs.
    #[test]
    fn every_task_list_comes_back_as_it_was(seeds in seeds(), main in any::<bool>()) {
        let plan = plan(&seeds, main, false);
        prop_assume!(!tasks::check(&plan, false).has_errors());
        assert_same(&plan, &there_and_back(&plan).1)?;
    }

    /// Ordinary lists: each task works on the picture so far, in the order of the stages.
    #[test]
    fn an_ordinary_list_comes_back_from_layers(seeds in seeds()) {
        let mut plan = plan(&seeds, true, true);
        plan.tasks.retain(|task| task.spec.inputs == Inputs::OneOrPicture);
        plan.tasks.sort_by_key(|task| task.spec.stage);
        prop_assume!(!plan.tasks.is_empty() && !tasks::check(&plan, false).has_errors());
        let (lifted, made) = there_and_back(&plan);
        assert_same(&plan, &made)?;
        let passes = lifted.document.scenario.layers.iter().filter_map(|layer| layer.pass).max();
        prop_assert!(passes.is_none() || !lifted.document.scenario.effects.is_empty());
    }
}

/// A list with everything that is not in a table: what it becomes, and that it comes back.
#[test]
fn a_task_list_becomes_this_scenario() {
    insta::glob!("../fixtures/tasks", "*.json", |path| {
        let source = Source::new("tasks.json", std::fs::read_to_string(path).unwrap());
        let plan = bare(tasks::read(&source).unwrap());
        let (lifted, made) = there_and_back(&plan);
        assert_eq!(made, plan, "{}", path.display());
        let mut shown = serde_json::to_string_pretty(&lifted.document.scenario).unwrap();
        if let Some(rules) = &lifted.rules {
            shown.push_str("\n--- rules\n");
            shown.push_str(rules);
        }
        insta::assert_snapshot!(shown);
    });
}

/// What the rules made comes back as what a person would have written: layers and scenes, and nothing else.
#[test]
fn a_plan_that_the_shipped_rules_made_comes_back_as_a_natural_scenario() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples =
        ["demo", "slideshow", "interview", "social"].map(|name| root.join(format!("examples/{name}/scenario.json")));
    let fixtures = ["issue", "pieces", "sequence", "no_text_wanted"];
    let fixtures = fixtures.map(|name| root.join(format!("tests/fixtures/plans/{name}.json")));
    for path in examples.iter().chain(&fixtures) {
        let ready = ready(&std::fs::read_to_string(path).unwrap());
        let plan = bare(compile(&ready, &Decision::everything(), &SHIPPED).unwrap().0);
        let (lifted, made) = there_and_back(&plan);
        let name = path.display();
        assert_eq!(made, plan, "{name}");
        assert_eq!(lifted.rules, None, "{name}");
        let story = &lifted.document.scenario;
        assert_eq!((story.verbatim, story.effects.len()), (None, 0), "{name}");
        assert!(story.layers.iter().all(|layer| layer.pass.is_none()), "{name}");
        let again = from_tasks(&made).unwrap();
        assert_eq!(again.document.scenario, lifted.document.scenario, "{name}: the same scenario each time");
        let file =
            path.strip_prefix(root.join("examples")).is_ok().then(|| path.parent().unwrap().file_name().unwrap());
        if file.is_some_and(|name| name == "demo") {
            insta::assert_snapshot!(serde_json::to_string_pretty(story).unwrap());
        }
    }
}

#[test]
fn what_no_scenario_can_say_is_told_at_its_place_in_the_list() {
    let style = serde_json::to_value(Style { size: 72.0, ..Style::default() }).unwrap();
    let large = serde_json::to_value(Style { size: 900.0, ..Style::default() }).unwrap();
    let text = |style: &str| {
        json!({ "type": "add_text_overlay", "params":
            { "text": "A", "style": style, "start_time": 0, "end_time": 1 } })
    };
    let assets = json!({ "main": "main.mp4" });
    let cases = [
        json!({ "tasks": [{ "type": "fade" }], "assets": { "my clip": "a.mp4" }, "main_asset_id": "my clip" }),
        json!({ "tasks": [{ "type": "fade" }], "assets": assets, "main_asset_id": "mian" }),
        json!({ "tasks": [{ "type": "fade" }], "assets": assets }),
        json!({ "tasks": [text("my-style"), text("rule")], "styles": { "my-style": style, "rule": style },
            "assets": assets, "main_asset_id": "main" }),
        json!({ "tasks": [text("huge")], "styles": { "huge": large }, "assets": assets, "main_asset_id": "main" }),
        json!({ "tasks": [{ "type": "speed", "params": {} }, { "type": "concat" }, { "type": "fade", "params": { "fade_in": 61 } }],
            "assets": assets, "main_asset_id": "main" }),
        json!({ "tasks": [{ "type": "add_subtitles", "params": { "segments": [], "style": "outline" } }],
            "styles": { "outline": style }, "assets": assets, "main_asset_id": "main" }),
    ];
    let mut told = String::new();
    for case in cases {
        let source = Source::new("tasks.json", case.to_string());
        let found = from_tasks(&tasks::read(&source).unwrap()).unwrap_err();
        told.push_str(&pretty(&found, Colour::Never));
        told.push_str("---\n");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_task_list_is_imported_on_the_command_line() {
    let desk = Desk::new();
    let styles = include_str!("../fixtures/tasks/own_styles.json");
    desk.write("tasks.json", include_str!("../fixtures/tasks/by_hand.json"));
    desk.write("styles.json", styles);
    desk.write(
        "wrong.json",
        r#"{ "tasks": [{ "type": "fade" }], "assets": { "a b": "a.mp4" }, "main_asset_id": "a b" }"#,
    );
    std::fs::create_dir(desk.path("elsewhere")).unwrap();
    let mut whole = String::new();
    for arguments in [
        &["import", "tasks.json", "-o", "scenario.json"][..],
        &["plan", "scenario.json", "--no-probe", "--diff", "tasks.json"],
        &["import", "tasks.json", "-o", "scenario.json"],
        &["import", "styles.json"],
        &["import", "styles.json", "-o", "styled.json"],
        &["plan", "styled.json", "--no-probe", "--rules", "styled.rules", "--diff", "styles.json"],
        &["import", "styles.json", "-o", "styled.json", "--rules", "own.rules", "--force"],
        &["import", "tasks.json", "-o", "elsewhere/scenario.json"],
        &["import", "wrong.json"],
    ] {
        let _ = writeln!(whole, "$ callsheet {}\n{}", arguments.join(" "), desk.run(arguments).whole());
    }
    insta::assert_snapshot!(whole);
    let printed = desk.run(&["import", "tasks.json"]);
    assert_eq!(printed.stdout, std::fs::read_to_string(desk.path("scenario.json")).unwrap());
    assert_eq!(desk.path("own.rules").metadata().unwrap().len(), desk.path("styled.rules").metadata().unwrap().len());
}

/// Whatever rules made a plan, the shipped ones make it of its scenario, with its styles beside them.
#[test]
fn a_plan_that_other_rules_made_comes_back_by_the_shipped_ones() {
    for name in ["brand", "design", "every_construct"] {
        let path = |extension| format!("{}/tests/fixtures/plans/{name}.{extension}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path("own.rules")).unwrap();
        let (program, _) = super::rules::load("own.rules", &text).unwrap();
        let ready = ready(&std::fs::read_to_string(path("json")).unwrap());
        let plan = bare(compile(&ready, &Decision::everything(), &program).unwrap().0);
        let (_, made) = there_and_back(&plan);
        assert_eq!(made, plan, "{name}");
    }
}

//! From prompts to decisions: tables of prompts as producers write them, each held to what it means.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use callsheet::compile::compile;
use callsheet::decide::{Decision, FACTS, Facts, Limits, SCRIPT, Script, State, Verdict};
use callsheet::diagnostic::{Colour, Diagnostics, Source, pretty};
use callsheet::rules::{self, Program};

use super::media::{self, MAIN, frames};
use super::rules::load;

fn program(text: &str) -> Program {
    load("own.rules", text).unwrap_or_else(|errors| panic!("{}", pretty(&errors, Colour::Never))).0
}

fn shipped() -> Program {
    program(rules::default_source().text())
}

fn decide(program: &Program, prompt: &str, facts: Facts) -> (Verdict, Diagnostics) {
    let decided = program.decider().decide(Some(prompt), facts);
    decided.unwrap_or_else(|errors| panic!("{prompt}: {}", pretty(&errors, Colour::Never)))
}

fn all_facts() -> Facts {
    Facts::named(FACTS.iter().map(|fact| fact.name)).unwrap()
}

/// `theses subtitles voiceover`, `subtitles transcription`, `none`.
fn answer(decision: &Decision) -> String {
    let mut words = Vec::new();
    words.extend(decision.theses.then_some("theses"));
    words.extend(decision.subtitles.then_some("subtitles"));
    words.extend((decision.source != "none").then_some(decision.source));
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}

/// What is wrong with the answers to a table of prompts, and how many prompts it has under each expected answer.
fn check(table: &str) -> (Vec<String>, Vec<(String, usize)>) {
    let program = shipped();
    let (mut expected, mut facts) = (String::new(), all_facts());
    let (mut wrong, mut counts) = (Vec::new(), Vec::new());
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix("= ") {
            let (words, given) =
                heading.split_once(", given ").map_or((heading, None), |(words, given)| (words, Some(given)));
            words.clone_into(&mut expected);
            facts = given.map_or_else(all_facts, |given| Facts::named(given.split(' ')).unwrap());
            counts.push((heading.to_owned(), 0));
            continue;
        }
        counts.last_mut().unwrap().1 += 1;
        let (verdict, _) = decide(&program, line, facts);
        let found = answer(&verdict.decision);
        if found != expected {
            let heard: Vec<String> = verdict
                .readings
                .iter()
                .flat_map(|reading| {
                    reading
                        .because
                        .iter()
                        .map(move |because| format!("{} {} “{}”", reading.name, because.state.word(), because.text))
                })
                .collect();
            wrong.push(format!("{line}\n    expected {expected}, found {found}; heard {}", heard.join(", ")));
        }
    }
    (wrong, counts)
}

fn assert_table(table: &str) -> Vec<(String, usize)> {
    let (wrong, counts) = check(table);
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    assert!(wrong.is_empty(), "{} of {all} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    counts
}

#[test]
fn each_row_of_the_table_is_understood_in_russian() {
    let counts = assert_table(include_str!("../fixtures/prompts/rows_ru.txt"));
    assert!(counts.len() == 11 && counts.iter().all(|(_, count)| *count >= 6), "{counts:?}");
}

#[test]
fn each_row_of_the_table_is_understood_in_english() {
    let counts = assert_table(include_str!("../fixtures/prompts/rows_en.txt"));
    assert!(counts.len() == 11 && counts.iter().all(|(_, count)| *count >= 6), "{counts:?}");
}

#[test]
fn prompts_that_deny_contradict_or_mislead_are_understood() {
    let counts = assert_table(include_str!("../fixtures/prompts/misleading.txt"));
    assert!(counts.iter().map(|(_, count)| count).sum::<usize>() >= 40);
}

#[test]
fn prompts_that_were_written_last_are_understood_too() {
    assert_table(include_str!("../fixtures/prompts/unseen.txt"));
}

fn heard(prompt: &str, signal: &str) -> State {
    decide(&shipped(), prompt, all_facts()).0.decision.signal(signal)
}

#[test]
fn a_refusal_is_near_its_phrase_and_in_its_clause() {
    use State::{Asked, Refused};
    let cases = [
        ("Не только субтитры, но и тезисы", Asked, Asked),
        ("Субтитры, но без тезисов", Asked, Refused),
        ("без титров и субтитров, тезисы крупно", Refused, Asked),
        ("no captions or headlines", Refused, Refused),
        ("No music, captions and headlines", Asked, Asked),
        ("без музыки, субтитры, тезисы", Asked, Asked),
        ("без музыки, субтитров и тезисов", Refused, Refused),
        ("субтитры и тезисы не нужны", Refused, Refused),
        ("тезисы нужны. Субтитры — нет", Refused, Asked),
        ("without the captions; key points on top", Refused, Asked),
        ("ТЁМНЫЙ фон, СУБТИТРОВ не надо, тезисы", Refused, Asked),
        ("не нужны\nсубтитры\nтезисы", Refused, Asked),
        ("don’t add captions, key-points only", Refused, Asked),
    ];
    for (prompt, subtitles, theses) in cases {
        let found = (heard(prompt, "subtitles"), heard(prompt, "theses"));
        assert_eq!(found, (subtitles, theses), "{prompt}");
    }
}

#[test]
fn the_last_word_counts_and_the_contradiction_is_told() {
    let (verdict, found) = decide(&shipped(), "С субтитрами… хотя можно и так: без субтитров", all_facts());
    assert!(!verdict.decision.subtitles);
    insta::assert_snapshot!(pretty(&found, Colour::Never));
}

#[test]
fn a_prompt_without_a_word_says_as_little_as_none() {
    for prompt in [None, Some(""), Some("…"), Some(" \n 9:16 ")] {
        let (verdict, _) = shipped().decider().decide(prompt, all_facts()).unwrap();
        assert_eq!(verdict.decision, Decision::everything(), "{prompt:?}");
    }
    let (verdict, _) = shipped().decider().decide(Some("a film about rain"), all_facts()).unwrap();
    assert!(!verdict.decision.theses && !verdict.decision.subtitles);
}

#[test]
fn a_book_for_a_prompt_is_read_at_its_beginning() {
    let (verdict, found) = decide(&shipped(), &"no captions and ".repeat(50_000), all_facts());
    assert!(!verdict.decision.subtitles);
    assert!(found.iter().any(|found| found.message.contains("longer than 2000 words")));
}

#[test]
fn a_phrase_of_ones_own_works_with_no_rebuild() {
    let own = "language 1\nextend \"default\"\nsignal subtitles = prompt also mentions \"бегущая строка\"\n\
               prompt refuses after \"боже упаси\"\n";
    let own = program(own);
    let source = |prompt: &str| answer(&decide(&own, prompt, all_facts()).0.decision);
    assert_eq!(source("Пусти бегущую строку"), "subtitles voiceover");
    assert_eq!(source("Боже упаси от бегущих строк и тезисов"), "none");
    assert_eq!(source("Субтитры"), "subtitles voiceover", "the parent's words are still there");
    let replaced = program("language 1\nextend \"default\"\nsignal subtitles = prompt mentions \"ticker\"\n");
    assert_eq!(answer(&decide(&replaced, "captions", all_facts()).0.decision), "none");
}

#[test]
fn a_rule_can_ask_about_a_signal() {
    let rules = "language 1\nextend \"default\"\nsignal calm = prompt mentions \"спокойный\", \"calm\"\n\
                 rule calm_start { for scenario when signal.calm is asked make fade { fade_in = 2s } }\n";
    let program = program(rules);
    let scenario = super::plans::ready(
        r#"{"scenario":{"scenes":[{"id":"s","start_sec":0,"end_sec":9}]},"assets":{"a":"a.mp4"},"main_asset_id":"a"}"#,
    );
    let fades = |prompt: &str| {
        let decision = decide(&program, prompt, all_facts()).0.decision;
        let (plan, _) = compile(&scenario, &decision, &program).unwrap();
        plan.tasks.iter().filter(|task| task.spec.name == "fade").count()
    };
    assert_eq!((fades("Спокойное утро"), fades("no calm shots"), fades("утро")), (1, 0, 0));
}

/// What a set that extends the shipped one and decides by this script is told.
fn script_findings(name: &str, text: &str) -> Diagnostics {
    let rules = format!("language 1\nextend \"default\"\ndecide by \"{name}\"\n");
    let loader = |path: &str| {
        assert_eq!(path, format!("house/{name}"));
        Ok(text.to_owned())
    };
    match rules::load(&Source::new("house/own.rules", rules), &loader) {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    }
}

#[test]
fn a_script_that_breaks_out_fails_or_answers_wrongly_is_told_at_its_line() {
    insta::glob!("../fixtures/scripts", "*.rhai", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let found = script_findings(path.file_name().unwrap().to_str().unwrap(), &text);
        assert!(found.has_errors(), "{} is a fixture of mistakes, but has none", path.display());
        insta::assert_snapshot!(pretty(&found, Colour::Never));
    });
}

#[test]
fn time_by_the_clock_stops_what_is_not_counted() {
    let limits = Limits { operations: 0, time: Duration::ZERO, ..Limits::default() };
    let script = Script::new(&Source::new("x.rhai", "loop { }"), &[], &limits).unwrap();
    let stopped = script.answer(&[], Facts::default()).unwrap_err();
    assert!(stopped.iter().any(|found| found.message == "the script takes too long"), "{stopped:?}");
}

#[test]
fn the_shipped_script_always_answers() {
    let program = shipped();
    let names: Vec<&str> = program.decider().listener().names().collect();
    let script = Script::new(&Source::new("text.rhai", SCRIPT), &names, &Limits::default()).unwrap();
    assert_eq!(pretty(&script.explore(&names), Colour::Never), "");
}

#[test]
fn a_script_stands_beside_the_rules_that_name_it() {
    let load = |decide: &str, loader: rules::Loader<'_>| {
        let text = format!("language 1\nextend \"default\"\ndecide by \"{decide}\"\n");
        rules::load(&Source::new("house/own.rules", text), loader)
    };
    let nothing = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let (shipped, _) = load("text.rhai", &nothing).unwrap();
    assert!(decide(&shipped, "тезисы", all_facts()).0.decision.theses);
    let never = |path: &str| match path {
        "house/text.rhai" => Ok("#{ theses: false, subtitles: false, source: \"none\" }".to_owned()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let (own, _) = load("text.rhai", &never).unwrap();
    let (verdict, _) = decide(&own, "тезисы", all_facts());
    assert!(!verdict.decision.theses);
    assert_eq!(verdict.answered_at.unwrap().source.name(), "house/text.rhai");
    let told: Vec<String> = ["/etc/text.rhai", "text.lua", "gone.rhai", "C:\\x.rhai"]
        .iter()
        .map(|name| pretty(&load(name, &nothing).unwrap_err(), Colour::Never))
        .collect();
    insta::assert_snapshot!(told.join("---\n\n"));
    let large = format!("// {}\n", "x".repeat(70_000));
    assert!(script_findings("large.rhai", &large).iter().any(|found| found.message.contains("KiB")));
}

/// Runs the program: its output, then what it says besides.
fn callsheet(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_callsheet")).args(arguments).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let status = output.status.code().unwrap();
    format!("{}--- stderr, exit code {status}\n{}", text(output.stdout), text(output.stderr))
}

#[test]
fn decide_says_what_the_words_lead_to_and_why() {
    let prompt = "Субтитры из озвучки, но без тезисов и надписей";
    insta::assert_snapshot!("decide", callsheet(&["decide", "--prompt", prompt]));
    let facts = ["decide", "--prompt", "captions, no headlines", "--facts", "has_speech", "--json"];
    insta::assert_snapshot!("decide_json", callsheet(&facts));
    insta::assert_snapshot!("decide_silent", callsheet(&["decide", "--prompt", "a film about rain"]));
    insta::assert_snapshot!("decide_nobody", callsheet(&["decide", "--prompt", "…"]));
    insta::assert_snapshot!("decide_wrong_fact", callsheet(&["decide", "--prompt", "x", "--facts", "has_music"]));
    insta::assert_snapshot!("decide_help", callsheet(&["decide", "--help"]));
}

/// A scenario with two theses and two cues over the test clip.
const DEMO: &str = r#"{"scenario":{"global_prompt":"Тезисы и субтитры","scenes":[{"id":"scene-1","start_sec":0,
    "end_sec":2,"voiceover_text":"Утро","overlays":[{"text":"One","position":"top_center","start_sec":0,"end_sec":1},
    {"text":"Two","position":"top_center","start_sec":1,"end_sec":2}]}],"layers":[{"type":"subtitle","segments":[
    {"start_sec":0,"end_sec":1,"params":{"text":"Good"}},{"start_sec":1,"end_sec":2,"params":{"text":"day"}}]}]},
    "assets":{"main":"main.mp4"},"main_asset_id":"main"}"#;

#[test]
fn one_scenario_is_rendered_four_ways_by_four_prompts() {
    let folder = media::folder().join("four-prompts");
    std::fs::create_dir_all(&folder).unwrap();
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::copy(MAIN.path(), at("main.mp4")).unwrap();
    std::fs::write(at("scenario.json"), DEMO).unwrap();
    std::fs::write(at("own.rules"), "language 1\nextend \"default\"\nsetting resolution = 120px\n").unwrap();
    let mut told = String::new();
    let mut seen: Vec<Vec<[u8; 3]>> = Vec::new();
    for (name, prompt) in [
        ("theses", "Только тезисы, без субтитров"),
        ("subtitles", "Captions, but no headlines"),
        ("both", "Тезисы и субтитры"),
        ("neither", "Чистая картинка без текста"),
    ] {
        let output = at(&format!("{name}.mp4"));
        let rules = at("own.rules");
        let said = callsheet(&[
            "render",
            &at("scenario.json"),
            "--rules",
            &rules,
            "--prompt",
            prompt,
            "-o",
            &output,
            "--force",
            "--quiet",
        ]);
        assert!(said.contains("exit code 0"), "{said}");
        let (_, said) = said.split_once("--- stderr, exit code 0\n").unwrap();
        writeln!(told, "{name}: {said}").unwrap();
        seen.push(frames(std::path::Path::new(&output), 90, 160).swap_remove(15));
    }
    insta::assert_snapshot!(told);
    let halves = |frame: &[[u8; 3]]| {
        let clean = &seen[3];
        let differs = |from: usize, to: usize| (from..to).any(|at| frame[at][0].abs_diff(clean[at][0]) > 60);
        (differs(0, 90 * 80), differs(90 * 80, 90 * 160))
    };
    let found: Vec<(bool, bool)> = seen.iter().map(|frame| halves(frame)).collect();
    assert_eq!(found, [(true, false), (false, true), (true, true), (false, false)], "text above, text below");
}

#[test]
fn a_second_lot_of_unseen_prompts_is_understood() {
    assert_table(include_str!("../fixtures/prompts/unseen_again.txt"));
}

//! From prompts to decisions: tables of prompts as producers write them, each held to what it means.

use callsheet::decide::{Decision, FACTS, Facts, Verdict};
use callsheet::diagnostic::{Colour, Diagnostics, pretty};
use callsheet::rules::{self, Program};

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

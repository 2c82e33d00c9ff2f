//! Drafts without a model: what a prompt says, where scenes are cut, what comes out of real files.

use std::fmt::Write as _;

use callsheet::decide::Listener;
use callsheet::draft::Prompt;
use callsheet::rules::{self, Program};

fn shipped() -> Program {
    rules::load(&rules::default_source(), &rules::from_disk).unwrap().0
}

fn told(prompt: &str, listener: &Listener) -> String {
    let read = Prompt::read(prompt, listener);
    let theses = read.theses();
    let mut text = String::new();
    for line in prompt.lines() {
        writeln!(text, "| {line}").unwrap();
    }
    if let Some(wish) = read.length() {
        writeln!(text, "length: {} s (“{}”)", wish.length, &prompt[wish.span.clone()]).unwrap();
    }
    if let Some(wish) = read.shape() {
        writeln!(text, "shape: {} (“{}”)", wish.aspect_ratio.word(), &prompt[wish.span.clone()]).unwrap();
    }
    for phrase in &theses.phrases {
        writeln!(text, "- {phrase}").unwrap();
    }
    if theses.too_long > 0 {
        writeln!(text, "{} too long", theses.too_long).unwrap();
    }
    if theses.phrases.is_empty() {
        text.push_str("nothing can be a thesis\n");
    }
    text
}

/// Each file holds prompts, parted by `---`.
#[test]
fn a_prompt_says_these_theses_this_length_and_this_shape() {
    let program = shipped();
    insta::glob!("../fixtures/draft", "*.txt", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let told: Vec<String> =
            text.trim_end().split("\n---\n").map(|prompt| told(prompt, program.decider().listener())).collect();
        insta::assert_snapshot!(told.join("\n"));
    });
}

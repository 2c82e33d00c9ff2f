//! The parts of pages between `<!-- generated: NAME -->` and `<!-- end -->`.

use std::fmt::Write as _;

use super::super::cli::Desk;
use super::grammar;

/// A page with its generated parts made anew.
pub(super) fn fresh(page: &str) -> String {
    let mut parts = page.split("<!-- generated: ");
    let mut fresh = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(" -->").unwrap();
        let (_, rest) = rest.split_once("<!-- end -->").unwrap();
        write!(fresh, "<!-- generated: {name} -->\n\n{}\n<!-- end -->{rest}", made(name)).unwrap();
    }
    fresh
}

fn made(name: &str) -> String {
    match name {
        "grammar" => format!("```text\n{}```\n", grammar::readable(include_str!("../../../grammar/rules.pest"))),
        "settings" => settings(),
        "styles" => styles(),
        "rules" => rules(),
        "shipped" => format!("```rules\n{}```\n", shipped()),
        "script" => format!("```rhai\n{}```\n", include_str!("../../../rules/text.rhai")),
        "commands" => commands(),
        _ => panic!("nothing is generated as `{name}`"),
    }
}

fn shipped() -> &'static str {
    include_str!("../../../rules/default.rules")
}

/// A line's words, and the comment behind them.
fn commented(line: &str) -> (&str, &str) {
    line.split_once(" # ").map_or((line.trim(), ""), |(words, comment)| (words.trim(), comment.trim()))
}

fn settings() -> String {
    let mut table = "| setting | value | |\n|---|---|---|\n".to_owned();
    for line in shipped().lines().filter_map(|line| line.strip_prefix("setting ")) {
        let (words, comment) = commented(line);
        let (name, value) = words.split_once('=').unwrap();
        writeln!(table, "| `{}` | `{}` | {comment} |", name.trim(), value.trim()).unwrap();
    }
    table
}

fn styles() -> String {
    let lines = shipped().lines().filter(|line| line.starts_with("style "));
    format!("```rules\n{}```\n", lines.flat_map(|line| [line, "\n"]).collect::<String>())
}

/// The shipped rules: of what each makes what.
fn rules() -> String {
    let mut table = "| rule | for | makes | |\n|---|---|---|---|\n".to_owned();
    for rule in shipped().split("\nrule ").skip(1) {
        let mut lines = rule.lines();
        let (name, comment) = commented(lines.next().unwrap());
        let word = |word: &str| {
            let mut found = rule.split("\n}").next().unwrap().lines().filter_map(|line| line.trim().strip_prefix(word));
            found.next().map(|found| format!("`{}`", found.trim_end_matches('{').trim()))
        };
        let (selected, made) = (word("for ").unwrap(), word("make ").unwrap_or_else(|| "nothing: a house rule".into()));
        writeln!(table, "| `{}` | {selected} | {made} | {comment} |", name.trim_end_matches(['{', ' '])).unwrap();
    }
    table
}

/// What every command says of itself.
fn commands() -> String {
    let desk = Desk::new();
    let mut found = Vec::new();
    super::super::help::commands(&desk, &[], &mut found);
    let mut page = String::new();
    for words in found {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // Lines are as long as where no terminal says how long they may be.
        let help = desk.outcome(desk.command(&[&words[..], &["--help"]].concat()).env_remove("COLUMNS")).stdout;
        let sign = if words.len() == 1 { "##" } else { "###" };
        let help: String = help.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
        writeln!(page, "{sign} callsheet {}\n\n```text\n{help}```\n", words.join(" ")).unwrap();
    }
    page.pop();
    page
}

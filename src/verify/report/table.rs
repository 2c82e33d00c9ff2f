//! Coverage and changes as tables.

use std::fmt::Write as _;

use crate::rules::Choice;

use super::super::coverage::{Coverage, FileCoverage, RuleCoverage, SignalCoverage};
use super::super::mutate::{Fate, Mutated};
use super::Palette;

/// Longer conditions and lines are cut.
const WIDTH: usize = 60;

pub(super) fn coverage(coverage: &Coverage, palette: &Palette) -> String {
    let mut text = String::new();
    if coverage.files.is_empty() {
        text.push_str("the cases use no rules but the shipped ones; --coverage-all counts those\n");
    }
    for (number, file) in coverage.files.iter().enumerate() {
        text.push_str(if number == 0 { "" } else { "\n" });
        of_file(file, palette, &mut text);
    }
    text
}

fn of_file(file: &FileCoverage, palette: &Palette, text: &mut String) {
    let ((reached, lines), (taken, ways)) = (file.lines(), file.ways());
    let _ = writeln!(text, "{}: {reached} of {lines} lines, {taken} of {ways} ways", file.name);
    let place = |line: usize| format!("{}:{line}", file.name);
    let longest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let name = longest(&mut file.rules.iter().map(|rule| rule.name.chars().count())).max("rule".len());
    let line = longest(&mut file.rules.iter().map(|rule| place(rule.line).chars().count()));
    if !file.rules.is_empty() {
        let _ = writeln!(text, "\n{:name$}  {:line$}  hits", "rule", "line");
    }
    for rule in &file.rules {
        let colour = if rule.fired.yes == 0 { palette.bad } else { "" };
        let end = if colour.is_empty() { "" } else { palette.end };
        let hits = rule.fired.yes;
        let _ = writeln!(text, "{colour}{:name$}  {:line$}  {hits:4}{end}", rule.name, place(rule.line));
        missed(rule, palette, text);
    }
    let name = longest(&mut file.signals.iter().map(|signal| signal.name.chars().count())).max("signal".len());
    let line = longest(&mut file.signals.iter().map(|signal| place(signal.line).chars().count()));
    if !file.signals.is_empty() {
        let _ = writeln!(text, "\n{:name$}  {:line$}  asked  refused  silent", "signal", "line");
    }
    for signal in &file.signals {
        let SignalCoverage { asked, refused, silent, .. } = signal;
        let place = place(signal.line);
        let _ = writeln!(text, "{:name$}  {place:line$}  {asked:5}  {refused:7}  {silent:6}", signal.name);
        unsaid(signal, palette, text);
    }
}

fn missed(rule: &RuleCoverage, palette: &Palette, text: &mut String) {
    if rule.fired.asked() == 0 {
        let _ = writeln!(text, "  {}no case has what it is for{}", palette.ask, palette.end);
        return;
    }
    for way in &rule.ways {
        let Some(missed) = way.missed() else { continue };
        let keyword = match way.choice {
            Choice::If => "if",
            Choice::Side => "either",
            Choice::Require => "require",
            Choice::When | Choice::Rule => "when",
        };
        let condition = shortened(&way.text);
        let _ = writeln!(text, "  {}line {}: {missed}{}: {keyword} {condition}", palette.ask, way.line, palette.end);
    }
}

fn unsaid(signal: &SignalCoverage, palette: &Palette, text: &mut String) {
    let states = [("asked for", signal.asked), ("refused", signal.refused), ("left out", signal.silent)];
    let never: Vec<&str> = states.iter().filter(|(_, times)| *times == 0).map(|(state, _)| *state).collect();
    if !never.is_empty() {
        let _ = writeln!(text, "  {}never {}{}", palette.ask, never.join(", never "), palette.end);
    }
    let phrases: Vec<String> = signal.unsaid.iter().take(4).map(|phrase| format!("\"{phrase}\"")).collect();
    let more = signal.unsaid.len().saturating_sub(4);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if !phrases.is_empty() {
        let _ = writeln!(text, "  {}no case says {}{more}{}", palette.ask, phrases.join(", "), palette.end);
    }
}

/// The changes that no case notices, and how many there are of each fate.
pub(super) fn changes(mutated: &Mutated, palette: &Palette) -> String {
    let mut text = String::new();
    for (change, fate) in &mutated.changes {
        if *fate == Fate::Survived {
            let (file, line) = (&change.file, change.line);
            let _ = writeln!(text, "{}survived{}  {file}:{line}  {}", palette.ask, palette.end, change.what);
            if !change.text.is_empty() && !change.what.contains(&change.text) {
                let _ = writeln!(text, "          in: {}", shortened(&change.text));
            }
        }
    }
    let count = |fate| mutated.count(fate);
    let (noticed, survived, refused) = (count(Fate::Noticed), count(Fate::Survived), count(Fate::Refused));
    let all = mutated.changes.len();
    let gap = if text.is_empty() { "" } else { "\n" };
    let _ = write!(text, "{gap}{all} changes of the rules: {noticed} noticed, {survived} survived");
    if refused > 0 {
        let _ = write!(text, ", {refused} not possible");
    }
    if mutated.untried > 0 {
        let _ = write!(text, "; {} more not tried", mutated.untried);
    }
    text.push('\n');
    if survived > 0 {
        text.push_str("what survives could be mistyped and nobody would notice: write a case whose plan it changes\n");
    }
    text
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= WIDTH { text.to_owned() } else { text.chars().take(WIDTH - 1).chain(['…']).collect() }
}

//! Which rules, which ways through them and which signals the cases reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compile::{Answers, Tally};
use crate::decide::State;
use crate::diagnostic::{Source, SourceSpan};
use crate::rules::ast::{Ast, Item, SignalItem};
use crate::rules::{self, Choice, RuleMarks};

use super::Files;
use super::case::Case;
use super::run::run;
use super::sets::Sets;
use super::written::{balanced, whole};

/// What the cases reach, file by file.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// The rule files, by name.
    pub files: Vec<FileCoverage>,
}

/// What they reach of a file.
#[derive(Clone, Debug)]
pub struct FileCoverage {
    /// The file.
    pub name: String,
    /// Its rules and overrides, in order.
    pub rules: Vec<RuleCoverage>,
    /// Its signals, in order.
    pub signals: Vec<SignalCoverage>,
}

/// What they reach of a rule.
#[derive(Clone, Debug)]
pub struct RuleCoverage {
    /// Its name.
    pub name: String,
    /// Its line, from 1.
    pub line: usize,
    /// How often it fired, and how often it did not.
    pub fired: Answers,
    /// Where it goes one way or the other.
    pub ways: Vec<Way>,
    /// Lines with something to do, and how often it was done.
    pub lines: BTreeMap<usize, u64>,
}

/// A place where a rule goes one way or the other.
#[derive(Clone, Debug)]
pub struct Way {
    /// What is decided there.
    pub choice: Choice,
    /// Its line, from 1.
    pub line: usize,
    /// The condition as it is written.
    pub text: String,
    /// Its answers.
    pub answers: Answers,
}

/// What the prompts of the cases say of a signal.
#[derive(Clone, Debug)]
pub struct SignalCoverage {
    /// Its name.
    pub name: String,
    /// Its line, from 1.
    pub line: usize,
    /// How many cases ask for it.
    pub asked: u64,
    /// How many refuse it.
    pub refused: u64,
    /// How many have a prompt that says nothing of it.
    pub silent: u64,
    /// Its phrases that no prompt says.
    pub unsaid: Vec<String>,
}

/// What prompts said of the signals of a set: how many of each state, and the phrases.
#[derive(Default)]
struct Heard {
    states: BTreeMap<String, [u64; 3]>,
    phrases: Vec<(String, String)>,
}

/// Runs every case that can be run, and counts. The shipped set is left out unless `all` is set.
#[must_use]
pub fn coverage(cases: &[Case], files: Files<'_>, all: bool) -> Coverage {
    let mut sets = Sets::marked(files);
    let tally = Tally::default();
    let mut sources: BTreeMap<String, Arc<Source>> = BTreeMap::new();
    let mut heard: BTreeMap<String, Heard> = BTreeMap::new();
    for case in cases {
        let set = sets.get(case);
        let shipped = all.then(rules::default_source);
        let chain: Vec<Arc<Source>> = set.chain.iter().cloned().chain(shipped).collect();
        let outcome = set.program.as_ref().ok().map(|program| run(case, program, Some(&tally)));
        let readings = outcome.and_then(|outcome| outcome.decided).map(|decided| decided.readings).unwrap_or_default();
        for source in chain {
            let of_file = heard.entry(source.name().to_owned()).or_default();
            for reading in &readings {
                let [asked, refused, silent] = of_file.states.entry(reading.name.clone()).or_default();
                *match reading.state {
                    State::Asked => asked,
                    State::Refused => refused,
                    State::Silent => silent,
                } += 1;
                let said = reading.because.iter().map(|because| (reading.name.clone(), because.phrase.clone()));
                of_file.phrases.extend(said);
            }
            sources.entry(source.name().to_owned()).or_insert(source);
        }
    }
    let of_file = |source: &Arc<Source>| of_file(source, &tally, heard.get(source.name()));
    Coverage { files: sources.values().map(of_file).collect() }
}

fn of_file(source: &Arc<Source>, tally: &Tally, heard: Option<&Heard>) -> FileCoverage {
    let (ast, _) = rules::parse(source);
    let rules = rules::marks(&ast).iter().map(|rule| of_rule(rule, source, tally)).collect();
    FileCoverage { name: source.name().to_owned(), rules, signals: signals(&ast, source, heard) }
}

fn of_rule(rule: &RuleMarks, source: &Arc<Source>, tally: &Tally) -> RuleCoverage {
    let line = |span: SourceSpan| source.line_column(span.start).0;
    let fired = tally.at(source.name(), rule.head, Choice::Rule);
    let mut lines = BTreeMap::from([(line(rule.head), fired.asked())]);
    let mut hit = |line: usize, times: u64| {
        let most = lines.entry(line).or_default();
        *most = times.max(*most);
    };
    let mut ways = Vec::new();
    let mut unmet = 0;
    for (choice, span) in &rule.choices {
        let answers = tally.at(source.name(), *span, *choice);
        hit(line(*span), answers.asked());
        if *choice == Choice::Require {
            unmet += answers.no;
        }
        let written = if *choice == Choice::Side { balanced } else { whole };
        let text = source.slice(written(source.text(), *span)).split_whitespace().collect::<Vec<_>>().join(" ");
        ways.push(Way { choice: *choice, line: line(*span), text, answers });
    }
    // A rule whose requirements fail makes nothing.
    for make in &rule.makes {
        hit(line(*make), fired.yes.saturating_sub(unmet));
    }
    RuleCoverage { name: rule.name.clone(), line: line(rule.head), fired, ways, lines }
}

fn signals(ast: &Ast, source: &Arc<Source>, heard: Option<&Heard>) -> Vec<SignalCoverage> {
    let signals = ast.items.iter().filter_map(|item| match item {
        Item::Signal(signal) => Some(signal),
        _ => None,
    });
    signals.map(|signal| of_signal(signal, source, heard)).collect()
}

fn of_signal(signal: &SignalItem, source: &Arc<Source>, heard: Option<&Heard>) -> SignalCoverage {
    let name = &signal.name.node;
    let states = heard.and_then(|heard| heard.states.get(name)).copied();
    let [asked, refused, silent] = states.unwrap_or_default();
    let is_said =
        |phrase: &str| heard.is_some_and(|heard| heard.phrases.iter().any(|(of, said)| of == name && said == phrase));
    let phrases = signal.phrases.iter().map(|phrase| phrase.text.node.clone());
    SignalCoverage {
        name: name.clone(),
        line: source.line_column(signal.name.span.start).0,
        asked,
        refused,
        silent,
        unsaid: phrases.filter(|phrase| !is_said(phrase)).collect(),
    }
}

impl Way {
    /// What of it no case reaches, in words; nothing where both ways are taken.
    #[must_use]
    pub fn missed(&self) -> Option<&'static str> {
        let Answers { yes, no } = self.answers;
        Some(match (self.choice, yes, no) {
            (_, 0, 0) => "never asked",
            (Choice::If, 0, _) => "the `then` never taken",
            (Choice::If, _, 0) => "the `else` never taken",
            (Choice::Require, 0, _) => "never met",
            (Choice::Require, _, 0) => "never broken",
            (_, 0, _) => "never holds",
            // That one side of an `either` does not hold shows where the other one does.
            (Choice::Side, ..) => return None,
            (_, _, 0) => "always holds",
            _ => return None,
        })
    }
}

impl FileCoverage {
    /// Lines that were reached, of those with something to do.
    #[must_use]
    pub fn lines(&self) -> (usize, usize) {
        let lines: Vec<u64> = super::lcov::lines(self).values().copied().collect();
        (lines.iter().filter(|times| **times > 0).count(), lines.len())
    }

    /// Ways that were taken, of those that there are.
    #[must_use]
    pub fn ways(&self) -> (usize, usize) {
        let ways: Vec<Option<u64>> = super::lcov::branches(self).into_iter().map(|branch| branch.taken).collect();
        (ways.iter().filter(|taken| taken.is_some_and(|taken| taken > 0)).count(), ways.len())
    }
}

//! A script that decides: read, its names looked up, run, and its answer held to what a [`Decision`] is.

use std::sync::Arc;

use rhai::{AST, Dynamic, EvalAltResult, ParseErrorType, Scope};

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::suggest;
use crate::value::Value;

use super::answer::{self, Answers};
use super::facts::{FACTS, Facts};
use super::place::{self, at_position};
use super::reads::Reads;
use super::sandbox::{Limits, Sandbox};
use super::signals::State;
use super::{Decision, DecisionField, SCRIPT};

/// A script is a page of conditions; what is larger is a mistake or an attack.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// What a script is, for whoever expects more of it.
const ABILITIES: &str = "a script is written in Rhai (https://rhai.rs): conditions, numbers, texts, lists and maps; it has no \
                         files, modules, clock, output or `eval`";

/// How many wrong answers of one script are reported.
const MAX_FINDINGS: usize = 8;

/// A script that can be asked.
#[derive(Debug)]
pub struct Script {
    source: Arc<Source>,
    ast: AST,
    sandbox: Sandbox,
    /// Signals that the shipped script reads and the rule set does not have.
    silent: Vec<String>,
    reads: Reads,
    answers: Answers,
}

impl Script {
    /// Reads `source`, which may read the signals `names`, and looks up every name that it reads.
    pub fn new(source: &Arc<Source>, names: &[&str], limits: &Limits) -> Result<Self, Diagnostics> {
        if source.text().len() > MAX_BYTES {
            let message = format!("the script is {} KiB large", source.text().len() / 1024);
            let found = Diagnostic::new(diagnostic::SCRIPT_LIMIT, message)
                .at(Location::new(source, SourceSpan::default()))
                .help("a script is at most 64 KiB");
            return Err(found.into());
        }
        let sandbox = Sandbox::new(limits);
        let silent: Vec<(&str, State)> = names.iter().map(|name| (*name, State::Silent)).collect();
        let ast = sandbox.compile(&scope(&silent, Facts::default()), source.text()).map_err(|error| {
            let limit = matches!(
                *error.0,
                ParseErrorType::ExprTooDeep | ParseErrorType::TooManyFunctions | ParseErrorType::LiteralTooLarge(..)
            );
            let code = if limit { diagnostic::SCRIPT_LIMIT } else { diagnostic::SCRIPT_SYNTAX };
            let help = match (&*error.0, limit) {
                (_, true) => "a decision is a few conditions; write it smaller".to_owned(),
                (ParseErrorType::VariableUndefined(name), _) => {
                    let known = ["asked", "refused", "signals", "facts"];
                    suggest::help(name, &known).into()
                }
                _ => ABILITIES.into(),
            };
            at_position(code, place::first_line(&error.0.to_string()), source, error.1).help(help)
        })?;
        let (reads, mut found) = Reads::of(&ast, source, names);
        let (answers, wrong) = Answers::of(&ast, source);
        found.extend(wrong);
        let is_shipped = source.text() == SCRIPT;
        // A set of its own need not have every signal that the shipped script knows.
        let silent = if is_shipped { reads.signals_but(names) } else { Vec::new() };
        let script = Self { source: Arc::clone(source), ast, sandbox, silent, reads, answers };
        if found.has_errors() && !is_shipped { Err(found) } else { Ok(script) }
    }

    /// Whether it may read what the prompt says of `signal`.
    #[must_use]
    pub fn reads(&self, signal: &str) -> bool {
        self.reads.signal(signal)
    }

    /// Every value that `field` of a decision can have after it, as far as its text tells; `None` if it may be any.
    #[must_use]
    pub fn answers(&self, field: &DecisionField) -> Option<&[Value<'static>]> {
        self.answers.of_field(field)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// What it answers, and the line that does.
    pub fn answer(&self, signals: &[(&str, State)], facts: Facts) -> Result<(Decision, Location), Diagnostics> {
        let silent = self.silent.iter().map(|name| (name.as_str(), State::Silent));
        let signals: Vec<(&str, State)> = signals.iter().copied().chain(silent).collect();
        let mut scope = scope(&signals, facts);
        let answer = self.sandbox.run(&mut scope, &self.ast).map_err(|error| self.failure(*error))?;
        let at = Location::new(&self.source, place::span(&self.source, answer.at));
        answer::decision(&answer.value, &at).map(|decision| (decision, at))
    }

    /// Asks it about every signal alone, about each two together, and about every set of facts: it has to answer always.
    #[must_use]
    pub fn explore(&self, names: &[&str]) -> Diagnostics {
        let mut found = Diagnostics::new();
        let mut ask = |said: &[(usize, State)], facts: Facts| {
            // What breaks a limit once is not run a thousand times more.
            if found.len() >= MAX_FINDINGS || found.iter().any(|wrong| wrong.code == diagnostic::SCRIPT_LIMIT) {
                return;
            }
            let states: Vec<(&str, State)> = names
                .iter()
                .enumerate()
                .map(|(number, name)| {
                    (*name, said.iter().find(|(said, _)| *said == number).map_or(State::Silent, |(_, state)| *state))
                })
                .collect();
            if let Err(wrong) = self.answer(&states, facts) {
                for finding in &wrong {
                    let same = |other: &Diagnostic| other.message == finding.message;
                    if found.len() < MAX_FINDINGS && !found.iter().any(same) {
                        found.push(finding.clone());
                    }
                }
            }
        };
        let sets: Vec<Facts> = (0..1_u32 << FACTS.len())
            .filter_map(|set| {
                let holds = |number: &usize| set & (1 << number) != 0;
                let names = FACTS.iter().enumerate().filter(|(number, _)| holds(number)).map(|(_, fact)| fact.name);
                Facts::named(names).ok()
            })
            .collect();
        let extremes: Vec<Facts> = sets.first().into_iter().chain(sets.last()).copied().collect();
        for facts in &sets {
            ask(&[], *facts);
        }
        for one in 0..names.len() {
            for state in [State::Asked, State::Refused] {
                for facts in &sets {
                    ask(&[(one, state)], *facts);
                }
                for other in 0..one {
                    for second in [State::Asked, State::Refused] {
                        for facts in &extremes {
                            ask(&[(one, state), (other, second)], *facts);
                        }
                    }
                }
            }
        }
        found
    }

    fn failure(&self, mut error: EvalAltResult) -> Diagnostics {
        let mut position = error.position();
        // A failure inside a function is told at its own place.
        while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _) = error {
            error = *inner;
            if !error.position().is_none() {
                position = error.position();
            }
        }
        if position.is_none() {
            position = self.sandbox.last_statement();
        }
        let limit = match &error {
            EvalAltResult::ErrorTooManyOperations(_) => Some("the script takes too many steps"),
            EvalAltResult::ErrorStackOverflow(_) => Some("the script's functions call one another too deep"),
            EvalAltResult::ErrorDataTooLarge(..) => Some("the script makes a text or list that is too large"),
            EvalAltResult::ErrorTooManyVariables(_) => Some("the script has too many variables"),
            EvalAltResult::ErrorTerminated(..) => Some("the script takes too long"),
            _ => None,
        };
        let diagnostic = if let Some(limit) = limit {
            at_position(diagnostic::SCRIPT_LIMIT, limit, &self.source, position)
                .label("stopped here")
                .help("a decision is a few conditions; a script cannot loop over much or keep much")
        } else {
            error.clear_position();
            let help = match &error {
                EvalAltResult::ErrorFunctionNotFound(..) => ABILITIES,
                _ => "every way through a script has to end in an answer",
            };
            let message = format!("the script fails: {}", place::first_line(&error.to_string()));
            at_position(diagnostic::SCRIPT_FAILED, message, &self.source, position).label("here").help(help)
        };
        diagnostic.into()
    }
}

/// What a script can read.
fn scope(signals: &[(&str, State)], facts: Facts) -> Scope<'static> {
    let map = |value: fn(State) -> Dynamic| -> rhai::Map {
        signals.iter().map(|(name, state)| ((*name).into(), value(*state))).collect()
    };
    let facts: rhai::Map = facts.iter().map(|(name, holds)| (name.into(), Dynamic::from(holds))).collect();
    let mut scope = Scope::new();
    scope.push_constant("signals", map(|state| Dynamic::from(state.word())));
    scope.push_constant("asked", map(|state| Dynamic::from(state == State::Asked)));
    scope.push_constant("refused", map(|state| Dynamic::from(state == State::Refused)));
    scope.push_constant("facts", facts);
    scope
}

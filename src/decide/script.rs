//! A script that decides: read, its names looked up, run, and its answer held to what a [`Decision`] is.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{AST, ASTNode, Dynamic, EvalAltResult, Expr, ParseErrorType, Position, Scope};

use crate::diagnostic::{self, Code, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::suggest;
use crate::value::{SIGNAL_STATE, Type};

use super::facts::{FACTS, Facts};
use super::sandbox::{Limits, Sandbox};
use super::signals::State;
use super::{DECISION, Decision, SCRIPT};

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
            at_position(code, first_line(&error.0.to_string()), source, error.1).help(help)
        })?;
        let mut script = Self { source: Arc::clone(source), ast, sandbox, silent: Vec::new() };
        if source.text() == SCRIPT {
            // A set of its own need not have every signal that the shipped script knows.
            script.silent = script.signals_read().into_iter().filter(|name| !names.contains(&name.as_str())).collect();
            return Ok(script);
        }
        let found = script.names(names);
        if found.has_errors() { Err(found) } else { Ok(script) }
    }

    /// What it answers, and the line that does.
    pub fn answer(&self, signals: &[(&str, State)], facts: Facts) -> Result<(Decision, Location), Diagnostics> {
        let silent = self.silent.iter().map(|name| (name.as_str(), State::Silent));
        let signals: Vec<(&str, State)> = signals.iter().copied().chain(silent).collect();
        let mut scope = scope(&signals, facts);
        let answer = self.sandbox.run(&mut scope, &self.ast).map_err(|error| self.failure(*error))?;
        let at = Location::new(&self.source, span(&self.source, answer.at));
        decision(&answer.value, &at).map(|decision| (decision, at))
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

    fn signals_read(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.ast.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some((head, name, _)) = path.last().and_then(property)
                && SIGNAL_MAPS.contains(&head)
            {
                names.push(name.to_owned());
            }
            true
        });
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Holds the names of signals and facts that it reads against those that there are.
    fn names(&self, signals: &[&str]) -> Diagnostics {
        let facts: Vec<&str> = FACTS.iter().map(|fact| fact.name).collect();
        let mut found = Diagnostics::new();
        self.ast.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some((head, name, position)) = path.last().and_then(property) {
                let (known, what) = match head {
                    "facts" => (facts.as_slice(), "fact"),
                    head if SIGNAL_MAPS.contains(&head) => (signals, "signal"),
                    _ => return true,
                };
                if !known.contains(&name) {
                    let message = format!("there is no {what} `{name}`");
                    found.push(
                        at_position(diagnostic::SCRIPT_NAME, message, &self.source, position)
                            .label(format!("unknown {what}"))
                            .help(suggest::help(name, known)),
                    );
                }
            }
            match path.last() {
                Some(ASTNode::Expr(Expr::FnCall(call, ..))) if matches!(call.name.as_str(), "==" | "!=") => {
                    let of_signal = |side: &Expr| match side {
                        Expr::Dot(pair, ..) => matches!(&pair.lhs, Expr::Variable(name, ..) if name.1 == "signals"),
                        _ => false,
                    };
                    if let [left, Expr::StringConstant(word, position)] = call.args.as_slice()
                        && of_signal(left)
                        && !SIGNAL_STATE.values.contains(&word.as_str())
                    {
                        let message = format!("a signal is never `{word}`");
                        found.push(
                            at_position(diagnostic::SCRIPT_NAME, message, &self.source, *position)
                                .label("never holds")
                                .help(suggest::help(word, SIGNAL_STATE.values)),
                        );
                    }
                }
                _ => {}
            }
            true
        });
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
            let message = format!("the script fails: {}", first_line(&error.to_string()));
            at_position(diagnostic::SCRIPT_FAILED, message, &self.source, position).label("here").help(help)
        };
        diagnostic.into()
    }
}

/// The maps of a script that have a signal's name for a key.
const SIGNAL_MAPS: &[&str] = &["signals", "asked", "refused"];

/// `variable.property`, and where the property stands.
fn property<'a>(node: &'a ASTNode<'_>) -> Option<(&'a str, &'a str, Position)> {
    let ASTNode::Expr(Expr::Dot(pair, ..)) = node else { return None };
    match (&pair.lhs, &pair.rhs) {
        (Expr::Variable(variable, ..), Expr::Property(property, position)) => {
            Some((variable.1.as_str(), property.2.as_str(), *position))
        }
        _ => None,
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

/// The answer, held to the fields of a decision.
fn decision(value: &Dynamic, at: &Location) -> Result<Decision, Diagnostics> {
    const SHAPE: &str = "an answer is written: #{ theses: false, subtitles: true, source: \"voiceover\" }";
    let mut found = Diagnostics::new();
    let mut wrong = |message: String, help: String| {
        found
            .push(Diagnostic::new(diagnostic::SCRIPT_ANSWER, message).at(at.clone()).label("answered here").help(help));
    };
    let Some(map) = value.read_lock::<rhai::Map>() else {
        wrong(format!("the script answers {}, not a map", kind(value)), SHAPE.into());
        return Err(found);
    };
    let mut decision = Decision { theses: false, subtitles: false, source: "none", signals: BTreeMap::new() };
    for field in DECISION {
        let Some(value) = map.get(field.name) else {
            wrong(format!("the answer has no `{}`", field.name), SHAPE.into());
            continue;
        };
        match (field.ty, value.as_bool(), value.read_lock::<rhai::ImmutableString>()) {
            (Type::Bool, Ok(holds), _) if field.name == "theses" => decision.theses = holds,
            (Type::Bool, Ok(holds), _) => decision.subtitles = holds,
            (Type::Enum(set), _, Some(word)) => match set.canonical(&word) {
                Some(word) => decision.source = word,
                None => wrong(
                    format!("`{}` cannot be `{}`", field.name, word.escape_debug()),
                    suggest::help(&word, set.values).into(),
                ),
            },
            (ty, ..) => wrong(format!("`{}` is {}", field.name, kind(value)), format!("it holds {}", words(ty))),
        }
    }
    let fields: Vec<&str> = DECISION.iter().map(|field| field.name).collect();
    for key in map.keys().filter(|key| !fields.contains(&key.as_str())) {
        wrong(format!("an answer has no `{}`", key.escape_debug()), suggest::help(key, &fields).into());
    }
    if found.has_errors() { Err(found) } else { Ok(decision) }
}

fn words(ty: Type) -> String {
    match ty {
        Type::Enum(set) => format!("one of {}", suggest::list(set.values)),
        ty => ty.to_string(),
    }
}

fn kind(value: &Dynamic) -> &'static str {
    match value.type_name() {
        "()" => "nothing",
        "bool" => "true or false",
        "i64" | "f64" => "a number",
        "string" => "a text",
        "array" => "a list",
        "map" => "a map",
        _ => "something else",
    }
}

fn at_position(code: Code, message: impl Into<String>, source: &Arc<Source>, position: Position) -> Diagnostic {
    Diagnostic::new(code, message).at(Location::new(source, span(source, position)))
}

/// From `position` to the end of its word, or of one character.
fn span(source: &Arc<Source>, position: Position) -> SourceSpan {
    let Some(line) = position.line() else { return SourceSpan::default() };
    let line = source.line_span(line);
    let text = source.slice(line);
    let before: usize = text.chars().take(position.position().unwrap_or(1).saturating_sub(1)).map(char::len_utf8).sum();
    let rest = text.get(before..).unwrap_or_default();
    let word: usize = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
    let length = word.max(rest.chars().next().map_or(0, char::len_utf8));
    SourceSpan::new(line.start + before, line.start + before + length)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

//! What a script reads: the names of signals and facts, each of which there has to be.

use std::sync::Arc;

use rhai::{AST, ASTNode, Expr, Position};

use crate::diagnostic::{self, Diagnostics, Source};
use crate::suggest;
use crate::value::SIGNAL_STATE;

use super::facts::FACTS;
use super::place::at_position;

/// The maps of a script that have a signal's name for a key.
const SIGNAL_MAPS: &[&str] = &["signals", "asked", "refused"];

/// The signals that a script reads.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// In order, each once.
    signals: Vec<String>,
    /// Whether it does more with a map of them than to read one by its name: then it may read all.
    all: bool,
}

impl Reads {
    /// Everything that `ast` reads, held against the names of the signals and facts that there are.
    pub(super) fn of(ast: &AST, source: &Arc<Source>, signals: &[&str]) -> (Self, Diagnostics) {
        let facts: Vec<&str> = FACTS.iter().map(|fact| fact.name).collect();
        let mut reads = Self::default();
        let mut found = Diagnostics::new();
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            reads.note(path);
            if let Some((head, name, position)) = path.last().and_then(property) {
                let (known, what) = match head {
                    "facts" => (facts.as_slice(), "fact"),
                    head if SIGNAL_MAPS.contains(&head) => (signals, "signal"),
                    _ => return true,
                };
                if !known.contains(&name) {
                    let message = format!("there is no {what} `{}`", name.escape_debug());
                    found.push(
                        at_position(diagnostic::SCRIPT_NAME, message, source, position)
                            .label(format!("unknown {what}"))
                            .help(suggest::help(name, known)),
                    );
                }
            }
            if let Some((word, position)) = path.last().and_then(impossible_state) {
                let message = format!("a signal is never `{}`", word.escape_debug());
                found.push(
                    at_position(diagnostic::SCRIPT_NAME, message, source, position)
                        .label("never holds")
                        .help(suggest::help(word, SIGNAL_STATE.values)),
                );
            }
            true
        });
        reads.signals.sort_unstable();
        reads.signals.dedup();
        (reads, found)
    }

    fn note(&mut self, path: &[ASTNode<'_>]) {
        if let Some((head, name, _)) = path.last().and_then(property)
            && SIGNAL_MAPS.contains(&head)
        {
            self.signals.push(name.to_owned());
        }
        if let Some(ASTNode::Expr(Expr::Variable(variable, ..))) = path.last()
            && SIGNAL_MAPS.contains(&variable.1.as_str())
        {
            let above = path.len().checked_sub(2).and_then(|place| path.get(place));
            self.all |= above.and_then(property).is_none();
        }
    }

    pub(super) fn signal(&self, name: &str) -> bool {
        self.all || self.signals.iter().any(|read| read == name)
    }

    /// Those that it reads besides `names`.
    pub(super) fn signals_but(&self, names: &[&str]) -> Vec<String> {
        self.signals.iter().filter(|name| !names.contains(&name.as_str())).cloned().collect()
    }
}

/// `variable.property` or `variable["property"]`, and where the property stands.
fn property<'a>(node: &'a ASTNode<'_>) -> Option<(&'a str, &'a str, Position)> {
    let ASTNode::Expr(Expr::Dot(pair, ..) | Expr::Index(pair, ..)) = node else { return None };
    let Expr::Variable(variable, ..) = &pair.lhs else { return None };
    match &pair.rhs {
        Expr::Property(property, position) => Some((variable.1.as_str(), property.2.as_str(), *position)),
        Expr::StringConstant(text, position) => Some((variable.1.as_str(), text.as_str(), *position)),
        _ => None,
    }
}

/// A word that a signal is compared with, and that it can never be.
fn impossible_state<'a>(node: &'a ASTNode<'_>) -> Option<(&'a str, Position)> {
    let ASTNode::Expr(Expr::FnCall(call, ..)) = node else { return None };
    let [left, Expr::StringConstant(word, position)] = call.args.as_slice() else { return None };
    let (Expr::Dot(pair, ..) | Expr::Index(pair, ..)) = left else { return None };
    let of_signal = matches!(&pair.lhs, Expr::Variable(name, ..) if name.1 == "signals");
    let compares = matches!(call.name.as_str(), "==" | "!=");
    (of_signal && compares && !SIGNAL_STATE.values.contains(&word.as_str())).then_some((word.as_str(), *position))
}

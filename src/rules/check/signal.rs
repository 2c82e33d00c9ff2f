//! Signals, the words around them, and the script that they lead to.

use std::sync::Arc;

use crate::decide::{Decider, Limits, Listener, Phrase, SCRIPT, Script, Turn};
use crate::diagnostic::{self, Source};
use crate::suggest;

use super::super::ast::{Ast, Item, PhraseText, Sited, TurnItem};
use super::Checker;

impl Checker<'_> {
    /// What decides: the signals, the turns, and the script with every name that it reads looked up.
    pub(super) fn decider(&mut self) -> Decider {
        let linked = self.linked;
        let mut signals = Vec::new();
        for signal in &linked.signals {
            let phrases = self.phrases(&signal.node.phrases, &signal.source);
            signals.push((signal.node.name.node.clone(), phrases));
        }
        let mut turns = Vec::new();
        // A set that does not speak of refusals understands them like the shipped one.
        let shipped = if linked.turns.is_empty() && !signals.is_empty() { shipped_turns() } else { Vec::new() };
        for turn in linked.turns.iter().chain(&shipped) {
            let (verb, how) = (&turn.node.verb, &turn.node.how);
            let named = Turn::ALL.iter().find(|(name, way, _)| *name == verb.node && *way == how.node);
            let phrases = self.phrases(&turn.node.phrases, &turn.source);
            let Some((_, _, kind)) = named else {
                let written = format!("{} {}", verb.node, how.node);
                let known: Vec<String> = Turn::ALL.iter().map(|(verb, how, _)| format!("{verb} {how}")).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let at = (&turn.source, verb.span.to(how.span));
                let message = format!("a prompt cannot be said to `{written}`");
                let help = suggest::help(&written, &known);
                self.report::<()>(diagnostic::UNKNOWN_WORD, at, message, "unknown", help);
                continue;
            };
            turns.extend(phrases.into_iter().map(|phrase| (*kind, phrase)));
        }
        let names: Vec<&str> = linked.signals.iter().map(|signal| signal.node.name.node.as_str()).collect();
        let script = linked.script.as_ref().and_then(|source| self.script(source, &names));
        Decider::new(Listener::new(signals, &turns), script)
    }

    fn script(&mut self, source: &Arc<Source>, names: &[&str]) -> Option<Script> {
        match Script::new(source, names, &Limits::default()) {
            Ok(script) => {
                // Whatever is asked, the shipped script answers; that is tested where it is made.
                if source.text() != SCRIPT {
                    self.found.extend(script.explore(names));
                }
                Some(script)
            }
            Err(found) => {
                self.found.extend(found);
                None
            }
        }
    }

    fn phrases(&mut self, phrases: &[PhraseText], source: &Arc<Source>) -> Vec<Phrase> {
        let mut all = Vec::with_capacity(phrases.len());
        for PhraseText { text, exact } in phrases {
            let phrase = Phrase { text: text.node.clone(), exact: *exact };
            if phrase.is_empty() {
                let message = format!("`{}` has no word to listen for", text.node.escape_debug());
                let help = "write what a prompt would say, as in \"subtitles\"";
                self.report::<()>(diagnostic::LITERAL_RANGE, (source, text.span), message, "no word", help);
            }
            all.push(phrase);
        }
        all
    }
}

fn shipped_turns() -> Vec<Sited<TurnItem>> {
    let Ast { source, items, .. } = super::super::shipped();
    let turns = items.iter().filter_map(|item| match item {
        Item::Turn(turn) => Some(Sited::new(turn.clone(), source)),
        _ => None,
    });
    turns.collect()
}

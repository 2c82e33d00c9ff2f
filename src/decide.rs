//! What text is shown: from the words of the prompt to the answer that rules read as `decision.…`.
//!
//! A [`Listener`] reads the prompt into [`Reading`]s, one a signal; a [`Script`] in the sandbox answers from those and
//! from [`Facts`] of the scenario. A [`Decider`] is both, as a rule set gives them.

mod answer;
mod facts;
mod listen;
mod place;
mod reach;
mod reads;
mod report;
mod sandbox;
mod script;
mod signals;
mod words;

use std::collections::BTreeMap;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source};
use crate::value::{self, Type, Value};

pub use facts::{FACTS, FactSpec, Facts, Texts, count};
pub use listen::{Listener, Phrase, Turn};
pub use report::json;
pub use sandbox::Limits;
pub use script::Script;
pub use signals::{Because, Reading, State, says_nothing};
pub(crate) use words::{Word, words};

/// The name of the shipped script.
pub const SCRIPT_NAME: &str = "text.rhai";

/// The shipped script.
pub const SCRIPT: &str = include_str!("../rules/text.rhai");

/// What was decided about the text on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether theses, the key phrases, are shown.
    pub theses: bool,
    /// Whether subtitles are shown.
    pub subtitles: bool,
    /// Where subtitles come from that the scenario does not have: a word of [`value::SUBTITLE_SOURCE`].
    pub source: &'static str,
    /// What the prompt says of each signal; one that is not here is silent.
    pub signals: BTreeMap<String, State>,
}

impl Decision {
    /// Everything that the scenario holds is shown, and nothing is added to it. That is what a finished scenario asks
    /// for that comes without a prompt: whoever wrote its texts has decided already.
    #[must_use]
    pub fn everything() -> Self {
        Self { theses: true, subtitles: true, source: "none", signals: BTreeMap::new() }
    }

    /// What the prompt says of `signal`.
    #[must_use]
    pub fn signal(&self, signal: &str) -> State {
        self.signals.get(signal).copied().unwrap_or_default()
    }
}

/// A decision and what led to it.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// What the prompt says of each signal, in the order of the rules; none where nothing was said.
    pub readings: Vec<Reading>,
    /// The line of the script that answered; `None` where no script was asked.
    pub answered_at: Option<Location>,
}

impl Verdict {
    /// Nobody said anything, or nobody decides: [`Decision::everything`].
    #[must_use]
    pub fn everything() -> Self {
        Self { decision: Decision::everything(), readings: Vec::new(), answered_at: None }
    }
}

/// What decides, as a rule set gives it.
#[derive(Debug, Default)]
pub struct Decider {
    listener: Listener,
    script: Option<Script>,
}

impl Decider {
    /// Decides by `script`; without one, everything is shown.
    #[must_use]
    pub fn new(listener: Listener, script: Option<Script>) -> Self {
        Self { listener, script }
    }

    /// What it listens for.
    #[must_use]
    pub fn listener(&self) -> &Listener {
        &self.listener
    }

    /// The script, where there is one.
    #[must_use]
    pub fn script(&self) -> Option<&Script> {
        self.script.as_ref()
    }

    /// Decides what `prompt` leads to in a scenario of which `facts` hold. Where nobody said anything, everything is
    /// shown. The warnings are contradictions of the prompt, the failures those of the script.
    pub fn decide(&self, prompt: Option<&str>, facts: Facts) -> Result<(Verdict, Diagnostics), Diagnostics> {
        let Some(prompt) = prompt.filter(|prompt| !says_nothing(prompt)) else {
            return Ok((Verdict::everything(), Diagnostics::new()));
        };
        let readings = self.listener.listen(prompt);
        let states: Vec<(&str, State)> =
            readings.iter().map(|reading| (reading.name.as_str(), reading.state)).collect();
        let mut found = Diagnostics::new();
        readings
            .iter()
            .filter(|reading| reading.contradicts())
            .for_each(|reading| found.push(contradiction(reading, prompt)));
        if signals::is_too_long(prompt) {
            let message = format!("the prompt is longer than {} words", signals::MAX_WORDS);
            let help = "only its beginning is read; say there what is wanted";
            found.push(Diagnostic::new(diagnostic::LONG_PROMPT, message).help(help));
        }
        let (mut decision, answered_at) = match &self.script {
            Some(script) => script.answer(&states, facts).map(|(decision, at)| (decision, Some(at)))?,
            None => (Decision::everything(), None),
        };
        decision.signals = readings.iter().map(|reading| (reading.name.clone(), reading.state)).collect();
        Ok((Verdict { decision, readings, answered_at }, found))
    }
}

fn contradiction(reading: &Reading, prompt: &str) -> Diagnostic {
    let source = Source::new("the prompt", prompt);
    let counts = if reading.state == State::Asked { "it is asked for" } else { "it is refused" };
    let message = format!("the prompt both asks for `{}` and refuses it", reading.name);
    let mut found = Diagnostic::new(diagnostic::CONTRADICTION, message)
        .help("the last word counts; say it once if that is not what is meant");
    if let Some(last) = reading.because.last() {
        found = found.at(Location::new(&source, last.span)).label(format!("{counts} here, and that counts"));
    }
    if let Some(other) = reading.because.iter().rev().find(|because| because.state != reading.state) {
        found = found.related(Location::new(&source, other.span), format!("{} here", other.state.word()));
    }
    found
}

/// A field that rules can read after `decision.`; it always has a value.
#[derive(Debug)]
pub struct DecisionField {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// One line for the reference.
    pub doc: &'static str,
    /// How to read it.
    pub get: fn(&Decision) -> Value<'static>,
}

/// Every field of a [`Decision`], and so of a script's answer.
pub static DECISION: &[DecisionField] = &[
    DecisionField {
        name: "theses",
        ty: Type::Bool,
        doc: "whether key phrases are shown",
        get: |decision| Value::Bool(decision.theses),
    },
    DecisionField {
        name: "subtitles",
        ty: Type::Bool,
        doc: "whether subtitles are shown",
        get: |decision| Value::Bool(decision.subtitles),
    },
    DecisionField {
        name: "source",
        ty: Type::Enum(&value::SUBTITLE_SOURCE),
        doc: "where subtitles come from",
        get: |decision| Value::Symbol(decision.source),
    },
];

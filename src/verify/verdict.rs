//! What to say of a case: a word that tells what to do next, and why.

use crate::compile::Tally;
use crate::decide::{self, Decision};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};

use super::Files;
use super::case::{Case, Pin};
use super::find::CaseFiles;
use super::run::{Outcome, run};
use super::sets::Sets;
use super::snapshot::snapshot;

/// What a case is, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It makes what was accepted.
    Pass,
    /// What it makes has just been accepted.
    Accepted,
    /// Nothing was accepted yet.
    NewSnapshot,
    /// It makes something else than was accepted; nothing else says that this is wrong.
    Changed,
    /// What is decided is not what the case says has to be.
    WrongDecision,
    /// An error that the case does not expect.
    UnexpectedDiagnostic,
    /// What the case expects to be found is not.
    MissingDiagnostic,
    /// The case or its rules cannot be read.
    BrokenCase,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Accepted => "accepted",
            Self::NewSnapshot => "new snapshot",
            Self::Changed => "changed",
            Self::WrongDecision => "wrong decision",
            Self::UnexpectedDiagnostic => "unexpected diagnostic",
            Self::MissingDiagnostic => "missing diagnostic",
            Self::BrokenCase => "broken case",
        }
    }

    /// What it says, and what is to be done.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Pass => "the case makes what was accepted",
            Self::Accepted => "what it makes was written as its snapshot just now",
            Self::NewSnapshot => "nothing was accepted yet: read what it makes, then accept it",
            Self::Changed => "only the snapshot differs: accept what it makes now, or mend the rules",
            Self::WrongDecision => {
                "the decision is not the one that the case says: mend the prompt, the signals or the script"
            }
            Self::UnexpectedDiagnostic => "an error that the case does not name: mend what is found, or name its code",
            Self::MissingDiagnostic => "what the case says is found is not: the rules let it through",
            Self::BrokenCase => "the case or its rules cannot be read: mend them",
        }
    }

    /// Every verdict.
    pub const ALL: [Self; 8] = [
        Self::Pass,
        Self::Accepted,
        Self::NewSnapshot,
        Self::Changed,
        Self::WrongDecision,
        Self::UnexpectedDiagnostic,
        Self::MissingDiagnostic,
        Self::BrokenCase,
    ];

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_fine(self) -> bool {
        matches!(self, Self::Pass | Self::Accepted)
    }

    /// Whether accepting the snapshot is all that there is to do.
    #[must_use]
    pub fn can_be_accepted(self) -> bool {
        matches!(self, Self::NewSnapshot | Self::Changed)
    }
}

/// A field of the decision that is not what the case says it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongPin {
    /// The field.
    pub field: &'static str,
    /// What the case says.
    pub wanted: String,
    /// What was decided.
    pub decided: String,
}

/// A case that was run.
#[derive(Clone, Debug)]
pub struct Tested {
    /// Where it lies.
    pub files: CaseFiles,
    /// What it shows, in a line.
    pub about: String,
    /// What it is.
    pub verdict: Verdict,
    /// What it makes now; absent if it is broken.
    pub made: Option<String>,
    /// What was accepted for it.
    pub accepted: Option<String>,
    /// What was found; of a broken case, what is wrong with it or with its rules.
    pub found: Diagnostics,
    /// Where the decision is another one.
    pub wrong: Vec<WrongPin>,
    /// What the case expects to be found, and is not.
    pub missing: Vec<Code>,
    /// What was decided, and why.
    pub decided: Option<decide::Verdict>,
}

/// Runs the case at `place` and says what it is.
#[must_use]
pub fn test(place: &CaseFiles, files: Files<'_>, sets: &mut Sets<'_>) -> Tested {
    let mut tested = Tested {
        files: place.clone(),
        about: String::new(),
        verdict: Verdict::BrokenCase,
        made: None,
        accepted: None,
        found: Diagnostics::new(),
        wrong: Vec::new(),
        missing: Vec::new(),
        decided: None,
    };
    let case = match Case::read(place, files) {
        Ok(case) => case,
        Err(found) => return Tested { found, ..tested },
    };
    tested.about.clone_from(&case.about);
    let set = sets.get(&case);
    let program = match &set.program {
        Ok(program) => program,
        Err(found) => return Tested { found: found.clone(), ..tested },
    };
    let outcome = run(&case, program, None::<&Tally>);
    tested.made = Some(snapshot(&outcome));
    // What cannot be read was never accepted; nor is a file with another system's line ends another plan.
    tested.accepted = (files.open)(&place.snapshot).ok().map(|source| source.text().replace("\r\n", "\n"));
    judge(&case, outcome, &mut tested);
    tested
}

fn judge(case: &Case, outcome: Outcome, tested: &mut Tested) {
    let codes = outcome.codes();
    tested.missing = case.codes.iter().filter(|code| !codes.contains(code)).copied().collect();
    let is_unexpected =
        |finding: &Diagnostic| finding.severity == Severity::Error && !case.codes.contains(&finding.code);
    let is_unexpected = outcome.found.iter().any(is_unexpected);
    tested.wrong = outcome.decided.as_ref().map(|decided| wrong(case.pin, &decided.decision)).unwrap_or_default();
    tested.verdict = if is_unexpected {
        Verdict::UnexpectedDiagnostic
    } else if !tested.missing.is_empty() {
        Verdict::MissingDiagnostic
    } else if !tested.wrong.is_empty() {
        Verdict::WrongDecision
    } else if tested.accepted.is_none() {
        Verdict::NewSnapshot
    } else if tested.accepted != tested.made {
        Verdict::Changed
    } else {
        Verdict::Pass
    };
    tested.found = outcome.found;
    tested.decided = outcome.decided;
}

fn wrong(pin: Pin, decision: &Decision) -> Vec<WrongPin> {
    let flag = |field, wanted: Option<bool>, decided: bool| {
        let wanted = wanted.filter(|wanted| *wanted != decided)?;
        Some(WrongPin { field, wanted: wanted.to_string(), decided: decided.to_string() })
    };
    let source = pin.source.filter(|wanted| *wanted != decision.source).map(|wanted| WrongPin {
        field: "source",
        wanted: wanted.to_owned(),
        decided: decision.source.to_owned(),
    });
    let flags =
        [flag("theses", pin.theses, decision.theses), flag("subtitles", pin.subtitles, decision.subtitles), source];
    flags.into_iter().flatten().collect()
}

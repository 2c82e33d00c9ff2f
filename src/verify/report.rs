//! The report: what became of the cases, for a person and for a program.

mod details;
mod json;
mod table;

use std::fmt::Write as _;

use crate::diagnostic::Colour;

use super::coverage::Coverage;
use super::mutate::Mutated;
use super::notation::visible;
use super::verdict::{Tested, Verdict};

/// The escapes of a terminal, or nothing.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// For findings, which have colours of their own.
    pub colour: Colour,
    pub(super) good: &'static str,
    pub(super) bad: &'static str,
    pub(super) ask: &'static str,
    pub(super) strong: &'static str,
    pub(super) plain: &'static str,
    pub(super) end: &'static str,
}

impl Palette {
    /// With colours or without.
    #[must_use]
    pub fn new(colour: Colour) -> Self {
        match colour {
            Colour::Never => Self { colour, good: "", bad: "", ask: "", strong: "", plain: "", end: "" },
            Colour::Always => Self {
                colour,
                good: "\u{1b}[32m",
                bad: "\u{1b}[31m",
                ask: "\u{1b}[33m",
                strong: "\u{1b}[1;7m",
                plain: "",
                end: "\u{1b}[0m",
            },
        }
    }
}

/// What became of the cases.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each with its verdict, in order.
    pub cases: Vec<Tested>,
    /// Snapshots without a case.
    pub orphans: Vec<String>,
    /// What to type to accept, e.g. `callsheet test --accept`.
    pub accept: String,
    /// Whether nothing may be written: then the advice is another one.
    pub ci: bool,
    /// Whether what changed has been shown already.
    pub reviewed: bool,
}

impl Report {
    /// Whether every case is fine.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.cases.iter().all(|case| case.verdict.is_fine())
    }

    /// Whether a case or its rules cannot be read.
    #[must_use]
    pub fn has_broken(&self) -> bool {
        self.cases.iter().any(|case| case.verdict == Verdict::BrokenCase)
    }

    /// Each verdict that there is with its number, from the best to the worst.
    fn counts(&self) -> Vec<(Verdict, usize)> {
        let mut verdicts: Vec<Verdict> = self.cases.iter().map(|case| case.verdict).collect();
        verdicts.sort_unstable();
        verdicts.chunk_by(|one, other| one == other).filter_map(|same| Some((*same.first()?, same.len()))).collect()
    }

    /// The whole report. Where one mistake in the rules breaks several cases, it is told once.
    #[must_use]
    pub fn text(&self, palette: &Palette) -> String {
        let mut text = String::new();
        let width = self.cases.iter().map(|case| case.verdict.word().len()).max().unwrap_or(0);
        let mut told = Vec::new();
        for case in &self.cases {
            row(case, width, palette, &mut text);
            if !(self.reviewed && case.verdict.can_be_accepted()) {
                details::details(case, palette, &mut told, &mut text);
            }
        }
        for orphan in &self.orphans {
            let _ = writeln!(text, "{orphan} belongs to no case: remove it, or bring its case back");
        }
        self.summary(&mut text);
        text
    }

    fn summary(&self, text: &mut String) {
        let counts: Vec<String> =
            self.counts().iter().map(|(verdict, count)| format!("{count} {}", verdict.word())).collect();
        let cases = if self.cases.len() == 1 { "case" } else { "cases" };
        let _ = writeln!(text, "\n{} {cases}: {}", self.cases.len(), counts.join(", "));
        if self.cases.iter().any(|case| case.verdict.can_be_accepted()) {
            let _ = if self.ci {
                writeln!(
                    text,
                    "nothing is written here: run `{}` where you work, and commit the snapshots",
                    self.accept
                )
            } else {
                writeln!(text, "if this is what you want: {}   (one at a time: --review)", self.accept)
            };
        }
    }
}

fn row(case: &Tested, width: usize, palette: &Palette, text: &mut String) {
    let colour = match case.verdict {
        Verdict::Pass | Verdict::Accepted => palette.good,
        Verdict::NewSnapshot | Verdict::Changed => palette.ask,
        _ => palette.bad,
    };
    let word = case.verdict.word();
    let _ = write!(text, "{colour}{word:width$}{}  {}", palette.end, case.files.name);
    if case.verdict == Verdict::Accepted {
        let _ = write!(text, ": {}", case.files.snapshot);
    } else if case.verdict != Verdict::Pass && !case.about.is_empty() {
        let _ = write!(text, ": {}", visible(&case.about));
    }
    text.push('\n');
}

impl Coverage {
    /// The tables of a person: the rules with what no case reaches of them, and the signals.
    #[must_use]
    pub fn text(&self, palette: &Palette) -> String {
        table::coverage(self, palette)
    }
}

impl Mutated {
    /// The changes that no case notices, and how many there are of each fate.
    #[must_use]
    pub fn text(&self, palette: &Palette) -> String {
        table::changes(self, palette)
    }
}

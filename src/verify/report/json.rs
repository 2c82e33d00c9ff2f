//! The report for programs.

use serde_json::{Map, Value, json};

use crate::diagnostic;

use super::super::coverage::{Coverage, RuleCoverage, SignalCoverage};
use super::super::mutate::{Fate, Mutated};
use super::super::verdict::Tested;
use super::Report;

impl Report {
    /// `{ ok, counts: { VERDICT: number }, cases: [ … ], orphans: [ … ] }`.
    #[must_use]
    pub fn json(&self) -> Value {
        let counts: Map<String, Value> =
            self.counts().iter().map(|(verdict, count)| (verdict.word().to_owned(), (*count).into())).collect();
        let cases: Vec<Value> = self.cases.iter().map(case).collect();
        json!({ "ok": self.is_fine(), "counts": counts, "cases": cases, "orphans": self.orphans })
    }
}

fn case(case: &Tested) -> Value {
    let decision = case.decided.as_ref().map(|decided| &decided.decision);
    let decision = decision.map(|decision| {
        json!({
            "theses": decision.theses,
            "subtitles": decision.subtitles,
            "source": decision.source,
            "signals": decision.signals,
        })
    });
    let wrong: Vec<Value> = case
        .wrong
        .iter()
        .map(|wrong| json!({ "field": wrong.field, "wanted": wrong.wanted, "decided": wrong.decided }))
        .collect();
    let missing: Vec<&str> = case.missing.iter().map(|code| code.as_str()).collect();
    json!({
        "name": case.files.name,
        "file": case.files.case,
        "about": case.about,
        "verdict": case.verdict.word(),
        "snapshot": case.files.snapshot,
        "accepted": case.accepted,
        "made": case.made,
        "decision": decision,
        "wrong": wrong,
        "missing": missing,
        "diagnostics": diagnostic::json(&case.found),
    })
}

impl Coverage {
    /// `[ { file, lines: { reached, all }, ways: { taken, all }, rules: [ … ], signals: [ … ] } ]`.
    #[must_use]
    pub fn json(&self) -> Value {
        let files = self.files.iter().map(|file| {
            let ((reached, lines), (taken, ways)) = (file.lines(), file.ways());
            json!({
                "file": file.name,
                "lines": { "reached": reached, "all": lines },
                "ways": { "taken": taken, "all": ways },
                "rules": file.rules.iter().map(rule).collect::<Vec<_>>(),
                "signals": file.signals.iter().map(signal).collect::<Vec<_>>(),
            })
        });
        files.collect()
    }
}

fn rule(rule: &RuleCoverage) -> Value {
    let ways: Vec<Value> = rule
        .ways
        .iter()
        .map(|way| {
            let (yes, no) = (way.answers.yes, way.answers.no);
            json!({ "line": way.line, "condition": way.text, "yes": yes, "no": no, "missed": way.missed() })
        })
        .collect();
    json!({ "rule": rule.name, "line": rule.line, "asked": rule.fired.asked(), "hits": rule.fired.yes, "ways": ways })
}

fn signal(signal: &SignalCoverage) -> Value {
    let SignalCoverage { name, line, asked, refused, silent, unsaid } = signal;
    json!({ "signal": name, "line": line, "asked": asked, "refused": refused, "silent": silent, "unsaid": unsaid })
}

impl Mutated {
    /// `{ noticed, survived, refused, untried, survivors: [ { file, line, what, text } ] }`.
    #[must_use]
    pub fn json(&self) -> Value {
        let survivors = self.changes.iter().filter(|(_, fate)| *fate == Fate::Survived).map(|(change, _)| change);
        json!({
            "noticed": self.count(Fate::Noticed),
            "survived": self.count(Fate::Survived),
            "refused": self.count(Fate::Refused),
            "untried": self.untried,
            "survivors": survivors.collect::<Vec<_>>(),
        })
    }
}

//! A decision as a program reads it.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Facts, Verdict};

/// The decision, what the prompt says of each signal and where, the facts, and the line of the script that answered.
#[must_use]
pub fn json(verdict: &Verdict, facts: Facts) -> serde_json::Value {
    let decision = &verdict.decision;
    let because: BTreeMap<&str, Vec<serde_json::Value>> = verdict
        .readings
        .iter()
        .filter(|reading| !reading.because.is_empty())
        .map(|reading| {
            let places = reading.because.iter().map(|because| {
                let (start, end) = (because.span.start, because.span.end);
                json!({ "state": because.state, "text": because.text, "start": start, "end": end, "phrase": because.phrase })
            });
            (reading.name.as_str(), places.collect())
        })
        .collect();
    let answered_at = verdict
        .answered_at
        .as_ref()
        .map(|at| json!({ "file": at.source.name(), "line": at.source.line_column(at.span.start).0 }));
    json!({
        "theses": decision.theses,
        "subtitles": decision.subtitles,
        "source": decision.source,
        "signals": decision.signals,
        "because": because,
        "facts": facts.iter().collect::<BTreeMap<_, _>>(),
        "answered_at": answered_at,
    })
}

//! What there is to see and to do about one case.

use std::fmt::Write as _;

use crate::decide;
use crate::diagnostic::{CODES, Code, Diagnostics, Severity, pretty};

use super::super::diff::diff;
use super::super::notation::{quoted, visible};
use super::super::verdict::{Tested, Verdict};
use super::Palette;

/// The lines below a case's own; `told` are the findings that have been shown.
pub(super) fn details(case: &Tested, palette: &Palette, told: &mut Vec<String>, text: &mut String) {
    let snapshot = &case.files.snapshot;
    let made = case.made.as_deref().unwrap_or_default();
    match case.verdict {
        Verdict::Pass | Verdict::Accepted => {}
        Verdict::NewSnapshot => {
            let _ = writeln!(text, "  nothing was accepted yet; this would be {snapshot}:");
            indented(&diff("", made, palette), text);
        }
        Verdict::Changed => {
            let _ = writeln!(text, "  only the snapshot differs, {snapshot}; nothing else says that this is wrong:");
            indented(&diff(case.accepted.as_deref().unwrap_or_default(), made, palette), text);
        }
        Verdict::WrongDecision => {
            for wrong in &case.wrong {
                let (field, wanted, decided) = (wrong.field, &wrong.wanted, &wrong.decided);
                let _ = writeln!(text, "  the case says {field} = {wanted}, but decided is {field} = {decided}");
            }
            case.decided.iter().for_each(|decided| why(decided, text));
            text.push_str("  mend the prompt, the rules' signals or the script; or the case's `decision`\n");
        }
        Verdict::UnexpectedDiagnostic => {
            text.push_str(
                "  mend what is found; or, where it is to be refused, name its code in the case's `diagnostics`\n",
            );
            once(&errors(&case.found), palette, told, text);
        }
        Verdict::MissingDiagnostic => {
            for code in &case.missing {
                let _ = writeln!(text, "  the case expects {} ({}), which is not found", code.as_str(), title(*code));
            }
            text.push_str("  mend the rules, which let it through; or the case's `diagnostics`\n");
        }
        Verdict::BrokenCase => once(&case.found, palette, told, text),
    }
}

fn indented(lines: &str, text: &mut String) {
    lines.lines().for_each(|line| {
        text.extend([if line.is_empty() { "" } else { "  " }, line, "\n"]);
    });
}

fn errors(found: &Diagnostics) -> Diagnostics {
    let mut errors = Diagnostics::new();
    found.iter().filter(|one| one.severity == Severity::Error).cloned().for_each(|one| errors.push(one));
    errors
}

/// Shows findings, unless they were shown with another case: one mistake in the rules breaks all that use them.
fn once(found: &Diagnostics, palette: &Palette, told: &mut Vec<String>, text: &mut String) {
    let shown = pretty(found, palette.colour);
    if told.contains(&shown) {
        text.push_str("  the same as above\n");
    } else {
        let _ = writeln!(text, "{}", shown.trim_end());
        told.push(shown);
    }
}

/// What the prompt says of each signal that it speaks of, and the line that answered.
fn why(decided: &decide::Verdict, text: &mut String) {
    for reading in decided.readings.iter().filter(|reading| !reading.because.is_empty()) {
        let places: Vec<String> = reading.because.iter().map(|because| quoted(&because.text)).collect();
        let _ = writeln!(text, "  {} is {}: {}", reading.name, reading.state.word(), places.join(", "));
    }
    if let Some(at) = &decided.answered_at {
        let (line, _) = at.source.line_column(at.span.start);
        let answer = visible(at.source.slice(at.source.line_span(line)).trim());
        let _ = writeln!(text, "  {}:{line} answers {answer}", at.source.name());
    } else {
        text.push_str("  nobody said anything: what the scenario has is shown\n");
    }
}

fn title(code: Code) -> &'static str {
    CODES.iter().find(|(other, _)| *other == code).map_or("", |(_, title)| title)
}

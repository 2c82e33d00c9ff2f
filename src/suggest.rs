//! "Did you mean": the nearest known name to a mistaken one.

use crate::diagnostic::Help;

/// Below this similarity a suggestion confuses more than it helps (nickel and typst use the same threshold).
const THRESHOLD: f64 = 0.6;

/// The candidate most like `wrong`, if any is like it at all. Ties go to the earlier candidate.
#[must_use]
pub(crate) fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wrong.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let similarity = strsim::normalized_damerau_levenshtein(&folded, &candidate.to_lowercase())
            .max(strsim::jaro(&folded, &candidate.to_lowercase()) - 0.2);
        if similarity >= THRESHOLD && best.is_none_or(|(so_far, _)| similarity > so_far) {
            best = Some((similarity, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The help line for a mistaken name: the nearest one, or all that are allowed.
#[must_use]
pub(crate) fn help(wrong: &str, candidates: &[&str]) -> Help {
    help_or(wrong, candidates, || format!("allowed here: {}", list(candidates)))
}

/// The help line for a mistaken name: the nearest one, or what `otherwise` says.
#[must_use]
pub(crate) fn help_or(wrong: &str, candidates: &[&str], otherwise: impl FnOnce() -> String) -> Help {
    match nearest(wrong, candidates.iter().copied()) {
        Some(near) => Help::instead(wrong, near, format!("did you mean `{near}`?")),
        None => otherwise().into(),
    }
}

/// Names in backticks, separated by commas.
#[must_use]
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        assert_eq!(nearest("positon", ["text", "position", "style"]), Some("position"));
        assert_eq!(nearest("start", ["start_time", "end_time"]), Some("start_time"));
    }

    #[test]
    fn a_stranger_finds_nothing() {
        assert_eq!(nearest("zebra", ["text", "position", "style"]), None);
    }
}

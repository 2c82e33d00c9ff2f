//! Can a person read these cues?

use crate::diagnostic::{self, Diagnostics};
use crate::time::Time;

use super::limits::length;
use super::{Entry, Limits, Track};

/// Every cue that breaks one of `limits`, with what was found and what is allowed.
#[must_use]
pub fn check(track: &Track, limits: &Limits) -> Diagnostics {
    check_entries(track.entries(), limits)
}

pub(super) fn check_entries(entries: &[Entry], limits: &Limits) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut previous: Option<&Entry> = None;
    for entry in entries {
        check_lines(entry, limits, &mut found);
        check_times(entry, limits, &mut found);
        if let Some(previous) = previous {
            let gap = entry.cue.start.saturating_sub(previous.cue.end);
            if gap + grain() < limits.gap {
                let message = format!("cue {} follows cue {} after {gap} s", entry.number, previous.number);
                let help = format!("leave two frames, {} s, between cues", limits.gap);
                found.push(entry.finding(diagnostic::CUE_GAP, message).help(help));
            }
        }
        previous = Some(entry);
    }
    found
}

/// Caption files hold times in milliseconds: what is off by less is not the author's doing.
fn grain() -> Time {
    Time::from_millis(1).unwrap_or_default()
}

fn check_lines(entry: &Entry, limits: &Limits, found: &mut Diagnostics) {
    let lines = entry.cue.text.lines().count();
    let longest = entry.cue.text.lines().map(length).max().unwrap_or(0);
    let number = entry.number;
    let mut wrong = Vec::new();
    if lines > limits.lines {
        wrong.push(format!("cue {number} has {lines} lines; at most {} can be read", limits.lines));
    }
    if longest > limits.line_length {
        wrong.push(format!("cue {number} has a line of {longest} characters; at most {} fit", limits.line_length));
    }
    for message in wrong {
        let help = "break the line, or divide the cue in two";
        found.push(entry.finding(diagnostic::CUE_LINES, message).help(help));
    }
}

fn check_times(entry: &Entry, limits: &Limits, found: &mut Diagnostics) {
    let (number, shown) = (entry.number, entry.cue.end.saturating_sub(entry.cue.start));
    if shown + grain() < limits.shortest || shown > limits.longest + grain() {
        let message = format!("cue {number} is shown for {shown} s");
        let help = format!("a cue is shown for {} s to {} s", limits.shortest, limits.longest);
        found.push(entry.finding(diagnostic::CUE_LENGTH, message).help(help));
    }
    let characters = length(&entry.cue.text);
    let needed = limits.time_for(characters);
    if shown + grain() < needed {
        #[expect(clippy::cast_precision_loss, reason = "a text has fewer than 2^52 characters")]
        let speed = characters as f64 / shown.as_secs().max(0.001);
        let message = format!("cue {number} wants {speed:.1} characters a second read; {} can be", limits.speed);
        let help = format!("show it for {needed} s, or shorten it");
        found.push(entry.finding(diagnostic::CUE_SPEED, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::Language;
    use crate::time::FrameRate;
    use crate::value::Cue;

    fn codes(cues: &[(i64, i64, &str)]) -> Vec<&'static str> {
        let time = |milliseconds| Time::from_millis(milliseconds).expect("a time");
        let entries: Vec<Entry> = cues
            .iter()
            .enumerate()
            .map(|(number, (start, end, text))| Entry::new(number + 1, Cue::new(time(*start), time(*end), *text)))
            .collect();
        let limits = Limits::of(Language::Russian, FrameRate::thirty());
        check_entries(&entries, &limits).iter().map(|one| one.code.as_str()).collect()
    }

    #[test]
    fn what_can_be_read_is_not_spoken_of() {
        let full = "а".repeat(39);
        assert_eq!(codes(&[(0, 833, "а"), (900, 5489, &format!("{full}\n{full}")), (5555, 12_555, "б")]), [""; 0]);
    }

    #[test]
    fn each_limit_has_its_own_finding() {
        assert_eq!(codes(&[(0, 7000, &"а".repeat(40))]), ["W0514"]);
        assert_eq!(codes(&[(0, 7000, "а\nб\nв")]), ["W0514"]);
        assert_eq!(codes(&[(0, 800, "а")]), ["W0515"]);
        assert_eq!(codes(&[(0, 7100, "а")]), ["W0515"]);
        assert_eq!(codes(&[(0, 1000, "восемнадцать знаков")]), ["W0513"]);
        assert_eq!(codes(&[(0, 1000, "а"), (1050, 2000, "б")]), ["W0516"]);
    }
}

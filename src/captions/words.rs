//! Cues that were made of one text get the times at which its words were heard.

use crate::time::Time;
use crate::value::Word;

use super::{Entry, Limits};

/// Gives `entries`, made one after another of a text that consists of `words`, their words; a cue begins with its first
/// word where the cue before it keeps its time, and the cue before it then ends with the gap that `limits` ask for.
///
/// Words and cues are matched by their letters and digits, so that it does not matter where lines end.
pub fn place_words(entries: &mut [Entry], words: &[Word], limits: &Limits) {
    let mut words = words.iter().peekable();
    let mut letters_of_words = 0;
    let mut letters_of_cues = 0;
    let mut before: Option<usize> = None;
    for index in 0..entries.len() {
        let Some(entry) = entries.get_mut(index) else { continue };
        letters_of_cues += letters(&entry.cue.text);
        let mut own = Vec::new();
        while let Some(word) = words.next_if(|_| letters_of_words < letters_of_cues) {
            letters_of_words += letters(&word.text);
            own.push(word.clone());
        }
        let first = own.first().map(|word| word.start);
        entry.cue.words = own;
        if let (Some(first), Some(before)) = (first, before.replace(index)) {
            let (earlier, later) = entries.split_at_mut(index);
            if let (Some(earlier), Some(later)) = (earlier.get_mut(before), later.first_mut()) {
                move_boundary(
                    &mut earlier.cue.end,
                    earlier.cue.start,
                    &mut later.cue.start,
                    later.cue.end,
                    first,
                    limits,
                );
            }
        }
    }
    for entry in entries {
        entry.cue.settle_words();
    }
}

/// Lets the later cue begin at `at`, if both are shown long enough then.
fn move_boundary(
    earlier_end: &mut Time,
    earlier_start: Time,
    later_start: &mut Time,
    later_end: Time,
    at: Time,
    limits: &Limits,
) {
    let end = (*earlier_end).min(at.saturating_sub(limits.gap));
    if end.saturating_sub(earlier_start) >= limits.shortest && later_end.saturating_sub(at) >= limits.shortest {
        (*earlier_end, *later_start) = (end, at);
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;
    use crate::time::FrameRate;
    use crate::value::Cue;

    fn time(milliseconds: i64) -> Time {
        Time::from_millis(milliseconds).expect("a time")
    }

    fn words(listed: &[(i64, i64, &str)]) -> Vec<Word> {
        listed
            .iter()
            .map(|(start, end, text)| Word { start: time(*start), end: time(*end), text: (*text).into() })
            .collect()
    }

    fn cues(listed: &[(i64, i64, &str)]) -> Vec<Entry> {
        let entry = |(number, (start, end, text)): (usize, &(i64, i64, &str))| {
            Entry::new(number + 1, Cue::new(time(*start), time(*end), *text))
        };
        listed.iter().enumerate().map(entry).collect()
    }

    fn shown(entries: &[Entry]) -> Vec<String> {
        let entry = |entry: &Entry| {
            let words: Vec<String> =
                entry.cue.words.iter().map(|word| format!("{}@{}", word.text, word.start)).collect();
            format!("{}-{} {}", entry.cue.start, entry.cue.end, words.join(" "))
        };
        entries.iter().map(entry).collect()
    }

    #[test]
    fn each_cue_gets_its_words_and_begins_with_the_first() {
        let limits = Limits::of(Language::Russian, FrameRate::thirty());
        let mut entries = cues(&[(0, 1900, "Добрый день,\nдорогие"), (2000, 4000, "— друзья!")]);
        let heard = words(&[(0, 300, "Добрый"), (400, 700, "день,"), (800, 1500, "дорогие"), (2300, 2900, "друзья!")]);
        place_words(&mut entries, &heard, &limits);
        assert_eq!(shown(&entries), ["0-1.9 Добрый@0 день,@0.4 дорогие@0.8", "2.3-4 друзья!@2.3"]);
    }

    #[test]
    fn a_cue_keeps_the_time_that_it_needs_to_be_read() {
        let limits = Limits::of(Language::Russian, FrameRate::thirty());
        let mut entries = cues(&[(0, 1000, "раз"), (1100, 2000, "два")]);
        place_words(&mut entries, &words(&[(0, 100, "раз"), (200, 900, "два")]), &limits);
        assert_eq!(shown(&entries), ["0-1 раз@0", "1.1-2 два@1.1"]);
    }
}

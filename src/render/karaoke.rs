//! When each word of a cue is said.

use crate::time::Time;
use crate::value::Cue;

use super::strip::Spoken;

/// The words of `cue` in order, from their own times; where the cue has none, spread over it by their letters.
pub(super) fn spoken(cue: &Cue) -> Vec<Spoken> {
    let letters = |word: &str| word.chars().filter(|letter| letter.is_alphanumeric()).count();
    let mut before = 0;
    if !cue.words.is_empty() {
        let words = cue.words.iter().map(|word| {
            let spoken = Spoken { letters: before, at: word.start.max(cue.start) };
            before += letters(&word.text);
            spoken
        });
        return words.collect();
    }
    let all = letters(&cue.text).max(1);
    let words = cue.text.split_whitespace().filter(|word| letters(word) > 0).map(|word| {
        #[expect(clippy::cast_precision_loss, reason = "a text has far fewer letters than 2^52")]
        let share = before as f64 / all as f64;
        let into = if before == 0 { Time::ZERO } else { (cue.end - cue.start).scaled(1.0 / share) };
        let spoken = Spoken { letters: before, at: cue.start + into };
        before += letters(word);
        spoken
    });
    words.collect()
}

//! How far a refusal reaches.
//!
//! A refusal of what follows («без», "no") takes the first phrase after it in its clause, at most [`REACH`] other words
//! away, then every next one that «и», "or" and the like join to it. It ends at the end of the clause and at words that
//! turn («но», "with"). A comma ends it too, unless the list goes on behind it: «ни», "nor" or "or" follows, or closes the
//! list («без титров, субтитров и надписей»), or the phrase is declined as only the refusal can have declined it («без
//! музыки, субтитров», but not «без музыки, субтитры»). A refusal of what comes before ("… are not needed") is the same,
//! backwards.

use super::listen::{Found, Owner, Turn};
use super::words::{Gap, Word};

/// How many other words may stand between a refusal and what it refuses: «не хочу видеть здесь никаких субтитров».
const REACH: usize = 3;

/// The same for what is only spoken of: "about our captions".
const SHORT_REACH: usize = 1;

/// A prompt with everything that was found in it.
pub(super) struct Clauses<'a> {
    pub(super) words: &'a [Word],
    pub(super) found: &'a [Found],
}

impl Clauses<'_> {
    /// What the turn `turn`, found at `of`, is about.
    pub(super) fn reach(&self, turn: Turn, of: &Found) -> Vec<Found> {
        match turn {
            Turn::RefusesAfter => self.or_topic(self.forward(of, REACH), of),
            Turn::RefusesNext => self.or_topic(self.forward(of, 0), of),
            Turn::RefusesBefore | Turn::AsksBefore => self.backward(of, REACH),
            Turn::RefusesAround => {
                let ways = [self.forward(of, 0), self.backward(of, REACH), self.forward(of, REACH)];
                ways.into_iter().find(|way| !way.is_empty()).unwrap_or_default()
            }
            Turn::RepeatsBefore => self.backward(of, 0),
            Turn::AsksAfter => self.forward(of, REACH),
            Turn::IgnoresAfter => self.forward(of, SHORT_REACH),
            Turn::SkipsOver
            | Turn::ReadsThrough
            | Turn::TurnsAt
            | Turn::JoinsBy
            | Turn::JoinsOver
            | Turn::ForgetsBefore => Vec::new(),
        }
    }

    /// "Captions? No." «Тезисы — нет.» A refusal with nothing behind it is about what stands right before.
    fn or_topic(&self, after: Vec<Found>, of: &Found) -> Vec<Found> {
        let ends = self.words.get(of.end).is_none_or(|next| next.gap != Gap::None);
        if after.is_empty() && ends { self.backward(of, 0) } else { after }
    }

    fn forward(&self, of: &Found, reach: usize) -> Vec<Found> {
        let mut taken: Vec<Found> = Vec::new();
        let (mut at, mut between, mut joined) = (of.end, 0, true);
        // "don't add text": the phrase "add text" begins inside the refusal.
        let across = self.phrases(|found| found.start < of.end && of.end < found.end);
        if let Some(first) = across.first() {
            (at, joined) = (first.end, false);
            taken.extend(across);
        }
        while let Some(word) = self.words.get(at) {
            match word.gap {
                Gap::Full | Gap::Topic => break,
                // A line that ends with «без» has only been wrapped.
                Gap::Line if at != of.end => break,
                Gap::Comma if at == of.end || !self.list_goes_on(at, taken.len()) => break,
                Gap::Comma => joined = true,
                Gap::None | Gap::Line => {}
            }
            let phrases = self.phrases(|found| found.start == at);
            if let Some(first) = phrases.first() {
                if !joined {
                    break;
                }
                at = first.end;
                taken.extend(phrases);
                (between, joined) = (0, false);
                continue;
            }
            match self.turn(|found| found.start == at) {
                Some((Turn::JoinsBy | Turn::JoinsOver, found)) => {
                    joined |= !taken.is_empty();
                    (between, at) = (if taken.is_empty() { between } else { 0 }, found.end);
                }
                Some((Turn::ReadsThrough, found)) => at = found.end,
                Some(_) => break,
                None => {
                    between += 1;
                    at += 1;
                }
            }
            if between > reach {
                break;
            }
        }
        taken
    }

    fn backward(&self, of: &Found, reach: usize) -> Vec<Found> {
        let mut taken: Vec<Found> = Vec::new();
        let (mut at, mut between, mut joined, mut listed) = (of.start, 0, true, false);
        while let Some(word) = self.words.get(at).filter(|_| at > 0) {
            match word.gap {
                Gap::None => {}
                Gap::Topic if at == of.start => {}
                // «субтитры, тезисы и надписи не нужны»
                Gap::Comma if listed && taken.last().is_some_and(|last| last.start == at) => joined = true,
                _ => break,
            }
            let phrases = self.phrases(|found| found.end == at);
            if let Some(first) = phrases.first() {
                if !joined {
                    break;
                }
                at = first.start;
                taken.extend(phrases);
                (between, joined) = (0, false);
                continue;
            }
            match self.turn(|found| found.end == at) {
                Some((Turn::JoinsBy | Turn::JoinsOver, found)) => {
                    let any = !taken.is_empty();
                    (joined, listed) = (joined || any, listed || any);
                    (between, at) = (if any { 0 } else { between }, found.start);
                }
                Some((Turn::ReadsThrough, found)) => at = found.start,
                Some(_) => break,
                None => {
                    between += 1;
                    at -= 1;
                }
            }
            if between > reach {
                break;
            }
        }
        taken
    }

    /// Whether the list of what is refused goes on at word `at`, before which a comma stands.
    fn list_goes_on(&self, at: usize, taken: usize) -> bool {
        match self.turn(|found| found.start == at) {
            Some((Turn::JoinsOver, _)) => return true,
            // "no titles, captions, and headlines" is a list; "no music, and captions" is not.
            Some((Turn::JoinsBy, found)) => {
                return taken > 1 || self.phrase_near(found.end).is_some_and(|phrase| phrase.declined);
            }
            Some(_) => return false,
            None => {}
        }
        let Some(mut phrase) = self.phrase_near(at) else { return false };
        if phrase.declined {
            return true;
        }
        loop {
            match self.turn(|found| found.start == phrase.end) {
                Some((Turn::JoinsOver, _)) => return true,
                Some((Turn::JoinsBy, found)) => return taken > 0 && self.phrase_near(found.end).is_some(),
                _ => {}
            }
            let comma = self.words.get(phrase.end).is_some_and(|word| word.gap == Gap::Comma);
            match self.phrase_near(phrase.end).filter(|_| comma) {
                Some(next) => phrase = next,
                None => return false,
            }
        }
    }

    /// The phrase at word `at`, or at the next one: «крупных титров».
    fn phrase_near(&self, at: usize) -> Option<Found> {
        let here = self.phrases(|found| found.start == at).first().copied();
        let next = || {
            let close = self.words.get(at + 1)?.gap == Gap::None && self.turn(|found| found.start == at).is_none();
            self.phrases(|found| found.start == at + 1).first().copied().filter(|_| close)
        };
        here.or_else(next)
    }

    fn phrases(&self, at: impl Fn(&Found) -> bool) -> Vec<Found> {
        let is_phrase = |found: &&Found| matches!(found.owner, Owner::Signal(..));
        self.found.iter().filter(is_phrase).filter(|found| at(found)).copied().collect()
    }

    fn turn(&self, at: impl Fn(&Found) -> bool) -> Option<(Turn, Found)> {
        self.found.iter().find_map(|found| match found.owner {
            Owner::Turn(turn) if at(found) => Some((turn, *found)),
            _ => None,
        })
    }
}

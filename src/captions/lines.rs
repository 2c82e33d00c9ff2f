//! A text as units that hold together, and the lines of a cue made of them.

use crate::text::breaks;

use super::Limits;
use super::limits::length;

/// Costs of ending a line or a cue behind a unit. A sentence ends for nothing; the others follow [`breaks`], whose
/// penalties run from -0.05 (behind a comma) to 0.3 (inside a compound).
const PLAIN: f64 = 9.0;
const BY_PENALTY: f64 = 140.0;
/// An initial or an abbreviation of one letter (`г.`, `т. е.`) ends no sentence, and belongs to the word behind it.
const INITIAL: f64 = 25.0;

/// A part of a text that stays on one line.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Where it begins, in bytes.
    from: usize,
    /// Where it ends, with the blanks behind it.
    until: usize,
    /// How many characters stand before it.
    pub(super) at: usize,
    /// How many it has without the blanks behind it.
    width: usize,
    /// How badly a cue ends behind it.
    pub(super) cost: f64,
}

/// A text cut into units.
#[derive(Clone, Debug)]
pub(super) struct Units<'a> {
    text: &'a str,
    parts: Vec<Unit>,
    total: usize,
    /// For each unit, how many units from it on fit one cue.
    reach: Vec<usize>,
    limits: &'a Limits,
}

impl<'a> Units<'a> {
    /// The units of `text`, a text without line ends.
    pub(super) fn of(text: &'a str, limits: &'a Limits) -> Self {
        let mut parts = Vec::new();
        let mut at = 0;
        for piece in breaks::pieces(text) {
            let part = text.get(piece.range.clone()).unwrap_or_default();
            let width = length(part.trim_end_matches(' '));
            parts.push(Unit {
                from: piece.range.start,
                until: piece.range.end,
                at,
                width,
                cost: cost(part, piece.penalty),
            });
            at += length(part);
        }
        let mut cut = Self { text, parts, total: at, reach: Vec::new(), limits };
        cut.reach = cut.reaches();
        cut
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// How many characters stand before unit `index`; all of them at the end.
    pub(super) fn at(&self, index: usize) -> usize {
        self.parts.get(index).map_or(self.total, |unit| unit.at)
    }

    /// How badly a cue ends in front of unit `index`.
    pub(super) fn cost(&self, index: usize) -> f64 {
        match index.checked_sub(1).and_then(|before| self.parts.get(before)) {
            Some(unit) if index < self.parts.len() => unit.cost,
            _ => 0.0,
        }
    }

    /// How many characters the units from `first` up to `last` show.
    pub(super) fn width(&self, first: usize, last: usize) -> usize {
        let Some(end) = last.checked_sub(1).and_then(|index| self.parts.get(index)) else { return 0 };
        (end.at + end.width).saturating_sub(self.at(first))
    }

    /// One past the last unit that a cue beginning with `first` can have; always further than `first`.
    pub(super) fn reach(&self, first: usize) -> usize {
        self.reach.get(first).copied().unwrap_or(first + 1)
    }

    /// For each unit the end of the longest cue, by two pointers.
    fn reaches(&self) -> Vec<usize> {
        let count = self.parts.len();
        let mut line_ends = Vec::with_capacity(count + 1);
        let mut end = 0;
        for first in 0..count {
            end = end.max(first + 1);
            while end < count && self.width(first, end + 1) <= self.limits.line_length {
                end += 1;
            }
            line_ends.push(end);
        }
        line_ends.push(count);
        let line_end = |first: usize| line_ends.get(first).copied().unwrap_or(count);
        let mut ends = Vec::with_capacity(count);
        for first in 0..count {
            let mut end = (0..self.limits.lines).fold(first, |end, _| line_end(end));
            // A full cue must be read within the longest time that it may be shown for.
            while end > first + 1 && self.limits.time_for(self.width(first, end)) > self.limits.longest {
                end -= 1;
            }
            ends.push(end);
        }
        ends
    }

    /// How badly the lines of a cue of the units from `first` up to `last` end.
    pub(super) fn lines_cost(&self, first: usize, last: usize) -> f64 {
        self.best_breaks(first, last, self.limits.lines).map_or(0.0, |(cost, _)| cost)
    }

    /// The lines of a cue of the units from `first` up to `last`: one where it fits, else such that they end well and
    /// are of a length, the lower rather the longer one.
    pub(super) fn lines(&self, first: usize, last: usize) -> String {
        let breaks = self.best_breaks(first, last, self.limits.lines).map(|(_, breaks)| breaks).unwrap_or_default();
        let ends = breaks.iter().copied().chain([last]);
        let starts = std::iter::once(first).chain(breaks.iter().copied());
        starts.zip(ends).map(|(first, last)| self.words(first, last)).collect::<Vec<_>>().join("\n")
    }

    fn words(&self, first: usize, last: usize) -> &'a str {
        let from = self.parts.get(first).map_or(0, |unit| unit.from);
        let until = last.checked_sub(1).and_then(|index| self.parts.get(index)).map_or(from, |unit| unit.until);
        self.text.get(from..until).unwrap_or_default().trim_matches(' ')
    }

    /// The cheapest places to break at into at most `lines` lines; `None` where that cannot be done.
    fn best_breaks(&self, first: usize, last: usize, lines: usize) -> Option<(f64, Vec<usize>)> {
        let limit = self.limits.line_length;
        // What cannot be broken is left whole, however long it is.
        if self.width(first, last) <= limit || last == first + 1 {
            return Some((0.0, Vec::new()));
        }
        if lines < 2 {
            return None;
        }
        let mut best: Option<(f64, Vec<usize>)> = None;
        for place in first + 1..last {
            let width = self.width(first, place);
            if width > limit && place > first + 1 {
                break;
            }
            let Some((rest_cost, rest)) = self.best_breaks(place, last, lines - 1) else { continue };
            #[expect(clippy::cast_precision_loss, reason = "lines of some dozen characters")]
            let difference = (width as f64 - self.width(place, last) as f64) / limit as f64;
            // Two thirds of a line of difference weigh as much as a plain break in place of one at a comma; Netflix
            // prefers the lower line to be the longer one.
            let shape = 16.0 * difference * difference + if difference > 0.0 { 1.0 } else { 0.0 };
            let cost = self.cost(place) + shape + rest_cost;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, std::iter::once(place).chain(rest).collect()));
            }
        }
        best
    }
}

fn cost(unit: &str, penalty: f64) -> f64 {
    let closing = ['"', '\'', '»', '”', '’', ')', ']'];
    let bare = unit.trim_end().trim_end_matches(closing);
    let before = bare.trim_end_matches('.');
    let letters = before.chars().rev().take_while(|letter| letter.is_alphabetic()).count();
    if bare.ends_with('.') && before.len() + 1 == bare.len() && letters == 1 {
        INITIAL
    } else if bare.ends_with(['.', '!', '?', '…', '。', '！', '？']) {
        0.0
    } else if bare.ends_with([',', ';', ':', '—', '–', '、', '，']) {
        // Behind a quotation mark too.
        PLAIN + BY_PENALTY * penalty.min(-0.05)
    } else {
        PLAIN + BY_PENALTY * penalty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::Language;
    use crate::time::FrameRate;

    fn lines(text: &str) -> String {
        let limits = Limits::of(Language::of(text), FrameRate::thirty());
        let units = Units::of(text, &limits);
        units.lines(0, units.len())
    }

    #[test]
    fn what_fits_one_line_is_one_line() {
        assert_eq!(lines("Сегодня мы поговорим о главном."), "Сегодня мы поговорим о главном.");
    }

    #[test]
    fn two_lines_break_at_a_comma_and_never_behind_a_preposition() {
        assert_eq!(
            lines("Когда мы приехали, в городе давно уже стояла зима."),
            "Когда мы приехали,\nв городе давно уже стояла зима."
        );
        assert_eq!(
            lines("Он жил недалеко от нас и часто ходил с братом в соседний лес"),
            "Он жил недалеко от нас\nи часто ходил с братом в соседний лес"
        );
    }

    #[test]
    fn a_word_that_is_too_long_stays_whole() {
        let word = "а".repeat(60);
        assert_eq!(lines(&format!("Вот {word}")), format!("Вот\n{word}"));
    }

    #[test]
    fn a_sentence_ends_behind_its_quotation_mark_but_not_behind_an_initial() {
        assert!((cost("сказал.» ", 0.0)).abs() < 1e-9);
        assert!((cost("г. ", -0.05) - INITIAL).abs() < 1e-9);
    }
}

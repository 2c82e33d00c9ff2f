//! A paragraph as lines that are not wider than they may be.

use std::ops::Range;

use icu_segmenter::GraphemeClusterSegmenter;

use super::breaks::{self, Piece};
use super::measure::Measure;
use super::runs::Paragraph;

/// Up to this many steps a paragraph is broken by comparing all ways; a longer one line by line.
const STEPS: usize = 200_000;

/// A paragraph that is ready to be broken at any width. All widths are ems.
pub(super) struct Breakable<'p> {
    paragraph: &'p Paragraph,
    pieces: Vec<Measured>,
}

/// A piece with its widths.
#[derive(Clone)]
struct Measured {
    piece: Piece,
    /// With the spaces behind it.
    full: f64,
    /// Without them.
    trimmed: f64,
}

impl Measured {
    fn new(piece: Piece, paragraph: &Paragraph, measure: &mut Measure) -> Self {
        let text = paragraph.text.get(piece.range.clone()).unwrap_or_default();
        let end = piece.range.start + text.trim_end_matches(' ').len();
        let trimmed = measure.part(paragraph, &(piece.range.start..end)).width;
        let full = trimmed + measure.part(paragraph, &(end..piece.range.end)).width;
        Self { piece, full, trimmed }
    }
}

impl<'p> Breakable<'p> {
    pub(super) fn new(paragraph: &'p Paragraph, measure: &mut Measure) -> Self {
        let pieces = breaks::pieces(&paragraph.text);
        Self { paragraph, pieces: pieces.into_iter().map(|piece| Measured::new(piece, paragraph, measure)).collect() }
    }

    /// The width that the widest word needs.
    pub(super) fn widest(&self) -> f64 {
        self.pieces.iter().map(|piece| piece.trimmed).fold(0.0, f64::max)
    }

    /// The lines at `width`, without the spaces at their ends. A blank paragraph is one empty line. Only a single
    /// character can be wider than `width`.
    pub(super) fn lines(&self, width: f64, measure: &mut Measure) -> Vec<Range<usize>> {
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            if piece.trimmed > width {
                self.split(&piece.piece, width, measure, &mut pieces);
            } else {
                pieces.push(piece.clone());
            }
        }
        let count = greedy(&pieces, width).len();
        let is_small = pieces.len().saturating_mul(pieces.len()).saturating_mul(count) <= STEPS;
        let ends = if count > 1 && is_small { balanced(&pieces, width, count) } else { greedy(&pieces, width) };
        let mut lines = Vec::with_capacity(ends.len());
        let mut first = 0;
        for end in ends {
            let line = pieces.get(first..end).unwrap_or_default();
            first = end;
            if let (Some(from), Some(to)) = (line.first(), line.last()) {
                let range = from.piece.range.start..to.piece.range.end;
                let text = self.paragraph.text.get(range.clone()).unwrap_or_default();
                lines.push(range.start..range.start + text.trim_end_matches(' ').len());
            }
        }
        if lines.is_empty() { std::iter::once(0..0).collect() } else { lines }
    }

    /// A piece wider than a line as several that are not, cut between characters.
    fn split(&self, piece: &Piece, width: f64, measure: &mut Measure, pieces: &mut Vec<Measured>) {
        let text = self.paragraph.text.get(piece.range.clone()).unwrap_or_default();
        let part = |range: Range<usize>| Piece { range, penalty: piece.penalty };
        let mut start = piece.range.start;
        let mut end = start;
        let mut sum = 0.0;
        for boundary in GraphemeClusterSegmenter::new().segment_str(text).skip(1) {
            let boundary = piece.range.start + boundary;
            let cluster = end..boundary;
            let is_space = self.paragraph.text.get(cluster.clone()) == Some(" ");
            let advance = measure.part(self.paragraph, &cluster).width;
            if sum + advance > width && end > start && !is_space {
                pieces.push(Measured::new(part(start..end), self.paragraph, measure));
                start = end;
                sum = 0.0;
            }
            sum += advance;
            end = boundary;
        }
        pieces.push(Measured::new(part(start..piece.range.end), self.paragraph, measure));
    }
}

/// The ends of lines that each take as many pieces as they can: the fewest lines there are.
fn greedy(pieces: &[Measured], width: f64) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut sum = 0.0;
    for (index, piece) in pieces.iter().enumerate() {
        if sum > 0.0 && sum + piece.trimmed > width {
            ends.push(index);
            sum = 0.0;
        }
        sum += piece.full;
    }
    ends.push(pieces.len());
    ends
}

/// The ends of exactly `count` lines of as equal a length as can be, the lower ones rather longer, broken where the
/// language likes it.
fn balanced(pieces: &[Measured], width: f64, count: usize) -> Vec<usize> {
    // best[end]: the cost of the cheapest way to set the pieces before `end` in so many lines, and where the last begins.
    let mut rounds: Vec<Vec<Option<(f64, usize)>>> = Vec::with_capacity(count);
    let mut best: Vec<Option<(f64, usize)>> = vec![None; pieces.len() + 1];
    if let Some(none_set) = best.first_mut() {
        *none_set = Some((0.0, 0));
    }
    for round in 1..=count {
        let mut next = vec![None; pieces.len() + 1];
        for (end, cell) in next.iter_mut().enumerate().skip(1) {
            let mut sum = 0.0;
            for (start, piece) in pieces.iter().enumerate().take(end).rev() {
                let line = if start + 1 == end { piece.trimmed } else { sum + piece.full };
                if line > width && start + 1 < end {
                    break;
                }
                sum = line;
                let Some((before, _)) = best.get(start).copied().flatten() else { continue };
                let is_last = end == pieces.len();
                let penalty = if is_last { 0.0 } else { pieces.get(end - 1).map_or(0.0, |last| last.piece.penalty) };
                let cost = before + line_cost(line, width, round, count) + penalty;
                if cell.is_none_or(|(so_far, _)| cost < so_far) {
                    *cell = Some((cost, start));
                }
            }
        }
        rounds.push(std::mem::replace(&mut best, next));
    }
    rounds.push(best);
    let mut ends = Vec::with_capacity(count);
    let mut end = pieces.len();
    for round in rounds.iter().skip(1).rev() {
        ends.push(end);
        let Some((_, start)) = round.get(end).copied().flatten() else { return greedy(pieces, width) };
        end = start;
    }
    ends.reverse();
    ends
}

/// The square of the space left over, so that even lines win, and a little more for a long line high up: subtitles
/// stand better on a longer lower line (Netflix: "bottom-heavy").
fn line_cost(line: f64, width: f64, round: usize, count: usize) -> f64 {
    let filled = line / width;
    let lines_below = u32::try_from(count - round).unwrap_or(0);
    (1.0 - filled).powi(2) + 0.02 * f64::from(lines_below) * filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::font::FontSet;
    use super::super::runs::paragraphs;
    use super::*;

    fn wrapped(text: &str, width: f64) -> Vec<String> {
        let fonts = FontSet::shipped();
        let mut measure = Measure::new(&fonts);
        let chosen = fonts.find("Noto Sans", false).expect("shipped");
        let mut lines = Vec::new();
        for paragraph in &paragraphs(text, chosen, &fonts, &mut Vec::new()) {
            for range in Breakable::new(paragraph, &mut measure).lines(width, &mut measure) {
                let extent = measure.part(paragraph, &range);
                assert!(extent.width <= width * 1.005 || range.len() < 5, "{text:?} at {width}: {extent:?}");
                lines.push(paragraph.text.get(range).expect("a line").to_owned());
            }
        }
        lines
    }

    #[test]
    fn two_lines_are_of_similar_length() {
        assert_eq!(
            wrapped("Почему облака не падают, хотя весят сотни тонн", 18.0),
            ["Почему облака не падают,", "хотя весят сотни тонн"]
        );
        assert_eq!(
            wrapped("Why do clouds not fall although they weigh tons", 18.0),
            ["Why do clouds not fall", "although they weigh tons"]
        );
    }

    #[test]
    fn the_lower_line_is_the_longer_one() {
        assert_eq!(wrapped("aaaa bbbb cccc dddd eeee", 9.0), ["aaaa bbbb", "cccc dddd eeee"]);
    }

    #[test]
    fn line_ends_are_kept() {
        assert_eq!(wrapped("one\r\n\r\ntwo", 20.0), ["one", "", "two"]);
    }

    #[test]
    fn a_word_of_two_hundred_letters_is_broken_between_letters() {
        let lines = wrapped(&"Ж".repeat(200), 10.0);
        assert!(lines.len() > 10);
        assert_eq!(lines.concat(), "Ж".repeat(200));
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_letter_is_lost(text in "[a-zа-я,. ]{0,120}", width in 3.0..30.0_f64) {
            let lines = wrapped(&text, width);
            let letters = |text: &str| text.chars().filter(|letter| *letter != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}

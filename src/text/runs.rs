//! A text as paragraphs of runs, each run in one font.

use std::ops::Range;

use harfrust::Script;
use harfrust::unicode::script;
use icu_segmenter::GraphemeClusterSegmenter;

use super::font::{FaceId, FontSet, is_ignorable};

/// What stands between two line ends.
pub(super) struct Paragraph {
    /// Its text as drawn: without control characters, what no font has left out.
    pub(super) text: String,
    /// Its parts by font, one after another, covering all of it.
    pub(super) runs: Vec<(Range<usize>, FaceId)>,
    /// Whether it is read from right to left.
    pub(super) rtl: bool,
}

impl Paragraph {
    /// The runs inside `range`, cut to it.
    pub(super) fn runs_in(&self, range: &Range<usize>) -> impl Iterator<Item = (&str, FaceId)> {
        self.runs.iter().filter_map(move |(run, face)| {
            let part = self.text.get(run.start.max(range.start)..run.end.min(range.end))?;
            (!part.is_empty()).then_some((part, *face))
        })
    }
}

/// The paragraphs of `text` in the fonts `chosen` and, where that has not the characters, the first that has. What no
/// font has is added to `missing`. Blank lines around the text are dropped, those inside are kept.
pub(super) fn paragraphs(text: &str, chosen: FaceId, fonts: &FontSet, missing: &mut Vec<char>) -> Vec<Paragraph> {
    let text = text.replace("\r\n", "\n");
    // The characters that end a line: Unicode's BK, CR, LF and NL line-break classes.
    let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let picker = Picker { chosen, bold: fonts.face(chosen).is_some_and(|face| face.bold), fonts };
    let lines: Vec<String> = text.split(ends).map(|line| drawable(&clean(line), &picker, missing)).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let after_last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    let lines = lines.get(first..after_last).unwrap_or_default();
    lines.iter().map(|line| paragraph(line, &picker)).collect()
}

/// The clusters of `line`, each what a reader takes for one character.
pub(super) fn clusters(line: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    // The first boundary is the start of the text.
    GraphemeClusterSegmenter::new().segment_str(line).skip(1).map(move |end| {
        let cluster = line.get(start..end).unwrap_or_default();
        start = end;
        cluster
    })
}

/// `line` without the characters that no font has, which are added to `missing`, and without the space that they leave.
fn drawable(line: &str, picker: &Picker<'_>, missing: &mut Vec<char>) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut has_gap = false;
    for cluster in clusters(line) {
        let before = kept.len();
        if picker.pick(cluster, None).is_some() {
            let doubles = has_gap && cluster == " " && (kept.is_empty() || kept.ends_with(' '));
            kept.push_str(if doubles { "" } else { cluster });
        } else {
            // What stands on a letter that is not there has nothing to stand on.
            let mut has_base = true;
            for (place, letter) in cluster.chars().enumerate() {
                if picker.pick(letter.encode_utf8(&mut [0; 4]), None).is_some() {
                    kept.extend(has_base.then_some(letter));
                    continue;
                }
                has_base = has_base && place > 0;
                if !missing.contains(&letter) {
                    missing.push(letter);
                }
            }
        }
        has_gap = if kept.len() == before { true } else { has_gap && cluster == " " };
    }
    if kept.len() == line.len() { kept } else { clean(&kept) }
}

/// A line without what cannot be drawn: control characters, soft hyphens and spaces at its ends.
fn clean(line: &str) -> String {
    let line = line.replace('\t', " ");
    let kept: String = line.chars().filter(|letter| !letter.is_control() && !is_left_out(*letter)).collect();
    let is_visible = |letter: char| !letter.is_whitespace() && !is_ignorable(letter);
    if kept.contains(is_visible) { kept.trim_matches(' ').to_owned() } else { String::new() }
}

/// Soft hyphens, which would need a hyphen drawn, and byte-order marks.
fn is_left_out(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{feff}')
}

/// Lays `line`, all of which can be drawn, out in fonts.
fn paragraph(line: &str, picker: &Picker<'_>) -> Paragraph {
    let mut paragraph = Paragraph {
        text: String::with_capacity(line.len()),
        runs: Vec::new(),
        rtl: line.chars().find_map(direction_of) == Some(true),
    };
    for cluster in clusters(line) {
        if let Some(face) = picker.pick(cluster, goes_on(&paragraph)) {
            push(&mut paragraph, cluster, face);
            continue;
        }
        // No font has the cluster as a whole, but each of its characters.
        for letter in cluster.chars() {
            let mut bytes = [0; 4];
            let letter: &str = letter.encode_utf8(&mut bytes);
            if let Some(face) = picker.pick(letter, goes_on(&paragraph)) {
                push(&mut paragraph, letter, face);
            }
        }
    }
    paragraph
}

fn push(paragraph: &mut Paragraph, text: &str, face: FaceId) {
    let start = paragraph.text.len();
    paragraph.text.push_str(text);
    let end = paragraph.text.len();
    match paragraph.runs.last_mut() {
        Some((range, last)) if *last == face => range.end = end,
        _ => paragraph.runs.push((start..end, face)),
    }
}

/// The font of the text so far, if that ends in right-to-left letters: a space or a stop behind them belongs to them,
/// because libass orders right-to-left text run by run.
fn goes_on(paragraph: &Paragraph) -> Option<FaceId> {
    let (range, face) = paragraph.runs.last()?;
    let text = paragraph.text.get(range.clone())?;
    (text.chars().rev().find_map(direction_of) == Some(true)).then_some(*face)
}

/// Chooses the font of a cluster.
struct Picker<'f> {
    chosen: FaceId,
    bold: bool,
    fonts: &'f FontSet,
}

impl Picker<'_> {
    fn pick(&self, cluster: &str, before: Option<FaceId>) -> Option<FaceId> {
        let covers = |face: &FaceId| self.fonts.face(*face).is_some_and(|face| face.covers(cluster));
        let emoji = self.fonts.emoji();
        // U+FE0F asks for the emoji of a character that is also a plain sign.
        if cluster.contains('\u{fe0f}')
            && let Some(emoji) = emoji.filter(&covers)
        {
            return Some(emoji);
        }
        if is_neutral(cluster)
            && let Some(before) = before.filter(&covers)
        {
            return Some(before);
        }
        if covers(&self.chosen) { Some(self.chosen) } else { self.fonts.fallback(cluster, self.bold) }
    }
}

/// Whether `text` belongs to no script: a space, a stop, a digit, an emoji.
pub(super) fn is_neutral(text: &str) -> bool {
    text.chars().all(|letter| matches!(script(letter.into()), Script::COMMON | Script::INHERITED))
}

/// Whether a run of `text` alone would be read from right to left; `None` where it holds neither kind of letter.
pub(super) fn reads_rtl(text: &str) -> Option<bool> {
    text.chars().find_map(direction_of)
}

/// Whether `letter` is read from right to left; `None` for what takes its direction from its neighbours.
pub(super) fn direction_of(letter: char) -> Option<bool> {
    match script(letter.into()) {
        Script::ARABIC | Script::HEBREW | Script::SYRIAC | Script::THAANA | Script::NKO => {
            letter.is_alphabetic().then_some(true)
        }
        Script::COMMON | Script::INHERITED => match letter {
            '\u{200e}' => Some(false),
            '\u{200f}' | '\u{61c}' => Some(true),
            _ => None,
        },
        _ => letter.is_alphabetic().then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> (Vec<String>, Vec<char>) {
        let fonts = FontSet::shipped();
        let mut missing = Vec::new();
        let chosen = fonts.find("Noto Sans", false).expect("shipped");
        let paragraphs = paragraphs(text, chosen, &fonts, &mut missing);
        let lines = paragraphs.iter().map(|paragraph| {
            let whole = 0..paragraph.text.len();
            let runs = paragraph.runs_in(&whole);
            let family = |face| fonts.face(face).map_or("", |face| face.family.trim_start_matches("Noto "));
            runs.map(|(text, face)| format!("{}[{text}]", family(face))).collect::<Vec<_>>().join(" ")
        });
        (lines.collect(), missing)
    }

    #[test]
    fn each_character_gets_the_first_font_that_has_it() {
        let (lines, missing) = set("Да 👍🏽 → ♪ ★ 1️⃣ ок");
        assert_eq!(
            lines,
            ["Sans[Да ] Emoji[👍🏽] Sans[ ] Sans Math[→] Sans[ ] Sans Symbols[♪] Sans[ ] Sans Symbols2[★] Sans[ ] \
             Emoji[1️⃣] Sans[ ок]"]
        );
        assert!(missing.is_empty());
    }

    #[test]
    fn spaces_and_stops_inside_arabic_stay_arabic() {
        assert_eq!(set("مرحبا بالعالم! Hi").0, ["Sans Arabic[مرحبا بالعالم! ] Sans[Hi]"]);
    }

    #[test]
    fn what_no_font_has_is_named_once_and_left_out() {
        let (lines, missing) = set("สวัส ok");
        assert_eq!(lines, ["Sans[ok]"]);
        assert_eq!(missing, ['ส', 'ว', 'ั']);
        assert_eq!(set("one ส two, สam สี 3").0, ["Sans[one two, am 3]"]);
        assert_eq!(set("สี").0, [""; 0]);
    }

    #[test]
    fn han_kana_and_hangul_have_a_font() {
        let (lines, missing) = set("漢字かな한국어 ok，「你好」");
        assert_eq!(lines, ["Sans CJK[漢字かな한국어] Sans[ ok] Sans CJK[，「你好」]"]);
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn what_is_not_drawn_is_never_missing() {
        let (_, missing) = set("a\u{200d}b\u{fe0f}c\u{2060}d\u{200f}e\u{202a}f\u{ad}g\u{0}\u{1b}h");
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn line_ends_of_every_kind_are_kept_inside_and_dropped_outside() {
        assert_eq!(
            set("\n \r\none\r\n\r\ntwo\u{2028}three\tfour\n").0,
            ["Sans[one]", "", "Sans[two]", "Sans[three four]"]
        );
    }
}

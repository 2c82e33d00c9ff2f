//! Which shape the video is wished to have: «вертикальное», "square", "16:9".

use std::ops::Range;

use crate::decide::Word;
use crate::scenario::AspectRatio;

use super::fragments::Fragment;
use super::vocabulary;

/// A wish for the video's shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeWish {
    /// Which shape.
    pub aspect_ratio: AspectRatio,
    /// Where the prompt says so, in bytes.
    pub span: Range<usize>,
}

/// Words for a shape, by their beginnings.
const NAMED: &[(&str, AspectRatio)] = &[
    ("вертикал", AspectRatio::Portrait),
    ("портретн", AspectRatio::Portrait),
    ("vertical", AspectRatio::Portrait),
    ("portrait", AspectRatio::Portrait),
    ("квадрат", AspectRatio::Square),
    ("square", AspectRatio::Square),
    ("горизонтал", AspectRatio::Landscape),
    ("альбомн", AspectRatio::Landscape),
    ("широкоформатн", AspectRatio::Landscape),
    ("horizontal", AspectRatio::Landscape),
    ("landscape", AspectRatio::Landscape),
    ("widescreen", AspectRatio::Landscape),
];

/// What makes a shape the video's: «в квадратном формате».
const FORMAT: &[&str] = &["формат", "ориентац", "кадр", "format", "orientation", "aspect", "mode", "version", "верси"];

/// What makes it something else's: «квадратных метров».
const NOT: &[&str] = &["метр", "meter", "metre", "feet", "foot", "не", "not", "мил", "mile"];

/// Words so near to a shape as this are about it.
const NEAR: usize = 2;

/// The wish of the prompt; of several the last.
pub(super) fn wish(fragments: &[Fragment], text: &str) -> Option<ShapeWish> {
    let mut wish = None;
    for fragment in fragments {
        for at in 0..fragment.words.len() {
            wish = ratio(&fragment.words, at, text).or_else(|| named(&fragment.words, at)).or(wish);
        }
    }
    wish
}

/// «9:16», «16х9», «4 на 5».
fn ratio(words: &[Word], at: usize, text: &str) -> Option<ShapeWish> {
    let word = words.get(at)?;
    let made = |name: &str, span: Range<usize>| {
        let aspect_ratio = match name {
            "9:16" => AspectRatio::Portrait,
            "16:9" => AspectRatio::Landscape,
            "1:1" => AspectRatio::Square,
            "4:5" => AspectRatio::FourFive,
            "3:4" => AspectRatio::ThreeFour,
            "4:3" => AspectRatio::FourThree,
            _ => return None,
        };
        Some(ShapeWish { aspect_ratio, span })
    };
    // With a letter in between it is one word.
    if let Some((width, height)) = word.folded.split_once(['x', 'х']) {
        return made(&format!("{width}:{height}"), word.span.start..word.span.end);
    }
    let next = words.get(at + 1)?;
    let between = text.get(word.span.end..next.span.start)?;
    if matches!(between, ":" | "×" | "*") {
        return made(&format!("{}:{}", word.folded, next.folded), word.span.start..next.span.end);
    }
    let third = words.get(at + 2).filter(|_| matches!(next.folded.as_str(), "на" | "by" | "к" | "x" | "х"))?;
    made(&format!("{}:{}", word.folded, third.folded), word.span.start..third.span.end)
}

fn named(words: &[Word], at: usize) -> Option<ShapeWish> {
    let word = words.get(at)?;
    let (_, aspect_ratio) = NAMED.iter().find(|(beginning, _)| word.folded.starts_with(beginning))?;
    let begins = |word: &Word, with: &[&str]| with.iter().any(|beginning| word.folded.starts_with(beginning));
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|at| words.get(at));
    if beside.into_iter().any(|word| begins(word, NOT)) {
        return None;
    }
    let mut near = words.iter().take(at + NEAR + 1).skip(at.saturating_sub(NEAR));
    // Where nothing else is said, or where the video is.
    let alone = vocabulary::content(words) <= 1;
    let about_video = near.any(|word| vocabulary::is_product(word) || begins(word, FORMAT));
    // An adverb is about what is done: «сделай горизонтально».
    let adverb = word.folded.ends_with("льно") || word.folded.ends_with("ally");
    (alone || about_video || adverb)
        .then_some(ShapeWish { aspect_ratio: *aspect_ratio, span: word.span.start..word.span.end })
}

#[cfg(test)]
mod tests {
    use super::super::fragments::cut;
    use super::*;

    fn shape(text: &str) -> Option<&'static str> {
        wish(&cut(text, &[]), text).map(|wish| wish.aspect_ratio.word())
    }

    #[test]
    fn a_shape_is_understood_however_it_is_said() {
        for (text, expected) in [
            ("Сделай вертикальное видео", "9:16"),
            ("Ролик 16:9 про кофе", "16:9"),
            ("видео 16х9", "16:9"),
            ("видео в формате 4 на 5", "4:5"),
            ("a square video about tea", "1:1"),
            ("Про кофейню, квадрат, 15 секунд", "1:1"),
            ("Смонтируй горизонтально", "16:9"),
            ("in landscape format", "16:9"),
            ("Не вертикальное, а горизонтальное видео", "16:9"),
        ] {
            assert_eq!(shape(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_shape_of_something_else_is_none() {
        for text in [
            "Квартира 100 квадратных метров",
            "Горизонтальное бурение на заводе",
            "The landscape of Norway is wild",
            "Walk through Times Square at night",
            "встреча в 16:30",
        ] {
            assert_eq!(shape(text), None, "{text}");
        }
    }
}

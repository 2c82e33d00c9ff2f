//! How long the video is wished to be: «на 15 секунд», "a 20 second video", «1 минута».

mod amount;

use std::ops::Range;

use crate::decide::Word;
use crate::time::Time;

use super::fragments::Fragment;
use super::vocabulary;

use amount::{Amount, amount};

/// A wish for the video's length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthWish {
    /// How long.
    pub length: Time,
    /// Where the prompt says so, in bytes.
    pub span: Range<usize>,
}

/// What comes before a length of the whole.
const WHOLE: &[&str] = &[
    "на",
    "длиной",
    "длительностью",
    "длительность",
    "продолжительностью",
    "хронометраж",
    "хронометражем",
    "ровно",
    "exactly",
    "length",
    "duration",
    "long",
    "runtime",
];

/// What comes before a length of something else: «по 3 секунды», "every 5 seconds".
const OF_A_PART: &[&str] = &[
    "из",
    "from",
    "по",
    "каждые",
    "каждая",
    "каждую",
    "каждый",
    "первые",
    "первых",
    "последние",
    "последних",
    "через",
    "за",
    "every",
    "each",
    "first",
    "last",
    "per",
    "in",
    "within",
    "after",
    "by",
];

/// What may stand around a length that stands alone.
const AROUND: &[&str] = &[
    "до",
    "около",
    "примерно",
    "не",
    "более",
    "больше",
    "длиннее",
    "дольше",
    "максимум",
    "минимум",
    "где",
    "то",
    "about",
    "around",
    "under",
    "up",
    "to",
    "max",
    "maximum",
    "roughly",
    "at",
    "most",
    "less",
    "than",
    "long",
    "for",
    "of",
    "и",
    "and",
    "a",
    "total",
    "всего",
    "или",
];

/// Words so near to the length as this are about it.
const NEAR: usize = 3;

/// The wish of the prompt: of several the first that stands at a word for the video.
pub(super) fn wish(fragments: &[Fragment], text: &str) -> Option<LengthWish> {
    let mut first = None;
    for fragment in fragments {
        let mut at = 0;
        while at < fragment.words.len() {
            let Some(amount) = amount(&fragment.words, at, text) else {
                at += 1;
                continue;
            };
            match weight(&fragment.words, at, &amount) {
                Some(true) => return wished(&fragment.words, at, &amount),
                Some(false) => first = first.or_else(|| wished(&fragment.words, at, &amount)),
                None => {}
            }
            at = amount.end;
        }
    }
    first
}

fn wished(words: &[Word], at: usize, amount: &Amount) -> Option<LengthWish> {
    let (start, end) = (words.get(at)?.span.start, words.get(amount.end.checked_sub(1)?)?.span.end);
    let length = Time::from_secs(amount.seconds).filter(|_| (1.0..=3600.0).contains(&amount.seconds))?;
    Some(LengthWish { length, span: start..end })
}

/// Whether the amount is the video's length; `Some(true)` where a word for the video stands near it.
fn weight(words: &[Word], at: usize, amount: &Amount) -> Option<bool> {
    let before = at.checked_sub(1).and_then(|before| words.get(before)).map(|word| word.folded.as_str());
    if before.is_some_and(|word| OF_A_PART.contains(&word)) {
        return None;
    }
    let around = words.iter().take(amount.end + NEAR).skip(at.saturating_sub(NEAR));
    if around.into_iter().any(vocabulary::is_product) {
        return Some(true);
    }
    let whole = before.is_some_and(|word| WHOLE.contains(&word));
    let known = |word: &&str| AROUND.contains(word) || WHOLE.contains(word);
    let rest = words.iter().enumerate().filter(|(number, _)| !(at..amount.end).contains(number));
    let alone = rest.map(|(_, word)| word.folded.as_str()).all(|word| known(&word));
    (alone || (!amount.bare && (whole || (amount.adjective && words.iter().any(vocabulary::is_product)))))
        .then_some(false)
}

#[cfg(test)]
mod tests {
    use super::super::fragments::cut;
    use super::*;

    fn seconds(text: &str) -> Option<f64> {
        wish(&cut(text, &[]), text).map(|wish| wish.length.as_secs())
    }

    #[test]
    fn a_length_is_understood_however_it_is_said() {
        for (text, expected) in [
            ("Сделай видео на 15 секунд", 15.0),
            ("30-секундный ролик о кофе", 30.0),
            ("a 20 second video about tea", 20.0),
            ("Ролик про кофейню, 1 минута", 60.0),
            ("Вертикально, 45 сек, с тезисами", 45.0),
            ("a 15s reel", 15.0),
            ("Видео на минуту", 60.0),
            ("видео на 1,5 минуты", 90.0),
            ("полутораминутный ролик", 90.0),
            ("ролик на полминуты", 30.0),
            ("one-minute video", 60.0),
            ("half a minute clip", 30.0),
            ("клип 1 минута 20 секунд", 80.0),
            ("тридцатисекундный ролик", 30.0),
            ("Ролик на двадцать пять секунд", 25.0),
            ("Видео длиной до 40 секунд", 40.0),
            ("A video, at most 30 seconds long", 30.0),
            ("Из 5-минутного интервью сделай ролик на 30 секунд", 30.0),
            ("Сделай ролик на 30 секунд с заставкой на 3 секунды", 30.0),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_time_of_something_else_is_no_length() {
        for text in [
            "Доставка за 30 минут",
            "Каждые 5 секунд новый кадр",
            "Ролик про кофе, по 3 секунды на сцену",
            "Загляните к нам на минуту",
            "Ready in 10 minutes",
            "Видео про 2024 год",
            "Про пятилетку",
            "The first 3 seconds matter",
            "видео на 100500 минут",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}

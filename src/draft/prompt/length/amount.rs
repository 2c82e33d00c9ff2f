//! An amount of time in digits or words, Russian or English.

use crate::decide::Word;

/// Numbers in words, by the beginning that all forms share.
const NUMBERS: &[(&str, f64)] = &[
    ("полутора", 1.5),
    ("полтор", 1.5),
    ("одиннадцат", 11.0),
    ("двенадцат", 12.0),
    ("тринадцат", 13.0),
    ("пятнадцат", 15.0),
    ("четырнадцат", 14.0),
    ("шестнадцат", 16.0),
    ("семнадцат", 17.0),
    ("восемнадцат", 18.0),
    ("девятнадцат", 19.0),
    ("двадцат", 20.0),
    ("тридцат", 30.0),
    ("сорок", 40.0),
    ("пятьдесят", 50.0),
    ("пятидесят", 50.0),
    ("шестьдесят", 60.0),
    ("шестидесят", 60.0),
    ("семьдесят", 70.0),
    ("восемьдесят", 80.0),
    ("девяност", 90.0),
    ("десят", 10.0),
    ("двух", 2.0),
    ("трех", 3.0),
    ("четырех", 4.0),
    ("четыре", 4.0),
    ("пяти", 5.0),
    ("пять", 5.0),
    ("шест", 6.0),
    ("сем", 7.0),
    ("восем", 8.0),
    ("девят", 9.0),
    ("одн", 1.0),
    ("две", 2.0),
    ("два", 2.0),
    ("три", 3.0),
    ("пол", 0.5),
    ("fifteen", 15.0),
    ("twelve", 12.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("ninety", 90.0),
    ("half", 0.5),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
];

/// An amount of time: words up to `end`.
pub(super) struct Amount {
    pub(super) seconds: f64,
    pub(super) end: usize,
    /// Whether it is an adjective: «30-секундный».
    pub(super) adjective: bool,
    /// Whether it has no number: «на минуту».
    pub(super) bare: bool,
}

/// The amount of time that begins at word `at`.
pub(super) fn amount(words: &[Word], at: usize, text: &str) -> Option<Amount> {
    let minutes = part(words, at, text, 60.0)?;
    if (minutes.seconds / 60.0).fract() == 0.0 && minutes.is_minutes && !minutes.adjective {
        let joined = words.get(minutes.end).is_some_and(|word| matches!(word.folded.as_str(), "и" | "and"));
        let next = minutes.end + usize::from(joined);
        if let Some(seconds) = part(words, next, text, 1.0).filter(|part| !part.is_minutes && !part.bare) {
            let sum = minutes.seconds + seconds.seconds;
            return Some(Amount { seconds: sum, end: seconds.end, adjective: seconds.adjective, bare: false });
        }
    }
    Some(Amount { seconds: minutes.seconds, end: minutes.end, adjective: minutes.adjective, bare: minutes.bare })
}

struct Part {
    seconds: f64,
    end: usize,
    adjective: bool,
    bare: bool,
    is_minutes: bool,
}

/// A number and its unit, in two words or in one.
fn part(words: &[Word], at: usize, text: &str, bare_unit: f64) -> Option<Part> {
    let word = words.get(at)?;
    let made = |number: f64, unit: Unit, end: usize, bare: bool| Part {
        seconds: number * unit.seconds,
        end,
        adjective: unit.adjective,
        bare,
        is_minutes: unit.seconds > 1.0,
    };
    // «15сек», "20s"
    let digits = word.folded.trim_end_matches(|c: char| !c.is_ascii_digit());
    if !digits.is_empty()
        && digits.len() < word.folded.len()
        && let (Ok(number), Some(unit)) = (digits.parse(), unit(word.folded.get(digits.len()..)?, true))
    {
        return Some(made(number, unit, at + 1, false));
    }
    // «двухминутный», «полминуты»
    if let Some((number, rest)) = spoken(&word.folded)
        && let Some(unit) = unit(rest.trim_start_matches(['и', 'а']), false)
    {
        return Some(made(number, unit, at + 1, false));
    }
    if let Some((number, after)) = number(words, at, text) {
        let skipped = after + usize::from(words.get(after).is_some_and(|word| word.folded == "a"));
        let unit = unit(&words.get(skipped)?.folded, words.get(after)?.folded.len() > 1)?;
        return Some(made(number, unit, skipped + 1, false));
    }
    let unit = unit(&word.folded, false).filter(|unit| unit.seconds >= bare_unit && unit.seconds > 1.0)?;
    let half = words
        .get(at + 1..at + 4)
        .is_some_and(|next| next.iter().map(|word| word.folded.as_str()).eq(["and", "a", "half"]));
    Some(if half { made(1.5, unit, at + 4, false) } else { made(1.0, unit, at + 1, true) })
}

/// A number in digits or words, and the word behind it.
fn number(words: &[Word], at: usize, text: &str) -> Option<(f64, usize)> {
    let word = words.get(at)?;
    if let Ok(whole) = word.folded.parse::<u32>() {
        let fraction = words.get(at + 1).filter(|next| {
            let between = text.get(word.span.end..next.span.start);
            matches!(between, Some("," | ".")) && next.folded.bytes().all(|byte| byte.is_ascii_digit())
        });
        return match fraction {
            Some(fraction) => format!("{whole}.{}", fraction.folded).parse().ok().map(|number| (number, at + 2)),
            None => Some((f64::from(whole), at + 1)),
        };
    }
    let of = |word: &Word| spoken(&word.folded).filter(|(_, rest)| rest.chars().count() <= 3).map(|(number, _)| number);
    let tens = of(word)?;
    match words.get(at + 1).and_then(of).filter(|ones| tens >= 20.0 && *ones < 10.0 && *ones >= 1.0) {
        Some(ones) => Some((tens + ones, at + 2)),
        None => Some((tens, at + 1)),
    }
}

/// The number that a word begins with, and the rest of the word.
fn spoken(word: &str) -> Option<(f64, &str)> {
    NUMBERS.iter().find_map(|(beginning, number)| Some((*number, word.strip_prefix(beginning)?)))
}

struct Unit {
    seconds: f64,
    adjective: bool,
}

/// The unit that a word is. `short`: one letter is enough.
fn unit(word: &str, short: bool) -> Option<Unit> {
    let of = |seconds, adjective| Some(Unit { seconds, adjective });
    match word {
        "с" | "s" if short => of(1.0, false),
        "м" | "m" if short => of(60.0, false),
        "сек" | "sec" | "secs" | "second" | "seconds" => of(1.0, word == "second"),
        "мин" | "min" | "mins" | "minute" | "minutes" => of(60.0, word == "minute"),
        _ if word.starts_with("секундн") => of(1.0, true),
        _ if word.starts_with("минутн") => of(60.0, true),
        _ if word.starts_with("секунд") => of(1.0, false),
        _ if word.starts_with("минут") => of(60.0, false),
        _ => None,
    }
}

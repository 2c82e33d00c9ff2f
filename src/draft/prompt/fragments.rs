//! A prompt cut at the marks that part thoughts.

use std::ops::Range;

use crate::decide::{Word, words};

/// What stands before a fragment, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Comma,
    Bracket,
    Dash,
    Semicolon,
    Colon,
    /// The end of a sentence; what follows is another one.
    Sentence,
    /// A line ends.
    Line,
    /// An empty line, and the beginning of the prompt.
    Blank,
    /// An item of a list begins: a bullet or a number.
    Item,
}

/// Words between two marks.
#[derive(Clone, Debug)]
pub(super) struct Fragment {
    /// Where it stands, without blanks around it.
    pub(super) span: Range<usize>,
    /// What stands before it.
    pub(super) before: Mark,
    /// Whether a colon is among what stands before it.
    pub(super) colon: bool,
    /// Its words; their spans are places in the prompt.
    pub(super) words: Vec<Word>,
}

/// Words behind which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "г", "гг", "ул", "д", "т", "е", "п", "др", "пр", "руб", "коп", "тыс", "млн", "млрд", "см", "кг", "мин", "сек",
    "стр", "им", "пос", "обл", "тел", "etc", "e", "g", "i", "mr", "mrs", "ms", "dr", "vs", "st", "approx", "inc",
    "ltd", "sec", "min",
];

/// Cuts `text`; nothing inside a quotation parts.
pub(super) fn cut(text: &str, quotes: &[(Range<usize>, Range<usize>)]) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    let (mut from, mut before, mut colon) = (0, Mark::Blank, false);
    for (at, mark) in marks(text, quotes).into_iter().chain([(text.len()..text.len(), Mark::Blank)]) {
        if let Some(fragment) = fragment(text, from..at.start, before, colon) {
            fragments.push(fragment);
            (before, colon) = (mark, mark == Mark::Colon);
        } else {
            (before, colon) = (before.max(mark), colon || mark == Mark::Colon);
        }
        from = at.end;
    }
    fragments
}

fn fragment(text: &str, range: Range<usize>, before: Mark, colon: bool) -> Option<Fragment> {
    let raw = text.get(range.clone())?;
    let trimmed = raw.trim();
    let start = range.start + (raw.len() - raw.trim_start().len());
    let span = start..start + trimmed.len();
    let mut words = words(trimmed);
    for word in &mut words {
        (word.span.start, word.span.end) = (word.span.start + start, word.span.end + start);
    }
    (!words.is_empty()).then_some(Fragment { span, before, colon, words })
}

/// Every mark: where it stands, and what it is.
fn marks(text: &str, quotes: &[(Range<usize>, Range<usize>)]) -> Vec<(Range<usize>, Mark)> {
    let mut marks: Vec<(Range<usize>, Mark)> = item_at(text, 0).map(|end| (0..end, Mark::Item)).into_iter().collect();
    let numbers = inline_numbers(text);
    let mut quotes = quotes.iter().map(|(outer, _)| outer).peekable();
    let mut from = marks.first().map_or(0, |(place, _)| place.end);
    while let Some(letter) = text.get(from..).and_then(|rest| rest.chars().next()) {
        while quotes.next_if(|quote| quote.end <= from).is_some() {}
        if let Some(quote) = quotes.peek().filter(|quote| quote.start == from) {
            from = quote.end;
            continue;
        }
        let next = from + letter.len_utf8();
        let found = match numbers.iter().find(|number| number.start == from) {
            Some(number) => Some((number.end, Mark::Item)),
            None => mark(text, from, letter),
        };
        if let Some((end, mark)) = found {
            marks.push((from..end, mark));
            from = end.max(next);
        } else {
            from = next;
        }
    }
    marks
}

/// The mark at `at`, and where it ends. Exclamation and question marks are part of what they end.
fn mark(text: &str, at: usize, letter: char) -> Option<(usize, Mark)> {
    let end = at + letter.len_utf8();
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let after = text.get(end..).and_then(|after| after.chars().next());
    let digits = before.is_some_and(|c| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit());
    let blank = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
    let ends = blank(after) || after.is_some_and(|c| "\"'»”“)]*_".contains(c));
    match letter {
        '\n' => line(text, at),
        ',' if !digits => Some((end, Mark::Comma)),
        ';' | '|' => Some((end, Mark::Semicolon)),
        '/' if blank(before) && blank(after) => Some((end, Mark::Semicolon)),
        '•' | '●' | '▪' | '✅' | '✔' => Some((end, Mark::Item)),
        ':' if !digits && !text.get(end..).is_some_and(|rest| rest.starts_with("//")) => Some((end, Mark::Colon)),
        '—' | '–' if !digits && (blank(before) || blank(after)) => Some((end, Mark::Dash)),
        '-' if blank(before) && blank(after) => Some((end, Mark::Dash)),
        '(' | ')' | '[' | ']' | '{' | '}' => Some((end, Mark::Bracket)),
        '.' if ends && !is_abbreviated(text, at, after) => Some((end, Mark::Sentence)),
        '…' | '。' => Some((end, Mark::Sentence)),
        // Nothing wide is taken: the mark itself belongs to the sentence.
        _ if before.is_some_and(|c| "!?！？".contains(c)) && letter.is_whitespace() => Some((end, Mark::Sentence)),
        _ => None,
    }
}

/// Whether the full stop at `at` belongs to the word before it.
fn is_abbreviated(text: &str, at: usize, after: Option<char>) -> bool {
    let word = text.get(..at).unwrap_or_default().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let known = ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let next = text.get(at + 1..).unwrap_or_default().trim_start().chars().next();
    // «100 руб. Приходите» ends, «ул. Ленина» does not: a short word with a name behind it goes on.
    let names = word.chars().count() <= 2 && next.is_some_and(char::is_alphanumeric);
    after.is_some() && (initial || (known && (names || next.is_some_and(|c| !c.is_uppercase()))))
}

/// So long a line may have been wrapped where its writer's window ended.
const WRAPPED: usize = 50;

/// The mark that a line end is, with the item that begins behind it; none where a sentence was only wrapped.
fn line(text: &str, at: usize) -> Option<(usize, Mark)> {
    let rest = text.get(at + 1..)?;
    let blanks = rest.len() - rest.trim_start().len();
    let empty = rest.get(..blanks)?.contains('\n');
    let next = at + 1 + blanks;
    if let Some(end) = item_at(text, next) {
        return Some((end, Mark::Item));
    }
    let last = text.get(..at)?.lines().next_back().unwrap_or_default().trim_end();
    let short = last.chars().count() < WRAPPED && !last.ends_with(',');
    let ended = last.ends_with(['.', '!', '?', ':', ';', '…']) || short;
    let goes_on = !ended && rest.trim_start().starts_with(char::is_lowercase);
    match (empty, goes_on) {
        (true, _) => Some((next, Mark::Blank)),
        (false, true) => None,
        (false, false) => Some((next, Mark::Line)),
    }
}

/// Where the bullet or number ends that stands at `at`, the beginning of a line.
fn item_at(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let bare = rest.get(indent..)?;
    let first = bare.chars().next()?;
    let digits = bare.len() - bare.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let length = match first {
        '-' | '*' | '•' | '—' | '–' | '·' | '●' | '▪' | '✅' | '✔' | '+' | '#' => first.len_utf8(),
        _ if (1..=2).contains(&digits) && bare.get(digits..)?.starts_with(['.', ')']) => digits + 1,
        _ => return None,
    };
    bare.get(length..)?.starts_with(char::is_whitespace).then_some(at + indent + length)
}

/// Numbers in running text that count from one: «1) быстро 2) вкусно».
fn inline_numbers(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for number in 1..100 {
        let place = [')', '.'].into_iter().filter_map(|sign| {
            let wanted = format!("{number}{sign}");
            let mut at = from;
            loop {
                let start = at + text.get(at..)?.find(&wanted)?;
                let end = start + wanted.len();
                let free =
                    text.get(..start).is_none_or(|head| !head.ends_with(|c: char| c.is_alphanumeric() || c == '.'));
                if free && text.get(end..).is_some_and(|tail| tail.starts_with(char::is_whitespace)) {
                    return Some(start..end);
                }
                at = end;
            }
        });
        let Some(place) = place.min_by_key(|place| place.start) else { break };
        from = place.end;
        found.push(place);
    }
    if found.len() > 1 { found } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::quotes;
    use super::*;

    fn cuts(text: &str) -> Vec<(&str, Mark)> {
        cut(text, &quotes::find(text)).into_iter().map(|part| (&text[part.span], part.before)).collect()
    }

    #[test]
    fn marks_part_thoughts_and_numbers_stay_whole() {
        assert_eq!(
            cuts("Ролик 9:16, 1,5 минуты; цена 2.5 — от 100 руб. за штуку! Приходите на site.ru."),
            [
                ("Ролик 9:16", Mark::Blank),
                ("1,5 минуты", Mark::Comma),
                ("цена 2.5", Mark::Semicolon),
                ("от 100 руб. за штуку!", Mark::Dash),
                ("Приходите на site.ru", Mark::Sentence),
            ]
        );
        assert_eq!(cuts("«раз, два. три» и всё"), [("«раз, два. три» и всё", Mark::Blank)]);
    }

    #[test]
    fn items_of_a_list_are_known_however_they_are_marked() {
        assert_eq!(
            cuts("Тезисы:\n- вкусно\n2. быстро\n\nВсё"),
            [("Тезисы", Mark::Blank), ("вкусно", Mark::Item), ("быстро", Mark::Item), ("Всё", Mark::Blank)]
        );
        assert_eq!(
            cuts("Тезисы: 1) вкусно 2) быстро"),
            [("Тезисы", Mark::Blank), ("вкусно", Mark::Item), ("быстро", Mark::Item)]
        );
        assert_eq!(cuts("коротко\nясно"), [("коротко", Mark::Blank), ("ясно", Mark::Line)]);
        let wrapped = "Это предложение такое длинное, что почта его разорвала на\nдве строки";
        assert_eq!(cuts(wrapped).len(), 2, "at its comma alone");
    }
}

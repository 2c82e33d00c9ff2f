//! A phrase made fit for the screen.

/// The shipped rules let a thesis have so many characters.
const LONGEST: usize = 60;

/// Why a phrase is no headline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Nothing is left of it.
    Empty,
    /// It is longer than 60 characters.
    TooLong,
}

/// Small words that a list leaves before its last item.
const JOINTS: [&str; 8] = ["и ", "а также ", "and ", "или ", "or ", "а ", "но ", "but "];

/// `raw` on one line, without what only held it in its sentence, beginning with a capital.
pub(super) fn headline(raw: &str) -> Result<String, Unfit> {
    let mut text: String =
        raw.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
    text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut phrase = text.as_str();
    loop {
        let trimmed = trim(phrase);
        let unquoted = unquoted(trimmed);
        let lower = unquoted.to_lowercase();
        let joint = JOINTS.iter().find(|joint| lower.starts_with(**joint));
        // Lower case may be of another length in a few scripts, but not in these words.
        let bare = joint.and_then(|joint| unquoted.get(joint.len()..)).unwrap_or(unquoted);
        if bare == phrase {
            break;
        }
        phrase = bare;
    }
    if !phrase.chars().any(char::is_alphanumeric) {
        return Err(Unfit::Empty);
    }
    let capital: String = phrase.chars().take(1).flat_map(char::to_uppercase).chain(phrase.chars().skip(1)).collect();
    if capital.chars().count() > LONGEST { Err(Unfit::TooLong) } else { Ok(capital) }
}

/// Without marks that belong to the sentence around it, and without Markdown's.
fn trim(phrase: &str) -> &str {
    let around = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '—' | '–' | '*' | '_' | '`' | '|' | '•');
    let phrase = phrase.trim_matches(around).trim_start_matches(['.', '-', ')']);
    // Three full stops are meant, one is not.
    let bare = if phrase.ends_with("..") { phrase } else { phrase.trim_end_matches('.') };
    bare.trim_end_matches('-').trim_matches(around)
}

/// Without quotation marks around the whole of it.
fn unquoted(phrase: &str) -> &str {
    let pairs = [('«', '»'), ('“', '”'), ('„', '“'), ('"', '"'), ('\'', '\''), ('(', ')')];
    for (open, close) in pairs {
        if let Some(inner) = phrase.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
            && !inner.contains([open, close])
        {
            return inner;
        }
    }
    phrase
}

/// Characters that are not seen and may turn what is: marks of direction, joints of no width.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_loses_what_held_it_in_its_sentence() {
        for (raw, expected) in [
            ("  и  свежая\nвыпечка, ", "Свежая выпечка"),
            ("«Скидка 20%».", "Скидка 20%"),
            ("**Fresh coffee**;", "Fresh coffee"),
            ("Приходите!", "Приходите!"),
            ("и это ещё не всё...", "Это ещё не всё..."),
            ("and “quick, too”", "Quick, too"),
            ("\u{202e}gnp.exe\u{0}", "Gnp.exe"),
            ("кафе «Уют»", "Кафе «Уют»"),
        ] {
            assert_eq!(headline(raw).as_deref(), Ok(expected), "{raw:?}");
        }
        assert_eq!(headline("— …  "), Err(Unfit::Empty));
        assert_eq!(headline(&"а".repeat(61)), Err(Unfit::TooLong));
    }
}

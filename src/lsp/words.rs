//! The words of a rule set, of one that is broken too: an editor asks most while a line is half written.

use crate::diagnostic::SourceSpan;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `overlay`
    Word,
    /// `overlay.text`, and `overlay.` where more is to come
    Path,
    /// `"…"`, closed or not
    Text,
    /// `1.5s`, `60%`
    Quantity,
    /// `#ffcc00`
    Color,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `=`
    Equals,
    /// `,`
    Comma,
    /// Any other sign.
    Sign,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: SourceSpan,
    /// Whether nothing but blanks stands before it on its line.
    pub(super) first: bool,
}

/// The tokens of `text`, and its comments.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<SourceSpan>) {
    let mut tokens: Vec<Token> = Vec::new();
    let mut comments = Vec::new();
    let mut at = 0;
    let mut first = true;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let letter = rest.chars().next().unwrap_or(' ');
        if letter.is_whitespace() || letter == '\u{feff}' {
            first |= letter == '\n';
            at += letter.len_utf8();
            continue;
        }
        let (kind, length) = match letter {
            '#' if is_color(rest) && may_be_color(text, tokens.last()) => (Kind::Color, 7),
            '#' => {
                let length = rest.find('\n').unwrap_or(rest.len());
                comments.push(SourceSpan::new(at, at + length));
                at += length;
                continue;
            }
            '"' => (Kind::Text, text_length(rest)),
            '{' => (Kind::Open, 1),
            '}' => (Kind::Close, 1),
            '=' => (Kind::Equals, 1),
            ',' => (Kind::Comma, 1),
            _ if letter.is_ascii_digit() => (Kind::Quantity, quantity_length(rest)),
            _ if letter.is_alphabetic() || letter == '_' => {
                let length = run(rest, |letter| is_letter(letter) || letter == '.');
                let is_path = rest.get(..length).is_some_and(|word| word.contains('.'));
                (if is_path { Kind::Path } else { Kind::Word }, length)
            }
            _ => (Kind::Sign, letter.len_utf8()),
        };
        tokens.push(Token { kind, span: SourceSpan::new(at, at + length), first });
        first = false;
        at += length;
    }
    (tokens, comments)
}

/// What a name is made of.
pub(super) fn is_letter(letter: char) -> bool {
    letter.is_alphabetic() || letter.is_numeric() || letter == '_'
}

fn run(rest: &str, holds: impl Fn(char) -> bool) -> usize {
    rest.find(|letter| !holds(letter)).unwrap_or(rest.len())
}

fn quantity_length(rest: &str) -> usize {
    let number = run(rest, |letter| letter.is_ascii_digit() || letter == '.');
    let unit = rest.get(number..).unwrap_or_default();
    number + if unit.starts_with('%') { 1 } else { run(unit, char::is_alphabetic) }
}

/// To the quotation mark that closes it, or to the end of its line.
fn text_length(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return at + 1,
            '\n' => return at,
            '\\' if !rest.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')) => drop(letters.next()),
            _ => {}
        }
    }
    rest.len()
}

/// `#ffcc00` is a colour, not a comment.
fn is_color(rest: &str) -> bool {
    let mut letters = rest.chars().skip(1);
    letters.by_ref().take(6).filter(char::is_ascii_hexdigit).count() == 6
        && letters.next().is_none_or(|next| !is_letter(next))
}

/// Where no value can stand it is a comment after all: `#deface the walls`.
fn may_be_color(text: &str, before: Option<&Token>) -> bool {
    before.is_some_and(|token| {
        let word = text.get(token.span.start..token.span.end).unwrap_or_default();
        matches!(token.kind, Kind::Equals | Kind::Comma) || ["or", "then", "else", "is", "of", "(", "["].contains(&word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).0.iter().map(|token| &text[token.span.start..token.span.end]).collect()
    }

    #[test]
    fn a_line_comes_apart_even_where_it_ends_in_the_middle() {
        assert_eq!(words("start = overlay.start_sec  # why"), ["start", "=", "overlay.start_sec"]);
        assert_eq!(words("text = overlay."), ["text", "=", "overlay."]);
        assert_eq!(words("extend \"hou\nrule"), ["extend", "\"hou", "rule"]);
        assert_eq!(words("a = \"x \\\" y\" b"), ["a", "=", "\"x \\\" y\"", "b"]);
        assert_eq!(words("box = black 60% padding = 1.5s"), ["box", "=", "black", "60%", "padding", "=", "1.5s"]);
        assert_eq!(words("цвет = #ffcc00 60%"), ["цвет", "=", "#ffcc00", "60%"]);
        assert_eq!(words("#deface the walls\nrule"), ["rule"]);
        assert_eq!(words("«»{}"), ["«", "»", "{", "}"]);
    }
}

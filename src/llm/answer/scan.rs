//! One piece of JSON from its first bracket to the one that closes it, with a model's slips mended on the way.

use std::iter::Peekable;
use std::str::CharIndices;

/// Brackets inside brackets, at most; serde's own limit is 128.
pub(super) const DEPTH: usize = 100;

/// A key in curly quotes is no longer than this, in characters.
const KEY: usize = 64;

const OPENING: &[char] = &['“', '”', '„', '‟', '«', '＂'];
const CLOSING: &[char] = &['”', '“', '‟', '»', '＂', '"'];

/// How it ended.
pub(super) enum Scan {
    /// It is closed after `length` bytes.
    Closed { json: String, length: usize, mends: Vec<&'static str> },
    /// After `length` bytes a bracket closes another one than the last.
    Crossed { bracket: char, length: usize },
    /// The text ends before.
    Open,
    /// Deeper than [`DEPTH`].
    TooDeep,
}

/// Whether the bracket at the head of `text` looks like the beginning of JSON, and not like one in a sentence.
pub(super) fn begins(text: &str) -> bool {
    let mut rest = text.chars();
    let bracket = rest.next();
    let next = rest.find(|c| !c.is_whitespace());
    match bracket {
        Some('{') => next.is_some_and(|c| matches!(c, '"' | '}' | '/') || OPENING.contains(&c)),
        Some('[') => next == Some('{'),
        _ => false,
    }
}

struct Scanner<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    json: String,
    /// The brackets that are due.
    due: Vec<char>,
    /// The last sign that is no space, and where it stands in `json`.
    last: (char, usize),
    mends: Vec<&'static str>,
}

/// Reads from the bracket at the head of `text`.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner {
        text,
        chars: text.char_indices().peekable(),
        json: String::new(),
        due: Vec::new(),
        last: (' ', 0),
        mends: Vec::new(),
    };
    scanner.run()
}

impl Scanner<'_> {
    fn run(&mut self) -> Scan {
        while let Some((at, c)) = self.chars.next() {
            match c {
                '{' | '[' if self.due.len() == DEPTH => return Scan::TooDeep,
                '{' => self.due.push('}'),
                '[' => self.due.push(']'),
                '}' | ']' => {
                    if self.due.pop() != Some(c) {
                        return Scan::Crossed { bracket: c, length: at + 1 };
                    }
                    if self.last.0 == ',' {
                        self.json.remove(self.last.1);
                        self.mended("left out commas before closing brackets");
                    }
                }
                '"' => {
                    if !self.string() {
                        return Scan::Open;
                    }
                    continue;
                }
                '/' if matches!(self.chars.peek(), Some((_, '/' | '*'))) => {
                    self.mended("left out comments");
                    if !self.comment() {
                        return Scan::Open;
                    }
                    continue;
                }
                c if OPENING.contains(&c) && self.key(at) => continue,
                c if c.is_whitespace() => {
                    self.json.push(c);
                    continue;
                }
                _ => {}
            }
            self.last = (c, self.json.len());
            self.json.push(c);
            if self.due.is_empty() {
                let (json, mends) = (std::mem::take(&mut self.json), std::mem::take(&mut self.mends));
                return Scan::Closed { json, length: at + 1, mends };
            }
        }
        Scan::Open
    }

    fn mended(&mut self, how: &'static str) {
        if !self.mends.contains(&how) {
            self.mends.push(how);
        }
    }

    /// The rest of a text; false if the end does not come.
    fn string(&mut self) -> bool {
        self.last = ('"', self.json.len());
        self.json.push('"');
        let mut escaped = false;
        while let Some((_, c)) = self.chars.next() {
            if c.is_ascii_control() && c != '\u{7f}' {
                self.mended("escaped line breaks and other control characters in texts");
                // A line that goes on behind a backslash: the backslash already stands.
                let escape = format!("\\u{:04x}", u32::from(c));
                self.json.push_str(if escaped { escape.trim_start_matches('\\') } else { &escape });
                escaped = false;
                continue;
            }
            self.json.push(c);
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return true,
                _ => {}
            }
        }
        false
    }

    /// The rest of a comment, from its second sign; false if the end does not come.
    fn comment(&mut self) -> bool {
        let is_line = self.chars.next().is_some_and(|(_, c)| c == '/');
        let mut before = ' ';
        for (_, c) in self.chars.by_ref() {
            if is_line && c == '\n' {
                self.json.push('\n');
                return true;
            }
            if !is_line && before == '*' && c == '/' {
                return true;
            }
            before = c;
        }
        false
    }

    /// A key in curly quotes, from the first of them at `at`; false, and nothing done, if it is none.
    fn key(&mut self, at: usize) -> bool {
        if self.due.last() != Some(&'}') || !matches!(self.last.0, '{' | ',') {
            return false;
        }
        let rest = self.text.get(at..).unwrap_or_default();
        let quoted = rest.char_indices().skip(1);
        let Some((end, closing)) = quoted.take(KEY + 1).find(|(_, c)| CLOSING.contains(c) || c.is_control()) else {
            return false;
        };
        let behind = rest.get(end + closing.len_utf8()..).unwrap_or_default();
        let Some(name) = rest.get(..end).and_then(|key| key.strip_prefix(OPENING)) else { return false };
        if closing.is_control() || name.contains('\\') || !behind.trim_start().starts_with(':') {
            return false;
        }
        self.mended("made the quotes around keys straight");
        self.last = ('"', self.json.len());
        self.json.push('"');
        self.json.push_str(name);
        self.json.push('"');
        let after = at + end + closing.len_utf8();
        while self.chars.next_if(|(next, _)| *next < after).is_some() {}
        true
    }
}

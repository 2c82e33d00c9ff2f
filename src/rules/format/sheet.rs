//! A rule set word by word: its tokens, the comments between them, and what belongs together.
//!
//! The tree of [`parse`](super::super::parse()) has neither comments nor the author's spelling (`1.50s`, brackets that
//! are not needed); a formatter keeps both.

use std::borrow::Cow;
use std::ops::Range;

use pest::iterators::Pair;

use super::super::parse::{Rule, pairs};

/// A word, text, number or sign.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) text: Cow<'a, str>,
    /// How many line breaks stand between it and what is before it, a token or a comment.
    pub(super) breaks: usize,
}

/// `# …` up to the end of its line.
#[derive(Debug, PartialEq)]
pub(super) struct Comment<'a> {
    pub(super) text: &'a str,
    /// As of a [`Token`]: with none it stands behind a token, on the same line.
    pub(super) breaks: usize,
}

/// Tokens that belong together, by the name of their grammar rule.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Rule,
    pub(super) start: usize,
    /// One past its last token.
    pub(super) end: usize,
    /// What it is made of; signs (`(`, `,`) are tokens without a node.
    pub(super) parts: Vec<Node>,
}

impl Node {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    pub(super) fn part(&self, kind: Rule) -> Option<&Node> {
        self.parts.iter().find(|part| part.kind == kind)
    }
}

/// All tokens and comments of a file.
#[derive(Debug, Default)]
pub(super) struct Sheet<'a> {
    tokens: Vec<Token<'a>>,
    /// `comments[n]` stand before token n; the last ones at the end of the file.
    comments: Vec<Vec<Comment<'a>>>,
}

impl<'a> Sheet<'a> {
    /// Takes a text apart that [`parse`](super::super::parse()) has no objection to.
    pub(super) fn read(text: &'a str) -> (Self, Vec<Node>) {
        let mut reader = Reader { text, at: 0, breaks: 0, waiting: Vec::new(), sheet: Self::default() };
        let items = pairs(text).into_iter().filter_map(|pair| reader.node(pair)).collect();
        reader.gap(text.len(), Commas::Keep);
        let last = std::mem::take(&mut reader.waiting);
        reader.sheet.comments.push(last);
        (reader.sheet, items)
    }

    pub(super) fn text(&self, token: usize) -> &str {
        self.tokens.get(token).map_or("", |token| &token.text)
    }

    pub(super) fn breaks(&self, token: usize) -> usize {
        self.tokens.get(token).map_or(0, |token| token.breaks)
    }

    /// The number of tokens.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// All comments in order.
    pub(super) fn comments(&self) -> impl Iterator<Item = &'a str> {
        self.comments.iter().flatten().map(|comment| comment.text)
    }

    fn before(&self, token: usize) -> &[Comment<'a>] {
        self.comments.get(token).map_or(&[], Vec::as_slice)
    }

    /// The comment behind the token in front of `token`, on its line.
    pub(super) fn trailing(&self, token: usize) -> Option<&'a str> {
        let first = self.before(token).first()?;
        (first.breaks == 0 && token > 0).then_some(first.text)
    }

    /// The comments before `token` that have lines of their own.
    pub(super) fn leading(&self, token: usize) -> &[Comment<'a>] {
        let all = self.before(token);
        all.get(usize::from(self.trailing(token).is_some())..).unwrap_or_default()
    }

    /// Whether a comment stands before one of these tokens.
    pub(super) fn commented(&self, mut tokens: Range<usize>) -> bool {
        tokens.any(|token| !self.before(token).is_empty())
    }

    /// Whether a space is due between `token` and what is before it.
    pub(super) fn spaced(&self, token: usize) -> bool {
        let (before, after) = (self.text(token.wrapping_sub(1)), self.text(token));
        !(matches!(after, "," | ")" | "]") || matches!(before, "(" | "[") || (before, after) == ("{", "}"))
    }

    /// The tokens on one line.
    pub(super) fn flat(&self, tokens: Range<usize>) -> String {
        let mut text = String::new();
        for token in tokens {
            if !text.is_empty() && self.spaced(token) {
                text.push(' ');
            }
            text.push_str(self.text(token));
        }
        text
    }
}

/// What to do with commas where the grammar lets their author choose.
#[derive(Clone, Copy, PartialEq)]
enum Commas {
    Keep,
    Drop,
}

struct Reader<'a> {
    text: &'a str,
    /// Up to here everything has been read.
    at: usize,
    /// The line breaks since the last token or comment.
    breaks: usize,
    /// The comments since the last token.
    waiting: Vec<Comment<'a>>,
    sheet: Sheet<'a>,
}

impl<'a> Reader<'a> {
    fn node(&mut self, pair: Pair<'a, Rule>) -> Option<Node> {
        let kind = pair.as_rule();
        let (from, to) = (pair.as_span().start(), pair.as_span().end());
        if matches!(kind, Rule::late_comment | Rule::EOI) {
            return None;
        }
        self.gap(from, Commas::Keep);
        let start = self.sheet.tokens.len();
        let is_token = matches!(kind, Rule::text | Rule::quantity)
            || (kind != Rule::list && pair.clone().into_inner().next().is_none());
        if is_token {
            self.token(spelled(kind, pair.as_str()));
            self.at = to;
            return Some(Node { kind, start, end: start + 1, parts: Vec::new() });
        }
        let mut parts: Vec<Node> = Vec::new();
        for inner in pair.into_inner() {
            if kind == Rule::record {
                // `{ a = 1 b = 2 }` and `{ a = 1, b = 2, }` are both `{ a = 1, b = 2 }`.
                self.gap(inner.as_span().start(), Commas::Drop);
                if inner.as_rule() == Rule::assignment && parts.len() > 1 {
                    self.token(",".into());
                }
            }
            parts.extend(self.node(inner));
        }
        self.gap(to, if kind == Rule::list { Commas::Drop } else { Commas::Keep });
        let end = self.sheet.tokens.len();
        let alone = parts.len() == 1 && parts.iter().all(|part| part.range() == (start..end));
        if alone { parts.pop() } else { Some(Node { kind, start, end, parts }) }
    }

    /// Reads what stands between two tokens that have a grammar rule: blanks, comments and signs.
    fn gap(&mut self, to: usize, commas: Commas) {
        while self.at < to {
            let rest = self.text.get(self.at..to).unwrap_or_default();
            let Some(first) = rest.chars().next() else { break };
            if first == '#' {
                let comment = rest.split('\n').next().unwrap_or(rest);
                self.waiting.push(Comment { text: comment.trim_end(), breaks: std::mem::take(&mut self.breaks) });
                self.at += comment.len();
                continue;
            }
            self.at += first.len_utf8();
            match first {
                '\n' => self.breaks += 1,
                ',' if commas == Commas::Drop => {}
                ',' | '(' | ')' | '[' | ']' => {
                    let sign = rest.get(..1).unwrap_or_default();
                    self.token(sign.into());
                }
                _ => {}
            }
        }
    }

    fn token(&mut self, text: Cow<'a, str>) {
        // A comma follows its value at once, also where a comment or a line break stands between them.
        let (comments, breaks) = if text == "," {
            (Vec::new(), 0)
        } else {
            (std::mem::take(&mut self.waiting), std::mem::take(&mut self.breaks))
        };
        self.sheet.comments.push(comments);
        self.sheet.tokens.push(Token { text, breaks });
    }
}

/// A keyword of two words has one space in it.
fn spelled(kind: Rule, text: &str) -> Cow<'_, str> {
    const BLANKS: [char; 3] = [' ', '\t', '\r'];
    if kind != Rule::text && text.contains(BLANKS) {
        let words: Vec<&str> = text.split(BLANKS).filter(|word| !word.is_empty()).collect();
        words.join(" ").into()
    } else {
        text.into()
    }
}

//! Lists of words, as a `signal` or `prompt` line has them.
//!
//! Where an author begins a line although the next phrase had room on the one before, the lines group the words, and stay.
//! Other lines are filled.

use super::super::parse::Rule;
use super::line::{Spot, Writer};
use super::page::{WIDTH, width};
use super::sheet::{Node, Sheet};

/// How far the lines of words are indented.
const INDENT: usize = 2;

/// The phrases of an item.
pub(super) fn phrases(item: &Node) -> &[Node] {
    let first = item.parts.iter().position(|part| matches!(part.kind, Rule::phrase | Rule::text));
    first.and_then(|first| item.parts.get(first..)).unwrap_or_default()
}

impl Sheet<'_> {
    /// The whole of a `signal` or `prompt` item, if it stands on one line: its author wrote it so, and it fits.
    pub(super) fn words_on_one_line(&self, item: &Node, head: &str) -> Option<String> {
        let (first, last) = (phrases(item).first()?, phrases(item).last()?);
        let words = first.start..last.end;
        let broken = words.clone().any(|token| self.breaks(token) > 0) || self.commented(words.clone());
        let text = format!("{head} {}", self.flat(words));
        (!broken && width(&text) <= WIDTH).then_some(text)
    }
}

impl Writer<'_> {
    /// `head`, and below it the words.
    pub(super) fn words(&mut self, item: &Node, head: &str, spot: Spot) {
        let words = phrases(item);
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let blank = self.above(item.start, first.start - 1, spot);
        self.page.push(blank, 0, head);
        let sheet = self.sheet;
        let mut row = String::new();
        // How wide the line is as its author wrote it.
        let mut written = 0;
        for phrase in words {
            let mut text = sheet.flat(phrase.range());
            if phrase.end < last.end {
                text.push(',');
            }
            let had_room = written + 1 + width(&text) <= WIDTH;
            let broken = sheet.breaks(phrase.start) > 0;
            written = if broken || row.is_empty() { INDENT } else { written + 1 } + width(&text);
            let groups = (broken && had_room) || sheet.commented(phrase.range());
            if groups || row.is_empty() || INDENT + width(&row) + 1 + width(&text) > WIDTH {
                self.row(&mut row);
                self.behind(phrase.start);
                for token in phrase.range() {
                    let inside = sheet.trailing(token).filter(|_| token > phrase.start);
                    for comment in inside.into_iter().chain(sheet.leading(token).iter().map(|comment| comment.text)) {
                        self.page.push(0, INDENT, comment);
                    }
                }
            } else {
                row.push(' ');
            }
            row.push_str(&text);
        }
        self.row(&mut row);
        self.behind(last.end);
    }

    fn row(&mut self, row: &mut String) {
        if !row.is_empty() {
            self.page.push(0, INDENT, &std::mem::take(row));
        }
    }
}

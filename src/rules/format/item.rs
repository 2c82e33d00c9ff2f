//! The items of a rule set, and which of them are set below one another in columns.

use super::super::parse::Rule;
use super::line::{Spot, Writer};
use super::page::{WIDTH, padded, width};
use super::phrases::phrases;
use super::sheet::{Node, Sheet};

/// An item together with how it is set.
struct Set<'n> {
    item: &'n Node,
    /// What comes before the column that neighbours share.
    head: String,
    /// The rest, where all of it is on the same line.
    rest: Option<String>,
}

impl Set<'_> {
    /// Whether it shares its columns with a neighbour of its kind.
    fn is_aligned(&self) -> bool {
        self.item.kind == Rule::setting || (self.rest.is_some() && !self.is_rule())
    }

    fn is_rule(&self) -> bool {
        matches!(self.item.kind, Rule::rule | Rule::override_rule)
    }

    /// Whether it is a block of several lines, around which there is air.
    fn is_tall(&self) -> bool {
        self.rest.is_none() && (self.is_rule() || self.item.kind == Rule::style)
    }
}

impl Sheet<'_> {
    fn set<'n>(&self, item: &'n Node) -> Set<'n> {
        let (head, rest) = match item.kind {
            Rule::setting => (self.flat(item.start..item.start + 2), None),
            Rule::signal => {
                let head = self.flat(item.start..item.start + 2);
                let words = self.flat(item.start + 2..item.start + 4);
                let whole = self.words_on_one_line(item, &format!("{head} {words}"));
                (head.clone(), whole.and_then(|whole| whole.strip_prefix(&head).map(str::to_owned)))
            }
            Rule::turn => {
                let head = self.flat(item.start..phrases(item).first().map_or(item.end, |first| first.start));
                let whole = self.words_on_one_line(item, &head);
                (head.clone(), whole.and_then(|whole| whole.strip_prefix(&head).map(str::to_owned)))
            }
            Rule::style | Rule::rule | Rule::override_rule => {
                let head = self.head(item);
                let whole = self.one_line(item, &head, 0);
                (head.clone(), whole.and_then(|whole| whole.strip_prefix(&head).map(str::to_owned)))
            }
            _ => (String::new(), None),
        };
        Set { item, head, rest }
    }
}

impl Writer<'_> {
    /// All items, and the comments at the end of the file.
    pub(super) fn items(&mut self, items: &[Node]) {
        let sheet = self.sheet;
        let set: Vec<Set<'_>> = items.iter().map(|item| sheet.set(item)).collect();
        let mut above_is_tall = false;
        let mut is_first = true;
        let together = |one: &Set<'_>, next: &Set<'_>| {
            let aligned = one.is_aligned() && next.is_aligned() && one.item.kind == next.item.kind;
            aligned && !sheet.apart(next.item)
        };
        for group in set.chunk_by(together) {
            let longest = group.iter().map(|set| width(&set.head)).max().unwrap_or(0);
            // Columns are given up where they would push a line over the edge.
            let fits = |set: &Set<'_>| set.rest.as_ref().is_none_or(|rest| longest + width(rest) <= WIDTH);
            let column = if group.iter().all(fits) { longest } else { 0 };
            for set in group {
                let apart = above_is_tall || set.is_tall();
                self.item(set, column, Spot { indent: 0, is_first, most_blank: 2, apart });
                above_is_tall = set.is_tall();
                is_first = false;
            }
        }
        self.rest(sheet.len(), Spot { indent: 0, is_first, most_blank: 2, apart: false });
    }

    fn item(&mut self, set: &Set<'_>, column: usize, spot: Spot) {
        let item = set.item;
        let head = padded(&set.head, column);
        let whole = set.rest.as_ref().map(|rest| format!("{head}{rest}"));
        match (item.kind, whole) {
            (Rule::style | Rule::rule | Rule::override_rule, whole) => self.block(item, whole.as_deref(), spot),
            (Rule::signal | Rule::turn, Some(whole)) => {
                let blank = self.above(item.start, phrases(item).first().map_or(item.start, |first| first.start), spot);
                self.page.push(blank, 0, &whole);
                self.behind(item.end);
            }
            (Rule::signal | Rule::turn, None) => {
                let first = phrases(item).first().map_or(item.end, |first| first.start);
                self.words(item, &self.sheet.flat(item.start..first), spot);
            }
            (Rule::setting, _) => {
                self.line(item.start, &format!("{head} = "), item.parts.get(3..).unwrap_or_default(), spot);
            }
            _ => {
                let head = format!("{} ", self.sheet.text(item.start));
                self.line(item.start, &head, item.parts.get(1..).unwrap_or_default(), spot);
            }
        }
    }
}

//! Rules, styles and tasks: one idea a line, the values of neighbours below one another.

use super::super::parse::Rule;
use super::line::{Spot, Writer};
use super::page::{WIDTH, padded, width};
use super::sheet::{Node, Sheet};

/// Between assignments on one line.
const GAP: &str = "   ";

/// What stands between a block's braces.
pub(super) fn lines(block: &Node) -> &[Node] {
    let open = block.parts.iter().position(|part| part.kind == Rule::open);
    let inside = open.and_then(|open| block.parts.get(open + 1..)).unwrap_or_default();
    inside.split_last().map_or(&[], |(_, lines)| lines)
}

fn open(block: &Node) -> usize {
    block.part(Rule::open).map_or(block.start, |open| open.start)
}

impl Sheet<'_> {
    /// Everything up to the `{`.
    pub(super) fn head(&self, block: &Node) -> String {
        self.flat(block.start..open(block))
    }

    /// A block that stands on one line: its author wrote it so, and it fits, with `head` before it.
    pub(super) fn one_line(&self, block: &Node, head: &str, indent: usize) -> Option<String> {
        let (open, lines) = (open(block), lines(block));
        if self.breaks(open + 1) > 0 || self.commented(open + 1..block.end) {
            return None;
        }
        if lines.is_empty() {
            return Some(format!("{head} {{}}"));
        }
        let inside = match (block.kind, lines) {
            (Rule::rule | Rule::override_rule, [line]) if line.kind == Rule::make_block => {
                self.one_line(line, &self.head(line), 0)?
            }
            (Rule::rule | Rule::override_rule, [line]) => self.flat(line.range()),
            (Rule::rule | Rule::override_rule, _) => return None,
            _ => lines.iter().map(|line| self.flat(line.range())).collect::<Vec<_>>().join(GAP),
        };
        let text = format!("{head} {{ {inside} }}");
        (indent + width(&text) <= WIDTH).then_some(text)
    }

    /// Whether a blank line stands above `line` or above its comments.
    pub(super) fn apart(&self, line: &Node) -> bool {
        let above = self.leading(line.start).iter().map(|comment| comment.breaks);
        above.chain([self.breaks(line.start)]).any(|breaks| breaks > 1)
    }
}

impl Writer<'_> {
    /// A block, on one line or on several.
    pub(super) fn block(&mut self, block: &Node, one_line: Option<&str>, spot: Spot) {
        let sheet = self.sheet;
        let blank = self.above(block.start, open(block), spot);
        if let Some(text) = one_line {
            self.page.push(blank, spot.indent, text);
        } else {
            self.page.push(blank, spot.indent, &format!("{} {{", sheet.head(block)));
            self.behind(open(block) + 1);
            let inside = Spot { indent: spot.indent + 2, is_first: true, most_blank: 1, apart: false };
            if matches!(block.kind, Rule::rule | Rule::override_rule) {
                self.rule_lines(lines(block), inside);
            } else {
                self.assignments(lines(block), inside);
            }
            self.rest(block.end - 1, Spot { is_first: lines(block).is_empty(), ..inside });
            self.page.push(0, spot.indent, "}");
        }
        self.behind(block.end);
    }

    fn rule_lines(&mut self, lines: &[Node], spot: Spot) {
        let sheet = self.sheet;
        let keyword = |line: &Node| sheet.text(line.start).to_owned();
        let longest = lines.iter().map(|line| width(&keyword(line))).max().unwrap_or(0);
        for (position, line) in lines.iter().enumerate() {
            let spot = Spot { is_first: position == 0, ..spot };
            if line.kind == Rule::make_block {
                let one_line = sheet.one_line(line, &sheet.head(line), spot.indent);
                self.block(line, one_line.as_deref(), spot);
            } else {
                let head = format!("{} ", padded(&keyword(line), longest));
                self.line(line.start, &head, line.parts.get(1..).unwrap_or_default(), spot);
            }
        }
    }

    fn assignments(&mut self, lines: &[Node], spot: Spot) {
        let sheet = self.sheet;
        let mut is_first = true;
        for group in lines.chunk_by(|_, next| !sheet.apart(next)) {
            let longest = group.iter().map(|line| width(sheet.text(line.start))).max().unwrap_or(0);
            for line in group {
                let head = format!("{} = ", padded(sheet.text(line.start), longest));
                let value = line.parts.get(2..).unwrap_or_default();
                self.line(line.start, &head, value, Spot { is_first, ..spot });
                is_first = false;
            }
        }
    }
}

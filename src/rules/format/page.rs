//! The lines of the formatted file, and where the comments behind them stand.

/// No line is longer where it can be divided.
pub(super) const WIDTH: usize = 120;

/// Where a comment behind a line begins, if the line leaves room for it.
const COMMENT_COLUMN: usize = 39;

/// A line that is longer than this does not push its neighbours' comments to the right.
const LONG_LINE: usize = 76;

#[derive(Debug, Default)]
struct Line {
    indent: usize,
    text: String,
    comment: Option<String>,
    /// The blank lines above it.
    blank: usize,
}

impl Line {
    fn width(&self) -> usize {
        self.indent + width(&self.text)
    }
}

/// Lines, one below the other.
#[derive(Debug, Default)]
pub(super) struct Page(Vec<Line>);

impl Page {
    /// Adds `text`, which may have several lines: the first one gets `indent`, the others bring theirs.
    pub(super) fn push(&mut self, blank: usize, indent: usize, text: &str) {
        let mut lines = text.split('\n');
        let first = lines.next().unwrap_or_default().to_owned();
        self.0.push(Line { indent, text: first, comment: None, blank: if self.0.is_empty() { 0 } else { blank } });
        for line in lines {
            let text = line.trim_start_matches(' ');
            self.0.push(Line { indent: line.len() - text.len(), text: text.to_owned(), ..Line::default() });
        }
    }

    /// Adds a comment behind the last line.
    pub(super) fn comment(&mut self, comment: &str) {
        if let Some(last) = self.0.last_mut() {
            last.comment = Some(comment.to_owned());
        }
    }

    /// The whole text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for block in self.0.chunk_by(|line, next| next.blank == 0 && next.indent == line.indent) {
            let commented = block.iter().filter(|line| line.comment.is_some());
            let longest = commented.map(Line::width).filter(|width| *width <= LONG_LINE).max().unwrap_or(0);
            let column = COMMENT_COLUMN.max(longest + 2);
            for line in block {
                text.extend(std::iter::repeat_n('\n', line.blank));
                text.push_str(&spaces(line.indent));
                text.push_str(&line.text);
                if let Some(comment) = &line.comment {
                    text.push_str(&spaces(column.saturating_sub(line.width()).max(2)));
                    text.push_str(comment);
                }
                text.push('\n');
            }
        }
        text
    }
}

/// A text that grows, and the column behind its last character.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) text: String,
    pub(super) column: usize,
}

impl Flow {
    /// An empty text that begins at `column`.
    pub(super) fn at(column: usize) -> Self {
        Self { text: String::new(), column }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, line)) => width(line),
            None => self.column + width(text),
        };
    }

    /// Goes on in the next line, behind `indent` spaces.
    pub(super) fn line(&mut self, indent: usize) {
        self.push("\n");
        self.push(&spaces(indent));
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// `text` with spaces behind it, so that what follows stands at `column`.
pub(super) fn padded(text: &str, column: usize) -> String {
    format!("{text}{}", spaces(column.saturating_sub(width(text))))
}

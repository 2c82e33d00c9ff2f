//! Places as editors say them: a line and a column in UTF-16 units; and files as they name them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lsp_types::{Position, Range};

use crate::diagnostic::SourceSpan;

/// Where the lines of a text begin. A line ends with `\n`, `\r\n` or `\r`, as the protocol has it.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes
            .iter()
            .enumerate()
            .filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        Self { starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect() }
    }

    /// The byte at `position`; what lies behind the end of a line is its end, what lies inside of a letter its beginning.
    pub(super) fn offset(&self, text: &str, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else { return text.len() };
        let end = line.checked_add(1).and_then(|next| self.starts.get(next)).copied().unwrap_or(text.len());
        let rest = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (at, letter) in rest.char_indices() {
            units += letter.len_utf16();
            if units > usize::try_from(position.character).unwrap_or(usize::MAX) {
                return start + at;
            }
        }
        start + rest.len()
    }

    /// The position of a byte.
    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = text.get(start..offset).unwrap_or_default();
        let units: usize = before.chars().map(char::len_utf16).sum();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position::new(number(line), number(units))
    }

    pub(super) fn range(&self, text: &str, span: SourceSpan) -> Range {
        Range::new(self.position(text, span.start), self.position(text, span.end))
    }

    pub(super) fn span(&self, text: &str, range: Range) -> SourceSpan {
        let (start, end) = (self.offset(text, range.start), self.offset(text, range.end));
        SourceSpan::new(start, end.max(start))
    }
}

/// The file that a `file:` URI names.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    if !path.starts_with('/') {
        return None;
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut letters = path.bytes();
    while let Some(byte) = letters.next() {
        if byte == b'%' {
            let mut digit = || char::from(letters.next()?).to_digit(16);
            bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// The `file:` URI of an absolute path.
pub(super) fn uri_of(path: &Path) -> String {
    let mut uri = String::from("file://");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_column_counts_utf_16_units() {
        let text = "стиль 🎬🎬 x\r\nнет\rend";
        let lines = Lines::of(text);
        let at = |text_part: &str| text.find(text_part).expect("in the text");
        for (part, line, column) in [("🎬", 0, 6), ("x", 0, 11), ("нет", 1, 0), ("end", 2, 0)] {
            let position = Position::new(line, column);
            assert_eq!(lines.position(text, at(part)), position, "{part}");
            assert_eq!(lines.offset(text, position), at(part), "{part}");
        }
        assert_eq!(lines.offset(text, Position::new(0, 7)), at("🎬"), "inside of a letter is its beginning");
        assert_eq!(lines.offset(text, Position::new(0, 99)), at("\r\n"));
        assert_eq!(lines.offset(text, Position::new(9, 0)), text.len());
    }

    proptest! {
        #[test]
        fn every_letter_is_found_again_at_its_position(text in "[aя🎬\\n\\r ]{0,40}") {
            let lines = Lines::of(&text);
            for (at, letter) in text.char_indices() {
                // Between `\r` and `\n` no position lies.
                let inside = letter == '\n' && at > 0 && text.as_bytes()[at - 1] == b'\r';
                if !inside {
                    prop_assert_eq!(lines.offset(&text, lines.position(&text, at)), at);
                }
            }
        }

        #[test]
        fn a_path_is_found_again_in_its_uri(name in "[a-zа-я0-9 %#?🎬]{1,12}") {
            let path = PathBuf::from(format!("/папка/{name}"));
            prop_assert_eq!(path_of(&uri_of(&path)), Some(path));
        }
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in ["untitled:Untitled-1", "file://server/share", "file:///a%zz", "file:///a%", ""] {
            assert_eq!(path_of(uri), None, "{uri}");
        }
        assert_eq!(path_of("file:///a%20b.rules"), Some("/a b.rules".into()));
    }
}

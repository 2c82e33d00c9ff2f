//! What changed between two texts, line by line.

use similar::{ChangeTag, TextDiff};

use super::report::Palette;

/// How many lines around a change are shown.
const CONTEXT: usize = 2;

/// The lines that differ, with those around them: `-` before what was accepted, `+` before what is made now. In colours,
/// the words that changed within a line stand out.
#[must_use]
pub fn diff(accepted: &str, made: &str, palette: &Palette) -> String {
    let diff = TextDiff::from_lines(accepted, made);
    let mut text = String::new();
    for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if number > 0 {
            text.push_str("  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_inline_changes(op)) {
            let (sign, colour) = match change.tag() {
                ChangeTag::Equal => ("  ", palette.plain),
                ChangeTag::Delete => ("- ", palette.bad),
                ChangeTag::Insert => ("+ ", palette.good),
            };
            let is_empty = change.values().iter().all(|(_, part)| part.trim_end().is_empty());
            text.extend([colour, if is_empty { sign.trim_end() } else { sign }]);
            for (is_changed, part) in change.iter_strings_lossy() {
                // A snapshot is a file, and may hold what a terminal would obey.
                let part: String = part.chars().filter(|letter| !letter.is_control()).collect();
                if is_changed && !part.is_empty() {
                    text.extend([palette.strong, part.as_str(), palette.end, colour]);
                } else {
                    text.push_str(&part);
                }
            }
            text.push_str(if change.tag() == ChangeTag::Equal { "" } else { palette.end });
            text.push('\n');
        }
    }
    text
}

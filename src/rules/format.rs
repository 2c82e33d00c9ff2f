//! One style for rule sets, that of the shipped one.
//!
//! Only blanks, line breaks and optional commas are changed: every word, number and comment stays, in its order. What
//! an author divides stays divided where it groups (lists of words, blocks, blank lines); the rest goes by width.

mod block;
mod expression;
mod item;
mod line;
mod page;
mod phrases;
mod sheet;

use std::sync::Arc;

use crate::diagnostic::Source;
use crate::error::{Error, Result};

use super::parse::parse;
use line::Writer;
use page::Page;
use sheet::Sheet;

/// The text of `source` in the style of the shipped rules.
///
/// The result is read again and compared: it has the same tree and the same comments, or there is none.
/// [`Error::Invalid`] tells what is not understood, [`Error::Unformatted`] that the result would not say the same.
pub fn format(source: &Arc<Source>) -> Result<String> {
    let (ast, found) = parse(source);
    if found.has_errors() {
        return Err(found.into());
    }
    let (sheet, items) = Sheet::read(source.text());
    let mut writer = Writer { sheet: &sheet, page: Page::default() };
    writer.items(&items);
    let text = writer.page.text();

    let formatted = Source::new(source.name(), text.as_str());
    let (again, lost) = parse(&formatted);
    let (sheet_again, _) = Sheet::read(&text);
    if lost.has_errors() || again.items != ast.items || !sheet.comments().eq(sheet_again.comments()) {
        return Err(Error::Unformatted(source.name().to_owned()));
    }
    Ok(text)
}

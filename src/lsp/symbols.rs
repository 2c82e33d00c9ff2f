//! The outline of a file, and what of it can be folded.

use lsp_types::{DocumentSymbol, FoldingRange, FoldingRangeKind, SymbolKind};

use super::sheet::{Item, Sheet};

/// Rules, styles, signals and settings, with the tasks that rules make inside of them.
pub(super) fn symbols(sheet: &Sheet) -> Vec<DocumentSymbol> {
    sheet.items.iter().filter_map(|item| symbol(sheet, item)).collect()
}

fn symbol(sheet: &Sheet, item: &Item) -> Option<DocumentSymbol> {
    let kind = match item.word.as_str() {
        "rule" | "locked" | "override" | "disable" => SymbolKind::FUNCTION,
        "style" => SymbolKind::CLASS,
        "signal" => SymbolKind::EVENT,
        "setting" => SymbolKind::CONSTANT,
        "make" => SymbolKind::METHOD,
        _ => return None,
    };
    let name = sheet.text(item.name);
    // While its name is not written, an item stands there under its word.
    let detail = (name != item.word).then(|| item.word.clone());
    let range = |span| sheet.lines.range(sheet.source.text(), span);
    #[expect(deprecated, reason = "the field is there, and has to be given")]
    Some(DocumentSymbol {
        name: name.to_owned(),
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: range(item.span),
        selection_range: range(item.name),
        children: Some(item.children.iter().filter_map(|child| symbol(sheet, child)).collect()),
    })
}

/// Items and tasks of several lines, and comments of several lines.
pub(super) fn folds(sheet: &Sheet) -> Vec<FoldingRange> {
    let text = sheet.source.text();
    let mut folds = Vec::new();
    let mut fold = |start: usize, end: usize, kind: Option<FoldingRangeKind>| {
        let (start, end) = (sheet.lines.position(text, start).line, sheet.lines.position(text, end).line);
        if end > start {
            folds.push(FoldingRange { start_line: start, end_line: end, kind, ..FoldingRange::default() });
        }
    };
    for item in &sheet.items {
        fold(item.span.start, item.span.end, None);
        for make in &item.children {
            fold(make.span.start, make.span.end, None);
        }
    }
    let mut comments = sheet.comments.iter().peekable();
    while let Some(first) = comments.next() {
        let mut last = first;
        while let Some(next) = comments.next_if(|next| {
            text.get(last.end..next.start).is_some_and(|gap| gap.trim().is_empty() && gap.matches('\n').count() == 1)
        }) {
            last = next;
        }
        fold(first.start, last.start, Some(FoldingRangeKind::Comment));
    }
    folds
}

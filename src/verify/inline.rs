//! A scenario that stands in its case: read on its own, and what is found shown in the case.

use std::sync::Arc;

use crate::diagnostic::{Diagnostics, Location, Source, SourceSpan};

/// `source` with blanks for all but `span`: what is found there is found at its place in the whole.
pub(super) fn blanked(source: &Arc<Source>, span: SourceSpan) -> Arc<Source> {
    let blank = |text: &str| -> String { text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect() };
    let (before, after) = (SourceSpan::new(0, span.start), SourceSpan::new(span.end, source.text().len()));
    let text = format!("{}{}{}", blank(source.slice(before)), source.slice(span), blank(source.slice(after)));
    Source::new(source.name(), text)
}

/// `found` with what is located in one text located at the same place of another.
pub(super) fn relocated(found: &Diagnostics, from: &Arc<Source>, to: &Arc<Source>) -> Diagnostics {
    let mut moved = Diagnostics::new();
    for finding in found {
        let mut finding = finding.clone();
        finding.location =
            finding.location.map(|at| if Arc::ptr_eq(&at.source, from) { Location::new(to, at.span) } else { at });
        moved.push(finding);
    }
    moved
}

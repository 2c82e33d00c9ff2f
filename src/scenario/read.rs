//! From text to [`Document`], strictly.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::shape;

use super::model::Document;

/// Reads a scenario file.
///
/// serde's own strict reading is the fast path. Where it refuses, the text is held against the schema once more, slowly,
/// for *all* that is wrong with it.
pub fn read(source: &Arc<Source>) -> Result<Document, Diagnostics> {
    if source.text().trim().is_empty() {
        return Err(Diagnostic::new(diagnostic::EMPTY_FILE, "the scenario file is empty")
            .at(Location::new(source, SourceSpan::default()))
            .help("`callsheet schema scenario` prints the format; `examples/` has scenarios to start from")
            .into());
    }
    let text = source.text().trim_start_matches('\u{feff}');
    match serde_json::from_str(text) {
        Ok(document) => Ok(document),
        Err(error) => Err(shape::explain(source, schemars::schema_for!(Document).as_value(), &error)),
    }
}

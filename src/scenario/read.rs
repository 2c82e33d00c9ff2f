//! From text to [`Document`] and [`Outline`](super::Outline), strictly.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::shape;

use super::model::Document;

/// Reads a scenario file.
///
/// serde's own strict reading is the fast path. Where it refuses, the text is held against the schema once more, slowly,
/// for *all* that is wrong with it.
pub fn read(source: &Arc<Source>) -> Result<Document, Diagnostics> {
    let help = "`callsheet schema scenario` prints the format; `examples/` has scenarios to start from";
    strictly(source, "the scenario file is empty", help)
}

pub(super) fn strictly<T: DeserializeOwned + JsonSchema>(
    source: &Arc<Source>,
    empty: &str,
    help: &str,
) -> Result<T, Diagnostics> {
    if source.text().trim().is_empty() {
        return Err(Diagnostic::new(diagnostic::EMPTY_FILE, empty)
            .at(Location::new(source, SourceSpan::default()))
            .help(help)
            .into());
    }
    let text = source.text().trim_start_matches('\u{feff}');
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(error) => Err(shape::explain(source, schemars::schema_for!(T).as_value(), &error)),
    }
}

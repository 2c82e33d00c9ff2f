//! What was found, as JSON for answers: with what each finding's code is called in the languages of the server.

use serde_json::{Value, json};

use crate::diagnostic::{self, Diagnostics, title_in_russian};

/// The findings as the command line's JSON has them, each with its code's titles by language. The message stays English: it
/// quotes the document.
pub(crate) fn json(findings: &Diagnostics) -> Value {
    let mut all = diagnostic::json(findings);
    let members = all.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
    for (members, found) in members.zip(findings.iter()) {
        let titles = json!({ "en": found.code.title(), "ru": title_in_russian(found.code) });
        members.insert("titles".into(), titles);
    }
    all
}

//! The script that `decide by` names.

use std::io::ErrorKind;
use std::sync::Arc;

use crate::decide::{SCRIPT, SCRIPT_NAME};
use crate::diagnostic::{self, Diagnostic, Diagnostics, Source};

use super::super::DEFAULT_NAME;
use super::super::ast::{Name, Sited};
use super::{Loader, chain};

/// Finds it beside the file that names it. `text.rhai` is the shipped one, unless a file of that name lies there.
pub(super) fn find(decide: &Sited<Name>, loader: Loader<'_>, found: &mut Diagnostics) -> Option<Arc<Source>> {
    let name = &decide.node.node;
    let mut refuse = |message: String, label: &str, help: &str| {
        let at = decide.location();
        found.push(Diagnostic::new(diagnostic::SCRIPT_FILE, message).at(at).label(label.to_owned()).help(help));
        None
    };
    if decide.source.name() == DEFAULT_NAME {
        return Some(Source::new(SCRIPT_NAME, SCRIPT));
    }
    let shown = name.escape_debug();
    if name.starts_with('/') || name.contains([':', '\\']) {
        let help = "write the path from this file's folder, with `/`: decide by \"text.rhai\"";
        return refuse(format!("`{shown}` is not a relative path"), "not from this file's folder", help);
    }
    if std::path::Path::new(name).extension().is_none_or(|extension| extension != "rhai") {
        let help = "write decide by \"text.rhai\" for the shipped script, or a path that ends in `.rhai`";
        return refuse(format!("`{shown}` is not a script"), "not a `.rhai` file", help);
    }
    let path = chain::beside(decide.source.name(), name);
    match loader(&path) {
        Ok(text) => Some(Source::new(path, text)),
        Err(error) if error.kind() == ErrorKind::NotFound && name == SCRIPT_NAME => {
            Some(Source::new(SCRIPT_NAME, SCRIPT))
        }
        Err(error) => {
            let help = "the path is relative to the folder of the file that names it";
            refuse(format!("cannot read `{path}`: {error}"), "this file", help)
        }
    }
}

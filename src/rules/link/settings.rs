//! Other values for settings, given from outside of the set.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::suggest;

use super::super::ast::Item;
use super::super::parse::parse;
use super::{Linked, merge};

/// A value that takes the place of a setting's own.
#[derive(Clone, Debug)]
pub struct SettingChange {
    name: String,
    source: Arc<Source>,
}

impl SettingChange {
    /// `value`, in the language's own notation, for the setting `name`; `file` is who says so.
    #[must_use]
    pub fn new(file: &str, name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), source: Source::new(file, format!("setting {name} = {value}")) }
    }

    /// The setting.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line `setting NAME = VALUE`; what is wrong with the value is found there.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }
}

pub(super) fn apply(linked: &mut Linked, changes: &[SettingChange], found: &mut Diagnostics) {
    for SettingChange { name, source } in changes {
        let whole = Location::new(source, SourceSpan::new(0, source.text().len()));
        let known: Vec<&str> = linked.settings.iter().map(|other| other.assignment.node.name.node.as_str()).collect();
        // Asked first: of what has a setting's name, only the value can be wrong.
        if !known.contains(&name.as_str()) {
            found.push(
                Diagnostic::new(
                    diagnostic::UNKNOWN_SETTING,
                    format!("the rules have no setting `{}`", name.escape_debug()),
                )
                .at(whole)
                .label("unknown setting")
                .help(suggest::help(name, &known)),
            );
            continue;
        }
        let (ast, mistakes) = parse(source);
        let is_one_value = matches!(ast.items.as_slice(), [Item::Setting(_)]);
        if mistakes.is_empty() && !is_one_value {
            found.push(
                Diagnostic::new(diagnostic::RULES_SYNTAX, format!("the value of `{name}` is more than one value"))
                    .at(whole)
                    .label("not one value")
                    .help("write what would stand behind the `=` in the rules, as in \"40%\""),
            );
        } else if mistakes.is_empty() {
            merge::merge(linked, ast, found);
        }
        found.extend(mistakes);
    }
}

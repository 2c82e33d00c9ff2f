//! Where something is defined, through all sets of a chain.

use std::sync::Arc;

use lsp_types::{Location, Range};

use crate::diagnostic::SourceSpan;
use crate::rules::{DEFAULT_NAME, beside};
use crate::value::Type;

use super::findings::uri;
use super::place::uri_of;
use super::sheet::{Mark, Role, Sheet, What};
use super::shelf::{Shelf, shipped};

/// A definition.
pub(super) struct Found {
    pub(super) sheet: Arc<Sheet>,
    /// Where the name stands.
    pub(super) name: SourceSpan,
}

/// The definitions of a name, the nearest first.
pub(super) fn definitions(chain: &[Arc<Sheet>], what: What, name: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for sheet in chain {
        let own = sheet.definitions(what).filter(|(known, _)| *known == name);
        found.extend(own.map(|(_, span)| Found { sheet: Arc::clone(sheet), name: span }));
    }
    found
}

/// The type that a setting is read as, where a rule reads it.
pub(super) fn setting_type(chain: &[Arc<Sheet>], name: &str) -> Option<Type> {
    chain.iter().find_map(|sheet| {
        sheet.occurrences(What::Setting, name).find_map(|mark| match mark.role {
            Role::Refer(_, due) => due,
            _ => None,
        })
    })
}

/// What `mark` of `sheet` is in a set: the value of a setting is what the setting is read as.
pub(super) fn role(chain: &[Arc<Sheet>], sheet: &Sheet, mark: &Mark) -> Role {
    let Role::OfSetting(name) = mark.role else { return mark.role };
    match setting_type(chain, sheet.text(name)) {
        Some(Type::Style) => Role::Refer(What::Style, None),
        Some(ty) => Role::Value(ty),
        None => mark.role,
    }
}

/// Where `mark` of the first sheet of `chain` leads.
pub(super) fn definition(shelf: &Shelf, chain: &[Arc<Sheet>], mark: &Mark) -> Vec<Location> {
    let Some(sheet) = chain.first() else { return Vec::new() };
    let word = sheet.text(mark.span);
    match role(chain, sheet, mark) {
        Role::Define(what) | Role::Refer(what, _) => definitions(chain, what, word)
            .into_iter()
            .filter_map(|Found { sheet, name }| {
                let range = sheet.lines.range(sheet.source.text(), name);
                place(shelf, sheet.source.name(), range)
            })
            .collect(),
        Role::Extend => {
            let name = if word == DEFAULT_NAME { word.to_owned() } else { beside(sheet.source.name(), word) };
            file(shelf, &name)
        }
        Role::Script => shelf.script(chain).map(|(name, _)| file(shelf, &name)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn file(shelf: &Shelf, name: &str) -> Vec<Location> {
    let exists = shelf.load(name).is_ok() || !name.starts_with('/');
    place(shelf, name, Range::default()).filter(|_| exists).into_iter().collect()
}

pub(super) fn place(shelf: &Shelf, name: &str, range: Range) -> Option<Location> {
    let text = shelf.uri(name).or_else(|| shipped(name).map(|path| uri_of(&path)))?;
    Some(Location::new(uri(&text)?, range))
}

//! What is wrong, for the file that is open and for every set that it has a say in.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use lsp_types::{DiagnosticRelatedInformation, DiagnosticSeverity, Location as Place, NumberOrString, Uri};

use crate::diagnostic::{Diagnostic, Diagnostics, Location, Severity};
use crate::error::Error;
use crate::rules::{self, DEFAULT_NAME};
use crate::scenario;
use crate::verify::{self, Files, Sets, Verdict};

use super::place::{Lines, uri_of};
use super::shelf::{Shelf, has_ending, is_rules, shipped};

/// What was found, by the file that it was found in, of each set that was checked.
#[derive(Debug, Default)]
pub(super) struct Findings {
    of_set: BTreeMap<String, Vec<Diagnostic>>,
}

impl Findings {
    /// Takes in what was found in sets; gives the files of which something else is found now.
    pub(super) fn take(&mut self, found: Vec<(String, Vec<Diagnostic>)>) -> BTreeSet<String> {
        let mut touched = BTreeSet::new();
        for (root, found) in found {
            touched.extend(found.iter().filter_map(file_of).map(str::to_owned));
            let old = self.of_set.insert(root, found).unwrap_or_default();
            touched.extend(old.iter().filter_map(file_of).map(str::to_owned));
        }
        touched
    }

    /// What is found in a file, each once: sets that extend it may all find the same.
    pub(super) fn of(&self, name: &str) -> Vec<&Diagnostic> {
        let mut seen = BTreeSet::new();
        let all = self.of_set.values().flatten().filter(|found| file_of(found) == Some(name));
        let mut all: Vec<&Diagnostic> = all
            .filter(|found| {
                let span = found.location.as_ref().map(|place| place.span);
                seen.insert((found.code, span, found.message.as_str()))
            })
            .collect();
        all.sort_by_key(|found| (found.location.as_ref().map(|place| place.span), found.code));
        all
    }
}

fn file_of(found: &Diagnostic) -> Option<&str> {
    found.location.as_ref().map(|place| place.source.name())
}

fn is_script(name: &str) -> bool {
    has_ending(name, "rhai")
}

/// Checks what `names` are, and every set that one of them has a say in.
pub(super) fn check_all(shelf: &Shelf, names: &BTreeSet<String>) -> Vec<(String, Vec<Diagnostic>)> {
    let mut roots = BTreeSet::new();
    for name in names {
        roots.extend(shelf.dependents(name));
        if !is_script(name) {
            roots.insert(name.clone());
        }
    }
    let checked = roots.into_iter().map(|root| {
        // What is closed and belongs to nothing that is open is not spoken of any more.
        let is_known = shelf.opened(&root).is_some() || is_rules(&root);
        let found = if is_known { check(shelf, &root) } else { Vec::new() };
        (root, found)
    });
    checked.collect()
}

/// What is found in one file and in those that it is made of.
fn check(shelf: &Shelf, name: &str) -> Vec<Diagnostic> {
    let Some(source) = shelf.source(name) else { return Vec::new() };
    let file = Path::new(name).file_name().and_then(OsStr::to_str).unwrap_or_default();
    let found = if is_rules(name) || !name.starts_with('/') {
        let load = |path: &str| shelf.load(path);
        match rules::load(&source, &load) {
            Ok((_, warnings)) => warnings,
            Err(found) => found,
        }
    } else if file.ends_with(".case.json") || file == "case.json" {
        case(shelf, name)
    } else if file == "scenario.json" || file.ends_with(".scenario.json") {
        match scenario::read(&source).and_then(scenario::normalise) {
            Ok((_, warnings)) => warnings.located_in(&source),
            Err(found) => found.located_in(&source),
        }
    } else {
        Diagnostics::new()
    };
    let at_extend = || {
        let sheet = shelf.sheet(name)?;
        let (_, span) = sheet.extends()?;
        Some(Location::new(&source, span))
    };
    // What is found in no file is told where the set begins to be made of others.
    let placed = found.iter().cloned().map(|mut found| {
        let nowhere = file_of(&found).is_none_or(|file| file == DEFAULT_NAME || !is_file(shelf, file));
        if nowhere {
            let place = at_extend().unwrap_or_else(|| Location::new(&source, source.line_span(1)));
            found.related.extend(found.location.replace(place).map(|place| (place, found.label.clone())));
        }
        found
    });
    placed.collect()
}

fn is_file(shelf: &Shelf, name: &str) -> bool {
    name.starts_with('/') || shelf.opened(name).is_some()
}

/// What is wrong with a case, or with what it makes; what it expects to be found is not.
fn case(shelf: &Shelf, name: &str) -> Diagnostics {
    let Ok(found) = verify::find(&[PathBuf::from(name)]) else { return Diagnostics::new() };
    let open = |path: &str| {
        shelf.source(path).ok_or_else(|| Error::Read {
            path: path.into(),
            source: std::io::Error::new(std::io::ErrorKind::NotFound, "no such file"),
        })
    };
    let load = |path: &str| shelf.load(path);
    let files = Files { open: &open, load: &load };
    let mut all = Diagnostics::new();
    for place in &found.cases {
        let tested = verify::test(place, files, &mut Sets::new(files));
        if matches!(tested.verdict, Verdict::BrokenCase | Verdict::UnexpectedDiagnostic) {
            tested.found.iter().filter(|found| file_of(found) == Some(name)).for_each(|found| all.push(found.clone()));
        }
    }
    all
}

/// A finding as editors show it; `lines` are those of its file.
pub(super) fn shown(shelf: &Shelf, lines: &Lines, found: &Diagnostic) -> lsp_types::Diagnostic {
    let place = |at: &Location| Lines::of(at.source.text()).range(at.source.text(), at.span);
    let mut message = found.message.clone();
    if !found.label.is_empty() {
        message = format!("{message}: {}", found.label);
    }
    if let Some(help) = &found.help {
        message = format!("{message}\nhelp: {help}");
    }
    let related = found.related.iter().filter_map(|(at, words)| {
        let uri = shelf.uri(at.source.name()).or_else(|| shipped(at.source.name()).map(|path| uri_of(&path)))?;
        let message = if words.is_empty() { "belongs to it".to_owned() } else { words.clone() };
        Some(DiagnosticRelatedInformation { location: Place::new(uri.parse().ok()?, place(at)), message })
    });
    let related: Vec<_> = related.collect();
    lsp_types::Diagnostic {
        range: found.location.as_ref().map(|at| lines.range(at.source.text(), at.span)).unwrap_or_default(),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(found.code.as_str().to_owned())),
        code_description: None,
        source: Some("callsheet".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: None,
        data: None,
    }
}

/// A URI of the protocol's own type.
pub(super) fn uri(text: &str) -> Option<Uri> {
    text.parse().ok()
}

//! The rule sets of cases, each loaded once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source};
use crate::rules::{self, DEFAULT_NAME, Program, Variant};

use super::Files;
use super::case::Case;

/// A rule set as a case uses it.
pub(super) struct Set {
    /// The program, or what is wrong with the rules.
    pub(super) program: Result<Program, Diagnostics>,
    /// The rule files that it is made of, without the shipped one.
    pub(super) chain: Vec<Arc<Source>>,
}

/// Rule sets by file and settings.
pub struct Sets<'a> {
    files: Files<'a>,
    marked: bool,
    /// A rule file that is to be read otherwise than it is.
    instead: Option<Arc<Source>>,
    loaded: BTreeMap<String, Rc<Set>>,
    warnings: Diagnostics,
}

impl<'a> Sets<'a> {
    /// None so far.
    #[must_use]
    pub fn new(files: Files<'a>) -> Self {
        Self { files, marked: false, instead: None, loaded: BTreeMap::new(), warnings: Diagnostics::new() }
    }

    /// None so far; their ways will be marked.
    pub(super) fn marked(files: Files<'a>) -> Self {
        Self { marked: true, ..Self::new(files) }
    }

    /// None so far; for the file of that name, `source` is read instead.
    pub(super) fn instead(files: Files<'a>, source: Arc<Source>) -> Self {
        Self { instead: Some(source), ..Self::new(files) }
    }

    /// What was found in the rules that is no error, each set once.
    #[must_use]
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// The set that `case` uses.
    pub(super) fn get(&mut self, case: &Case) -> Rc<Set> {
        let changes: Vec<&str> = case.settings.iter().map(|change| change.source().text()).collect();
        let key = format!("{}\n{}", case.rules, changes.join("\n"));
        if let Some(set) = self.loaded.get(&key) {
            return Rc::clone(set);
        }
        let chain = RefCell::new(Vec::new());
        let program = self.load(case, &chain);
        let set = Rc::new(Set { program, chain: chain.into_inner() });
        self.loaded.insert(key, Rc::clone(&set));
        set
    }

    fn open(&self, path: &str) -> Result<Arc<Source>, Diagnostics> {
        if path == DEFAULT_NAME {
            return Ok(rules::default_source());
        }
        let instead = self.instead.as_ref().filter(|instead| instead.name() == path);
        instead.map_or_else(
            || {
                (self.files.open)(path).map_err(|error| {
                    Diagnostic::new(diagnostic::CASE_FILE, error.to_string())
                        .pointer("/rules")
                        .help("write the path from this file's folder, as in \"rules\": \"../rules/brand.rules\"")
                        .into()
                })
            },
            |instead| Ok(Arc::clone(instead)),
        )
    }

    fn load(&mut self, case: &Case, chain: &RefCell<Vec<Arc<Source>>>) -> Result<Program, Diagnostics> {
        let root = self.open(&case.rules).map_err(|found| found.located_in(&case.source))?;
        if case.rules != DEFAULT_NAME {
            chain.borrow_mut().push(Arc::clone(&root));
        }
        let instead = self.instead.clone();
        let load = |path: &str| {
            let text = match &instead {
                Some(instead) if instead.name() == path => instead.text().to_owned(),
                _ => (self.files.load)(path)?,
            };
            let is_rules = std::path::Path::new(path).extension().is_some_and(|extension| extension == "rules");
            if is_rules {
                chain.borrow_mut().push(Source::new(path, text.as_str()));
            }
            Ok(text)
        };
        let variant = Variant { settings: &case.settings, marked: self.marked };
        match rules::load_variant(&root, &load, variant) {
            Ok((program, warnings)) => {
                // With other settings a style may be left that nothing names: that says nothing about the set.
                if case.settings.is_empty() {
                    self.warn(&warnings);
                }
                Ok(program)
            }
            Err(found) => Err(in_case(&found, case)),
        }
    }

    /// Keeps warnings that are new: sets that extend one another share some.
    fn warn(&mut self, warnings: &Diagnostics) {
        for warning in warnings {
            let place = |found: &Diagnostic| {
                found.location.as_ref().map(|at| (at.source.name().to_owned(), at.span, found.message.clone()))
            };
            if !self.warnings.iter().any(|known| place(known) == place(warning)) {
                self.warnings.push(warning.clone());
            }
        }
    }
}

/// What is wrong with a case's setting, at its place in the case.
fn in_case(found: &Diagnostics, case: &Case) -> Diagnostics {
    let index = case.source.json_index();
    let mut moved = Diagnostics::new();
    for finding in found {
        let mut finding = finding.clone();
        let change = finding
            .location
            .as_ref()
            .and_then(|at| case.settings.iter().find(|change| Arc::ptr_eq(change.source(), &at.source)));
        if let Some(change) = change {
            let pointer = format!("/settings/{}", change.name().replace('~', "~0").replace('/', "~1"));
            finding.location = index.locate(&pointer).map(|span| Location::new(&case.source, span));
            // What is no name is not said again: it may be anything.
            let is_name = change.name().chars().all(|letter| letter.is_alphanumeric() || letter == '_');
            finding.pointer = Some(if is_name { pointer } else { "/settings".to_owned() });
        }
        moved.push(finding);
    }
    moved
}

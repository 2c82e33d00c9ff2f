//! The rules language: from text to a [`Program`] that makes plans.
//!
//! The passes, each of which gives a type of its own: [`parse()`] reads the shape ([`Ast`]), [`link()`] lays a set over
//! those that it extends ([`Linked`]), [`check()`] looks every name up and holds every type ([`Checked`], with the
//! boxes that find rules in conflict and what can never be), [`lower()`] indexes what is left ([`Program`]).
//! [`load()`] runs them all. [`format()`] stands beside them: it writes a file anew in one style.

pub mod ast;
mod boxes;
mod check;
mod format;
mod index;
mod link;
mod lower;
mod mark;
mod parse;
mod term;
mod written;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::decide::Decider;
use crate::diagnostic::{self, Diagnostic, Diagnostics, Source};
use crate::tasks::Style;

pub use ast::{Ast, Name, SignalItem, Sited};
pub use check::{Checked, check};
pub use format::format;
pub use link::{Linked, LinkedRule, LinkedStyle, Loader, SettingChange, link};
pub use lower::lower;
pub use mark::{Choice, Mark, RuleMarks};
pub use parse::parse;
pub use written::Written;

pub(crate) use check::with_parents;
pub(crate) use index::Candidates;
pub(crate) use link::beside;
pub(crate) use lower::{Guard, ProgramMake, ProgramParam, ProgramRule};
pub(crate) use mark::marks;
pub(crate) use parse::is_name;
pub(crate) use term::{Condition, CueTerm, EachTerm, Item, Term};
pub(crate) use written::one_line;

/// The name of the shipped set in diagnostics and origins.
pub const DEFAULT_NAME: &str = "default";

const DEFAULT: &str = include_str!("../rules/default.rules");

/// A rule set that can be evaluated by [`crate::compile`].
#[derive(Debug)]
pub struct Program {
    pub(crate) rules: Vec<ProgramRule>,
    pub(crate) index: index::Index,
    pub(crate) styles: BTreeMap<String, Style>,
    signals: Vec<Sited<SignalItem>>,
    decide: Option<Sited<Name>>,
    decider: Decider,
}

impl Program {
    /// Every style by name.
    #[must_use]
    pub fn styles(&self) -> &BTreeMap<String, Style> {
        &self.styles
    }

    /// The names of the rules in force, in their order.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| &*rule.name)
    }

    /// The signals, in their order.
    #[must_use]
    pub fn signals(&self) -> &[Sited<SignalItem>] {
        &self.signals
    }

    /// What decides, from a prompt and the facts of a scenario.
    #[must_use]
    pub fn decider(&self) -> &Decider {
        &self.decider
    }

    /// The script that decides, if the set names one.
    #[must_use]
    pub fn decide(&self) -> Option<&Sited<Name>> {
        self.decide.as_ref()
    }
}

/// The shipped rule set.
#[must_use]
pub fn default_source() -> Arc<Source> {
    Source::new(DEFAULT_NAME, DEFAULT)
}

/// The shipped rule set as it is written. Reading it takes longer than all else in loading a set that extends it, and a
/// program that tests rules loads hundreds of those.
pub(crate) fn shipped() -> &'static Ast {
    static SHIPPED: LazyLock<Ast> = LazyLock::new(|| parse(&default_source()).0);
    &SHIPPED
}

/// Reads a rule set and those that it extends, and checks everything that can be checked without a scenario.
///
/// The diagnostics beside the program are warnings. On failure they are all that every pass found: a line that cannot
/// be read does not hide a mistake elsewhere.
pub fn load(source: &Arc<Source>, loader: Loader<'_>) -> Result<(Program, Diagnostics), Diagnostics> {
    load_variant(source, loader, Variant::default())
}

/// What is different from how a rule set is usually loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Variant<'a> {
    /// Settings with other values than the set gives them.
    pub settings: &'a [SettingChange],
    /// Whether every place where a rule goes one way or the other is marked, so that [`crate::compile`] can count the
    /// ways. That takes time: no rule is ruled out before it is asked.
    pub marked: bool,
}

/// Loads a rule set as [`load()`] does, with what `variant` says.
pub fn load_variant(
    source: &Arc<Source>,
    loader: Loader<'_>,
    variant: Variant<'_>,
) -> Result<(Program, Diagnostics), Diagnostics> {
    let (ast, mut found) = parse(source);
    let (linked, mistakes) = link::link_changed(ast, loader, variant.settings);
    found.extend(mistakes);
    let (checked, mistakes) = check::check_marked(linked, variant.marked);
    found.extend(mistakes);
    capped(found).finish(checked).map(|(checked, warnings)| (lower(checked), warnings))
}

/// Loads a rule set as [`load()`] does, and keeps its lines beside it.
pub fn load_written(
    source: &Arc<Source>,
    loader: Loader<'_>,
) -> Result<((Program, Written), Diagnostics), Diagnostics> {
    let (ast, mut found) = parse(source);
    let (linked, layers, mistakes) = link::link_written(ast, loader);
    found.extend(mistakes);
    let (checked, written, mistakes) = check::check_written(linked, layers);
    found.extend(mistakes);
    capped(found).finish((checked, written)).map(|((checked, written), warnings)| ((lower(checked), written), warnings))
}

/// A file that is no rule set has a mistake in every line; nobody reads more of them than this.
const MAX_FINDINGS: usize = 200;

fn capped(found: Diagnostics) -> Diagnostics {
    if found.len() <= MAX_FINDINGS || !found.has_errors() {
        return found;
    }
    let mut capped = Diagnostics::new();
    found.iter().take(MAX_FINDINGS).cloned().for_each(|finding| capped.push(finding));
    let rest = found.len() - MAX_FINDINGS;
    capped.push(
        Diagnostic::new(diagnostic::RULES_TOO_LARGE, format!("{rest} more findings are not shown"))
            .help("mend the first ones and check again; is this a rule set at all?"),
    );
    capped
}

/// A [`Loader`] that reads files, relative to the working folder.
pub fn from_disk(path: &str) -> std::io::Result<String> {
    if std::fs::metadata(path)?.len() > parse::MAX_BYTES as u64 {
        return Err(std::io::Error::other("a rule set is at most 256 KiB"));
    }
    std::fs::read_to_string(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_set_has_neither_errors_nor_warnings() {
        let loaded = load(&default_source(), &|_| Err(std::io::ErrorKind::NotFound.into()));
        let findings = match &loaded {
            Ok((_, warnings)) => warnings,
            Err(errors) => errors,
        };
        assert_eq!(crate::diagnostic::pretty(findings, crate::diagnostic::Colour::Never), "");
    }
}

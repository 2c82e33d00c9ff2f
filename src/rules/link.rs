//! One rule set of a chain of files: `extend`, `override` and `disable` carried out.

mod chain;
mod merge;
mod overrides;
mod script;
mod settings;

use std::sync::Arc;

use crate::diagnostic::{Diagnostics, Source};

pub(crate) use chain::beside;
pub use settings::SettingChange;

use super::ast::{Assignment, Ast, Expression, Name, Requirement, SelectorText, SignalItem, Sited, TurnItem};

/// Finds the file of an `extend` by its path, which is relative to where the root file's name is.
pub type Loader<'a> = &'a dyn Fn(&str) -> std::io::Result<String>;

/// A rule set in one piece, names inside expressions not looked up yet.
#[derive(Debug)]
pub struct Linked {
    /// The file that was asked for; the last of its chain.
    pub root: Arc<Source>,
    /// Settings by name, the child's value over the parent's.
    pub settings: Vec<LinkedSetting>,
    /// Styles by name, the child's properties over the parent's.
    pub styles: Vec<LinkedStyle>,
    /// Signals, parents' first.
    pub signals: Vec<Sited<SignalItem>>,
    /// What words around a phrase do to it, parents' first.
    pub turns: Vec<Sited<TurnItem>>,
    /// Where the script that decides is named; the child's over the parent's.
    pub decide: Option<Sited<Name>>,
    /// That script.
    pub script: Option<Arc<Source>>,
    /// Rules that are in force, parents' first.
    pub rules: Vec<LinkedRule>,
    /// Whether a part of the chain could not be read or linked.
    pub broken: bool,
}

/// A setting: where its value stands, and the value that it replaces.
#[derive(Debug)]
pub struct LinkedSetting {
    /// The value in force.
    pub assignment: Sited<Assignment>,
    /// The parent's, which says the type.
    pub replaces: Option<Sited<Assignment>>,
}

/// A style.
#[derive(Debug)]
pub struct LinkedStyle {
    /// Its name, where it stands last.
    pub name: Sited<Name>,
    /// Whether a parent has it too.
    pub in_parent: bool,
    /// Its properties, each once.
    pub properties: Vec<Sited<Assignment>>,
}

/// A rule with what overrides changed.
#[derive(Debug)]
pub struct LinkedRule {
    /// Its name, where it is defined.
    pub name: Sited<Name>,
    /// Its name, and where overrides name it.
    pub heads: Vec<Sited<Name>>,
    /// Whether children must leave it as it is.
    pub locked: bool,
    /// What it is for; `None` if that was not understood.
    pub selector: Option<Sited<SelectorText>>,
    /// What must hold for it to fire.
    pub conditions: Vec<Sited<Expression>>,
    /// What must hold where it fires.
    pub requirements: Vec<Sited<Requirement>>,
    /// What it makes.
    pub makes: Vec<LinkedMake>,
    /// Whether a line was not understood: then what is missing may stand there.
    pub broken: bool,
}

/// A `make` with what overrides changed.
#[derive(Debug)]
pub struct LinkedMake {
    /// The task type, where the last `make` stands.
    pub task: Sited<Name>,
    /// The parameters, each once.
    pub params: Vec<Sited<Assignment>>,
    /// Whether a line was not understood: then what is missing may stand there.
    pub broken: bool,
}

/// Links `ast` with the sets that it extends.
#[must_use]
pub fn link(ast: Ast, loader: Loader<'_>) -> (Linked, Diagnostics) {
    link_changed(ast, loader, &[])
}

/// Links, and gives some settings other values.
pub(super) fn link_changed(ast: Ast, loader: Loader<'_>, changes: &[SettingChange]) -> (Linked, Diagnostics) {
    let mut found = Diagnostics::new();
    let chain = chain::resolve(ast, loader, &mut found);
    let linked = join(chain, loader, changes, &mut found);
    (linked, found)
}

/// Links, and gives the files of the chain too, as they are written, parents first.
pub(super) fn link_written(ast: Ast, loader: Loader<'_>) -> (Linked, Vec<Ast>, Diagnostics) {
    let mut found = Diagnostics::new();
    let chain = chain::resolve(ast, loader, &mut found);
    let linked = join(chain.clone(), loader, &[], &mut found);
    (linked, chain, found)
}

/// One set of a chain, which has at least one file.
fn join(chain: Vec<Ast>, loader: Loader<'_>, changes: &[SettingChange], found: &mut Diagnostics) -> Linked {
    let root = chain.last().map_or_else(|| Source::new("", ""), |last| Arc::clone(&last.source));
    let mut linked = Linked {
        root,
        settings: Vec::new(),
        styles: Vec::new(),
        signals: Vec::new(),
        turns: Vec::new(),
        decide: None,
        script: None,
        rules: Vec::new(),
        broken: false,
    };
    for file in chain {
        linked.broken |= file.broken;
        merge::merge(&mut linked, file, found);
    }
    settings::apply(&mut linked, changes, found);
    linked.script = linked.decide.as_ref().and_then(|decide| script::find(decide, loader, found));
    linked.broken |= found.has_errors();
    linked
}

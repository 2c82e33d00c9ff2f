//! Which line of which file says something, and which lines of other files it stands in place of.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::diagnostic::{Location, Source, SourceSpan};
use crate::rules::ast::{Assignment, Ast, Item, RuleBlock, SelectorText};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The file, as its user would say it; `default` for the shipped set.
    pub file: String,
    /// From 1.
    pub line: usize,
}

impl Line {
    /// The line on which `span` begins.
    #[must_use]
    pub fn of(source: &Source, span: SourceSpan) -> Self {
        Self { file: source.name().to_owned(), line: source.line_column(span.start).0 }
    }

    /// The line of a place.
    #[must_use]
    pub fn at(place: &Location) -> Self {
        Self::of(&place.source, place.span)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The line that counts, and those that it stands in place of, first ones first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The line that counts.
    #[serde(flatten)]
    pub line: Line,
    /// Those before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<Line>,
}

impl Provenance {
    pub(super) fn new(line: Line, over: Vec<Line>) -> Self {
        Self { line, over }
    }

    /// Of all lines that say it, in their order.
    fn of_all(mut lines: Vec<Line>) -> Option<Self> {
        let line = lines.pop()?;
        Some(Self { line, over: lines })
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.line)?;
        match self.over.last() {
            Some(before) => write!(f, ", over {before}"),
            None => Ok(()),
        }
    }
}

/// A rule that a later file has taken out.
#[derive(Clone, Debug)]
pub(super) struct Disabled<'a> {
    pub(super) name: &'a str,
    /// Its name, where it was defined.
    pub(super) defined: Location,
    /// What it was for, where it says so.
    pub(super) selector: Option<&'a SelectorText>,
    /// Where it is disabled.
    pub(super) by: Location,
}

/// The files of a rule set, parents first.
#[derive(Clone, Copy, Debug)]
pub(super) struct History<'a>(pub(super) &'a [Ast]);

type Block<'a> = (&'a Arc<Source>, &'a RuleBlock);

impl<'a> History<'a> {
    fn items(self) -> impl Iterator<Item = (&'a Arc<Source>, &'a Item)> {
        self.0.iter().flat_map(|file| file.items.iter().map(|item| (&file.source, item)))
    }

    /// The rule that is in force under this name, and its overrides.
    fn blocks(self, rule: &str) -> Vec<Block<'a>> {
        let mut blocks: Vec<Block<'a>> = Vec::new();
        for (source, item) in self.items() {
            match item {
                Item::Rule(block) if block.name.node == rule => blocks = vec![(source, block)],
                Item::Override(block) if block.name.node == rule => blocks.push((source, block)),
                _ => {}
            }
        }
        blocks
    }

    pub(super) fn setting(self, name: &str) -> Option<Provenance> {
        let lines = self.items().filter_map(|(source, item)| match item {
            Item::Setting(setting) if setting.name.node == name => Some(Line::of(source, setting.name.span)),
            _ => None,
        });
        Provenance::of_all(lines.collect())
    }

    /// Where a style is named, in all files that say something of it.
    pub(super) fn style(self, name: &str) -> Option<Provenance> {
        let lines = self.items().filter_map(|(source, item)| match item {
            Item::Style(style) if style.name.node == name => Some(Line::of(source, style.name.span)),
            _ => None,
        });
        Provenance::of_all(lines.collect())
    }

    pub(super) fn property(self, style: &str, property: &str) -> Option<Provenance> {
        let lines = self.items().filter_map(|(source, item)| match item {
            Item::Style(block) if block.name.node == style => named(&block.properties, source, property),
            _ => None,
        });
        Provenance::of_all(lines.collect())
    }

    pub(super) fn param(self, rule: &str, task: &str, param: &str) -> Option<Provenance> {
        let makes = self.blocks(rule).into_iter().flat_map(|(source, block)| {
            block.makes.iter().filter(|make| make.task.node == task).map(move |make| (source, make))
        });
        Provenance::of_all(makes.filter_map(|(source, make)| named(&make.params, source, param)).collect())
    }

    pub(super) fn make(self, rule: &str, task: &str) -> Option<Provenance> {
        let makes = self.blocks(rule).into_iter().flat_map(|(source, block)| {
            let makes = block.makes.iter().filter(|make| make.task.node == task);
            makes.map(move |make| Line::of(source, make.task.span))
        });
        Provenance::of_all(makes.collect())
    }

    /// The `when` lines that those in force stand in place of.
    pub(super) fn replaced_conditions(self, rule: &str) -> Vec<Location> {
        let mut written: Vec<Block<'a>> =
            self.blocks(rule).into_iter().filter(|(_, block)| !block.conditions.is_empty()).collect();
        written.pop();
        let places = written
            .iter()
            .flat_map(|(source, block)| block.conditions.iter().map(|condition| Location::new(source, condition.span)));
        places.collect()
    }

    /// The rules that are not in force.
    pub(super) fn disabled(self) -> Vec<Disabled<'a>> {
        let mut disabled: Vec<Disabled<'a>> = Vec::new();
        for (number, file) in self.0.iter().enumerate() {
            let parents = Self(self.0.get(..number).unwrap_or_default());
            for item in &file.items {
                match item {
                    Item::Disable(name) => {
                        let Some((source, block)) = parents.blocks(&name.node).first().copied() else { continue };
                        disabled.push(Disabled {
                            name: &name.node,
                            defined: Location::new(source, block.name.span),
                            selector: block.selectors.first(),
                            by: Location::new(&file.source, name.span),
                        });
                    }
                    Item::Rule(block) => disabled.retain(|other| other.name != block.name.node),
                    _ => {}
                }
            }
        }
        disabled
    }
}

fn named(assignments: &[Assignment], source: &Source, name: &str) -> Option<Line> {
    let found = assignments.iter().find(|assignment| assignment.name.node == name)?;
    Some(Line::of(source, found.name.span))
}

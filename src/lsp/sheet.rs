//! One file as an editor sees it: what each of its words is, and its items with their places.

use std::sync::Arc;

use crate::diagnostic::{Source, SourceSpan};
use crate::scenario::field::NodeKind;
use crate::value::Type;

use super::place::Lines;
use super::walk::Walker;
use super::words::tokens;

/// What has a name in rule sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Rule,
    Style,
    Signal,
    Setting,
}

impl What {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Style => "style",
            Self::Signal => "signal",
            Self::Setting => "setting",
        }
    }
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    /// A word of the language.
    Keyword,
    /// A name where it is defined.
    Define(What),
    /// A name where it is used; a setting with the type that is due there.
    Refer(What, Option<Type>),
    /// The value of the setting that is named there: what it means shows where the setting is read.
    OfSetting(SourceSpan),
    /// The file that is extended.
    Extend,
    /// The script that decides.
    Script,
    /// A kind of node, in a selector.
    Node,
    /// A kind of layer, in a selector.
    Layer,
    /// A task type.
    Task,
    /// A parameter of a task, by the task's name.
    Param(Option<&'static str>),
    /// A property of a style.
    Property,
    /// A field of a node.
    Field(NodeKind),
    /// A field of the decision.
    Decision,
    /// A word of a type.
    Value(Type),
}

/// A word and what it is.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// The word alone: of `signal.theses` the name.
    pub(super) span: SourceSpan,
    pub(super) role: Role,
}

/// What stands at the left edge, or a `make` in a rule.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its first word, e.g. `override`.
    pub(super) word: String,
    /// Where its name stands, or its first word.
    pub(super) name: SourceSpan,
    /// The whole of it.
    pub(super) span: SourceSpan,
    pub(super) children: Vec<Item>,
}

/// A file.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) source: Arc<Source>,
    pub(super) lines: Lines,
    pub(super) marks: Vec<Mark>,
    pub(super) items: Vec<Item>,
    pub(super) comments: Vec<SourceSpan>,
}

impl Sheet {
    pub(super) fn read(source: &Arc<Source>) -> Self {
        let (tokens, comments) = tokens(source.text());
        let mut walker = Walker::new(source.text(), &tokens);
        walker.walk();
        let (marks, items) = walker.finish();
        Self { source: Arc::clone(source), lines: Lines::of(source.text()), marks, items, comments }
    }

    pub(super) fn text(&self, span: SourceSpan) -> &str {
        self.source.slice(span)
    }

    /// The word at `offset`, or the one that ends there.
    pub(super) fn mark_at(&self, offset: usize) -> Option<&Mark> {
        let inside = |mark: &&Mark| mark.span.start <= offset && offset < mark.span.end;
        self.marks.iter().find(inside).or_else(|| self.marks.iter().find(|mark| mark.span.end == offset))
    }

    /// Where a name is defined.
    pub(super) fn definitions(&self, what: What) -> impl Iterator<Item = (&str, SourceSpan)> {
        let own = self.marks.iter().filter(move |mark| mark.role == Role::Define(what));
        own.map(|mark| (self.text(mark.span), mark.span))
    }

    /// Where a name is defined or used.
    pub(super) fn occurrences<'a>(&'a self, what: What, name: &'a str) -> impl Iterator<Item = &'a Mark> {
        self.marks.iter().filter(move |mark| {
            let is_of = match mark.role {
                Role::Define(other) | Role::Refer(other, _) => other == what,
                _ => false,
            };
            is_of && self.text(mark.span) == name
        })
    }

    /// The file that this one extends, as it is written, and where.
    pub(super) fn extends(&self) -> Option<(&str, SourceSpan)> {
        self.quoted(Role::Extend)
    }

    /// The script that decides, as it is written, and where.
    pub(super) fn script(&self) -> Option<(&str, SourceSpan)> {
        self.quoted(Role::Script)
    }

    fn quoted(&self, role: Role) -> Option<(&str, SourceSpan)> {
        let mark = self.marks.iter().find(|mark| mark.role == role)?;
        Some((self.text(mark.span), mark.span))
    }

    /// The item that a name is defined by.
    pub(super) fn item_of(&self, name: SourceSpan) -> Option<&Item> {
        self.items.iter().find(|item| item.name == name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::ast::{Expr, Expression, Item as Written};
    use crate::rules::{default_source, parse};

    /// What the parser knows of names: what they are, and where they stand.
    fn names(source: &Arc<Source>) -> Vec<(SourceSpan, Role)> {
        let mut names = Vec::new();
        for item in parse(source).0.items {
            match item {
                Written::Setting(setting) => names.push((setting.name.span, Role::Define(What::Setting))),
                Written::Style(style) => {
                    names.push((style.name.span, Role::Define(What::Style)));
                    names.extend(style.properties.iter().map(|property| (property.name.span, Role::Property)));
                }
                Written::Signal(signal) => names.push((signal.name.span, Role::Define(What::Signal))),
                Written::Rule(rule) => {
                    names.push((rule.name.span, Role::Define(What::Rule)));
                    for when in rule.conditions.iter().chain(rule.requirements.iter().map(|line| &line.condition)) {
                        paths(when, &mut names);
                    }
                    for make in rule.makes {
                        names.push((make.task.span, Role::Task));
                        let task = crate::tasks::catalogue::find(&make.task.node).map(|task| task.name);
                        for param in make.params {
                            names.push((param.name.span, Role::Param(task)));
                            paths(&param.value, &mut names);
                        }
                    }
                }
                Written::Override(rule) => names.push((rule.name.span, Role::Refer(What::Rule, None))),
                Written::Disable(name) => names.push((name.span, Role::Refer(What::Rule, None))),
                _ => {}
            }
        }
        names
    }

    fn paths(value: &Expression, names: &mut Vec<(SourceSpan, Role)>) {
        if let Expr::Path(path) = &value.node {
            let head = path[0].as_str();
            let role = match head {
                "signal" => Role::Refer(What::Signal, None),
                "setting" => Role::Refer(What::Setting, None),
                "decision" => Role::Decision,
                _ => Role::Field(NodeKind::from_word(head).expect("a node")),
            };
            // A path in brackets has their place.
            let end = value.span.start + path.join(".").len();
            names.push((SourceSpan::new(value.span.start + head.len() + 1, end), role));
        }
        value.node.parts().into_iter().for_each(|part| paths(part, names));
        if let Expr::Record(fields) = &value.node {
            names.extend(fields.iter().map(|field| (field.name.span, Role::Param(None))));
        }
    }

    #[test]
    fn every_name_that_the_parser_knows_is_marked_as_what_it_is() {
        let fixtures = ["examples/demo/brand.rules", "templates/new/rules/brand.rules"];
        let read = |path: &str| Source::new(path, std::fs::read_to_string(path).expect("a rule set"));
        let mut checked = 0;
        for source in fixtures.map(read).into_iter().chain([default_source()]) {
            let sheet = Sheet::read(&source);
            for (span, role) in names(&source) {
                let mark = sheet.marks.iter().find(|mark| mark.span == span);
                let found = mark.map(|mark| match mark.role {
                    Role::Refer(what, _) => Role::Refer(what, None),
                    role => role,
                });
                // What stands in brackets is found where it stands.
                let text = sheet.text(span).to_owned();
                assert_eq!(found, Some(role), "{text} in {}: {:?}", source.name(), source.line_column(span.start));
                checked += 1;
            }
        }
        assert!(checked > 300, "{checked}");
    }

    #[test]
    fn a_style_is_found_wherever_its_name_means_one_and_nowhere_else() {
        let source = Source::new(
            "x.rules",
            "style loud { size = 4px }\nrule loud {\n  for overlay\n  when overlay.font_style is one of loud, \"loud\"\n  \
             make add_text_overlay {\n    text = \"loud\"  position = center\n    style = if overlay.text is \"loud\" then \
             loud else overlay.font_style or loud # loud\n  }\n}\n",
        );
        let sheet = Sheet::read(&source);
        let lines = sheet.occurrences(What::Style, "loud").map(|mark| source.line_column(mark.span.start).0);
        assert_eq!(lines.collect::<Vec<_>>(), [1, 4, 4, 7, 7]);
        assert_eq!(sheet.occurrences(What::Rule, "loud").count(), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_every_mark_lies_in_it(
            words in proptest::collection::vec(
                prop_oneof![
                    "[a-zа-я_.\"#{}=(),0-9%]{1,6}",
                    prop::sample::select(vec![
                        "rule", "style", "{", "}", "=", "make", "trim", "for", "each", "segment", "when", "if", "then",
                        "else", "signal.x", "setting", "signal", "prompt", "mentions", "\"", "\n", "override", "locked",
                        "extend", "overlay.", "is", "or", "one", "of", "🎬",
                    ]).prop_map(str::to_owned),
                ],
                0..40,
            ),
            glue in prop::sample::select(vec![" ", "", "\n"]),
        ) {
            let source = Source::new("x.rules", words.join(glue));
            let sheet = Sheet::read(&source);
            for mark in &sheet.marks {
                prop_assert!(source.text().get(mark.span.start..mark.span.end).is_some(), "{mark:?}");
            }
            let sheet = std::sync::Arc::new(sheet);
            for (at, _) in source.text().char_indices() {
                crate::lsp::complete::complete(&[std::sync::Arc::clone(&sheet)], at);
            }
            let text = source.text();
            for symbol in crate::lsp::symbols::symbols(&sheet) {
                let (whole, name) = (sheet.lines.span(text, symbol.range), sheet.lines.span(text, symbol.selection_range));
                prop_assert!(whole.start <= name.start && name.end <= whole.end, "{symbol:?}");
            }
        }
    }
}

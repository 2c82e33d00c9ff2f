//! The chain of files that `extend` one another, parents first.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};

use super::super::ast::{Ast, Item, Name};
use super::super::parse::parse;
use super::Loader;

/// The version of the language that this program speaks.
const LANGUAGE: &str = "1";

/// Longer chains are a mistake: nobody would find where a value comes from.
const MAX_CHAIN: usize = 16;

pub(super) fn resolve(root: Ast, loader: Loader<'_>, found: &mut Diagnostics) -> Vec<Ast> {
    let mut chain = vec![root];
    while let Some(child) = chain.last() {
        check_language(child, found);
        let Some(parent) = parent(child, found) else { break };
        if parent.node == "default" {
            chain.push(super::super::shipped().clone());
            continue;
        }
        let at = Location::new(&child.source, parent.span);
        let Some(source) = find(&parent.node, &chain, &at, loader, found) else { break };
        let (ast, mistakes) = parse(&source);
        found.extend(mistakes);
        chain.push(ast);
    }
    chain.reverse();
    chain
}

fn check_language(ast: &Ast, found: &mut Diagnostics) {
    let versions: Vec<&Name> = ast
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Language(version) => Some(version),
            _ => None,
        })
        .collect();
    let at = |span| Location::new(&ast.source, span);
    let Some(first) = versions.first() else {
        // A file that could not be read at all has been reported already.
        if !ast.items.is_empty() || ast.source.text().trim().is_empty() {
            found.push(
                Diagnostic::new(diagnostic::LANGUAGE_LINE, "the rule set does not say its language version")
                    .at(at(SourceSpan::default()))
                    .label("the first line is missing")
                    .help(format!("write as the first line: language {LANGUAGE}")),
            );
        }
        return;
    };
    if first.node != LANGUAGE {
        found.push(
            Diagnostic::new(diagnostic::LANGUAGE_LINE, format!("language `{}` is not supported", first.node))
                .at(at(first.span))
                .label("unknown version")
                .help(format!("write language {LANGUAGE}: it is the one that this callsheet reads")),
        );
    }
    if !matches!(ast.items.first(), Some(Item::Language(_))) {
        found.push(
            Diagnostic::new(diagnostic::LANGUAGE_LINE, "the language line comes late")
                .at(at(first.span))
                .label("something stands before it")
                .help("let it be the first line of the file; only comments may stand before it"),
        );
    }
    if let Some(second) = versions.get(1) {
        found.push(
            Diagnostic::new(diagnostic::DUPLICATE_NAME, "the language line stands twice")
                .at(at(second.span))
                .label("said again")
                .related(at(first.span), "first said here")
                .help("remove one of them"),
        );
    }
}

fn parent<'a>(ast: &'a Ast, found: &mut Diagnostics) -> Option<&'a Name> {
    let mut extends = ast.items.iter().filter_map(|item| match item {
        Item::Extend(path) => Some(path),
        _ => None,
    });
    let first = extends.next()?;
    if let Some(second) = extends.next() {
        found.push(
            Diagnostic::new(diagnostic::BROKEN_EXTEND, "a rule set extends one other at most")
                .at(Location::new(&ast.source, second.span))
                .label("the second parent")
                .related(Location::new(&ast.source, first.span), "the first one")
                .help("let one set extend the other, and this one the last"),
        );
    }
    Some(first)
}

fn find(path: &str, chain: &[Ast], at: &Location, loader: Loader<'_>, found: &mut Diagnostics) -> Option<Arc<Source>> {
    let mut refuse = |message: String, label: &str, help: &str| {
        found.push(
            Diagnostic::new(diagnostic::BROKEN_EXTEND, message).at(at.clone()).label(label.to_owned()).help(help),
        );
        None
    };
    let shown = path.escape_debug();
    if path.starts_with('/') || path.contains([':', '\\']) {
        let help = "write the path from this file's folder, with `/`: extend \"house.rules\"";
        return refuse(format!("`{shown}` is not a relative path"), "not from this file's folder", help);
    }
    if std::path::Path::new(path).extension().is_none_or(|extension| extension != "rules") {
        let help = "write extend \"default\" for the shipped set, or a path that ends in `.rules`";
        return refuse(format!("`{shown}` is not a rule set"), "neither `default` nor a `.rules` file", help);
    }
    let path = beside(at.source.name(), path);
    if chain.iter().any(|ast| beside("", ast.source.name()) == path) {
        let help = "a chain of `extend` has to end; remove one of them";
        return refuse(format!("`{path}` extends itself"), "leads back to a set that extends this one", help);
    }
    if chain.len() >= MAX_CHAIN {
        let message = format!("more than {MAX_CHAIN} rule sets extend one another");
        return refuse(message, "one too many", "join some of them into one");
    }
    match loader(&path) {
        Ok(text) => Some(Source::new(path, text)),
        Err(error) => {
            let message = format!("cannot read `{path}`: {error}");
            refuse(message, "this file", "the path is relative to the folder of the file that extends it")
        }
    }
}

/// `path`, said from the folder of `file`, without `.` and with as few `..` as can be.
pub(crate) fn beside(file: &str, path: &str) -> String {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let root = if file.starts_with('/') || path.starts_with('/') { "/" } else { "" };
    let mut steps: Vec<&str> = Vec::new();
    for step in folder.split('/').chain(path.split('/')) {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    format!("{root}{}", steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_said_from_the_folder_of_the_file_that_extends_it() {
        assert_eq!(beside("brand/summer/own.rules", "../house.rules"), "brand/house.rules");
        assert_eq!(beside("own.rules", "./house.rules"), "house.rules");
        assert_eq!(beside("/brand/own.rules", "house.rules"), "/brand/house.rules");
        assert_eq!(beside("own.rules", "../house.rules"), "../house.rules");
    }
}

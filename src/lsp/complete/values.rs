//! Values and conditions: fields, settings and signals by what they hold, and the words of the type that is due.

use lsp_types::CompletionItemKind as Sort;

use crate::decide::DECISION;
use crate::rules::is_name;
use crate::scenario::field::{self, NodeKind};
use crate::tasks::color_names;
use crate::value::{SIGNAL_STATE, Type};

use super::super::definition;
use super::super::hover;
use super::super::sheet::What;
use super::super::walk::{Walker, expected};
use super::super::words::Kind;
use super::{Cursor, Offer};

/// Words after which a value is still due.
const OPEN: [&str; 18] = [
    "and", "or", "is", "not", "one", "of", "if", "then", "else", "either", "each", "when", "length", "in", "require",
    "prompt", "mentions", "exactly",
];

/// The type that a word would be read as.
pub(super) fn due(walker: &Walker<'_>) -> Option<Type> {
    walker.line.value.as_ref().and_then(expected)
}

/// Whether what has been written could be all.
pub(super) fn is_complete(walker: &Walker<'_>) -> bool {
    let Some(last) = walker.line.last else { return true };
    let word = walker.slice(last.span);
    match last.kind {
        Kind::Word => !OPEN.contains(&word),
        Kind::Equals | Kind::Comma | Kind::Open => false,
        Kind::Sign => [")", "]"].contains(&word),
        Kind::Path => !word.ends_with('.'),
        Kind::Text | Kind::Quantity | Kind::Color | Kind::Close => true,
    }
}

/// What could come next in a value or condition.
pub(super) fn values(cursor: &Cursor<'_>, walker: &Walker<'_>) -> Vec<Offer> {
    let Some(value) = &walker.line.value else { return Vec::new() };
    if value.selecting {
        return super::selectors(
            walker,
            if walker.line.last.is_some_and(|l| walker.slice(l.span) == "each") { 1 } else { 2 },
        );
    }
    if is_complete(walker) && value_has_begun(walker) {
        return joiners(walker);
    }
    let due = expected(value);
    let mut offers = words(cursor, due);
    if value.compared {
        let more = ["not", "one of", "absent"].into_iter().filter(|word| *word != "not" || !after(walker, "not"));
        offers.extend(more.map(|word| Offer::keyword(word).rank(2)));
        return offers;
    }
    let fits = |ty: Type| match (value.condition, value.due) {
        (false, Some(due)) => ty == due || (due == Type::Assets && ty == Type::Asset),
        _ => true,
    };
    for (path, ty, detail, doc) in paths(cursor, walker) {
        offers.push(Offer::new(path, Sort::FIELD, detail).doc(doc).rank(if fits(ty) { 1 } else { 4 }));
    }
    if let Some((head, _)) = cursor.prefix.split_once('.') {
        let of_head = |offer: &Offer| offer.label.strip_prefix(head).is_some_and(|rest| rest.starts_with('.'));
        return offers.into_iter().filter(of_head).collect();
    }
    let keywords: &[&str] = match (value.condition, value.due) {
        (true, _) => &["not", "either", "length of", "main"],
        (false, Some(Type::Cues | Type::Assets)) => &["each"],
        (false, _) => &["if"],
    };
    offers.extend(keywords.iter().map(|word| Offer::keyword(word).rank(3)));
    offers
}

/// Whether anything stands behind the `=`, or behind `when`.
fn value_has_begun(walker: &Walker<'_>) -> bool {
    walker.line.last.is_some_and(|last| {
        last.kind != Kind::Equals && walker.line.head.last().is_none_or(|head| last.span.start > head.start)
    })
}

fn after(walker: &Walker<'_>, word: &str) -> bool {
    walker.line.last.is_some_and(|last| walker.slice(last.span) == word)
}

/// What joins a value to another one, or asks something of it.
pub(super) fn joiners(walker: &Walker<'_>) -> Vec<Offer> {
    let Some(value) = &walker.line.value else { return Vec::new() };
    let words: &[&str] = if value.condition {
        &["is", "is not", "is one of", "is absent", "exists", "and", "or", "then", "when"]
    } else {
        &["or", "is", "else"]
    };
    let fits = |word: &&&str| match **word {
        "then" => !["when", "require"].contains(&walker.head(0)),
        "when" => false,
        _ => true,
    };
    words.iter().filter(fits).map(|word| Offer::keyword(word)).collect()
}

/// Everything that can be read here, with its type.
fn paths(cursor: &Cursor<'_>, walker: &Walker<'_>) -> Vec<(String, Type, String, String)> {
    let mut paths = Vec::new();
    let reach = walker.reach();
    // A head that is written out is completed even where it is out of reach: the checker says why it is wrong.
    let head = cursor.prefix.split_once('.').and_then(|(head, _)| NodeKind::from_word(head));
    let kinds = NodeKind::ALL.into_iter().rev().filter(|kind| reach.contains(kind) || head == Some(*kind));
    for kind in kinds {
        for field in field::fields(kind) {
            let detail = format!("{}, {}", field.ty, hover::presence(field));
            let doc = format!("{}\n\n{}", field.doc, hover::type_words(field.ty));
            paths.push((format!("{}.{}", kind.word(), field.path), field.ty, detail, doc));
        }
    }
    for field in DECISION {
        paths.push((format!("decision.{}", field.name), field.ty, field.ty.to_string(), field.doc.to_owned()));
    }
    for offer in cursor.names(What::Setting, 0) {
        let ty = definition::setting_type(cursor.chain, &offer.label).unwrap_or(Type::Text);
        paths.push((format!("setting.{}", offer.label), ty, offer.detail, String::new()));
    }
    for offer in cursor.names(What::Signal, 0) {
        let state = Type::Enum(&SIGNAL_STATE);
        paths.push((format!("signal.{}", offer.label), state, hover::type_words(state), String::new()));
    }
    paths
}

/// The words of a type.
fn words(cursor: &Cursor<'_>, due: Option<Type>) -> Vec<Offer> {
    match due {
        Some(Type::Enum(set)) => set
            .values
            .iter()
            .map(|word| {
                let text = if is_name(word) { (*word).to_owned() } else { format!("\"{word}\"") };
                Offer::new(*word, Sort::ENUM_MEMBER, set.name).text(text).rank(0)
            })
            .collect(),
        Some(Type::Style) => cursor.names(What::Style, 0),
        Some(Type::Bool) => ["true", "false"].map(|word| Offer::new(word, Sort::VALUE, "").rank(0)).into(),
        Some(Type::Color) => colors().collect(),
        Some(Type::Background) => {
            std::iter::once(Offer::new("blur", Sort::VALUE, "itself, enlarged and blurred").rank(0))
                .chain(colors())
                .collect()
        }
        Some(Type::Asset) => vec![Offer::new("main", Sort::VALUE, "the main asset").rank(0)],
        _ => Vec::new(),
    }
}

fn colors() -> impl Iterator<Item = Offer> {
    color_names().map(|name| Offer::new(name, Sort::COLOR, "").rank(0))
}

/// Plain values: in a style, and of a setting.
pub(super) fn literals(cursor: &Cursor<'_>, due: Option<Type>) -> Vec<Offer> {
    let example = match due {
        Some(Type::Pixels) => Some("48px"),
        Some(Type::Seconds) => Some("1.5s"),
        Some(Type::Ratio) => Some("60%"),
        Some(Type::Number) => Some("1"),
        Some(Type::Text) => Some("\"…\""),
        _ => None,
    };
    let example = example.map(|text| Offer::new(text, Sort::VALUE, "for example"));
    words(cursor, due).into_iter().chain(example).collect()
}

/// Names that may be quoted as well.
pub(super) fn in_text(cursor: &Cursor<'_>, due: Option<Type>) -> Vec<Offer> {
    match due {
        Some(Type::Style | Type::Enum(_)) => {
            words(cursor, due).into_iter().map(|offer| Offer { text: None, ..offer }).collect()
        }
        _ => Vec::new(),
    }
}

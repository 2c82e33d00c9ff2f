//! What could come next, told from what stands before the cursor: the file may be broken there, and mostly is.

mod values;

use std::sync::Arc;

use std::path::Path;

use lsp_types::{CompletionItem, CompletionItemKind as Sort, CompletionTextEdit, Documentation, Range, TextEdit};
use lsp_types::{MarkupContent, MarkupKind};

use crate::decide::Turn;
use crate::diagnostic::SourceSpan;
use crate::rules::DEFAULT_NAME;
use crate::scenario::field::NodeKind;
use crate::tasks::STYLE;
use crate::tasks::catalogue::{self, Need, TaskSpec};
use crate::value::LAYER;

use super::definition;
use super::hover;
use super::sheet::{Role, Sheet, What};
use super::walk::{Block, ITEMS, LINES, Walker};
use super::words::{Kind, Token, is_letter, tokens};

/// Something that could come next.
pub(super) struct Offer {
    label: String,
    /// What is written, where that is more than the label.
    text: Option<String>,
    sort: Sort,
    detail: String,
    doc: String,
    /// What fits best comes first.
    rank: u8,
}

impl Offer {
    fn new(label: impl Into<String>, sort: Sort, detail: impl Into<String>) -> Self {
        Self { label: label.into(), text: None, sort, detail: detail.into(), doc: String::new(), rank: 1 }
    }

    fn text(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    fn doc(self, doc: impl Into<String>) -> Self {
        Self { doc: doc.into(), ..self }
    }

    fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    fn keyword(word: &str) -> Self {
        Self::new(word, Sort::KEYWORD, hover::keyword(word).unwrap_or_default())
    }

    fn item(self, number: usize, range: Range) -> CompletionItem {
        let Self { label, text, sort, detail, doc, rank } = self;
        let markup = |value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value });
        CompletionItem {
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, text.unwrap_or_else(|| label.clone())))),
            kind: Some(sort),
            detail: (!detail.is_empty()).then_some(detail),
            documentation: (!doc.is_empty()).then(|| markup(doc)),
            // Editors sort by name where nothing else is said; the order here is the reference's own.
            sort_text: Some(format!("{rank}{number:04}")),
            label,
            ..CompletionItem::default()
        }
    }
}

/// Where the cursor is.
struct Cursor<'a> {
    chain: &'a [Arc<Sheet>],
    sheet: &'a Sheet,
    offset: usize,
    /// What has been written of the word so far.
    prefix: &'a str,
    /// Whether the word is the first of its line.
    first: bool,
}

/// What could stand at `offset` of the first sheet of `chain`.
pub(super) fn complete(chain: &[Arc<Sheet>], offset: usize) -> Vec<CompletionItem> {
    let Some(sheet) = chain.first() else { return Vec::new() };
    let text = sheet.source.text();
    let before = text.get(..offset).unwrap_or_default();
    if sheet.comments.iter().any(|comment| comment.start < offset && offset <= comment.end) {
        return Vec::new();
    }
    let (all, _) = tokens(before);
    // A text that is not closed yet, or whose end is behind the cursor.
    let quoted =
        all.last().filter(|token| token.kind == Kind::Text && token.span.end == offset && is_open(before, token));
    let start = match quoted {
        Some(token) => token.span.start,
        None => {
            offset - before.chars().rev().take_while(|c| is_letter(*c) || *c == '.').map(char::len_utf8).sum::<usize>()
        }
    };
    let known = all.partition_point(|token| token.span.end <= start);
    let known = all.get(..known).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let mut walker = Walker::new(text, known);
    walker.walk();
    let cursor = Cursor {
        chain,
        sheet,
        offset,
        prefix: before.get(start..).unwrap_or_default(),
        first: known.last().is_none_or(|token| token.span.end <= line),
    };
    let (offers, start) = match quoted {
        Some(_) => (cursor.in_text(&walker), start + 1),
        None => (cursor.offers(&walker), start),
    };
    let range = sheet.lines.range(text, SourceSpan::new(start, offset));
    offers.into_iter().enumerate().map(|(number, offer)| offer.item(number, range)).collect()
}

fn is_open(before: &str, token: &Token) -> bool {
    let text = before.get(token.span.start..token.span.end).unwrap_or_default();
    text.len() == 1 || !text.ends_with('"') || text.ends_with("\\\"")
}

impl Cursor<'_> {
    fn offers(&self, walker: &Walker<'_>) -> Vec<Offer> {
        let line = &walker.line;
        let hangs = line.last.is_some_and(|last| matches!(last.kind, Kind::Equals | Kind::Comma));
        let begins = line.head.is_empty() || (self.first && !hangs && values::is_complete(walker));
        match walker.blocks.last() {
            None if begins => ITEMS.map(Offer::keyword).into(),
            None => self.in_item(walker),
            Some(Block::Rule { overriding, .. }) if begins => {
                let lines = LINES.into_iter().filter(|word| !(*overriding && *word == "for"));
                lines.map(Offer::keyword).chain(self.going_on(walker)).collect()
            }
            Some(Block::Rule { overriding, name, .. }) => self.in_line(walker, *overriding, *name),
            Some(Block::Make { task }) if begins => {
                self.params(walker, *task).into_iter().chain(self.going_on(walker)).collect()
            }
            Some(Block::Style) if begins => self.properties(walker),
            Some(Block::Record) if begins => {
                let cue = [("start", "when it appears"), ("end", "when it is gone"), ("text", "what it says")];
                let words = [("words", "when each word is said; may be left out")];
                cue.iter().chain(&words).map(|(name, doc)| assigned(name, doc)).collect()
            }
            Some(Block::Style) => values::literals(self, values::due(walker)),
            Some(_) => values::values(self, walker),
        }
    }

    /// A condition or value that was complete may still go on in the next line.
    fn going_on(&self, walker: &Walker<'_>) -> Vec<Offer> {
        let goes_on = self.first && walker.line.value.is_some();
        if goes_on { values::joiners(walker).into_iter().map(|offer| offer.rank(3)).collect() } else { Vec::new() }
    }

    fn in_item(&self, walker: &Walker<'_>) -> Vec<Offer> {
        let own = |what: What| self.names(what, 1);
        match (walker.head(0), walker.line.head.len()) {
            ("language", 1) => vec![Offer::new("1", Sort::VALUE, "the version that this callsheet reads")],
            ("extend", 1) => self.files(".rules", true),
            ("decide", 1) => vec![Offer::keyword("by")],
            ("decide", 2) => self.files(".rhai", true),
            ("locked", 1) => vec![Offer::keyword("rule")],
            ("setting", 1) => own(What::Setting),
            ("style", 1) => own(What::Style),
            ("signal", 1) => own(What::Signal),
            ("override" | "disable", 1) => self.names(What::Rule, 1),
            ("signal", 3) => ["prompt mentions", "prompt also mentions"].map(Offer::keyword).into(),
            ("prompt", 1) => turns(|(verb, _)| verb),
            ("prompt", 2) => {
                let verb = walker.head(1);
                let hows = Turn::ALL.iter().filter(|(known, _, _)| *known == verb);
                hows.map(|(_, how, _)| Offer::keyword(how)).collect()
            }
            ("setting", _) => values::literals(self, definition::setting_type(self.chain, walker.head(1))),
            _ => Vec::new(),
        }
    }

    fn in_line(&self, walker: &Walker<'_>, overriding: bool, rule: SourceSpan) -> Vec<Offer> {
        match (walker.head(0), walker.line.head.len()) {
            ("for", place) => selectors(walker, place),
            ("make", 1) => self.tasks(overriding.then(|| self.sheet.text(rule))),
            _ => values::values(self, walker),
        }
    }

    /// Inside of quotation marks.
    fn in_text(&self, walker: &Walker<'_>) -> Vec<Offer> {
        match (walker.head(0), walker.line.head.len(), walker.blocks.last()) {
            ("extend", 1, None) => self.files(".rules", false),
            ("decide", 2, None) => self.files(".rhai", false),
            (_, _, Some(Block::Make { .. } | Block::Rule { .. })) => values::in_text(self, values::due(walker)),
            _ => Vec::new(),
        }
    }

    /// Names of the chain from its sheet number `from` on, the nearest first, each once.
    fn names(&self, what: What, from: usize) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        for sheet in self.chain.iter().skip(from) {
            let file = sheet.source.name().rsplit('/').next().unwrap_or_default();
            for (name, span) in sheet.definitions(what) {
                let written = sheet.item_of(span).map(|item| sheet.text(item.span));
                let locked = written.is_some_and(|written| written.starts_with("locked"));
                if !locked && !offers.iter().any(|known| known.label == name) {
                    let sort = match what {
                        What::Rule => Sort::FUNCTION,
                        What::Style => Sort::CLASS,
                        What::Signal => Sort::EVENT,
                        What::Setting => Sort::CONSTANT,
                    };
                    let line = written.and_then(|written| written.lines().next()).unwrap_or_default();
                    let detail = if matches!(what, What::Rule) { file } else { line };
                    offers.push(Offer::new(name, sort, detail).rank(0));
                }
            }
        }
        offers
    }

    fn tasks(&self, overridden: Option<&str>) -> Vec<Offer> {
        let made = |task: &&TaskSpec| {
            let Some(rule) = overridden else { return true };
            self.chain.iter().skip(1).flat_map(|sheet| sheet.items.iter().map(move |item| (sheet, item))).any(
                |(sheet, item)| {
                    sheet.text(item.name) == rule && item.children.iter().any(|make| sheet.text(make.name) == task.name)
                },
            )
        };
        let block = |task: &TaskSpec| {
            let required = task.params.iter().filter(|param| param.need == Need::Required);
            let names: Vec<String> = required.map(|param| format!("`{}`", param.name)).collect();
            if names.is_empty() { String::new() } else { format!("\n\nrequired: {}", names.join(", ")) }
        };
        catalogue::TASKS
            .iter()
            .filter(made)
            .map(|task| Offer::new(task.name, Sort::METHOD, task.doc).doc(format!("{}{}", task.doc, block(task))))
            .collect()
    }

    /// The parameters that its block does not have yet; the required ones first.
    fn params(&self, walker: &Walker<'_>, task: Option<&'static TaskSpec>) -> Vec<Offer> {
        let Some(task) = task else { return Vec::new() };
        let given = self.given(walker, |role| matches!(role, Role::Param(_)));
        let own = task.params.iter().map(|param| {
            let offer = assigned(param.name, param.doc);
            Offer { detail: hover::param_line(param), ..offer }.rank(u8::from(param.need != Need::Required))
        });
        let common = ["inputs", "output_id"].into_iter().filter_map(|name| {
            let (line, doc) = hover::common_param(name)?;
            Some(Offer { detail: line.to_owned(), ..assigned(name, doc) }.rank(2))
        });
        own.chain(common).filter(|offer| !given.contains(&offer.label.as_str())).collect()
    }

    fn properties(&self, walker: &Walker<'_>) -> Vec<Offer> {
        let given = self.given(walker, |role| matches!(role, Role::Property));
        let offers = STYLE.iter().map(|property| {
            let offer = assigned(property.name, property.doc);
            Offer { detail: hover::property_line(property.name).unwrap_or_default(), ..offer }
        });
        offers.filter(|offer| !given.contains(&offer.label.as_str())).collect()
    }

    /// The names that the block around the cursor has already, without the one that is being written.
    fn given(&self, walker: &Walker<'_>, is_name: impl Fn(Role) -> bool) -> Vec<&str> {
        let Some(head) = walker.block_head() else { return Vec::new() };
        let holds = |span: SourceSpan| span.start <= head && head <= span.end;
        let Some(item) = self.sheet.items.iter().find(|item| holds(item.span)) else { return Vec::new() };
        let block = item.children.iter().find(|make| holds(make.span)).map_or(item.span, |make| make.span);
        let marks = self.sheet.marks.iter().filter(|mark| {
            let within = block.start <= mark.span.start && mark.span.end <= block.end;
            let is_written = mark.span.start <= self.offset && self.offset <= mark.span.end;
            within && is_name(mark.role) && !is_written
        });
        marks.map(|mark| self.sheet.text(mark.span)).collect()
    }

    /// The files beside this one whose names end so.
    fn files(&self, ending: &str, quoted: bool) -> Vec<Offer> {
        let shipped = if ending == ".rules" { DEFAULT_NAME } else { crate::decide::SCRIPT_NAME };
        let own = Path::new(self.sheet.source.name());
        let mut names = vec![shipped.to_owned()];
        if let Some(entries) = own.parent().filter(|_| own.is_absolute()).and_then(|folder| folder.read_dir().ok()) {
            let files = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
            let beside = files.filter(|name| name.ends_with(ending) && own.file_name() != Some(name.as_ref()));
            names.extend(beside.filter(|name| name != shipped));
        }
        names.sort_by_key(|name| (name != shipped, name.clone()));
        let offers = names.into_iter().map(|name| {
            let detail = if name == shipped { "the shipped one" } else { "beside this file" };
            let text = if quoted { format!("\"{name}\"") } else { name.clone() };
            Offer::new(name, Sort::FILE, detail).text(text)
        });
        offers.collect()
    }
}

/// `name = `, ready for its value.
fn assigned(name: &str, doc: &str) -> Offer {
    Offer::new(name, Sort::PROPERTY, "").text(format!("{name} = ")).doc(doc)
}

fn turns(part: impl Fn((&'static str, &'static str)) -> &'static str) -> Vec<Offer> {
    let mut words: Vec<&str> = Turn::ALL.iter().map(|(verb, how, _)| part((verb, how))).collect();
    words.dedup();
    words.into_iter().map(Offer::keyword).collect()
}

/// What can stand at `place` of a `for` line.
fn selectors(walker: &Walker<'_>, place: usize) -> Vec<Offer> {
    let last = walker.line.head.last().map_or("", |span| walker.slice(*span));
    let layers = || LAYER.values.iter();
    match (place, last) {
        (1, _) => {
            let nodes = NodeKind::ALL
                .into_iter()
                .map(|kind| Offer::new(kind.word(), Sort::STRUCT, "").doc(hover::node(kind)).rank(0));
            let of = layers().map(|layer| Offer::new(format!("{layer} layer"), Sort::STRUCT, ""));
            let within = layers().map(|layer| Offer::new(format!("segment in {layer} layer"), Sort::STRUCT, ""));
            nodes.chain(within).chain(of).collect()
        }
        (_, "segment") => layers().map(|layer| Offer::new(format!("in {layer} layer"), Sort::KEYWORD, "")).collect(),
        (_, "in") => layers().map(|layer| Offer::new(format!("{layer} layer"), Sort::KEYWORD, "")).collect(),
        (_, layer) if LAYER.canonical(layer).is_some() => vec![Offer::new("layer", Sort::KEYWORD, "")],
        _ => Vec::new(),
    }
}

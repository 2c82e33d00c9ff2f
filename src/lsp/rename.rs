//! Another name for a rule, style or signal, in every file that says the old one.
//!
//! What would be written is checked before it is offered: a set that was right stays right.

use std::sync::Arc;

use std::collections::{BTreeMap, BTreeSet};

use lsp_types::{Location, TextEdit};

use crate::decide::SCRIPT;
use crate::diagnostic::{Diagnostics, Severity, Source, SourceSpan};
use crate::rules::{self, is_name};

use super::definition::{definitions, place, role};
use super::place::Lines;
use super::sheet::{Mark, Role, Sheet, What};
use super::shelf::{Shelf, is_shipped};

/// A name and every place that says it, by file.
pub(super) struct Name {
    what: What,
    old: String,
    /// The sets that it is a name of.
    roots: BTreeSet<String>,
    places: BTreeMap<String, Vec<SourceSpan>>,
}

fn named(chain: &[Arc<Sheet>], mark: &Mark) -> Option<(What, String)> {
    let sheet = chain.first()?;
    match role(chain, sheet, mark) {
        Role::Define(what) | Role::Refer(what, _) => Some((what, sheet.text(mark.span).to_owned())),
        _ => None,
    }
}

/// Where `sheet` says a name; `chain` is the whole set.
fn said(chain: &[Arc<Sheet>], sheet: &Sheet, what: What, name: &str) -> Vec<SourceSpan> {
    let is_it = |mark: &&Mark| {
        let of_kind = match role(chain, sheet, mark) {
            Role::Define(other) | Role::Refer(other, _) => other == what,
            _ => false,
        };
        sheet.text(mark.span) == name && of_kind
    };
    sheet.marks.iter().filter(is_it).map(|mark| mark.span).collect()
}

/// The name at `mark` of the first sheet of `chain`, if it can be another one; else why not.
pub(super) fn find(shelf: &Shelf, chain: &[Arc<Sheet>], mark: &Mark) -> Result<Name, String> {
    let (what, old) = named(chain, mark).ok_or("only rules, styles and signals can be renamed")?;
    if what == What::Setting {
        return Err("a setting is not renamed: cases and command lines name it too".into());
    }
    let defined = definitions(chain, what, &old);
    let word = what.word();
    let Some(origin) = defined.last() else {
        return Err(format!("no file of this set defines the {word} `{old}`; define it, or mend its name"));
    };
    if is_shipped(&origin.sheet.source) {
        return Err(format!(
            "the {word} `{old}` belongs to the shipped rules; define one of your own under another name"
        ));
    }
    let mut name = Name { what, old, roots: BTreeSet::new(), places: BTreeMap::new() };
    for root in shelf.sets() {
        let chain = shelf.chain(&root);
        let Some(last) = chain.iter().position(|sheet| sheet.source.name() == origin.sheet.source.name()) else {
            continue;
        };
        for sheet in chain.get(..=last).unwrap_or_default() {
            name.add(&chain, sheet)?;
        }
        if what == What::Signal {
            name.add_script(shelf, &chain)?;
        }
        name.roots.insert(root);
    }
    Ok(name)
}

impl Name {
    fn add(&mut self, chain: &[Arc<Sheet>], sheet: &Sheet) -> Result<(), String> {
        let file = sheet.source.name();
        if rules::parse(&sheet.source).1.has_errors() {
            return Err(format!("`{file}` is not understood as it is; mend it first, so that no place is missed"));
        }
        let spans = said(chain, sheet, self.what, &self.old);
        if !spans.is_empty() {
            // Another set may read a setting of this file as something else.
            let all = self.places.entry(file.to_owned()).or_default();
            all.extend(spans);
            all.sort_unstable();
            all.dedup();
        }
        Ok(())
    }

    /// A script reads signals by their names.
    fn add_script(&mut self, files: &Shelf, chain: &[Arc<Sheet>]) -> Result<(), String> {
        let Some((script, is_ours)) = files.script(chain) else { return Ok(()) };
        let text = if is_ours { Some(SCRIPT.to_owned()) } else { files.load(&script).ok() };
        let spans = read_in_script(&text.unwrap_or_default(), &self.old);
        if spans.is_empty() {
            return Ok(());
        }
        if is_ours {
            return Err(format!("the shipped script reads the signal `{}` by this name", self.old));
        }
        self.places.insert(script, spans);
        Ok(())
    }

    /// What to write so that it is called `new`; else why not.
    pub(super) fn renamed(&self, files: &Shelf, new: &str) -> Result<Vec<(String, Vec<TextEdit>)>, String> {
        let kind = self.what.word();
        if !is_name(new) {
            let shown = new.escape_debug();
            return Err(format!(
                "`{shown}` cannot be a name: write one word of letters, digits and `_` that the language does not keep for itself"
            ));
        }
        for root in &self.roots {
            if let Some(other) = definitions(&files.chain(root), self.what, new).first() {
                let file = other.sheet.source.name();
                return Err(format!("there is a {kind} `{new}` already, in `{file}`; take another name"));
            }
        }
        let mut would_be = BTreeMap::new();
        let mut edits = Vec::new();
        for (file, spans) in &self.places {
            let source = files.source(file).ok_or_else(|| format!("`{file}` cannot be read any more"))?;
            let lines = Lines::of(source.text());
            let edit = |span: &SourceSpan| TextEdit::new(lines.range(source.text(), *span), new.to_owned());
            edits.push((file.clone(), spans.iter().map(edit).collect()));
            would_be.insert(file.clone(), written(&source, spans, new));
        }
        self.check(files, &would_be)?;
        Ok(edits)
    }

    /// Holds every set as it would be against what it is.
    fn check(&self, files: &Shelf, texts: &BTreeMap<String, String>) -> Result<(), String> {
        let as_is = |path: &str| files.load(path);
        let as_would = |path: &str| texts.get(path).cloned().map_or_else(|| files.load(path), Ok);
        for root in &self.roots {
            let Some(source) = files.source(root) else { continue };
            let new = texts.get(root).map_or(source.text(), String::as_str);
            let after = errors(rules::load(&Source::new(root.as_str(), new), &as_would));
            if after.is_empty() {
                continue;
            }
            let before = errors(rules::load(&source, &as_is));
            if after.len() > before.len() {
                let first = after.iter().find(|message| !before.contains(message)).or(after.first());
                let first = first.map_or("", String::as_str);
                return Err(format!("`{root}` would not be right any more: {first}"));
            }
        }
        Ok(())
    }
}

fn errors<T>(loaded: Result<T, Diagnostics>) -> Vec<String> {
    let found = loaded.err().unwrap_or_default();
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.message.clone()).collect()
}

fn written(source: &Source, spans: &[SourceSpan], new: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    for span in spans {
        text.push_str(source.text().get(at..span.start).unwrap_or_default());
        text.push_str(new);
        at = span.end;
    }
    text.push_str(source.text().get(at..).unwrap_or_default());
    text
}

/// Every place that says the name at `mark`, the shipped rules among them.
pub(super) fn references(shelf: &Shelf, chain: &[Arc<Sheet>], mark: &Mark) -> Vec<Location> {
    let Some((what, name)) = named(chain, mark) else { return Vec::new() };
    let defined = definitions(chain, what, &name);
    let Some(origin) = defined.last() else { return Vec::new() };
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for root in shelf.sets() {
        let chain = shelf.chain(&root);
        let last = chain.iter().position(|sheet| sheet.source.name() == origin.sheet.source.name());
        for sheet in last.and_then(|last| chain.get(..=last)).unwrap_or_default() {
            if seen.insert(sheet.source.name().to_owned()) {
                let spans = said(&chain, sheet, what, &name);
                let ranges = spans.into_iter().map(|span| sheet.lines.range(sheet.source.text(), span));
                found.extend(ranges.filter_map(|range| place(shelf, sheet.source.name(), range)));
            }
        }
    }
    found
}

/// Where a script reads the signal: `asked.NAME`, `refused.NAME`, `signals.NAME`, and the same with `["NAME"]`.
fn read_in_script(text: &str, name: &str) -> Vec<SourceSpan> {
    let mut spans = Vec::new();
    let mut last: [&str; 2] = ["", ""];
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let letter = rest.chars().next().unwrap_or(' ');
        let length = match letter {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '`' => quoted(rest, letter),
            _ if letter.is_alphanumeric() || letter == '_' => {
                rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len())
            }
            _ => letter.len_utf8(),
        };
        let token = rest.get(..length).unwrap_or_default();
        let of_signals = ["asked", "refused", "signals"].contains(&last[0]);
        if of_signals && last[1] == "." && token == name {
            spans.push(SourceSpan::new(at, at + length));
        } else if of_signals && last[1] == "[" && token == format!("\"{name}\"") {
            spans.push(SourceSpan::new(at + 1, at + length - 1));
        }
        if !letter.is_whitespace() && !token.starts_with("//") && !token.starts_with("/*") {
            last = [last[1], token];
        }
        at += length.max(1);
    }
    spans
}

fn quoted(rest: &str, mark: char) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == mark {
            return at + letter.len_utf8();
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_searched_where_it_reads_signals_and_nowhere_else() {
        let text = "// asked.loud\nlet x = asked.loud || refused . loud; /* signals.loud */\n\
                    let y = signals[\"loud\"] == \"loud\"; let z = facts.loud; let w = asked.louder; \"asked.loud\"";
        let spans = read_in_script(text, "loud");
        let before: Vec<&str> = spans.iter().map(|span| text[..span.start].rsplit(' ').next().unwrap_or("")).collect();
        assert_eq!(before, ["asked.", "", "signals[\""]);
        assert!(spans.iter().all(|span| &text[span.start..span.end] == "loud"));
    }
}

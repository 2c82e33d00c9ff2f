//! What to say where a line is not understood.

use pest::iterators::Pair;

use crate::diagnostic::{self, Diagnostic, SourceSpan};
use crate::suggest;

use super::{MAX_DEPTH, Parser, Rule, span};

/// Where a line stands: that decides what it could have been.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    TopLevel,
    Style,
    Rule,
    Make,
}

/// How an item begins, and how it is written.
const ITEMS: &[(&str, &str)] = &[
    ("language", "language 1"),
    ("extend", "extend \"default\""),
    ("setting", "setting NAME = VALUE"),
    ("style", "style NAME { size = 48px }"),
    ("signal", "signal NAME = prompt mentions \"word\", \"other word\""),
    ("prompt", "prompt refuses after \"word\", \"other word\""),
    ("decide", "decide by \"text.rhai\""),
    ("rule", "rule NAME { for …  make … { … } }"),
    ("locked", "locked rule NAME { … }"),
    ("override", "override NAME { … }"),
    ("disable", "disable NAME"),
];

const LINES: &[(&str, &str)] = &[
    ("for", "for segment in video layer"),
    ("when", "when overlay.format is thesis"),
    ("require", "require overlay.text \"what is wrong where it does not hold\""),
    ("make", "make add_text_overlay { text = overlay.text }"),
];

/// Signs of other languages, and what stands for them here.
const SIGNS: &[(&str, &str)] = &[
    ("==", "write `is`"),
    ("!=", "write `is not`"),
    ("&&", "write `and`"),
    ("||", "write `either … or …`"),
    ("//", "a comment begins with `#`"),
    ("/*", "a comment begins with `#`"),
    ("“", "write straight quotes: \"…\""),
    ("«", "write straight quotes around it: \"…\""),
    ("'", "write double quotes: \"…\""),
    (";", "no sign ends a line; remove it"),
    (":", "a value with `:` in it is quoted, as in \"9:16\"; and a name is followed by `=`"),
    (",", "write a decimal point, as in 1.5s; no comma stands between values"),
    ("=", "write one `=` between a name and its value; in a condition write `is`"),
    ("in ", "write the whole of it: segment in video layer"),
    ("contains", "there is no `contains`; compare with `is` or `is one of`"),
];

const JOINERS: &[&str] = &["and", "or", "is", "exists", "then", "else", "either", "when", "not"];

impl Parser<'_> {
    pub(super) fn not_understood(&mut self, pair: &Pair<'_, Rule>, place: Where) {
        let start = span(pair).start;
        let line = pair.as_str().lines().next().unwrap_or_default();
        let line = line.split(" #").next().unwrap_or_default().trim_end_matches([' ', '\t', '{']);
        let (line, start) = (line.trim_start(), start + line.len() - line.trim_start().len());
        let whole = SourceSpan::new(start, start + line.len().max(1));
        let diagnostic = if pair.as_rule() == Rule::stray_brace {
            Diagnostic::new(diagnostic::RULES_SYNTAX, "`}` closes nothing")
                .label("no block is open here")
                .help("remove it, or look for a `{` that is missing above")
        } else {
            let shown: String = line.chars().take(60).collect();
            let help = help(line, place);
            Diagnostic::new(diagnostic::RULES_SYNTAX, format!("`{shown}` is not understood"))
                .label(match place {
                    Where::TopLevel => "not an item of a rule set",
                    Where::Style => "not a property of a style",
                    Where::Rule => "not a line of a rule",
                    Where::Make => "not a parameter of a task",
                })
                .help(help)
        };
        let location = self.at(whole);
        self.found.push(diagnostic.at(location));
    }
}

fn help(line: &str, place: Where) -> String {
    if let Some(help) = between_phrases(line, place) {
        return help;
    }
    if let Some((first, help)) = SIGNS.iter().find(|(sign, _)| line.starts_with(sign)) {
        // `==` and `&&` come together.
        let joins =
            SIGNS.iter().filter(|(sign, _)| ["&&", "||"].contains(sign) && sign != first && line.contains(sign));
        return joins.fold((*help).to_owned(), |help, (sign, other)| format!("{help}; for `{sign}` {other}"));
    }
    // A word processor makes them of straight ones.
    if line.split('"').step_by(2).any(|outside| outside.contains(['“', '”', '„', '«'])) {
        return "write straight quotes: \"…\"".into();
    }
    let first: String = line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let forms = match place {
        Where::TopLevel => ITEMS,
        Where::Rule => LINES,
        Where::Style | Where::Make => &[],
    };
    if let Some((_, form)) = forms.iter().find(|(word, _)| *word == first) {
        return format!("it is written: {form}");
    }
    let near = suggest::nearest(&first, forms.iter().map(|(word, _)| *word));
    if let Some((word, form)) = near.and_then(|near| forms.iter().find(|(word, _)| *word == near)) {
        return format!("did you mean `{word}`? It is written: {form}");
    }
    if first == "if" {
        return "it is written: if CONDITION then VALUE else VALUE".into();
    }
    if let Some(near) =
        suggest::nearest(&first, JOINERS.iter().copied()).filter(|near| !first.is_empty() && *near != first)
    {
        return format!("did you mean `{near}`?");
    }
    match place {
        Where::TopLevel => format!("a rule set is made of {}", words(ITEMS)),
        Where::Rule => format!("a rule is made of {}", words(LINES)),
        Where::Style => "a property is written: size = 48px".into(),
        Where::Make => "a parameter is written: start_time = 1.5s".into(),
    }
}

/// What goes wrong in the list of a signal's phrases, which is the only thing that goes on outside of blocks.
fn between_phrases(line: &str, place: Where) -> Option<String> {
    if place != Where::TopLevel {
        return None;
    }
    if line.starts_with('"') {
        return Some(format!("between phrases stands a comma: , {line}"));
    }
    let rest = line.strip_prefix(',')?.trim();
    if rest.is_empty() {
        return Some("remove the comma: no phrase follows it".into());
    }
    let phrase: String = rest.chars().take_while(|letter| !['"', ',', '“', '«'].contains(letter)).collect();
    let phrase = phrase.trim();
    let is_bare = phrase.starts_with(char::is_alphabetic);
    is_bare.then(|| format!("a phrase stands in quotation marks: , \"{phrase}\""))
}

fn words(forms: &[(&str, &str)]) -> String {
    let words: Vec<&str> = forms.iter().map(|(word, _)| *word).collect();
    suggest::list(&words)
}

/// The first bracket that is nested too deep. pest would refuse such a text as a whole, without a place.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, character) in text.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(offset);
        }
    }
    None
}

/// Keywords have said what they had to say by the rule that they stand in.
pub(super) fn is_keyword(kind: Rule) -> bool {
    matches!(
        kind,
        Rule::k_language
            | Rule::k_extend
            | Rule::k_setting
            | Rule::k_style
            | Rule::k_signal
            | Rule::k_prompt_mentions
            | Rule::k_prompt_also
            | Rule::k_prompt
            | Rule::k_exactly
            | Rule::k_decide_by
            | Rule::k_locked
            | Rule::k_rule
            | Rule::k_override
            | Rule::k_disable
            | Rule::k_for
            | Rule::k_when
            | Rule::k_require
            | Rule::k_make
            | Rule::k_in
            | Rule::k_layer
            | Rule::k_if
            | Rule::k_then
            | Rule::k_else
            | Rule::k_each
            | Rule::k_or
            | Rule::k_and
            | Rule::k_not
            | Rule::k_is
            | Rule::k_one_of
            | Rule::k_absent
            | Rule::k_exists
            | Rule::k_either
            | Rule::k_length_of
    )
}

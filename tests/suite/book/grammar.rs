//! The grammar as a person reads it, made of the one that pest reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is only there so that reading goes on after a mistake.
const RECOVERY: &[&str] =
    &["late_comment", "bad_line", "bad_block", "stray_brace", "unknown_item", "unclosed", "no_value"];

/// The rules whose shape is plainer in words than in letters.
const IN_WORDS: &[(&str, &str)] = &[
    ("version", "the version of the language: 1"),
    ("number", "digits, with a point and a minus where they are due: 1.5"),
    ("unit", "s, px or %, with no space before it: 1.5s, 40px, 60%"),
    ("hex", "# and six digits of 0-9 and a-f: #ffcc00"),
    ("percent", "a number with %: 60%"),
    ("path", "names joined by points, without spaces: segment.params.role"),
    ("text", "words in double quotation marks; \\\" and \\\\ inside"),
    ("word", "a name that is no word of the language"),
    ("name", "a letter or _, then letters, digits and _"),
];

/// Every rule of a grammar, in order: its name and its body.
fn definitions(pest: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in pest.lines().filter(|line| !line.trim_start().starts_with("//") && !line.is_empty()) {
        match line.split_once('=') {
            Some((name, body)) if line.starts_with(|first: char| first.is_ascii_lowercase()) => {
                found.push((name.trim().to_owned(), body.to_owned()));
            }
            _ => found.iter_mut().last().into_iter().for_each(|(_, body)| body.push_str(line)),
        }
    }
    found
}

/// A body's words: names, texts in quotation marks, and signs, without the braces around it.
fn tokens(body: &str) -> Vec<String> {
    let inner = &body[body.find('{').unwrap() + 1..body.rfind('}').unwrap()];
    let mut found: Vec<String> = Vec::new();
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '"' {
            let text: String = letters.by_ref().take_while(|letter| *letter != '"').collect();
            found.push(format!("\"{text}\""));
        } else if letter.is_alphanumeric() || letter == '_' {
            let mut name = letter.to_string();
            while let Some(next) = letters.next_if(|next| next.is_alphanumeric() || *next == '_') {
                name.push(next);
            }
            found.push(name);
        } else if !letter.is_whitespace() && letter != '~' {
            found.push(letter.to_string());
        }
    }
    found
}

/// Takes out what a reader need not know, and puts the words of the language in.
fn plain(tokens: &[String], words: &BTreeMap<&str, String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = tokens.iter();
    while let Some(token) = rest.next() {
        if token == "!" {
            // What must not follow is one name, or what stands in brackets.
            let mut depth = 0;
            for skipped in rest.by_ref() {
                depth += i32::from(skipped == "(") - i32::from(skipped == ")");
                if depth == 0 {
                    break;
                }
            }
        } else if !RECOVERY.contains(&token.as_str()) {
            found.push(words.get(token.as_str()).unwrap_or(token).clone());
        }
    }
    tidied(found)
}

/// Without what stands between nothing: `| |`, `( | x)`, `(x)` where x is one word.
fn tidied(mut tokens: Vec<String>) -> Vec<String> {
    loop {
        let bar = (0..tokens.len()).find(|at| {
            let before = at.checked_sub(1).map(|before| tokens[before].as_str());
            let after = tokens.get(at + 1).map(String::as_str);
            tokens[*at] == "|" && (matches!(before, None | Some("(" | "|")) || matches!(after, None | Some(")" | "|")))
        });
        let pair = (0..tokens.len().saturating_sub(2)).find(|at| tokens[*at] == "(" && tokens[at + 2] == ")");
        if let Some(at) = bar {
            tokens.remove(at);
        } else if let Some(at) = pair {
            tokens.remove(at + 2);
            tokens.remove(at);
        } else {
            return tokens;
        }
    }
}

/// The grammar of rule sets, a line a rule.
pub(super) fn readable(pest: &str) -> String {
    let all = definitions(pest);
    let mut words: BTreeMap<&str, String> =
        [("open", "{"), ("close", "}"), ("equals", "=")].map(|(name, sign)| (name, format!("\"{sign}\""))).into();
    for (name, body) in all.iter().filter(|(name, _)| name.starts_with("k_")) {
        let texts: Vec<String> = tokens(body).into_iter().filter(|token| token.starts_with('"')).collect();
        let said =
            texts.iter().map(|text| text.trim_matches('"')).filter(|text| *text != ".").collect::<Vec<_>>().join(" ");
        words.insert(name, format!("\"{said}\""));
    }
    let first = all.iter().position(|(name, _)| name == "file").unwrap();
    let last = all.iter().position(|(name, _)| name == "letter").unwrap();
    let mut page = String::new();
    for (name, body) in &all[first..last] {
        if ["characters", "quote"].contains(&name.as_str()) {
            continue;
        }
        let said = IN_WORDS.iter().find(|(other, _)| other == name).map(|(_, said)| format!("({said})"));
        let said = said.unwrap_or_else(|| joined(&plain(&tokens(body), &words)));
        writeln!(page, "{name:15}= {said}").unwrap();
    }
    page
}

fn joined(tokens: &[String]) -> String {
    let mut line = String::new();
    for token in tokens.iter().filter(|token| !["SOI", "EOI"].contains(&token.as_str())) {
        let tight = ["?", "*", "+", ")"].contains(&token.as_str()) || line.ends_with('(') || line.is_empty();
        if !tight {
            line.push(' ');
        }
        line.push_str(token);
    }
    line
}

#[test]
fn a_reader_sees_no_sign_of_the_parser() {
    let grammar = readable(include_str!("../../../grammar/rules.pest"));
    assert!(grammar.contains("setting        = \"setting\" name \"=\" expression\n"), "{grammar}");
    assert!(grammar.contains("disable        = \"disable\" word\n"), "{grammar}");
    for sign in ["~", "!", " k_", "bad_", "unclosed", "no_value", "item_start"] {
        assert!(!grammar.contains(sign), "`{sign}` in\n{grammar}");
    }
}

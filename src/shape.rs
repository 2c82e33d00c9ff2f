//! Why a JSON text does not have the shape of one of our types: every reason, each at its place.

use std::sync::Arc;

use jsonc_parser::ast::{ObjectProp, Value as Ast};
use jsonc_parser::common::Ranged as _;
use serde_json::Value as Json;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Help, Location, Source, SourceSpan};
use crate::{suggest, value};

/// Everything in which `source` differs from `schema`, a JSON Schema that schemars made of one of our types.
///
/// `error` is what serde said; it is the answer where the schema knows no better.
#[must_use]
pub(crate) fn explain(source: &Arc<Source>, schema: &Json, error: &serde_json::Error) -> Diagnostics {
    let mut found = Diagnostics::new();
    if !error.is_syntax() && !error.is_eof() {
        found.extend(check(source, schema));
    }
    if found.is_empty() {
        found.push(syntax(source, error));
    }
    found
}

/// The same of a text that serde has read: it takes a list for an object, and of a key that stands twice in a map the last.
#[must_use]
pub(crate) fn check(source: &Arc<Source>, schema: &Json) -> Diagnostics {
    let mut shape = Shape { source, root: schema, found: Diagnostics::new() };
    if let Ok(parsed) = jsonc_parser::parse_to_ast(source.text(), &<_>::default(), &<_>::default())
        && let Some(root) = &parsed.value
    {
        shape.check(root, schema, "");
    }
    shape.found
}

fn syntax(source: &Arc<Source>, error: &serde_json::Error) -> Diagnostic {
    let text = source.text();
    let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    // serde_json counts columns in bytes, from 1, and points past the end where the text breaks off.
    let mut at = (line_start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |next| at + next.len_utf8());
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Diagnostic::new(diagnostic::JSON_SYNTAX, format!("this is not JSON as expected: {words}"))
        .at(Location::new(source, SourceSpan::new(at, end)))
        .label("here")
        .help("JSON wants double quotes, a comma between entries and none after the last, and no comments")
}

struct Shape<'a> {
    source: &'a Arc<Source>,
    root: &'a Json,
    found: Diagnostics,
}

impl<'a> Shape<'a> {
    fn check(&mut self, ast: &Ast<'_>, schema: &'a Json, pointer: &str) {
        let schema = self.resolve(schema);
        if let Some(words) = words(schema) {
            self.check_word(ast, &words, pointer);
            return;
        }
        let allowed = types(schema);
        if allowed.is_empty() {
            return;
        }
        let actual = match ast {
            Ast::StringLit(_) => "string",
            Ast::NumberLit(_) => "number",
            Ast::BooleanLit(_) => "boolean",
            Ast::Object(_) => "object",
            Ast::Array(_) => "array",
            Ast::NullKeyword(_) => "null",
        };
        let fits = |allowed: &&str| *allowed == actual || (*allowed == "integer" && actual == "number");
        if !allowed.iter().any(fits) {
            let expected = allowed.iter().map(|name| spoken(name)).collect::<Vec<_>>().join(" or ");
            let number =
                ast.as_string_lit().map(|text| text.value.trim().to_owned()).filter(|text| text.parse::<f64>().is_ok());
            let help = match number {
                Some(number) if allowed.contains(&"number") => format!("write {number}, without quotes"),
                _ => format!("write {}", self.example(schema)),
            };
            self.push(
                ast,
                pointer,
                diagnostic::WRONG_TYPE,
                format!("expected {expected}, found {}", spoken(actual)),
                help,
            );
            return;
        }
        match ast {
            Ast::Object(object) => self.check_object(ast, &object.properties, schema, pointer),
            Ast::Array(array) => {
                if let Some(items) = schema.get("items") {
                    for (number, element) in array.elements.iter().enumerate() {
                        self.check(element, items, &format!("{pointer}/{number}"));
                    }
                }
            }
            Ast::NumberLit(number) => {
                let value: f64 = number.value.parse().unwrap_or(f64::NAN);
                let bound = |name| schema.get(name).and_then(Json::as_f64);
                if bound("minimum").is_some_and(|low| value < low) || bound("maximum").is_some_and(|high| value > high)
                {
                    let low = bound("minimum").map_or(String::new(), |low| format!("at least {low}"));
                    let high = bound("maximum").map_or(String::new(), |high| format!("at most {high}"));
                    let help = [low, high].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                    let message = format!("{} is out of range", number.value);
                    self.push(ast, pointer, diagnostic::OUT_OF_RANGE, message, help);
                }
            }
            _ => {}
        }
    }

    fn check_object(&mut self, ast: &Ast<'_>, properties: &[ObjectProp<'_>], schema: &'a Json, pointer: &str) {
        let known = schema.get("properties").and_then(Json::as_object);
        let open = schema.get("additionalProperties").filter(|additional| !matches!(additional, Json::Bool(false)));
        let names: Vec<&str> = known.map(|known| known.keys().map(String::as_str).collect()).unwrap_or_default();
        let mut seen: Vec<&str> = Vec::new();
        for property in properties {
            let name = property.name.as_str();
            let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            let range = property.name.range();
            let span = SourceSpan::new(range.start, range.end);
            if seen.contains(&name) {
                let message = format!("the key `{}` stands twice", name.escape_debug());
                let finding = Diagnostic::new(diagnostic::DUPLICATE_KEY, message)
                    .help("keep one of the two: of two, a reader may see either");
                self.found.push(finding.at(Location::new(self.source, span)).pointer(&at));
            }
            match (known.and_then(|known| known.get(name)), open) {
                // An object of the schema with no word about other keys is closed; `true` lets them all pass.
                (Some(schema), _) | (None, Some(schema)) => self.check(&property.value, schema, &at),
                (None, None) => {
                    let message = format!("unknown key `{}`", name.escape_debug());
                    let finding = Diagnostic::new(diagnostic::UNKNOWN_KEY, message).help(suggest::help(name, &names));
                    self.found.push(finding.at(Location::new(self.source, span)).pointer(&at));
                }
            }
            seen.push(name);
        }
        for required in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if !seen.contains(&required) {
                let example = known.and_then(|known| known.get(required)).map_or("…", |schema| self.example(schema));
                let message = format!("`{required}` is missing");
                let help = format!("write \"{required}\": {example}");
                self.push(ast, pointer, diagnostic::MISSING_KEY, message, help);
            }
        }
    }

    fn check_word(&mut self, ast: &Ast<'_>, words: &[&'a str], pointer: &str) {
        let found = match ast {
            Ast::StringLit(text) => text.value.to_string(),
            Ast::NullKeyword(_) if words.contains(&"null") => return,
            other => {
                let range = other.range();
                self.source.slice(SourceSpan::new(range.start, range.end)).chars().take(40).collect()
            }
        };
        // `top` and `bottom` still read, and a slip in one of them should find it.
        let aliases = if words == value::POSITION.values { value::POSITION.aliases } else { &[] };
        let is_old = aliases.iter().any(|(old, _)| *old == found);
        if !words.contains(&found.as_str()) && !is_old {
            let shown: Vec<&str> = words.iter().copied().filter(|word| *word != "null").collect();
            let old = aliases.iter().map(|(old, _)| *old);
            let help = match suggest::nearest(&found, old.chain(shown.iter().copied())) {
                Some(near) => {
                    let words = format!("did you mean `{near}`? allowed here: {}", suggest::list(&shown));
                    Help::instead(&found, near, words)
                }
                None => format!("allowed here: {}", suggest::list(&shown)).into(),
            };
            let message = format!("`{}` is not allowed here", found.escape_debug());
            self.push(ast, pointer, diagnostic::UNKNOWN_VALUE, message, help);
        }
    }

    fn push(&mut self, ast: &Ast<'_>, pointer: &str, code: diagnostic::Code, message: String, help: impl Into<Help>) {
        let range = ast.range();
        let place = Location::new(self.source, SourceSpan::new(range.start, range.end));
        self.found.push(Diagnostic::new(code, message).at(place).pointer(pointer).help(help));
    }

    /// Follows `$ref`, and of `anyOf: [T, null]` takes T.
    fn resolve(&self, schema: &'a Json) -> &'a Json {
        let mut schema = schema;
        loop {
            if let Some(path) = schema.get("$ref").and_then(Json::as_str)
                && let Some(target) = path.strip_prefix('#').and_then(|path| self.root.pointer(path))
            {
                schema = target;
            } else if let Some(choices) = schema.get("anyOf").and_then(Json::as_array)
                && let Some(choice) = choices.iter().find(|choice| choice.get("type").is_none_or(|name| name != "null"))
            {
                schema = choice;
            } else {
                return schema;
            }
        }
    }

    fn example(&self, schema: &'a Json) -> &'static str {
        match types(self.resolve(schema)).first() {
            Some(&"number" | &"integer") => "0",
            Some(&"array") => "[]",
            Some(&"object") => "{ … }",
            Some(&"boolean") => "true",
            _ => "\"…\"",
        }
    }
}

fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The words of a closed set.
fn words(schema: &Json) -> Option<Vec<&str>> {
    if let Some(word) = schema.get("const").and_then(Json::as_str) {
        return Some(vec![word]);
    }
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return Some(words.iter().map(|word| word.as_str().unwrap_or("null")).collect());
    }
    let choices = schema.get("oneOf").and_then(Json::as_array)?;
    Some(choices.iter().filter_map(words).flatten().collect())
}

fn spoken(name: &str) -> &str {
    match name {
        "string" => "text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "array" => "a list",
        "object" => "an object",
        other => other,
    }
}

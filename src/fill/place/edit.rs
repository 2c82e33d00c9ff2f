//! Changes of a JSON text that leave everything else as it is written: each in the manner of what stands beside it.

use std::borrow::Cow;

use jsonc_parser::ast::{Object, Value as Ast};
use jsonc_parser::common::Ranged as _;
use serde::Serialize as _;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Map, Value};

/// A step into an object or an array.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Number(usize),
}

/// How a text writes its objects.
struct Manner<'a> {
    /// Before a key: a blank, a new line and its indentation, or nothing.
    lead: &'a str,
    /// Between a key and its value.
    colon: &'a str,
    /// What an indentation is made of.
    unit: &'a str,
}

/// `text` with `value` at `path`, in place of what stands there, or after everything else in its object; objects on the
/// way are made. None if the path leads through something else, or the text is no JSON.
pub(super) fn set(text: &str, path: &[Step<'_>], value: &Value) -> Option<String> {
    let parsed = jsonc_parser::parse_to_ast(text, &<_>::default(), &<_>::default()).ok()?;
    let root = parsed.value.as_ref()?.as_object()?;
    let unit = indentation(before(text, root, 0)).unwrap_or("  ");
    let mut object = root;
    let mut steps = path;
    loop {
        let (Step::Key(key), rest) = steps.split_first()? else { return None };
        let found = property(object, key);
        let Some(found) = found else {
            let nested = rest.iter().rev().try_fold(value.clone(), |inner, step| match step {
                Step::Key(key) => Some(Value::Object(Map::from_iter([((*key).to_owned(), inner)]))),
                Step::Number(_) => None,
            })?;
            return Some(insert(text, object, unit, key, &nested));
        };
        if rest.is_empty() {
            let manner = manner(text, object, unit);
            let range = found.value.range();
            let written = manner.written(value);
            return Some([text.get(..range.start)?, &written, text.get(range.end..)?].concat());
        }
        let mut inner = &found.value;
        steps = rest;
        while let Some((Step::Number(number), rest)) = steps.split_first() {
            inner = inner.as_array()?.elements.get(*number)?;
            steps = rest;
        }
        object = inner.as_object()?;
    }
}

/// `text` without the property at `path`; as it is where there is none.
pub(super) fn remove(text: &str, path: &[Step<'_>]) -> Option<String> {
    let parsed = jsonc_parser::parse_to_ast(text, &<_>::default(), &<_>::default()).ok()?;
    let (Step::Key(key), way) = path.split_last()? else { return None };
    let mut value: &Ast<'_> = parsed.value.as_ref()?;
    for step in way {
        value = match step {
            Step::Key(key) => &property(value.as_object()?, key)?.value,
            Step::Number(number) => value.as_array()?.elements.get(*number)?,
        };
    }
    let properties = &value.as_object()?.properties;
    let Some(at) = properties.iter().position(|property| property.name.as_str() == *key) else {
        return Some(text.to_owned());
    };
    let range = properties.get(at)?.range();
    // With the comma on its one side.
    let (start, end) = match (at.checked_sub(1).and_then(|before| properties.get(before)), properties.get(at + 1)) {
        (Some(before), _) => (before.range().end, range.end),
        (None, Some(after)) => (range.start, after.range().start),
        (None, None) => (range.start, range.end),
    };
    Some([text.get(..start)?, text.get(end..)?].concat())
}

fn property<'a, 'b>(object: &'a Object<'b>, key: &str) -> Option<&'a jsonc_parser::ast::ObjectProp<'b>> {
    object.properties.iter().find(|property| property.name.as_str() == key)
}

/// What stands before property number `number`: all after the brace or comma.
fn before<'a>(text: &'a str, object: &Object<'_>, number: usize) -> &'a str {
    let start = match number.checked_sub(1).and_then(|before| object.properties.get(before)) {
        Some(before) => before.range().end,
        None => object.range().start + 1,
    };
    let end = object.properties.get(number).map_or(start, |property| property.range().start);
    let between = text.get(start..end).unwrap_or_default();
    between.rsplit_once(',').map_or(between, |(_, lead)| lead)
}

/// The blanks of the line that `lead` begins, if it begins one.
fn indentation(lead: &str) -> Option<&str> {
    lead.rsplit_once('\n').map(|(_, blanks)| blanks)
}

fn manner<'a>(text: &'a str, object: &Object<'_>, unit: &'a str) -> Manner<'a> {
    let last = object.properties.len().saturating_sub(1);
    let mut lead = before(text, object, last);
    // One line for some, and the last of them on the next: a new line is the manner of few.
    if last > 0 && indentation(lead).is_some() && indentation(before(text, object, last - 1)).is_none() {
        lead = before(text, object, last - 1);
    }
    let colon = object.properties.get(last).and_then(|property| {
        text.get(property.name.range().end..property.value.range().start).filter(|colon| !colon.contains('\n'))
    });
    Manner { lead, colon: colon.unwrap_or(": "), unit }
}

impl Manner<'_> {
    /// `value` as the text would have it.
    fn written(&self, value: &Value) -> String {
        match (indentation(self.lead), value) {
            (Some(blanks), Value::Object(_)) => {
                let mut bytes = Vec::new();
                let formatter = PrettyFormatter::with_indent(self.unit.as_bytes());
                let done = value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter));
                let pretty = done.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_default();
                pretty.replace('\n', &format!("\n{blanks}"))
            }
            (None, Value::Object(object)) => {
                let parts: Vec<String> = object.iter().map(|(key, value)| self.pair(key, value)).collect();
                if self.colon.contains(' ') {
                    format!("{{ {} }}", parts.join(", "))
                } else {
                    format!("{{{}}}", parts.join(","))
                }
            }
            _ => value.to_string(),
        }
    }

    fn pair(&self, key: &str, value: &Value) -> String {
        format!("{}{}{}", Value::from(key), self.colon, self.written(value))
    }
}

/// The text with another property at the end of `object`.
fn insert(text: &str, object: &Object<'_>, unit: &str, key: &str, value: &Value) -> String {
    let Some(last) = object.properties.last() else {
        let manner = Manner { lead: "", colon: ": ", unit };
        let range = object.range();
        let (start, end) = (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default());
        return format!("{start}{{ {} }}{end}", manner.pair(key, value));
    };
    let manner = manner(text, object, unit);
    // A first property without a blank may be followed by others with one.
    let lead: Cow<'_, str> = match (manner.lead, manner.colon) {
        ("", ": ") => " ".into(),
        (lead, _) => lead.into(),
    };
    let at = last.range().end;
    let (start, end) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    format!("{start},{lead}{}{end}", manner.pair(key, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Step::{Key, Number};
    use super::*;

    #[test]
    fn what_is_added_looks_like_what_stands_beside_it() {
        let set = |text: &str, path: &[Step<'_>], value: Value| set(text, path, &value).unwrap_or_default();
        let nested = json!({ "x": { "y": "z" } });
        assert_eq!(set(r#"{"a":1}"#, &[Key("b")], nested.clone()), r#"{"a":1,"b":{"x":{"y":"z"}}}"#);
        assert_eq!(set(r#"{ "a": 1 }"#, &[Key("b")], nested.clone()), r#"{ "a": 1, "b": { "x": { "y": "z" } } }"#);
        assert_eq!(set(r#"{"a": 1}"#, &[Key("b")], json!("q\"")), r#"{"a": 1, "b": "q\""}"#);
        assert_eq!(set("{}", &[Key("b"), Key("c")], json!(1)), r#"{ "b": { "c": 1 } }"#);
        assert_eq!(
            set("{\n    \"a\": 1\n}\n", &[Key("b")], nested),
            "{\n    \"a\": 1,\n    \"b\": {\n        \"x\": {\n            \"y\": \"z\"\n        }\n    }\n}\n"
        );
        let text = r#"{ "a": [ 0, { "b": { "c": 1 } } ] }"#;
        let there = set(text, &[Key("a"), Number(1), Key("b"), Key("c")], json!("да"));
        assert_eq!(there, r#"{ "a": [ 0, { "b": { "c": "да" } } ] }"#);
        assert_eq!(set(text, &[Key("a"), Number(0), Key("b")], json!(1)), "");
    }

    #[test]
    fn what_is_removed_takes_its_comma_along() {
        let remove = |text: &str| remove(text, &[Key("a"), Number(0), Key("x")]).unwrap_or_default();
        assert_eq!(remove(r#"{"a":[{"x":1}]}"#), r#"{"a":[{}]}"#);
        assert_eq!(remove(r#"{"a":[{ "x": 1, "y": 2 }]}"#), r#"{"a":[{ "y": 2 }]}"#);
        assert_eq!(remove("{\"a\":[{ \"y\": 2,\n \"x\": 1 }]}"), r#"{"a":[{ "y": 2 }]}"#);
        assert_eq!(remove(r#"{"a":[{ "y": 2 }]}"#), r#"{"a":[{ "y": 2 }]}"#);
    }
}

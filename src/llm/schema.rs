//! A JSON Schema as every server takes it: OpenAI's strict subset, Anthropic's, and what becomes a grammar elsewhere.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

use super::{Failure, failed};

/// The shape of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    name: String,
    value: Value,
}

/// The longest name that OpenAI takes.
const NAME: usize = 64;

impl Schema {
    /// `schema` made [`strict`], under a name that servers and logs may show.
    pub fn new(name: &str, schema: &Value) -> Result<Self> {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let name: String = name.chars().map(plain).take(NAME).collect();
        let name = if name.is_empty() { "answer".to_owned() } else { name };
        Ok(Self { name, value: strict(schema)? })
    }

    /// The shape of one of our types.
    pub fn of<T: schemars::JsonSchema>(name: &str) -> Result<Self> {
        Self::new(name, schemars::schema_for!(T).as_value())
    }

    /// Letters, digits, `_` and `-`, 64 at most.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The schema as it is sent.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }
}

/// Turns a schema, as schemars makes it of a type, into the subset that all servers share.
///
/// Every property is required, and one that was optional may be null; nothing may be added; `oneOf` becomes `anyOf`,
/// `const` an `enum` of one. Limits that no server can hold a model to become words of the description: whoever reads
/// the answer checks them. What the subset cannot say (open maps, tuples, anything at all) is [`Failure::Schema`].
pub fn strict(schema: &Value) -> Result<Value> {
    // The root has to be an object by itself.
    let root = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
    let root = root.and_then(|path| schema.pointer(path)).unwrap_or(schema);
    let mut made = node(root, "")?;
    if made.get("type").is_none_or(|name| name != "object") {
        return Err(unfit("", "it is not an object"));
    }
    if let Some(definitions) = schema.get("$defs").and_then(Value::as_object).filter(|all| !all.is_empty()) {
        let mut strict = Map::new();
        for (name, definition) in definitions {
            strict.insert(name.clone(), node(definition, &format!("/$defs/{name}"))?);
        }
        insert(&mut made, "$defs", Value::Object(strict));
    }
    Ok(made)
}

fn unfit(at: &str, what: &str) -> Error {
    failed(
        Failure::Schema,
        format!("the schema of the answer cannot be asked for: at `{at}` {what}"),
        "describe it by objects with named properties, lists, texts, numbers and words",
    )
}

fn node(schema: &Value, at: &str) -> Result<Value> {
    let Some(keys) = schema.as_object() else { return Err(unfit(at, "anything is allowed")) };
    if let Some(path) = keys.get("$ref") {
        // Nothing may stand beside it.
        let inside = path.as_str().is_some_and(|path| path == "#" || path.starts_with("#/$defs/"));
        return if inside { Ok(json!({ "$ref": path })) } else { Err(unfit(at, "a reference leads elsewhere")) };
    }
    if ["patternProperties", "prefixItems", "not", "if"].iter().any(|name| keys.contains_key(*name)) {
        return Err(unfit(at, "the schema says more than the shared subset can"));
    }
    let mut made = if let Some(parts) = keys.get("allOf").and_then(Value::as_array) {
        match parts.as_slice() {
            [only] => node(only, at)?,
            _ => return Err(unfit(at, "several schemas hold at once")),
        }
    } else if let Some(choices) = keys.get("oneOf").or_else(|| keys.get("anyOf")).and_then(Value::as_array) {
        if keys.contains_key("properties") {
            return Err(unfit(at, "properties stand beside a choice"));
        }
        one_of(choices, at)?
    } else if let Some(value) = keys.get("const") {
        words(std::slice::from_ref(value), at)?
    } else if let Some(values) = keys.get("enum").and_then(Value::as_array) {
        words(values, at)?
    } else {
        typed(keys, at)?
    };
    if made.get("$ref").is_none()
        && let Some(description) = description(keys, &made)
    {
        insert(&mut made, "description", description.into());
    }
    Ok(made)
}

/// A choice; words with a line each about what they mean become one list of words.
fn one_of(choices: &[Value], at: &str) -> Result<Value> {
    let of_choice = |choice: &Value| {
        let values = choice.get("enum").and_then(Value::as_array).cloned();
        let values = values.or_else(|| choice.get("const").map(|value| vec![value.clone()]))?;
        values.iter().all(Value::is_string).then_some(values)
    };
    if let Some(values) = choices.iter().map(of_choice).collect::<Option<Vec<_>>>() {
        let values = values.concat();
        let meaning = |choice: &Value| {
            let meaning = choice.get("description")?.as_str()?;
            Some(format!("{}: {meaning}", choice.get("const")?.as_str()?))
        };
        let meanings: Vec<String> = choices.iter().filter_map(meaning).collect();
        let mut made = words(&values, at)?;
        if !meanings.is_empty() {
            insert(&mut made, "description", meanings.join("\n").into());
        }
        return Ok(made);
    }
    let choices = choices.iter().enumerate().map(|(number, choice)| node(choice, &format!("{at}/anyOf/{number}")));
    Ok(json!({ "anyOf": choices.collect::<Result<Vec<_>>>()? }))
}

/// A closed set of values; null among them becomes a choice of its own.
fn words(values: &[Value], at: &str) -> Result<Value> {
    let name = |value: &Value| match value {
        Value::String(_) => "string",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Bool(_) => "boolean",
        _ => "null",
    };
    let some: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    let Some(kind) = some.first().map(|value| name(value)) else { return Ok(json!({ "type": "null" })) };
    if some.iter().any(|value| name(value) != kind) || kind == "null" {
        return Err(unfit(at, "a set has values of several types"));
    }
    let made = json!({ "type": kind, "enum": some });
    Ok(if some.len() < values.len() { or_null(made) } else { made })
}

fn typed(keys: &Map<String, Value>, at: &str) -> Result<Value> {
    let kind = match keys.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => {
            let choices = kinds.iter().map(|kind| {
                let mut one = keys.clone();
                one.remove("description");
                one.insert("type".to_owned(), kind.clone());
                typed(&one, at)
            });
            return Ok(json!({ "anyOf": choices.collect::<Result<Vec<_>>>()? }));
        }
        _ => return Err(unfit(at, "anything is allowed")),
    };
    match kind {
        "object" => object(keys, at),
        "array" => {
            let items = keys.get("items").ok_or_else(|| unfit(at, "a list may hold anything"))?;
            Ok(json!({ "type": "array", "items": node(items, &format!("{at}/items"))? }))
        }
        "string" | "number" | "integer" | "boolean" | "null" => Ok(json!({ "type": kind })),
        _ => Err(unfit(at, "a type is unknown")),
    }
}

fn object(keys: &Map<String, Value>, at: &str) -> Result<Value> {
    let properties = keys.get("properties").and_then(Value::as_object);
    let open = keys.get("additionalProperties").is_none_or(|additional| *additional != Value::Bool(false));
    // serde takes unknown keys where a type does not forbid them; a model is not told so.
    if open && (properties.is_none() || keys.get("additionalProperties").is_some_and(Value::is_object)) {
        return Err(unfit(at, "an object has names that nobody knows before"));
    }
    let required: Vec<&str> =
        keys.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut made = Map::new();
    for (name, property) in properties.into_iter().flatten() {
        let property_at = format!("{at}/properties/{name}");
        let strict = node(property, &property_at)?;
        let is_required = required.contains(&name.as_str());
        made.insert(name.clone(), if is_required { strict } else { or_null(strict) });
    }
    let names: Vec<String> = made.keys().cloned().collect();
    Ok(json!({ "type": "object", "properties": made, "required": names, "additionalProperties": false }))
}

/// The same, or null; the description stays outside.
fn or_null(mut schema: Value) -> Value {
    let nothing = json!({ "type": "null" });
    if schema == nothing {
        return schema;
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        if !choices.contains(&nothing) {
            choices.push(nothing);
        }
        return schema;
    }
    let description = schema.as_object_mut().and_then(|keys| keys.remove("description"));
    let mut made = json!({ "anyOf": [schema, nothing] });
    if let Some(description) = description {
        insert(&mut made, "description", description);
    }
    made
}

/// The description, with what else is true but cannot be said.
fn description(keys: &Map<String, Value>, made: &Value) -> Option<String> {
    const LIMITS: &[(&str, &str, &str)] = &[
        ("minimum", "at least ", ""),
        ("exclusiveMinimum", "more than ", ""),
        ("maximum", "at most ", ""),
        ("exclusiveMaximum", "less than ", ""),
        ("minLength", "at least ", " characters"),
        ("maxLength", "at most ", " characters"),
        ("minItems", "at least ", " in the list"),
        ("maxItems", "at most ", " in the list"),
    ];
    let limits: Vec<String> = LIMITS
        .iter()
        .filter_map(|(name, before, after)| Some(format!("{before}{}{after}", keys.get(*name)?.as_f64()?)))
        .collect();
    let own = keys.get("description").and_then(Value::as_str);
    let lines: Vec<&str> = own.into_iter().chain(made.get("description").and_then(Value::as_str)).collect();
    match (lines.is_empty(), limits.is_empty()) {
        (true, true) => None,
        (true, false) => Some(limits.join(", ")),
        (false, true) => Some(lines.join("\n")),
        (false, false) => Some(format!("{} ({})", lines.join("\n"), limits.join(", "))),
    }
}

fn insert(schema: &mut Value, name: &str, value: Value) {
    if let Some(keys) = schema.as_object_mut() {
        keys.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(schema: &Value) -> String {
        match strict(schema) {
            Err(Error::Model { kind: Failure::Schema, reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    /// Wraps one property.
    fn with(property: &Value) -> Value {
        json!({ "type": "object", "properties": { "a": property }, "required": ["a"] })
    }

    fn made(property: &Value) -> Value {
        strict(&with(property)).expect("fine").pointer("/properties/a").expect("there").clone()
    }

    #[test]
    fn limits_become_words() {
        assert_eq!(
            made(
                &json!({ "type": "number", "format": "double", "minimum": 0, "maximum": 1.5, "description": "A share." })
            ),
            json!({ "type": "number", "description": "A share. (at least 0, at most 1.5)" })
        );
        assert_eq!(
            made(
                &json!({ "type": "array", "minItems": 1, "items": { "type": "string", "pattern": "^a", "maxLength": 3 } })
            ),
            json!({
                "type": "array", "description": "at least 1 in the list",
                "items": { "type": "string", "description": "at most 3 characters" }
            })
        );
    }

    #[test]
    fn closed_sets_are_lists_of_words() {
        assert_eq!(
            made(&json!({ "description": "Where.", "oneOf": [
                { "enum": ["center", "left"], "type": "string" }, { "const": "top", "type": "string", "description": "Up." }
            ] })),
            json!({ "type": "string", "enum": ["center", "left", "top"], "description": "Where.\ntop: Up." })
        );
        assert_eq!(made(&json!({ "const": 3 })), json!({ "type": "integer", "enum": [3] }));
        assert_eq!(
            made(&json!({ "type": ["string", "null"], "enum": ["a", null] })),
            json!({ "anyOf": [{ "type": "string", "enum": ["a"] }, { "type": "null" }] })
        );
    }

    #[test]
    fn a_reference_stands_alone_and_a_root_that_is_one_is_followed() {
        let schema = json!({
            "$ref": "#/$defs/Tree",
            "$defs": { "Tree": { "type": "object", "additionalProperties": false, "properties": {
                "next": { "description": "More.", "anyOf": [{ "$ref": "#/$defs/Tree" }, { "type": "null" }] },
                "same": { "$ref": "#/$defs/Tree", "description": "Lost." }
            } } }
        });
        let tree = json!({
            "type": "object", "additionalProperties": false, "required": ["next", "same"],
            "properties": {
                "next": { "description": "More.", "anyOf": [{ "$ref": "#/$defs/Tree" }, { "type": "null" }] },
                "same": { "anyOf": [{ "$ref": "#/$defs/Tree" }, { "type": "null" }] }
            }
        });
        let mut whole = tree.clone();
        whole["$defs"] = json!({ "Tree": tree });
        assert_eq!(strict(&schema).expect("fine"), whole);
    }

    #[test]
    fn what_cannot_be_said_is_refused_with_its_place() {
        let told = |property: &Value| refusal(&with(property));
        let wrong = "the schema of the answer cannot be asked for: at `/properties/a`";
        assert_eq!(told(&json!(true)), format!("{wrong} anything is allowed"));
        assert_eq!(told(&json!({})), format!("{wrong} anything is allowed"));
        assert_eq!(
            told(&json!({ "type": "object", "additionalProperties": { "type": "string" } })),
            format!("{wrong} an object has names that nobody knows before")
        );
        assert_eq!(told(&json!({ "type": "object" })), format!("{wrong} an object has names that nobody knows before"));
        assert_eq!(told(&json!({ "type": "array" })), format!("{wrong} a list may hold anything"));
        assert_eq!(told(&json!({ "$ref": "https://host/x" })), format!("{wrong} a reference leads elsewhere"));
        assert_eq!(told(&json!({ "enum": [1, "a"] })), format!("{wrong} a set has values of several types"));
        assert_eq!(
            refusal(&json!({ "type": "array", "items": { "type": "string" } })),
            "the schema of the answer cannot be asked for: at `` it is not an object"
        );
    }

    #[test]
    fn a_name_is_what_every_server_takes() {
        let schema = with(&json!({ "type": "string" }));
        let name = |name: &str| Schema::new(name, &schema).expect("fine").name().to_owned();
        assert_eq!((name("a plan/ж"), name(""), name(&"x".repeat(99)).len()), ("a_plan__".into(), "answer".into(), 64));
    }
}

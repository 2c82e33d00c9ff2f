//! The catalogue as JSON Schema.

use serde_json::{Map, Value as Json, json};

use crate::time::Time;
use crate::value::{Cue, Type};

use super::catalogue::{Inputs, Need, ParamSpec, TASKS, TaskSpec};
use super::read::RawPlan;

/// The JSON Schema of a list of tasks, as a model or a program writes it.
#[must_use]
pub fn tasks_schema() -> Json {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "callsheet tasks",
        "type": "array",
        "items": { "oneOf": TASKS.iter().map(task).collect::<Vec<_>>() },
    })
}

/// The JSON Schema of a plan file.
#[must_use]
pub fn plan_schema() -> Json {
    let mut schema = schemars::schema_for!(RawPlan).to_value();
    if let Some(definition) = schema.pointer_mut("/$defs/Task") {
        *definition = json!({ "oneOf": TASKS.iter().map(task).collect::<Vec<_>>() });
    }
    // serde reads absent, empty and missing alike; in a file that we describe, there is one way to write it.
    schema
}

/// The JSON Schema of a model's answer: tasks without their origins, which are not a model's to say.
#[must_use]
pub fn answer_schema() -> Json {
    let mut tasks: Vec<Json> = TASKS.iter().map(task).collect();
    for task in &mut tasks {
        if let Some(properties) = task.get_mut("properties").and_then(Json::as_object_mut) {
            properties.remove("origin");
        }
    }
    json!({
        "type": "object",
        "properties": { "tasks": { "type": "array", "items": { "anyOf": tasks } } },
        "required": ["tasks"],
        "additionalProperties": false,
    })
}

fn task(spec: &TaskSpec) -> Json {
    let mut properties = Map::new();
    for param in spec.params {
        properties.insert(param.name.to_owned(), param_schema(param));
    }
    let required: Vec<&str> =
        spec.params.iter().filter(|param| param.need == Need::Required).map(|param| param.name).collect();
    let inputs = match spec.inputs {
        Inputs::OneOrPicture => json!({ "maxItems": 1 }),
        Inputs::Several => json!({ "minItems": 1 }),
        Inputs::Two => json!({ "minItems": 2, "maxItems": 2 }),
    };
    let mut inputs_schema = json!({
        "type": "array", "items": { "type": "string" },
        "description": "assets or earlier outputs; if empty, the picture so far",
    });
    if let (Some(into), Some(from)) = (inputs_schema.as_object_mut(), inputs.as_object()) {
        into.extend(from.clone());
    }
    let mut outer_required = vec!["type"];
    if !required.is_empty() {
        outer_required.push("params");
    }
    if spec.inputs != Inputs::OneOrPicture {
        outer_required.push("inputs");
    }
    json!({
        "type": "object",
        "description": spec.doc,
        "properties": {
            "type": { "const": spec.name },
            "params": { "type": "object", "properties": properties, "required": required, "additionalProperties": false },
            "inputs": inputs_schema,
            "output_id": { "type": "string", "description": "keeps the result under this name for later tasks" },
            "origin": { "type": "object", "description": "which rule made the task" },
        },
        "required": outer_required,
        "additionalProperties": false,
    })
}

fn param_schema(param: &ParamSpec) -> Json {
    let mut schema = match param.ty {
        Type::Words => json!({ "type": "array" }),
        Type::Text | Type::Style | Type::Asset | Type::Id | Type::Color | Type::Background => {
            json!({ "type": "string" })
        }
        Type::Bool => json!({ "type": "boolean" }),
        Type::Number | Type::Pixels | Type::Ratio => json!({ "type": "number" }),
        Type::Seconds => json!({ "type": "number", "minimum": 0, "maximum": Time::MAX.as_secs() }),
        Type::Enum(set) => json!({ "enum": set.values }),
        Type::Assets => json!({ "type": "array", "items": { "type": "string" } }),
        Type::Cues => {
            let mut cue = schemars::schema_for!(Cue).to_value();
            if let Some(cue) = cue.as_object_mut() {
                cue.remove("$schema");
                cue.remove("title");
                cue.remove("$defs");
                // The references written out: the schema is read by models too.
                let seconds = json!({ "type": "number", "minimum": 0 });
                let word = json!({
                    "type": "object",
                    "properties": { "start": seconds, "end": seconds, "text": { "type": "string" } },
                    "required": ["start", "end", "text"],
                    "additionalProperties": false,
                });
                if let Some(properties) = cue.get_mut("properties").and_then(Json::as_object_mut) {
                    for name in ["start", "end"] {
                        properties.insert(name.to_owned(), seconds.clone());
                    }
                    if let Some(words) = properties.get_mut("words").and_then(Json::as_object_mut) {
                        words.insert("items".to_owned(), word);
                    }
                }
            }
            json!({ "type": "array", "items": cue })
        }
    };
    if let Some(schema) = schema.as_object_mut() {
        let unit = match param.ty {
            Type::Seconds => " (seconds)",
            Type::Pixels => " (pixels)",
            Type::Ratio => " (1 is 100 %)",
            _ => "",
        };
        schema.insert("description".into(), format!("{}{unit}", param.doc).into());
        if let Some((low, high)) = param.range {
            let (lowest, highest) =
                if param.ty == Type::Text { ("minLength", "maxLength") } else { ("minimum", "maximum") };
            let number = |value: f64| Json::from(value);
            schema.insert(lowest.into(), number(low));
            schema.insert(highest.into(), number(high));
        }
        match param.need {
            Need::Default(value) => schema.insert("default".into(), value.into()),
            Need::DefaultWord(word) => schema.insert("default".into(), word.into()),
            Need::DefaultBool(value) => schema.insert("default".into(), value.into()),
            Need::Required | Need::Optional => None,
        };
    }
    schema
}

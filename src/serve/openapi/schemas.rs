//! The formats of scenarios and plans, as the program itself prints them, among the schemas of the API.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::scenario::Document;
use crate::tasks;

use super::set;

/// Where the schemas of a description are.
const SCHEMAS: &str = "/components/schemas";

/// Adds them to a description.
pub(super) fn add(document: &mut Value) {
    let scenario = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Document>().to_value();
    let mut root = adopt(document, scenario, "Scenario");
    set(&mut root, "", "example", example());
    let about = "Empty, or left out: the media are the project's, and no path is taken from outside.";
    let empty = json!({ "type": "object", "maxProperties": 0, "description": about });
    set(&mut root, "/properties", "assets", empty);
    set(document, SCHEMAS, "Document", root);
    let plan = adopt(document, tasks::plan_schema(), "Plan");
    set(document, SCHEMAS, "PlanAnswer", answer(&plan));
    set(document, SCHEMAS, "Diagnostic", diagnostic());
}

/// Moves the definitions of a schema among those of the API, under names with `prefix`; gives the schema itself.
fn adopt(document: &mut Value, mut schema: Value, prefix: &str) -> Value {
    rename(&mut schema, prefix);
    let Some(root) = schema.as_object_mut() else { return schema };
    root.remove("$schema");
    let definitions = root.remove("$defs");
    let schemas = document.pointer_mut(SCHEMAS).and_then(Value::as_object_mut);
    if let (Some(Value::Object(definitions)), Some(schemas)) = (definitions, schemas) {
        schemas.extend(definitions.into_iter().map(|(name, schema)| (named(prefix, &name), schema)));
    }
    schema
}

fn named(prefix: &str, name: &str) -> String {
    if name.starts_with(prefix) { name.to_owned() } else { format!("{prefix}{name}") }
}

fn rename(schema: &mut Value, prefix: &str) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(place)) = members.get_mut("$ref")
                && let Some(name) = place.strip_prefix("#/$defs/")
            {
                *place = format!("#/components/schemas/{}", named(prefix, name));
            }
            members.values_mut().for_each(|member| rename(member, prefix));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, prefix)),
        _ => {}
    }
}

/// A plan as it is answered: the plan itself, and what led to it.
fn answer(plan: &Value) -> Value {
    let mut properties = plan.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let text = |about: &str| json!({ "type": "string", "description": about });
    let object = |about: &str| json!({ "type": "object", "description": about });
    let diagnostics = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Diagnostic" } });
    let lines = json!({ "type": "array", "items": { "type": "string" } });
    let more: Map<String, Value> = [
        ("assets", json!({ "type": "object", "additionalProperties": text("The asset's address.") })),
        ("task_notes", json!({ "type": "object", "additionalProperties": text("By the task's number from 0: what its media make of it.") })),
        ("decision", object("What the prompt led to, and which words said so.")),
        ("render", object("What a render will make: frames, size, spans, and about how long it takes.")),
        ("warnings", diagnostics),
        ("said", lines),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .into_iter()
    .collect();
    properties.extend(more);
    json!({
        "type": "object",
        "description": "A plan: tasks in the order in which they are done, each with its origin.",
        "required": ["tasks", "styles", "assets", "task_notes", "warnings", "said"],
        "properties": properties,
    })
}

fn diagnostic() -> Value {
    json!({
        "type": "object",
        "description": "A finding about what an author wrote.",
        "required": ["code", "titles", "severity", "message", "file", "line", "column", "length", "help"],
        "properties": {
            "code": { "type": "string", "pattern": "^[EW][0-9]{4}$", "description": "Stable; `callsheet explain CODE` says more." },
            "titles": {
                "type": "object",
                "description": "What the code is called, by language.",
                "required": ["en", "ru"],
                "properties": { "en": { "type": "string" }, "ru": { "type": "string" } },
            },
            "severity": { "type": "string", "enum": ["error", "warning"] },
            "message": { "type": "string" },
            "file": { "type": ["string", "null"] },
            "line": { "type": ["integer", "null"], "description": "From 1." },
            "column": { "type": ["integer", "null"], "description": "From 1." },
            "length": { "type": "integer", "description": "In characters." },
            "pointer": { "type": "string", "description": "RFC 6901, in a JSON document." },
            "help": { "type": ["string", "null"], "description": "What to write." },
        },
    })
}

fn example() -> Value {
    json!({
        "scenario": {
            "metadata": { "total_duration_sec": 8, "aspect_ratio": "9:16" },
            "global_prompt": "with theses, without subtitles",
            "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 8, "overlays": [
                { "text": "Fresh every day", "position": "top_center", "format": "thesis", "start_sec": 1, "end_sec": 4 },
            ] }],
            "layers": [{ "type": "video", "segments": [
                { "id": "cut", "start_sec": 3, "end_sec": 5, "asset_source": "generated", "asset_status": "pending" },
            ] }],
        },
        "main_asset_id": "mfrggzdfmztwq2lknnwg23tpoa",
    })
}

//! The reference pages: generated from the catalogue and the field table, so that they are never stale.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;
use serde_json::Value as Json;

use crate::diagnostic::Source;
use crate::error::Result;
use crate::scenario::field::{NodeKind, Presence, fields as fields_of};
use crate::tasks::STYLE;
use crate::tasks::catalogue::{Inputs, Need, ParamSpec, TASKS};
use crate::template;
use crate::value::Type;
use crate::verify::{Verdict, case_schema};

const TASKS_PAGE: &str = include_str!("../templates/reference/tasks.md.jinja");
const FIELDS_PAGE: &str = include_str!("../templates/reference/fields.md.jinja");
const CASES_PAGE: &str = include_str!("../templates/reference/cases.md.jinja");

#[derive(Serialize)]
struct TaskRow {
    name: &'static str,
    doc: &'static str,
    stage: crate::tasks::Stage,
    inputs: &'static str,
    params: Vec<ParamRow>,
}

#[derive(Serialize)]
struct ParamRow {
    name: &'static str,
    ty: String,
    need: String,
    range: String,
    doc: &'static str,
}

#[derive(Serialize)]
struct NodeRow {
    word: &'static str,
    fields: Vec<FieldRow>,
}

#[derive(Serialize)]
struct FieldRow {
    path: String,
    ty: String,
    presence: String,
    derived: bool,
    doc: &'static str,
}

#[derive(Serialize)]
struct KeyRow {
    name: String,
    doc: String,
}

/// The page of all tasks, their parameters, and the properties of a style; Markdown.
pub fn tasks() -> Result<String> {
    let tasks: Vec<TaskRow> = TASKS
        .iter()
        .map(|task| TaskRow {
            name: task.name,
            doc: task.doc,
            stage: task.stage,
            inputs: match task.inputs {
                Inputs::OneOrPicture => "one input, or the picture so far",
                Inputs::Several => "one input or more, in order",
                Inputs::Two => "two inputs, in order",
            },
            params: task.params.iter().map(param).collect(),
        })
        .collect();
    let style: Vec<ParamRow> = STYLE
        .iter()
        .map(|property| ParamRow {
            name: property.name,
            ty: type_words(property.ty),
            need: String::new(),
            range: range(property.ty, property.range),
            doc: property.doc,
        })
        .collect();
    page("tasks.md", TASKS_PAGE, &context! { tasks => Value::from(Serde(&tasks)), style => Value::from(Serde(&style)) })
}

/// The page of how rule sets are tested: the keys of a case and the words of the report; Markdown.
pub fn cases() -> Result<String> {
    let schema = case_schema().to_value();
    let rows = |at: &str| -> Vec<KeyRow> {
        let keys = schema.pointer(at).and_then(Json::as_object).into_iter().flatten();
        keys.map(|(name, of)| KeyRow { name: name.clone(), doc: described(of).unwrap_or_default() }).collect()
    };
    let (keys, decision) = (rows("/properties"), rows("/$defs/Decision/properties"));
    let verdicts =
        Verdict::ALL.map(|verdict| KeyRow { name: verdict.word().to_owned(), doc: verdict.advice().to_owned() });
    let (keys, decision) = (Value::from(Serde(&keys)), Value::from(Serde(&decision)));
    page("cases.md", CASES_PAGE, &context! { keys, decision, verdicts => Value::from(Serde(&verdicts)) })
}

/// What a JSON Schema says that a value is, on one line.
fn described(schema: &Json) -> Option<String> {
    Some(schema.get("description")?.as_str()?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The page of everything that a rule can read; Markdown.
pub fn fields() -> Result<String> {
    let nodes: Vec<NodeRow> = NodeKind::ALL
        .into_iter()
        .map(|kind| NodeRow {
            word: kind.word(),
            fields: fields_of(kind)
                .iter()
                .map(|field| FieldRow {
                    path: format!("{}.{}", kind.word(), field.path),
                    ty: type_words(field.ty),
                    presence: match field.presence {
                        Presence::Always => "always".to_owned(),
                        Presence::Optional => "perhaps".to_owned(),
                        Presence::In(layers) => {
                            let words: Vec<&str> = layers.iter().map(|layer| layer.word()).collect();
                            format!("always in {} layers", words.join(", "))
                        }
                    },
                    derived: field.derived,
                    doc: field.doc,
                })
                .collect(),
        })
        .collect();
    page("fields.md", FIELDS_PAGE, &context! { nodes => Value::from(Serde(&nodes)) })
}

fn param(param: &ParamSpec) -> ParamRow {
    let need = match param.need {
        Need::Required => "required".to_owned(),
        Need::Optional => "optional".to_owned(),
        Need::Default(value) => format!("`{}`", number(param.ty, value)),
        Need::DefaultWord(word) => format!("`{word}`"),
        Need::DefaultBool(value) => format!("`{value}`"),
    };
    ParamRow { name: param.name, ty: type_words(param.ty), need, range: range(param.ty, param.range), doc: param.doc }
}

fn type_words(ty: Type) -> String {
    match ty {
        Type::Enum(set) => set.values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn range(ty: Type, range: Option<(f64, f64)>) -> String {
    match (range, ty) {
        (None, _) => String::new(),
        (Some((low, high)), Type::Text) => format!("{low} to {high} characters"),
        (Some((low, high)), _) => format!("{} to {}", number(ty, low), number(ty, high)),
    }
}

/// A number as it is written in rules.
fn number(ty: Type, value: f64) -> String {
    match ty {
        Type::Seconds => format!("{value}s"),
        Type::Pixels => format!("{value}px"),
        Type::Ratio => format!("{}%", value * 100.0),
        _ => value.to_string(),
    }
}

fn page(name: &str, text: &str, values: &Value) -> Result<String> {
    template::render(&Source::new(name, text), values)
}

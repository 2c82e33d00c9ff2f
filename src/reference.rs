//! The reference pages: generated from the catalogue and the field table, so that they are never stale.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;
use serde_json::Value as Json;

use crate::diagnostic::{CODES, Source};
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
const CODES_PAGE: &str = include_str!("../templates/reference/codes.md.jinja");

/// The areas of the codes, by their first two digits.
const AREAS: &[(&str, &str)] = &[
    ("01", "The scenario"),
    ("02", "The rules"),
    ("03", "Tasks and plans"),
    ("04", "Decisions and scripts"),
    ("05", "Captions"),
    ("06", "Templates and models"),
    ("07", "Cases"),
];

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

/// Every task with its parameters as they are written in JSON, for a template.
pub(crate) fn task_list() -> Value {
    let mut rows = task_rows();
    for (row, task) in rows.iter_mut().zip(TASKS) {
        for (row, param) in row.params.iter_mut().zip(task.params) {
            *row = in_json(param);
        }
    }
    Value::from(Serde(&rows))
}

/// A parameter with plain numbers, where the language of the rules has units.
fn in_json(param: &ParamSpec) -> ParamRow {
    let ty = match param.ty {
        Type::Text | Type::Style | Type::Asset | Type::Id => format!("\"{}\"", param.ty),
        Type::Enum(set) => set.values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(" | "),
        Type::Seconds => "number of seconds".to_owned(),
        Type::Pixels => "number of pixels".to_owned(),
        Type::Ratio => "number, 1 is 100 %".to_owned(),
        Type::Background => "\"blur\" | \"#rrggbb\"".to_owned(),
        Type::Cues => "[{ \"start\": seconds, \"end\": seconds, \"text\": \"…\" }, …]".to_owned(),
        other => other.to_string(),
    };
    let need = match param.need {
        Need::Required => "required".to_owned(),
        Need::Optional => "may be left out".to_owned(),
        Need::Default(value) => format!("{value} if left out"),
        Need::DefaultWord(word) => format!("\"{word}\" if left out"),
        Need::DefaultBool(value) => format!("{value} if left out"),
    };
    let range = match (param.range, param.ty) {
        (None, _) => String::new(),
        (Some((low, high)), Type::Text) => format!("{low} to {high} characters"),
        (Some((low, high)), _) => format!("{low} to {high}"),
    };
    ParamRow { name: param.name, ty, need, range, doc: param.doc }
}

fn task_rows() -> Vec<TaskRow> {
    TASKS
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
        .collect()
}

/// The page of all tasks, their parameters, and the properties of a style; Markdown.
pub fn tasks() -> Result<String> {
    let tasks = task_rows();
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

#[derive(Serialize)]
struct AreaRow {
    title: &'static str,
    codes: Vec<CodeRow>,
}

#[derive(Serialize)]
struct CodeRow {
    name: &'static str,
    title: &'static str,
    explanation: &'static str,
}

/// The page of all codes of findings, each explained; Markdown.
pub fn codes() -> Result<String> {
    let areas: Vec<AreaRow> = AREAS
        .iter()
        .map(|(digits, title)| AreaRow {
            title,
            codes: CODES
                .iter()
                .filter(|(code, _)| code.as_str().get(1..3) == Some(digits))
                .map(|(code, title)| CodeRow { name: code.as_str(), title, explanation: code.explanation() })
                .collect(),
        })
        .collect();
    page("codes.md", CODES_PAGE, &context! { areas => Value::from(Serde(&areas)) })
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

/// The page of how rule sets are tested: the keys of a case and the words of the report; Markdown.
pub fn cases() -> Result<String> {
    #[derive(Serialize)]
    struct Row {
        name: String,
        doc: String,
    }
    let schema = case_schema().to_value();
    let rows = |at: &str| -> Vec<Row> {
        let keys = schema.pointer(at).and_then(Json::as_object).into_iter().flatten();
        keys.map(|(name, of)| Row { name: name.clone(), doc: described(of).unwrap_or_default() }).collect()
    };
    let (keys, decision) = (rows("/properties"), rows("/$defs/Decision/properties"));
    let verdicts =
        Verdict::ALL.map(|verdict| Row { name: verdict.word().to_owned(), doc: verdict.advice().to_owned() });
    let (keys, decision) = (Value::from(Serde(&keys)), Value::from(Serde(&decision)));
    page("cases.md", CASES_PAGE, &context! { keys, decision, verdicts => Value::from(Serde(&verdicts)) })
}

/// What a JSON Schema says that a value is, on one line.
fn described(schema: &Json) -> Option<String> {
    Some(schema.get("description")?.as_str()?.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn page(name: &str, text: &str, values: &Value) -> Result<String> {
    template::render(&Source::new(name, text), values)
}

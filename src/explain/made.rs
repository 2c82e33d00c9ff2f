//! A task of the plan: its rule, the lines that made it, and what they held.

use std::sync::Arc;

use serde::Serialize;

use crate::compile::Spot;
use crate::diagnostic::Source;
use crate::rules::ast::{Expr, Expression};
use crate::tasks::catalogue::Need;
use crate::tasks::{ParamSpec, Task};
use crate::value::{Type, Value};

use super::Explainer;
use super::history::{Line, Provenance};
use super::node::NodeName;
use super::trace::{Read, Tracer};

/// A task and where it came from.
#[derive(Debug, Serialize)]
pub struct TaskNote<'a> {
    /// Its place in the plan, from 1.
    pub number: usize,
    /// The task itself.
    #[serde(skip)]
    pub task: &'a Task,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The rule.
    pub rule: &'a str,
    /// The line of the `make` that counts.
    pub make: Provenance,
    /// What it was made of.
    pub node: NodeName,
    /// The `when` lines, all of which hold.
    pub when: Vec<LineNote>,
    /// The parameters as the rule gives them.
    pub params: Vec<ParamNote>,
}

/// A condition of a rule.
#[derive(Debug, Serialize)]
pub struct LineNote {
    /// What is written.
    pub text: String,
    /// Where.
    #[serde(flatten)]
    pub at: Line,
    /// What its paths held.
    pub reads: Vec<Read>,
}

/// A parameter of a task.
#[derive(Debug, Serialize)]
pub struct ParamNote {
    /// Its name.
    pub name: String,
    /// What is written behind the `=`.
    pub text: String,
    /// Where.
    #[serde(flatten)]
    pub at: Provenance,
    /// What came of it; nothing where it is absent.
    pub value: Option<Value<'static>>,
    /// What the task takes instead of an absent one, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value<'static>>,
    /// What its paths held.
    pub reads: Vec<Read>,
    /// Where the style is defined that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style_at: Option<Provenance>,
    /// Whether all that was written is one path, or the value itself.
    #[serde(skip)]
    pub is_plain: bool,
}

pub(super) fn task<'a>(explainer: &Explainer<'a>, number: usize, task: &'a Task) -> Option<TaskNote<'a>> {
    let origin = task.origin.as_ref()?;
    let (spot, node) = explainer.nodes.at(&origin.pointer)?;
    let rule = explainer.written.linked.rules.iter().find(|rule| rule.name.node.node == *origin.rule)?;
    let make = rule.makes.iter().find(|make| make.task.node.node == task.spec.name)?;
    let history = explainer.history();
    let when = rule.conditions.iter().map(|line| explainer.line(&line.source, &line.node, spot)).collect();
    let params = make.params.iter().filter_map(|param| {
        let (name, value) = (&param.node.name.node, &param.node.value);
        let tracer = explainer.tracer(&param.source, *spot);
        let spec = task.spec.param(name);
        let held = held(task, name);
        let style = spec.is_some_and(|spec| spec.ty == Type::Style).then_some(held.as_ref()).flatten();
        Some(ParamNote {
            name: name.clone(),
            text: value.one_line(&param.source),
            at: history.param(&origin.rule, task.spec.name, name)?,
            style_at: style.and_then(|style| history.style(name_of(style)?)),
            default: if held.is_none() { spec.and_then(default) } else { None },
            value: held,
            reads: tracer.reads(value),
            is_plain: value.is_literal() || matches!(value.node, Expr::Path(_) | Expr::Word(_)),
        })
    });
    Some(TaskNote {
        number,
        task,
        kind: task.spec.name,
        rule: &rule.name.node.node,
        make: history.make(&origin.rule, task.spec.name)?,
        node: node.clone(),
        when,
        params: params.collect(),
    })
}

impl<'a> Explainer<'a> {
    pub(super) fn tracer(&self, source: &'a Arc<Source>, spot: Spot<'a>) -> Tracer<'a> {
        Tracer { written: self.written, inquiry: self.inquiry, spot, source }
    }

    fn line(&self, source: &'a Arc<Source>, condition: &Expression, spot: &Spot<'a>) -> LineNote {
        LineNote {
            text: condition.one_line(source),
            at: Line::of(source, condition.span),
            reads: self.tracer(source, *spot).reads(condition),
        }
    }
}

/// What the task in the plan has under this name.
fn held(task: &Task, name: &str) -> Option<Value<'static>> {
    match name {
        "inputs" if task.inputs.is_empty() => None,
        "inputs" => Some(Value::Names(task.inputs.iter().map(|id| id.clone().into()).collect())),
        "output_id" => task.output_id.clone().map(|id| Value::Name(id.into())),
        _ => task.param(name).cloned(),
    }
}

fn default(param: &ParamSpec) -> Option<Value<'static>> {
    match (param.need, param.ty) {
        (Need::Default(number), Type::Seconds) => crate::time::Time::from_secs(number).map(Value::Seconds),
        (Need::Default(number), Type::Pixels) => Some(Value::Pixels(number)),
        (Need::Default(number), Type::Ratio) => Some(Value::Ratio(number)),
        (Need::Default(number), _) => Some(Value::Number(number)),
        (Need::DefaultWord(word), _) => Some(Value::Symbol(word)),
        (Need::DefaultBool(value), _) => Some(Value::Bool(value)),
        _ => None,
    }
}

fn name_of<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Name(name) => Some(name),
        _ => None,
    }
}

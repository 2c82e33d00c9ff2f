//! What is different between two plans, task by task.
//!
//! Where a task came from is no difference, nor is a default that is written out. A task that was retimed, reworded or
//! moved is one task that changed, not one that is gone and one that is new.

mod align;
mod show;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::value::{Type, Value};

use super::catalogue::{Need, ParamSpec};
use super::plan::{Plan, Task};

/// What is different between two plans, `before` and `after`.
///
/// [`std::fmt::Display`] and [`Difference::show`] put it into lines for a person; in JSON it is an object with `equal`,
/// `tasks`, `styles`, `assets` and, where it differs, `main_asset_id`.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Every task of either plan, in the order of the later one; what is gone stands where it stood.
    pub tasks: Vec<TaskChange>,
    /// The styles that both define, each differently.
    pub styles: Vec<NamedChange>,
    /// The assets that both name, each with a path of its own.
    pub assets: Vec<ValueChange>,
    /// The main asset, where it is another one.
    pub main_asset_id: Option<ValueChange>,
}

/// What has become of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It does the same, at the same place of the list.
    Same,
    /// It has other parameters, or another place.
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// A task and what has become of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskChange {
    /// What has become of it.
    pub change: Change,
    /// Its type.
    #[serde(rename = "type")]
    pub task: &'static str,
    /// From when to when, before where there was one: `2.9–5.9 s`; may be empty.
    pub when: String,
    /// What tells it from others of its type: its words, its asset, its inputs.
    pub what: String,
    /// Its number in the plan before, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<usize>,
    /// Its number in the plan after, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<usize>,
    /// Whether it has passed others that both plans have.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub moved: bool,
    /// The parameters that differ, `inputs` and `output_id` among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<ValueChange>,
}

/// Something with a name that has another value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValueChange {
    /// Its name.
    pub name: String,
    /// The value before; null where there was none.
    pub before: Json,
    /// The value after; null where there is none.
    pub after: Json,
    /// Both in a few words: `top_center → center`.
    #[serde(skip)]
    pub shown: String,
}

/// A style that is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedChange {
    /// Its name.
    pub name: String,
    /// The properties that differ.
    pub properties: Vec<ValueChange>,
}

impl Difference {
    /// Whether the plans do the same.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.styles.is_empty()
            && self.assets.is_empty()
            && self.main_asset_id.is_none()
            && self.tasks.iter().all(|task| task.change == Change::Same)
    }

    /// How many tasks `change`d in this way.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.tasks.iter().filter(|task| task.change == change).count()
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("equal", &self.is_none())?;
        map.serialize_entry("tasks", &self.tasks)?;
        map.serialize_entry("styles", &self.styles)?;
        map.serialize_entry("assets", &self.assets)?;
        if let Some(main) = &self.main_asset_id {
            map.serialize_entry("main_asset_id", main)?;
        }
        map.end()
    }
}

/// What is different in `after`.
#[must_use]
pub fn compare(before: &Plan, after: &Plan) -> Difference {
    let tasks = align::align(&before.tasks, &after.tasks)
        .into_iter()
        .filter_map(|pair| {
            let old = pair.before.and_then(|number| Some((number, before.tasks.get(number)?)));
            let new = pair.after.and_then(|number| Some((number, after.tasks.get(number)?)));
            let (_, shown) = old.or(new)?;
            let params = old.zip(new).map(|((_, old), (_, new))| params(old, new)).unwrap_or_default();
            let change = match (old, new) {
                (Some(_), Some(_)) if params.is_empty() && !pair.moved => Change::Same,
                (Some(_), Some(_)) => Change::Changed,
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
            };
            let what = if change == Change::Changed { align::element(shown) } else { shown.what() };
            Some(TaskChange {
                change,
                task: shown.spec.name,
                when: shown.when(),
                what,
                before: old.map(|(number, _)| number + 1),
                after: new.map(|(number, _)| number + 1),
                moved: pair.moved,
                params,
            })
        })
        .collect();
    let styles = before.styles.iter().filter_map(|(name, old)| {
        let properties = properties(&json(old), &json(after.styles.get(name)?));
        (!properties.is_empty()).then(|| NamedChange { name: name.clone(), properties })
    });
    let assets = before.assets.iter().filter_map(|(id, old)| {
        let new = after.assets.get(id).filter(|new| *new != old)?;
        Some(ValueChange::of_text(id, Some(old), Some(new)))
    });
    let (old, new) = (before.main_asset_id.as_deref(), after.main_asset_id.as_deref());
    Difference {
        tasks,
        styles: styles.collect(),
        assets: assets.collect(),
        main_asset_id: (old != new).then(|| ValueChange::of_text("main_asset_id", old, new)),
    }
}

/// The parameters in which two tasks of one type differ.
fn params(old: &Task, new: &Task) -> Vec<ValueChange> {
    let mut changes = Vec::new();
    let list = |inputs: &[String]| Value::Names(inputs.iter().map(|id| id.clone().into()).collect());
    if old.inputs != new.inputs {
        changes.push(ValueChange::new("inputs", Some(&list(&old.inputs)), Some(&list(&new.inputs))));
    }
    for param in old.spec.params {
        let (before, after) = (value(old, param), value(new, param));
        // Times are the same where a file cannot tell them apart: it holds microseconds.
        if before != after && json(&before) != json(&after) {
            changes.push(ValueChange::new(param.name, before.as_ref(), after.as_ref()));
        }
    }
    if old.output_id != new.output_id {
        changes.push(ValueChange::of_text("output_id", old.output_id.as_deref(), new.output_id.as_deref()));
    }
    changes
}

/// What a parameter is, be it written or left to its default.
pub(super) fn value(task: &Task, param: &ParamSpec) -> Option<Value<'static>> {
    task.param(param.name).cloned().or_else(|| match (param.need, param.ty) {
        (Need::Default(_), Type::Seconds) => task.time(param.name).map(Value::Seconds),
        (Need::Default(number), Type::Pixels) => Some(Value::Pixels(number)),
        (Need::Default(number), Type::Ratio) => Some(Value::Ratio(number)),
        (Need::Default(number), _) => Some(Value::Number(number)),
        (Need::DefaultWord(word), _) => Some(Value::Symbol(word)),
        (Need::DefaultBool(value), _) => Some(Value::Bool(value)),
        (Need::Required | Need::Optional, _) => None,
    })
}

fn properties(old: &Json, new: &Json) -> Vec<ValueChange> {
    let names = super::STYLE.iter().map(|property| property.name);
    let values = names.map(|name| (name, old.get(name).unwrap_or(&Json::Null), new.get(name).unwrap_or(&Json::Null)));
    values.filter(|(_, old, new)| old != new).map(|(name, old, new)| ValueChange::of_property(name, old, new)).collect()
}

fn json(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

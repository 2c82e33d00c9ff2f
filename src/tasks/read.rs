//! From a plan file to a [`Plan`]: a list of tasks that a person, a program or a model wrote.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::time::Time;
use crate::value::{Cue, Type, Value, Word};
use crate::{shape, suggest};

use super::catalogue::{self, ParamSpec, TASKS, TaskSpec};
use super::plan::{Origin, Plan, Task};
use super::style::Style;

/// The file as it is written, before the whitelist has seen it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "callsheet plan", rename = "Plan")]
pub(super) struct RawPlan {
    /// The tasks, in the order in which they are done.
    pub(super) tasks: Vec<RawTask>,
    /// The styles that the tasks name.
    #[serde(default)]
    styles: BTreeMap<String, Style>,
    /// The media that the tasks name; a path is relative to this file's folder.
    #[serde(default)]
    assets: BTreeMap<String, String>,
    /// The asset that is the picture before the first task.
    #[serde(default)]
    main_asset_id: Option<String>,
    /// What its planner says about it.
    #[serde(default)]
    notes: Vec<String>,
    /// What a render of it would make, as `callsheet plan --json` says; found anew by each render.
    #[serde(default)]
    #[expect(dead_code, reason = "a remark of the file's writer")]
    render: Option<Json>,
}

/// One task.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Task")]
pub(super) struct RawTask {
    /// The task's type.
    r#type: String,
    /// Its parameters.
    #[serde(default)]
    params: serde_json::Map<String, Json>,
    /// What it works on; if empty, the picture so far.
    #[serde(default)]
    inputs: Vec<String>,
    /// The name under which its result is kept; if absent, the result is the picture so far.
    #[serde(default)]
    output_id: Option<String>,
    /// Where it came from.
    #[serde(default)]
    origin: Option<Origin>,
}

/// Reads a plan file, e.g. one that `callsheet plan --json` wrote.
pub fn read(source: &Arc<Source>) -> Result<Plan, Diagnostics> {
    if source.text().trim().is_empty() {
        return Err(Diagnostic::new(diagnostic::EMPTY_FILE, "the plan file is empty")
            .at(Location::new(source, SourceSpan::default()))
            .help("`callsheet schema plan` prints the format; `callsheet plan --json` writes one")
            .into());
    }
    let raw: RawPlan = serde_json::from_str(source.text().trim_start_matches('\u{feff}'))
        .map_err(|error| shape::explain(source, schemars::schema_for!(RawPlan).as_value(), &error))?;
    let mut found = Diagnostics::new();
    let tasks =
        raw.tasks.into_iter().enumerate().filter_map(|(number, task)| read_task(number, task, &mut found)).collect();
    if found.has_errors() {
        return Err(found.located_in(source));
    }
    let RawPlan { styles, assets, main_asset_id, notes, .. } = raw;
    Ok(Plan { tasks, styles, assets, main_asset_id, notes })
}

fn read_task(number: usize, raw: RawTask, found: &mut Diagnostics) -> Option<Task> {
    let Some(spec) = catalogue::find(&raw.r#type) else {
        let names: Vec<&str> = TASKS.iter().map(|task| task.name).collect();
        found.push(
            Diagnostic::new(diagnostic::UNKNOWN_TASK_TYPE, format!("there is no task `{}`", raw.r#type.escape_debug()))
                .pointer(format!("/tasks/{number}/type"))
                .help(suggest::help(&raw.r#type, &names)),
        );
        return None;
    };
    for name in raw.params.keys().filter(|name| spec.param(name).is_none()) {
        found.push(unknown_param(number, spec, name));
    }
    let mut params = Vec::new();
    for param in spec.params {
        match raw.params.get(param.name) {
            None | Some(Json::Null) => {}
            Some(json) => match read_value(param.ty, json) {
                Some(value) => params.push((param.name, value)),
                None => found.push(wrong_value(number, param, json)),
            },
        }
    }
    Some(Task { spec, params, inputs: raw.inputs, output_id: raw.output_id, origin: raw.origin })
}

fn unknown_param(number: usize, spec: &TaskSpec, name: &str) -> Diagnostic {
    let names: Vec<&str> = spec.params.iter().map(|param| param.name).collect();
    let message = format!("`{}` has no parameter `{}`", spec.name, name.escape_debug());
    let finding = Diagnostic::new(diagnostic::UNKNOWN_TASK_PARAM, message)
        .pointer(format!("/tasks/{number}/params/{}", name.replace('~', "~0").replace('/', "~1")));
    if names.is_empty() {
        finding.help("it takes none; it works on its `inputs`")
    } else {
        finding.help(suggest::help(name, &names))
    }
}

fn wrong_value(number: usize, param: &ParamSpec, json: &Json) -> Diagnostic {
    let mut shown = json.to_string();
    if shown.chars().count() > 40 {
        shown = shown.chars().take(40).chain(['…']).collect();
    }
    let finding = Diagnostic::new(
        diagnostic::TASK_PARAM_TYPE,
        format!("`{}` takes {}, found {shown}", param.name, expected(param.ty)),
    )
    .pointer(format!("/tasks/{number}/params/{}", param.name));
    match (param.ty, json.as_str()) {
        (Type::Enum(set), Some(word)) => finding.help(suggest::help(word, set.values)),
        (Type::Enum(set), None) => finding.help(format!("allowed here: {}", suggest::list(set.values))),
        _ => finding,
    }
}

fn expected(ty: Type) -> String {
    match ty {
        Type::Seconds => "a number of seconds".into(),
        Type::Pixels => "a number of pixels".into(),
        Type::Ratio => "a share as a number, 1 for 100 %".into(),
        Type::Cues => "a list of { \"start\", \"end\", \"text\" }".into(),
        Type::Enum(set) => format!("one word of {}", set.name),
        other => other.to_string(),
    }
}

fn read_value(ty: Type, json: &Json) -> Option<Value<'static>> {
    let text = || json.as_str().map(str::to_owned);
    let number = || json.as_f64().filter(|number| number.is_finite());
    match ty {
        Type::Text | Type::Color | Type::Background => text().map(|text| Value::Text(text.into())),
        Type::Bool => json.as_bool().map(Value::Bool),
        Type::Number => number().map(Value::Number),
        Type::Seconds => number().and_then(Time::from_secs).map(Value::Seconds),
        Type::Pixels => number().map(Value::Pixels),
        Type::Ratio => number().map(Value::Ratio),
        Type::Enum(set) => json.as_str().and_then(|word| set.canonical(word)).map(Value::Symbol),
        Type::Style | Type::Asset | Type::Id => text().map(|name| Value::Name(name.into())),
        Type::Assets => {
            Vec::<String>::deserialize(json).ok().map(|names| Value::Names(names.into_iter().map(Into::into).collect()))
        }
        Type::Cues => Vec::<Cue>::deserialize(json).ok().map(Value::Cues),
        Type::Words => Vec::<Word>::deserialize(json).ok().map(|words| Value::Words(words.into())),
    }
}

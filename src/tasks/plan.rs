//! The plan: a list of tasks, each of which knows where it came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::time::Time;
use crate::value::{Cue, Type, Value};

use super::catalogue::{Need, TaskSpec};
use super::style::Style;

/// Which rule made a task, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The rule's name.
    pub rule: Arc<str>,
    /// The rule file's name, as its user would say it; `default` for the shipped set.
    pub file: Arc<str>,
    /// The line of the rule's `make`, from 1.
    pub line: u32,
    /// The RFC 6901 pointer to the part of the scenario.
    pub pointer: String,
    /// What is to be known about how it came here, e.g. what it stands in place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its type on the whitelist.
    pub spec: &'static TaskSpec,
    /// Its parameters, in the order of the catalogue; what is left out has its default.
    pub params: Vec<(&'static str, Value<'static>)>,
    /// What it works on; if empty, the picture so far.
    pub inputs: Vec<String>,
    /// The name under which its result is kept for later tasks; if absent, the result is the picture so far.
    pub output_id: Option<String>,
    /// Where it came from; absent in a plan that no rule made.
    pub origin: Option<Origin>,
}

impl Task {
    /// The parameter called `name`, where it is set.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Value<'static>> {
        self.params.iter().find(|(param, _)| *param == name).map(|(_, value)| value)
    }
}

impl PartialEq for TaskSpec {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A list of tasks and what they refer to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The tasks, in the order in which they are done.
    pub tasks: Vec<Task>,
    /// The styles that the tasks name.
    pub styles: BTreeMap<String, Style>,
    /// The media that the tasks name, with their paths as the scenario gives them.
    pub assets: BTreeMap<String, String>,
    /// The asset that is the picture before the first task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_asset_id: Option<String>,
    /// What its planner says about it, one line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Plan {
    /// Whether the video has this shape, width to height.
    #[must_use]
    pub fn has_shape(&self, ratio: &str) -> bool {
        self.canvases().next_back().is_some_and(|canvas| canvas.word("aspect_ratio") == Some(ratio))
    }

    /// Gives the video another shape, where a task says that it has one.
    pub fn set_shape(&mut self, ratio: &'static str) {
        let canvases = self.tasks.iter_mut().filter(|task| task.spec.name == "fit_canvas");
        for (_, value) in canvases.flat_map(|task| &mut task.params).filter(|(name, _)| *name == "aspect_ratio") {
            *value = Value::Symbol(ratio);
        }
    }

    fn canvases(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.spec.name == "fit_canvas")
    }
}

/// The styles among `styles` that the tasks name.
#[must_use]
pub fn used_styles(tasks: &[Task], styles: &BTreeMap<String, Style>) -> BTreeMap<String, Style> {
    used(tasks, styles, &BTreeMap::new(), None).0
}

/// The media among `assets` that the tasks name, and the main one.
#[must_use]
pub fn used_assets(tasks: &[Task], assets: &BTreeMap<String, String>, main: Option<&str>) -> BTreeMap<String, String> {
    used(tasks, &BTreeMap::new(), assets, main).1
}

/// What [`used_styles`] and [`used_assets`] give.
pub(crate) fn used<'a>(
    tasks: &'a [Task],
    styles: &'a BTreeMap<String, Style>,
    assets: &'a BTreeMap<String, String>,
    main: Option<&'a str>,
) -> (BTreeMap<String, Style>, BTreeMap<String, String>) {
    let (mut used_styles, mut used_assets) = (Used::of(styles), Used::of(assets));
    for task in tasks {
        task.inputs.iter().for_each(|id| used_assets.take(id));
        for (name, value) in &task.params {
            let Value::Name(id) = value else { continue };
            match task.spec.param(name).map(|param| param.ty) {
                Some(Type::Style) => used_styles.take(id),
                Some(Type::Asset) => used_assets.take(id),
                _ => {}
            }
        }
    }
    if let Some(id) = main {
        used_assets.take(id);
    }
    (used_styles.taken, used_assets.taken)
}

/// What is used of what there is.
struct Used<'a, T> {
    all: &'a BTreeMap<String, T>,
    taken: BTreeMap<String, T>,
    /// The last name of each length and end, of which most names that are used again and again are told apart: it need
    /// not be looked up.
    last: [&'a str; 32],
}

impl<'a, T: Clone> Used<'a, T> {
    fn of(all: &'a BTreeMap<String, T>) -> Self {
        Self { all, taken: BTreeMap::new(), last: [""; 32] }
    }

    fn take(&mut self, name: &'a str) {
        let end = name.bytes().next_back().map_or(0, usize::from);
        let Some(last) = self.last.get_mut((end ^ name.len()) % 32) else { return };
        if *last == name {
            return;
        }
        *last = name;
        if !self.taken.contains_key(name)
            && let Some((name, value)) = self.all.get_key_value(name)
        {
            self.taken.insert(name.clone(), value.clone());
        }
    }
}

impl Serialize for Task {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        struct Params<'a>(&'a [(&'static str, Value<'static>)]);
        impl Serialize for Params<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.spec.name)?;
        if !self.inputs.is_empty() {
            map.serialize_entry("inputs", &self.inputs)?;
        }
        map.serialize_entry("params", &Params(&self.params))?;
        if let Some(output_id) = &self.output_id {
            map.serialize_entry("output_id", output_id)?;
        }
        if let Some(origin) = &self.origin {
            map.serialize_entry("origin", origin)?;
        }
        map.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Name(name) => serializer.serialize_str(name),
            Self::Symbol(word) => serializer.serialize_str(word),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) | Self::Pixels(value) | Self::Ratio(value) => serializer.serialize_f64(*value),
            Self::Seconds(time) => time.serialize(serializer),
            Self::Names(names) => serializer.collect_seq(names),
            Self::Cues(cues) => serializer.collect_seq(cues),
            Self::Words(words) => serializer.collect_seq(words.iter()),
        }
    }
}

/// Typed reading of a task's parameters, with the catalogue's defaults. Each answers nothing for a parameter that has
/// neither a value nor a default; after [`super::validate()`] that is only ever an optional one.
impl Task {
    /// A number in the parameter's unit: pixels, a share, or plain.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        match (self.param(name), self.spec.param(name).map(|spec| spec.need)) {
            (Some(Value::Number(value) | Value::Pixels(value) | Value::Ratio(value)), _) => Some(*value),
            (None, Some(Need::Default(value))) => Some(value),
            _ => None,
        }
    }

    /// A time.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<Time> {
        match (self.param(name), self.spec.param(name).map(|spec| spec.need)) {
            (Some(Value::Seconds(time)), _) => Some(*time),
            (None, Some(Need::Default(seconds))) => Time::from_secs(seconds),
            _ => None,
        }
    }

    /// A word of the parameter's closed set.
    #[must_use]
    pub fn word(&self, name: &str) -> Option<&'static str> {
        match (self.param(name), self.spec.param(name).map(|spec| spec.need)) {
            (Some(Value::Symbol(word)), _) => Some(word),
            (None, Some(Need::DefaultWord(word))) => Some(word),
            _ => None,
        }
    }

    /// A truth value.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        match (self.param(name), self.spec.param(name).map(|spec| spec.need)) {
            (Some(Value::Bool(value)), _) => *value,
            (None, Some(Need::DefaultBool(value))) => value,
            _ => false,
        }
    }

    /// A text, or the name of an asset or style.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.param(name) {
            Some(Value::Text(text) | Value::Name(text)) => Some(text),
            _ => None,
        }
    }

    /// Subtitle cues.
    #[must_use]
    pub fn cues(&self, name: &str) -> &[Cue] {
        match self.param(name) {
            Some(Value::Cues(cues)) => cues,
            _ => &[],
        }
    }
}

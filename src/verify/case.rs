//! A case as it is written: read strictly, every mistake at its place.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value as Json, json};

use crate::diagnostic::{self, CODES, Code, Diagnostic, Diagnostics, Source};
use crate::error::Error;
use crate::project::{self, Project};
use crate::rules::{self, DEFAULT_NAME, SettingChange, beside};
use crate::scenario::Document;
use crate::value::SUBTITLE_SOURCE;
use crate::{shape, suggest};

use super::Files;
use super::find::{CaseFiles, IN_FOLDER, last, rule_sets, within};
use super::inline::blanked;

/// The file, key for key.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "callsheet case", rename = "Case")]
struct CaseText {
    /// What the case shows, in a line.
    #[serde(default)]
    about: Option<String>,
    /// The scenario: its file, from this file's folder, or the scenario itself; if absent, `scenario.json` beside this file.
    #[serde(default)]
    #[schemars(schema_with = "scenario_schema")]
    scenario: Option<Json>,
    /// What the user asked for, instead of the scenario's `global_prompt`.
    #[serde(default)]
    prompt: Option<String>,
    /// Other values for settings, each as it would stand in the rules: "40%", "brand", "\"9:16\"".
    #[serde(default)]
    settings: BTreeMap<String, String>,
    /// The rule set, from this file's folder, or `default`; if absent, the one in the project's `rules`, else the shipped one.
    #[serde(default)]
    rules: Option<String>,
    /// What has to be decided; what is left out may be anything.
    #[serde(default)]
    decision: PinText,
    /// The codes of what has to be found; other errors are none that the case expects.
    #[serde(default)]
    diagnostics: Vec<String>,
}

/// What has to be decided.
#[derive(Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Decision")]
struct PinText {
    /// Whether key phrases are shown.
    #[serde(default)]
    theses: Option<bool>,
    /// Whether subtitles are shown.
    #[serde(default)]
    subtitles: Option<bool>,
    /// Where subtitles come from: `voiceover`, `transcription`, `on_screen` or `none`.
    #[serde(default)]
    source: Option<String>,
}

/// A decision in so far as a case says what it has to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pin {
    /// Whether key phrases are shown.
    pub theses: Option<bool>,
    /// Whether subtitles are shown.
    pub subtitles: Option<bool>,
    /// Where subtitles come from: a word of [`SUBTITLE_SOURCE`].
    pub source: Option<&'static str>,
}

/// A case whose scenario and rules have been found.
#[derive(Clone, Debug)]
pub struct Case {
    /// Where it lies.
    pub files: CaseFiles,
    /// Its text.
    pub source: Arc<Source>,
    /// What it shows, in a line; empty if it does not say.
    pub about: String,
    /// The scenario's text. Where it stands in the case itself, this is the case with all else blanked.
    pub scenario: Arc<Source>,
    /// What the user asked for, instead of the scenario's own prompt.
    pub prompt: Option<String>,
    /// Settings with other values.
    pub settings: Vec<SettingChange>,
    /// The file of the rule set, or [`DEFAULT_NAME`].
    pub rules: String,
    /// What has to be decided.
    pub pin: Pin,
    /// What has to be found.
    pub codes: Vec<Code>,
}

impl Case {
    /// Reads the case, and finds its scenario and its rules.
    pub fn read(place: &CaseFiles, files: Files<'_>) -> Result<Self, Diagnostics> {
        let source = (files.open)(&place.case)
            .map_err(|error| Diagnostics::from(Diagnostic::new(diagnostic::CASE_FILE, error.to_string())))?;
        let schema = loose_schema();
        let text: CaseText =
            serde_json::from_str(source.text()).map_err(|error| shape::explain(&source, &schema, &error))?;
        let mut found = shape::check(&source, &schema);
        if found.has_errors() {
            return Err(found);
        }
        let codes = codes(&text.diagnostics, &mut found);
        let pin = pin(text.decision, &mut found);
        let rules = rule_set(text.rules.as_deref(), place, &mut found);
        let scenario = scenario(text.scenario.as_ref(), &source, files, &mut found);
        let settings = text.settings.iter().map(|(name, value)| SettingChange::new(&place.case, name, value)).collect();
        let (Some(rules), Some(scenario), false) = (rules, scenario, found.has_errors()) else {
            return Err(found.located_in(&source));
        };
        let about = text.about.unwrap_or_default();
        Ok(Self { files: place.clone(), source, about, scenario, prompt: text.prompt, settings, rules, pin, codes })
    }

    /// Whether the scenario stands in the case itself.
    pub(super) fn is_inline(&self) -> bool {
        self.scenario.name() == self.source.name()
    }
}

/// The JSON Schema of a case.
#[must_use]
pub fn case_schema() -> Schema {
    schemars::schema_for!(CaseText)
}

fn scenario_schema(generator: &mut SchemaGenerator) -> Schema {
    let document = generator.subschema_for::<Document>();
    schemars::json_schema!({ "anyOf": [{ "type": "string" }, document, { "type": "null" }] })
}

/// The schema without that of a scenario, which is held against its own.
fn loose_schema() -> Json {
    let mut schema = case_schema().to_value();
    if let Some(scenario) = schema.pointer_mut("/properties/scenario") {
        *scenario = json!({});
    }
    schema
}

fn codes(written: &[String], found: &mut Diagnostics) -> Vec<Code> {
    let mut codes = Vec::new();
    let known: Vec<&str> = CODES.iter().map(|(code, _)| code.as_str()).collect();
    for (number, name) in written.iter().enumerate() {
        if let Some((code, _)) = CODES.iter().find(|(code, _)| code.as_str() == name) {
            codes.push(*code);
            continue;
        }
        let help = match suggest::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write the code of a finding, as in E0228".into(),
        };
        found.push(
            Diagnostic::new(diagnostic::UNKNOWN_VALUE, format!("there is no code `{}`", name.escape_debug()))
                .pointer(format!("/diagnostics/{number}"))
                .help(help),
        );
    }
    codes
}

fn pin(text: PinText, found: &mut Diagnostics) -> Pin {
    let source = text.source.and_then(|word| {
        let known = SUBTITLE_SOURCE.canonical(&word);
        if known.is_none() {
            found.push(
                Diagnostic::new(diagnostic::UNKNOWN_VALUE, format!("`{}` is not allowed here", word.escape_debug()))
                    .pointer("/decision/source")
                    .help(suggest::help(&word, SUBTITLE_SOURCE.values)),
            );
        }
        known
    });
    Pin { theses: text.theses, subtitles: text.subtitles, source }
}

/// The path of a file that the case names, from its folder.
fn named(path: &str, case: &str, pointer: &str, found: &mut Diagnostics) -> Option<String> {
    if !path.is_empty() && !path.starts_with('/') && !path.contains([':', '\\']) {
        return Some(beside(case, path));
    }
    let message = format!("`{}` is not a relative path", path.escape_debug());
    found.push(
        Diagnostic::new(diagnostic::CASE_FILE, message)
            .pointer(pointer)
            .help("write the path from this file's folder, with `/`, as in \"../scenario.json\""),
    );
    None
}

fn rule_set(written: Option<&str>, place: &CaseFiles, found: &mut Diagnostics) -> Option<String> {
    match written {
        Some("default") => return Some(DEFAULT_NAME.to_owned()),
        Some(path) => return named(path, &place.case, "/rules", found),
        None => {}
    }
    match project::of(Path::new(if place.project.is_empty() { "." } else { &place.project })) {
        Ok(Some(Project { rules: Some(rules), .. })) => return Some(within(&place.project, &beside("", &rules))),
        Ok(_) => {}
        Err(Error::Invalid(wrong)) => {
            found.extend(wrong);
            return None;
        }
        Err(error) => {
            found.push(Diagnostic::new(diagnostic::PROJECT_FILE, error.to_string()).pointer(""));
            return None;
        }
    }
    let mut sets = rule_sets(&place.project);
    // A set that another one extends is not the one that is used.
    let parents: Vec<String> = sets.iter().flat_map(|set| parents(set)).collect();
    sets.retain(|set| !parents.contains(set));
    if sets.len() > 1 {
        let folder = within(&place.project, "rules");
        // From the folder of the case, which is one deeper where the case is a folder.
        let up = if last(&place.case) == IN_FOLDER { "../.." } else { ".." };
        let sets: Vec<String> = sets.iter().map(|set| format!("\"rules\": \"{up}/rules/{}\"", last(set))).collect();
        found.push(
            Diagnostic::new(diagnostic::CASE_FILE, format!("`{folder}` has {} rule sets of its own", sets.len()))
                .pointer("")
                .help(format!("say which one is meant: write {}", sets.join(" or "))),
        );
        return None;
    }
    Some(sets.pop().unwrap_or_else(|| DEFAULT_NAME.to_owned()))
}

fn parents(set: &str) -> Vec<String> {
    let Ok(text) = rules::from_disk(set) else { return Vec::new() };
    let (ast, _) = rules::parse(&Source::new(set, text));
    let extends = ast.items.iter().filter_map(|item| match item {
        rules::ast::Item::Extend(path) => Some(beside(set, &path.node)),
        _ => None,
    });
    extends.collect()
}

fn scenario(
    written: Option<&Json>,
    case: &Arc<Source>,
    files: Files<'_>,
    found: &mut Diagnostics,
) -> Option<Arc<Source>> {
    let path = match written {
        None | Some(Json::Null) => beside(case.name(), "scenario.json"),
        Some(Json::String(path)) => named(path, case.name(), "/scenario", found)?,
        Some(Json::Object(_)) => return Some(blanked(case, case.json_index().locate("/scenario")?)),
        Some(_) => {
            found.push(
                Diagnostic::new(diagnostic::WRONG_TYPE, "a scenario is the path of a file, or an object")
                    .pointer("/scenario")
                    .help("write \"../scenario.json\", or { \"scenario\": { … }, \"assets\": { … } }"),
            );
            return None;
        }
    };
    (files.open)(&path)
        .map_err(|error| {
            found.push(
                Diagnostic::new(diagnostic::CASE_FILE, error.to_string())
                    .pointer("/scenario")
                    .help("write \"scenario\": \"../scenario.json\"; the path starts from this file's folder"),
            );
        })
        .ok()
}

//! The Editor: an instruction and media become tasks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::decide::State;
use crate::diagnostic::Source;
use crate::error::Result;

use super::data::Material;
use super::planner::{Ground, Planned, judge, schema};
use super::prompts::Prompt;
use super::{Progress, Writer, habits, wishes};

/// Asks a model what is to be done with the media, whose paths are `assets`.
pub fn edit(
    writer: &Writer<'_>,
    material: &Material<'_>,
    assets: &BTreeMap<String, String>,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Planned> {
    let asked = writer.templates.fill(Prompt::Edit, &material.values())?;
    let ground = Ground { material, assets, model: &writer.config.model };
    let refuses = |name: &str| material.decision.signals.get(name) == Some(&State::Refused);
    let mut judge = |_: &Json, source: &Arc<Source>| {
        judge(source, &ground, &|plan| {
            wishes::bind_edit(plan, refuses("subtitles"), refuses("theses") || refuses("any_text"))
        })
    };
    let outcome = writer.converse(asked, schema()?, habits::tasks, &mut judge, on_progress)?;
    let ((plan, warnings), repairs) = outcome.held()?;
    Ok(Planned { plan, repairs, warnings })
}

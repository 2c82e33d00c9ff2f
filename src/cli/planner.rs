//! Who makes the plan of a scenario: the rules, or a model.

use std::path::Path;
use std::sync::Arc;

use crate::decide::Decision;
use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media::MediaTable;
use crate::produce::measure;
use crate::rules::Program;
use crate::scenario::Ready;
use crate::tasks::Plan;
use crate::value::Cue;
use crate::writer::{self, Material, Names, Planner};

use super::model::{ModelArgs, WriterShow, no_model};
use super::output::Terminal;

#[derive(Debug, clap::Args)]
pub(super) struct PlannerArgs {
    /// Who makes the tasks
    #[arg(long, value_name = "WHO", default_value = "rules", conflicts_with = "tasks")]
    pub(super) planner: Planner,
    #[command(flatten)]
    model: ModelArgs,
}

/// A scenario with all that its plan is made of.
pub(super) struct Ground<'a> {
    pub(super) ready: &'a Ready,
    pub(super) decision: &'a Decision,
    pub(super) program: &'a Program,
    pub(super) prompt: &'a str,
    pub(super) source: &'a Arc<Source>,
    pub(super) folder: &'a Path,
}

impl PlannerArgs {
    /// The plan that a model makes; `by_rules` is the rules' own.
    pub(super) fn plan(
        &self,
        ground: &Ground<'_>,
        by_rules: &Plan,
        terminal: &Terminal,
        cancel: &Cancel,
    ) -> Result<Plan> {
        let model = self.model.model()?.ok_or_else(|| no_model("`--planner rules` needs none"))?;
        let document = ground.ready.document();
        let media = measure(&document.assets, MediaTable::new(), ground.folder, ground.source, cancel)?;
        let transcript: [Cue; 0] = [];
        let material = Material {
            prompt: ground.prompt,
            media: &media,
            names: &Names::new(),
            main: document.main_asset_id.as_deref(),
            transcript: &transcript,
            decision: ground.decision,
            program: ground.program,
        };
        let mut show = WriterShow::new(terminal);
        let writer = model.writer(cancel);
        let planned = writer::plan(&writer, self.planner, ground.ready, &material, by_rules, &mut |progress| {
            show.show(&progress);
        });
        // Where even the rules' own plan does not fit the media, the findings are about the scenario.
        let planned = planned.map_err(|error| match error {
            Error::Invalid(found) => Error::Invalid(found.located_in(ground.source)),
            other => other,
        })?;
        terminal.findings(&planned.warnings);
        Ok(planned.plan.plan().clone())
    }
}

//! Nothing is planned or rendered while media are missing.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::model::{AssetSource, AssetStatus, Document};
use super::normalise::{Facts, Scenario};
use crate::time::Time;

/// A scenario all of whose media are there: the only one that can be compiled.
#[derive(Clone, Debug)]
pub struct Ready(Scenario);

impl Ready {
    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.0
    }

    /// The file's content.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.0.document
    }

    /// What was derived from it.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.0.facts
    }
}

/// Why a segment's media are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nobody has made or found them yet.
    NotGenerated,
    /// They were to be made, and were not.
    GenerationFailed,
    /// Their upload is not finished.
    NotUploaded,
    /// Their upload failed.
    UploadFailed,
}

/// A segment whose media are not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pending {
    /// The scene that it belongs to, by its `scene_id` or by time.
    pub scene_id: Option<String>,
    /// Its id, given or made.
    pub segment_id: String,
    /// `pending` or `failed`.
    pub asset_status: &'static str,
    /// Why it is not ready.
    pub reason: String,
    /// What to do.
    pub action: String,
    /// Where it stands in the file.
    pub pointer: String,
    /// The same as the reason, for who tells it in other words.
    #[serde(skip)]
    pub cause: Cause,
    /// From when to when it is to be seen or heard.
    #[serde(skip)]
    pub time: (Time, Time),
}

impl Cause {
    fn of(source: Option<AssetSource>, failed: bool) -> Self {
        match (source, failed) {
            (Some(AssetSource::Uploaded), false) => Self::NotUploaded,
            (Some(AssetSource::Uploaded), true) => Self::UploadFailed,
            (_, false) => Self::NotGenerated,
            (_, true) => Self::GenerationFailed,
        }
    }

    /// What happened, and what to do.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotUploaded => ("its upload is not finished", "finish the upload"),
            Self::UploadFailed => ("its upload failed", "upload it again"),
            Self::NotGenerated => ("its clip is not generated yet", "generate it or find stock"),
            Self::GenerationFailed => ("its generation failed", "generate it again or find stock"),
        }
    }
}

/// Every segment that waits for its media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReady(pub Vec<Pending>);

/// Lets `scenario` through if no segment waits for its media.
pub fn ready(scenario: Scenario) -> Result<Ready, NotReady> {
    let pending = pending(&scenario);
    if pending.is_empty() { Ok(Ready(scenario)) } else { Err(NotReady(pending)) }
}

fn pending(scenario: &Scenario) -> Vec<Pending> {
    let story = &scenario.document.scenario;
    let mut pending = Vec::new();
    for (layer_number, (layer, facts)) in story.layers.iter().zip(&scenario.facts.segments).enumerate() {
        for (number, (segment, facts)) in layer.segments.iter().zip(facts).enumerate() {
            if !segment.waits_in(layer.kind) {
                continue;
            }
            let by_time = |scene: &&super::Scene| (scene.start_sec..scene.end_sec).contains(&segment.start_sec);
            let scene_id =
                segment.scene_id.clone().or_else(|| story.scenes.iter().find(by_time).map(|scene| scene.id.clone()));
            let failed = segment.asset_status == Some(AssetStatus::Failed);
            let cause = Cause::of(segment.asset_source, failed);
            let (reason, action) = cause.words();
            pending.push(Pending {
                scene_id,
                segment_id: facts.id.clone(),
                asset_status: if failed { "failed" } else { "pending" },
                reason: format!("{} s to {} s: {reason}", segment.start_sec, segment.end_sec),
                action: format!(
                    "{action}, then set \"asset_id\" and \"asset_status\": \"ready\" at \
                     /scenario/layers/{layer_number}/segments/{number}"
                ),
                pointer: format!("/scenario/layers/{layer_number}/segments/{number}"),
                cause,
                time: (segment.start_sec, segment.end_sec),
            });
        }
    }
    pending
}

impl NotReady {
    /// The scenes that wait, each once; a segment of no scene stands for itself.
    #[must_use]
    pub fn scenes(&self) -> Vec<&str> {
        let mut scenes: Vec<&str> = Vec::new();
        for pending in &self.0 {
            let name = pending.scene_id.as_deref().unwrap_or(&pending.segment_id);
            if !scenes.contains(&name) {
                scenes.push(name);
            }
        }
        scenes
    }
}

/// The one line that names the scenes, then a line for each segment.
impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "generate or find stock first for scenes: {}", self.scenes().join(", "))?;
        for pending in &self.0 {
            let scene = pending.scene_id.as_deref().unwrap_or("no scene");
            write!(f, "\n  {scene}, segment {}: {}; {}", pending.segment_id, pending.reason, pending.action)?;
        }
        Ok(())
    }
}

//! A clip is given to its segment: in the scenario's own text, which otherwise stays as its author wrote it.

mod edit;

use serde_json::Value;

use crate::diagnostic::Source as Text;
use crate::error::{Error, Result};
use crate::scenario::{self, ClipFit, Credit, Document, LayerKind, Segment, segment_id};

use edit::Step::{self, Key, Number};

/// What a segment is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Placing {
    /// The segment's id, given or made.
    pub segment_id: String,
    /// The asset's id.
    pub asset_id: String,
    /// Where the asset lies, from the scenario's folder; none where assets are not kept in the scenario.
    pub path: Option<String>,
    /// What becomes of it if it is too short; as the segment has it already, if none.
    pub clip_fit: Option<ClipFit>,
    /// Whom it is owed to.
    pub credit: Credit,
}

impl Placing {
    /// The scenario's `text` with the segment filled: its `asset_id`, `asset_status` and `params.clip_fit`, the asset in
    /// `assets`, its author in `credits`. Nothing else is changed, not even a blank.
    ///
    /// A text that is no scenario, or has no such segment, is an error; so is what would not be a scenario afterwards.
    pub fn write_in(&self, text: &str) -> Result<String> {
        let document = scenario::read(&Text::new("the scenario", text.to_owned()))?;
        let place = self.place(&document).ok_or_else(|| self.lost())?;
        let written = self.edit(text, place).ok_or_else(|| self.lost())?;
        // Whatever the editing did, what is written must be a scenario with the segment filled.
        scenario::read(&Text::new("the scenario", written.clone()))?;
        Ok(written)
    }

    /// Layer and number of the segment.
    fn place(&self, document: &Document) -> Option<(usize, usize)> {
        document.scenario.layers.iter().enumerate().find_map(|(layer_number, layer)| {
            let named = |(number, segment): &(usize, &Segment)| {
                segment_id(segment, layer.kind, layer_number, *number) == self.segment_id
            };
            let (number, _) = layer.segments.iter().enumerate().find(named)?;
            let has_media = !matches!(layer.kind, LayerKind::Text | LayerKind::Subtitle);
            has_media.then_some((layer_number, number))
        })
    }

    fn edit(&self, text: &str, (layer, number): (usize, usize)) -> Option<String> {
        let segment = [Key("scenario"), Key("layers"), Number(layer), Key("segments"), Number(number)];
        let within = |steps: &[Step<'_>], text: &str, value: &str| {
            edit::set(text, &[&segment[..], steps].concat(), &Value::from(value))
        };
        let text = within(&[Key("asset_id")], text, &self.asset_id)?;
        let text = within(&[Key("asset_status")], &text, "ready")?;
        // Where the last clip began says nothing about this one.
        let mut text = edit::remove(&text, &[&segment[..], &[Key("source_in_sec")]].concat())?;
        if let Some(fit) = self.clip_fit {
            text = within(&[Key("params"), Key("clip_fit")], &text, fit.word())?;
        }
        if let Some(path) = &self.path {
            text = edit::set(&text, &[Key("assets"), Key(&self.asset_id)], &Value::from(path.as_str()))?;
        }
        let credit = serde_json::to_value(&self.credit).ok()?;
        if credit.as_object().is_some_and(|lines| !lines.is_empty()) {
            text = edit::set(&text, &[Key("credits"), Key(&self.asset_id)], &credit)?;
        }
        Some(text)
    }

    fn lost(&self) -> Error {
        Error::Usage {
            reason: format!("the scenario has no segment `{}` that can be filled", self.segment_id.escape_debug()),
            fix: "a clip goes into a segment of a video, image or audio layer; look at the scenario".into(),
        }
    }
}

//! A clip is given to its segment: in the scenario's own text, which otherwise stays as its author wrote it.

use std::sync::Arc;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::Value;

use crate::diagnostic::Source as Text;
use crate::error::{Error, Result};
use crate::scenario::{self, ClipFit, Credit, Document, LayerKind, Segment, segment_id};

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
        let pointer = self.pointer(&document).ok_or_else(|| self.lost())?;
        let tree = CstRootNode::parse(text, &ParseOptions::default()).map_err(|_| self.lost())?;
        let root = tree.object_value().ok_or_else(|| self.lost())?;
        let segment = at(&root, &pointer).ok_or_else(|| self.lost())?;
        set(&segment, "asset_id", CstInputValue::String(self.asset_id.clone()));
        set(&segment, "asset_status", CstInputValue::String("ready".into()));
        // Where the last clip began says nothing about this one.
        if let Some(start) = segment.get("source_in_sec") {
            start.remove();
        }
        if let Some(fit) = self.clip_fit {
            set(&segment.object_value_or_set("params"), "clip_fit", CstInputValue::String(fit.word().into()));
        }
        if let Some(path) = &self.path {
            set(&root.object_value_or_set("assets"), &self.asset_id, CstInputValue::String(path.clone()));
        }
        if let Ok(Value::Object(credit)) = serde_json::to_value(&self.credit)
            && !credit.is_empty()
        {
            let lines = credit.into_iter().filter_map(|(name, value)| Some((name, text_of(value)?))).collect();
            set(&root.object_value_or_set("credits"), &self.asset_id, CstInputValue::Object(lines));
        }
        let written = tree.to_string();
        // Whatever the editing did, what is written must be a scenario with the segment filled.
        let source: Arc<Text> = Text::new("the scenario", written.clone());
        scenario::read(&source)?;
        Ok(written)
    }

    /// Where the segment stands.
    fn pointer(&self, document: &Document) -> Option<String> {
        document.scenario.layers.iter().enumerate().find_map(|(layer_number, layer)| {
            let named = |(number, segment): &(usize, &Segment)| {
                segment_id(segment, layer.kind, layer_number, *number) == self.segment_id
            };
            let (number, _) = layer.segments.iter().enumerate().find(named)?;
            let has_media = !matches!(layer.kind, LayerKind::Text | LayerKind::Subtitle);
            has_media.then(|| format!("/scenario/layers/{layer_number}/segments/{number}"))
        })
    }

    fn lost(&self) -> Error {
        Error::Usage {
            reason: format!("the scenario has no segment `{}` that can be filled", self.segment_id.escape_debug()),
            fix: "`callsheet fill scenario.json` lists those that wait".into(),
        }
    }
}

fn text_of(value: Value) -> Option<CstInputValue> {
    match value {
        Value::String(text) => Some(CstInputValue::String(text)),
        _ => None,
    }
}

/// Sets a property where it stands, or adds it at the end.
fn set(object: &CstObject, name: &str, value: CstInputValue) {
    match object.get(name) {
        Some(property) => property.set_value(value),
        None => _ = object.append(name, value),
    }
}

/// The object at `pointer`, whose steps hold neither `~` nor `/`.
fn at(root: &CstObject, pointer: &str) -> Option<CstObject> {
    let mut steps = pointer.split('/').skip(1);
    let mut node = root.get(steps.next()?)?.value()?;
    for step in steps {
        node = match step.parse::<usize>() {
            Ok(number) => node.as_array()?.elements().into_iter().nth(number)?,
            Err(_) => node.as_object()?.get(step)?.value()?,
        };
    }
    node.as_object()
}

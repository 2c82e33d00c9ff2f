//! How the tasks make the picture underneath, where they do it in a way that a scenario has.

use crate::scenario::{Fit, Layer, LayerKind, Motion, Params, Scene, Segment};
use crate::tasks::{Plan, Task};
use crate::time::Time;

/// The tasks that make the picture underneath, and the layer that says so.
#[derive(Clone, Debug)]
pub(super) struct Base {
    /// The tasks that the layer's segments become, in the order of the segments.
    pub(super) pieces: Vec<usize>,
    /// The task that the scenario as a whole becomes: the one `trim`, or the `concat`.
    pub(super) whole: usize,
    /// The video layer.
    pub(super) layer: Layer,
    /// A scene for each of its segments.
    pub(super) scenes: Vec<Scene>,
    /// How long it is.
    pub(super) length: Time,
}

/// The picture underneath: the main asset from its start, or parts of assets joined by one `concat`.
pub(super) fn find(plan: &Plan) -> Option<Base> {
    let base = match &plan.main_asset_id {
        Some(main) => whole_main(plan, main).or_else(|| joined(plan, Some(main))),
        None => joined(plan, None),
    };
    base.filter(|base| base.length <= Time::MAX)
}

fn whole_main(plan: &Plan, main: &str) -> Option<Base> {
    let is_main = |task: &Task| part_of(task).is_some_and(|(asset, start, _)| asset == main && start == Time::ZERO);
    let whole = plan.tasks.iter().position(|task| is_main(task) && task.output_id.is_none())?;
    let (_, _, length) = part_of(plan.tasks.get(whole)?)?;
    let segment = Segment { asset_id: Some(main.into()), ..Segment::new(Time::ZERO, length) };
    Some(Base { pieces: Vec::new(), whole, ..base(vec![segment], length) })
}

fn joined(plan: &Plan, main: Option<&str>) -> Option<Base> {
    let whole = plan.tasks.iter().position(|task| task.spec.name == "concat" && task.output_id.is_none())?;
    let mut pieces = Vec::new();
    let mut segments = Vec::new();
    let mut at = Time::ZERO;
    for input in &plan.tasks.get(whole)?.inputs {
        let number = plan.tasks.iter().position(|task| task.output_id.as_ref() == Some(input))?;
        let (asset, start, end) = part_of(plan.tasks.get(number)?)?;
        let is_right = plan.assets.contains_key(asset) && main.is_none_or(|main| main == asset);
        if !is_right || pieces.last().is_some_and(|last| *last >= number) {
            return None;
        }
        segments.push(Segment {
            id: Some(input.clone()),
            asset_id: Some(asset.into()),
            // The main asset plays on from where it is, so it always says; elsewhere 0 goes without saying.
            source_in_sec: Some(start).filter(|start| main.is_some() || *start > Time::ZERO),
            params: framing(plan.tasks.get(number)?),
            ..Segment::new(at, at + (end - start))
        });
        pieces.push(number);
        at += end - start;
    }
    // Uncut, the main asset would play through.
    let is_cut = segments.iter().any(|segment| segment.source_in_sec != Some(segment.start_sec));
    (main.is_none() || is_cut).then(|| Base { pieces, whole, ..base(segments, at) })
}

/// How a piece fills the canvas; that a photo stands still goes without saying.
fn framing(task: &Task) -> Option<Params> {
    let written = |name: &str| task.param(name).and(task.word(name));
    let share = |name: &str| task.number(name);
    let params = Params {
        fit: written("fit").and_then(Fit::from_word),
        background: task.text("background").map(str::to_owned),
        focus_x: share("focus_x"),
        focus_y: share("focus_y"),
        motion: written("motion").and_then(Motion::from_word).filter(|motion| *motion != Motion::None),
        ..Params::default()
    };
    Some(params).filter(|params| *params != Params::default())
}

/// Which part of which input a `trim` keeps.
fn part_of(task: &Task) -> Option<(&str, Time, Time)> {
    let [input] = task.inputs.as_slice() else { return None };
    let (start, end) = (task.time("start_time")?, task.time("end_time")?);
    (task.spec.name == "trim" && start < end).then_some((input.as_str(), start, end))
}

fn base(mut segments: Vec<Segment>, length: Time) -> Base {
    let mut scenes = Vec::new();
    for (number, segment) in segments.iter_mut().enumerate() {
        let id = format!("scene-{}", number + 1);
        segment.scene_id = Some(id.clone());
        scenes.push(Scene {
            id,
            start_sec: segment.start_sec,
            end_sec: segment.end_sec,
            voiceover_text: None,
            visual_description: None,
            overlays: Vec::new(),
        });
    }
    Base { pieces: Vec::new(), whole: 0, layer: Layer::new(LayerKind::Video, segments), scenes, length }
}

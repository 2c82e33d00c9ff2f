//! One way to lay the tasks of a list out in a scenario, in an order from which they come back in theirs.
//!
//! Compiling orders tasks by pass, stage and place in the document: the scenario itself, the texts of scenes, layers,
//! effects. A task that would come too early for its place in the list begins a new pass.

use std::collections::BTreeMap;

use crate::scenario::{Document, Layer, LayerKind, Metadata, Overlay, Segment, Story};
use crate::tasks::{Plan, Stage, Task};

use super::habits::Habits;
use super::homes::{Home, Homes};
use super::picture::Base;

/// A way to lay a list out.
pub(super) struct Way<'a> {
    /// Whether the rules fill in nothing.
    pub(super) verbatim: bool,
    /// The tasks that make the picture underneath, if that is to be the scenario's own.
    pub(super) base: Option<&'a Base>,
    /// Whether tasks stand where an editor would look for them; else each is an effect.
    pub(super) natural: bool,
}

/// A scenario that is not proved yet.
pub(super) struct Draft {
    pub(super) document: Document,
    /// How far it is from what a person would write.
    pub(super) cost: usize,
}

/// The places of a document, in the order in which they become tasks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Scenario,
    Scenes,
    Layers,
    Effects,
}

struct Arranging {
    story: Story,
    /// Of each layer: the pass and stage of what it becomes.
    layers: Vec<(u32, Stage)>,
    pass: u32,
    /// Where the last task stands in its pass.
    last: (Stage, Rank),
    /// The scene of the last text.
    scene: usize,
}

/// Lays `plan` out; `None` where this way is not open to it.
pub(super) fn arrange(plan: &Plan, way: &Way<'_>, habits: &Habits) -> Option<Draft> {
    let length = way.base.map(|base| base.length);
    let homes = Homes { plan, habits, verbatim: way.verbatim, length };
    let mut arranging = Arranging::new(way);
    for (number, task) in plan.tasks.iter().enumerate() {
        let made_by = way.base.and_then(|base| {
            let is_piece = base.pieces.contains(&number);
            if base.whole == number { Some(Rank::Scenario) } else { is_piece.then_some(Rank::Layers) }
        });
        match made_by {
            Some(rank) => arranging.step(task.spec.stage, rank)?,
            None => arranging.put(task, homes.of(task, way.natural))?,
        }
    }
    let story = arranging.story;
    let passes = usize::try_from(arranging.pass).unwrap_or(usize::MAX);
    let cost = usize::from(way.verbatim) + 2 * story.effects.len() + 3 * passes;
    let document = Document {
        scenario: story,
        assets: plan.assets.clone(),
        main_asset_id: plan.main_asset_id.clone(),
        credits: BTreeMap::new(),
    };
    Some(Draft { document, cost })
}

impl Arranging {
    fn new(way: &Way<'_>) -> Self {
        let mut story = Story { verbatim: way.verbatim.then_some(true), ..Story::default() };
        let mut layers = Vec::new();
        if let Some(base) = way.base {
            story.metadata.total_duration_sec = Some(base.length);
            story.scenes.clone_from(&base.scenes);
            story.layers.push(base.layer.clone());
            layers.push((0, Stage::Source));
        }
        Self { story, layers, pass: 0, last: (Stage::Source, Rank::Scenario), scene: 0 }
    }

    /// Goes on to a place of this pass, if it comes after the last one.
    fn step(&mut self, stage: Stage, rank: Rank) -> Option<()> {
        let is_first_pass_only = rank == Rank::Scenario || rank == Rank::Scenes;
        if (stage, rank) < self.last || (is_first_pass_only && self.pass > 0) {
            return None;
        }
        self.last = (stage, rank);
        Some(())
    }

    fn put(&mut self, task: &Task, homes: Vec<Home>) -> Option<()> {
        let stage = task.spec.stage;
        let (here, home) = match homes.iter().position(|home| self.is_open(stage, home)) {
            Some(number) => (true, homes.into_iter().nth(number)?),
            None => (false, homes.into_iter().find(|home| rank(home) >= Rank::Layers)?),
        };
        if !here {
            self.pass += 1;
            self.last = (Stage::Source, Rank::Scenario);
        }
        self.step(stage, rank(&home))?;
        match home {
            Home::Canvas(canvas) => {
                self.story.metadata = Metadata { total_duration_sec: self.story.metadata.total_duration_sec, ..canvas };
            }
            Home::Overlay(overlay) => {
                self.scene = self.scene_of(&overlay)?;
                self.story.scenes.get_mut(self.scene)?.overlays.push(overlay);
            }
            Home::Segment(kind, segment) => self.segment(stage, kind, *segment),
            Home::Subtitles(layer) => self.layer(stage, layer),
            Home::Effect(mut effect) => {
                effect.pass = Some(self.pass).filter(|pass| *pass > 0);
                self.story.effects.push(*effect);
            }
        }
        Some(())
    }

    fn is_open(&self, stage: Stage, home: &Home) -> bool {
        let rank = rank(home);
        let in_pass = rank >= Rank::Layers || self.pass == 0;
        let in_scene = match home {
            // Texts come scene by scene.
            Home::Overlay(overlay) => self.scene_of(overlay).is_some_and(|scene| scene >= self.scene),
            _ => true,
        };
        in_pass && in_scene && (stage, rank) >= self.last
    }

    /// The scene in which a text appears.
    fn scene_of(&self, overlay: &Overlay) -> Option<usize> {
        self.story.scenes.iter().rposition(|scene| scene.start_sec <= overlay.start_sec)
    }

    /// Puts a segment at the end of the last layer, or into a new one where it does not follow on what is there.
    fn segment(&mut self, stage: Stage, kind: LayerKind, segment: Segment) {
        let last = self.layers.iter().rposition(|known| *known == (self.pass, stage));
        let layer = last.and_then(|number| self.story.layers.get_mut(number));
        let follows = |layer: &&mut Layer| {
            layer.kind == kind && layer.segments.last().is_some_and(|last| last.end_sec <= segment.start_sec)
        };
        match layer.filter(follows) {
            Some(layer) => layer.segments.push(segment),
            None => self.layer(stage, Layer::new(kind, vec![segment])),
        }
    }

    fn layer(&mut self, stage: Stage, layer: Layer) {
        let pass = Some(self.pass).filter(|pass| *pass > 0);
        self.story.layers.push(Layer { pass, ..layer });
        self.layers.push((self.pass, stage));
    }
}

fn rank(home: &Home) -> Rank {
    match home {
        Home::Canvas(_) => Rank::Scenario,
        Home::Overlay(_) => Rank::Scenes,
        Home::Segment(..) | Home::Subtitles(_) => Rank::Layers,
        Home::Effect(_) => Rank::Effects,
    }
}

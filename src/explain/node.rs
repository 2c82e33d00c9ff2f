//! The parts of a scenario as a person names them.

use serde::Serialize;

use crate::compile::{Inquiry, Spot};
use crate::error::{Error, Result};
use crate::scenario::field::{Node, NodeKind};
use crate::suggest;
use crate::value::Value;

use super::trace::{harmless, said};

/// A longer list of what is allowed is no help.
const MOST_NAMES: usize = 12;

/// A part of a scenario, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeName {
    /// Its kind's word, e.g. `segment`.
    pub kind: &'static str,
    /// Its id, or its number from 1.
    pub name: String,
    /// What tells it from others, e.g. `video layer, 0–12 s, talk`.
    pub about: String,
    /// Where it stands in the scenario file.
    pub pointer: String,
}

impl NodeName {
    /// `segment cut`, `overlay 3`, `the scenario`.
    #[must_use]
    pub fn short(&self) -> String {
        if self.name.is_empty() {
            format!("the {}", self.kind)
        } else {
            format!("{} {}", self.kind, harmless(&self.name))
        }
    }
}

/// Every place of a scenario with its name.
pub(super) struct Nodes<'a>(pub(super) Vec<(Spot<'a>, NodeName)>);

impl<'a> Nodes<'a> {
    pub(super) fn new(inquiry: Inquiry<'a>) -> Self {
        let mut counts = [0_usize; NodeKind::ALL.len()];
        let named = inquiry.spots().into_iter().map(|spot| {
            let count = counts.get_mut(spot.kind() as usize);
            let number = count.map_or(0, |count| {
                *count += 1;
                *count
            });
            let name = name(&spot, number);
            (spot, name)
        });
        Self(named.collect())
    }

    pub(super) fn at(&self, pointer: &str) -> Option<&(Spot<'a>, NodeName)> {
        self.0.iter().find(|(_, name)| name.pointer == pointer)
    }

    pub(super) fn of_kind(&self, kind: NodeKind) -> impl Iterator<Item = &(Spot<'a>, NodeName)> {
        self.0.iter().filter(move |(spot, _)| spot.kind() == kind)
    }

    /// The segment called `id`, or at that pointer.
    pub(super) fn segment(&self, id: &str) -> Result<&(Spot<'a>, NodeName)> {
        let all = || self.of_kind(NodeKind::Segment);
        let found = all().find(|(_, name)| name.name == id || name.pointer == id);
        let known: Vec<&str> = all().map(|(_, name)| name.name.as_str()).collect();
        found.ok_or_else(|| unknown("segment", id, &known, "the scenario has no segments"))
    }

    /// The overlay of this number in the scenario, of this number in a scene (`scene-1/2`), or at that pointer.
    pub(super) fn overlay(&self, wanted: &str) -> Result<&(Spot<'a>, NodeName)> {
        let all = || self.of_kind(NodeKind::Overlay);
        let in_scene = wanted.rsplit_once('/').and_then(|(scene, number)| {
            let number: usize = number.parse().ok()?;
            all().filter(|(spot, _)| scene_id(spot) == Some(scene)).nth(number.checked_sub(1)?)
        });
        let found = in_scene.or_else(|| all().find(|(_, name)| name.name == wanted || name.pointer == wanted));
        found.ok_or_else(|| {
            let count = all().count();
            let fix = match count {
                0 => "the scenario has no overlays".to_owned(),
                1 => "the scenario has one; write 1".to_owned(),
                _ => format!(
                    "write a number from 1 to {count}, in the order of the scenario, or a scene with the number in it: {}",
                    in_scenes(all().map(|(spot, _)| spot))
                ),
            };
            Error::Usage { reason: format!("there is no overlay `{}`", wanted.escape_debug()), fix }
        })
    }
}

/// How each scene's overlays are named.
fn in_scenes<'s, 'a: 's>(spots: impl Iterator<Item = &'s Spot<'a>>) -> String {
    let mut scenes: Vec<(&str, usize)> = Vec::new();
    for id in spots.filter_map(scene_id) {
        match scenes.last_mut() {
            Some((last, count)) if *last == id => *count += 1,
            _ => scenes.push((id, 1)),
        }
    }
    let names = scenes.iter().flat_map(|(id, count)| (1..=*count).map(move |number| format!("{id}/{number}")));
    listed(&names.collect::<Vec<_>>())
}

/// What to say where nothing is called `wrong`.
pub(super) fn unknown(kind: &str, wrong: &str, known: &[&str], none: &str) -> Error {
    let allowed = if known.is_empty() { none.to_owned() } else { format!("there are {}", listed(known)) };
    let fix = match suggest::nearest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{}`? {allowed}", harmless(near)),
        None => allowed,
    };
    Error::Usage { reason: format!("there is no {kind} `{}`", wrong.escape_debug()), fix }
}

fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let shown = harmless(&suggest::list(names.get(..MOST_NAMES).unwrap_or(names)));
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn scene_id<'a>(spot: &Spot<'a>) -> Option<&'a str> {
    match spot.node(NodeKind::Scene)? {
        Node::Scene(scene) => Some(&scene.id),
        _ => None,
    }
}

fn name(spot: &Spot<'_>, number: usize) -> NodeName {
    let kind = spot.kind();
    let text = |text: &str| said(Some(&Value::Text(text.into())));
    let (name, about) = match spot.node(kind) {
        Some(Node::Scene(scene)) => (scene.id.clone(), vec![format!("{}–{} s", scene.start_sec, scene.end_sec)]),
        Some(Node::Overlay(overlay)) => {
            let scene = scene_id(spot).unwrap_or_default().to_owned();
            let times = format!("{}–{} s", overlay.start_sec, overlay.end_sec);
            let said = overlay.text.as_deref().map(text);
            (number.to_string(), [scene, times].into_iter().chain(said).collect())
        }
        Some(Node::Layer(layer)) => (number.to_string(), vec![layer.kind.word().to_owned()]),
        Some(Node::Segment(segment, facts)) => {
            let mut about: Vec<String> = spot.layer().iter().map(|layer| format!("{} layer", layer.word())).collect();
            about.push(format!("{}–{} s", segment.start_sec, segment.end_sec));
            about.extend(segment.asset_id.clone());
            let said = segment.params.as_ref().and_then(|params| params.text.as_deref());
            about.extend(said.map(text));
            (facts.id.clone(), about)
        }
        Some(Node::Effect(effect)) => (number.to_string(), vec![effect.kind.word().to_owned()]),
        Some(Node::Scenario(..)) | None => (String::new(), Vec::new()),
    };
    NodeName { kind: kind.word(), name, about: harmless(&about.join(", ")), pointer: spot.pointer() }
}

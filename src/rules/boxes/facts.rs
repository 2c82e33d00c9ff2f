//! What holds in every scenario that can be compiled: `scenario::normalise` and `scenario::ready` refuse the rest.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::scenario::LayerKind;
use crate::scenario::field::{self, NodeKind, Presence};

use super::Sides;
use super::axis::{Axis, EQUAL, LESS, Leaf};
use super::condition::{filled_field, word};
use super::relation;
use super::side::{ABSENT, Side};

/// Which facts are counted on, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) struct FactSet(u64);

impl FactSet {
    pub(in crate::rules) const ALL: Self = Self(u64::MAX);
    pub(super) const NONE: Self = Self(0);

    /// Without those that speak of a segment and its layer, where the two that can be read do not belong together.
    pub(in crate::rules) fn without_layers(self) -> Self {
        let layers = FACTS.iter().enumerate().filter(|(_, fact)| fact.of_layer);
        Self(layers.fold(self.0, |set, (place, _)| set & !(1 << place)))
    }

    fn has(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }

    /// Each of these facts alone, with its words.
    pub(super) fn each(self) -> impl Iterator<Item = (Self, &'static str)> {
        let facts = FACTS.iter().enumerate().filter(move |(place, _)| self.has(*place));
        facts.map(move |(place, fact)| (Self(1 << place), fact.words))
    }
}

/// That something cannot be without something else.
struct Fact {
    /// For a producer.
    words: &'static str,
    of_layer: bool,
    says: Says,
}

enum Says {
    /// Where a box lies on the first side, it lies on the second.
    Implies((Axis, Side), (Axis, Side)),
    /// How two leaves stand to each other.
    Order(Axis, Side),
}

static FACTS: LazyLock<Vec<Fact>> = LazyLock::new(facts);

static SPEAKING: LazyLock<Speaking> = LazyLock::new(Speaking::new);

/// The facts that speak of an axis. Where a box has sides on none of a fact's axes, the fact takes nothing from it.
struct Speaking {
    /// By the field's node and place; nearly all that is asked for.
    fields: [Vec<FactSet>; NodeKind::ALL.len()],
    others: BTreeMap<Axis, FactSet>,
}

impl Speaking {
    fn new() -> Self {
        let fields = NodeKind::ALL.map(|kind| vec![FactSet::NONE; field::fields(kind).len()]);
        let mut speaking = Self { fields, others: BTreeMap::new() };
        for (place, fact) in FACTS.iter().enumerate() {
            let axes = match &fact.says {
                Says::Implies((cause, _), (effect, _)) => vec![cause.clone(), effect.clone()],
                Says::Order(axis, _) => axis.leaves().cloned().map(Axis::Of).chain([axis.clone()]).collect(),
            };
            for axis in axes {
                speaking.add(axis, 1 << place);
            }
        }
        speaking
    }

    fn add(&mut self, axis: Axis, fact: u64) {
        let known = match &axis {
            Axis::Of(Leaf::Field(kind, place)) => {
                self.fields.get_mut(*kind as usize).and_then(|fields| fields.get_mut(*place))
            }
            _ => None,
        };
        match known {
            Some(facts) => facts.0 |= fact,
            None => self.others.entry(axis).or_insert(FactSet::NONE).0 |= fact,
        }
    }

    fn of(&self, axis: &Axis) -> Option<FactSet> {
        match axis {
            Axis::Of(Leaf::Field(kind, place)) => self.fields.get(*kind as usize)?.get(*place).copied(),
            _ => self.others.get(axis).copied(),
        }
    }
}

/// The facts that speak of what `known` has sides on.
fn speaking(known: &Sides) -> FactSet {
    let sets = known.0.iter().filter_map(|(axis, _)| SPEAKING.of(axis));
    FactSet(sets.fold(0, |set, facts| set | facts.0))
}

/// Whether anything can be in the box `sides`, as far as these facts tell.
pub(super) fn allow(sides: &Sides, facts: FactSet) -> bool {
    let stands_alone = |(axis, _): &(Axis, Side)| matches!(axis, Axis::Of(leaf) if !matches!(leaf, Leaf::Length(..)));
    if speaking(sides).0 & facts.0 == 0 && sides.0.iter().all(stands_alone) {
        return true;
    }
    let (mut known, mut before) = (sides.clone(), None);
    // Every round takes something away; what is not found out in so many is not found out.
    for _ in 0..8 {
        if !round(&mut known, facts) {
            return false;
        }
        if known == *before.as_ref().unwrap_or(sides) {
            break;
        }
        before = Some(known.clone());
    }
    true
}

fn round(known: &mut Sides, facts: FactSet) -> bool {
    let (mut sides, mut spoken) = (known.0.len(), speaking(known));
    for (place, fact) in FACTS.iter().enumerate().filter(|(place, _)| facts.has(*place)) {
        // What a fact takes away may bring in an axis that later facts speak of.
        if known.0.len() != sides {
            (sides, spoken) = (known.0.len(), speaking(known));
        }
        if !spoken.has(place) {
            continue;
        }
        let holds = match &fact.says {
            Says::Implies(cause, effect) => imply(known, cause, effect),
            Says::Order(axis @ Axis::Pair(one, other), orders) => {
                let both = [one, other].iter().all(|leaf| known.get(&Axis::Of((*leaf).clone())).is_some());
                (!both && known.get(axis).is_none())
                    || (known.narrow(axis, orders) && relation::of_pair(known, one, other))
            }
            Says::Order(..) => true,
        };
        if !holds {
            return false;
        }
    }
    relation::all(known)
}

fn imply(known: &mut Sides, cause: &(Axis, Side), effect: &(Axis, Side)) -> bool {
    let (cause_side, effect_side) = (known.get(&cause.0), known.get(&effect.0));
    if cause_side.is_some_and(|side| side.is_within(&cause.1)) {
        return effect_side.is_some_and(|side| side.is_within(&effect.1)) || known.narrow(&effect.0, &effect.1);
    }
    if effect_side.is_some_and(|side| side.and(&effect.1).is_empty()) {
        let rest = cause.0.all().without(&cause.1);
        return known.narrow(&cause.0, &rest);
    }
    true
}

const MEDIA: &[LayerKind] = &[LayerKind::Video, LayerKind::Image, LayerKind::Audio];

fn facts() -> Vec<Fact> {
    use NodeKind::{Layer, Overlay, Scenario, Scene, Segment};
    let there = |kind, path| {
        let leaf = Leaf::at(kind, path);
        let side = leaf.all().present();
        (Axis::Of(leaf), side)
    };
    let absent = |kind, path| {
        let leaf = Leaf::at(kind, path);
        let side = leaf.all().absent();
        (Axis::Of(leaf), side)
    };
    let is = |kind, path, words: &[&str]| {
        let leaf = Leaf::at(kind, path);
        let side = words.iter().fold(Side::Words(0), |side, one| side.or(&word(&leaf, one)));
        (Axis::Of(leaf), side)
    };
    let layer = |layers: &[LayerKind]| {
        let words: Vec<&str> = layers.iter().map(|layer| layer.word()).collect();
        is(Layer, "type", &words)
    };
    let mut facts = Vec::new();
    let mut implies = |words, of_layer, cause, effect| {
        facts.push(Fact { words, of_layer, says: Says::Implies(cause, effect) });
    };
    let words = "the segments of a video layer have a `purpose`, and no others";
    implies(words, true, there(Segment, "purpose"), layer(&[LayerKind::Video]));
    let words = "a segment has the purpose `main` where `scenario.picture` is `continuous`";
    implies(words, false, is(Segment, "purpose", &["main"]), is(Scenario, "picture", &["continuous"]));
    let words = "a segment has the purpose `piece` where `scenario.picture` is `pieces` or `sequence`";
    implies(words, false, is(Segment, "purpose", &["piece"]), is(Scenario, "picture", &["pieces", "sequence"]));
    let words = "`scenario.picture` is `sequence` where there is no main asset, and only there";
    implies(words, false, is(Scenario, "picture", &["sequence"]), absent(Scenario, "main_asset_id"));
    implies(words, false, absent(Scenario, "main_asset_id"), is(Scenario, "picture", &["sequence"]));
    let words = "a segment with the purpose `main` shows the main asset";
    let (pair, _) = Axis::pair(&Leaf::at(Segment, "asset_id"), &Leaf::main());
    implies(words, false, is(Segment, "purpose", &["main"]), (pair, Side::Words(EQUAL)));
    let words = "a segment has an `asset_kind` where it has an `asset_id`";
    implies(words, false, there(Segment, "asset_kind"), there(Segment, "asset_id"));
    implies(words, false, there(Segment, "asset_id"), there(Segment, "asset_kind"));
    let words = "nothing is planned while a segment waits for its media: its `asset_status` is `ready` or absent";
    let (status, ready) = is(Segment, "asset_status", &["ready"]);
    implies(words, true, layer(MEDIA), (status, ready.or(&Side::Words(ABSENT))));
    let words = "the segments of text and subtitle layers have words in their `params.text`";
    implies(words, true, layer(&[LayerKind::Text, LayerKind::Subtitle]), filled_field(Segment, "params.text"));
    for field in field::fields(Segment) {
        if let Presence::In(layers) = field.presence {
            let words = "what a segment always has depends on its layer (docs/fields.md)";
            implies(words, true, layer(layers), there(Segment, field.path));
        }
    }
    let mut order = |words, one: (NodeKind, &str), other: (NodeKind, &str), orders: u32| {
        let (axis, swapped) = Axis::pair(&Leaf::at(one.0, one.1), &Leaf::at(other.0, other.1));
        debug_assert!(!swapped, "{one:?} comes before {other:?}");
        facts.push(Fact { words, of_layer: false, says: Says::Order(axis, Side::Words(orders)) });
    };
    let duration = (Scenario, "duration_sec");
    for kind in [Scene, Overlay, Segment] {
        order("everything ends after it begins", (kind, "start_sec"), (kind, "end_sec"), LESS);
        order("everything begins before the video ends", duration, (kind, "start_sec"), super::axis::MORE);
        order("everything ends with the video at the latest", duration, (kind, "end_sec"), super::axis::MORE | EQUAL);
    }
    let words = "what plays stops after it starts";
    order(words, (Segment, "play_start_sec"), (Segment, "play_end_sec"), LESS | EQUAL);
    let words = "the length that is written is the length of the video";
    order(words, (Scenario, "metadata.total_duration_sec"), duration, EQUAL | ABSENT);
    facts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::diagnostic::Source;
    use crate::rules::boxes::condition::{number, only};
    use crate::scenario::field::{Node, fields};
    use crate::scenario::{self, Ready};

    fn segment() -> impl Strategy<Value = Json> {
        let asset = prop::option::weighted(0.8, prop::sample::select(vec!["a", "b", "c", "d"]));
        let status = prop::option::of(prop::sample::select(vec!["ready", "ready", "pending"]));
        let source = prop::option::of(prop::sample::select(vec!["uploaded", "generated"]));
        let text = prop::option::weighted(0.7, prop::sample::select(vec!["one", " ", "two words"]));
        let more = (prop::option::of(0.0..4.0_f64), prop::option::of(8.0..400.0_f64), any::<bool>());
        (0..6_u8, 1..6_u8, asset, prop::option::of(0..4_u8), status, source, text, more).prop_map(
            |(start, length, asset, from, status, source, text, (volume, size, voice))| {
                json!({ "start_sec": start, "end_sec": start + length, "asset_id": asset, "source_in_sec": from,
                    "asset_status": status, "asset_source": source, "params": { "text": text, "volume": volume,
                    "font_size": size, "role": if voice { "voiceover" } else { "music" } } })
            },
        )
    }

    /// Segments that follow one another, as a picture without a main asset has to have them.
    fn row() -> impl Strategy<Value = Json> {
        prop::collection::vec((1..4_u8, prop::sample::select(vec!["a", "b", "d"])), 1..4).prop_map(|lengths| {
            let mut at = 0;
            let segments = lengths.iter().map(|(length, asset)| {
                at += length;
                json!({ "start_sec": at - length, "end_sec": at, "asset_id": asset })
            });
            json!({ "type": "video", "segments": segments.collect::<Vec<_>>() })
        })
    }

    fn document() -> impl Strategy<Value = Json> {
        let kind = prop::sample::select(vec!["video", "image", "audio", "text", "subtitle"]);
        let layer = (kind, prop::collection::vec(segment(), 0..3))
            .prop_map(|(kind, segments)| json!({ "type": kind, "segments": segments }));
        let overlay = (0..4_u8, 1..4_u8, prop::option::of("[a ]{0,3}"), prop::option::of(8.0..400.0_f64)).prop_map(
            |(start, length, text, size)| {
                json!({ "start_sec": start, "end_sec": start + length, "text": text, "font_size": size })
            },
        );
        let scene = prop::collection::vec(overlay, 0..3)
            .prop_map(|overlays| json!([{ "id": "s", "start_sec": 0, "end_sec": 2, "overlays": overlays }]));
        let main = prop::option::weighted(0.6, prop::sample::select(vec!["a", "d"]));
        (main, row(), prop::collection::vec(layer, 0..3), scene, any::<bool>()).prop_map(
            |(main, row, layers, scenes, written)| {
                let layers: Vec<Json> = std::iter::once(row).chain(layers).collect();
                let metadata = if written { json!({ "total_duration_sec": 12 }) } else { json!({}) };
                json!({
                    "scenario": { "metadata": metadata, "scenes": scenes, "layers": layers },
                    "assets": { "a": "a.mp4", "b": "b.png", "c": "c.mp3", "d": "d.mov" },
                    "main_asset_id": main,
                })
            },
        )
    }

    fn ready(document: &Json) -> Option<Ready> {
        // What is absent is left out of a file.
        fn strip(json: &mut Json) {
            match json {
                Json::Object(map) => {
                    map.retain(|_, value| !value.is_null());
                    map.values_mut().for_each(strip);
                }
                Json::Array(values) => values.iter_mut().for_each(strip),
                _ => {}
            }
        }
        let mut document = document.clone();
        strip(&mut document);
        let document = scenario::read(&Source::new("x.json", document.to_string())).unwrap();
        scenario::ready(scenario::normalise(document).ok()?.0).ok()
    }

    /// The one box in which these nodes lie, with every axis that a fact speaks of.
    fn place(nodes: &[(NodeKind, Node<'_>)]) -> Result<Sides, String> {
        let mut sides = Sides::default();
        let mut values = Vec::new();
        for (kind, node) in nodes {
            for (place, field) in fields(*kind).iter().enumerate() {
                let leaf = Leaf::Field(*kind, place);
                let value = field.get(*node);
                let side = value.as_ref().map_or_else(|| leaf.all().absent(), |value| only(&leaf, value));
                if !sides.narrow(&Axis::Of(leaf.clone()), &side) {
                    return Err(format!("{}.{} cannot be {value:?}", kind.word(), field.path));
                }
                values.push((leaf, value));
            }
        }
        for fact in FACTS.iter() {
            let pairs = match &fact.says {
                Says::Order(pair, _) => vec![pair],
                Says::Implies(cause, effect) => vec![&cause.0, &effect.0],
            };
            for pair in pairs {
                let Axis::Pair(one, other) = pair else { continue };
                let find = |wanted: &Leaf| values.iter().find(|(leaf, _)| leaf == wanted).map(|(_, value)| value);
                let (Some(one), Some(other)) = (find(one), find(other)) else { continue };
                let order = match (one, other) {
                    (Some(one), Some(other)) if one == other => EQUAL,
                    (Some(one), Some(other)) => match number(one).zip(number(other)) {
                        Some((one, other)) if one < other => LESS,
                        Some(_) => super::super::axis::MORE,
                        None => LESS | super::super::axis::MORE,
                    },
                    _ => ABSENT,
                };
                if !sides.narrow(pair, &Side::Words(order)) {
                    return Err(format!("{pair:?} cannot be {order}"));
                }
            }
        }
        Ok(sides)
    }

    fn check(nodes: &[(NodeKind, Node<'_>)]) -> Result<(), TestCaseError> {
        let sides = place(nodes).map_err(TestCaseError::fail)?;
        prop_assert!(allow(&sides, FactSet::ALL), "{sides:?}");
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        #[test]
        fn facts_hold_in_every_scenario_that_can_be_compiled(document in document()) {
            let Some(ready) = ready(&document) else { return Ok(()) };
            let root = (NodeKind::Scenario, Node::Scenario(&ready.document().scenario, ready.facts()));
            check(&[root])?;
            for scene in &ready.document().scenario.scenes {
                let node = (NodeKind::Scene, Node::Scene(scene));
                check(&[root, node])?;
                for overlay in &scene.overlays {
                    check(&[root, node, (NodeKind::Overlay, Node::Overlay(overlay))])?;
                }
            }
            for (layer, facts) in ready.document().scenario.layers.iter().zip(&ready.facts().segments) {
                for (segment, facts) in layer.segments.iter().zip(facts) {
                    let node = (NodeKind::Segment, Node::Segment(segment, facts));
                    check(&[root, (NodeKind::Layer, Node::Layer(layer)), node])?;
                }
            }
        }
    }

    #[test]
    fn most_scenarios_of_these_tests_can_be_compiled() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let count = (0..200).filter(|_| {
            let document = document().new_tree(&mut runner).unwrap().current();
            ready(&document).is_some()
        });
        assert!(count.count() > 40);
    }
}

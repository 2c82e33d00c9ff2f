//! Between cues and the subtitle layer of a scenario.

use crate::scenario::{Document, Layer, LayerKind, Params, Segment};
use crate::value::Cue;

use super::{Entry, Track};

/// The cues of the subtitle layers, each with its place in the scenario.
#[must_use]
pub fn from_scenario(document: &Document) -> Vec<Entry> {
    let layers = document.scenario.layers.iter().enumerate();
    let segments = layers.filter(|(_, layer)| layer.kind == LayerKind::Subtitle).flat_map(|(layer_number, layer)| {
        layer.segments.iter().enumerate().map(move |(number, segment)| (layer_number, number, segment))
    });
    segments
        .enumerate()
        .map(|(place, (layer, number, segment))| {
            let params = segment.params.as_ref();
            let text = params.and_then(|params| params.text.clone()).unwrap_or_default();
            let words = params.and_then(|params| params.words.clone()).unwrap_or_default();
            let cue = Cue { words, ..Cue::new(segment.start_sec, segment.end_sec, text) };
            let pointer = Some(format!("/scenario/layers/{layer}/segments/{number}"));
            Entry { pointer, ..Entry::new(place + 1, cue) }
        })
        .collect()
}

/// Makes `track` the subtitles of the scenario, in its first subtitle layer, whose look stays, or in a new one; answers how
/// many cues were there before.
pub fn into_scenario(document: &mut Document, track: &Track) -> usize {
    let layers = &mut document.scenario.layers;
    let is_subtitle = |layer: &Layer| layer.kind == LayerKind::Subtitle;
    let before = layers.iter().filter(|layer| is_subtitle(layer)).map(|layer| layer.segments.len()).sum();
    let first = layers.iter().position(is_subtitle).unwrap_or(layers.len());
    let segments = track.cues().map(segment).collect();
    let layer = match layers.get(first) {
        Some(old) => Layer { segments, ..old.clone() },
        None => Layer::new(LayerKind::Subtitle, segments),
    };
    layers.retain(|layer| !is_subtitle(layer));
    layers.insert(first.min(layers.len()), layer);
    before
}

fn segment(cue: &Cue) -> Segment {
    let words = (!cue.words.is_empty()).then(|| cue.words.clone());
    let params = Some(Params { text: Some(cue.text.clone()), words, ..Params::default() });
    Segment { params, ..Segment::new(cue.start, cue.end) }
}

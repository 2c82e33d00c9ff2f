//! How the base picture is made, and what each video segment is to it.

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::time::Time;

use super::effect::Effect;
use super::model::{Document, Layer, LayerKind, Segment};
use super::normalise::{Facts, SegmentFacts};

/// How far segments that should meet may miss each other: two frames at 50 a second, less than anyone sees.
const JOINT_TOLERANCE: f64 = 0.04;

/// Decides how the base picture is made, and what each video segment is to it.
pub(super) fn assign_purposes(document: &Document, facts: &mut Facts, found: &mut Diagnostics) {
    let layers = &document.scenario.layers;
    let main = document.main_asset_id.as_deref();
    let is_main = |segment: &Segment| main.is_some() && segment.asset_id.as_deref() == main;
    // What is worked on later finds a picture; it does not make one.
    let may_be_base = |layer: &Layer| layer.kind == LayerKind::Video && layer.pass.unwrap_or_default() == 0;
    if document.scenario.effects.iter().any(Effect::makes_picture) {
        facts.picture = "composed";
        return;
    }
    let base = match main {
        Some(_) => layers.iter().position(|layer| may_be_base(layer) && layer.segments.iter().any(is_main)),
        None => layers.iter().position(|layer| may_be_base(layer) && !layer.segments.is_empty()),
    };
    let Some(base) = base else {
        if main.is_none() {
            found.push(
                Diagnostic::new(diagnostic::NO_PICTURE, "the scenario has no picture: no main asset, no video segment")
                    .pointer("/scenario/layers")
                    .help(
                        "name a main video (\"main_asset_id\": \"…\"), or add a layer of type \"video\" with segments",
                    ),
            );
        }
        return;
    };
    let (Some(layer), Some(segment_facts)) = (layers.get(base), facts.segments.get_mut(base)) else { return };
    let louder = |segment: &Segment| segment.params.as_ref().is_some_and(|params| params.volume.is_some());
    // Another moment of it, or as loud as the rest is not: then it is made of parts.
    let cut =
        |segment: &Segment| segment.source_in_sec.is_some_and(|start| start != segment.start_sec) || louder(segment);
    facts.picture = match main {
        None => "sequence",
        Some(_) if layer.segments.iter().any(|segment| is_main(segment) && cut(segment)) => "pieces",
        Some(_) => "continuous",
    };
    let mut pieces: Vec<Piece<'_>> = layer
        .segments
        .iter()
        .zip(segment_facts)
        .enumerate()
        .filter(|(_, (segment, _))| main.is_none() || is_main(segment))
        .map(|(number, (segment, facts))| Piece { number, segment, facts })
        .collect();
    for piece in &mut pieces {
        piece.facts.purpose = Some(if facts.picture == "continuous" { "main" } else { "piece" });
        if main.is_some() && piece.segment.source_in_sec.is_none() {
            piece.facts.play_start = piece.segment.start_sec;
            piece.facts.play_end = piece.segment.end_sec;
        }
    }
    if facts.picture != "continuous" {
        join(&mut pieces, &format!("/scenario/layers/{base}/segments"), main.is_some(), facts.duration, found);
    }
}

struct Piece<'a> {
    number: usize,
    segment: &'a Segment,
    facts: &'a mut SegmentFacts,
}

/// Makes pieces meet: the main asset plays on under cutaways until its next piece; without one, a gap is an error.
fn join(pieces: &mut [Piece<'_>], at: &str, plays_on: bool, duration: Time, found: &mut Diagnostics) {
    let tolerance = Time::from_secs(JOINT_TOLERANCE).unwrap_or_default();
    let starts: Vec<Time> = pieces.iter().map(|piece| piece.segment.start_sec).chain([duration]).collect();
    if let (Some(first), Some(lead)) = (pieces.first_mut(), starts.first().copied()) {
        if lead <= tolerance || (plays_on && first.facts.play_start >= lead) {
            first.facts.play_start = first.facts.play_start.saturating_sub(lead);
        } else {
            found.push(
                Diagnostic::new(diagnostic::SEQUENCE_GAP, format!("nothing is seen before {lead} s"))
                    .pointer(format!("{at}/{}/start_sec", first.number))
                    .help("let the first segment begin at 0"),
            );
        }
    }
    let mut from = Time::ZERO;
    for (piece, until) in pieces.iter_mut().zip(starts.into_iter().skip(1)) {
        let end = piece.segment.end_sec;
        let pointer = format!("{at}/{}/end_sec", piece.number);
        if end > until + tolerance {
            found.push(
                Diagnostic::new(
                    diagnostic::SEQUENCE_GAP,
                    format!("the segment ends at {end} s, but the next one begins at {until} s"),
                )
                .pointer(pointer)
                .help(format!("write {until}; what should cover another segment belongs in a later video layer")),
            );
        } else if end + tolerance < until && !plays_on {
            found.push(
                Diagnostic::new(diagnostic::SEQUENCE_GAP, format!("nothing is seen from {end} s to {until} s"))
                    .pointer(pointer)
                    .help(format!("write {until}, or add a segment that fills the gap")),
            );
        }
        piece.facts.play_end = piece.facts.play_start + until.saturating_sub(from);
        from = until;
    }
}

//! Parts of one asset that are heard one after another in its own order: read once from the first to the last.
//!
//! Each input of ffmpeg keeps the whole index of its file, 7 MB for an hour. Hundreds of parts of one file would take
//! gigabytes, and as many openings; on a reel they take one.

use std::fmt::Write as _;

use crate::render::graph::Graph;

use super::part::Part;

/// What lies between two parts of a reel is decoded and thrown away; more than these samples (20 s) is not worth it…
const SHORT_GAP: u64 = 20 * super::RATE as u64;

/// …except where there are so many parts that inputs are what is scarce (2 minutes then).
const LONG_GAP: u64 = 120 * super::RATE as u64;

/// So many are many.
const MANY_PARTS: usize = 64;

/// Numbers of parts of one track, in the order of both the track and their asset.
struct Reel {
    parts: Vec<usize>,
    /// Where in the asset the last one ends, in samples.
    end: u64,
}

/// What a part is read from: the label of its piece of a reel, and how many samples of that come before it.
pub(super) struct Piece {
    pub(super) label: String,
    pub(super) skip: u64,
}

/// Puts the parts of `track` on reels and writes these into `graph`; for each part that is on one, its piece.
pub(super) fn reels(track: &[Part<'_>], name: &str, graph: &mut Graph) -> Vec<Option<Piece>> {
    let gap = if track.len() > MANY_PARTS { LONG_GAP } else { SHORT_GAP };
    let mut reels: Vec<Reel> = Vec::new();
    for (number, part) in track.iter().enumerate().filter(|(_, part)| part.plays_as_recorded()) {
        let (from, to) = part.heard();
        let fits = |reel: &&mut Reel| {
            let same = reel.parts.last().and_then(|last| track.get(*last)).is_some_and(|last| last.is_of(part));
            same && reel.end <= from && from - reel.end <= gap
        };
        match reels.iter_mut().filter(fits).max_by_key(|reel| reel.end) {
            Some(reel) => {
                reel.parts.push(number);
                reel.end = to;
            }
            None => reels.push(Reel { parts: vec![number], end: to }),
        }
    }
    let mut pieces: Vec<Option<Piece>> = track.iter().map(|_| None).collect();
    for (number, reel) in reels.iter().enumerate().filter(|(_, reel)| reel.parts.len() > 1) {
        write(reel, track, &format!("{name}_{number}"), &mut pieces, graph);
    }
    pieces
}

/// Each piece ends where its part does and begins where the one before ends. So the next one that the track asks for is
/// always the next of its reel, and nothing is decoded before somebody asks; a piece that nobody hears would be.
fn write(reel: &Reel, track: &[Part<'_>], name: &str, pieces: &mut [Option<Piece>], graph: &mut Graph) {
    let Some(first) = reel.parts.first().and_then(|number| track.get(*number)) else { return };
    let (source, base) = first.opened(reel.end, graph);
    let mut cuts = Vec::new();
    let mut labels = String::new();
    let mut at = base;
    for number in &reel.parts {
        let Some(part) = track.get(*number) else { continue };
        let (from, to) = part.heard();
        let label = format!("{name}p{number}");
        // Writing into a string cannot fail.
        let _ = write!(labels, "[{label}]");
        cuts.push((to - base).to_string());
        if let Some(piece) = pieces.get_mut(*number) {
            *piece = Some(Piece { label, skip: from - at });
        }
        at = to;
    }
    // The last piece goes on to the end of what is read; its part takes what it needs.
    cuts.pop();
    graph.chains.push(format!("{source},asegment=samples={}{labels}", cuts.join("|")));
}

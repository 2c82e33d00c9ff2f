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

/// Puts the parts of `track` on reels and writes these into `graph`. For each part that is on one, the label that it is read from.
pub(super) fn reels(track: &[Part<'_>], name: &str, graph: &mut Graph) -> Vec<Option<String>> {
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
    let mut labels = vec![None; track.len()];
    for (number, reel) in reels.iter().enumerate().filter(|(_, reel)| reel.parts.len() > 1) {
        write(reel, track, &format!("{name}_{number}"), &mut labels, graph);
    }
    labels
}

fn write(reel: &Reel, track: &[Part<'_>], name: &str, labels: &mut [Option<String>], graph: &mut Graph) {
    let Some(first) = reel.parts.first().and_then(|number| track.get(*number)) else { return };
    let (source, base) = first.opened(reel.end, graph);
    let mut cuts = Vec::new();
    let mut pads = String::new();
    let mut unheard = Vec::new();
    let mut at = 0;
    for number in &reel.parts {
        let Some(part) = track.get(*number) else { continue };
        let (from, to) = part.heard();
        let (from, to) = (from - base, to - base);
        if from > at {
            cuts.push(from.to_string());
            unheard.push(format!("[{name}g{number}]"));
            // Writing into a string cannot fail.
            let _ = write!(pads, "[{name}g{number}]");
        }
        cuts.push(to.to_string());
        let _ = write!(pads, "[{name}p{number}]");
        if let Some(label) = labels.get_mut(*number) {
            *label = Some(format!("{name}p{number}"));
        }
        at = to;
    }
    unheard.push(format!("[{name}e]"));
    graph.chains.push(format!("{source},asegment=samples={}{pads}[{name}e]", cuts.join("|")));
    graph.chains.extend(unheard.into_iter().map(|label| format!("{label}anullsink")));
}

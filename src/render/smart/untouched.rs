//! The frames that show a shot at its own pace and nothing else.

use std::ops::Range;

use super::super::framing::Framing;
use super::super::strip::Shot;
use super::super::timeline::{Filling, Timeline, without};

/// Ranges of at least `shortest` frames with the shot that each begins with.
pub(super) fn untouched(timeline: &Timeline, shortest: u64) -> Vec<(Range<u64>, Shot)> {
    let mut found = Vec::new();
    for stretch in &timeline.stretches {
        match &stretch.filling {
            Filling::Shot(shot) if is_plain(shot) => {}
            _ => continue,
        }
        let mut clear = vec![stretch.frames.clone()];
        for drawn in timeline.items.iter().flat_map(|item| &item.ranges) {
            clear = clear.iter().flat_map(|range| without(range, drawn.start, drawn.end)).collect();
        }
        for frames in clear.into_iter().filter(|range| range.end - range.start >= shortest) {
            if let Filling::Shot(shot) = stretch.part(frames.clone(), timeline.canvas.rate).filling {
                found.push((frames, shot));
            }
        }
    }
    found
}

/// Whether a shot plays as it was recorded, and fills the canvas as everything does.
fn is_plain(shot: &Shot) -> bool {
    !shot.still && !shot.held && (shot.speed - 1.0).abs() < 1e-9 && shot.framing == Framing::default()
}

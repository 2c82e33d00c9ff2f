//! Where the clips and photos go that cover the main one.

use super::cut::{self, Joint};

/// A clip or photo that is to cover the main one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cover<'a> {
    /// Its number among the media.
    pub(super) asset: usize,
    /// How long it can be seen, in milliseconds; `None` for a photo.
    pub(super) length: Option<i64>,
    /// Where in it it is first seen.
    pub(super) source: i64,
    /// Where its own shots change, counted from there.
    pub(super) shots: &'a [i64],
}

/// A scene in which a cover is seen, in milliseconds of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cutaway {
    pub(super) asset: usize,
    pub(super) start: i64,
    pub(super) end: i64,
    /// Where in the cover it begins.
    pub(super) source: i64,
}

/// A photo is looked at for so long.
pub(super) const PHOTO: i64 = 3_000;

/// A cutaway lasts about so long, and at most so long.
const USUAL: i64 = 4_000;
const LONGEST: i64 = 6_000;

/// A video shorter than this has scenes of two seconds beside its cutaways: else it would have none.
const SHORT_VIDEO: i64 = 12_000;
const SHORT_SCENE: i64 = 2_000;

/// What is seen for less than this flashes.
pub(super) const FLASH: i64 = 700;

/// So far from its even place a cutaway is moved to a joint.
const REACH: i64 = 3_000;

/// Places as many `covers` as there is room for, in their order: spread evenly, each from a joint of the main clip on,
/// never in the first and last two seconds, and never side by side. What is left over has no place.
pub(super) fn place(covers: &[Cover<'_>], total: i64, joints: &[Joint]) -> Vec<Cutaway> {
    let scene = if total < SHORT_VIDEO { SHORT_SCENE } else { cut::SHORTEST };
    // Before the first and behind each, the main clip is seen.
    let most = (total - scene) / (2 * scene);
    let count = covers.len().min(usize::try_from(most).unwrap_or(0));
    let covers = covers.get(..count).unwrap_or_default();
    let Ok(number) = i64::try_from(count) else { return Vec::new() };
    let mut slack = total - scene - 2 * scene * number;
    let lengths: Vec<i64> = covers
        .iter()
        .map(|cover| {
            let wanted = cover.length.map_or(PHOTO, |length| length.min(USUAL)).max(scene);
            let more = (wanted - scene).min(slack / (2 * number));
            scene + more
        })
        .collect();
    slack -= lengths.iter().map(|length| length - scene).sum::<i64>();
    let gap = scene + slack / (number + 1);
    let mut placed: Vec<Cutaway> = Vec::new();
    let (mut from, mut even) = (0, 0);
    for (at, (cover, length)) in covers.iter().zip(&lengths).enumerate() {
        even += gap;
        let rest: i64 = lengths.iter().skip(at + 1).map(|length| length + scene).sum();
        let last_end = total - scene - rest;
        let start = nearest(joints, even, from + scene, last_end - length).unwrap_or(even);
        let start = start.clamp(from + scene, (last_end - length).max(from + scene));
        let end = end(cover, start, *length, scene, last_end, joints);
        placed.push(Cutaway { asset: cover.asset, start, end, source: cover.source });
        (from, even) = (end, even + length);
    }
    placed
}

/// The joint nearest to `even` from `low` up to `high`.
fn nearest(joints: &[Joint], even: i64, low: i64, high: i64) -> Option<i64> {
    let near = joints.iter().map(|joint| joint.at).filter(|at| (low..=high).contains(at) && (at - even).abs() <= REACH);
    near.min_by_key(|at| (at - even).abs())
}

/// Where a cutaway ends: at a joint of the main clip if one is near, and never right behind a change of its own shots.
fn end(cover: &Cover<'_>, start: i64, length: i64, scene: i64, last_end: i64, joints: &[Joint]) -> i64 {
    let Some(own) = cover.length else { return start + length };
    let most = (start + own.min(LONGEST)).min(last_end).max(start + length);
    let ends = joints.iter().map(|joint| joint.at).filter(|at| (start + scene.max(length - 1_000)..=most).contains(at));
    let end = ends.min_by_key(|at| (at - start - length).abs()).unwrap_or(start + length);
    let shots = cover.shots.iter().map(|shot| start + shot);
    let flash = shots.filter(|shot| (end - FLASH..end).contains(shot) && shot - start >= scene).min();
    flash.unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clip(asset: usize, length: i64) -> Cover<'static> {
        Cover { asset, length: Some(length), source: 0, shots: &[] }
    }

    #[test]
    fn a_cutaway_begins_and_ends_at_joints_where_they_are_near() {
        let joints = [Joint::shot(9_000), Joint::shot(13_500)];
        let placed = place(&[clip(1, 20_000)], 24_000, &joints);
        assert_eq!(placed, [Cutaway { asset: 1, start: 9_000, end: 13_500, source: 0 }]);
    }

    #[test]
    fn a_short_video_has_room_for_one() {
        let covers = [clip(1, 9_000), clip(2, 9_000)];
        assert_eq!(place(&covers, 6_000, &[]), [Cutaway { asset: 1, start: 2_000, end: 4_000, source: 0 }]);
        assert_eq!(place(&covers, 5_000, &[]), []);
    }

    #[test]
    fn no_flash_of_the_covers_next_shot_is_left() {
        let cover = Cover { asset: 1, length: Some(9_000), source: 0, shots: &[3_500] };
        let placed = place(&[cover], 24_000, &[]);
        assert_eq!(placed.first().map(|cutaway| cutaway.end - cutaway.start), Some(3_500));
    }

    proptest! {
        #[test]
        fn cutaways_keep_their_distance(
            total in 1_000_i64..120_000,
            lengths in prop::collection::vec(prop::option::of(200_i64..60_000), 0..12),
            joints in prop::collection::vec(0_i64..120_000, 0..40),
        ) {
            let covers: Vec<Cover<'_>> = lengths
                .iter()
                .enumerate()
                .map(|(asset, length)| Cover { asset, length: *length, source: 0, shots: &[] })
                .collect();
            let joints: Vec<Joint> = joints.into_iter().map(Joint::shot).collect();
            let mut from = 0;
            for cutaway in place(&covers, total, &joints) {
                prop_assert!(cutaway.start - from >= SHORT_SCENE, "{cutaway:?} after {from}");
                prop_assert!((SHORT_SCENE..=LONGEST).contains(&(cutaway.end - cutaway.start)));
                from = cutaway.end;
                prop_assert!(total - from >= SHORT_SCENE);
            }
        }
    }
}

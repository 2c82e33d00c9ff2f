//! Where scenes begin and end: at shot changes and pauses, three to fifteen seconds apart.
//!
//! Times are milliseconds here: a grain that every shot and pause has, and that a person can read in the draft.

/// A place where a scene may begin: the milliseconds, and how much a cut there disturbs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Joint {
    pub(super) at: i64,
    pub(super) cost: f64,
}

impl Joint {
    /// A shot change, which is a cut already.
    pub(super) fn shot(at: i64) -> Self {
        Self { at, cost: 0.0 }
    }

    /// The middle of a pause; a long one parts more than a breath.
    pub(super) fn pause(start: i64, end: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a day in milliseconds fits f64")]
        let seconds = (end - start) as f64 / 1000.0;
        Self { at: tenths(i64::midpoint(start, end)), cost: 0.6 - 0.4 * seconds.min(1.0) }
    }
}

/// To tenths of a second: nobody hears where in a pause a scene begins, and a codec moves it by a few hundredths.
pub(super) fn tenths(milliseconds: i64) -> i64 {
    (milliseconds + 50) / 100 * 100
}

/// A scene is long enough to be seen, and no longer than anybody looks at one thing.
pub(super) const SHORTEST: i64 = 3_000;
pub(super) const LONGEST: i64 = 15_000;

/// The length that scenes have rather than another one.
const USUAL: f64 = 7_000.0;

/// Four seconds more or less than usual disturb as much as the worst cut at a pause does twice.
const SPREAD: f64 = 4_000.0;

/// What it costs to cut where nothing happens.
const NOWHERE: f64 = 6.0;

/// Where nothing happens, a cut is tried every second.
const GRID: usize = 1_000;

/// The beginnings of scenes from `from` up to `until`, and `until` itself.
///
/// The cheapest way by dynamic programming: each scene costs by how far it is from the usual length, each cut by its
/// joint. What is shorter than the shortest scene is one scene.
pub(super) fn divide(from: i64, until: i64, joints: &[Joint]) -> Vec<i64> {
    let points = points(from, until, joints);
    // The cheapest way to each point: its cost, and the point before it.
    let mut ways: Vec<Option<(f64, usize)>> = vec![None; points.len()];
    if let Some(first) = ways.first_mut() {
        *first = Some((0.0, 0));
    }
    let mut earliest = 0;
    for (number, point) in points.iter().enumerate().skip(1) {
        while points.get(earliest).is_some_and(|point_before| point.at - point_before.at > LONGEST) {
            earliest += 1;
        }
        let mut best: Option<(f64, usize)> = None;
        for (before, start) in points.iter().enumerate().take(number).skip(earliest) {
            let length = point.at - start.at;
            let fits = length >= SHORTEST || (before == 0 && number + 1 == points.len());
            let Some((so_far, _)) = ways.get(before).copied().flatten().filter(|_| fits) else { continue };
            #[expect(clippy::cast_precision_loss, reason = "a scene of seconds")]
            let off = (length as f64 - USUAL) / SPREAD;
            let cost = so_far + off * off + point.cost;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, before));
            }
        }
        if let Some(way) = ways.get_mut(number) {
            *way = best;
        }
    }
    let mut cuts = vec![until];
    let mut at = points.len().saturating_sub(1);
    while at > 0 {
        let Some((_, before)) = ways.get(at).copied().flatten() else { break };
        at = before;
        cuts.push(points.get(at).map_or(from, |point| point.at));
    }
    if cuts.last() != Some(&from) {
        cuts.push(from);
    }
    cuts.reverse();
    cuts
}

/// Every place where a cut is tried, in order, with both ends.
fn points(from: i64, until: i64, joints: &[Joint]) -> Vec<Joint> {
    let inside = |at: i64| at - from >= SHORTEST && until - at >= SHORTEST;
    let mut points: Vec<Joint> = joints.iter().copied().filter(|joint| inside(joint.at)).collect();
    let grid = (from..until).step_by(GRID).filter(|at| inside(*at));
    points.extend(grid.map(|at| Joint { at, cost: NOWHERE }));
    points.sort_by(|one, other| one.at.cmp(&other.at).then(one.cost.total_cmp(&other.cost)));
    points.dedup_by_key(|point| point.at);
    points.insert(0, Joint { at: from, cost: 0.0 });
    points.push(Joint { at: until, cost: 0.0 });
    points
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scenes_begin_where_something_happens() {
        let joints = [Joint::shot(6_500), Joint::pause(10_000, 10_300), Joint::shot(14_000), Joint::shot(14_600)];
        assert_eq!(divide(0, 20_000, &joints), [0, 6_500, 14_000, 20_000]);
    }

    #[test]
    fn where_nothing_happens_scenes_are_even() {
        assert_eq!(divide(0, 14_000, &[]), [0, 14_000]);
        assert_eq!(divide(0, 30_000, &[]), [0, 10_000, 20_000, 30_000]);
        assert_eq!(divide(500, 2_100, &[Joint::shot(1_000)]), [500, 2_100]);
    }

    proptest! {
        #[test]
        fn scenes_tile_their_stretch_and_last_three_to_fifteen_seconds(
            from in 0_i64..50_000,
            length in 1_i64..200_000,
            joints in prop::collection::vec((0_i64..250_000, any::<bool>()), 0..60),
        ) {
            let joints: Vec<Joint> = joints
                .into_iter()
                .map(|(at, shot)| if shot { Joint::shot(at) } else { Joint::pause(at, at + 400) })
                .collect();
            let cuts = divide(from, from + length, &joints);
            prop_assert_eq!((cuts.first(), cuts.last()), (Some(&from), Some(&(from + length))));
            for scene in cuts.windows(2) {
                let lasts = scene[1] - scene[0];
                prop_assert!(lasts <= LONGEST && (lasts >= SHORTEST || lasts == length), "{cuts:?}");
            }
        }
    }
}

//! What is seen when: which of the media each scene shows.

use crate::scenario::{Asset, Footage, Outline, OutlineScene};
use crate::time::Time;

use super::cut::{self, Joint};
use super::cutaways::{self, Cover, FLASH, PHOTO};
use super::measure::Measured;

/// A scene, in milliseconds of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// What is seen, by its number among the media.
    pub(super) asset: usize,
    pub(super) start: i64,
    pub(super) end: i64,
    /// Where in it the scene begins, unless it only goes on.
    pub(super) source: Option<i64>,
}

/// The scenes in a row, and what was measured where they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Storyline {
    pub(super) scenes: Vec<Stretch>,
    /// Where somebody speaks on the timeline.
    pub(super) speech: Vec<(Time, Time)>,
    /// How many shot changes and pauses there were to choose from.
    pub(super) shots: usize,
    pub(super) pauses: usize,
    /// How long the media would have lasted.
    pub(super) available: i64,
    /// What has found no room, by its number among the media.
    pub(super) left_out: Vec<usize>,
}

/// In this last part of the wished length a pause or shot change ends the video early: no word is cut in two.
const EARLY: f64 = 0.85;

/// What follows another clip is seen for so long at least.
const SHORTEST_PIECE: i64 = 1_500;

/// What is heard behind the last word.
const TAIL: i64 = 300;

impl Storyline {
    /// Tells the story of `footage`, at most `limit` long.
    pub(super) fn tell(footage: &Footage, measured: &[Measured], limit: Time) -> Self {
        let main = footage.main().and_then(|main| footage.assets().iter().position(|asset| asset.id == main.id));
        match main.and_then(|number| Some((number, footage.assets().get(number)?, measured.get(number)?))) {
            Some((number, asset, own)) => with_main(footage, measured, (number, asset, own), millis(limit)),
            None => in_a_row(footage, measured, millis(limit)),
        }
    }

    /// How long it is.
    pub(super) fn length(&self) -> i64 {
        self.scenes.last().map_or(0, |scene| scene.end)
    }

    pub(super) fn outline(&self, footage: &Footage) -> Outline {
        let scenes = self.scenes.iter().enumerate().map(|(number, scene)| OutlineScene {
            id: format!("scene-{}", number + 1),
            start_sec: time(scene.start),
            end_sec: time(scene.end),
            voiceover_text: None,
            visual_description: None,
            asset_id: footage.assets().get(scene.asset).map(|asset| asset.id.clone()),
            source_in_sec: scene.source.map(time),
            overlays: Vec::new(),
        });
        Outline { scenes: scenes.collect(), subtitle_segments: Vec::new() }
    }

    /// Takes in what was measured of a clip that plays from `source` in it, at `start`, for `length`.
    fn hear(&mut self, measured: &Measured, source: i64, start: i64, length: i64) {
        let played = time(source)..time(source + length);
        let inside = |at: &Time| *at > played.start && *at < played.end;
        let heard = measured.speech.iter().map(|range| (range.0.max(played.start), range.1.min(played.end)));
        let shift = |at: Time| at - played.start + time(start);
        self.speech.extend(heard.filter(|range| range.0 < range.1).map(|range| (shift(range.0), shift(range.1))));
        self.shots += measured.shots.iter().filter(|shot| inside(shot)).count();
        self.pauses += measured.pauses().filter(|pause| inside(&pause.0)).count();
    }

    /// Cuts the stretch into scenes that all show `asset`.
    fn divide(&mut self, asset: usize, start: i64, end: i64, joints: &[Joint]) {
        let cuts = cut::divide(start, end, joints);
        let scenes = cuts.iter().zip(cuts.iter().skip(1));
        self.scenes.extend(scenes.map(|(start, end)| Stretch { asset, start: *start, end: *end, source: None }));
    }
}

/// Milliseconds, never more than there are.
fn millis(time: Time) -> i64 {
    let nearest = time.as_millis();
    if self::time(nearest) > time { nearest - 1 } else { nearest }
}

pub(super) fn time(milliseconds: i64) -> Time {
    Time::from_millis(milliseconds).unwrap_or_default()
}

/// Every joint of a clip whose own beginning is at `start`.
fn joints(measured: &Measured, start: i64) -> Vec<Joint> {
    let shots = measured.shots.iter().map(|shot| Joint::shot(start + millis(*shot)));
    let pauses = measured.pauses().map(|pause| Joint::pause(start + millis(pause.0), start + millis(pause.1)));
    let mut joints: Vec<Joint> = shots.chain(pauses).collect();
    joints.sort_by_key(|joint| joint.at);
    joints
}

fn with_main(footage: &Footage, measured: &[Measured], main: (usize, &Asset, &Measured), limit: i64) -> Storyline {
    let (number, asset, own) = main;
    let available = asset.media.duration().map_or(0, millis);
    let total = if available <= limit { available } else { early_end(own, limit) };
    let mut story = Storyline { available, ..Storyline::default() };
    story.hear(own, 0, 0, total);
    let joints = joints(own, 0);
    let others: Vec<Piece> = pieces(footage, measured).into_iter().filter(|piece| piece.asset != number).collect();
    let covers: Vec<Cover<'_>> = others
        .iter()
        .map(|piece| Cover {
            asset: piece.asset,
            length: (!piece.still).then_some(piece.length),
            source: piece.source,
            shots: &piece.shots,
        })
        .collect();
    let placed = cutaways::place(&covers, total, &joints);
    story.left_out = covers.iter().skip(placed.len()).map(|cover| cover.asset).collect();
    let mut from = 0;
    for cutaway in placed {
        story.divide(number, from, cutaway.start, &joints);
        let source = Some(cutaway.source).filter(|source| *source > 0);
        story.scenes.push(Stretch { asset: cutaway.asset, start: cutaway.start, end: cutaway.end, source });
        from = cutaway.end;
    }
    story.divide(number, from, total, &joints);
    story
}

/// Where a clip ends that is longer than `limit`: there, unless somebody speaks; then in the last pause before it, else
/// with the last shot.
fn early_end(measured: &Measured, limit: i64) -> i64 {
    let speech: Vec<(i64, i64)> = measured.speech.iter().map(|range| (millis(range.0), millis(range.1))).collect();
    let Some(speaking) = speech.iter().position(|(start, end)| (*start..*end).contains(&limit)) else { return limit };
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a day in milliseconds fits f64")]
    let low = (limit as f64 * EARLY).round() as i64;
    let before = speaking.checked_sub(1).and_then(|before| speech.get(before)).zip(speech.get(speaking));
    if let Some(((_, end), (start, _))) = before.filter(|((_, end), _)| *end >= low) {
        return cut::tenths(end + TAIL.min((start - end) / 2)).min(limit);
    }
    let mut shots = measured.shots.iter().map(|shot| millis(*shot));
    shots.rfind(|shot| (low..=limit).contains(shot)).unwrap_or(limit)
}

/// One of the media that can be seen, in milliseconds of its own.
struct Piece {
    asset: usize,
    still: bool,
    /// Where it is first seen.
    source: i64,
    /// How long it can be seen from there.
    length: i64,
    /// Its shot changes, counted from there.
    shots: Vec<i64>,
}

fn pieces(footage: &Footage, measured: &[Measured]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (number, (asset, measured)) in footage.assets().iter().zip(measured).enumerate() {
        if asset.media.picture.is_none() {
            continue;
        }
        let whole = asset.media.duration().map_or(PHOTO, millis);
        let opening = millis(measured.opening);
        // Of a clip that is hardly longer than its black, all is shown.
        let source = if whole - opening >= cut::SHORTEST { opening } else { 0 };
        let shots = measured.shots.iter().map(|shot| millis(*shot) - source).filter(|shot| *shot > 0);
        pieces.push(Piece {
            asset: number,
            still: asset.media.is_still(),
            source,
            length: whole - source,
            shots: shots.collect(),
        });
    }
    pieces
}

fn in_a_row(footage: &Footage, measured: &[Measured], limit: i64) -> Storyline {
    let mut pieces = pieces(footage, measured);
    let available = pieces.iter().map(|piece| piece.length).sum();
    let mut story = Storyline { available, ..Storyline::default() };
    let shortest = |pieces: &[Piece]| pieces.iter().map(|piece| piece.length.min(SHORTEST_PIECE)).sum::<i64>();
    while pieces.len() > 1 && shortest(&pieces) > limit {
        story.left_out.extend(pieces.pop().map(|piece| piece.asset));
    }
    story.left_out.reverse();
    let most = level(&pieces.iter().map(|piece| piece.length).collect::<Vec<_>>(), limit);
    let mut from = 0;
    for piece in pieces {
        let Some(measured) = measured.get(piece.asset) else { continue };
        let shown = piece.length.min(most);
        let flash = piece.shots.iter().copied().find(|shot| (shown - FLASH..shown).contains(shot));
        let shown = flash.filter(|shot| shown < piece.length && *shot >= SHORTEST_PIECE).unwrap_or(shown);
        let first = story.scenes.len();
        if piece.still {
            story.scenes.push(Stretch { asset: piece.asset, start: from, end: from + shown, source: None });
        } else {
            story.hear(measured, piece.source, from, shown);
            story.divide(piece.asset, from, from + shown, &joints(measured, from - piece.source));
        }
        if let Some(scene) = story.scenes.get_mut(first).filter(|_| piece.source > 0) {
            scene.source = Some(piece.source);
        }
        from += shown;
    }
    story
}

/// How long a piece may be so that all of them last `limit` at most: the long ones give way to the short.
fn level(lengths: &[i64], limit: i64) -> i64 {
    let mut sorted = lengths.to_vec();
    sorted.sort_unstable();
    let mut left = limit;
    for (number, length) in sorted.iter().enumerate() {
        let others = i64::try_from(sorted.len() - number).unwrap_or(1);
        if length * others > left {
            return left / others;
        }
        left -= length;
    }
    i64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_give_way_to_the_short() {
        assert_eq!(level(&[2_000, 30_000, 9_000], 20_000), 9_000);
        assert_eq!(level(&[2_000, 30_000, 20_000], 20_000), 9_000);
        assert_eq!(level(&[2_000, 3_000], 20_000), i64::MAX);
    }

    #[test]
    fn a_long_talk_ends_in_a_pause() {
        let at = |start, end| (time(start), time(end));
        let measured =
            Measured { speech: vec![at(0, 8_000), at(9_000, 14_000), at(15_000, 30_000)], ..Measured::default() };
        assert_eq!(early_end(&measured, 15_500), 14_300);
        assert_eq!(early_end(&measured, 14_500), 14_500, "nobody speaks");
        assert_eq!(early_end(&measured, 20_000), 20_000, "no pause is near");
    }
}

//! Which of what a pass found is as it should be: the plan means it, or a source is so itself.
//!
//! Sources are looked at only where the output shows something, and only the part that is used there.

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::media::MediaTable;
use crate::tasks::ValidPlan;

use super::super::graph::HELD_SECONDS;
use super::super::strip::{GainShape, Shot, Sound};
use super::super::timeline::{Filling, ItemContent, Timeline};
use super::facts::rounded;
use super::pass::{Kind, Range, of_source};
use super::{Depth, Stretch};

/// So many frames the ends of a stretch may be away: a decoder that skips frames sees every third or fourth.
const GRAIN_FRAMES: f64 = 5.0;

/// An AAC frame is heard before and behind its own.
const SOUND_GRAIN: f64 = 0.15;

pub(super) fn explain(
    plan: &ValidPlan,
    timeline: &Timeline,
    found: &[(Kind, Range)],
    depth: Depth,
    cancel: &Cancel,
) -> Result<Vec<Stretch>> {
    let judge = Judge { media: plan.media(), timeline, depth, cancel };
    let frame = 1.0 / timeline.canvas.rate.fps();
    let mut stretches = Vec::new();
    for (kind, range) in found {
        let (explained, tolerance) = match kind {
            Kind::Silent => (judge.silent(*range)?, SOUND_GRAIN),
            // The last frame of a shot may be held.
            Kind::Frozen => (judge.seen(*kind, *range)?, HELD_SECONDS + GRAIN_FRAMES * frame),
            _ => (judge.seen(*kind, *range)?, GRAIN_FRAMES * frame),
        };
        let left = without(*range, explained);
        let unexplained: Vec<Range> = left.into_iter().filter(|(start, end)| end - start > tolerance).collect();
        let unexplained: Vec<Range> =
            unexplained.into_iter().map(|(start, end)| (rounded(start), rounded(end))).collect();
        let expected = unexplained.is_empty();
        let (start_sec, end_sec) = (rounded(range.0), rounded(range.1));
        stretches.push(Stretch { what: *kind, start_sec, end_sec, expected, unexplained });
    }
    Ok(stretches)
}

struct Judge<'a> {
    media: &'a MediaTable,
    timeline: &'a Timeline,
    depth: Depth,
    cancel: &'a Cancel,
}

impl Judge<'_> {
    fn seconds(&self, frames: &std::ops::Range<u64>) -> Range {
        let time = |frame| self.timeline.canvas.rate.time_of(frame).as_secs();
        (time(frames.start), time(frames.end))
    }

    /// Where between two moments the picture is meant to be black or to stand still.
    fn seen(&self, kind: Kind, range: Range) -> Result<Vec<Range>> {
        let mut explained = Vec::new();
        for stretch in &self.timeline.stretches {
            let Some(part) = common(self.seconds(&stretch.frames), range) else { continue };
            let begins = self.seconds(&stretch.frames).0;
            match &stretch.filling {
                Filling::Shot(shot) => explained.extend(self.shot(shot, kind, begins, part)?),
                Filling::Joint { from, to, skip, .. } => {
                    let begins = begins - self.timeline.canvas.rate.time_of(*skip).as_secs();
                    explained.extend(self.shot(from, kind, begins, part)?);
                    explained.extend(self.shot(to, kind, begins, part)?);
                }
                Filling::Black => explained.push(part),
            }
        }
        for item in &self.timeline.items {
            let parts = item.ranges.iter().filter_map(|frames| common(self.seconds(frames), range));
            match &item.content {
                ItemContent::Fade { .. } => explained.extend(parts),
                ItemContent::Picture { shot, start } => {
                    let begins = self.timeline.canvas.rate.time_of(*start).as_secs();
                    for part in parts {
                        explained.extend(self.shot(shot, kind, begins, part)?);
                    }
                }
                _ => {}
            }
        }
        Ok(explained)
    }

    /// Where a shot that begins at `begins` is itself so, between two moments of the video.
    fn shot(&self, shot: &Shot, kind: Kind, begins: f64, part: Range) -> Result<Vec<Range>> {
        if (shot.still || shot.held) && kind == Kind::Frozen {
            return Ok(vec![part]);
        }
        let Some(media) = self.media.get(&shot.asset) else { return Ok(vec![part]) };
        let source = shot.source.as_secs();
        // One frame that is held is black wherever it is seen, if it is.
        if shot.held {
            let found = of_source(media, kind, ((source - 0.5).max(0.0), source + 0.5), 0.0, self.depth, self.cancel)?;
            return Ok(if found.iter().any(|(start, end)| (*start..=*end).contains(&source)) {
                vec![part]
            } else {
                Vec::new()
            });
        }
        let there = |time: f64| (source + (time - begins) * shot.speed).max(0.0);
        // A moment more at both ends: what began before is found from there on.
        let asked = ((there(part.0) - 0.5).max(0.0), there(part.1) + 0.5);
        let found = of_source(media, kind, asked, 0.0, self.depth, self.cancel)?;
        let here = |time: f64| begins + (time - source) / shot.speed;
        // The last frame stands to the end, whatever a detector makes of a picture that has no next one.
        let last = media.picture.as_ref().and_then(|picture| picture.last).filter(|_| kind == Kind::Frozen);
        let stands = last.and_then(|last| common((here(last.as_secs()), f64::MAX), part));
        let found = found.into_iter().filter_map(|(start, end)| common((here(start), here(end)), part));
        Ok(found.chain(stands).collect())
    }

    /// Where between two moments nothing is meant to be heard.
    fn silent(&self, range: Range) -> Result<Vec<Range>> {
        let mut silent = vec![range];
        for sound in &self.timeline.sounds {
            let Some(part) = common((sound.start.as_secs(), sound.end.as_secs()), range) else { continue };
            let loud = without(part, self.unheard(sound, part)?);
            silent = loud
                .into_iter()
                .fold(silent, |silent, loud| silent.into_iter().flat_map(|part| without(part, vec![loud])).collect());
        }
        Ok(silent)
    }

    /// Where between two moments `sound` is silent by itself or by its fades.
    fn unheard(&self, sound: &Sound, part: Range) -> Result<Vec<Range>> {
        let Some((media, stream)) = self.media.get(&sound.asset).and_then(|media| Some((media, media.sound.as_ref()?)))
        else {
            return Ok(vec![part]);
        };
        let mut unheard = Vec::new();
        let mut volume = sound.volume;
        for gain in &sound.gains {
            let (start, end) = (gain.start.as_secs(), gain.end.as_secs());
            match gain.shape {
                GainShape::Rise => unheard.extend(common((f64::MIN, end), part)),
                GainShape::Fall => unheard.extend(common((start, f64::MAX), part)),
                GainShape::Dip { level, .. } => volume *= level,
            }
        }
        if volume <= 1e-4 {
            return Ok(vec![part]);
        }
        // Ten decibels more than the output may have: neither an encoder nor a mix is exact.
        let threshold = (-50.0 - 20.0 * volume.log10()).min(-1.0);
        let length = stream.duration.as_secs().max(0.001);
        let source = sound.source.as_secs();
        let here = |time: f64| sound.start.as_secs() + (time - source) / sound.speed;
        let there = |time: f64| source + (time - sound.start.as_secs()) * sound.speed;
        if sound.looped {
            let found = of_source(media, Kind::Silent, (0.0, length), threshold, self.depth, self.cancel)?;
            let mut round = (there(part.0) / length).floor().max(0.0);
            while round * length < there(part.1) {
                let again = found.iter().map(|(start, end)| (here(start + round * length), here(end + round * length)));
                unheard.extend(again.filter_map(|range| common(range, part)));
                round += 1.0;
            }
            return Ok(unheard);
        }
        let asked = ((there(part.0) - 0.5).max(0.0), (there(part.1) + 0.5).min(length));
        if asked.0 < asked.1 {
            let found = of_source(media, Kind::Silent, asked, threshold, self.depth, self.cancel)?;
            unheard.extend(found.into_iter().filter_map(|(start, end)| common((here(start), here(end)), part)));
        }
        unheard.extend(common((here(length), f64::MAX), part));
        Ok(unheard)
    }
}

fn common(one: Range, other: Range) -> Option<Range> {
    let both = (one.0.max(other.0), one.1.min(other.1));
    (both.0 < both.1).then_some(both)
}

/// What of `range` none of `others` has.
fn without(range: Range, mut others: Vec<Range>) -> Vec<Range> {
    others.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut left = Vec::new();
    let mut at = range.0;
    for (start, end) in others {
        if start > at {
            left.extend(common((at, start), range));
        }
        at = at.max(end);
    }
    left.extend(common((at, f64::MAX), range));
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_explained_is_taken_out() {
        assert_eq!(without((1.0, 5.0), vec![(4.0, 9.0), (0.0, 2.0)]), [(2.0, 4.0)]);
        assert_eq!(without((1.0, 5.0), vec![(2.0, 3.0), (2.5, 2.7)]), [(1.0, 2.0), (3.0, 5.0)]);
        assert!(without((1.0, 5.0), vec![(1.0, 3.0), (3.0, 5.0)]).is_empty());
        assert_eq!(without((1.0, 5.0), Vec::new()), [(1.0, 5.0)]);
    }
}

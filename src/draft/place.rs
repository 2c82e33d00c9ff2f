//! Which thesis stands when.

use crate::scenario::{Format, Outline, OutlineOverlay, Position};

use super::cut::tenths;
use super::storyline::{Storyline, Stretch, time};

/// A thesis is read in two seconds at least, and looked at for five at most.
const SHORTEST: i64 = 2_000;
const LONGEST: i64 = 5_000;

/// Seconds of the reader's, beyond what it takes to see that something is there: 15 characters in each.
const SEEING: i64 = 1_500;
const CHARACTERS: i64 = 15;

/// What lies between a thesis and the scene's ends or the next thesis, where there is room.
const APART: i64 = 500;

/// Puts `phrases` into the scenes, spread over all of them, none over another; answers how many have found a place.
pub(super) fn theses(phrases: &[String], story: &Storyline, outline: &mut Outline) -> usize {
    let even = even(phrases.len(), story);
    let mut phrases = phrases.iter().zip(&even);
    let mut placed = 0;
    let counts = one_each(&even, story).unwrap_or_else(|| several(&even, story));
    for ((scene, stretch), count) in outline.scenes.iter_mut().zip(&story.scenes).zip(counts) {
        let Ok(parts) = i64::try_from(count) else { continue };
        let length = stretch.end - stretch.start;
        for (number, (phrase, even)) in (0..parts).zip(phrases.by_ref()) {
            let from = stretch.start + length * number / parts;
            let room = stretch.start + length * (number + 1) / parts - from;
            let shown = reading(phrase).min(room - APART).max(SHORTEST);
            let lead = ((room - shown) / 2).min(APART);
            // In its part of the scene, as near to its even place as may be.
            let start = (*even).clamp(from + lead, from + room - shown - lead);
            scene.overlays.push(OutlineOverlay {
                text: phrase.clone(),
                position: Some(Position::TopCenter),
                format: Some(Format::Thesis),
                start_sec: time(start),
                end_sec: time(start + shown),
            });
            placed += 1;
        }
    }
    placed
}

/// Where so many theses would begin if there were no scenes: the first at once.
fn even(count: usize, story: &Storyline) -> Vec<i64> {
    let count = i64::try_from(count.min(story.scenes.iter().map(room).sum())).unwrap_or(0);
    (0..count).map(|number| tenths(story.length() * number / count + APART)).collect()
}

fn reading(phrase: &str) -> i64 {
    let characters = i64::try_from(phrase.chars().count()).unwrap_or(0);
    // To tenths, for whoever reads the draft.
    ((SEEING + characters * 1000 / CHARACTERS) / 100 * 100).clamp(SHORTEST, LONGEST)
}

/// How many theses a scene has room for.
fn room(scene: &Stretch) -> usize {
    usize::try_from((scene.end - scene.start) / SHORTEST).unwrap_or(0)
}

/// Where there are scenes enough, each thesis comes with another one: that which begins nearest to its even place.
fn one_each(even: &[i64], story: &Storyline) -> Option<Vec<usize>> {
    let with_room: Vec<(usize, &Stretch)> =
        story.scenes.iter().enumerate().filter(|(_, scene)| room(scene) > 0).collect();
    let spare = with_room.len().checked_sub(even.len())?;
    let mut counts = vec![0; story.scenes.len()];
    let mut from = 0;
    for (number, start) in even.iter().enumerate() {
        let open = with_room.iter().enumerate().skip(from).take((spare + number + 1).saturating_sub(from));
        let (at, (scene, _)) = open.min_by_key(|(_, (_, scene))| (scene.start + APART - start).abs())?;
        *counts.get_mut(*scene)? = 1;
        from = at + 1;
    }
    Some(counts)
}

/// Else each stands where its even place is, or in the next scene with room, or in any.
fn several(even: &[i64], story: &Storyline) -> Vec<usize> {
    let rooms: Vec<usize> = story.scenes.iter().map(room).collect();
    let mut counts = vec![0; rooms.len()];
    for start in even {
        let wanted = story.scenes.partition_point(|scene| scene.end <= *start);
        let place = (wanted..rooms.len()).chain(0..wanted).find(|at| counts.get(*at) < rooms.get(*at));
        if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn theses_stand_two_to_five_seconds_in_one_scene_and_never_together(
            lengths in prop::collection::vec(200_i64..15_000, 1..8),
            phrases in prop::collection::vec("[а-я]{1,60}", 0..30),
        ) {
            let mut from = 0;
            let scenes = lengths.iter().map(|length| {
                from += length;
                Stretch { asset: 0, start: from - length, end: from, source: None }
            });
            let story = Storyline { scenes: scenes.collect(), ..Storyline::default() };
            let scenes = story.scenes.iter().map(|scene| crate::scenario::OutlineScene {
                id: "scene".into(),
                start_sec: time(scene.start),
                end_sec: time(scene.end),
                voiceover_text: None,
                visual_description: None,
                asset_id: None,
                source_in_sec: None,
                overlays: Vec::new(),
            });
            let mut outline = Outline { scenes: scenes.collect(), subtitle_segments: Vec::new() };
            let placed = theses(&phrases, &story, &mut outline);
            let rooms: usize = lengths.iter().map(|length| usize::try_from(length / SHORTEST).expect("small")).sum();
            prop_assert_eq!(placed, phrases.len().min(rooms), "whatever has room is shown");
            let mut shown = Vec::new();
            let mut before = time(0);
            for scene in &outline.scenes {
                for overlay in &scene.overlays {
                    let lasts = (overlay.end_sec - overlay.start_sec).as_millis();
                    prop_assert!((SHORTEST..=LONGEST).contains(&lasts));
                    prop_assert!(overlay.start_sec >= scene.start_sec && overlay.end_sec <= scene.end_sec);
                    prop_assert!(overlay.start_sec >= before);
                    before = overlay.end_sec;
                    shown.push(overlay.text.clone());
                }
            }
            prop_assert_eq!(shown.as_slice(), &phrases[..placed], "in the order of the prompt");
        }
    }
}

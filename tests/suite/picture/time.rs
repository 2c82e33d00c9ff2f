//! Clips that are too short, transitions, and speed.

use serde_json::{Value, json};

use super::clips::{SHORT, THIRDS, TONE};
use super::{Frame, HEIGHT, WIDTH, canvas, judged, part, rendered, seen, shown, shown_in_slices, valid};
use crate::media::{BLUE, RED, samples, tone};
use callsheet::render::Way;

/// Which frame of `SHORT` is seen, or nothing where it is something else.
fn number_of(frame: &Frame) -> Option<f64> {
    let [red, green, blue] = frame.middle();
    let grey = red.abs_diff(green) < 4 && green.abs_diff(blue) < 4;
    grey.then(|| (f64::from(green) * 219.0 / 255.0 + 16.0 - 40.0) / 6.0)
}

fn covered(clip_fit: Option<&str>) -> [Value; 3] {
    let mut over = json!({ "type": "overlay_video", "params":
        { "stock_id": "short", "start_time": 0.5, "end_time": 3, "source_start": 0.2, "volume": 1 } });
    if let Some(fit) = clip_fit {
        over["params"]["clip_fit"] = fit.into();
    }
    // Blue lies below.
    [part(&THIRDS, 3.0, &json!({ "focus_x": 1 })), canvas(&json!({})), over]
}

/// What is seen while a clip of 0.8 s fills 2.5 s; at 30 frames a second, from frame 15 to frame 90.
fn filled(clip_fit: &str) -> Vec<Option<f64>> {
    let name = format!("short-{clip_fit}");
    let frames = shown_in_slices(&name, &covered(Some(clip_fit)), &[&THIRDS, &SHORT], &[15, 38, 39, 60, 89]);
    assert_eq!(frames.len(), 90);
    for (number, frame) in frames.iter().enumerate() {
        let [red, green, blue] = frame.middle();
        assert!(u32::from(red) + u32::from(green) + u32::from(blue) > 60, "frame {number} is black");
    }
    assert!(frames[..15].iter().all(|frame| number_of(frame).is_none()), "{clip_fit} begins too early");
    frames[15..].iter().map(number_of).collect()
}

#[test]
fn a_clip_that_is_too_short_begins_again_stands_still_or_is_slowed_down() {
    for (number, seen) in filled("loop").into_iter().enumerate() {
        // Twenty frames of the clip are 24 of the video.
        let wanted = 5.0 + ((number % 24) as f64 / 30.0 * 25.0 + 0.01).floor();
        assert!((seen.unwrap() - wanted).abs() <= 1.1, "looped, frame {number} shows {seen:?}, not {wanted}");
    }
    for (number, seen) in filled("freeze").into_iter().enumerate() {
        let wanted = (5.0 + (number as f64 / 30.0 * 25.0 + 0.01).floor()).min(24.0);
        assert!((seen.unwrap() - wanted).abs() <= 1.1, "frozen, frame {number} shows {seen:?}, not {wanted}");
        assert!(number < 25 || (seen.unwrap() - 24.0).abs() < 0.5, "the last frame stands: {seen:?}");
    }
    for (number, seen) in filled("slow").into_iter().enumerate() {
        let wanted = 5.0 + (number as f64 / 30.0 * 25.0 * 0.8 / 2.5 + 0.01).floor();
        assert!((seen.unwrap() - wanted).abs() <= 1.1, "slowed, frame {number} shows {seen:?}, not {wanted}");
    }
    for (number, seen) in filled("trim").into_iter().enumerate() {
        assert_eq!(seen.is_some(), number < 24, "trimmed, frame {number} shows {seen:?}");
    }
}

#[test]
fn the_sound_of_a_short_clip_is_heard_as_long_as_it_is_seen_to_play() {
    for (fit, until) in [("loop", 3.0), ("slow", 3.0), ("freeze", 1.3), ("trim", 1.3)] {
        let plan = valid(&covered(Some(fit)), &[&THIRDS, &SHORT]);
        let sound = samples(&rendered("short-sound", &plan, Way::Whole));
        let heard = |from: f64, to: f64| tone(&sound, 440.0, from, to) > 0.06;
        assert!(!heard(0.0, 0.45) && heard(0.6, 1.2), "{fit}");
        assert_eq!(heard(1.5, 2.9), until > 2.0, "{fit}");
    }
}

#[test]
fn what_becomes_of_a_short_clip_is_told_before_anything_is_rendered() {
    let (plan, found) = judged(&covered(None), &[&THIRDS, &SHORT]).unwrap();
    let messages: Vec<_> = found.iter().map(|finding| (finding.code.as_str(), finding.message.as_str())).collect();
    let told = "`short` has 0.8 s for a time of 2.5 s: it is gone at 1.3 s, and what it covers is seen again";
    assert_eq!(messages, [("W0343", told)]);
    assert_eq!(plan.notes().get(&2).map(String::as_str), Some(told));
    for (fit, told) in [
        ("loop", "`short` has 0.8 s for a time of 2.5 s: it begins again where it ends"),
        ("freeze", "`short` has 0.8 s for a time of 2.5 s: its last frame stands from 1.3 s on"),
        ("slow", "`short` has 0.8 s for a time of 2.5 s: it plays at 32 % of its speed"),
    ] {
        let (plan, found) = judged(&covered(Some(fit)), &[&THIRDS, &SHORT]).unwrap();
        assert_eq!((found.iter().count(), plan.notes().get(&2).map(String::as_str)), (0, Some(told)));
    }
    let mut tasks = covered(Some("slow"));
    tasks[2]["params"]["source_start"] = 0.5.into();
    let found = judged(&tasks, &[&THIRDS, &SHORT]).unwrap_err();
    let refused = "`short` has 0.5 s for a time of 2.5 s: it would play at 20 % of its speed; the slowest is 25 %";
    assert_eq!(found.iter().next().unwrap().message, refused);
    tasks[2]["params"]["source_start"] = 1.into();
    assert!(judged(&tasks, &[&THIRDS, &SHORT]).is_err(), "nothing is left of it");
}

#[test]
fn each_transition_shows_both_keeps_its_length_and_begins_and_ends_clean() {
    let kinds = callsheet::value::TRANSITION.values;
    assert_eq!(kinds.len(), 10);
    for kind in kinds {
        // Other rates, other sizes: 25 and a varying one, into 30.
        let tasks = [
            json!({ "type": "trim", "inputs": ["red"], "output_id": "a", "params": { "start_time": 0.5, "end_time": 2 } }),
            json!({ "type": "trim", "inputs": ["blue"], "output_id": "b", "params": { "start_time": 0.3, "end_time": 1.8 } }),
            json!({ "type": "transition", "inputs": ["a", "b"], "params": { "kind": kind, "duration": 1 } }),
            canvas(&json!({})),
        ];
        let frames = shown_in_slices(&format!("transition-{kind}"), &tasks, &[&RED, &BLUE], &[14, 22, 30, 44, 46]);
        assert_eq!(frames.len(), 60, "{kind}: 1.5 s and 1.5 s, less 1 s");
        for (number, frame) in frames.iter().enumerate() {
            let [red, _, blue] = frame.middle();
            assert!(u32::from(red) + u32::from(blue) > 100, "{kind}: frame {number} is black");
            // A wipe may begin or end with its first column or row, and the encoder blurs the colours beside it.
            let some = |channel: usize| frame.0.iter().filter(|pixel| pixel[channel] > 225).count();
            let all = |channel: usize| some(channel) + 4 * HEIGHT >= WIDTH * HEIGHT;
            assert!(number > 15 || all(0), "{kind}: frame {number} is not the first alone");
            assert!(number < 45 || all(2), "{kind}: frame {number} is not the second alone");
        }
        let share = |frame: &Frame, x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
            let all: Vec<_> = y.flat_map(|y| x.clone().map(move |x| (x, y))).collect();
            all.iter().filter(|(x, y)| frame.at(*x, *y)[2] > 128).count() as f64 / all.len() as f64
        };
        let half = &frames[30];
        let [left, right] = [share(half, 0..40, 0..HEIGHT), share(half, 80..WIDTH, 0..HEIGHT)];
        let [top, bottom] = [share(half, 0..WIDTH, 0..70), share(half, 0..WIDTH, 140..HEIGHT)];
        // Left, right, up, down say where it goes: the second comes in from the other side.
        let comes_from = match kind.rsplit_once('_').map(|(_, way)| way) {
            Some("left") => right - left,
            Some("right") => left - right,
            Some("up") => bottom - top,
            Some("down") => top - bottom,
            _ => 1.0,
        };
        assert!(comes_from > 0.9, "{kind}: {left} {right} {top} {bottom}");
    }
}

#[test]
fn a_transition_takes_the_sound_with_it() {
    let tasks = [
        json!({ "type": "trim", "inputs": ["tone"], "output_id": "a", "params": { "start_time": 0.5, "end_time": 2.5 } }),
        json!({ "type": "trim", "inputs": ["blue"], "output_id": "b", "params": { "start_time": 1, "end_time": 3 } }),
        json!({ "type": "transition", "inputs": ["a", "b"], "params": { "kind": "slide_left", "duration": 1 } }),
        canvas(&json!({})),
    ];
    let video = rendered("transition-sound", &valid(&tasks, &[&TONE, &BLUE]), Way::Whole);
    assert_eq!(seen(&video).len(), 90);
    let sound = samples(&video);
    assert!((sound.len() as f64 / 48_000.0 - 3.0).abs() < 0.045);
    let level = |frequency: f64, at: f64| tone(&sound, frequency, at - 0.04, at + 0.04);
    let (first, second) = (level(440.0, 0.5), level(880.0, 2.5));
    for (at, share) in [(0.9, 1.0), (1.25, 0.75), (1.5, 0.5), (1.75, 0.25), (2.1, 0.0)] {
        assert!((level(440.0, at) / first - share).abs() < 0.08, "the first at {at}");
        assert!((level(880.0, at) / second - (1.0 - share)).abs() < 0.08, "the second at {at}");
    }
}

/// The pitch of a sine between two moments, from where it crosses zero upwards.
fn pitch(samples: &[f32], from: f64, to: f64) -> f64 {
    let part = &samples[(from * 48_000.0) as usize..(to * 48_000.0) as usize];
    let crossings: Vec<f64> = part
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
        .map(|(number, pair)| number as f64 + f64::from(-pair[0] / (pair[1] - pair[0])))
        .collect();
    (crossings.len() - 1) as f64 * 48_000.0 / (crossings[crossings.len() - 1] - crossings[0])
}

#[test]
fn speed_keeps_the_pitch() {
    for factor in [0.25, 0.5, 0.8, 1.25, 2.0, 4.0] {
        let tasks =
            [json!({ "type": "speed", "inputs": ["tone"], "params": { "factor": factor } }), canvas(&json!({}))];
        let video = rendered("pitch", &valid(&tasks, &[&TONE]), Way::Whole);
        let length = 3.0 / factor;
        assert!((seen(&video).len() as f64 - length * 30.0).abs() <= 1.0);
        let sound = samples(&video);
        assert!((sound.len() as f64 / 48_000.0 - length).abs() < 0.045, "{factor}");
        let found = pitch(&sound, 0.1 * length, 0.9 * length);
        assert!((found / 440.0 - 1.0).abs() < 0.01, "{found} Hz at {factor}");
    }
}

#[test]
fn a_cutaway_that_is_long_enough_needs_no_fit() {
    let mut tasks = covered(Some("slow"));
    tasks[2]["params"]["end_time"] = 1.3.into();
    let frames = shown("long-enough", &tasks, &[&THIRDS, &SHORT]);
    for (number, frame) in frames[15..39].iter().enumerate() {
        let wanted = 5.0 + (number as f64 / 30.0 * 25.0 + 0.01).floor();
        assert!((number_of(frame).unwrap() - wanted).abs() <= 1.1, "frame {number}");
    }
}

//! Photos that move: smoothly, and in slices as in the whole.

use serde_json::json;

use super::clips::{EDGE, LEVEL, THIRDS, THIRDS_PHOTO};
use super::{Frame, HEIGHT, WIDTH, assert_near, canvas, part, shown, shown_in_slices};

/// How much of the middle row is white, in pixels: where the edge of `EDGE` stands, far finer than a pixel.
fn across(frame: &Frame) -> f64 {
    (0..WIDTH).map(|x| f64::from(frame.at(x, HEIGHT / 2)[1]) / 255.0).sum()
}

/// The same of the middle column and `LEVEL`.
fn down(frame: &Frame) -> f64 {
    (0..HEIGHT).map(|y| f64::from(frame.at(WIDTH / 2, y)[1]) / 255.0).sum()
}

/// Every step goes the same way, and none is larger than twice a steady one: nothing trembles, nothing jumps.
fn assert_smooth(places: &[f64], from: f64, to: f64, what: &str) {
    let (first, last) = (places[0], places[places.len() - 1]);
    assert!((first - from).abs() < 0.5 && (last - to).abs() < 0.5, "{what}: {first} to {last}, not {from} to {to}");
    let steady = (to - from) / (places.len() - 1) as f64;
    assert!(steady.abs() < 0.6, "the test wants steps below a pixel");
    for (number, pair) in places.windows(2).enumerate() {
        let step = (pair[1] - pair[0]) / steady;
        assert!((0.0..=2.0).contains(&step), "{what}: step {number} is {step} of {steady}; {places:?}");
    }
}

#[test]
fn a_photo_moves_smoothly_below_a_pixel() {
    let (width, height) = (WIDTH as f64, HEIGHT as f64);
    // Where the edge stands in the whole photo, and in the middle part of it that is seen when it has grown by 15 %.
    let whole = 0.3;
    let grown = (whole - 0.5) * 1.15 + 0.5;
    // Wandering over the grown photo: the view lies at one side and at the other.
    let (near, far) = (whole * 1.15, whole * 1.15 - 0.15);
    for (motion, from, to) in
        [("zoom_in", whole, grown), ("zoom_out", grown, whole), ("pan_right", near, far), ("pan_left", far, near)]
    {
        let tasks = [part(&EDGE, 2.0, &json!({ "motion": motion })), canvas(&json!({}))];
        let frames = shown_in_slices(motion, &tasks, &[&EDGE], &[0, 29, 59]);
        assert_eq!(frames.len(), 60);
        let places: Vec<f64> = frames.iter().map(across).collect();
        assert_smooth(&places, from * width, to * width, motion);
    }
    for (motion, from, to) in [("pan_down", near, far), ("pan_up", far, near), ("zoom_in", whole, grown)] {
        let tasks = [part(&LEVEL, 2.0, &json!({ "motion": motion })), canvas(&json!({}))];
        let places: Vec<f64> = shown("level", &tasks, &[&LEVEL]).iter().map(down).collect();
        assert_smooth(&places, from * height, to * height, motion);
    }
}

#[test]
fn a_moving_photo_goes_on_where_it_is_cut_and_at_another_speed() {
    // Two seconds of motion: the first is cut off, the rest takes half its time.
    let tasks = [
        json!({ "type": "trim", "inputs": ["edge"], "output_id": "all", "params": { "start_time": 0, "end_time": 2, "motion": "pan_right" } }),
        json!({ "type": "trim", "inputs": ["all"], "output_id": "rest", "params": { "start_time": 1, "end_time": 2 } }),
        json!({ "type": "speed", "inputs": ["rest"], "params": { "factor": 0.5 } }),
        canvas(&json!({})),
    ];
    let frames = shown_in_slices("cut-motion", &tasks, &[&EDGE], &[0, 31, 59]);
    let places: Vec<f64> = frames.iter().map(across).collect();
    let (near, far) = (0.345 * WIDTH as f64, 0.195 * WIDTH as f64);
    assert_smooth(&places, f64::midpoint(near, far), far, "the rest of it");
}

#[test]
fn a_moving_photo_covers_the_video_and_moves_in_its_own_frame_where_it_is_contained() {
    let tasks = [
        part(&THIRDS, 2.0, &json!({})),
        canvas(&json!({})),
        json!({ "type": "overlay_image", "params": { "image_id": "thirds-photo", "start_time": 0.5, "end_time": 1.5, "motion": "zoom_in",
            "fit": "contain", "background": "blur" } }),
    ];
    let frames = shown_in_slices("contained-motion", &tasks, &[&THIRDS, &THIRDS_PHOTO], &[14, 15, 30, 44, 45]);
    for (number, frame) in frames.iter().enumerate() {
        let covers = (15..45).contains(&number);
        let left = if covers { [255, 0, 0] } else { [0, 255, 0] };
        assert_near(frame.at(10, HEIGHT / 2), left, 6, &format!("frame {number}"));
    }
    // The joint of red and green comes from 40 to 37: it grows about its middle, and its frame stays 66 rows high.
    let red = |frame: &Frame| (0..60).map(|x| f64::from(frame.at(x, HEIGHT / 2)[0]) / 255.0).sum::<f64>();
    let (first, last) = (red(&frames[15]), red(&frames[44]));
    assert!((first - 40.0).abs() < 0.7 && (last - 37.0).abs() < 0.7, "{first} to {last}");
}

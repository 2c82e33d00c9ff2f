//! What fills the canvas, and what is seen beside it.

use serde_json::json;

use super::clips::{
    ALPHA_MOV, ALPHA_PNG, ALPHA_WEBM, COUNTED, COVERED, NARROW, ODD, SONG, TAGGED, THIRDS, THIRDS_PHOTO,
};
use super::{Frame, HEIGHT, WIDTH, assert_near, canvas, judged, part, shown, shown_in_slices};
use crate::media::{Clip, folder};

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];

#[test]
fn a_crop_keeps_its_focus_in_sight() {
    for (focus, colour) in [(0.0, RED), (0.16, RED), (0.5, GREEN), (0.84, BLUE), (1.0, BLUE)] {
        let tasks = [part(&THIRDS, 0.2, &json!({})), canvas(&json!({ "focus_x": focus }))];
        let frames = shown("focus", &tasks, &[&THIRDS]);
        assert_near(frames[3].middle(), colour, 3, &format!("focus {focus}"));
        // The crop is 101 of 324 wide: at 0.16 nothing but red is seen, as the focus is nearest to the middle.
        assert_near(frames[3].at(3, 107), colour, 3, &format!("left of focus {focus}"));
    }
}

#[test]
fn each_shot_has_a_focus_and_a_fit_of_its_own() {
    let tasks = [
        part(&THIRDS, 2.0, &json!({ "focus_x": 0.1 })),
        canvas(&json!({ "focus_x": 0.9 })),
        json!({ "type": "overlay_video", "params": { "stock_id": "thirds", "start_time": 0.5, "end_time": 1 } }),
        json!({ "type": "overlay_image", "params": { "image_id": "thirds-photo", "start_time": 1, "end_time": 1.5, "focus_x": 0.5 } }),
        json!({ "type": "overlay_image", "params": { "image_id": "thirds-photo", "start_time": 1.5, "end_time": 2, "fit": "contain", "background": "#ffff00" } }),
    ];
    let frames = shown_in_slices("own-focus", &tasks, &[&THIRDS, &THIRDS_PHOTO], &[7, 20, 40, 50]);
    assert_near(frames[7].middle(), RED, 3, "the shot's own");
    assert_near(frames[20].middle(), BLUE, 3, "the canvas'");
    assert_near(frames[40].middle(), GREEN, 3, "the photo's own");
    assert_near(frames[50].at(10, 107), RED, 3, "all of it is seen");
    assert_near(frames[50].at(60, 20), [255, 255, 0], 3, "its background");
}

/// In which rows of a column something else is than at its top.
fn rows(frame: &Frame, x: usize) -> (usize, usize) {
    let other = |y: &usize| frame.at(x, *y).iter().zip(frame.at(x, 0)).any(|(one, other)| one.abs_diff(other) > 90);
    ((0..HEIGHT).find(other).unwrap(), (0..HEIGHT).rfind(other).unwrap() + 1)
}

#[test]
fn what_is_contained_is_shown_to_its_last_frame() {
    for background in ["#204080", "blur", "black"] {
        let tasks =
            [part(&COUNTED, 1.0 / 3.0, &json!({})), canvas(&json!({ "fit": "contain", "background": background }))];
        let frames = shown_in_slices(&format!("last-{background}"), &tasks, &[&COUNTED], &[0, 8, 9]);
        assert_eq!(frames.len(), 10);
        for (number, frame) in frames.iter().enumerate() {
            // 20 levels of video are 23.3 of a screen.
            let grey = (number as f64 * 20.0 * 255.0 / 219.0).round() as u8;
            assert_near(frame.middle(), [grey; 3], 4, &format!("frame {number} on {background}"));
        }
    }
}

#[test]
fn what_is_contained_is_whole_and_not_stretched_before_its_colour() {
    for (name, colour) in [("#204080", [0x20, 0x40, 0x80]), ("orange", [255, 165, 0]), ("#777777", [0x77; 3])] {
        let tasks = [part(&THIRDS, 0.2, &json!({})), canvas(&json!({ "fit": "contain", "background": name }))];
        let frame = &shown("contain", &tasks, &[&THIRDS])[3];
        for (x, y) in [(5, 5), (60, 60), (115, 210)] {
            assert_near(frame.at(x, y), colour, 2, name);
        }
        for (x, colour) in [(20, RED), (60, GREEN), (100, BLUE)] {
            assert_near(frame.at(x, 107), colour, 3, "the picture");
        }
        // 120 * 180 / 324 = 66.7 rows in the middle of 214.
        let (top, bottom) = rows(frame, 60);
        assert!((73..=75).contains(&top) && (139..=141).contains(&bottom), "{top} to {bottom}");
    }
}

#[test]
fn a_blurred_background_is_the_picture_itself_out_of_focus() {
    let tasks = [part(&THIRDS, 0.2, &json!({})), canvas(&json!({ "fit": "contain", "background": "blur" }))];
    let frame = &shown_in_slices("blur", &tasks, &[&THIRDS], &[2])[3];
    for (x, colour) in [(20, RED), (60, GREEN), (100, BLUE)] {
        assert_near(frame.at(x, 107), colour, 3, "the picture");
    }
    // It fills the canvas, cropped in the middle: 101 of 324 columns, all of them green.
    assert_near(frame.at(60, 30), GREEN, 6, "the background");
    // A photo of which the middle has edges is soft there.
    let tasks = [
        part(&THIRDS_PHOTO, 0.2, &json!({ "fit": "contain", "background": "blur" })),
        json!({ "type": "fit_canvas", "params": { "aspect_ratio": "1:1", "resolution": 214, "frame_rate": 30, "safe_area": "none" } }),
    ];
    let square = crate::media::frames(
        &super::rendered("blur-photo", &super::valid(&tasks, &[&THIRDS_PHOTO]), callsheet::render::Way::Whole),
        214,
        214,
    );
    let row = |y: usize| &square[3][y * 214..(y + 1) * 214];
    let steepest = |row: &[[u8; 3]]| row.windows(2).map(|pair| pair[0][1].abs_diff(pair[1][1])).max().unwrap();
    assert!(steepest(row(107)) > 100 && steepest(row(10)) < 20, "{} {}", steepest(row(107)), steepest(row(10)));
    assert!(row(10)[107][1] > 200 && row(10)[5][0] > 150 && row(10)[208][2] > 150, "{:?}", row(10));
}

const TURNED: Clip = Clip { name: "turned-copy.mp4", arguments: "" };
const HELD: Clip = Clip { name: "held.jpg", arguments: "" };

/// Makes `name` of a clip.
fn made(of: &Clip, arguments: &[&str], name: &str) {
    let mut ffmpeg = std::process::Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-i"]).arg(of.path()).args(arguments).arg(folder().join(name));
    assert!(ffmpeg.status().unwrap().success(), "ffmpeg could not make {name}");
}

#[test]
fn a_picture_stands_upright_by_its_matrix_by_its_tag_and_as_the_camera_was_held() {
    // A copy with a display matrix, and a photo whose EXIF says (orientation 6) that its first row is the right side.
    made(&THIRDS, &["-c", "copy", "-metadata:s:v", "rotate=270"], TURNED.name);
    made(&THIRDS_PHOTO, &["-q:v", "1"], HELD.name);
    let mut bytes = std::fs::read(HELD.path()).unwrap();
    let orientation: &[u8] =
        b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    bytes.splice(2..2, orientation.iter().copied());
    std::fs::write(HELD.path(), bytes).unwrap();
    for clip in [&TURNED, &TAGGED, &HELD] {
        let tasks = [part(clip, 0.2, &json!({})), canvas(&json!({ "fit": "contain", "background": "white" }))];
        let frame = &shown(clip.id(), &tasks, &[clip])[3];
        // 180 by 324 in 120 by 214: all of it.
        for (y, colour) in [(30, RED), (107, GREEN), (180, BLUE)] {
            assert_near(frame.at(60, y), colour, 12, clip.name);
            assert_near(frame.at(3, y), colour, 12, clip.name);
        }
    }
}

#[test]
fn pixels_that_are_not_square_and_odd_sizes_keep_their_shape() {
    for (clip, shape) in [(&NARROW, 80.0 / 90.0), (&ODD, 81.0 / 91.0)] {
        let tasks = [part(clip, 0.2, &json!({})), canvas(&json!({ "fit": "contain" }))];
        let frame = &shown(clip.id(), &tasks, &[clip])[3];
        let (top, bottom) = rows(frame, 60);
        let found = WIDTH as f64 / (bottom - top) as f64;
        assert!((found / shape - 1.0).abs() < 0.02, "{}: {found}, not {shape}", clip.name);
        let covered = shown(clip.id(), &[part(clip, 0.2, &json!({})), canvas(&json!({}))], &[clip]);
        for (x, y) in [(0, 0), (WIDTH - 1, HEIGHT - 1), (0, HEIGHT - 1)] {
            assert_near(covered[2].at(x, y), [255; 3], 2, "no border is left");
        }
    }
}

#[test]
fn what_is_transparent_lets_the_picture_below_through() {
    for (clip, kind, id) in [
        (&ALPHA_WEBM, "overlay_video", "stock_id"),
        (&ALPHA_MOV, "overlay_video", "stock_id"),
        (&ALPHA_PNG, "overlay_image", "image_id"),
    ] {
        let mut over = json!({ "type": kind, "params": { "start_time": 0.5, "end_time": 1.5 } });
        over["params"][id] = clip.id().into();
        let tasks = [part(&THIRDS, 2.0, &json!({ "focus_x": 0 })), canvas(&json!({})), over];
        let frames = shown_in_slices(clip.id(), &tasks, &[&THIRDS, clip], &[10, 15, 30, 44, 50]);
        for (number, frame) in frames.iter().enumerate() {
            let over = (15..45).contains(&number);
            let (half, whole) = if over { ([255, 128, 128], [255; 3]) } else { (RED, RED) };
            for (x, colour) in [(20, RED), (60, half), (100, whole)] {
                assert_near(frame.at(x, 107), colour, 5, &format!("{} in frame {number} at {x}", clip.name));
            }
        }
    }
    // With nothing below there is black, in a transition too.
    let tasks = [
        json!({ "type": "trim", "inputs": ["alpha-vp9"], "output_id": "a", "params": { "start_time": 0, "end_time": 1 } }),
        json!({ "type": "trim", "inputs": ["alpha-qtrle"], "output_id": "b", "params": { "start_time": 0, "end_time": 1 } }),
        json!({ "type": "transition", "inputs": ["a", "b"], "params": { "kind": "fade", "duration": 0.5 } }),
        canvas(&json!({})),
    ];
    for frame in shown("alpha-alone", &tasks, &[&ALPHA_WEBM, &ALPHA_MOV]) {
        for (x, level) in [(20, 0), (60, 128), (100, 255)] {
            assert_near(frame.at(x, 107), [level; 3], 5, &format!("alone at {x}"));
        }
    }
}

#[test]
fn a_cover_is_never_taken_for_the_video() {
    let frames = shown("covered", &[part(&COVERED, 0.5, &json!({})), canvas(&json!({}))], &[&COVERED]);
    assert_eq!(frames.len(), 15);
    assert!(frames.iter().all(|frame| frame.middle()[2] > 240 && frame.middle()[1] < 12), "{:?}", frames[0].middle());
    let found = judged(&[part(&SONG, 0.5, &json!({})), canvas(&json!({}))], &[&SONG]).unwrap_err();
    assert!(found.iter().any(|finding| finding.message.contains("has no picture, only sound")), "{found:?}");
}

#[test]
fn what_cannot_be_is_refused() {
    let message = |tasks: &[serde_json::Value], clips: &[&Clip]| {
        let found = judged(tasks, clips).unwrap_err();
        found.iter().map(|finding| format!("{}: {}", finding.code.as_str(), finding.message)).collect::<Vec<_>>()
    };
    let moving = [part(&THIRDS, 0.5, &json!({ "motion": "zoom_in" }))];
    assert_eq!(message(&moving, &[&THIRDS]), ["E0309: `motion` is for photos, and this is a video"]);
    let placed = [
        part(&THIRDS, 0.5, &json!({})),
        json!({ "type": "overlay_image", "params": { "image_id": "thirds-photo", "start_time": 0, "end_time": 0.5, "position": "center", "fit": "contain" } }),
    ];
    let refused = ["E0302: a picture with a `position` fills no canvas, so it has no `fit`"];
    assert_eq!(message(&placed, &[&THIRDS, &THIRDS_PHOTO]), refused);
    let odd = [part(&THIRDS, 0.5, &json!({ "background": "blurr" }))];
    assert_eq!(message(&odd, &[&THIRDS]), ["E0305: `background` of `trim` is `blurr`, which is no colour"]);
}

//! A text is seen on its frames, and on no other.

use callsheet::text::Caption;

use super::stage::{Stage, caption, plain};

#[test]
fn a_text_is_seen_from_its_first_frame_to_its_last() {
    for fps in [23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0] {
        let stage = Stage::sized(64, 64, fps);
        // Neighbours at all phases of the hundredths of a second, none of them touching the next.
        let spans: Vec<_> = (0..40_u64).map(|number| number * 7..number * 7 + 3).collect();
        let captions: Vec<_> =
            spans.iter().map(|frames| Caption { frames: frames.clone(), ..caption("H", plain(400.0)) }).collect();
        let layout = stage.layout(&captions);
        for (number, picture) in stage.frames(&layout, 282).iter().enumerate() {
            let is_due = spans.iter().any(|frames| frames.contains(&(number as u64)));
            assert_eq!(picture.ink().is_some(), is_due, "frame {number} at {fps}");
        }
    }
}

#[test]
fn neighbours_change_on_the_frame_and_leave_none_empty() {
    for fps in [29.97, 60.0] {
        let stage = Stage::sized(64, 64, fps);
        let captions: Vec<_> = (0..20_u64)
            .map(|number| Caption {
                frames: number * 3..number * 3 + 3,
                position: if number % 2 == 0 { "top_center" } else { "bottom_center" },
                ..caption("H", plain(200.0))
            })
            .collect();
        let layout = stage.layout(&captions);
        for (number, picture) in stage.frames(&layout, 60).iter().enumerate() {
            let ink = picture.ink().expect("ink");
            assert_eq!(ink.top < 32.0, number / 3 % 2 == 0, "frame {number} at {fps}: {ink:?}");
            assert!(ink.bottom - ink.top < 30.0, "two texts on frame {number}: {ink:?}");
        }
    }
}

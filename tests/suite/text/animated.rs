//! Texts that come and go.

use callsheet::tasks::{Animation, Style};
use callsheet::text::{Caption, Layout, Spoken};

use super::stage::{Ink, Picture, Stage, caption, color, plain};

/// A second of a text in the middle of a small canvas.
fn moving(text: &str, animate: Animation) -> Caption {
    let style = Style { animate, bold: true, ..plain(200.0) };
    Caption { position: "center", frames: 3..33, ..caption(text, style) }
}

fn stage() -> Stage {
    Stage::sized(540, 240, 30.0)
}

fn drawn(caption: Caption) -> (Layout, Vec<Picture>) {
    let stage = stage();
    let layout = stage.layout(&[caption]);
    assert_eq!(layout.findings, []);
    let pictures = stage.frames(&layout, 36);
    (layout, pictures)
}

/// How light the lightest pixel is.
fn lightest(picture: &Picture) -> u8 {
    picture.bytes.iter().copied().max().expect("pixels")
}

fn ink(picture: &Picture) -> Ink {
    picture.ink().expect("ink")
}

#[test]
fn every_animation_stands_still_in_the_middle_and_is_gone_outside_of_its_frames() {
    let (_, still) = drawn(moving("Жук", Animation::None));
    for animate in [Animation::Fade, Animation::Pop, Animation::Slide, Animation::Typewriter] {
        let (_, pictures) = drawn(moving("Жук", animate));
        for frame in [0, 2, 33, 35] {
            assert!(pictures[frame].ink().is_none(), "{animate:?} at {frame}");
        }
        for frame in 13..26 {
            assert_eq!(pictures[frame].bytes, still[frame].bytes, "{animate:?} at {frame}");
        }
        assert_ne!(pictures[3].bytes, still[3].bytes, "{animate:?} begins otherwise");
    }
}

#[test]
fn a_fade_grows_lighter_frame_by_frame_and_goes_in_the_same_way() {
    let (_, pictures) = drawn(moving("Жук", Animation::Fade));
    let light: Vec<u8> = pictures.iter().map(lightest).collect();
    assert!(light[3] > 0x50, "its first frame is seen: {light:?}");
    assert!(light[3..12].windows(2).all(|pair| pair[0] < pair[1]), "{light:?}");
    assert!(light[26..33].windows(2).all(|pair| pair[0] > pair[1]), "{light:?}");
}

#[test]
fn a_pop_grows_around_its_middle_and_beyond_its_size_for_a_moment() {
    let (layout, pictures) = drawn(moving("Жук", Animation::Pop));
    let widths: Vec<f64> = (4..20).map(|frame| ink(&pictures[frame]).width()).collect();
    let (still, most) = (widths[15], widths.iter().copied().fold(0.0, f64::max));
    assert!(widths[0] < 0.9 * still && most > 1.01 * still && most < 1.06 * still, "{widths:?}");
    let rect = layout.blocks[0].rect;
    for frame in 4..20 {
        let Ink { left, right, .. } = ink(&pictures[frame]);
        let off = f64::midpoint(left, right) - f64::midpoint(ink(&pictures[20]).left, ink(&pictures[20]).right);
        assert!(off.abs() <= 2.0, "frame {frame} is {off} off the middle of {rect:?}");
    }
}

#[test]
fn a_slide_rises_to_its_place() {
    let (_, pictures) = drawn(moving("Жук", Animation::Slide));
    let tops: Vec<f64> = (3..14).map(|frame| ink(&pictures[frame]).top).collect();
    assert!(tops[0] > tops[10] + 20.0, "{tops:?}");
    assert!(tops.windows(2).all(|pair| pair[0] >= pair[1]), "{tops:?}");
}

#[test]
fn a_typewriter_writes_from_where_the_text_begins_and_moves_no_letter() {
    let (_, still) = drawn(moving("Пишем", Animation::None));
    let whole = ink(&still[20]);
    let (_, pictures) = drawn(moving("Пишем", Animation::Typewriter));
    let widths: Vec<f64> = (3..9).map(|frame| ink(&pictures[frame]).width()).collect();
    assert!(widths.windows(2).all(|pair| pair[0] <= pair[1]) && widths[0] < 0.4 * whole.width(), "{widths:?}");
    assert!((3..9).all(|frame| ink(&pictures[frame]).left == whole.left), "the first letter stays");
    // From right to left the right edge is the one that stays.
    for text in ["שלום", "مرحبا"] {
        let (_, pictures) = drawn(moving(text, Animation::Typewriter));
        let whole = ink(&pictures[20]);
        let first = ink(&pictures[3]);
        assert!((first.right - whole.right).abs() <= 3.0 && first.width() < 0.6 * whole.width(), "{text} {first:?}");
    }
}

#[test]
fn a_box_comes_and_goes_with_its_text() {
    for animate in [Animation::Fade, Animation::Pop, Animation::Slide] {
        let said = moving("Жук", animate);
        let style = Style { background: Some(color("red")), padding: 20.0, radius: 30.0, size: 120.0, ..said.style };
        let (layout, pictures) = drawn(Caption { style, ..said });
        let middle = |frame: usize| {
            let rect = layout.blocks[0].rect;
            pictures[frame].pixel(rect.left as usize + 3, (rect.top + rect.height / 2.0) as usize)
        };
        assert!(middle(20)[0] > 240 && middle(20)[1] < 40, "{animate:?} {:?}", middle(20));
        assert!(middle(32)[0] < 160, "{animate:?} {:?}", middle(32));
    }
}

#[test]
fn an_animated_karaoke_says_its_words_at_their_frames() {
    let spoken = [(0, 3), (3, 14), (6, 22)].map(|(letters, frame)| Spoken { letters, frame }).to_vec();
    let said = |animate| {
        let caption = moving("Раз два три", animate);
        let style = Style { highlight_color: Some(color("red")), size: 120.0, ..caption.style };
        drawn(Caption { style, spoken: spoken.clone(), ..caption }).1
    };
    let still = said(Animation::None);
    for animate in [Animation::Fade, Animation::Pop, Animation::Slide, Animation::Typewriter] {
        let pictures = said(animate);
        for frame in 14..26 {
            assert_eq!(pictures[frame].bytes, still[frame].bytes, "{animate:?} at {frame}");
        }
    }
    assert_ne!(still[13].bytes, still[14].bytes);
    assert_ne!(still[21].bytes, still[22].bytes);
}

#[test]
fn a_part_of_a_layout_shows_what_the_whole_shows_there() {
    let stage = stage();
    let spoken = [(0, 3), (3, 14), (6, 22)].map(|(letters, frame)| Spoken { letters, frame }).to_vec();
    for animate in [Animation::Fade, Animation::Pop, Animation::Slide, Animation::Typewriter] {
        let caption = moving("Раз два три", animate);
        let style = Style { highlight_color: Some(color("red")), size: 120.0, ..caption.style.clone() };
        let layout = stage.layout(&[Caption { style, spoken: spoken.clone(), ..caption }]);
        let whole = stage.frames(&layout, 36);
        // The part begins where the text does, as a span in the middle of it counts its frames.
        let part = stage.frames(&layout.seen_in(&(8..30), 3), 33);
        for frame in 3..33 {
            assert_eq!(part[frame - 3].bytes, whole[frame].bytes, "{animate:?} at {frame}");
        }
    }
}

#[test]
fn two_texts_never_meet_while_one_of_them_moves() {
    let stage = Stage::sized(270, 480, 30.0);
    for animate in [Animation::Pop, Animation::Slide] {
        let filled = |name: &str, animate| {
            let style =
                Style { background: Some(color(name)), color: color(name), padding: 12.0, animate, ..plain(70.0) };
            Caption { frames: 0..30, ..caption("Одно", style) }
        };
        let subtitle = Caption { is_subtitle: true, ..filled("red", Animation::None) };
        let layout = stage.layout(&[filled("lime", animate), subtitle]);
        let (thesis, kept) = (layout.blocks[0].rect, layout.blocks[1].rect);
        assert!(thesis.bottom() < kept.top, "{thesis:?} {kept:?}");
        for (number, picture) in stage.frames(&layout, 30).iter().enumerate() {
            let inside = |y: usize| y > kept.top as usize && y < kept.bottom() as usize - 1;
            let (left, right) = (kept.left as usize + 2, kept.right() as usize - 2);
            let green = (0..480).filter(|y| inside(*y)).flat_map(|y| (left..right).map(move |x| (x, y)));
            let green = green.filter(|(x, y)| picture.pixel(*x, *y)[1] > 60).count();
            assert_eq!(green, 0, "{animate:?}: frame {number}");
        }
    }
}

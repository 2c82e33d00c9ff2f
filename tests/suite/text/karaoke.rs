//! Words that change colour when they are said.

use callsheet::tasks::Style;
use callsheet::text::{Caption, Layout, Spoken};

use super::stage::{Picture, Stage, caption, color};

fn style() -> Style {
    Style { size: 120.0, bold: true, highlight_color: Some(color("#ff0000")), ..Style::default() }
}

/// Whether the line at `number` has red letters and white ones.
fn colours(layout: &Layout, picture: &Picture, number: usize) -> (bool, bool) {
    let line = &layout.blocks[0].lines[number];
    let (top, bottom) = (line.baseline - 0.5 * layout.blocks[0].style.size, line.baseline);
    let (left, right) = (line.left, line.left + line.width);
    let pixels = (top as usize..bottom as usize).flat_map(|y| (left as usize..right as usize).map(move |x| (x, y)));
    let (mut red, mut white) = (false, false);
    for (x, y) in pixels {
        let [r, g, b] = picture.pixel(x, y);
        red |= r > 200 && g < 60 && b < 60;
        white |= r > 220 && g > 220 && b > 220;
    }
    (red, white)
}

#[test]
fn a_word_changes_colour_at_the_frame_at_which_it_is_said() {
    let stage = Stage::sized(1080, 540, 30.0);
    let spoken = [(0, 5), (3, 12), (8, 20)].map(|(letters, frame)| Spoken { letters, frame }).to_vec();
    let said = Caption { frames: 0..30, spoken, ..caption("«Раз» — Слово\nЕщё…", style()) };
    let layout = stage.layout(&[said]);
    let frames = stage.frames(&layout, 30);
    let first: Vec<_> = [4, 5, 11, 12].map(|frame| colours(&layout, &frames[frame], 0)).to_vec();
    assert_eq!(first, [(false, true), (true, true), (true, true), (true, false)]);
    let second: Vec<_> = [12, 19, 20, 29].map(|frame| colours(&layout, &frames[frame], 1)).to_vec();
    assert_eq!(second, [(false, true), (false, true), (true, false), (true, false)]);
}

#[test]
fn without_times_or_without_a_colour_for_them_nothing_changes() {
    let stage = Stage::sized(540, 540, 30.0);
    let plain = Caption { frames: 0..10, ..caption("Слово", style()) };
    let spoken = vec![Spoken { letters: 0, frame: 0 }];
    let other = Caption { style: Style { highlight_color: None, ..style() }, spoken, ..plain.clone() };
    for said in [plain, other] {
        let layout = stage.layout(&[said]);
        let frames = stage.frames(&layout, 10);
        assert_eq!(colours(&layout, &frames[9], 0), (false, true));
    }
}

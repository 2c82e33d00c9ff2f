//! Places, widths and looks.

use callsheet::tasks::{Align, Style};
use callsheet::text::{Caption, FindingKind, Rect, document};
use callsheet::value::POSITION;

use super::stage::{Ink, Stage, caption, color, looks, plain};

const RUSSIAN: &str = "Почему облака не падают, хотя весят сотни тонн?";
const ENGLISH: &str = "Why don't clouds fall, although they weigh hundreds of tons?";

fn assert_inside(ink: Ink, rect: &Rect, what: &str) {
    let fits = ink.left >= rect.left - 2.0
        && ink.right <= rect.right() + 2.0
        && ink.top >= rect.top - 2.0
        && ink.bottom <= rect.bottom() + 2.0;
    assert!(fits, "{what}: {ink:?} is not inside {rect:?}");
}

#[test]
fn five_looks_are_drawn_where_the_layout_says() {
    let stage = Stage::new();
    for (name, style) in looks() {
        for text in [RUSSIAN, ENGLISH] {
            let (layout, picture) = stage.draw(&[caption(text, style.clone())]);
            assert_eq!(layout.findings, [], "{name}");
            let block = &layout.blocks[0];
            let ink = picture.ink().expect("ink");
            assert_inside(ink, &block.rect, name);
            let widest = block.lines.iter().map(|line| line.width).fold(0.0, f64::max);
            let margin = 2.0 * block.style.outline + block.style.shadow;
            let off =
                if block.background.is_some() { ink.width() - block.rect.width } else { ink.width() - widest - margin };
            // Side bearings of Noto Sans are up to 0.1 em.
            assert!(off.abs() <= 0.02 * widest + 0.1 * block.style.size, "{name}: {off} in {ink:?} of {block:?}");
        }
    }
}

#[test]
fn a_lines_width_is_its_inks_within_two_percent() {
    let stage = Stage::sized(1080, 540, 30.0);
    for (text, size) in [
        ("ННННННННННННННННН", 90.0),
        ("HnHnHnHnHnHnHnHnHnHn", 64.0),
        ("HAVATOWLVoTHAVATOH", 81.0),
        ("Ее съел ягнёнок щучий хвост", 77.0),
    ] {
        for bold in [false, true] {
            let (layout, picture) = stage.draw(&[caption(text, Style { bold, ..plain(size) })]);
            let line = &layout.blocks[0].lines[0];
            let ink = picture.ink().expect("ink");
            assert_eq!(layout.blocks[0].lines.len(), 1, "{text}");
            let off = (ink.width() - line.width).abs();
            // The bearings at both ends are no error of the measure: 0.1 em is what H has on either side.
            assert!(off <= 0.02 * line.width + 0.1 * layout.blocks[0].style.size, "{text}: {off} of {}", line.width);
        }
    }
}

#[test]
fn nine_positions_stand_in_the_safe_area() {
    let stage = Stage::new();
    let area = Rect { left: 60.0, top: 135.0, width: 420.0, height: 585.0 };
    for position in POSITION.values {
        let style = Style { background: Some(color("white")), color: color("black"), padding: 20.0, ..plain(60.0) };
        let caption = Caption { position, ..caption("Девять мест", style) };
        let (layout, picture) = stage.draw(&[caption]);
        let rect = layout.blocks[0].rect;
        let ink = picture.ink().expect("ink");
        assert_inside(ink, &area, position);
        assert_eq!([ink.left, ink.top, ink.right, ink.bottom], [rect.left, rect.top, rect.right(), rect.bottom()]);
        let touches = |one: f64, other: f64| (one - other).abs() <= 1.0;
        assert_eq!(position.starts_with("top"), touches(ink.top, area.top), "{position}");
        assert_eq!(position.starts_with("bottom"), touches(ink.bottom, area.bottom()), "{position}");
        assert_eq!(position.ends_with("left"), touches(ink.left, area.left), "{position}");
        assert_eq!(position.ends_with("right"), touches(ink.right, area.right()), "{position}");
    }
}

#[test]
fn a_box_is_one_rectangle_round_all_lines() {
    let stage = Stage::new();
    let style = Style { background: Some(color("white")), color: color("black"), padding: 24.0, ..plain(64.0) };
    let (layout, picture) = stage.draw(&[caption("Первая строка\nи вторая, она длиннее", style)]);
    let rect = layout.blocks[0].background.expect("a box");
    let (left, top) = (rect.left as usize, rect.top as usize);
    let (right, bottom) = (rect.right() as usize - 1, rect.bottom() as usize - 1);
    for (x, y) in [(left, top), (right, top), (left, bottom), (right, bottom)] {
        assert!(picture.pixel(x, y)[1] > 240, "{x} {y}: {:?}", picture.pixel(x, y));
    }
    for (x, y) in [(left - 1, top), (right + 1, top), (left, top - 1), (left, bottom + 1)] {
        assert!(picture.pixel(x, y)[1] < 0x60, "{x} {y}: {:?}", picture.pixel(x, y));
    }
}

#[test]
fn colours_are_true() {
    let stage = Stage::new();
    // The purest yellow of BT.709 lies outside what the filter can be asked for in BT.601.
    for (name, expected, most) in [
        ("white", [255, 255, 255], 3),
        ("#ffcc00", [255, 204, 0], 8),
        ("#c03010", [0xc0, 0x30, 0x10], 6),
        ("#2060c0", [0x20, 0x60, 0xc0], 6),
        ("yellow", [255, 255, 0], 16),
    ] {
        let style = Style { background: Some(color(name)), color: color(name), padding: 24.0, ..plain(64.0) };
        let (layout, picture) = stage.draw(&[caption("■", style)]);
        let rect = layout.blocks[0].rect;
        let pixel = picture.pixel((rect.left + rect.width / 2.0) as usize, (rect.top + rect.height / 2.0) as usize);
        let off = pixel.iter().zip(expected).map(|(one, other)| one.abs_diff(other)).max().expect("three channels");
        assert!(off <= most, "{name}: {pixel:?}");
    }
}

#[test]
fn a_long_word_stays_inside() {
    let stage = Stage::new();
    let (layout, picture) = stage.draw(&[caption(&"Ж".repeat(200), Style { bold: true, ..plain(60.0) })]);
    let block = &layout.blocks[0];
    assert!(block.lines.len() > 5, "{block:?}");
    assert_inside(picture.ink().expect("ink"), &block.rect, "long word");
    assert!(block.rect.left >= 60.0 && block.rect.right() <= 480.0, "{:?}", block.rect);
}

#[test]
fn a_text_too_high_is_shrunk_and_then_reported() {
    let stage = Stage::new();
    let long = RUSSIAN.repeat(6);
    let (layout, picture) = stage.draw(&[caption(&long, Style { bold: true, ..plain(80.0) })]);
    let [finding] = &layout.findings[..] else { panic!("{:?}", layout.findings) };
    assert!(matches!(finding.kind, FindingKind::Shrunk { share } if (0.6..1.0).contains(&share)), "{finding:?}");
    assert_inside(picture.ink().expect("ink"), &layout.blocks[0].rect, "shrunk");
    let layout = stage.layout(&[caption(&RUSSIAN.repeat(40), plain(80.0))]);
    assert_eq!(layout.findings[0].kind, FindingKind::Overflow);
}

#[test]
fn hebrew_and_arabic_are_drawn_from_right_to_left() {
    let stage = Stage::new();
    // The full stop that ends a right-to-left line is at its left end, and narrow and low.
    for text in ["שלום עולם, זה מבחן.", "مرحبا بالعالم، هذا اختبار."] {
        let (layout, picture) = stage.draw(&[caption(text, Style { align: Some(Align::Center), ..plain(64.0) })]);
        assert_eq!(layout.findings, [], "{text}");
        let block = &layout.blocks[0];
        assert_inside(picture.ink().expect("ink"), &block.rect, text);
        let last = block.lines.last().expect("a line");
        let (left, baseline) = (last.left as usize, last.baseline as usize);
        let end = picture.ink_where(|x, y| y > baseline - 30 && y < baseline + 8 && x < left + 5).expect("the stop");
        assert!(end.bottom - end.top < 8.0, "{text}: {end:?}");
    }
}

#[test]
fn emoji_in_right_to_left_text_stand_where_they_are_read() {
    let stage = Stage::new();
    let (_, picture) = stage.draw(&[caption("שלום 😀 עולם", plain(80.0))]);
    assert!(picture.ink().is_some());
}

#[test]
fn emoji_come_from_the_shipped_font() {
    let stage = Stage::new();
    let (layout, picture) = stage.draw(&[caption("Да 👍🏽 🔥 👨‍👩‍👧 ❤️ 1️⃣ → ♪ ★", plain(64.0))]);
    assert_eq!(layout.findings, []);
    let block = &layout.blocks[0];
    let runs: usize = block.lines.iter().map(|line| line.runs.len()).sum();
    assert!(runs >= 6, "{block:?}");
    let ink = picture.ink().expect("ink");
    assert_inside(ink, &block.rect, "emoji");
    let widest = block.lines.iter().map(|line| line.width).fold(0.0, f64::max);
    assert!((ink.width() - widest).abs() < 8.0, "{ink:?} {widest}");
}

#[test]
fn a_missing_character_is_reported_and_left_out() {
    let stage = Stage::new();
    let (layout, picture) = stage.draw(&[caption("สวัสดี ok", plain(64.0))]);
    let [finding] = &layout.findings[..] else { panic!("{:?}", layout.findings) };
    assert_eq!(finding.kind, FindingKind::MissingGlyphs(vec!['ส', 'ว', 'ั', 'ด', 'ี']));
    let (_, expected) = stage.draw(&[caption("ok", plain(64.0))]);
    assert_eq!(picture.bytes, expected.bytes, "the same picture as without the characters");
    assert!(stage.layout(&[caption("สวัสดี", plain(64.0))]).blocks.is_empty(), "nothing is drawn, not even a box");
}

#[test]
fn a_thesis_makes_room_for_a_subtitle_whoever_comes_first() {
    let stage = Stage::new();
    let thesis = Caption { frames: 0..10, ..caption("Тезис внизу", looks()[3].1.clone()) };
    let subtitle = Caption { frames: 5..20, is_subtitle: true, ..caption(RUSSIAN, looks()[1].1.clone()) };
    for captions in [[thesis.clone(), subtitle.clone()], [subtitle.clone(), thesis]] {
        let layout = stage.layout(&captions);
        let number = usize::from(captions[0].is_subtitle);
        let [finding] = &layout.findings[..] else { panic!("{:?}", layout.findings) };
        assert_eq!(finding.caption, number);
        let FindingKind::Moved { by, over } = finding.kind else { panic!("{finding:?}") };
        assert_eq!(over, 1 - number);
        let alone = stage.layout(&captions[number..=number]).blocks[0].rect;
        let (moved, kept) = (layout.blocks[number].rect, layout.blocks[over].rect);
        assert!(by < 0.0 && moved.bottom() < kept.top, "{moved:?} {kept:?}");
        assert_eq!((moved.top, kept.bottom()), (alone.top + by, 720.0));
    }
}

#[test]
fn a_text_without_enough_room_is_made_smaller_before_it_is_refused() {
    let stage = Stage::new();
    let long = |count: usize, is_subtitle| Caption { is_subtitle, ..caption(&RUSSIAN.repeat(count), plain(60.0)) };
    let layout = stage.layout(&[long(5, true), long(3, false)]);
    let kinds: Vec<&FindingKind> = layout.findings.iter().map(|finding| &finding.kind).collect();
    assert!(matches!(kinds[..], [FindingKind::Shrunk { .. }, FindingKind::Moved { .. }]), "{kinds:?}");
    let [subtitle, thesis] = &layout.blocks[..] else { panic!("{layout:?}") };
    assert!(thesis.rect.bottom() < subtitle.rect.top && thesis.rect.top >= 135.0, "{thesis:?}");
    let layout = stage.layout(&[long(6, true), long(6, false)]);
    assert_eq!(layout.findings.last().map(|finding| &finding.kind), Some(&FindingKind::NoRoom { over: 0 }));
}

#[test]
fn chinese_japanese_and_korean_are_wrapped_without_spaces() {
    let stage = Stage::new();
    for text in [
        "云为什么不会掉下来？虽然它们重达数百吨，却一直飘在天上。",
        "雲はなぜ落ちないのでしょうか。何百トンもの重さがあるのに、「空」に浮かんでいます。",
        "구름은 왜 떨어지지 않을까? 수백 톤의 무게가 나가는데도 하늘에 떠 있다.",
    ] {
        let (layout, picture) = stage.draw(&[caption(text, Style { bold: true, ..plain(72.0) })]);
        assert_eq!(layout.findings, [], "{text}");
        let block = &layout.blocks[0];
        assert!(block.lines.len() > 1, "{block:?}");
        assert_inside(picture.ink().expect("ink"), &block.rect, text);
        for line in &block.lines {
            let words: String = line.runs.iter().map(|run| run.text.as_str()).collect();
            assert!(!words.starts_with(['？', '，', '。', '、', '」']), "no line begins with a stop: {words}");
            assert!(!words.ends_with('「'), "no line ends with an opening bracket: {words}");
        }
        let widest = block.lines.iter().map(|line| line.width).fold(0.0, f64::max);
        assert!((picture.ink().expect("ink").width() - widest).abs() < 0.5 * block.style.size, "{text}");
    }
}

#[test]
fn emoji_without_a_letter_beside_them_are_whole() {
    let stage = Stage::new();
    let (layout, picture) = stage.draw(&[caption("👨‍👩‍👧 🏳️‍🌈 👩🏽‍🚀 1️⃣ 🇩🇪", plain(64.0))]);
    assert_eq!(layout.findings, []);
    let line = &layout.blocks[0].lines[0];
    let ink = picture.ink().expect("ink");
    assert!((ink.width() - line.width).abs() < 8.0, "{ink:?} {}", line.width);
}

#[test]
fn a_round_corner_is_left_free_and_the_sides_are_not() {
    let stage = Stage::new();
    let boxed = Style { background: Some(color("white")), color: color("black"), padding: 24.0, ..plain(64.0) };
    let (layout, picture) = stage.draw(&[caption("Круглые углы", Style { radius: 40.0, ..boxed.clone() })]);
    let rect = layout.blocks[0].background.expect("a box");
    let ink = picture.ink().expect("ink");
    assert_eq!([ink.left, ink.top, ink.right, ink.bottom], [rect.left, rect.top, rect.right(), rect.bottom()]);
    let light = |x: f64, y: f64| picture.pixel(x as usize, y as usize)[1] > 200;
    // On this canvas the radius is 20 px; at 45 degrees a round corner is 0.29 of it inside the square one.
    for (x, y) in [(rect.left, rect.top), (rect.right() - 1.0, rect.top), (rect.left, rect.bottom() - 1.0)] {
        let inward = |at: f64, edge: f64, by: f64| if at == edge { at + by } else { at - by };
        assert!(!light(inward(x, rect.left, 4.0), inward(y, rect.top, 4.0)), "{x} {y}");
        assert!(light(inward(x, rect.left, 8.0), inward(y, rect.top, 8.0)), "{x} {y}");
        assert!(light(inward(x, rect.left, 22.0), y) && light(x, inward(y, rect.top, 22.0)), "{x} {y}");
    }
    // A radius larger than the box makes a pill, not a knot.
    let (layout, picture) = stage.draw(&[caption("Ок", Style { radius: 200.0, ..boxed })]);
    let rect = layout.blocks[0].background.expect("a box");
    assert_inside(picture.ink().expect("ink"), &rect, "pill");
}

#[test]
fn documents_are_as_they_were() {
    let stage = Stage::new();
    for (name, style) in looks() {
        let layout =
            stage.layout(&[caption(RUSSIAN, style.clone()), Caption { frames: 30..75, ..caption("Да 🔥!", style) }]);
        insta::assert_snapshot!(name.replace(' ', "_"), document(&layout, &stage.page));
    }
}

//! A user's text is drawn letter by letter, whatever it looks like.

use std::fmt::Write as _;
use std::process::Command;

use callsheet::text::{Block, document};
use harfrust::font::Blob;
use harfrust::{Buffer, Font, ShapeOptions, ShaperFont, shape};

use super::stage::{Picture, Stage, caption, plain};

const HOSTILE: &[&str] = &[
    r"{\an8}{\fs400}{\p1}H",
    r"H\NH\nH\hH",
    r"H%{pts}H%dH",
    r"H':[],;=H",
    r"{H}H{}",
    r"\{HH\}\\",
    r"H\{\\}\",
    "<b>H</b>&amp;H",
];

#[test]
fn markup_is_drawn_as_it_is_written() {
    let stage = Stage::sized(960, 320, 30.0);
    for text in HOSTILE {
        let (layout, picture) = stage.draw(&[caption(text, plain(150.0))]);
        assert_eq!(layout.findings, [], "{text}");
        let block = &layout.blocks[0];
        assert_eq!(block.lines.len(), 1, "{text}");
        let ink = picture.ink().expect("ink");
        let width = block.lines[0].width;
        // An H begins and ends 0.1 em inside its advance; a missing or added letter is at least 0.26 em wide.
        let off = (ink.width() - width).abs();
        assert!(off <= 0.01 * width + 0.2 * block.style.size, "{text}: {ink:?} {width}");
        assert!(ink.bottom - ink.top <= 1.3 * block.style.size, "{text}: {ink:?}");
        assert!((ink.left - block.lines[0].left).abs() <= 5.0, "{text}: {ink:?}");
    }
}

/// drawtext without expansion draws every character of a file; libass must draw the same picture, as far as two
/// rasterisers can.
#[test]
fn the_ink_is_that_of_drawtext() {
    let stage = Stage::sized(960, 320, 30.0);
    let folder = tempfile::tempdir().expect("a folder");
    let font = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/NotoSans-Regular.ttf");
    std::fs::copy(font, folder.path().join("font.ttf")).expect("copied");
    for text in HOSTILE {
        let (layout, picture) = stage.draw(&[caption(text, plain(150.0))]);
        std::fs::write(folder.path().join("text.txt"), text).expect("written");
        let size = layout.blocks[0].style.size;
        let filter = format!(
            "drawtext=fontfile=font.ttf:textfile=text.txt:expansion=none:fontcolor=white:fontsize={size}:x=80:y=80"
        );
        let output = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=c=0x404040:s=960x320", "-vf", &filter])
            .args(["-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
            .current_dir(folder.path())
            .output()
            .expect("ffmpeg is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let expected = super::stage::Picture { width: 960, bytes: output.stdout }.ink().expect("ink");
        let ink = picture.ink().expect("ink");
        let off = ink.width() - expected.width();
        assert!(off.abs() <= 0.02 * expected.width() + 2.0, "{text}: {ink:?} {expected:?}");
        assert!((ink.bottom - ink.top - (expected.bottom - expected.top)).abs() <= 2.0, "{text}: {ink:?} {expected:?}");
    }
}

const FONT: &[u8] = include_bytes!("../../../fonts/NotoSans-Regular.ttf");

/// An ASS event for each glyph of `block`, where this test's own shaping puts it. A single character is never markup: a
/// bracket opens nothing without its partner, and behind a backslash nothing follows.
fn letter_by_letter(block: &Block) -> String {
    let font = Font::new(Blob::Static(FONT), 0).expect("a font");
    let shaper = ShaperFont::new(&font);
    let mut events = String::new();
    for line in &block.lines {
        let text: String = line.runs.iter().map(|run| run.text.as_str()).collect();
        let mut buffer = Buffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        shape(&shaper, &mut buffer, ShapeOptions::new()).expect("shaped");
        let mut x = line.left;
        for (glyph, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            let letter = text[glyph.cluster as usize..].chars().next().expect("a letter");
            let bottom = line.baseline + line.runs[0].descent;
            let place = format!("{{\\an1\\pos({x:.2},{bottom:.2})}}{letter}");
            writeln!(events, "Dialogue: 0,0:00:00.00,0:00:01.00,s0,,0,0,0,,{place}").expect("a string takes it");
            x += f64::from(position.x_advance) / 1000.0 * block.style.size;
        }
    }
    events
}

#[test]
fn every_pixel_is_that_of_its_letters_drawn_one_by_one() {
    let stage = Stage::sized(960, 420, 30.0);
    for text in HOSTILE.iter().copied().chain(["H {\\an8}\nit's \"100%\"\r\n<i>H</i>", "$(H) `H` ${H} %%H #H ;H|H&&H"])
    {
        let (layout, picture) = stage.draw(&[caption(text, plain(100.0))]);
        let block = &layout.blocks[0];
        let document = document(&layout, &stage.page);
        let head = document.split_inclusive("Effect, Text\n").next().expect("a head");
        let expected = stage.frames_of(&([head, &letter_by_letter(block)].concat()), &layout, 1).remove(0);
        let ink = picture.ink().expect("ink");
        let (width, height) = (stage.page.width as usize, stage.page.height as usize);
        let (across, down) = (ink.left as usize..ink.right as usize, ink.top as usize..ink.bottom as usize);
        let light = |picture: &Picture, x: usize, y: usize| picture.pixel(x, y)[1];
        // Two events may come to stand half a pixel apart, which blurs an edge by half of the way from ground to letter: a
        // pixel is another one if none of those around it is like it.
        let is_in = |of: &Picture, value: u8, x: usize, y: usize| {
            let near = (y.max(1) - 1..(y + 2).min(height))
                .flat_map(|y| (x.max(1) - 1..(x + 2).min(width)).map(move |x| (x, y)));
            near.into_iter().any(|(x, y)| light(of, x, y).abs_diff(value) < 100)
        };
        let top = expected.ink().expect("ink").top;
        assert!((top - ink.top).abs() <= 1.0, "{text}: {top} {ink:?}");
        let pixels = down.flat_map(|y| across.clone().map(move |x| (x, y)));
        let (mut inked, mut differ) = (0, 0);
        for (x, y) in pixels {
            let (one, other) = (light(&picture, x, y), light(&expected, x, y));
            inked += usize::from(one > 0x60);
            differ += usize::from(!is_in(&expected, one, x, y) || !is_in(&picture, other, x, y));
        }
        assert!(inked > 1000 && differ * 100 < inked, "{text}: {differ} of {inked}");
    }
}

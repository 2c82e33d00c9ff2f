//! A user's text is drawn letter by letter, whatever it looks like.

use std::process::Command;

use super::stage::{Stage, caption, plain};

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

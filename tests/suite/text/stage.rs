//! A small canvas, captions for it, and what ffmpeg draws of them.

use std::process::{Command, Stdio};

use callsheet::tasks::{Color, Style};
use callsheet::text::{Caption, FontSet, Layout, Page, document, layout};
use callsheet::time::FrameRate;

/// Draws captions on grey 0x40 by libass, frame by frame.
pub(crate) struct Stage {
    pub(crate) page: Page,
    pub(crate) fonts: FontSet,
    pub(crate) background: &'static str,
}

/// One picture, three bytes a pixel.
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) bytes: Vec<u8>,
}

/// The pixels that something was drawn on: first and one past the last, from left and from top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ink {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// As the renderer draws: on BT.709.
const DRAWN: &str = "format=rgb24,scale=out_color_matrix=bt709,format=yuv420p,ass=f=text.ass:fontsdir=fonts,\
                     scale=in_color_matrix=bt709";

impl Stage {
    pub(crate) fn new() -> Self {
        Self::sized(540, 960, 30.0)
    }

    pub(crate) fn sized(width: u32, height: u32, fps: f64) -> Self {
        let rate = FrameRate::from_fps(fps).expect("a rate");
        let page = Page { width, height, rate, safe_area: "universal" };
        Self { page, fonts: FontSet::shipped(), background: "0x404040" }
    }

    pub(crate) fn layout(&self, captions: &[Caption]) -> Layout {
        layout(captions, &self.page, &self.fonts)
    }

    /// The first `count` frames of the layout.
    pub(crate) fn frames(&self, layout: &Layout, count: usize) -> Vec<Picture> {
        self.frames_of(&document(layout, &self.page), layout, count)
    }

    /// The first `count` frames of an ASS `text` in the fonts of `layout`.
    pub(crate) fn frames_of(&self, text: &str, layout: &Layout, count: usize) -> Vec<Picture> {
        let folder = tempfile::tempdir().expect("a folder");
        self.fonts.write_to(folder.path(), layout).expect("fonts written");
        std::fs::write(folder.path().join("text.ass"), text).expect("written");
        let (width, height) = (self.page.width, self.page.height);
        let source = format!("color=c={}:s={width}x{height}:r={}", self.background, self.page.rate);
        let output = Command::new("ffmpeg")
            .args(["-nostdin", "-hide_banner", "-v", "verbose", "-f", "lavfi", "-i", &source])
            .args(["-vf", DRAWN, "-frames:v", &count.to_string()])
            .args(["-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
            .env("FONTCONFIG_FILE", folder.path().join("fonts.conf"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("ffmpeg is installed");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}");
        assert!(!words.contains("not found") && !words.contains("Error"), "{words}");
        let (width, size) = (width as usize, (width * height * 3) as usize);
        assert_eq!(output.stdout.len(), size * count, "{words}");
        output.stdout.chunks(size).map(|bytes| Picture { width, bytes: bytes.to_vec() }).collect()
    }

    /// Sets `captions` and draws their first frame.
    pub(crate) fn draw(&self, captions: &[Caption]) -> (Layout, Picture) {
        let layout = self.layout(captions);
        let picture = self.frames(&layout, 1).remove(0);
        if let Some(folder) = std::env::var_os("CALLSHEET_PICTURES") {
            // For the eye: every drawn test picture as a PPM file.
            let name: String = captions.iter().flat_map(|caption| caption.text.chars()).take(40).collect();
            let name: String = name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect();
            let style = captions.first().map_or(String::new(), |caption| {
                let style = &caption.style;
                let fill = style.background.map(|color| color.to_string());
                format!("{}-{fill:?}-{}-{}", caption.position, style.outline, style.shadow)
            });
            let name = format!("{name}-{style}.ppm").replace(['"', '#', '(', ')'], "");
            let header = format!("P6\n{} {}\n255\n", self.page.width, self.page.height);
            let bytes = [header.as_bytes(), &picture.bytes].concat();
            std::fs::write(std::path::Path::new(&folder).join(name), bytes).expect("written");
        }
        (layout, picture)
    }
}

impl Picture {
    pub(crate) fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.bytes[at], self.bytes[at + 1], self.bytes[at + 2]]
    }

    /// The ink: what differs from the upper left pixel by more than a faint edge.
    pub(crate) fn ink(&self) -> Option<Ink> {
        self.ink_where(|_, _| true)
    }

    /// The ink at those pixels only.
    pub(crate) fn ink_where(&self, counts: impl Fn(usize, usize) -> bool) -> Option<Ink> {
        let ground = self.pixel(0, 0);
        let mut ink: Option<Ink> = None;
        for y in 0..self.bytes.len() / 3 / self.width {
            for x in 0..self.width {
                let pixel = self.pixel(x, y);
                let differs = pixel.iter().zip(ground).any(|(one, other)| one.abs_diff(other) > 30);
                if differs && counts(x, y) {
                    let (left, top) = (x as f64, y as f64);
                    let here = Ink { left, top, right: left + 1.0, bottom: top + 1.0 };
                    ink = Some(ink.map_or(here, |so_far| Ink {
                        left: so_far.left.min(here.left),
                        top: so_far.top.min(here.top),
                        right: so_far.right.max(here.right),
                        bottom: so_far.bottom.max(here.bottom),
                    }));
                }
            }
        }
        ink
    }
}

impl Ink {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }
}

pub(crate) fn caption(text: &str, style: Style) -> Caption {
    Caption {
        text: text.into(),
        style,
        font_size: None,
        position: "bottom_center",
        frames: 0..1,
        spoken: Vec::new(),
        is_subtitle: false,
    }
}

pub(crate) fn color(name: &str) -> Color {
    Color::parse(name).expect("a colour")
}

pub(crate) fn plain(size: f64) -> Style {
    Style { size, ..Style::default() }
}

/// The five looks that a rule set is likely to have.
pub(crate) fn looks() -> [(&'static str, Style); 5] {
    let base = Style { size: 72.0, bold: true, ..Style::default() };
    let boxed = |fill, letters| Style { background: Some(fill), color: letters, padding: 24.0, ..base.clone() };
    [
        ("plain", base.clone()),
        ("outline", Style { outline: 6.0, ..base.clone() }),
        ("shadow", Style { shadow: 5.0, ..base.clone() }),
        ("dark box", boxed(color("black").with_opacity(0.6), color("white"))),
        ("light box", boxed(color("white"), color("#1a1a1a"))),
    ]
}

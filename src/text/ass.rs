//! The ASS document: what libass is told.
//!
//! libass takes the text of an event apart (override blocks, `\N`, `\h`, wrapping, bidi by run), so an event here is one
//! line at its own coordinates, its user text escaped, and the document leaves nothing to libass' defaults. A text in
//! motion has its events for each frame.

use std::fmt::Write;

use super::animate::{posed, poses};
use super::block::{Block, Line, Run};
use super::karaoke::Syllables;
use super::place::Rect;
use super::runs::{clusters, is_neutral, reads_rtl};
use super::{Layout, Page};
use crate::tasks::{Color, Style};
use crate::time::FrameRate;

/// The ASS document that draws `layout` on `page`.
#[must_use]
pub fn document(layout: &Layout, page: &Page) -> String {
    let mut writer = Writer { rate: page.rate, styles: Vec::new(), events: String::new() };
    for block in &layout.blocks {
        for pose in poses(block, page.rate) {
            writer.block(&posed(block, &pose), pose.letters);
        }
    }
    let (width, height) = (page.width, page.height);
    // WrapStyle 2: no wrapping by libass. Kerning: libass' default depends on who calls it.
    let mut text = format!(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: {width}\nPlayResY: {height}\nLayoutResX: {width}\n\
         LayoutResY: {height}\nWrapStyle: 2\nScaledBorderAndShadow: yes\nKerning: yes\nYCbCr Matrix: None\n\n\
         [V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
         Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, \
         MarginL, MarginR, MarginV, Encoding\n"
    );
    for (number, style) in writer.styles.iter().enumerate() {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "Style: s{number},{style}");
    }
    text.push_str("\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n");
    text.push_str(&writer.events);
    text
}

struct Writer {
    rate: FrameRate,
    /// Each style once, without its name: `s` and its place here.
    styles: Vec<String>,
    events: String,
}

impl Writer {
    /// One block, all of it on layer 0: there libass draws events in the order of the document, so a box lies below its
    /// own text. Only the first `letters` are seen, but all of them have their places.
    fn block(&mut self, block: &Block, letters: Option<usize>) {
        let times = format!("{},{}", timestamp(block.frames.start, self.rate), timestamp(block.frames.end, self.rate));
        let Some(first) = block.lines.iter().flat_map(|line| &line.runs).next() else { return };
        if let (Some(rect), Some(color)) = (&block.background, block.style.background) {
            let style = self.style(&box_style(color));
            let (left, top) = (number(rect.left), number(rect.top));
            let shape = outline_of(rect, block.style.radius);
            let _ = writeln!(self.events, "Dialogue: 0,{times},s{style},,0,0,0,,{{\\an7\\pos({left},{top}){shape}");
        }
        let is_karaoke = !block.spoken.is_empty();
        let style = self.style(&text_style(&block.style, first, is_karaoke));
        let mut syllables = is_karaoke.then(|| Syllables::new(block, self.rate));
        let mut left = letters.unwrap_or(usize::MAX);
        for line in &block.lines {
            self.line(line, first, style, &times, syllables.as_mut(), &mut left);
        }
    }

    /// One line, of which `seen` letters more are seen.
    fn line(
        &mut self,
        line: &Line,
        base: &Run,
        style: usize,
        times: &str,
        mut syllables: Option<&mut Syllables<'_>>,
        seen: &mut usize,
    ) {
        // With the lower left corner as the anchor, the baseline is the deepest descent of the line above it.
        let descent = line.runs.iter().map(|run| run.descent).fold(0.0, f64::max);
        let (left, bottom) = (number(line.left), number(line.baseline + descent));
        let _ = write!(self.events, "Dialogue: 0,{times},s{style},,0,0,0,,{{\\an1\\pos({left},{bottom})}}");
        if needs_letter(line) {
            let _ = write!(self.events, "{{\\fn{LETTER_FONT}\\fs1\\fscx0\\alpha&HFF&}}a{{\\r}}");
        }
        let mut is_plain = true;
        if let Some(syllables) = &mut syllables {
            syllables.begin_line();
        }
        for run in &line.runs {
            let is_base = run.family == base.family && run.bold == base.bold;
            if !is_base {
                let (family, bold) = (name(&run.family), u8::from(run.bold));
                let _ = write!(self.events, "{{\\fn{family}\\b{bold}\\fs{}}}", number(run.font_size));
            } else if !is_plain {
                self.events.push_str("{\\r}");
            }
            is_plain = is_base;
            let (shown, hidden) = split(&run.text, seen);
            for (text, is_hidden) in [(shown, false), (hidden, true)] {
                if text.is_empty() {
                    continue;
                }
                if is_hidden {
                    self.events.push_str("{\\alpha&HFF&}");
                }
                self.events.push_str(mark(text, line.rtl));
                match &mut syllables {
                    None => escape(text, &mut self.events),
                    Some(syllables) => syllables.write(text, &mut self.events),
                }
            }
        }
        self.events.push('\n');
    }

    /// The place of `style` in the list, added if it is new.
    fn style(&mut self, style: &str) -> usize {
        if let Some(place) = self.styles.iter().position(|known| known == style) {
            return place;
        }
        self.styles.push(style.to_owned());
        self.styles.len() - 1
    }
}

fn text_style(style: &Style, run: &Run, is_karaoke: bool) -> String {
    let bold = if run.bold { "-1" } else { "0" };
    // Encoding -1: libass finds the direction of each run by its first letter; see `mark`.
    format!(
        "{},{},{said},{text},{},{},{bold},0,0,0,100,100,0,0,1,{},{},1,0,0,0,-1",
        name(&run.family),
        number(run.font_size),
        color(style.outline_color),
        color(style.shadow_color),
        number(style.outline),
        number(style.shadow),
        // A karaoke syllable has the secondary colour until it is said, and the primary one from then on.
        said = color(style.highlight_color.filter(|_| is_karaoke).unwrap_or(style.color)),
        text = color(style.color),
    )
}

fn box_style(fill: Color) -> String {
    let fill = color(fill);
    format!("Noto Sans,20,{fill},{fill},{fill},{fill},0,0,0,0,100,100,0,0,1,0,0,7,0,0,0,1")
}

/// `text` after the letters that are still to be `seen`, which become fewer.
fn split<'t>(text: &'t str, seen: &mut usize) -> (&'t str, &'t str) {
    if *seen == usize::MAX {
        return (text, "");
    }
    let mut length = 0;
    for cluster in clusters(text).take(*seen) {
        length += cluster.len();
        *seen -= 1;
    }
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// The rest of a box's override block, and its edge in drawing commands from its own upper left corner: coordinates
/// are eighths of a pixel (`\p4`), for libass reads whole numbers alone.
fn outline_of(rect: &Rect, radius: f64) -> String {
    // How far a cubic curve's handles reach for a quarter of a circle.
    const HANDLE: f64 = 0.552_28;
    let eighths = |length: f64| number((length * 8.0).round());
    let (right, bottom) = (rect.width, rect.height);
    let radius = radius.min(right / 2.0).min(bottom / 2.0);
    if radius <= 0.0 {
        let (width, height) = (eighths(right), eighths(bottom));
        return format!("\\p4}}m 0 0 l {width} 0 {width} {height} 0 {height}");
    }
    let near = radius * (1.0 - HANDLE);
    let mut path = format!("\\p4}}m {} 0", eighths(radius));
    // Each side, then the corner behind it: where the side ends, the two handles, where the corner ends.
    for points in [
        [(right - radius, 0.0), (right - near, 0.0), (right, near), (right, radius)],
        [(right, bottom - radius), (right, bottom - near), (right - near, bottom), (right - radius, bottom)],
        [(radius, bottom), (near, bottom), (0.0, bottom - near), (0.0, bottom - radius)],
        [(0.0, radius), (0.0, near), (near, 0.0), (radius, 0.0)],
    ] {
        for ((x, y), command) in points.into_iter().zip([" l", " b", "", ""]) {
            let _ = write!(path, "{command} {} {}", eighths(x), eighths(y));
        }
    }
    path
}

/// The family of the letter that a line without any gets.
pub(super) const LETTER_FONT: &str = "Noto Sans";

/// Whether a line needs a letter that nobody sees. libass gives each character the script of the letters around it; where
/// there are none, a joiner is of another script than the emoji beside it, and they fall apart.
pub(super) fn needs_letter(line: &Line) -> bool {
    let text = || line.runs.iter().map(|run| run.text.as_str());
    text().any(|text| !text.is_ascii()) && text().all(is_neutral)
}

/// A mark in front of a run whose own first letter would give it another direction than its paragraph has. libass
/// orders each run by itself: without the mark a stop or an emoji would land on the wrong side of right-to-left text.
fn mark(text: &str, rtl: bool) -> &'static str {
    match (rtl, reads_rtl(text)) {
        (true, Some(true)) | (false, Some(false) | None) => "",
        (true, _) => "\u{200f}",
        (false, Some(true)) => "\u{200e}",
    }
}

/// Writes user text so that libass draws every character of it. It knows `\{` and `\}`, but no way to write a
/// backslash: a word joiner behind it keeps it from meaning anything.
pub(crate) fn escape(text: &str, into: &mut String) {
    for letter in text.chars() {
        match letter {
            '{' | '}' => into.extend(['\\', letter]),
            '\\' => into.push_str("\\\u{2060}"),
            _ => into.push(letter),
        }
    }
}

/// A font's name where a comma ends the field and a backslash or bracket the override.
fn name(family: &str) -> String {
    family
        .chars()
        .filter(|letter| !matches!(letter, ',' | '\\' | '{' | '}' | '(' | ')') && !letter.is_control())
        .collect()
}

/// `&HAABBGGRR`, where an alpha of 0 is opaque.
///
/// ffmpeg's `ass` filter turns colours into luma and chroma by BT.601, whatever the picture's matrix is and whatever the
/// document says of it, and our pictures are BT.709. So what is written down is the colour whose BT.601 values are the
/// BT.709 values of the one that is meant.
fn color(color: Color) -> String {
    let [red, green, blue] = drawn_by(BT601, meant_in(BT709, color));
    format!("&H{:02X}{blue:02X}{green:02X}{red:02X}", 255 - color.opacity)
}

/// The shares of red and blue in luma (ITU-R BT.601-7, BT.709-6).
type Matrix = (f64, f64);

const BT601: Matrix = (0.299, 0.114);
const BT709: Matrix = (0.2126, 0.0722);

/// Luma and the two chroma differences, each 0 to 255 (chroma around 0).
fn meant_in((of_red, of_blue): Matrix, color: Color) -> [f64; 3] {
    let [red, green, blue] = [color.red, color.green, color.blue].map(f64::from);
    let luma = of_red * red + (1.0 - of_red - of_blue) * green + of_blue * blue;
    [luma, (blue - luma) / (1.0 - of_blue), (red - luma) / (1.0 - of_red)]
}

/// The red, green and blue that have this luma and chroma; the nearest that there are, where those would be too bright.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn drawn_by((of_red, of_blue): Matrix, [luma, blueness, redness]: [f64; 3]) -> [u8; 3] {
    let (red, blue) = (luma + redness * (1.0 - of_red), luma + blueness * (1.0 - of_blue));
    let green = (luma - of_red * red - of_blue * blue) / (1.0 - of_red - of_blue);
    [red, green, blue].map(|part| part.round().clamp(0.0, 255.0) as u8)
}

/// At most two decimals: libass places glyphs on 1/8 pixel.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// The time half a frame before `frame`, in hundredths of a second. Half a frame is 8.3 ms at 60 frames per second, and
/// rounding takes at most 5 of them and ffmpeg's whole milliseconds one: the event begins, or ends, with that frame.
fn timestamp(frame: u64, rate: FrameRate) -> String {
    let hundredths = hundredths(frame, rate);
    let (seconds, hundredths) = (hundredths / 100, hundredths % 100);
    format!("{}:{:02}:{:02}.{hundredths:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// [`timestamp()`] as a number.
pub(super) fn hundredths(frame: u64, rate: FrameRate) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "24 hours at most, and not negative")]
    #[expect(clippy::cast_precision_loss, reason = "frame numbers stay below 2^53")]
    let hundredths = ((frame as f64 - 0.5).max(0.0) / rate.fps() * 100.0).round() as u64;
    hundredths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        let mut out = String::new();
        escape(r"{\an8}\N\h\\", &mut out);
        assert_eq!(out, "\\{\\\u{2060}an8\\}\\\u{2060}N\\\u{2060}h\\\u{2060}\\\u{2060}");
    }

    #[test]
    fn alpha_is_the_other_way_round() {
        assert_eq!(color(Color { red: 255, green: 255, blue: 255, opacity: 255 }), "&H00FFFFFF");
        assert_eq!(color(Color { red: 0, green: 0, blue: 0, opacity: 153 }), "&H66000000");
    }

    #[test]
    fn a_colour_is_written_as_the_one_that_comes_out_right() {
        let written = color(Color { red: 255, green: 128, blue: 1, opacity: 255 });
        assert_eq!(written, "&H00087BF3");
        let back = drawn_by(BT709, meant_in(BT601, Color { red: 0xF3, green: 0x7B, blue: 0x08, opacity: 255 }));
        assert!(back.iter().zip([255, 128, 1]).all(|(found, meant)| found.abs_diff(meant) <= 1), "{back:?}");
    }

    #[test]
    fn a_time_is_half_a_frame_early() {
        let rate = FrameRate::from_fps(30.0).expect("a rate");
        assert_eq!(timestamp(0, rate), "0:00:00.00");
        assert_eq!(timestamp(1, rate), "0:00:00.02");
        assert_eq!(timestamp(30 * 3725 + 15, rate), "1:02:05.48");
    }
}

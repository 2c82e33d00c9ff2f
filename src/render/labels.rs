//! What is written on previews: times and tasks under the pictures of a sheet, rules over a draft.

use std::ops::Range;

use crate::tasks::{Color, Plan, Style};
use crate::text::{self, Caption, FontSet, Layout, Page};
use crate::time::Time;

use super::timeline::{Timeline, even};

/// A text document with what it needs.
#[derive(Debug)]
pub(super) struct Label {
    /// The file that ffmpeg reads it from.
    pub(super) name: &'static str,
    pub(super) document: String,
    pub(super) layout: Layout,
    /// The picture that it is for, in pixels.
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The lines under a picture: one of time, the others of tasks.
const LINES: f64 = 4.0;

/// A line's height in ems, as the layout has it.
const LINE_HEIGHT: f64 = 1.27;

/// Narrower pictures have no room for letters that can be read.
const NARROWEST: u32 = 100;

/// How many letters' ems are as wide as a picture of a sheet: the longest name of a task fits a line.
const EMS_ACROSS: f64 = 17.0;

/// The label under frame `frame` where it is drawn `width` wide; the label's height is that of picture and label.
pub(super) fn under_frame(
    plan: &Plan,
    timeline: &Timeline,
    frame: u64,
    width: u32,
    fonts: &FontSet,
) -> Option<(u32, Label)> {
    if width < NARROWEST {
        return None;
    }
    let canvas = &timeline.canvas;
    let picture = even(f64::from(width) * f64::from(canvas.height) / f64::from(canvas.width));
    let em = f64::from(width) / EMS_ACROSS;
    let high = even(em * (LINE_HEIGHT * LINES + 0.5));
    let page = Page { width, height: high, rate: canvas.rate, safe_area: "title_safe" };
    let tasks = timeline.tasks_at(plan, frame).join(", ");
    let text = format!("{}  frame {frame}\n{tasks}", clock(canvas.rate.time_of(frame)));
    let mut layout = text::layout(&[caption(text, plain(em, &page), 0..1)], &page, fonts);
    layout.blocks.iter_mut().for_each(|block| block.shift(f64::from(picture)));
    let page = Page { height: picture + high, ..page };
    let document = text::document(&layout, &page);
    Some((picture, Label { name: "label.ass", document, layout, width, height: page.height }))
}

/// The rules that are at work, over the whole video.
pub(super) fn rules(plan: &Plan, timeline: &Timeline, fonts: &FontSet) -> Label {
    let canvas = &timeline.canvas;
    let page = Page { width: canvas.width, height: canvas.height, rate: canvas.rate, safe_area: "none" };
    let changes: Vec<u64> = timeline.changes().into_iter().collect();
    let mut captions: Vec<Caption> = Vec::new();
    let style = boxed(f64::from(canvas.width.min(canvas.height)) / 26.0, &page);
    for (number, start) in changes.iter().enumerate() {
        let end = changes.get(number + 1).copied().unwrap_or(timeline.frames);
        let words = timeline.rules_at(plan, *start).join("\n");
        match captions.last_mut() {
            Some(last) if last.text == words && last.frames.end == *start => last.frames.end = end,
            _ => captions.push(caption(words, style.clone(), *start..end)),
        }
    }
    let layout = text::layout(&captions, &page, fonts);
    let document = text::document(&layout, &page);
    Label { name: "rules.ass", document, layout, width: page.width, height: page.height }
}

impl Label {
    /// The filter that draws it.
    pub(super) fn filter(&self) -> String {
        format!("ass=f={}:fontsdir=fonts:shaping=complex", self.name)
    }
}

fn caption(text: String, style: Style, frames: Range<u64>) -> Caption {
    Caption { text, style, font_size: None, position: "top_left", frames, spoken: Vec::new(), is_subtitle: false }
}

/// Letters `em` pixels high on `page`: styles are for a canvas whose shorter side is 1080.
fn plain(em: f64, page: &Page) -> Style {
    Style { size: em * 1080.0 / f64::from(page.width.min(page.height)), ..Style::default() }
}

fn boxed(em: f64, page: &Page) -> Style {
    let style = plain(em, page);
    let black = Color { red: 0, green: 0, blue: 0, opacity: 255 };
    Style { background: Some(black.with_opacity(0.7)), padding: style.size / 4.0, ..style }
}

/// `0:33`, `12:03.5`, `1:02:03.04`.
pub(super) fn clock(time: Time) -> String {
    let millis = time.as_millis().max(0);
    let (seconds, part) = (millis / 1000, millis % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = if part == 0 { String::new() } else { format!(".{part:03}").trim_end_matches('0').to_owned() };
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}{part}") } else { format!("{minutes}:{seconds:02}{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_has_as_many_parts_as_it_needs() {
        let written = [33.0, 0.5, 3723.04, 59.9996].map(|seconds| clock(Time::from_secs(seconds).expect("a time")));
        assert_eq!(written, ["0:33", "0:00.5", "1:02:03.04", "1:00"]);
    }
}

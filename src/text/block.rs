//! One caption set: its font found, its lines broken, its size settled, its place taken.

use std::ops::Range;
use std::sync::Arc;

use super::animate;
use super::font::{FaceId, FontSet};
use super::measure::{Extent, Measure};
use super::place::{self, Rect};
use super::runs::{self, Paragraph};
use super::wrap::Breakable;
use super::{Caption, FindingKind, Page, Spoken};
use crate::tasks::{Align, Style};

/// How far a line reaches above its baseline and below it, in ems, so that the lines of a style are equally high
/// whatever their letters. Noto Sans: Й 0.949, g 0.240. A taller script takes what its ink needs.
const ASCENT: f64 = 0.95;
const DESCENT: f64 = 0.26;

/// The space between two lines, in ems: with the above a line height of 1.27, where subtitles have 1.2 to 1.35.
const LEADING: f64 = 0.06;

/// What a box has at its sides beyond its padding, in ems of the asked size: the lines' own height leaves about as much
/// above and below their letters, and a box looks even only if all four sides have it.
const SIDE: f64 = 0.2;

/// Sizes that are tried, as shares of the asked one.
pub(super) const SHARES: &[f64] = &[1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6];

/// Down to this share a text is made smaller so that a long word stays whole; below, the word is broken.
const WHOLE_WORDS: f64 = 0.75;

/// A text in its place.
#[derive(Clone, Debug)]
pub struct Block {
    /// Which caption it is, counted from 0.
    pub caption: usize,
    /// The frames that show it, half-open.
    pub frames: Range<u64>,
    /// What it takes of the canvas, with box, outline and shadow.
    pub rect: Rect,
    /// The box behind it.
    pub background: Option<Rect>,
    /// Its lines, from top to bottom; blank ones are left out.
    pub lines: Vec<Line>,
    /// How it looks, its lengths in pixels of this canvas.
    pub style: Style,
    /// When its words are said, where the style shows it.
    pub spoken: Vec<Spoken>,
}

impl Block {
    /// The same with its times counted from the frame `from`.
    pub(super) fn counted_from(&self, from: u64) -> Self {
        let at = |frame: u64| frame.saturating_sub(from);
        let spoken = self.spoken.iter().map(|word| Spoken { frame: at(word.frame), ..*word }).collect();
        Self { frames: at(self.frames.start)..at(self.frames.end), spoken, ..self.clone() }
    }

    /// What it takes of the canvas on its way to its place, too.
    pub(super) fn reach(&self) -> Rect {
        animate::reach(self)
    }

    /// Moves all of it `down` so many pixels.
    pub(crate) fn shift(&mut self, down: f64) {
        self.rect.top += down;
        if let Some(background) = &mut self.background {
            background.top += down;
        }
        for line in &mut self.lines {
            line.baseline += down;
        }
    }
}

/// A line of text in its place.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where its first advance begins, in pixels from the left.
    pub left: f64,
    /// Its baseline, in pixels from the top.
    pub baseline: f64,
    /// The sum of its advances, in pixels.
    pub width: f64,
    /// Whether its paragraph is read from right to left.
    pub rtl: bool,
    /// Its parts by font, in reading order.
    pub runs: Vec<Run>,
}

/// A part of a line in one font.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it says.
    pub text: String,
    /// The font's family.
    pub family: Arc<str>,
    /// Whether the family's bold face is drawn.
    pub bold: bool,
    /// libass' font size, which is that of the font's ascent and descent and not of its em.
    pub font_size: f64,
    /// The font's descent in pixels, by libass' count.
    pub descent: f64,
}

/// Sets captions on one page.
pub(super) struct Setter<'f> {
    scale: f64,
    area: Rect,
    fonts: &'f FontSet,
    measure: Measure<'f>,
}

/// The lines of a text at one size. Lengths are ems.
struct Attempt {
    lines: Vec<(usize, Range<usize>, Extent)>,
    ascent: f64,
    descent: f64,
    em: f64,
}

impl Attempt {
    fn width(&self) -> f64 {
        self.lines.iter().map(|(_, _, extent)| extent.width).fold(0.0, f64::max) * self.em
    }

    /// From one baseline to the next. An outline gets its own room, so as not to bite into its neighbours.
    fn step(&self, outline: f64) -> f64 {
        (self.ascent + self.descent + LEADING) * self.em + outline
    }

    fn height(&self, outline: f64) -> f64 {
        let steps = u32::try_from(self.lines.len().saturating_sub(1)).unwrap_or(u32::MAX);
        (self.ascent + self.descent) * self.em + f64::from(steps) * self.step(outline)
    }
}

impl<'f> Setter<'f> {
    pub(super) fn new(page: &Page, area: &Rect, fonts: &'f FontSet) -> Self {
        Self { scale: page.scale(), area: *area, fonts, measure: Measure::new(fonts) }
    }

    /// Sets one caption at most as large as `most` of its size. `None` if there is nothing to see.
    pub(super) fn set(
        &mut self,
        index: usize,
        caption: &Caption,
        most: f64,
        findings: &mut Vec<FindingKind>,
    ) -> Option<Block> {
        if caption.frames.is_empty() {
            return None;
        }
        let face = self.face(&caption.style, findings)?;
        let mut missing = Vec::new();
        let paragraphs = runs::paragraphs(&caption.text, face, self.fonts, &mut missing);
        let spoken = heard(caption, &missing);
        if !missing.is_empty() {
            findings.push(FindingKind::MissingGlyphs(missing));
        }
        if paragraphs.is_empty() {
            return None;
        }
        let style = self.scaled(caption);
        let attempt = self.fit(&paragraphs, &style, most, findings);
        Some(Block { spoken, ..self.build(index, caption, style, &paragraphs, &attempt) })
    }

    fn face(&self, style: &Style, findings: &mut Vec<FindingKind>) -> Option<FaceId> {
        let id = match self.fonts.find(&style.font, style.bold) {
            Ok(id) => id,
            Err(unknown) => {
                findings.push(FindingKind::UnknownFont(unknown));
                self.fonts.find(&Style::default().font, style.bold).ok()?
            }
        };
        let face = self.fonts.face(id)?;
        if style.bold && !face.bold {
            findings.push(FindingKind::NoBoldFace { family: face.family.to_string() });
        }
        Some(id)
    }

    /// The caption's style with its lengths in pixels of this canvas.
    fn scaled(&self, caption: &Caption) -> Style {
        let style = &caption.style;
        Style {
            size: caption.font_size.unwrap_or(style.size) * self.scale,
            outline: style.outline * self.scale,
            shadow: style.shadow * self.scale,
            padding: style.padding * self.scale,
            radius: style.radius * self.scale,
            align: Some(style.align.unwrap_or_else(|| place::horizontal(caption.position))),
            ..style.clone()
        }
    }

    /// The lines at the largest share of the size at which they fit.
    fn fit(&mut self, paragraphs: &[Paragraph], style: &Style, most: f64, findings: &mut Vec<FindingKind>) -> Attempt {
        let (side, end) = margins(style);
        let (width, height) = ((self.area.width - 2.0 * side).max(1.0), (self.area.height - 2.0 * end).max(1.0));
        let measure = &mut self.measure;
        let texts: Vec<Breakable> = paragraphs.iter().map(|text| Breakable::new(text, measure)).collect();
        let widest = texts.iter().map(Breakable::widest).fold(0.0, f64::max);
        let shares = SHARES.iter().filter(|share| **share <= most);
        let attempts = shares.clone().map(|share| (*share, true)).filter(|(share, _)| *share >= WHOLE_WORDS);
        for (share, whole_words) in attempts.chain(shares.map(|share| (*share, false))) {
            let em = style.size * share;
            if whole_words && widest * em > width {
                continue;
            }
            let attempt = self.attempt(paragraphs, &texts, em, width);
            if attempt.height(style.outline) <= height {
                if share < 1.0 {
                    findings.push(FindingKind::Shrunk { share });
                }
                return attempt;
            }
        }
        findings.push(FindingKind::Overflow);
        let smallest = SHARES.last().copied().unwrap_or(1.0);
        self.attempt(paragraphs, &texts, style.size * smallest, width)
    }

    fn attempt(&mut self, paragraphs: &[Paragraph], texts: &[Breakable], em: f64, width: f64) -> Attempt {
        let mut attempt = Attempt { lines: Vec::new(), ascent: ASCENT, descent: DESCENT, em };
        for (index, (text, paragraph)) in texts.iter().zip(paragraphs).enumerate() {
            for range in text.lines(width / em, &mut self.measure) {
                let extent = self.measure.part(paragraph, &range);
                attempt.ascent = attempt.ascent.max(extent.top);
                attempt.descent = attempt.descent.max(extent.bottom);
                attempt.lines.push((index, range, extent));
            }
        }
        attempt
    }

    fn build(&self, index: usize, caption: &Caption, style: Style, paragraphs: &[Paragraph], set: &Attempt) -> Block {
        let (side, end) = margins(&style);
        let (width, height) = (set.width(), set.height(style.outline));
        let (outer_width, outer_height) = ((width + 2.0 * side).ceil(), (height + 2.0 * end).ceil());
        let rect = place::stand(outer_width, outer_height, caption.position, &self.area);
        let first = rect.top + (rect.height - height) / 2.0 + set.ascent * set.em;
        let mut lines = Vec::with_capacity(set.lines.len());
        let mut baseline = first;
        for (text, range, extent) in &set.lines {
            let line_width = extent.width * set.em;
            let free = rect.width - 2.0 * side - line_width;
            let left = rect.left
                + side
                + match style.align {
                    Some(Align::Left) => 0.0,
                    Some(Align::Right) => free,
                    _ => free / 2.0,
                };
            if let Some(paragraph) = paragraphs.get(*text)
                && !range.is_empty()
            {
                let runs = self.runs(paragraph, range, set.em);
                lines.push(Line { left, baseline, width: line_width, rtl: paragraph.rtl, runs });
            }
            baseline += set.step(style.outline);
        }
        let background = style.background.map(|_| rect);
        let style = Style { size: set.em, ..style };
        Block { caption: index, frames: caption.frames.clone(), rect, background, lines, style, spoken: Vec::new() }
    }

    fn runs(&self, paragraph: &Paragraph, range: &Range<usize>, em: f64) -> Vec<Run> {
        let runs = paragraph.runs_in(range).filter_map(|(text, id)| {
            let face = self.fonts.face(id)?;
            Some(Run {
                text: text.to_owned(),
                family: Arc::clone(&face.family),
                bold: face.bold,
                font_size: em * face.units_per_em(),
                descent: em * face.descent,
            })
        });
        runs.collect()
    }
}

/// When the caption's words are said, counted in the letters that are drawn, if its style shows that.
fn heard(caption: &Caption, missing: &[char]) -> Vec<Spoken> {
    if caption.style.highlight_color.is_none() {
        return Vec::new();
    }
    let letters = caption.text.chars().filter(|letter| letter.is_alphanumeric());
    let lost: Vec<bool> = letters.map(|letter| missing.contains(&letter)).collect();
    let before = |count: usize| lost.iter().take(count).filter(|lost| **lost).count();
    caption.spoken.iter().map(|word| Spoken { letters: word.letters - before(word.letters), ..*word }).collect()
}

/// What a style needs beside its text and above and below it: the box, or the outline with the shadow. The same on
/// opposite sides, so that the text itself stays centred.
fn margins(style: &Style) -> (f64, f64) {
    let ink = style.outline + style.shadow;
    if style.background.is_some() {
        (ink.max(style.padding + SIDE * style.size), ink.max(style.padding))
    } else {
        (ink, ink)
    }
}

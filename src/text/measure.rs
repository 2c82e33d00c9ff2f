//! How wide and high a text is, in ems: shaped as libass shapes it, by the same rules and without hinting.
//!
//! Without hinting an advance grows evenly with the size, so a text is shaped once, whatever size it ends up in.

use std::collections::HashMap;
use std::ops::Range;

use harfrust::{Buffer, Direction, Script, ShapeOptions, ShapePlan, ShaperFont, shape};

use super::font::{FaceId, FontSet};
use super::runs::{Paragraph, direction_of};

/// A text's size in ems.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Extent {
    /// The sum of the advances.
    pub(super) width: f64,
    /// How far the ink reaches above the baseline.
    pub(super) top: f64,
    /// How far the ink reaches below the baseline.
    pub(super) bottom: f64,
}

impl Extent {
    /// This and then `other`, side by side.
    fn beside(self, other: Self) -> Self {
        Self { width: self.width + other.width, top: self.top.max(other.top), bottom: self.bottom.max(other.bottom) }
    }
}

/// Measures texts in the fonts of one set, each word once.
pub(super) struct Measure<'f> {
    fonts: &'f FontSet,
    shapers: Vec<Option<ShaperFont<'f, 'f>>>,
    known: Vec<HashMap<Box<str>, Extent>>,
    plans: Vec<(FaceId, ShapePlan)>,
}

impl<'f> Measure<'f> {
    pub(super) fn new(fonts: &'f FontSet) -> Self {
        let ids = (0..fonts.len()).map(FaceId);
        let shapers = ids.map(|id| fonts.face(id).map(|face| ShaperFont::new(&face.font)));
        Self { fonts, shapers: shapers.collect(), known: vec![HashMap::new(); fonts.len()], plans: Vec::new() }
    }

    /// The extent of a part of `paragraph`, on one line.
    pub(super) fn part(&mut self, paragraph: &Paragraph, range: &Range<usize>) -> Extent {
        paragraph.runs_in(range).fold(Extent::default(), |sum, (text, face)| sum.beside(self.run(text, face)))
    }

    /// The extent of `text`, all of it in `face`.
    pub(super) fn run(&mut self, text: &str, face: FaceId) -> Extent {
        if let Some(extent) = self.known.get(face.0).and_then(|known| known.get(text)) {
            return *extent;
        }
        let extent = by_direction(text).fold(Extent::default(), |sum, part| sum.beside(self.shape(part, face)));
        if let Some(known) = self.known.get_mut(face.0) {
            known.insert(text.into(), extent);
        }
        extent
    }

    fn shape(&mut self, text: &str, face: FaceId) -> Extent {
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let plan = self.plan(face, buffer.direction(), buffer.script());
        let Some(shaper) = self.shapers.get(face.0).and_then(Option::as_ref) else { return Extent::default() };
        let options = ShapeOptions::new().plan(self.plans.get(plan).map(|(_, plan)| plan));
        if shape(shaper, &mut buffer, options).is_err() {
            // Only a font whose tables contradict each other comes here; a guess keeps the text inside.
            let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            return Extent { width: f64::from(letters), top: 1.0, bottom: 0.0 };
        }
        let em = f64::from(shaper.units_per_em());
        let mut extent = Extent::default();
        for (glyph, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            extent.width += f64::from(position.x_advance) / em;
            if let Some(ink) = shaper.glyph_extents(glyph.glyph_id.into()) {
                let edge = f64::from(position.y_offset + ink.y_bearing) / em;
                let other_edge = f64::from(position.y_offset + ink.y_bearing + ink.height) / em;
                extent.top = extent.top.max(edge).max(other_edge);
                extent.bottom = extent.bottom.max(-edge).max(-other_edge);
            }
        }
        extent
    }

    /// The place of the plan for one font, direction and script in `plans`, made at its first use.
    fn plan(&mut self, face: FaceId, direction: Direction, script: Option<Script>) -> usize {
        let is_it =
            |(id, plan): &(FaceId, ShapePlan)| *id == face && plan.direction() == direction && plan.script() == script;
        if let Some(place) = self.plans.iter().position(is_it) {
            return place;
        }
        if let Some(font) = self.fonts.face(face).map(|face| &face.font) {
            self.plans.push((face, ShapePlan::new(font, direction, script, None, &[])));
        }
        self.plans.len().saturating_sub(1)
    }
}

/// `text` cut where letters that are read the other way begin: each part can be shaped at one go.
fn by_direction(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut direction = None;
        let turn = rest.char_indices().find(|(_, letter)| match (direction, direction_of(*letter)) {
            (Some(so_far), Some(here)) => so_far != here,
            (None, here) => {
                direction = here;
                false
            }
            _ => false,
        });
        let (part, after) = rest.split_at(turn.map_or(rest.len(), |(at, _)| at));
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advance_is_the_fonts_own() {
        let fonts = FontSet::shipped();
        let face = fonts.find("Noto Sans", false).expect("shipped");
        let extent = Measure::new(&fonts).run("HH", face);
        // Noto Sans 2.004: H is 741 of 1000 units wide and 714 high.
        assert!((extent.width - 1.482).abs() < 1e-9 && (extent.top - 0.714).abs() < 1e-9, "{extent:?}");
        assert!(extent.bottom.abs() < 1e-9, "{extent:?}");
    }

    #[test]
    fn arabic_is_joined() {
        let fonts = FontSet::shipped();
        let face = fonts.find("Noto Sans Arabic", false).expect("shipped");
        let mut measure = Measure::new(&fonts);
        let apart: f64 = ["م", "ر", "ح", "ب", "ا"].iter().map(|letter| measure.run(letter, face).width).sum();
        assert!(measure.run("مرحبا", face).width < 0.9 * apart);
    }

    #[test]
    fn a_text_is_cut_where_its_direction_turns() {
        assert_eq!(by_direction("abc, שלום! 12 def").collect::<Vec<_>>(), ["abc, ", "שלום! 12 ", "def"]);
        assert_eq!(by_direction("12 (!)").collect::<Vec<_>>(), ["12 (!)"]);
    }
}

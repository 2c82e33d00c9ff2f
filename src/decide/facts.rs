//! What a decision may know of the scenario.

use crate::scenario::{Document, EffectKind, Format, LayerKind};

/// A fact: its name, what it says, and how a scenario tells it.
#[derive(Debug)]
pub struct FactSpec {
    /// The name that a script reads after `facts.`.
    pub name: &'static str,
    /// One line for the reference.
    pub doc: &'static str,
    of: fn(&Document) -> bool,
}

/// Every fact.
pub static FACTS: &[FactSpec] = &[
    FactSpec {
        name: "has_voiceover",
        doc: "a scene has a `voiceover_text`",
        of: |document| document.scenario.scenes.iter().any(|scene| filled(scene.voiceover_text.as_deref())),
    },
    FactSpec {
        name: "has_speech",
        doc: "there is a main video, and it has a sound where the file can be measured",
        of: |document| document.main_asset_id.is_some(),
    },
    FactSpec {
        name: "has_on_screen_text",
        doc: "a scene has a `visual_description`",
        of: |document| document.scenario.scenes.iter().any(|scene| filled(scene.visual_description.as_deref())),
    },
    FactSpec { name: "has_theses", doc: "the scenario has theses already", of: |document| count(document).theses > 0 },
    FactSpec {
        name: "has_subtitles",
        doc: "the scenario has subtitles already",
        of: |document| count(document).subtitles > 0,
    },
];

/// Which facts hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts([bool; 5]);

impl Facts {
    /// The facts of a scenario.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut facts = Self::default();
        for (spec, fact) in FACTS.iter().zip(&mut facts.0) {
            *fact = (spec.of)(document);
        }
        facts
    }

    /// These facts and no others; the failure is the first name that there is not.
    pub fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, &'n str> {
        let mut facts = Self::default();
        for name in names {
            facts.set(name, true).ok_or(name)?;
        }
        Ok(facts)
    }

    /// Says whether `name` holds, for what is measured later; `None` where there is no such fact.
    pub fn set(&mut self, name: &str, holds: bool) -> Option<()> {
        let place = FACTS.iter().position(|spec| spec.name == name)?;
        *self.0.get_mut(place)? = holds;
        Some(())
    }

    /// Every fact and whether it holds.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, bool)> {
        FACTS.iter().map(|spec| spec.name).zip(self.0)
    }
}

/// How many texts a scenario holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Key phrases.
    pub theses: usize,
    /// Subtitle cues.
    pub subtitles: usize,
}

/// Counts the texts of `document`.
#[must_use]
pub fn count(document: &Document) -> Texts {
    let story = &document.scenario;
    let overlays = story.scenes.iter().flat_map(|scene| &scene.overlays).map(|overlay| overlay.format);
    let segments = |kind| story.layers.iter().filter(move |layer| layer.kind == kind).flat_map(|layer| &layer.segments);
    let texts = segments(LayerKind::Text).map(|segment| segment.params.as_ref().and_then(|params| params.format));
    let mut found = Texts { theses: 0, subtitles: segments(LayerKind::Subtitle).count() };
    for format in overlays.chain(texts) {
        match format.unwrap_or(Format::Thesis) {
            Format::Thesis => found.theses += 1,
            Format::Subtitle => found.subtitles += 1,
        }
    }
    for effect in &story.effects {
        match effect.kind {
            EffectKind::AddTextOverlay => found.theses += 1,
            EffectKind::AddSubtitles => found.subtitles += effect.cues.as_ref().map_or(0, Vec::len),
            _ => {}
        }
    }
    found
}

fn filled(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

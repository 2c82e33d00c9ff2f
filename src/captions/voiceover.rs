//! Cues from the scenes' voice-over texts, over the speech that is heard.

use std::path::Path;

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::media;
use crate::scenario::{AudioRole, Effect, LayerKind, Scenario, Scene};
use crate::time::{FrameRate, Time};

use super::{Entry, Language, Limits, Listing, Window, pauses, time};

/// A sound of the scenario that may hold speech: from `start` to `end` on the timeline, `source` being where it begins
/// in its asset.
pub(crate) struct Voice<'a> {
    pub(crate) asset: &'a str,
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) source: Time,
}

/// Where somebody speaks on the output's timeline, measured in the voice-overs of the audio layers, or where there are
/// none, in the main asset or the clips that follow one another. Paths start from `folder`.
pub fn listen(scenario: &Scenario, folder: &Path, cancel: &Cancel) -> Result<Vec<(Time, Time)>> {
    let assets = &scenario.document().assets;
    let mut speech = Vec::new();
    for voice in voices(scenario) {
        let Some(path) = assets.get(voice.asset) else { continue };
        let media = media::probe(voice.asset, &folder.join(path), cancel)?;
        let window = voice.source..voice.source + (voice.end - voice.start);
        let shift = |time: Time| time - voice.source + voice.start;
        let heard = pauses::speech(&media, window, cancel)?;
        speech.extend(heard.into_iter().map(|(start, end)| (shift(start), shift(end))));
    }
    Ok(joined(speech))
}

/// In order, and where ranges touch or overlap as one.
fn joined(mut speech: Vec<(Time, Time)>) -> Vec<(Time, Time)> {
    speech.sort_unstable();
    let mut joined: Vec<(Time, Time)> = Vec::new();
    for range in speech {
        match joined.last_mut() {
            Some(last) if range.0 <= last.1 => last.1 = last.1.max(range.1),
            _ => joined.push(range),
        }
    }
    joined
}

/// Every sound of the scenario that may hold speech: its voice-overs, or else the sound of its picture.
pub(crate) fn voices(scenario: &Scenario) -> Vec<Voice<'_>> {
    let (document, facts) = (scenario.document(), scenario.facts());
    let mut spoken = Vec::new();
    let mut seen = Vec::new();
    for (layer, facts) in document.scenario.layers.iter().zip(&facts.segments) {
        for (segment, facts) in layer.segments.iter().zip(facts) {
            let Some(asset) = segment.asset_id.as_deref() else { continue };
            let voice = Voice { asset, start: segment.start_sec, end: segment.end_sec, source: facts.play_start };
            let role = segment.params.as_ref().and_then(|params| params.role);
            if layer.kind == LayerKind::Audio && role == Some(AudioRole::Voiceover) {
                spoken.push(voice);
            } else if facts.purpose == Some("piece") {
                seen.push(voice);
            }
        }
    }
    // Where effects cut, join or retime the picture, nobody knows what of its sound is heard when.
    let story = &document.scenario;
    match &facts.main_asset_id {
        _ if !spoken.is_empty() => spoken,
        _ if story.effects.iter().any(Effect::retimes) => Vec::new(),
        Some(main) if seen.is_empty() => {
            vec![Voice { asset: main, start: Time::ZERO, end: facts.duration, source: Time::ZERO }]
        }
        _ => seen,
    }
}

/// The voice-over texts of all scenes as cues over `speech`, each text inside its scene.
///
/// With no `language`, each text's letters say which it is. The findings point at the texts.
#[must_use]
pub fn voiceover(scenario: &Scenario, speech: &[(Time, Time)], language: Option<Language>, rate: FrameRate) -> Listing {
    let mut scenes: Vec<(usize, &Scene)> = scenario.document().scenario.scenes.iter().enumerate().collect();
    scenes.sort_by_key(|(_, scene)| scene.start_sec);
    let mut listing = Listing::default();
    let starts: Vec<Time> = scenes.iter().map(|(_, scene)| scene.start_sec).skip(1).chain([Time::MAX]).collect();
    for ((number, scene), next) in scenes.into_iter().zip(starts) {
        let Some(text) = scene.voiceover_text.as_deref() else { continue };
        let limits = Limits::of(language.unwrap_or_else(|| Language::of(text)), rate);
        // The next scene may begin to speak at once, and two frames lie between cues.
        let end = scene.end_sec.min(next.saturating_sub(limits.gap).max(scene.start_sec));
        let window = Window { start: scene.start_sec, end, speech };
        let cues = time(text, &window, &limits, listing.entries.len() + 1);
        let pointer = format!("/scenario/scenes/{number}/voiceover_text");
        listing.entries.extend(cues.entries.into_iter().map(|entry| Entry { pointer: Some(pointer.clone()), ..entry }));
        for finding in &cues.found {
            listing.found.push(finding.clone().pointer(&pointer));
        }
    }
    listing
}

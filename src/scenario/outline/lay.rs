//! Lays an outline's scenes over the media that they name.

use std::collections::BTreeMap;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::suggest;
use crate::time::Time;

use super::super::footage::{Asset, Footage};
use super::super::model::{
    AspectRatio, AssetSource, AssetStatus, AudioRole, Document, Layer, LayerKind, Metadata, Overlay, Params, Scene,
    Segment, Story,
};
use super::{Outline, OutlineOverlay, OutlineScene};

/// Scenes and media that miss each other by less than this meet: two frames at 50 a second.
const TOLERANCE: f64 = 0.04;

/// How long music swells, and how long it dies away.
const SWELL: (f64, f64) = (1.0, 2.0);

pub(super) fn document(
    outline: Outline,
    footage: &Footage,
    prompt: &str,
    aspect_ratio: AspectRatio,
) -> Result<Document, Diagnostics> {
    let mut laying = Laying {
        footage,
        tolerance: Time::from_secs(TOLERANCE).unwrap_or_default(),
        used: BTreeMap::new(),
        segments: Vec::new(),
        found: Diagnostics::new(),
        until: Time::ZERO,
    };
    let mut scenes: Vec<(usize, OutlineScene)> = outline.scenes.into_iter().enumerate().collect();
    scenes.sort_by_key(|(_, scene)| scene.start_sec);
    for (number, scene) in &scenes {
        laying.scene(*number, scene);
    }
    if scenes.is_empty() {
        laying.push("/scenes", diagnostic::NO_PICTURE, "the outline has no scenes".into(), "write at least one scene");
    }
    let Laying { segments, found, until, .. } = laying;
    let mut layers = vec![Layer::new(LayerKind::Video, segments)];
    let subtitles = outline.subtitle_segments.into_iter().map(|cue| {
        let words = Some(cue.words).filter(|words| !words.is_empty());
        let params = Params { text: Some(cue.text), words, ..Params::default() };
        Segment { params: Some(params), ..blank(cue.start, cue.end) }
    });
    layers.push(Layer::new(LayerKind::Subtitle, subtitles.collect()));
    layers.push(Layer::new(LayerKind::Audio, music(footage, until)));
    layers.retain(|layer| !layer.segments.is_empty());
    let story = Story {
        metadata: Metadata { total_duration_sec: Some(until), aspect_ratio: Some(aspect_ratio), ..Metadata::default() },
        global_prompt: Some(prompt.to_owned()).filter(|prompt| !prompt.is_empty()),
        scenes: scenes.into_iter().map(|(_, scene)| told(scene)).collect(),
        layers,
        ..Story::default()
    };
    let assets = footage.assets().iter().map(|asset| (asset.id.clone(), asset.path.clone())).collect();
    let main_asset_id = footage.main().map(|asset| asset.id.clone());
    found
        .finish(Document { scenario: story, assets, main_asset_id, credits: BTreeMap::new() })
        .map(|(document, _)| document)
}

struct Laying<'a> {
    footage: &'a Footage,
    tolerance: Time,
    /// How much of each clip has been seen.
    used: BTreeMap<&'a str, Time>,
    segments: Vec<Segment>,
    found: Diagnostics,
    /// Where the last scene ends.
    until: Time,
}

impl<'a> Laying<'a> {
    fn push(&mut self, pointer: &str, code: diagnostic::Code, message: String, help: impl Into<String>) {
        self.found.push(Diagnostic::new(code, message).pointer(pointer).help(help.into()));
    }

    fn scene(&mut self, number: usize, scene: &OutlineScene) {
        let at = format!("/scenes/{number}");
        let asset = self.asset(scene, &at);
        match (self.footage.main(), asset) {
            (Some(main), Some(asset)) => self.over_main(main, asset, scene, &at),
            (None, Some(asset)) => self.next_in_row(asset, scene, &at),
            (_, None) => {}
        }
        self.until = self.until.max(scene.end_sec);
    }

    /// What is seen in a scene.
    fn asset(&mut self, scene: &OutlineScene, at: &str) -> Option<&'a Asset> {
        let mut seen = self.footage.assets().iter().filter(|asset| asset.media.picture.is_some());
        let ids: Vec<&str> = seen.clone().map(|asset| asset.id.as_str()).collect();
        let pointer = format!("{at}/asset_id");
        let Some(id) = &scene.asset_id else {
            let only = seen.next().filter(|_| ids.len() == 1);
            let asset = self.footage.main().or(only);
            if asset.is_none() {
                let message = format!("nobody knows what is seen in `{}`", scene.id.escape_debug());
                let help = format!("write the \"asset_id\" of one of the media: {}", suggest::list(&ids));
                self.push(&pointer, diagnostic::MISSING_ASSET, message, help);
            }
            return asset;
        };
        match self.footage.find(id) {
            Some(asset) if asset.media.picture.is_some() => Some(asset),
            Some(_) => {
                let message = format!("`{}` has no picture, only sound", id.escape_debug());
                self.push(&pointer, diagnostic::WRONG_MEDIA, message, format!("write one of {}", suggest::list(&ids)));
                None
            }
            None => {
                let message = format!("there is no asset `{}`", id.escape_debug());
                self.push(&pointer, diagnostic::UNKNOWN_ASSET, message, suggest::help(id, &ids));
                None
            }
        }
    }

    /// The main asset plays on; what is not it, covers it.
    fn over_main(&mut self, main: &Asset, asset: &'a Asset, scene: &OutlineScene, at: &str) {
        let length = main.media.duration().unwrap_or_default();
        if scene.end_sec > length + self.tolerance {
            let message = format!("the main asset `{}` is {length} s long", main.id);
            let pointer = format!("{at}/end_sec");
            self.push(&pointer, diagnostic::PAST_MEDIA_END, message, format!("end the scene at {length} or earlier"));
        }
        let mut from = scene.start_sec;
        if asset.id != main.id {
            let wanted = scene.end_sec.saturating_sub(from);
            let start = self.source_in(asset, scene, at);
            let left = asset.media.duration().map(|length| length.saturating_sub(start));
            // What is left of a clip may be a blink: then it begins anew.
            let again = scene.source_in_sec.is_none() && left.is_some_and(|left| left < wanted);
            let start = if again { Time::ZERO } else { start };
            let shown = asset.media.duration().map_or(wanted, |length| wanted.min(length.saturating_sub(start)));
            self.used.insert(&asset.id, start + shown);
            self.segment(scene, asset, from, from + shown, start);
            from += shown;
        } else if scene.source_in_sec.is_some_and(|start| start != scene.start_sec) {
            let message = format!("the main asset `{}` plays through", main.id);
            let help = "leave \"source_in_sec\" out: it is seen from where it is at that time";
            self.push(&format!("{at}/source_in_sec"), diagnostic::BAD_TIME, message, help);
        }
        if scene.end_sec.saturating_sub(from) > self.tolerance || asset.id == main.id {
            self.segment(scene, main, from, scene.end_sec, Time::ZERO);
        }
    }

    /// Without a main asset, scenes stand in a row.
    fn next_in_row(&mut self, asset: &'a Asset, scene: &OutlineScene, at: &str) {
        let (before, begins) = (self.until, scene.start_sec);
        if begins.saturating_sub(before).max(before.saturating_sub(begins)) > self.tolerance {
            let message = format!("the scene begins at {begins} s, but the one before it ends at {before} s");
            let help = format!("write {before}: without a main asset, scenes follow one another");
            self.push(&format!("{at}/start_sec"), diagnostic::SEQUENCE_GAP, message, help);
        }
        let wanted = scene.end_sec.saturating_sub(begins);
        let start = self.source_in(asset, scene, at);
        if let Some(length) = asset.media.duration() {
            let left = length.saturating_sub(start);
            if wanted > left + self.tolerance {
                let message = format!("the scene shows `{}` for {wanted} s, but {left} s of it are left", asset.id);
                let help = format!("end the scene at {} or earlier, or show another one", begins + left);
                self.push(&format!("{at}/end_sec"), diagnostic::PAST_MEDIA_END, message, help);
            }
            self.used.insert(&asset.id, start + wanted);
        }
        self.segment(scene, asset, begins, scene.end_sec, start);
    }

    /// Where in its asset a scene begins; a photo has no such place.
    fn source_in(&mut self, asset: &Asset, scene: &OutlineScene, at: &str) -> Time {
        let Some(length) = asset.media.duration() else { return Time::ZERO };
        match scene.source_in_sec {
            Some(start) if start >= length => {
                let message = format!("`{}` is {length} s long", asset.id);
                let pointer = format!("{at}/source_in_sec");
                self.push(&pointer, diagnostic::PAST_MEDIA_END, message, format!("begin before {length}"));
                Time::ZERO
            }
            Some(start) => start,
            None => self.used.get(asset.id.as_str()).copied().unwrap_or_default(),
        }
    }

    fn segment(&mut self, scene: &OutlineScene, asset: &Asset, start: Time, end: Time, source_in: Time) {
        self.segments.push(Segment {
            id: Some(format!("segment-{}", self.segments.len() + 1)),
            scene_id: Some(scene.id.clone()),
            source_in_sec: Some(source_in).filter(|start| *start > Time::ZERO),
            ..ready(asset, start, end)
        });
    }
}

fn blank(start: Time, end: Time) -> Segment {
    Segment {
        id: None,
        scene_id: None,
        start_sec: start,
        end_sec: end,
        asset_id: None,
        asset_source: None,
        asset_status: None,
        source_in_sec: None,
        params: None,
    }
}

fn ready(asset: &Asset, start: Time, end: Time) -> Segment {
    Segment {
        asset_id: Some(asset.id.clone()),
        asset_source: Some(AssetSource::Uploaded),
        asset_status: Some(AssetStatus::Ready),
        ..blank(start, end)
    }
}

fn told(scene: OutlineScene) -> Scene {
    let overlay = |overlay: OutlineOverlay| Overlay {
        text: Some(overlay.text),
        position: overlay.position,
        format: overlay.format,
        start_sec: overlay.start_sec,
        end_sec: overlay.end_sec,
        font_size: None,
        font_style: None,
    };
    Scene {
        id: scene.id,
        start_sec: scene.start_sec,
        end_sec: scene.end_sec,
        voiceover_text: scene.voiceover_text,
        visual_description: scene.visual_description,
        overlays: scene.overlays.into_iter().map(overlay).collect(),
    }
}

/// Sounds alone, one after the other, up to the end; the last one begins again where it is too short.
fn music(footage: &Footage, until: Time) -> Vec<Segment> {
    let sounds: Vec<&Asset> = footage.assets().iter().filter(|asset| asset.media.picture.is_none()).collect();
    let mut segments: Vec<Segment> = Vec::new();
    let mut from = Time::ZERO;
    for (number, sound) in sounds.iter().enumerate() {
        let length = sound.media.duration().unwrap_or_default();
        let is_last = number + 1 == sounds.len();
        let end = if is_last { until } else { until.min(from + length) };
        if end <= from {
            break;
        }
        let (swell, die) = SWELL;
        let fits = (end - from).as_secs() > 2.0 * (swell + die);
        let fade = |seconds: f64| Time::from_secs(seconds).filter(|_| fits);
        segments.push(Segment {
            params: Some(Params {
                role: Some(AudioRole::Music),
                fade_in_sec: fade(swell),
                fade_out_sec: fade(die),
                ..Params::default()
            }),
            ..ready(sound, from, end)
        });
        from = end;
    }
    segments
}

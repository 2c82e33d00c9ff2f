//! From the file to what rules ask about: checks that the shape cannot say, and derived facts.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::suggest;
use crate::time::Time;

use super::effect;
use super::model::{Document, LayerKind, Metadata, Overlay, Segment};
use super::picture::assign_purposes;
use super::words;

/// A scenario whose times, ids and references hold, with what was derived from it.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(super) document: Document,
    pub(super) facts: Facts,
}

impl Scenario {
    /// The file's content.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What was derived from it.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// What is derived from a scenario as a whole.
#[derive(Clone, Debug)]
pub struct Facts {
    /// How long the video is.
    pub duration: Time,
    /// A word of [`crate::value::PICTURE`].
    pub picture: &'static str,
    /// The document's main asset.
    pub main_asset_id: Option<String>,
    /// By layer and segment.
    pub segments: Vec<Vec<SegmentFacts>>,
}

/// What is derived for one segment.
#[derive(Clone, Debug)]
pub struct SegmentFacts {
    /// Its own id, or one made from its place.
    pub id: String,
    /// A name for the clip that it shows, unlike any asset's.
    pub clip_id: String,
    /// The line that its asset's author is owed, if the scenario has one.
    pub attribution: Option<String>,
    /// A word of [`crate::value::ASSET_KIND`], where it has an asset.
    pub asset_kind: Option<&'static str>,
    /// A word of [`crate::value::PURPOSE`], in a video layer.
    pub purpose: Option<&'static str>,
    /// Where its asset starts to play.
    pub play_start: Time,
    /// Where its asset stops.
    pub play_end: Time,
}

/// Checks `document` and derives its [`Facts`].
pub fn normalise(document: Document) -> Result<(Scenario, Diagnostics), Diagnostics> {
    let mut found = Diagnostics::new();
    let duration = duration(&document, &mut found);
    check_ids(&document, &mut found);
    check_canvas(&document.scenario.metadata, &mut found);
    check_scenes(&document, duration, &mut found);
    let scene_ids: HashSet<&str> = document.scenario.scenes.iter().map(|scene| scene.id.as_str()).collect();
    let mut segments = Vec::new();
    for (layer_number, layer) in document.scenario.layers.iter().enumerate() {
        let mut facts = Vec::new();
        for (number, segment) in layer.segments.iter().enumerate() {
            let at = || format!("/scenario/layers/{layer_number}/segments/{number}");
            check_segment((&document, &scene_ids, duration), layer.kind, segment, &at, &mut found);
            let play_start = segment.source_in_sec.unwrap_or_default();
            let id = segment_id(segment, layer.kind, layer_number, number);
            let mut clip_id = id.clone();
            while document.assets.contains_key(&clip_id) {
                clip_id.push_str("-clip");
            }
            facts.push(SegmentFacts {
                id,
                clip_id,
                attribution: segment
                    .asset_id
                    .as_ref()
                    .and_then(|id| document.credits.get(id))
                    .and_then(|credit| credit.attribution.clone()),
                asset_kind: segment
                    .asset_id
                    .as_ref()
                    .and_then(|id| document.assets.get(id))
                    .map(|path| asset_kind(path)),
                purpose: (layer.kind == LayerKind::Video).then_some("cutaway"),
                play_start,
                play_end: play_start + segment.end_sec.saturating_sub(segment.start_sec),
            });
        }
        segments.push(facts);
    }
    for (number, effect) in document.scenario.effects.iter().enumerate() {
        effect::check(effect, &format!("/scenario/effects/{number}"), &mut found);
    }
    let mut facts = Facts { duration, picture: "continuous", main_asset_id: document.main_asset_id.clone(), segments };
    if !found.has_errors() {
        assign_purposes(&document, &mut facts, &mut found);
    }
    found.finish(()).map(|((), warnings)| (Scenario { document, facts }, warnings))
}

/// Its own id, or one made from its place.
pub(crate) fn segment_id(segment: &Segment, kind: LayerKind, layer: usize, number: usize) -> String {
    segment.id.clone().unwrap_or_else(|| format!("{}-{layer}-{number}", kind.word()))
}

/// What the file's name says it holds. What does not end like a picture or a sound is taken for a video; the probe has
/// the last word.
pub(crate) fn asset_kind(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "jpg" | "jpeg" | "png" | "webp" | "bmp" | "tif" | "tiff" | "avif" | "heic" => "image",
        "mp3" | "wav" | "m4a" | "aac" | "flac" | "ogg" | "opus" | "oga" | "wma" | "aiff" => "audio",
        _ => "video",
    }
}

fn duration(document: &Document, found: &mut Diagnostics) -> Time {
    let story = &document.scenario;
    let written = story.metadata.total_duration_sec;
    let scene_ends = story.scenes.iter().map(|scene| scene.end_sec);
    let segment_ends = story.layers.iter().flat_map(|layer| &layer.segments).map(|segment| segment.end_sec);
    let told = written.or_else(|| scene_ends.chain(segment_ends).max());
    let duration = told.unwrap_or_default();
    // A scenario that is carried out as it is written may leave its length to its media.
    let may_be_untold = story.verbatim == Some(true);
    if duration <= Time::ZERO && !(told.is_none() && may_be_untold) {
        found.push(
            Diagnostic::new(diagnostic::BAD_TIME, "the video has no length")
                .pointer("/scenario/metadata/total_duration_sec")
                .help("write the length in seconds: \"metadata\": { \"total_duration_sec\": 48 }"),
        );
    }
    duration
}

fn check_ids(document: &Document, found: &mut Diagnostics) {
    for id in document.assets.keys() {
        check_id(id, "asset", || format!("/assets/{}", id.replace('~', "~0").replace('/', "~1")), found);
    }
    for id in document.credits.keys() {
        check_asset(document, id, || format!("/credits/{}", id.replace('~', "~0").replace('/', "~1")), found);
    }
    if let Some(main) = &document.main_asset_id {
        check_asset(document, main, || "/main_asset_id".into(), found);
    }
    let mut seen: HashMap<(&str, &str), (usize, usize)> = HashMap::new();
    let scenes = document.scenario.scenes.iter().enumerate();
    let scene_ids = scenes.map(|(number, scene)| ("scene", scene.id.as_str(), (0, number)));
    let segment_ids = document.scenario.layers.iter().enumerate().flat_map(|(layer_number, layer)| {
        layer.segments.iter().enumerate().filter_map(move |(number, segment)| {
            segment.id.as_deref().map(|id| ("segment", id, (layer_number, number)))
        })
    });
    for (kind, id, place) in scene_ids.chain(segment_ids) {
        let pointer = |(layer, number): (usize, usize)| match kind {
            "scene" => format!("/scenario/scenes/{number}/id"),
            _ => format!("/scenario/layers/{layer}/segments/{number}/id"),
        };
        check_id(id, kind, || pointer(place), found);
        match seen.entry((kind, id)) {
            Entry::Vacant(entry) => _ = entry.insert(place),
            Entry::Occupied(first) => found.push(
                Diagnostic::new(diagnostic::DUPLICATE_ID, format!("two {kind}s have the id `{id}`"))
                    .pointer(pointer(place))
                    .help(format!("give this one an id of its own; the first stands at {}", pointer(*first.get()))),
            ),
        }
    }
}

/// An id is an id, never a path.
fn check_id(id: &str, kind: &str, pointer: impl FnOnce() -> String, found: &mut Diagnostics) {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.is_empty() || id.len() > 128 || id.starts_with('.') || !id.chars().all(allowed) {
        found.push(
            Diagnostic::new(diagnostic::BAD_ID, format!("`{}` cannot be the id of a {kind}", id.escape_debug()))
                .pointer(pointer())
                .help("an id is 1 to 128 letters, digits, `-`, `_` and `.`; a file's path belongs in `assets`"),
        );
    }
}

fn check_asset(document: &Document, id: &str, pointer: impl FnOnce() -> String, found: &mut Diagnostics) {
    if !document.assets.contains_key(id) {
        let known: Vec<&str> = document.assets.keys().map(String::as_str).collect();
        let help = suggest::help_or(id, &known, || {
            format!("add it to the assets: \"assets\": {{ \"{}\": \"path/to/file.mp4\" }}", id.escape_debug())
        });
        found.push(
            Diagnostic::new(diagnostic::UNKNOWN_ASSET, format!("there is no asset `{}`", id.escape_debug()))
                .pointer(pointer())
                .help(help),
        );
    }
}

fn check_scenes(document: &Document, duration: Time, found: &mut Diagnostics) {
    for (scene_number, scene) in document.scenario.scenes.iter().enumerate() {
        let at = || format!("/scenario/scenes/{scene_number}");
        check_range(scene.start_sec, scene.end_sec, duration, "scene", at, found);
        for (number, overlay) in scene.overlays.iter().enumerate() {
            check_overlay(overlay, duration, || format!("{}/overlays/{number}", at()), found);
        }
    }
}

fn check_overlay(overlay: &Overlay, duration: Time, at: impl Fn() -> String, found: &mut Diagnostics) {
    check_range(overlay.start_sec, overlay.end_sec, duration, "overlay", &at, found);
    check_font_size(overlay.font_size, || at() + "/font_size", found);
}

fn check_canvas(metadata: &Metadata, found: &mut Diagnostics) {
    let resolution = "the shorter side is 120 to 2160 pixels";
    check_number(metadata.resolution, 120.0, 2160.0, resolution, || "/scenario/metadata/resolution".into(), found);
    let rate = "a video has 10 to 120 frames a second";
    check_number(metadata.frame_rate, 10.0, 120.0, rate, || "/scenario/metadata/frame_rate".into(), found);
    check_focus([metadata.focus_x, metadata.focus_y], || "/scenario/metadata".into(), found);
}

fn check_focus(focus: [Option<f64>; 2], at: impl Fn() -> String, found: &mut Diagnostics) {
    for (name, share) in ["focus_x", "focus_y"].into_iter().zip(focus) {
        let help = "a share of the picture's width or height: write 0 to 1, 0.5 for its middle";
        check_number(share, 0.0, 1.0, help, || format!("{}/{name}", at()), found);
    }
}

fn check_font_size(size: Option<f64>, pointer: impl FnOnce() -> String, found: &mut Diagnostics) {
    check_number(size, 8.0, 400.0, "a font size is 8 to 400 pixels; leave it out for the style's own", pointer, found);
}

/// The pointer is made only of what is wrong: there are ten checks to a segment.
fn check_number(
    value: Option<f64>,
    low: f64,
    high: f64,
    help: &str,
    pointer: impl FnOnce() -> String,
    found: &mut Diagnostics,
) {
    if let Some(value) = value
        && !(low..=high).contains(&value)
    {
        found.push(
            Diagnostic::new(diagnostic::OUT_OF_RANGE, format!("{value} is out of range")).pointer(pointer()).help(help),
        );
    }
}

fn check_range(
    start: Time,
    end: Time,
    duration: Time,
    what: &str,
    at: impl FnOnce() -> String,
    found: &mut Diagnostics,
) {
    if start < Time::ZERO {
        found.push(
            Diagnostic::new(diagnostic::BAD_TIME, format!("the {what} begins at {start} s, before the video"))
                .pointer(at() + "/start_sec")
                .help("times are seconds from the start of the video: write 0 or more"),
        );
    } else if end <= start {
        found.push(
            Diagnostic::new(diagnostic::BAD_TIME, format!("the {what} ends at {end} s, but begins at {start} s"))
                .pointer(at() + "/end_sec")
                .help(format!("write an end after {start}")),
        );
    } else if end > duration {
        found.push(
            Diagnostic::new(
                diagnostic::BAD_TIME,
                format!("the {what} ends at {end} s, but the video is {duration} s long"),
            )
            .pointer(at() + "/end_sec")
            .help(format!("write {duration} or less, or a longer `metadata.total_duration_sec`")),
        );
    }
}

fn check_segment(
    (document, scene_ids, duration): (&Document, &HashSet<&str>, Time),
    kind: LayerKind,
    segment: &Segment,
    at: &impl Fn() -> String,
    found: &mut Diagnostics,
) {
    check_range(segment.start_sec, segment.end_sec, duration, "segment", at, found);
    if let Some(scene_id) = &segment.scene_id
        && !scene_ids.contains(scene_id.as_str())
    {
        let known: Vec<&str> = document.scenario.scenes.iter().map(|scene| scene.id.as_str()).collect();
        found.push(
            Diagnostic::new(diagnostic::UNKNOWN_SCENE, format!("there is no scene `{}`", scene_id.escape_debug()))
                .pointer(at() + "/scene_id")
                .help(suggest::help(scene_id, &known)),
        );
    }
    if let Some(asset_id) = &segment.asset_id {
        check_asset(document, asset_id, || at() + "/asset_id", found);
    } else if matches!(kind, LayerKind::Video | LayerKind::Image | LayerKind::Audio) && !segment.waits_in(kind) {
        found.push(
            Diagnostic::new(diagnostic::MISSING_ASSET, format!("a segment of a {} layer needs an asset", kind.word()))
                .pointer(at())
                .help("write \"asset_id\", or \"asset_source\": \"generated\" and \"asset_status\": \"pending\""),
        );
    }
    if let Some(start) = segment.source_in_sec
        && start < Time::ZERO
    {
        found.push(
            Diagnostic::new(diagnostic::BAD_TIME, format!("an asset cannot begin at {start} s"))
                .pointer(at() + "/source_in_sec")
                .help("write 0 or more"),
        );
    }
    words::check(segment, at, found);
    let params = segment.params.as_ref();
    if matches!(kind, LayerKind::Text | LayerKind::Subtitle)
        && params.and_then(|params| params.text.as_deref()).is_none_or(|text| text.trim().is_empty())
    {
        found.push(
            Diagnostic::new(diagnostic::MISSING_KEY, format!("a segment of a {} layer needs its text", kind.word()))
                .pointer(at())
                .help("write \"params\": { \"text\": \"…\" }"),
        );
    }
    if let Some(params) = params {
        check_font_size(params.font_size, || at() + "/params/font_size", found);
        let volume = "1 is as loud as recorded; write 0 to 4";
        check_number(params.volume, 0.0, 4.0, volume, || at() + "/params/volume", found);
        let width = "1 is the whole canvas; write 0.01 to 1";
        check_number(params.width, 0.01, 1.0, width, || at() + "/params/width", found);
        check_focus([params.focus_x, params.focus_y], || at() + "/params", found);
        let under = "1 leaves the other sound as it is; write 0 to 1";
        check_number(params.under, 0.0, 1.0, under, || at() + "/params/under", found);
        let ducking = "it is the decibels that music stays below speech; write 0 to 40";
        check_number(params.ducking, 0.0, 40.0, ducking, || at() + "/params/ducking", found);
        for (name, fade) in [("fade_in_sec", params.fade_in_sec), ("fade_out_sec", params.fade_out_sec)] {
            let seconds = fade.map(Time::as_secs);
            check_number(seconds, 0.0, 60.0, "a fade lasts 0 to 60 s", || format!("{}/params/{name}", at()), found);
        }
    }
}

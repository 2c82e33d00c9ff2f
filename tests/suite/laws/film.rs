//! Scenarios of every kind of picture, layer and effect, in which each optional key may be there or not.

use callsheet::diagnostic::Source;
use callsheet::scenario::{self, Ready};
use callsheet::tasks::catalogue;
use callsheet::value::{self, EnumType};
use serde_json::{Map, Value as Json, json};

use super::dice::Dice;

const LENGTH: f64 = 9.0;

/// A scenario that is ready, and its file.
pub(super) fn film(dice: &mut Dice<'_>) -> (Ready, String) {
    let mut film = Film { dice };
    let text = film.document().to_string();
    let read = scenario::read(&Source::new("scenario.json", text.as_str()));
    let document = read.unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    let normal = scenario::normalise(document).unwrap_or_else(|found| panic!("{found:?}\n{text}")).0;
    (scenario::ready(normal).unwrap_or_else(|found| panic!("{found:?}\n{text}")), text)
}

struct Film<'d, 'a> {
    dice: &'d mut Dice<'a>,
}

impl Film<'_, '_> {
    fn document(&mut self) -> Json {
        let has_main = !self.dice.once_in(4);
        let mut layers = vec![self.base(has_main)];
        for kind in ["video", "image", "audio", "text", "subtitle"] {
            if (kind != "video" || has_main) && !self.dice.once_in(3) {
                let segments: Vec<Json> = (0..self.dice.below(3)).map(|_| self.segment(kind)).collect();
                let mut layer = Map::new();
                layer.insert("type".into(), kind.into());
                layer.insert("segments".into(), segments.into());
                self.perhaps(&mut layer, "pass", |dice| dice.below(2).into());
                if kind == "subtitle" {
                    self.perhaps(&mut layer, "position", |dice| word(dice, &value::POSITION));
                    self.perhaps(&mut layer, "font_style", |dice| dice.of(&["plain", "loud"]).into());
                }
                layers.push(layer.into());
            }
        }
        let mut metadata = Map::new();
        metadata.insert("total_duration_sec".into(), LENGTH.into());
        self.perhaps(&mut metadata, "aspect_ratio", |dice| word(dice, &value::ASPECT_RATIO));
        self.perhaps(&mut metadata, "resolution", |dice| dice.of(&[480, 720, 1080]).into());
        self.perhaps(&mut metadata, "frame_rate", |dice| dice.of(&[24, 30]).into());
        self.perhaps(&mut metadata, "fit", |dice| word(dice, &value::FIT));
        self.perhaps(&mut metadata, "safe_area", |dice| word(dice, &value::SAFE_AREA));
        let scenes: Vec<Json> = (0..self.dice.below(3)).map(|number| self.scene(number)).collect();
        let effects: Vec<Json> = (0..self.dice.below(5)).map(|_| self.effect()).collect();
        let mut story = json!({ "metadata": metadata, "scenes": scenes, "layers": layers, "effects": effects });
        if self.dice.once_in(4) {
            story["verbatim"] = true.into();
        }
        let mut document = json!({ "scenario": story, "assets": { "a": "a.mp4", "b": "b.png", "c": "c.mp3" } });
        if has_main {
            document["main_asset_id"] = "a".into();
        }
        document
    }

    fn perhaps(&mut self, map: &mut Map<String, Json>, key: &str, value: impl FnOnce(&mut Dice<'_>) -> Json) {
        if self.dice.once_in(2) {
            let value = value(self.dice);
            map.insert(key.into(), value);
        }
    }

    /// The layer that makes the picture: stretches of the main asset, its pieces, or clips in a row.
    fn base(&mut self, has_main: bool) -> Json {
        let cut = if has_main && self.dice.once_in(2) { Some(1) } else { None };
        let at = |start: f64, end: f64, asset: &str| {
            let mut segment = json!({ "start_sec": start, "end_sec": end, "asset_id": asset });
            if let Some(from) = cut {
                segment["source_in_sec"] = from.into();
            }
            segment
        };
        let second = if has_main { "a" } else { "b" };
        json!({ "type": "video", "segments": [at(0.0, 3.0, "a"), at(3.0, LENGTH, second)] })
    }

    fn range(&mut self) -> (f64, f64) {
        self.dice.of(&[(0.0, 1.0), (0.5, 4.0), (1.0, 2.0), (2.0, 5.0), (5.0, 6.0), (5.5, LENGTH)])
    }

    fn scene(&mut self, number: usize) -> Json {
        let (start, end) = self.range();
        let mut scene = Map::new();
        scene.insert("id".into(), format!("s{number}").into());
        scene.insert("start_sec".into(), start.into());
        scene.insert("end_sec".into(), end.into());
        self.perhaps(&mut scene, "voiceover_text", text);
        self.perhaps(&mut scene, "visual_description", text);
        let overlays: Vec<Json> = (0..self.dice.below(4)).map(|_| self.overlay()).collect();
        scene.insert("overlays".into(), overlays.into());
        scene.into()
    }

    fn overlay(&mut self) -> Json {
        let (start, end) = self.range();
        let mut overlay = Map::new();
        overlay.insert("start_sec".into(), start.into());
        overlay.insert("end_sec".into(), end.into());
        self.perhaps(&mut overlay, "text", text);
        self.perhaps(&mut overlay, "position", |dice| word(dice, &value::POSITION));
        self.perhaps(&mut overlay, "format", |dice| word(dice, &value::FORMAT));
        self.perhaps(&mut overlay, "font_size", |dice| dice.of(&[20, 48, 60]).into());
        self.perhaps(&mut overlay, "font_style", |dice| dice.of(&["plain", "loud"]).into());
        overlay.into()
    }

    fn segment(&mut self, kind: &str) -> Json {
        let (start, end) = self.range();
        let mut segment = Map::new();
        segment.insert("start_sec".into(), start.into());
        segment.insert("end_sec".into(), end.into());
        let is_text = kind == "text" || kind == "subtitle";
        if !is_text || self.dice.once_in(4) {
            segment.insert("asset_id".into(), self.dice.of(&["b", "a", "c"]).into());
        }
        self.perhaps(&mut segment, "asset_source", |dice| word(dice, &value::ASSET_SOURCE));
        self.perhaps(&mut segment, "asset_status", |_| "ready".into());
        if kind != "video" {
            self.perhaps(&mut segment, "source_in_sec", |dice| dice.of(&[0, 1, 3]).into());
        }
        let mut params = Map::new();
        if is_text || self.dice.once_in(4) {
            params.insert("text".into(), self.dice.of(&["words", "hi", "слова"]).into());
        }
        self.perhaps(&mut params, "position", |dice| word(dice, &value::POSITION));
        self.perhaps(&mut params, "format", |dice| word(dice, &value::FORMAT));
        self.perhaps(&mut params, "role", |dice| word(dice, &value::AUDIO_ROLE));
        self.perhaps(&mut params, "font_size", |dice| dice.of(&[20, 48, 60]).into());
        self.perhaps(&mut params, "font_style", |dice| dice.of(&["plain", "loud"]).into());
        self.perhaps(&mut params, "width", ratio);
        self.perhaps(&mut params, "volume", ratio);
        self.perhaps(&mut params, "under", ratio);
        self.perhaps(&mut params, "loop", |dice| dice.once_in(2).into());
        self.perhaps(&mut params, "fade_in_sec", |dice| dice.of(&[1, 2, 5]).into());
        self.perhaps(&mut params, "fade_out_sec", |dice| dice.of(&[1, 2, 5]).into());
        segment.insert("params".into(), params.into());
        segment.into()
    }

    /// An effect of any type, with what its task takes.
    fn effect(&mut self) -> Json {
        let kind = self.dice.of(value::EFFECT.values);
        let mut effect = Map::new();
        effect.insert("type".into(), kind.into());
        self.perhaps(&mut effect, "pass", |dice| dice.below(2).into());
        self.perhaps(&mut effect, "output_id", |_| "made".into());
        if effect.contains_key("output_id") {
            self.perhaps(&mut effect, "inputs", |dice| dice.of(&[json!(["a"]), json!(["a", "b"])]));
        }
        let (start, end) = self.range();
        for param in catalogue::find(kind).unwrap().params {
            let key = match (kind, param.name) {
                ("trim", "start_time") | (_, "source_start") => "source_in_sec",
                ("trim", "end_time") => "source_out_sec",
                (_, "start_time") => "start_sec",
                (_, "end_time") => "end_sec",
                (_, "stock_id" | "image_id" | "audio_id") => "asset_id",
                (_, "style") => "font_style",
                (_, "segments") => "cues",
                (_, "duration") => "duration_sec",
                (_, "fade_in") => "fade_in_sec",
                (_, "fade_out") => "fade_out_sec",
                (_, name) => name,
            };
            self.perhaps(&mut effect, key, |dice| match (param.name, param.ty) {
                ("start_time", _) => start.into(),
                ("end_time", _) => end.into(),
                (_, value::Type::Text) => text(dice),
                (_, value::Type::Bool) => dice.once_in(2).into(),
                ("factor", _) => dice.of(&[0.5, 2.0, 3.0]).into(),
                ("frame_rate", _) => dice.of(&[24, 30]).into(),
                ("target", _) => dice.of(&[-14, -23, -16]).into(),
                ("true_peak", _) => dice.of(&[-1, -2]).into(),
                ("resolution", _) => dice.of(&[480, 720]).into(),
                ("ducking", _) => dice.of(&[0, 12, 20]).into(),
                (_, value::Type::Background) => dice.of(&["blur", "black", "#204080"]).into(),
                (_, value::Type::Pixels) => dice.of(&[20, 48, 60]).into(),
                (_, value::Type::Ratio) => ratio(dice),
                (_, value::Type::Seconds) => dice.of(&[1, 2, 5]).into(),
                (_, value::Type::Enum(set)) => word(dice, set),
                (_, value::Type::Style) => dice.of(&["plain", "loud"]).into(),
                (_, value::Type::Cues) => json!([{ "start": 0, "end": 1, "text": "words" }]),
                _ => dice.of(&["a", "b", "c"]).into(),
            });
        }
        effect.into()
    }
}

fn word(dice: &mut Dice<'_>, set: &EnumType) -> Json {
    dice.of(set.values).into()
}

fn text(dice: &mut Dice<'_>) -> Json {
    dice.of(&["words", "a", "a rather long text", " "]).into()
}

fn ratio(dice: &mut Dice<'_>) -> Json {
    dice.of(&[0.2, 0.5, 1.0]).into()
}

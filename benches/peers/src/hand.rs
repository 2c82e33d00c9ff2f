//! The default mapping of scenes and layers over a main video, as one writes it without rules, to the same types.

use std::collections::BTreeMap;
use std::sync::Arc;

use callsheet::scenario::{
    AudioRole, Fit, Format, Layer, LayerKind, Motion, Overlay, Params, Position, Ready, Segment, SegmentFacts,
};
use callsheet::tasks::{Origin, Plan, Style, Task, TaskSpec, catalogue};
use callsheet::time::Time;
use callsheet::value::{Cue, Value};

/// What a mapping by hand knows before it sees a scenario.
pub struct Hand {
    /// The shipped styles.
    pub styles: BTreeMap<String, Style>,
    trim: &'static TaskSpec,
    fit_canvas: &'static TaskSpec,
    overlay_video: &'static TaskSpec,
    overlay_image: &'static TaskSpec,
    add_text_overlay: &'static TaskSpec,
    add_subtitles: &'static TaskSpec,
    mix_audio: &'static TaskSpec,
    name: Arc<str>,
}

type TaskParams = Vec<(&'static str, Value<'static>)>;

impl Hand {
    pub fn new(styles: &BTreeMap<String, Style>) -> Self {
        let spec = |name| catalogue::find(name).unwrap();
        Self {
            styles: styles.clone(),
            trim: spec("trim"),
            fit_canvas: spec("fit_canvas"),
            overlay_video: spec("overlay_video"),
            overlay_image: spec("overlay_image"),
            add_text_overlay: spec("add_text_overlay"),
            add_subtitles: spec("add_subtitles"),
            mix_audio: spec("mix_audio"),
            name: "hand".into(),
        }
    }

    pub fn plan(&self, ready: &Ready) -> Plan {
        let (document, facts) = (ready.document(), ready.facts());
        let metadata = &document.scenario.metadata;
        let main = document.main_asset_id.clone().unwrap();
        let whole = || "/scenario".to_owned();
        let trim = vec![("start_time", Value::Seconds(Time::ZERO)), ("end_time", Value::Seconds(facts.duration))];
        let mut canvas = vec![
            ("aspect_ratio", Value::Symbol(metadata.aspect_ratio.map_or("9:16", |ratio| ratio.word()))),
            ("resolution", Value::Pixels(metadata.resolution.unwrap_or(1080.0))),
            ("frame_rate", Value::Number(metadata.frame_rate.unwrap_or(30.0))),
            ("fit", Value::Symbol(metadata.fit.map_or("cover", |fit| fit.word()))),
        ];
        framing(&mut canvas, (None, metadata.background.as_ref()), (metadata.focus_x, metadata.focus_y));
        canvas.push(("safe_area", Value::Symbol(metadata.safe_area.map_or("universal", |area| area.word()))));
        let mut tasks = vec![
            self.task(self.trim, trim, vec![main.clone()], whole()),
            self.task(self.fit_canvas, canvas, Vec::new(), whole()),
        ];
        let (mut texts, mut sounds) = (Vec::new(), Vec::new());
        for (scene_number, scene) in document.scenario.scenes.iter().enumerate() {
            for (number, overlay) in scene.overlays.iter().enumerate() {
                let pointer = format!("/scenario/scenes/{scene_number}/overlays/{number}");
                texts.push(self.task(self.add_text_overlay, overlay_params(overlay), Vec::new(), pointer));
            }
        }
        for (layer_number, (layer, facts)) in document.scenario.layers.iter().zip(&facts.segments).enumerate() {
            if layer.kind == LayerKind::Subtitle {
                let cues: Vec<Cue> = layer.segments.iter().map(cue).collect();
                if !cues.is_empty() {
                    let pointer = format!("/scenario/layers/{layer_number}");
                    texts.push(self.task(self.add_subtitles, subtitle_params(layer, cues), Vec::new(), pointer));
                }
                continue;
            }
            for (number, (segment, facts)) in layer.segments.iter().zip(facts).enumerate() {
                let pointer = || format!("/scenario/layers/{layer_number}/segments/{number}");
                match layer.kind {
                    LayerKind::Video if facts.purpose == Some("cutaway") => match facts.asset_kind {
                        Some("video") => {
                            let params = cutaway_params(segment, facts);
                            tasks.push(self.task(self.overlay_video, params, Vec::new(), pointer()));
                        }
                        Some("image") => {
                            tasks.push(self.task(self.overlay_image, photo_params(segment), Vec::new(), pointer()));
                        }
                        _ => {}
                    },
                    LayerKind::Image => {
                        tasks.push(self.task(self.overlay_image, picture_params(segment), Vec::new(), pointer()));
                    }
                    LayerKind::Text => {
                        texts.push(self.task(self.add_text_overlay, text_params(segment), Vec::new(), pointer()));
                    }
                    LayerKind::Audio => {
                        sounds.push(self.task(self.mix_audio, sound_params(segment, facts), Vec::new(), pointer()));
                    }
                    LayerKind::Video | LayerKind::Subtitle => {}
                }
            }
        }
        tasks.append(&mut texts);
        tasks.append(&mut sounds);
        let (styles, assets) = self.used(&tasks, &document.assets);
        Plan { tasks, styles, assets, main_asset_id: Some(main), notes: Vec::new() }
    }

    fn task(&self, spec: &'static TaskSpec, params: TaskParams, inputs: Vec<String>, pointer: String) -> Task {
        let (rule, file) = (Arc::clone(&self.name), Arc::clone(&self.name));
        let origin = Some(Origin { rule, file, line: 1, pointer, note: None });
        Task { spec, params, inputs, output_id: None, origin }
    }

    fn used(
        &self,
        tasks: &[Task],
        all: &BTreeMap<String, String>,
    ) -> (BTreeMap<String, Style>, BTreeMap<String, String>) {
        let (mut styles, mut assets) = (BTreeMap::new(), BTreeMap::new());
        for task in tasks {
            for (param, value) in &task.params {
                let Value::Name(name) = value else { continue };
                if *param == "style" {
                    if !styles.contains_key(&**name) {
                        styles.insert(name.to_string(), self.styles[&**name].clone());
                    }
                } else if !assets.contains_key(&**name) {
                    assets.insert(name.to_string(), all[&**name].clone());
                }
            }
            for id in &task.inputs {
                if !assets.contains_key(id) {
                    assets.insert(id.clone(), all[id].clone());
                }
            }
        }
        (styles, assets)
    }
}

fn asset(segment: &Segment) -> Value<'static> {
    Value::Name(segment.asset_id.clone().unwrap_or_default().into())
}

fn cutaway_params(segment: &Segment, facts: &SegmentFacts) -> TaskParams {
    let mut params = Vec::with_capacity(5);
    params.push(("stock_id", asset(segment)));
    params.push(("start_time", Value::Seconds(segment.start_sec)));
    params.push(("end_time", Value::Seconds(segment.end_sec)));
    params.push(("source_start", Value::Seconds(facts.play_start)));
    if let Some(written) = &segment.params {
        if let Some(volume) = written.volume {
            params.push(("volume", Value::Ratio(volume)));
        }
        if let Some(fit) = written.clip_fit {
            params.push(("clip_fit", Value::Symbol(fit.word())));
        }
        framing(&mut params, (written.fit, written.background.as_ref()), (written.focus_x, written.focus_y));
    }
    params
}

fn photo_params(segment: &Segment) -> TaskParams {
    let mut params = Vec::with_capacity(4);
    params.push(("image_id", asset(segment)));
    params.push(("start_time", Value::Seconds(segment.start_sec)));
    params.push(("end_time", Value::Seconds(segment.end_sec)));
    if let Some(written) = &segment.params {
        framing(&mut params, (written.fit, written.background.as_ref()), (written.focus_x, written.focus_y));
    }
    let motion = segment.params.as_ref().and_then(|params| params.motion).unwrap_or(Motion::None);
    params.push(("motion", Value::Symbol(motion.word())));
    params
}

/// How a picture of another shape fills the canvas, where something is said of it.
fn framing(
    params: &mut TaskParams,
    (fit, background): (Option<Fit>, Option<&String>),
    (focus_x, focus_y): (Option<f64>, Option<f64>),
) {
    if let Some(fit) = fit {
        params.push(("fit", Value::Symbol(fit.word())));
    }
    if let Some(background) = background {
        params.push(("background", Value::Text(background.clone().into())));
    }
    if let Some(focus) = focus_x {
        params.push(("focus_x", Value::Ratio(focus)));
    }
    if let Some(focus) = focus_y {
        params.push(("focus_y", Value::Ratio(focus)));
    }
}

fn picture_params(segment: &Segment) -> TaskParams {
    let written = segment.params.as_ref();
    let position = written.and_then(|params| params.position).unwrap_or(Position::TopRight);
    vec![
        ("image_id", asset(segment)),
        ("start_time", Value::Seconds(segment.start_sec)),
        ("end_time", Value::Seconds(segment.end_sec)),
        ("position", Value::Symbol(position.word())),
        ("width", Value::Ratio(written.and_then(|params| params.width).unwrap_or(0.25))),
    ]
}

/// Where a text stands, whose style and place are as written.
fn place(format: Option<Format>, position: Option<Position>) -> Position {
    match (format.unwrap_or(Format::Thesis), position) {
        (Format::Thesis, Some(Position::BottomCenter)) => Position::TopCenter,
        (Format::Thesis, position) => position.unwrap_or(Position::Center),
        (Format::Subtitle, position) => position.unwrap_or(Position::BottomCenter),
    }
}

fn written_params(
    text: String,
    (format, position): (Option<Format>, Option<Position>),
    size: Option<f64>,
    style: Option<&String>,
    (start, end): (Time, Time),
) -> TaskParams {
    let mut params = Vec::with_capacity(6);
    params.push(("text", Value::Text(text.into())));
    params.push(("position", Value::Symbol(place(format, position).word())));
    if let Some(size) = size {
        params.push(("font_size", Value::Pixels(size)));
    }
    let usual = if format == Some(Format::Subtitle) { "outline" } else { "box_dark" };
    params.push(("style", Value::Name(style.map_or(usual.into(), |style| style.clone().into()))));
    params.push(("start_time", Value::Seconds(start)));
    params.push(("end_time", Value::Seconds(end)));
    params
}

fn overlay_params(overlay: &Overlay) -> TaskParams {
    let text = overlay.text.clone().unwrap_or_default();
    let looks = (overlay.format, overlay.position);
    let times = (overlay.start_sec, overlay.end_sec);
    written_params(text, looks, overlay.font_size, overlay.font_style.as_ref(), times)
}

fn text_params(segment: &Segment) -> TaskParams {
    let nothing = Params::default();
    let params = segment.params.as_ref().unwrap_or(&nothing);
    let text = params.text.clone().unwrap_or_default();
    let times = (segment.start_sec, segment.end_sec);
    written_params(text, (params.format, params.position), params.font_size, params.font_style.as_ref(), times)
}

fn cue(segment: &Segment) -> Cue {
    let params = segment.params.as_ref();
    let text = params.and_then(|params| params.text.clone()).unwrap_or_default();
    let words = params.and_then(|params| params.words.clone()).unwrap_or_default();
    Cue { start: segment.start_sec, end: segment.end_sec, text, words }
}

fn subtitle_params(layer: &Layer, cues: Vec<Cue>) -> TaskParams {
    let style = layer.font_style.as_ref().map_or("outline".into(), |style| style.clone().into());
    let mut params = vec![("segments", Value::Cues(cues)), ("style", Value::Name(style))];
    if let Some(position) = layer.position {
        params.push(("position", Value::Symbol(position.word())));
    }
    params
}

fn sound_params(segment: &Segment, facts: &SegmentFacts) -> TaskParams {
    let nothing = Params::default();
    let written = segment.params.as_ref().unwrap_or(&nothing);
    let is_voice = written.role == Some(AudioRole::Voiceover);
    let mut params = Vec::with_capacity(9);
    params.push(("audio_id", asset(segment)));
    params.push(("start_time", Value::Seconds(segment.start_sec)));
    params.push(("end_time", Value::Seconds(segment.end_sec)));
    params.push(("source_start", Value::Seconds(facts.play_start)));
    params.push(("volume", Value::Ratio(written.volume.unwrap_or(if is_voice { 1.0 } else { 0.25 }))));
    if let Some(under) = written.under.or(is_voice.then_some(0.2)) {
        params.push(("under", Value::Ratio(under)));
    }
    if let Some(ducking) = written.ducking.or((!is_voice).then_some(16.0)) {
        params.push(("ducking", Value::Number(ducking)));
    }
    if let Some(fade) = written.fade_in_sec {
        params.push(("fade_in", Value::Seconds(fade)));
    }
    if let Some(fade) = written.fade_out_sec {
        params.push(("fade_out", Value::Seconds(fade)));
    }
    if let Some(again) = written.repeat.or((!is_voice).then_some(true)) {
        params.push(("loop", Value::Bool(again)));
    }
    params
}

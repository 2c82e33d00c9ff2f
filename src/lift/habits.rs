//! What the rules fill in where a scenario says nothing, learned by asking them.

use crate::compile::compile;
use crate::decide::Decision;
use crate::rules::Program;
use crate::scenario::{self, AudioRole, Document, Format, Layer, LayerKind, Overlay, Params, Scene, Segment, Story};
use crate::tasks::Task;
use crate::time::Time;
use crate::value::Value;

/// A place of a scenario that becomes a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Canvas,
    Thesis,
    SubtitleText,
    Cutaway,
    Photo,
    Picture,
    Subtitles,
    Music,
    Voiceover,
}

/// For each place the task that becomes of it where only what must be said is said.
#[derive(Debug)]
pub(super) struct Habits(Vec<(Place, Task)>);

/// What a scenario has to say for a parameter to be as it is.
pub(super) enum Saying {
    /// Nothing: the rules fill it in.
    Nothing,
    /// This value.
    Value(Value<'static>),
    /// It cannot: where it says nothing the rules fill in something.
    Impossible,
}

impl Habits {
    pub(super) fn of(program: &Program) -> Self {
        let made = scenario::normalise(sample())
            .ok()
            .and_then(|(scenario, _)| scenario::ready(scenario).ok())
            .and_then(|ready| compile(&ready, &Decision::everything(), program).ok());
        let mut tasks = made.map(|(plan, _)| plan.tasks).unwrap_or_default();
        let places = PLACES.iter().filter_map(|(place, pointer, name)| {
            let is_it = |task: &Task| {
                task.spec.name == *name && task.origin.as_ref().is_some_and(|origin| origin.pointer == *pointer)
            };
            let position = tasks.iter().position(is_it)?;
            Some((*place, tasks.swap_remove(position)))
        });
        Self(places.collect())
    }

    /// What the rules say of `param` at `place` where the scenario says nothing.
    pub(super) fn value(&self, place: Place, param: &str) -> Option<&Value<'static>> {
        self.0.iter().find(|(known, _)| *known == place).and_then(|(_, task)| task.param(param))
    }

    /// What to say at `place` so that `param` becomes what it is in `task`.
    pub(super) fn saying(&self, place: Place, param: &str, task: &Task) -> Saying {
        match (task.param(param), self.value(place, param)) {
            (given, habit) if given == habit => Saying::Nothing,
            (Some(given), _) => Saying::Value(given.clone()),
            (None, _) => Saying::Impossible,
        }
    }
}

/// Where each place stands in [`sample`], and what becomes of it.
const PLACES: &[(Place, &str, &str)] = &[
    (Place::Canvas, "/scenario", "fit_canvas"),
    (Place::Thesis, "/scenario/scenes/0/overlays/0", "add_text_overlay"),
    (Place::SubtitleText, "/scenario/scenes/0/overlays/1", "add_text_overlay"),
    (Place::Cutaway, "/scenario/layers/0/segments/0", "overlay_video"),
    (Place::Photo, "/scenario/layers/0/segments/1", "overlay_image"),
    (Place::Picture, "/scenario/layers/1/segments/0", "overlay_image"),
    (Place::Subtitles, "/scenario/layers/2", "add_subtitles"),
    (Place::Music, "/scenario/layers/3/segments/0", "mix_audio"),
    (Place::Voiceover, "/scenario/layers/3/segments/1", "mix_audio"),
];

/// One of each place, saying only what must be said.
fn sample() -> Document {
    let from = |start: f64, asset: Option<&str>, params: Params| Segment {
        asset_id: asset.map(str::to_owned),
        params: Some(params),
        ..Segment::new(Time::from_secs(start).unwrap_or_default(), Time::from_secs(start + 1.0).unwrap_or_default())
    };
    let second = Time::from_secs(1.0).unwrap_or_default();
    let overlay = |format| Overlay {
        text: Some("text".into()),
        position: None,
        format: Some(format),
        start_sec: Time::ZERO,
        end_sec: second,
        font_size: None,
        font_style: None,
    };
    let plain = Params::default;
    let layer = Layer::new;
    let video = layer(LayerKind::Video, vec![from(0.0, Some("clip"), plain()), from(1.0, Some("photo"), plain())]);
    let image = layer(LayerKind::Image, vec![from(0.0, Some("photo"), plain())]);
    let cue = from(0.0, None, Params { text: Some("text".into()), ..plain() });
    let voiceover = Params { role: Some(AudioRole::Voiceover), ..plain() };
    let audio = vec![from(0.0, Some("sound"), plain()), from(1.0, Some("sound"), voiceover)];
    let assets = [("main", "main.mp4"), ("clip", "clip.mp4"), ("photo", "photo.png"), ("sound", "sound.mp3")];
    let scene = Scene {
        id: "scene".into(),
        start_sec: Time::ZERO,
        end_sec: second,
        voiceover_text: None,
        visual_description: None,
        overlays: vec![overlay(Format::Thesis), overlay(Format::Subtitle)],
    };
    Document {
        scenario: Story {
            scenes: vec![scene],
            layers: vec![video, image, layer(LayerKind::Subtitle, vec![cue]), layer(LayerKind::Audio, audio)],
            ..Story::default()
        },
        assets: assets.map(|(id, path)| (id.to_owned(), path.to_owned())).into(),
        main_asset_id: Some("main".into()),
        credits: [].into(),
    }
}

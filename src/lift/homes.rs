//! Where in a scenario a task could stand.

use crate::scenario::{
    AspectRatio, AudioRole, ClipFit, Effect, Fit, Format, Layer, LayerKind, Metadata, Motion, Overlay, Params,
    Position, SafeArea, Segment, asset_kind,
};
use crate::tasks::{Plan, Task};
use crate::time::Time;
use crate::value::Value;

use super::effect;
use super::habits::{Habits, Place, Saying};

/// A part of a scenario that becomes one task.
#[derive(Clone, Debug)]
pub(super) enum Home {
    Canvas(Metadata),
    Overlay(Overlay),
    Segment(LayerKind, Box<Segment>),
    Subtitles(Layer),
    Effect(Box<Effect>),
}

/// What is the same for all tasks of a list.
pub(super) struct Homes<'a> {
    pub(super) plan: &'a Plan,
    pub(super) habits: &'a Habits,
    /// Whether the rules fill in nothing.
    pub(super) verbatim: bool,
    /// How long the video is, where its scenario says so.
    pub(super) length: Option<Time>,
}

/// What only a picture has that fills the canvas.
const FRAMING: &[&str] = &["fit", "background", "focus_x", "focus_y", "motion"];

/// The longest thesis that the shipped rules let a scene have; a text layer may say more.
const LONGEST_THESIS: usize = 60;

impl Homes<'_> {
    /// The homes that `task` could have, the most natural first.
    pub(super) fn of(&self, task: &Task, natural: bool) -> Vec<Home> {
        let mut homes = Vec::new();
        if natural && task.inputs.is_empty() && task.output_id.is_none() {
            match task.spec.name {
                "fit_canvas" => homes.extend(self.canvas(task).map(Home::Canvas)),
                "overlay_video" => homes.extend(self.cutaway(task)),
                "overlay_image" => homes.extend(self.photo(task).or_else(|| self.picture(task))),
                "add_text_overlay" => self.texts(task, &mut homes),
                "add_subtitles" => homes.extend(self.subtitles(task).map(Home::Subtitles)),
                "mix_audio" => homes.extend(self.sound(task)),
                _ => {}
            }
        }
        homes.extend(effect::of(task).map(|effect| Home::Effect(Box::new(effect))));
        homes
    }

    /// What to say of `param` at `place`: nothing where the rules say the same. `None`: it cannot be said there.
    fn said(&self, place: Place, param: &str, task: &Task) -> Option<Said> {
        if self.verbatim {
            return Some(Said(task.param(param).cloned()));
        }
        match self.habits.saying(place, param, task) {
            Saying::Nothing => Some(Said(None)),
            Saying::Value(value) => Some(Said(Some(value))),
            Saying::Impossible => None,
        }
    }

    fn canvas(&self, task: &Task) -> Option<Metadata> {
        let said = |param| self.said(Place::Canvas, param, task);
        Some(Metadata {
            total_duration_sec: self.length,
            aspect_ratio: Some(task.word("aspect_ratio").and_then(AspectRatio::from_word)?),
            resolution: said("resolution")?.number(),
            frame_rate: said("frame_rate")?.number(),
            fit: said("fit")?.word(Fit::from_word),
            background: said("background")?.text(),
            focus_x: said("focus_x")?.number(),
            focus_y: said("focus_y")?.number(),
            safe_area: said("safe_area")?.word(SafeArea::from_word),
        })
    }

    /// A segment from `start_time` to `end_time`, with the asset that `param` names.
    fn segment(&self, task: &Task, param: &str) -> Option<Segment> {
        let id = task.text(param).filter(|id| self.plan.assets.contains_key(*id))?;
        let (start, end) = self.stretch(task.time("start_time")?, task.time("end_time")?)?;
        Some(Segment { asset_id: Some(id.to_owned()), ..Segment::new(start, end) })
    }

    fn stretch(&self, start: Time, end: Time) -> Option<(Time, Time)> {
        let is_inside = self.length.is_none_or(|length| end <= length);
        (Time::ZERO <= start && start < end && is_inside).then_some((start, end))
    }

    fn kind_of(&self, segment: &Segment) -> Option<&'static str> {
        segment.asset_id.as_ref().and_then(|id| self.plan.assets.get(id)).map(|path| asset_kind(path))
    }

    fn cutaway(&self, task: &Task) -> Option<Home> {
        let mut segment = self.segment(task, "stock_id")?;
        // Without a picture of its own underneath, a segment of the main asset would be that picture.
        let is_base = self.length.is_none() && segment.asset_id == self.plan.main_asset_id;
        if is_base || self.kind_of(&segment) != Some("video") {
            return None;
        }
        segment.source_in_sec = self.said(Place::Cutaway, "source_start", task)?.time();
        let params = Params {
            volume: self.said(Place::Cutaway, "volume", task)?.number(),
            clip_fit: self.said(Place::Cutaway, "clip_fit", task)?.word(ClipFit::from_word),
            ..self.framing(Place::Cutaway, task)?
        };
        segment.params = Some(params).filter(|params| *params != Params::default());
        Some(Home::Segment(LayerKind::Video, Box::new(segment)))
    }

    /// How a picture fills the canvas.
    fn framing(&self, place: Place, task: &Task) -> Option<Params> {
        Some(Params {
            fit: self.said(place, "fit", task)?.word(Fit::from_word),
            background: self.said(place, "background", task)?.text(),
            focus_x: self.said(place, "focus_x", task)?.number(),
            focus_y: self.said(place, "focus_y", task)?.number(),
            ..Params::default()
        })
    }

    /// A photo that covers the whole picture stands among the videos.
    fn photo(&self, task: &Task) -> Option<Home> {
        let mut segment = self.segment(task, "image_id")?;
        let motion = self.said(Place::Photo, "motion", task)?.word(Motion::from_word);
        let params = Params { motion, ..self.framing(Place::Photo, task)? };
        segment.params = Some(params).filter(|params| *params != Params::default());
        let is_base = self.length.is_none() && segment.asset_id == self.plan.main_asset_id;
        let covers = task.param("position").is_none() && task.param("width").is_none();
        (covers && !is_base && self.kind_of(&segment) == Some("image"))
            .then_some(Home::Segment(LayerKind::Video, Box::new(segment)))
    }

    fn picture(&self, task: &Task) -> Option<Home> {
        // A picture in its place fills nothing.
        if FRAMING.iter().any(|name| task.param(name).is_some()) {
            return None;
        }
        let mut segment = self.segment(task, "image_id")?;
        let position = self.said(Place::Picture, "position", task)?.word(Position::from_word);
        let width = self.said(Place::Picture, "width", task)?.number();
        let says = position.is_some() || width.is_some();
        segment.params = says.then(|| Params { position, width, ..Params::default() });
        Some(Home::Segment(LayerKind::Image, Box::new(segment)))
    }

    /// A text of a scene if it can be one, else of a text layer.
    fn texts(&self, task: &Task, homes: &mut Vec<Home>) {
        let style = task.param("style");
        let looks_like = |place| self.habits.value(place, "style") == style;
        let at_bottom = task.word("position") == Some("bottom_center") && !self.verbatim;
        let thesis = (Place::Thesis, Format::Thesis);
        let subtitle = (Place::SubtitleText, Format::Subtitle);
        let formats = if at_bottom {
            // A thesis there makes room for subtitles.
            vec![subtitle]
        } else if looks_like(Place::SubtitleText) && !looks_like(Place::Thesis) {
            vec![subtitle, thesis]
        } else {
            vec![thesis, subtitle]
        };
        for (place, format) in formats {
            let Some((overlay, segment)) = self.text(task, place, format) else { continue };
            let is_short = task.text("text").is_some_and(|text| text.chars().count() <= LONGEST_THESIS);
            if is_short || format == Format::Subtitle {
                homes.push(Home::Overlay(overlay));
            }
            homes.push(Home::Segment(LayerKind::Text, Box::new(segment)));
        }
    }

    fn text(&self, task: &Task, place: Place, format: Format) -> Option<(Overlay, Segment)> {
        let (start_sec, end_sec) = self.stretch(task.time("start_time")?, task.time("end_time")?)?;
        let text = Some(task.text("text").filter(|text| !text.trim().is_empty())?.to_owned());
        let position = self.said(place, "position", task)?.word(Position::from_word);
        let font_size = self.said(place, "font_size", task)?.number();
        let font_style = self.said(place, "style", task)?.name();
        let format = Some(format).filter(|format| *format != Format::Thesis);
        let params = Params {
            text: text.clone(),
            position,
            format,
            font_size,
            font_style: font_style.clone(),
            ..Params::default()
        };
        let segment = Segment { params: Some(params), ..Segment::new(start_sec, end_sec) };
        Some((Overlay { text, position, format, start_sec, end_sec, font_size, font_style }, segment))
    }

    fn subtitles(&self, task: &Task) -> Option<Layer> {
        let mut segments = Vec::new();
        for cue in task.cues("segments") {
            let (start, end) = self.stretch(cue.start, cue.end)?;
            let text = Some(cue.text.clone()).filter(|text| !text.trim().is_empty())?;
            let words = (!cue.words.is_empty()).then(|| cue.words.clone());
            let params = Some(Params { text: Some(text), words, ..Params::default() });
            segments.push(Segment { params, ..Segment::new(start, end) });
        }
        Some(Layer {
            position: self.said(Place::Subtitles, "position", task)?.word(Position::from_word),
            font_style: self.said(Place::Subtitles, "style", task)?.name(),
            ..Layer::new(LayerKind::Subtitle, segments)
        })
    }

    /// A voice-over makes the other sound step back, music plays over and over.
    fn sound(&self, task: &Task) -> Option<Home> {
        let music = || self.sound_as(task, Place::Music, None);
        let voiceover = || self.sound_as(task, Place::Voiceover, Some(AudioRole::Voiceover));
        if task.param("under").is_some() { voiceover().or_else(music) } else { music().or_else(voiceover) }
    }

    fn sound_as(&self, task: &Task, place: Place, role: Option<AudioRole>) -> Option<Home> {
        let said = |param| self.said(place, param, task);
        let mut segment = self.segment(task, "audio_id")?;
        segment.source_in_sec = said("source_start")?.time();
        let params = Params {
            role,
            volume: said("volume")?.number(),
            under: said("under")?.number(),
            ducking: said("ducking")?.number(),
            fade_in_sec: said("fade_in")?.time(),
            fade_out_sec: said("fade_out")?.time(),
            repeat: said("loop")?.flag(),
            ..Params::default()
        };
        segment.params = Some(params).filter(|params| *params != Params::default());
        Some(Home::Segment(LayerKind::Audio, Box::new(segment)))
    }
}

/// What a scenario says of a parameter, if anything.
struct Said(Option<Value<'static>>);

impl Said {
    fn number(self) -> Option<f64> {
        match self.0 {
            Some(Value::Number(number) | Value::Pixels(number) | Value::Ratio(number)) => Some(number),
            _ => None,
        }
    }

    fn time(self) -> Option<Time> {
        match self.0 {
            Some(Value::Seconds(time)) => Some(time),
            _ => None,
        }
    }

    fn flag(self) -> Option<bool> {
        match self.0 {
            Some(Value::Bool(flag)) => Some(flag),
            _ => None,
        }
    }

    fn name(self) -> Option<String> {
        match self.0 {
            Some(Value::Name(name)) => Some(name.into_owned()),
            _ => None,
        }
    }

    fn text(self) -> Option<String> {
        match self.0 {
            Some(Value::Text(text)) => Some(text.into_owned()),
            _ => None,
        }
    }

    fn word<T>(self, of: fn(&str) -> Option<T>) -> Option<T> {
        match self.0 {
            Some(Value::Symbol(word)) => of(word),
            _ => None,
        }
    }
}

//! Everything that a rule can read of a scenario: one table with each field's type, presence and way to its value.

use std::borrow::Cow;

use crate::value::{self, Type, Value};

use super::effect::Effect;
use super::model::{Layer, LayerKind, Overlay, Params, Scene, Segment, Story};
use super::normalise::{Facts, SegmentFacts};

/// The kinds of node that a rule can select.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// The whole scenario.
    Scenario,
    /// A scene.
    Scene,
    /// A text of a scene.
    Overlay,
    /// A layer.
    Layer,
    /// A segment of a layer.
    Segment,
    /// Something that is done to a clip or to the whole picture.
    Effect,
}

impl NodeKind {
    /// The word in `for` and at the head of a path.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::Scene => "scene",
            Self::Overlay => "overlay",
            Self::Layer => "layer",
            Self::Segment => "segment",
            Self::Effect => "effect",
        }
    }

    /// The node kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// All of them, outermost first.
    pub const ALL: [Self; 6] = [Self::Scenario, Self::Scene, Self::Overlay, Self::Layer, Self::Segment, Self::Effect];
}

/// A node of a scenario, with what is known about it.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// The whole scenario.
    Scenario(&'a Story, &'a Facts),
    /// A scene.
    Scene(&'a Scene),
    /// A text of a scene.
    Overlay(&'a Overlay),
    /// A layer.
    Layer(&'a Layer),
    /// A segment of a layer.
    Segment(&'a Segment, &'a SegmentFacts),
    /// An effect.
    Effect(&'a Effect),
}

/// When a field has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Always,
    /// In segments of these layers always, elsewhere perhaps.
    In(&'static [LayerKind]),
    /// Perhaps.
    Optional,
}

impl Presence {
    /// Whether the field always has a value in a node of this layer (`None`: of any layer, or not of a layer).
    #[must_use]
    pub fn is_certain(self, layer: Option<LayerKind>) -> bool {
        match self {
            Self::Always => true,
            Self::In(layers) => layer.is_some_and(|layer| layers.contains(&layer)),
            Self::Optional => false,
        }
    }
}

/// A way from a node to a value of a field; `None` if the field is absent there.
pub type Getter = for<'a> fn(Node<'a>) -> Option<Value<'a>>;

/// A field that rules can read.
#[derive(Debug)]
pub struct Field {
    /// The path after the node's word, e.g. `params.text`.
    pub path: &'static str,
    /// The type of its values.
    pub ty: Type,
    /// When it has one.
    pub presence: Presence,
    /// Whether callsheet derives it; such a field stands in no file.
    pub derived: bool,
    /// One line for the reference.
    pub doc: &'static str,
    /// How to read it.
    pub get: Getter,
}

/// The fields of a node of `kind`.
#[must_use]
pub fn fields(kind: NodeKind) -> &'static [Field] {
    match kind {
        NodeKind::Scenario => SCENARIO,
        NodeKind::Scene => SCENE,
        NodeKind::Overlay => OVERLAY,
        NodeKind::Layer => LAYER,
        NodeKind::Segment => SEGMENT,
        NodeKind::Effect => EFFECT,
    }
}

/// The field of a node of `kind` at `path`.
#[must_use]
pub fn find(kind: NodeKind, path: &str) -> Option<&'static Field> {
    fields(kind).iter().find(|field| field.path == path)
}

fn text(text: Option<&String>) -> Option<Value<'_>> {
    text.map(|text| Value::Text(Cow::Borrowed(text)))
}

fn name(name: Option<&String>) -> Option<Value<'_>> {
    name.map(|name| Value::Name(Cow::Borrowed(name)))
}

macro_rules! is_derived {
    (stored) => {
        false
    };
    (derived) => {
        true
    };
}

macro_rules! table {
    ($table:ident: |$bound:pat_param| $($path:literal: $ty:expr, $presence:expr, $stored:ident, $doc:literal => $get:expr;)*) => {
        static $table: &[Field] = &[$(Field {
            path: $path,
            ty: $ty,
            presence: $presence,
            derived: is_derived!($stored),
            doc: $doc,
            get: |node| match node {
                #[allow(unused_variables, reason = "a getter may need one of the two parts of its node")]
                $bound => $get,
                _ => None,
            },
        }),*];
    };
}

const MEDIA: &[LayerKind] = &[LayerKind::Video, LayerKind::Image, LayerKind::Audio];
const TEXTS: &[LayerKind] = &[LayerKind::Text, LayerKind::Subtitle];
const VIDEO: &[LayerKind] = &[LayerKind::Video];

fn param<'a, T>(segment: &'a Segment, get: impl Fn(&'a Params) -> Option<T>) -> Option<T> {
    segment.params.as_ref().and_then(get)
}

table! { SCENARIO: |Node::Scenario(story, facts)|
    "metadata.total_duration_sec": Type::Seconds, Presence::Optional, stored, "how long the video is, as written"
        => story.metadata.total_duration_sec.map(Value::Seconds);
    "metadata.aspect_ratio": Type::Enum(&value::ASPECT_RATIO), Presence::Optional, stored, "the shape of the video"
        => story.metadata.aspect_ratio.map(|ratio| Value::Symbol(ratio.word()));
    "metadata.resolution": Type::Pixels, Presence::Optional, stored, "the shorter side of the video"
        => story.metadata.resolution.map(Value::Pixels);
    "metadata.frame_rate": Type::Number, Presence::Optional, stored, "frames a second"
        => story.metadata.frame_rate.map(Value::Number);
    "metadata.fit": Type::Enum(&value::FIT), Presence::Optional, stored, "how a picture of another shape fills the canvas"
        => story.metadata.fit.map(|fit| Value::Symbol(fit.word()));
    "metadata.background": Type::Background, Presence::Optional, stored, "what is seen beside a picture that is contained"
        => text(story.metadata.background.as_ref());
    "metadata.focus_x": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its left edge"
        => story.metadata.focus_x.map(Value::Ratio);
    "metadata.focus_y": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its upper edge"
        => story.metadata.focus_y.map(Value::Ratio);
    "metadata.safe_area": Type::Enum(&value::SAFE_AREA), Presence::Optional, stored, "where texts may stand"
        => story.metadata.safe_area.map(|area| Value::Symbol(area.word()));
    "verbatim": Type::Bool, Presence::Always, stored,
        "whether it is carried out as it is written, and rules fill in nothing (`false` if absent)"
        => Some(Value::Bool(story.verbatim.unwrap_or_default()));
    "main_asset_id": Type::Asset, Presence::Optional, stored, "the asset that plays through under the cutaways"
        => facts.main_asset_id.as_deref().map(|id| Value::Name(Cow::Borrowed(id)));
    "duration_sec": Type::Seconds, Presence::Always, derived,
        "how long the video is: as written, or up to the last end of a scene or segment"
        => Some(Value::Seconds(facts.duration));
    "picture": Type::Enum(&value::PICTURE), Presence::Always, derived,
        "`continuous`: the main asset plays through; `pieces`: it is cut; `sequence`: there is none, segments follow one another; `composed`: effects make it of their `inputs`"
        => Some(Value::Symbol(facts.picture));
}

table! { SCENE: |Node::Scene(scene)|
    "id": Type::Id, Presence::Always, stored, "the scene's name" => Some(Value::Name(Cow::Borrowed(&scene.id)));
    "start_sec": Type::Seconds, Presence::Always, stored, "when it begins" => Some(Value::Seconds(scene.start_sec));
    "end_sec": Type::Seconds, Presence::Always, stored, "when it ends" => Some(Value::Seconds(scene.end_sec));
    "voiceover_text": Type::Text, Presence::Optional, stored, "what the voice says" => text(scene.voiceover_text.as_ref());
    "visual_description": Type::Text, Presence::Optional, stored, "what is seen" => text(scene.visual_description.as_ref());
}

table! { OVERLAY: |Node::Overlay(overlay)|
    "text": Type::Text, Presence::Optional, stored, "what it says" => text(overlay.text.as_ref());
    "position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where it stands"
        => overlay.position.map(|position| Value::Symbol(position.word()));
    "format": Type::Enum(&value::FORMAT), Presence::Always, stored, "a key phrase (if absent) or a subtitle"
        => Some(Value::Symbol(overlay.format.map_or("thesis", super::model::Format::word)));
    "start_sec": Type::Seconds, Presence::Always, stored, "when it appears" => Some(Value::Seconds(overlay.start_sec));
    "end_sec": Type::Seconds, Presence::Always, stored, "when it is gone" => Some(Value::Seconds(overlay.end_sec));
    "font_size": Type::Pixels, Presence::Optional, stored, "the height of its letters"
        => overlay.font_size.map(Value::Pixels);
    "font_style": Type::Style, Presence::Optional, stored, "the name of a style" => name(overlay.font_style.as_ref());
}

table! { LAYER: |Node::Layer(layer)|
    "type": Type::Enum(&value::LAYER), Presence::Always, stored, "what the layer holds"
        => Some(Value::Symbol(layer.kind.word()));
    "pass": Type::Number, Presence::Always, stored, "when it is worked on: 0 (if absent) with everything else, 1 after that"
        => Some(Value::Number(layer.pass.unwrap_or_default().into()));
    "position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where its subtitles stand"
        => layer.position.map(|position| Value::Symbol(position.word()));
    "font_style": Type::Style, Presence::Optional, stored, "the name of its subtitles' style"
        => name(layer.font_style.as_ref());
}

table! { SEGMENT: |Node::Segment(segment, facts)|
    "id": Type::Id, Presence::Always, stored, "the segment's name; made from layer and number if absent"
        => Some(Value::Name(Cow::Borrowed(&facts.id)));
    "scene_id": Type::Id, Presence::Optional, stored, "the scene that it belongs to" => name(segment.scene_id.as_ref());
    "start_sec": Type::Seconds, Presence::Always, stored, "when it begins" => Some(Value::Seconds(segment.start_sec));
    "end_sec": Type::Seconds, Presence::Always, stored, "when it ends" => Some(Value::Seconds(segment.end_sec));
    "asset_id": Type::Asset, Presence::In(MEDIA), stored, "what it shows or plays"
        => segment.asset_id.as_deref().map(|id| Value::Name(Cow::Borrowed(id)));
    "asset_source": Type::Enum(&value::ASSET_SOURCE), Presence::Optional, stored, "where its asset came from"
        => segment.asset_source.map(|source| Value::Symbol(source.word()));
    "asset_status": Type::Enum(&value::ASSET_STATUS), Presence::Optional, stored, "whether its asset is there"
        => segment.asset_status.map(|status| Value::Symbol(status.word()));
    "source_in_sec": Type::Seconds, Presence::Optional, stored, "where in its asset it begins"
        => segment.source_in_sec.map(Value::Seconds);
    "params.text": Type::Text, Presence::In(TEXTS), stored, "what it says"
        => param(segment, |params| text(params.text.as_ref()));
    "params.words": Type::Words, Presence::Optional, stored, "when each word of a subtitle is said"
        => param(segment, |params| params.words.as_deref()).map(|words| Value::Words(Cow::Borrowed(words)));
    "params.position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where it stands"
        => param(segment, |params| params.position).map(|position| Value::Symbol(position.word()));
    "params.format": Type::Enum(&value::FORMAT), Presence::Always, stored, "a key phrase (if absent) or a subtitle"
        => Some(Value::Symbol(param(segment, |params| params.format).map_or("thesis", super::model::Format::word)));
    "params.font_size": Type::Pixels, Presence::Optional, stored, "the height of its letters"
        => param(segment, |params| params.font_size).map(Value::Pixels);
    "params.font_style": Type::Style, Presence::Optional, stored, "the name of a style"
        => param(segment, |params| name(params.font_style.as_ref()));
    "params.width": Type::Ratio, Presence::Optional, stored, "a picture's width as a share of the canvas"
        => param(segment, |params| params.width).map(Value::Ratio);
    "params.fit": Type::Enum(&value::FIT), Presence::Optional, stored, "how it fills a canvas of another shape"
        => param(segment, |params| params.fit).map(|fit| Value::Symbol(fit.word()));
    "params.background": Type::Background, Presence::Optional, stored, "what is seen beside it where it is contained"
        => param(segment, |params| text(params.background.as_ref()));
    "params.focus_x": Type::Ratio, Presence::Optional, stored, "what of it stays nearest to the middle, from its left edge"
        => param(segment, |params| params.focus_x).map(Value::Ratio);
    "params.focus_y": Type::Ratio, Presence::Optional, stored, "what of it stays nearest to the middle, from its upper edge"
        => param(segment, |params| params.focus_y).map(Value::Ratio);
    "params.motion": Type::Enum(&value::MOTION), Presence::Optional, stored, "how a photo moves"
        => param(segment, |params| params.motion).map(|motion| Value::Symbol(motion.word()));
    "params.clip_fit": Type::Enum(&value::CLIP_FIT), Presence::Optional, stored, "what becomes of a clip that is too short"
        => param(segment, |params| params.clip_fit).map(|fit| Value::Symbol(fit.word()));
    "params.role": Type::Enum(&value::AUDIO_ROLE), Presence::Always, stored, "music (if absent) or a voice-over"
        => Some(Value::Symbol(param(segment, |params| params.role).map_or("music", super::model::AudioRole::word)));
    "params.volume": Type::Ratio, Presence::Optional, stored, "how loud" => param(segment, |params| params.volume).map(Value::Ratio);
    "params.under": Type::Ratio, Presence::Optional, stored, "how loud all other sound stays while it plays"
        => param(segment, |params| params.under).map(Value::Ratio);
    "params.ducking": Type::Number, Presence::Optional, stored, "how many decibels it stays below speech"
        => param(segment, |params| params.ducking).map(Value::Number);
    "params.loop": Type::Bool, Presence::Optional, stored, "whether it begins again where it is too short"
        => param(segment, |params| params.repeat).map(Value::Bool);
    "params.fade_in_sec": Type::Seconds, Presence::Optional, stored, "how long it swells"
        => param(segment, |params| params.fade_in_sec).map(Value::Seconds);
    "params.fade_out_sec": Type::Seconds, Presence::Optional, stored, "how long it dies away"
        => param(segment, |params| params.fade_out_sec).map(Value::Seconds);
    "asset_kind": Type::Enum(&value::ASSET_KIND), Presence::In(MEDIA), derived, "what its asset is, told by the file's name"
        => facts.asset_kind.map(Value::Symbol);
    "clip_id": Type::Id, Presence::Always, derived, "a name for the clip that it shows: its `id`, made unlike any asset's"
        => Some(Value::Name(Cow::Borrowed(&facts.clip_id)));
    "purpose": Type::Enum(&value::PURPOSE), Presence::In(VIDEO), derived,
        "`main`: a stretch of the main asset that plays through; `piece`: a part of the picture that is cut together; `cutaway`: covers the picture"
        => facts.purpose.map(Value::Symbol);
    "play_start_sec": Type::Seconds, Presence::Always, derived, "where its asset starts to play: `source_in_sec`, or 0"
        => Some(Value::Seconds(facts.play_start));
    "play_end_sec": Type::Seconds, Presence::Always, derived,
        "where its asset stops: a piece of the main asset plays on under cutaways until the next piece"
        => Some(Value::Seconds(facts.play_end));
}

table! { EFFECT: |Node::Effect(effect)|
    "type": Type::Enum(&value::EFFECT), Presence::Always, stored, "what it does: a task type" => Some(Value::Symbol(effect.kind.word()));
    "pass": Type::Number, Presence::Always, stored, "when it is done: 0 (if absent) with everything else, 1 after that"
        => Some(Value::Number(effect.pass.unwrap_or_default().into()));
    "inputs": Type::Assets, Presence::Always, stored, "what it works on; if empty, the picture so far"
        => Some(Value::Names(effect.inputs.iter().map(|id| Cow::Borrowed(id.as_str())).collect()));
    "output_id": Type::Id, Presence::Optional, stored, "the name of its result; if absent, that is the picture so far"
        => name(effect.output_id.as_ref());
    "asset_id": Type::Asset, Presence::Optional, stored, "what it shows or plays" => name(effect.asset_id.as_ref());
    "start_sec": Type::Seconds, Presence::Optional, stored, "when it begins" => effect.start_sec.map(Value::Seconds);
    "end_sec": Type::Seconds, Presence::Optional, stored, "when it ends" => effect.end_sec.map(Value::Seconds);
    "source_in_sec": Type::Seconds, Presence::Optional, stored, "the first moment of its asset or input"
        => effect.source_in_sec.map(Value::Seconds);
    "source_out_sec": Type::Seconds, Presence::Optional, stored, "the first moment of its input to leave out"
        => effect.source_out_sec.map(Value::Seconds);
    "factor": Type::Number, Presence::Optional, stored, "how many times as fast" => effect.factor.map(Value::Number);
    "kind": Type::Enum(&value::TRANSITION), Presence::Optional, stored, "how one picture gives way to the other"
        => effect.transition.map(|kind| Value::Symbol(kind.word()));
    "duration_sec": Type::Seconds, Presence::Optional, stored, "how long both pictures are seen"
        => effect.duration_sec.map(Value::Seconds);
    "aspect_ratio": Type::Enum(&value::ASPECT_RATIO), Presence::Optional, stored, "the shape of the video"
        => effect.aspect_ratio.map(|ratio| Value::Symbol(ratio.word()));
    "resolution": Type::Pixels, Presence::Optional, stored, "the shorter side of the video"
        => effect.resolution.map(Value::Pixels);
    "frame_rate": Type::Number, Presence::Optional, stored, "frames a second" => effect.frame_rate.map(Value::Number);
    "fit": Type::Enum(&value::FIT), Presence::Optional, stored, "how a picture of another shape fills the canvas"
        => effect.fit.map(|fit| Value::Symbol(fit.word()));
    "background": Type::Background, Presence::Optional, stored, "what is seen beside a picture that is contained"
        => text(effect.background.as_ref());
    "focus_x": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its left edge"
        => effect.focus_x.map(Value::Ratio);
    "focus_y": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its upper edge"
        => effect.focus_y.map(Value::Ratio);
    "motion": Type::Enum(&value::MOTION), Presence::Optional, stored, "how a photo moves"
        => effect.motion.map(|motion| Value::Symbol(motion.word()));
    "clip_fit": Type::Enum(&value::CLIP_FIT), Presence::Optional, stored, "what becomes of a clip that is too short"
        => effect.clip_fit.map(|fit| Value::Symbol(fit.word()));
    "safe_area": Type::Enum(&value::SAFE_AREA), Presence::Optional, stored, "where texts may stand"
        => effect.safe_area.map(|area| Value::Symbol(area.word()));
    "position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where it stands"
        => effect.position.map(|position| Value::Symbol(position.word()));
    "width": Type::Ratio, Presence::Optional, stored, "a picture's width as a share of the canvas"
        => effect.width.map(Value::Ratio);
    "text": Type::Text, Presence::Optional, stored, "what it says" => text(effect.text.as_ref());
    "cues": Type::Cues, Presence::Optional, stored, "subtitles" => effect.cues.clone().map(Value::Cues);
    "font_size": Type::Pixels, Presence::Optional, stored, "the height of its letters"
        => effect.font_size.map(Value::Pixels);
    "font_style": Type::Style, Presence::Optional, stored, "the name of a style" => name(effect.font_style.as_ref());
    "volume": Type::Ratio, Presence::Optional, stored, "how loud" => effect.volume.map(Value::Ratio);
    "under": Type::Ratio, Presence::Optional, stored, "how loud all other sound stays while it plays"
        => effect.under.map(Value::Ratio);
    "ducking": Type::Number, Presence::Optional, stored, "how many decibels it stays below speech"
        => effect.ducking.map(Value::Number);
    "fade_in_sec": Type::Seconds, Presence::Optional, stored, "how long the start takes"
        => effect.fade_in_sec.map(Value::Seconds);
    "fade_out_sec": Type::Seconds, Presence::Optional, stored, "how long the end takes"
        => effect.fade_out_sec.map(Value::Seconds);
    "loop": Type::Bool, Presence::Optional, stored, "whether it begins again where it is too short"
        => effect.repeat.map(Value::Bool);
    "target": Type::Number, Presence::Optional, stored, "integrated loudness in LUFS" => effect.target.map(Value::Number);
    "true_peak": Type::Number, Presence::Optional, stored, "the highest true peak in dBTP"
        => effect.true_peak.map(Value::Number);
}

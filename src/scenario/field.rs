//! Everything that a rule can read of a scenario: one table with each field's type, presence and way to its value.

use std::borrow::Cow;

use crate::time::Time;
use crate::value::{self, Cue, Type, Value, Word};

use super::effect::{Effect, Transition};
use super::framing::{ClipFit, Motion};
use super::model::{
    AspectRatio, AssetSource, AssetStatus, AudioRole, Fit, Format, Layer, LayerKind, Overlay, Params, Position,
    SafeArea, Scene, Segment, Story,
};
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

/// A way from a node to a value of a field, by its type; it gives `None` if the field is absent there.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "they are the variants of `Value`")]
pub enum Getter {
    Text(for<'a> fn(Node<'a>) -> Option<&'a str>),
    Bool(fn(Node<'_>) -> Option<bool>),
    Number(fn(Node<'_>) -> Option<f64>),
    Seconds(fn(Node<'_>) -> Option<Time>),
    Pixels(fn(Node<'_>) -> Option<f64>),
    Ratio(fn(Node<'_>) -> Option<f64>),
    Symbol(fn(Node<'_>) -> Option<&'static str>),
    Name(for<'a> fn(Node<'a>) -> Option<&'a str>),
    Names(for<'a> fn(Node<'a>) -> Option<&'a [String]>),
    Cues(for<'a> fn(Node<'a>) -> Option<&'a [Cue]>),
    Words(for<'a> fn(Node<'a>) -> Option<&'a [Word]>),
}

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
    pub getter: Getter,
}

impl Field {
    /// Whether it lies in a segment's `params` and is absent where those are; some have a value even then.
    pub(crate) fn is_in_params(&self) -> bool {
        self.path.starts_with("params.") && !matches!(self.presence, Presence::Always)
    }

    /// Its value at `node`.
    #[must_use]
    pub fn get<'a>(&self, node: Node<'a>) -> Option<Value<'a>> {
        match self.getter {
            Getter::Text(get) => get(node).map(|text| Value::Text(Cow::Borrowed(text))),
            Getter::Bool(get) => get(node).map(Value::Bool),
            Getter::Number(get) => get(node).map(Value::Number),
            Getter::Seconds(get) => get(node).map(Value::Seconds),
            Getter::Pixels(get) => get(node).map(Value::Pixels),
            Getter::Ratio(get) => get(node).map(Value::Ratio),
            Getter::Symbol(get) => get(node).map(Value::Symbol),
            Getter::Name(get) => get(node).map(|name| Value::Name(Cow::Borrowed(name))),
            Getter::Names(get) => {
                get(node).map(|names| Value::Names(names.iter().map(|name| Cow::Borrowed(name.as_str())).collect()))
            }
            Getter::Cues(get) => get(node).map(|cues| Value::Cues(cues.to_vec())),
            Getter::Words(get) => get(node).map(|words| Value::Words(Cow::Borrowed(words))),
        }
    }
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

macro_rules! is_derived {
    (stored) => {
        false
    };
    (derived) => {
        true
    };
}

macro_rules! table {
    ($table:ident: |$bound:pat_param| $($path:literal: $ty:expr, $presence:expr, $stored:ident, $doc:literal => $way:ident($get:expr);)*) => {
        static $table: &[Field] = &[$(Field {
            path: $path,
            ty: $ty,
            presence: $presence,
            derived: is_derived!($stored),
            doc: $doc,
            getter: Getter::$way(|node| match node {
                #[allow(unused_variables, reason = "a getter may need one of the two parts of its node")]
                $bound => $get,
                _ => None,
            }),
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
        => Seconds(story.metadata.total_duration_sec);
    "metadata.aspect_ratio": Type::Enum(&value::ASPECT_RATIO), Presence::Optional, stored, "the shape of the video"
        => Symbol(story.metadata.aspect_ratio.map(AspectRatio::word));
    "metadata.resolution": Type::Pixels, Presence::Optional, stored, "the shorter side of the video"
        => Pixels(story.metadata.resolution);
    "metadata.frame_rate": Type::Number, Presence::Optional, stored, "frames a second"
        => Number(story.metadata.frame_rate);
    "metadata.fit": Type::Enum(&value::FIT), Presence::Optional, stored, "how a picture of another shape fills the canvas"
        => Symbol(story.metadata.fit.map(Fit::word));
    "metadata.background": Type::Background, Presence::Optional, stored, "what is seen beside a picture that is contained"
        => Text(story.metadata.background.as_deref());
    "metadata.focus_x": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its left edge"
        => Ratio(story.metadata.focus_x);
    "metadata.focus_y": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its upper edge"
        => Ratio(story.metadata.focus_y);
    "metadata.safe_area": Type::Enum(&value::SAFE_AREA), Presence::Optional, stored, "where texts may stand"
        => Symbol(story.metadata.safe_area.map(SafeArea::word));
    "verbatim": Type::Bool, Presence::Always, stored,
        "whether it is carried out as it is written, and rules fill in nothing (`false` if absent)"
        => Bool(Some(story.verbatim.unwrap_or_default()));
    "main_asset_id": Type::Asset, Presence::Optional, stored, "the asset that plays through under the cutaways"
        => Name(facts.main_asset_id.as_deref());
    "duration_sec": Type::Seconds, Presence::Always, derived,
        "how long the video is: as written, or up to the last end of a scene or segment"
        => Seconds(Some(facts.duration));
    "picture": Type::Enum(&value::PICTURE), Presence::Always, derived,
        "`continuous`: the main asset plays through; `pieces`: it is cut; `sequence`: there is none, segments follow one another; `composed`: effects make it of their `inputs`"
        => Symbol(Some(facts.picture));
}

table! { SCENE: |Node::Scene(scene)|
    "id": Type::Id, Presence::Always, stored, "the scene's name" => Name(Some(&scene.id));
    "start_sec": Type::Seconds, Presence::Always, stored, "when it begins" => Seconds(Some(scene.start_sec));
    "end_sec": Type::Seconds, Presence::Always, stored, "when it ends" => Seconds(Some(scene.end_sec));
    "duration_sec": Type::Seconds, Presence::Always, derived, "how long it is"
        => Seconds(Some(scene.end_sec.saturating_sub(scene.start_sec)));
    "voiceover_text": Type::Text, Presence::Optional, stored, "what the voice says" => Text(scene.voiceover_text.as_deref());
    "visual_description": Type::Text, Presence::Optional, stored, "what is seen" => Text(scene.visual_description.as_deref());
}

table! { OVERLAY: |Node::Overlay(overlay)|
    "text": Type::Text, Presence::Optional, stored, "what it says" => Text(overlay.text.as_deref());
    "position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where it stands"
        => Symbol(overlay.position.map(Position::word));
    "format": Type::Enum(&value::FORMAT), Presence::Always, stored, "a key phrase (if absent) or a subtitle"
        => Symbol(Some(overlay.format.map_or("thesis", Format::word)));
    "start_sec": Type::Seconds, Presence::Always, stored, "when it appears" => Seconds(Some(overlay.start_sec));
    "end_sec": Type::Seconds, Presence::Always, stored, "when it is gone" => Seconds(Some(overlay.end_sec));
    "duration_sec": Type::Seconds, Presence::Always, derived, "how long it stands"
        => Seconds(Some(overlay.end_sec.saturating_sub(overlay.start_sec)));
    "font_size": Type::Pixels, Presence::Optional, stored, "the height of its letters"
        => Pixels(overlay.font_size);
    "font_style": Type::Style, Presence::Optional, stored, "the name of a style" => Name(overlay.font_style.as_deref());
}

table! { LAYER: |Node::Layer(layer)|
    "type": Type::Enum(&value::LAYER), Presence::Always, stored, "what the layer holds"
        => Symbol(Some(layer.kind.word()));
    "pass": Type::Number, Presence::Always, stored, "when it is worked on: 0 (if absent) with everything else, 1 after that"
        => Number(Some(layer.pass.unwrap_or_default().into()));
    "position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where its subtitles stand"
        => Symbol(layer.position.map(Position::word));
    "font_style": Type::Style, Presence::Optional, stored, "the name of its subtitles' style"
        => Name(layer.font_style.as_deref());
}

table! { SEGMENT: |Node::Segment(segment, facts)|
    "id": Type::Id, Presence::Always, stored, "the segment's name; made from layer and number if absent"
        => Name(Some(&facts.id));
    "scene_id": Type::Id, Presence::Optional, stored, "the scene that it belongs to" => Name(segment.scene_id.as_deref());
    "start_sec": Type::Seconds, Presence::Always, stored, "when it begins" => Seconds(Some(segment.start_sec));
    "end_sec": Type::Seconds, Presence::Always, stored, "when it ends" => Seconds(Some(segment.end_sec));
    "duration_sec": Type::Seconds, Presence::Always, derived, "how long it is"
        => Seconds(Some(segment.end_sec.saturating_sub(segment.start_sec)));
    "asset_id": Type::Asset, Presence::In(MEDIA), stored, "what it shows or plays"
        => Name(segment.asset_id.as_deref());
    "asset_source": Type::Enum(&value::ASSET_SOURCE), Presence::Optional, stored, "where its asset came from"
        => Symbol(segment.asset_source.map(AssetSource::word));
    "asset_status": Type::Enum(&value::ASSET_STATUS), Presence::Optional, stored, "whether its asset is there"
        => Symbol(segment.asset_status.map(AssetStatus::word));
    "source_in_sec": Type::Seconds, Presence::Optional, stored, "where in its asset it begins"
        => Seconds(segment.source_in_sec);
    "params.text": Type::Text, Presence::In(TEXTS), stored, "what it says"
        => Text(param(segment, |params| params.text.as_deref()));
    "params.words": Type::Words, Presence::Optional, stored, "when each word of a subtitle is said"
        => Words(param(segment, |params| params.words.as_deref()));
    "params.position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where it stands"
        => Symbol(param(segment, |params| params.position).map(Position::word));
    "params.format": Type::Enum(&value::FORMAT), Presence::Always, stored, "a key phrase (if absent) or a subtitle"
        => Symbol(Some(param(segment, |params| params.format).map_or("thesis", Format::word)));
    "params.font_size": Type::Pixels, Presence::Optional, stored, "the height of its letters"
        => Pixels(param(segment, |params| params.font_size));
    "params.font_style": Type::Style, Presence::Optional, stored, "the name of a style"
        => Name(param(segment, |params| params.font_style.as_deref()));
    "params.width": Type::Ratio, Presence::Optional, stored, "a picture's width as a share of the canvas"
        => Ratio(param(segment, |params| params.width));
    "params.fit": Type::Enum(&value::FIT), Presence::Optional, stored, "how it fills a canvas of another shape"
        => Symbol(param(segment, |params| params.fit).map(Fit::word));
    "params.background": Type::Background, Presence::Optional, stored, "what is seen beside it where it is contained"
        => Text(param(segment, |params| params.background.as_deref()));
    "params.focus_x": Type::Ratio, Presence::Optional, stored, "what of it stays nearest to the middle, from its left edge"
        => Ratio(param(segment, |params| params.focus_x));
    "params.focus_y": Type::Ratio, Presence::Optional, stored, "what of it stays nearest to the middle, from its upper edge"
        => Ratio(param(segment, |params| params.focus_y));
    "params.motion": Type::Enum(&value::MOTION), Presence::Optional, stored, "how a photo moves"
        => Symbol(param(segment, |params| params.motion).map(Motion::word));
    "params.clip_fit": Type::Enum(&value::CLIP_FIT), Presence::Optional, stored, "what becomes of a clip that is too short"
        => Symbol(param(segment, |params| params.clip_fit).map(ClipFit::word));
    "params.role": Type::Enum(&value::AUDIO_ROLE), Presence::Always, stored, "music (if absent) or a voice-over"
        => Symbol(Some(param(segment, |params| params.role).map_or("music", AudioRole::word)));
    "params.volume": Type::Ratio, Presence::Optional, stored, "how loud" => Ratio(param(segment, |params| params.volume));
    "params.under": Type::Ratio, Presence::Optional, stored, "how loud all other sound stays while it plays"
        => Ratio(param(segment, |params| params.under));
    "params.ducking": Type::Number, Presence::Optional, stored, "how many decibels it stays below speech"
        => Number(param(segment, |params| params.ducking));
    "params.loop": Type::Bool, Presence::Optional, stored, "whether it begins again where it is too short"
        => Bool(param(segment, |params| params.repeat));
    "params.fade_in_sec": Type::Seconds, Presence::Optional, stored, "how long it swells"
        => Seconds(param(segment, |params| params.fade_in_sec));
    "params.fade_out_sec": Type::Seconds, Presence::Optional, stored, "how long it dies away"
        => Seconds(param(segment, |params| params.fade_out_sec));
    "asset_kind": Type::Enum(&value::ASSET_KIND), Presence::In(MEDIA), derived, "what its asset is, told by the file's name"
        => Symbol(facts.asset_kind);
    "attribution": Type::Text, Presence::Optional, derived, "the line that its asset's author is owed, of `credits`"
        => Text(facts.attribution.as_deref());
    "clip_id": Type::Id, Presence::Always, derived, "a name for the clip that it shows: its `id`, made unlike any asset's"
        => Name(Some(&facts.clip_id));
    "purpose": Type::Enum(&value::PURPOSE), Presence::In(VIDEO), derived,
        "`main`: a stretch of the main asset that plays through; `piece`: a part of the picture that is cut together; `cutaway`: covers the picture"
        => Symbol(facts.purpose);
    "play_start_sec": Type::Seconds, Presence::Always, derived, "where its asset starts to play: `source_in_sec`, or 0"
        => Seconds(Some(facts.play_start));
    "play_end_sec": Type::Seconds, Presence::Always, derived,
        "where its asset stops: a piece of the main asset plays on under cutaways until the next piece"
        => Seconds(Some(facts.play_end));
}

table! { EFFECT: |Node::Effect(effect)|
    "type": Type::Enum(&value::EFFECT), Presence::Always, stored, "what it does: a task type" => Symbol(Some(effect.kind.word()));
    "pass": Type::Number, Presence::Always, stored, "when it is done: 0 (if absent) with everything else, 1 after that"
        => Number(Some(effect.pass.unwrap_or_default().into()));
    "inputs": Type::Assets, Presence::Always, stored, "what it works on; if empty, the picture so far"
        => Names(Some(&effect.inputs));
    "output_id": Type::Id, Presence::Optional, stored, "the name of its result; if absent, that is the picture so far"
        => Name(effect.output_id.as_deref());
    "asset_id": Type::Asset, Presence::Optional, stored, "what it shows or plays" => Name(effect.asset_id.as_deref());
    "start_sec": Type::Seconds, Presence::Optional, stored, "when it begins" => Seconds(effect.start_sec);
    "end_sec": Type::Seconds, Presence::Optional, stored, "when it ends" => Seconds(effect.end_sec);
    "source_in_sec": Type::Seconds, Presence::Optional, stored, "the first moment of its asset or input"
        => Seconds(effect.source_in_sec);
    "source_out_sec": Type::Seconds, Presence::Optional, stored, "the first moment of its input to leave out"
        => Seconds(effect.source_out_sec);
    "factor": Type::Number, Presence::Optional, stored, "how many times as fast" => Number(effect.factor);
    "kind": Type::Enum(&value::TRANSITION), Presence::Optional, stored, "how one picture gives way to the other"
        => Symbol(effect.transition.map(Transition::word));
    "duration_sec": Type::Seconds, Presence::Optional, stored, "how long both pictures are seen"
        => Seconds(effect.duration_sec);
    "aspect_ratio": Type::Enum(&value::ASPECT_RATIO), Presence::Optional, stored, "the shape of the video"
        => Symbol(effect.aspect_ratio.map(AspectRatio::word));
    "resolution": Type::Pixels, Presence::Optional, stored, "the shorter side of the video"
        => Pixels(effect.resolution);
    "frame_rate": Type::Number, Presence::Optional, stored, "frames a second" => Number(effect.frame_rate);
    "fit": Type::Enum(&value::FIT), Presence::Optional, stored, "how a picture of another shape fills the canvas"
        => Symbol(effect.fit.map(Fit::word));
    "background": Type::Background, Presence::Optional, stored, "what is seen beside a picture that is contained"
        => Text(effect.background.as_deref());
    "focus_x": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its left edge"
        => Ratio(effect.focus_x);
    "focus_y": Type::Ratio, Presence::Optional, stored, "what of a picture stays nearest to the middle, from its upper edge"
        => Ratio(effect.focus_y);
    "motion": Type::Enum(&value::MOTION), Presence::Optional, stored, "how a photo moves"
        => Symbol(effect.motion.map(Motion::word));
    "clip_fit": Type::Enum(&value::CLIP_FIT), Presence::Optional, stored, "what becomes of a clip that is too short"
        => Symbol(effect.clip_fit.map(ClipFit::word));
    "safe_area": Type::Enum(&value::SAFE_AREA), Presence::Optional, stored, "where texts may stand"
        => Symbol(effect.safe_area.map(SafeArea::word));
    "position": Type::Enum(&value::POSITION), Presence::Optional, stored, "where it stands"
        => Symbol(effect.position.map(Position::word));
    "width": Type::Ratio, Presence::Optional, stored, "a picture's width as a share of the canvas"
        => Ratio(effect.width);
    "text": Type::Text, Presence::Optional, stored, "what it says" => Text(effect.text.as_deref());
    "cues": Type::Cues, Presence::Optional, stored, "subtitles" => Cues(effect.cues.as_deref());
    "font_size": Type::Pixels, Presence::Optional, stored, "the height of its letters"
        => Pixels(effect.font_size);
    "font_style": Type::Style, Presence::Optional, stored, "the name of a style" => Name(effect.font_style.as_deref());
    "volume": Type::Ratio, Presence::Optional, stored, "how loud" => Ratio(effect.volume);
    "under": Type::Ratio, Presence::Optional, stored, "how loud all other sound stays while it plays"
        => Ratio(effect.under);
    "ducking": Type::Number, Presence::Optional, stored, "how many decibels it stays below speech"
        => Number(effect.ducking);
    "fade_in_sec": Type::Seconds, Presence::Optional, stored, "how long the start takes"
        => Seconds(effect.fade_in_sec);
    "fade_out_sec": Type::Seconds, Presence::Optional, stored, "how long the end takes"
        => Seconds(effect.fade_out_sec);
    "loop": Type::Bool, Presence::Optional, stored, "whether it begins again where it is too short"
        => Bool(effect.repeat);
    "target": Type::Number, Presence::Optional, stored, "integrated loudness in LUFS" => Number(effect.target);
    "true_peak": Type::Number, Presence::Optional, stored, "the highest true peak in dBTP"
        => Number(effect.true_peak);
}

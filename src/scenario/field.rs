//! Everything that a rule can read of a scenario: one table with each field's type, presence and way to its value.

use std::borrow::Cow;

use crate::value::{self, Type, Value};

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
        }
    }

    /// The node kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// All of them, outermost first.
    pub const ALL: [Self; 5] = [Self::Scenario, Self::Scene, Self::Overlay, Self::Layer, Self::Segment];
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
    "main_asset_id": Type::Asset, Presence::Optional, stored, "the asset that plays through under the cutaways"
        => facts.main_asset_id.as_deref().map(|id| Value::Name(Cow::Borrowed(id)));
    "duration_sec": Type::Seconds, Presence::Always, derived,
        "how long the video is: as written, or up to the last end of a scene or segment"
        => Some(Value::Seconds(facts.duration));
    "picture": Type::Enum(&value::PICTURE), Presence::Always, derived,
        "`continuous`: the main asset plays through; `pieces`: it is cut; `sequence`: there is none, segments follow one another"
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
    "params.role": Type::Enum(&value::AUDIO_ROLE), Presence::Always, stored, "music (if absent) or a voice-over"
        => Some(Value::Symbol(param(segment, |params| params.role).map_or("music", super::model::AudioRole::word)));
    "params.volume": Type::Ratio, Presence::Optional, stored, "how loud" => param(segment, |params| params.volume).map(Value::Ratio);
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

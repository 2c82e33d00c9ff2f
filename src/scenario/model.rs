//! The scenario file, key for key.
//!
//! The doc comments are the descriptions in the JSON Schema (`callsheet schema scenario`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Time;
use crate::value::Word;

use super::credit::Credit;
use super::effect::Effect;
use super::framing::{ClipFit, Motion};

macro_rules! closed_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$meta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            #[cfg(test)]
            pub(super) const WORDS: &[&str] = &[$($word),+];

            /// The word that stands for it in JSON and in rules.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What `word` stands for; older spellings do not count.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(super) use closed_enum;

closed_enum! {
    /// What a layer holds.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    LayerKind { Video = "video", Image = "image", Audio = "audio", Text = "text", Subtitle = "subtitle" }
}
closed_enum! {
    /// A key phrase or a subtitle.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    Format { Thesis = "thesis", Subtitle = "subtitle" }
}
closed_enum! {
    /// A place inside the safe area. `top` and `bottom` still read as `top_center` and `bottom_center`.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    Position {
        TopLeft = "top_left",
        #[serde(alias = "top")] TopCenter = "top_center",
        TopRight = "top_right",
        CenterLeft = "center_left", Center = "center", CenterRight = "center_right",
        BottomLeft = "bottom_left",
        #[serde(alias = "bottom")] BottomCenter = "bottom_center",
        BottomRight = "bottom_right",
    }
}
closed_enum! {
    /// Where a segment's media came from.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    AssetSource { Uploaded = "uploaded", Generated = "generated" }
}
closed_enum! {
    /// Whether a segment's media are there.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    AssetStatus { Ready = "ready", Pending = "pending", Failed = "failed" }
}
closed_enum! {
    /// What a sound is to the speech of the main video.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    AudioRole { Music = "music", Voiceover = "voiceover" }
}
closed_enum! {
    /// The shape of the output, width to height.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    AspectRatio {
        Portrait = "9:16", Landscape = "16:9", Square = "1:1", FourFive = "4:5", ThreeFour = "3:4", FourThree = "4:3",
    }
}
closed_enum! {
    /// How a picture of another shape fills the canvas.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    Fit { Cover = "cover", Contain = "contain" }
}
closed_enum! {
    /// The part of the canvas in which texts may stand.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    SafeArea {
        Universal = "universal", Tiktok = "tiktok", Reels = "reels", Shorts = "shorts", TitleSafe = "title_safe", None = "none",
    }
}

/// A scenario file: the scenario and the media that it uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "callsheet scenario")]
pub struct Document {
    /// What to film.
    pub scenario: Story,
    /// Media by id. A path is relative to this file's folder.
    #[serde(default)]
    pub assets: BTreeMap<String, String>,
    /// The asset that plays through under the cutaways, with its sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main_asset_id: Option<String>,
    /// Whom media are owed to, by the media's id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credits: BTreeMap<String, Credit>,
}

/// Scenes, layers and what the video is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Scenario")]
pub struct Story {
    /// Whether it is carried out as it is written: rules fill in nothing that it leaves out. `false` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verbatim: Option<bool>,
    /// Length and shape of the video.
    #[serde(default)]
    pub metadata: Metadata,
    /// What the user asked for, in their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global_prompt: Option<String>,
    /// The parts of the story.
    #[serde(default)]
    pub scenes: Vec<Scene>,
    /// What is seen and heard, layer by layer; of two video layers the later one covers the earlier.
    #[serde(default)]
    pub layers: Vec<Layer>,
    /// What is done to single clips and to the whole picture, after what the layers say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// Length and shape of the video.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// How long the video is; if absent, up to the last end of a scene or segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_duration_sec: Option<Time>,
    /// The shape of the video; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// The shorter side in pixels; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 120, max = 2160))]
    pub resolution: Option<f64>,
    /// Frames a second; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 10, max = 120))]
    pub frame_rate: Option<f64>,
    /// How a picture of another shape fills the canvas; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// What is seen beside a picture that is contained: a colour as `#rrggbb` or by its name, or `blur` for the picture
    /// itself, enlarged and blurred; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// What of a picture stays nearest to the middle where it is cropped, from its left edge, 0 to 1; if absent, its middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub focus_x: Option<f64>,
    /// The same, from its upper edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub focus_y: Option<f64>,
    /// Where texts may stand; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_area: Option<SafeArea>,
}

/// A part of the story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// The scene's name, e.g. `scene-1`.
    pub id: String,
    /// When it begins on the output's timeline.
    pub start_sec: Time,
    /// When it ends.
    pub end_sec: Time,
    /// What the voice says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voiceover_text: Option<String>,
    /// What is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visual_description: Option<String>,
    /// Texts on the screen.
    #[serde(default)]
    pub overlays: Vec<Overlay>,
}

/// A text on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where it stands; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// A key phrase or a subtitle; `thesis` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// When it appears on the output's timeline.
    pub start_sec: Time,
    /// When it is gone.
    pub end_sec: Time,
    /// The height of its letters in pixels; if absent, the style's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 8, max = 400))]
    pub font_size: Option<f64>,
    /// The name of a style in the rules; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font_style: Option<String>,
}

/// Segments of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// What the layer holds.
    #[serde(rename = "type")]
    pub kind: LayerKind,
    /// When it is worked on: in pass 0 (if absent) with everything else, in pass 1 when all of pass 0 is done, and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<u32>,
    /// Subtitle layer: where the subtitles stand; if absent, at the bottom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Subtitle layer: the name of a style in the rules; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font_style: Option<String>,
    /// In the order of time.
    #[serde(default)]
    pub segments: Vec<Segment>,
}

/// A stretch of the timeline and what fills it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The segment's name; made from layer and number if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The scene that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_id: Option<String>,
    /// When it begins on the output's timeline.
    pub start_sec: Time,
    /// When it ends.
    pub end_sec: Time,
    /// What it shows or plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<String>,
    /// Where that came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_source: Option<AssetSource>,
    /// Whether that is there; `ready` if absent and there is an `asset_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_status: Option<AssetStatus>,
    /// Where in its asset it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_in_sec: Option<Time>,
    /// What else its layer needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Params>,
}

impl Layer {
    /// A layer of `segments`, worked on with everything else.
    #[must_use]
    pub fn new(kind: LayerKind, segments: Vec<Segment>) -> Self {
        Self { kind, pass: None, position: None, font_style: None, segments }
    }
}

impl Segment {
    /// A stretch of the timeline with nothing in it yet.
    #[must_use]
    pub fn new(start_sec: Time, end_sec: Time) -> Self {
        Self {
            id: None,
            scene_id: None,
            start_sec,
            end_sec,
            asset_id: None,
            asset_source: None,
            asset_status: None,
            source_in_sec: None,
            params: None,
        }
    }

    /// Whether it waits for its media in a layer of this kind. A text layer needs none.
    pub(crate) fn waits_in(&self, kind: LayerKind) -> bool {
        matches!(kind, LayerKind::Video | LayerKind::Image | LayerKind::Audio)
            && match self.asset_status {
                Some(AssetStatus::Pending | AssetStatus::Failed) => true,
                Some(AssetStatus::Ready) => false,
                None => self.asset_source.is_some() && self.asset_id.is_none(),
            }
    }
}

/// What a segment needs by the type of its layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Text and subtitle layers: what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Text and image layers: where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Text layer: a key phrase or a subtitle; `thesis` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Text layer: the height of the letters in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 8, max = 400))]
    pub font_size: Option<f64>,
    /// Text layer: the name of a style in the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font_style: Option<String>,
    /// Image layer: the picture's width as a share of the canvas, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.01, max = 1))]
    pub width: Option<f64>,
    /// Video layer: how it fills a canvas of another shape; if absent, as the whole video does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Video layer: what is seen beside it where it is contained, a colour or `blur`; if absent, as in the whole video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Video layer: what of it stays nearest to the middle where it is cropped, from its left edge, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub focus_x: Option<f64>,
    /// Video layer: the same, from its upper edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub focus_y: Option<f64>,
    /// Video layer: how a photo moves; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<Motion>,
    /// Video layer: what becomes of a cutaway whose clip is too short; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip_fit: Option<ClipFit>,
    /// Audio layer: music under the speech, or a voice over it; `music` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<AudioRole>,
    /// Audio and video layers: how loud, 1 is unchanged, 0 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 4))]
    pub volume: Option<f64>,
    /// Audio layer: how loud all other sound stays while it plays, 1 is unchanged, 0 to 1; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub under: Option<f64>,
    /// Audio layer: how many decibels it stays below the speech in the other sounds, which is measured; it swells in the
    /// pauses. 0 to 40, 0 for none; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 40))]
    pub ducking: Option<f64>,
    /// Audio layer: whether it begins again where it is too short; if absent, the rules say.
    #[serde(default, rename = "loop", skip_serializing_if = "Option::is_none")]
    pub repeat: Option<bool>,
    /// Audio layer: how long it swells at its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade_in_sec: Option<Time>,
    /// Subtitle layer: when each word of the text is said, for styles that colour words as they are said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<Word>>,
    /// Audio layer: how long it dies away at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade_out_sec: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn each_closed_set_has_the_words_of_its_type() {
        assert_eq!(LayerKind::WORDS, value::LAYER.values);
        assert_eq!(Format::WORDS, value::FORMAT.values);
        assert_eq!(Position::WORDS, value::POSITION.values);
        assert_eq!(AssetSource::WORDS, value::ASSET_SOURCE.values);
        assert_eq!(AssetStatus::WORDS, value::ASSET_STATUS.values);
        assert_eq!(AudioRole::WORDS, value::AUDIO_ROLE.values);
        assert_eq!(AspectRatio::WORDS, value::ASPECT_RATIO.values);
        assert_eq!(Fit::WORDS, value::FIT.values);
        assert_eq!(SafeArea::WORDS, value::SAFE_AREA.values);
    }
}

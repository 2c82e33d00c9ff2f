//! What a field of the scenario or a parameter of a task may hold: types, and values of them.
//!
//! The scenario's field table ([`crate::scenario::field`]) and the task catalogue ([`crate::tasks::catalogue`]) both
//! speak in these types, so that the rule checker can hold one against the other.

use std::borrow::Cow;
use std::fmt;

use crate::time::Time;

/// A closed set of names.
#[derive(Debug, PartialEq, Eq)]
pub struct EnumType {
    /// The set's name in messages, e.g. `position`.
    pub name: &'static str,
    /// The names, in the order in which they are shown.
    pub values: &'static [&'static str],
    /// Older spellings that still read: (old, new).
    pub aliases: &'static [(&'static str, &'static str)],
}

impl EnumType {
    /// The canonical spelling of `name`, if it belongs to the set.
    #[must_use]
    pub fn canonical(&self, name: &str) -> Option<&'static str> {
        let name = self.aliases.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| new);
        self.values.iter().find(|value| **value == name).copied()
    }
}

macro_rules! enum_type {
    ($(#[$doc:meta])* $name:ident, $word:literal, [$($value:literal),+] $(, [$(($old:literal, $new:literal)),+])?) => {
        $(#[$doc])*
        pub static $name: EnumType = EnumType {
            name: $word,
            values: &[$($value),+],
            aliases: &[$($(($old, $new)),+)?],
        };
    };
}

enum_type!(/// The nine places of a text or picture inside the safe area.
    POSITION, "position", ["top_left", "top_center", "top_right", "center_left", "center", "center_right", "bottom_left",
    "bottom_center", "bottom_right"], [("top", "top_center"), ("bottom", "bottom_center")]);
enum_type!(/// What a text on the screen is.
    FORMAT, "format", ["thesis", "subtitle"]);
enum_type!(/// What a layer holds.
    LAYER, "layer type", ["video", "image", "audio", "text", "subtitle"]);
enum_type!(/// Where a segment's media came from.
    ASSET_SOURCE, "asset source", ["uploaded", "generated"]);
enum_type!(/// Whether a segment's media are there.
    ASSET_STATUS, "asset status", ["ready", "pending", "failed"]);
enum_type!(/// What an asset is, told by its file's name.
    ASSET_KIND, "asset kind", ["video", "image", "audio"]);
enum_type!(/// What a segment of the audio layer is.
    AUDIO_ROLE, "audio role", ["music", "voiceover"]);
enum_type!(/// How the base picture is made.
    PICTURE, "picture", ["continuous", "pieces", "sequence", "composed"]);
enum_type!(/// What a segment of a video layer is to the base picture.
    PURPOSE, "purpose", ["main", "piece", "cutaway"]);
enum_type!(/// The shape of the output.
    ASPECT_RATIO, "aspect ratio", ["9:16", "16:9", "1:1", "4:5", "3:4", "4:3"]);
enum_type!(/// How a picture of another shape fills the canvas.
    FIT, "fit", ["cover", "contain"]);
enum_type!(/// What becomes of a clip that is shorter than the time it is to be seen.
    CLIP_FIT, "clip fit", ["trim", "loop", "freeze", "slow"]);
enum_type!(/// How a photo moves while it is seen.
    MOTION, "motion", ["none", "zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down"]);
enum_type!(/// The part of the canvas that a platform's own buttons and captions leave free.
    SAFE_AREA, "safe area", ["universal", "tiktok", "reels", "shorts", "title_safe", "none"]);
enum_type!(/// Where subtitles come from.
    SUBTITLE_SOURCE, "subtitle source", ["voiceover", "transcription", "on_screen", "none"]);
enum_type!(/// What an effect does: the task types, each of which an effect can be.
    EFFECT, "effect", ["trim", "speed", "concat", "transition", "fit_canvas", "overlay_video", "overlay_image",
    "add_text_overlay", "add_subtitles", "mix_audio", "fade", "normalize_loudness"]);
enum_type!(/// What a prompt says of a signal.
    SIGNAL_STATE, "signal state", ["asked", "refused", "silent"]);
enum_type!(/// How one picture gives way to the next.
    TRANSITION, "transition", ["fade", "dissolve", "wipe_left", "wipe_right", "wipe_up", "wipe_down", "slide_left",
    "slide_right", "slide_up", "slide_down"]);
enum_type!(/// How the lines of a text stand to each other.
    ALIGN, "align", ["left", "center", "right"]);
enum_type!(/// How a text comes and goes.
    ANIMATE, "animation", ["none", "fade", "pop", "slide", "typewriter"]);

/// The type of a field or parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Any characters.
    Text,
    /// `true` or `false`.
    Bool,
    /// A plain number.
    Number,
    /// A time: `1.5s` in rules, a number of seconds in JSON.
    Seconds,
    /// A length on the canvas: `40px` in rules, a number in JSON.
    Pixels,
    /// A share: `60%` in rules, `0.6` in JSON.
    Ratio,
    /// A colour with an opacity: `white`, `#ffcc00`, `black 60%`.
    Color,
    /// What is seen beside a picture that does not fill the canvas: an opaque colour, or `blur`.
    Background,
    /// One name of a closed set.
    Enum(&'static EnumType),
    /// The name of a style of the rule set.
    Style,
    /// The id of an asset, or of an earlier task's output.
    Asset,
    /// An id that names something: a scene, a segment, an output.
    Id,
    /// Several ids of assets or outputs.
    Assets,
    /// Subtitle cues: a list of `{ start, end, text }`, each perhaps with the `words` that it is made of.
    Cues,
    /// When each word of a cue is said.
    Words,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Bool => f.write_str("true or false"),
            Self::Number => f.write_str("number"),
            Self::Seconds => f.write_str("seconds"),
            Self::Pixels => f.write_str("pixels"),
            Self::Ratio => f.write_str("percent"),
            Self::Color => f.write_str("colour"),
            Self::Background => f.write_str("colour or `blur`"),
            Self::Enum(set) => f.write_str(set.name),
            Self::Style => f.write_str("style"),
            Self::Asset => f.write_str("asset id"),
            Self::Id => f.write_str("id"),
            Self::Assets => f.write_str("list of asset ids"),
            Self::Cues => f.write_str("list of { start, end, text }"),
            Self::Words => f.write_str("times of words"),
        }
    }
}

/// A value of a [`Type`], borrowed from the scenario or owned by a plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// [`Type::Text`], or the words of a [`Type::Background`].
    Text(Cow<'a, str>),
    /// [`Type::Bool`].
    Bool(bool),
    /// [`Type::Number`].
    Number(f64),
    /// [`Type::Seconds`].
    Seconds(Time),
    /// [`Type::Pixels`].
    Pixels(f64),
    /// [`Type::Ratio`]: 1 is 100 %.
    Ratio(f64),
    /// [`Type::Enum`]: the canonical spelling.
    Symbol(&'static str),
    /// [`Type::Style`], [`Type::Asset`] or [`Type::Id`].
    Name(Cow<'a, str>),
    /// [`Type::Assets`].
    Names(Vec<Cow<'a, str>>),
    /// [`Type::Cues`].
    Cues(Vec<Cue>),
    /// [`Type::Words`].
    Words(Cow<'a, [Word]>),
}

impl Value<'_> {
    /// The same value, owning what it borrowed.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Bool(value) => Value::Bool(value),
            Self::Number(value) => Value::Number(value),
            Self::Seconds(value) => Value::Seconds(value),
            Self::Pixels(value) => Value::Pixels(value),
            Self::Ratio(value) => Value::Ratio(value),
            Self::Symbol(value) => Value::Symbol(value),
            Self::Name(name) => Value::Name(Cow::Owned(name.into_owned())),
            Self::Names(names) => Value::Names(names.into_iter().map(|name| Cow::Owned(name.into_owned())).collect()),
            Self::Cues(cues) => Value::Cues(cues),
            Self::Words(words) => Value::Words(Cow::Owned(words.into_owned())),
        }
    }
}

/// One subtitle: a text and when it is shown, `start` to `end`, half-open.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// When it appears, in seconds.
    pub start: Time,
    /// When it is gone, in seconds.
    pub end: Time,
    /// What it says.
    pub text: String,
    /// When each of its words is said, in order; empty where nobody knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Word>,
}

impl Cue {
    /// A cue whose words have no times of their own.
    #[must_use]
    pub fn new(start: Time, end: Time, text: impl Into<String>) -> Self {
        Self { start, end, text: text.into(), words: Vec::new() }
    }

    /// Keeps the words within the cue's time, after that has changed; forgets them where they are not the text's own.
    pub fn settle_words(&mut self) {
        for word in &mut self.words {
            word.start = word.start.clamp(self.start, self.end);
            word.end = word.end.clamp(word.start, self.end);
        }
        if Self::misfit(&self.text, self.start, self.end, &self.words).is_some() {
            self.words.clear();
        }
    }

    /// Why `words` cannot be the words of `text`, shown from `start` to `end`; `None` if they can. Letters and digits alone
    /// are compared, so that punctuation and line ends may differ.
    #[must_use]
    pub fn misfit(text: &str, start: Time, end: Time, words: &[Word]) -> Option<String> {
        let mut earliest = start;
        for word in words {
            if word.start < earliest || word.end < word.start || word.end > end {
                let Word { start, end, text } = word;
                return Some(format!(
                    "the word `{}` is said from {start} s to {end} s, outside of its cue or before the word in front of it",
                    text.escape_debug()
                ));
            }
            earliest = word.start;
        }
        let letters = |letter: &char| letter.is_alphanumeric();
        let said = words.iter().flat_map(|word| word.text.chars()).filter(letters);
        let differ = !words.is_empty() && !said.eq(text.chars().filter(letters));
        differ.then(|| {
            let said = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            let short = |text: &str| text.chars().take(60).collect::<String>().escape_debug().to_string();
            format!("the words `{}` are not those of the text `{}`", short(&said), short(text))
        })
    }
}

/// A word with the punctuation that belongs to it, and when it is said.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// When it begins, in seconds.
    pub start: Time,
    /// When it ends, in seconds; a model may give a short word no length at all.
    pub end: Time,
    /// The word, without spaces around it.
    pub text: String,
}

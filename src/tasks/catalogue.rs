//! The whitelist: every task type with its parameters.

use crate::value::{self, Type};

/// When a task runs: plans are ordered by stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Takes a part of an asset.
    Source,
    /// Makes one picture of several parts.
    Join,
    /// Gives the picture its size and rate.
    Canvas,
    /// Covers the picture.
    Picture,
    /// Writes on the picture.
    Text,
    /// Adds sounds.
    Sound,
    /// Works on the whole.
    Finish,
}

/// What a task works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// One named input, or the picture so far.
    OneOrPicture,
    /// One named input or more, in order.
    Several,
    /// Exactly two named inputs, in order.
    Two,
}

/// Whether a parameter must be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Need {
    /// It must be set.
    Required,
    /// It may be left out; what that means is in the parameter's doc.
    Optional,
    /// It may be left out and is then this number, in the parameter's unit (a ratio: 1 is 100 %).
    Default(f64),
    /// It may be left out and is then this word.
    DefaultWord(&'static str),
    /// It may be left out and is then this truth value.
    DefaultBool(bool),
}

/// A parameter of a task type.
#[derive(Debug)]
pub struct ParamSpec {
    /// Its name in JSON and in rules.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Whether it must be set.
    pub need: Need,
    /// The smallest and largest number, in the parameter's unit; for a text, its length in characters.
    pub range: Option<(f64, f64)>,
    /// One line for the reference.
    pub doc: &'static str,
}

/// A task type.
#[derive(Debug)]
pub struct TaskSpec {
    /// Its name in JSON and in rules.
    pub name: &'static str,
    /// When it runs.
    pub stage: Stage,
    /// What it works on.
    pub inputs: Inputs,
    /// Its parameters.
    pub params: &'static [ParamSpec],
    /// One line for the reference.
    pub doc: &'static str,
}

impl TaskSpec {
    /// The parameter called `name`.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|param| param.name == name)
    }
}

/// The task type called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static TaskSpec> {
    TASKS.iter().find(|task| task.name == name)
}

const DAY: f64 = 86_400.0;

const fn required(name: &'static str, ty: Type, doc: &'static str) -> ParamSpec {
    ParamSpec { name, ty, need: Need::Required, range: None, doc }
}

const fn optional(name: &'static str, ty: Type, doc: &'static str) -> ParamSpec {
    ParamSpec { name, ty, need: Need::Optional, range: None, doc }
}

const fn number(name: &'static str, ty: Type, default: f64, range: (f64, f64), doc: &'static str) -> ParamSpec {
    ParamSpec { name, ty, need: Need::Default(default), range: Some(range), doc }
}

const fn time(name: &'static str, doc: &'static str) -> ParamSpec {
    ParamSpec { name, ty: Type::Seconds, need: Need::Required, range: Some((0.0, DAY)), doc }
}

const fn word(
    name: &'static str,
    set: &'static value::EnumType,
    default: &'static str,
    doc: &'static str,
) -> ParamSpec {
    ParamSpec { name, ty: Type::Enum(set), need: Need::DefaultWord(default), range: None, doc }
}

const START: ParamSpec = time("start_time", "when it appears, on the timeline of the picture so far");
const END: ParamSpec = time("end_time", "when it is gone: the first moment without it");
const FIT: ParamSpec =
    optional("fit", Type::Enum(&value::FIT), "how it fills a canvas of another shape; if absent, as `fit_canvas` says");
const BACKGROUND: ParamSpec = optional(
    "background",
    Type::Background,
    "what is seen beside it where it is contained: a colour, or `blur` for itself, enlarged and blurred; if absent, as `fit_canvas` says",
);
const FOCUS_X: ParamSpec = ParamSpec {
    name: "focus_x",
    ty: Type::Ratio,
    need: Need::Optional,
    range: Some((0.0, 1.0)),
    doc: "what of it stays nearest to the middle where it is cropped, from its left edge; if absent, as `fit_canvas` says",
};
const FOCUS_Y: ParamSpec =
    ParamSpec { name: "focus_y", doc: "the same, from its upper edge; if absent, as `fit_canvas` says", ..FOCUS_X };
const MOTION: ParamSpec = word(
    "motion",
    &value::MOTION,
    "none",
    "how a photo moves: it grows or shrinks by 15 %, or the view wanders as far",
);
const STYLE: ParamSpec = required("style", Type::Style, "how it looks: the name of a style of the rule set");

/// Every task type, in the order of the stages. There is no other.
pub static TASKS: &[TaskSpec] = &[
    TaskSpec {
        name: "trim",
        stage: Stage::Source,
        inputs: Inputs::OneOrPicture,
        doc: "keeps the part from `start_time` to `end_time`, which then begins at 0; a photo is shown for that long",
        params: &[
            time("start_time", "the first moment to keep"),
            time("end_time", "the first moment to leave out"),
            number("volume", Type::Ratio, 1.0, (0.0, 4.0), "how loud its sound is; 100 % is as recorded"),
            FIT,
            BACKGROUND,
            FOCUS_X,
            FOCUS_Y,
            MOTION,
        ],
    },
    TaskSpec {
        name: "speed",
        stage: Stage::Source,
        inputs: Inputs::OneOrPicture,
        doc: "plays faster or slower; the pitch of the sound stays",
        params: &[ParamSpec {
            name: "factor",
            ty: Type::Number,
            need: Need::Required,
            range: Some((0.25, 4.0)),
            doc: "2 is twice as fast, 0.5 half as fast",
        }],
    },
    TaskSpec {
        name: "concat",
        stage: Stage::Join,
        inputs: Inputs::Several,
        doc: "plays its inputs one after another, picture and sound",
        params: &[],
    },
    TaskSpec {
        name: "transition",
        stage: Stage::Join,
        inputs: Inputs::Two,
        doc: "plays two inputs one after the other, the second coming in over the end of the first",
        params: &[
            word("kind", &value::TRANSITION, "fade", "how one gives way to the other"),
            number(
                "duration",
                Type::Seconds,
                0.5,
                (0.04, 10.0),
                "how long both are seen; the result is that much shorter",
            ),
        ],
    },
    TaskSpec {
        name: "fit_canvas",
        stage: Stage::Canvas,
        inputs: Inputs::OneOrPicture,
        doc: "gives the video its size, its frame rate and its safe area; without it they are the first clip's",
        params: &[
            required("aspect_ratio", Type::Enum(&value::ASPECT_RATIO), "width to height"),
            number("resolution", Type::Pixels, 1080.0, (120.0, 2160.0), "the shorter side"),
            number("frame_rate", Type::Number, 30.0, (10.0, 120.0), "frames a second; 29.97 is read as 30000/1001"),
            word(
                "fit",
                &value::FIT,
                "cover",
                "how a picture of another shape fills it: `cover` crops, `contain` shows all of it; none is ever stretched",
            ),
            optional(
                "background",
                Type::Background,
                "what is seen beside a picture that is contained: a colour, or `blur` for itself, enlarged and blurred; if absent, black",
            ),
            number(
                "focus_x",
                Type::Ratio,
                0.5,
                (0.0, 1.0),
                "what of a picture stays nearest to the middle where it is cropped, from its left edge",
            ),
            number("focus_y", Type::Ratio, 0.5, (0.0, 1.0), "the same, from its upper edge"),
            word("safe_area", &value::SAFE_AREA, "universal", "where texts may stand"),
        ],
    },
    TaskSpec {
        name: "overlay_video",
        stage: Stage::Picture,
        inputs: Inputs::OneOrPicture,
        doc: "covers the picture with a video; the sound so far plays on under it",
        params: &[
            required("stock_id", Type::Asset, "the video: an asset, or an earlier output"),
            START,
            END,
            number("source_start", Type::Seconds, 0.0, (0.0, DAY), "where in the video it starts to play"),
            number(
                "volume",
                Type::Ratio,
                0.0,
                (0.0, 4.0),
                "how loud its own sound is; 0 % is silent, 100 % as recorded",
            ),
            word(
                "clip_fit",
                &value::CLIP_FIT,
                "trim",
                "what becomes of a video that is too short: it is gone earlier, begins again, stands still at its end, or is slowed down",
            ),
            FIT,
            BACKGROUND,
            FOCUS_X,
            FOCUS_Y,
        ],
    },
    TaskSpec {
        name: "overlay_image",
        stage: Stage::Picture,
        inputs: Inputs::OneOrPicture,
        doc: "shows a picture over the video: over all of it, or `width` wide at `position`",
        params: &[
            required("image_id", Type::Asset, "the picture"),
            START,
            END,
            optional("position", Type::Enum(&value::POSITION), "where it stands; if absent it covers the canvas"),
            number(
                "width",
                Type::Ratio,
                0.25,
                (0.01, 1.0),
                "how wide it is, as a share of the canvas, where it has a position",
            ),
            FIT,
            BACKGROUND,
            FOCUS_X,
            FOCUS_Y,
            MOTION,
        ],
    },
    TaskSpec {
        name: "add_text_overlay",
        stage: Stage::Text,
        inputs: Inputs::OneOrPicture,
        doc: "writes a text, wrapped inside the safe area",
        params: &[
            ParamSpec {
                name: "text",
                ty: Type::Text,
                need: Need::Required,
                range: Some((1.0, 1000.0)),
                doc: "what it says, literally; a line break is kept",
            },
            word("position", &value::POSITION, "center", "where it stands inside the safe area"),
            ParamSpec {
                name: "font_size",
                ty: Type::Pixels,
                need: Need::Optional,
                range: Some((8.0, 400.0)),
                doc: "the height of the letters' em on a canvas whose shorter side is 1080; if absent, the style's",
            },
            STYLE,
            START,
            END,
        ],
    },
    TaskSpec {
        name: "add_subtitles",
        stage: Stage::Text,
        inputs: Inputs::OneOrPicture,
        doc: "writes subtitles, one cue after another",
        params: &[
            required("segments", Type::Cues, "the cues: what is said from when to when"),
            STYLE,
            word("position", &value::POSITION, "bottom_center", "where they stand inside the safe area"),
        ],
    },
    TaskSpec {
        name: "mix_audio",
        stage: Stage::Sound,
        inputs: Inputs::OneOrPicture,
        doc: "plays a sound together with the sound so far",
        params: &[
            required("audio_id", Type::Asset, "the sound: an asset with a sound stream"),
            time("start_time", "when it is first heard"),
            time("end_time", "when it is no longer heard"),
            number("source_start", Type::Seconds, 0.0, (0.0, DAY), "where in the sound it starts to play"),
            number("volume", Type::Ratio, 1.0, (0.0, 4.0), "how loud it is; 100 % is as recorded"),
            number("under", Type::Ratio, 1.0, (0.0, 1.0), "how loud the sound so far stays while this one plays"),
            number(
                "ducking",
                Type::Number,
                0.0,
                (0.0, 40.0),
                "how many decibels it stays below the speech in the other sounds, both measured; it swells in pauses; 0 for none",
            ),
            number("fade_in", Type::Seconds, 0.0, (0.0, 60.0), "how long it swells"),
            number("fade_out", Type::Seconds, 0.0, (0.0, 60.0), "how long it dies away"),
            ParamSpec {
                name: "loop",
                ty: Type::Bool,
                need: Need::DefaultBool(false),
                range: None,
                doc: "whether it begins again where it is too short; else silence follows",
            },
        ],
    },
    TaskSpec {
        name: "fade",
        stage: Stage::Finish,
        inputs: Inputs::OneOrPicture,
        doc: "lets picture and sound come out of black and silence at the start, and go into them at the end",
        params: &[
            number("fade_in", Type::Seconds, 0.0, (0.0, 60.0), "how long the start takes; 0s for none"),
            number("fade_out", Type::Seconds, 0.0, (0.0, 60.0), "how long the end takes; 0s for none"),
        ],
    },
    TaskSpec {
        name: "normalize_loudness",
        stage: Stage::Finish,
        inputs: Inputs::OneOrPicture,
        doc: "brings the sound to a loudness, measured first and then changed by one gain (EBU R128)",
        params: &[
            number(
                "target",
                Type::Number,
                -14.0,
                (-40.0, -5.0),
                "integrated loudness in LUFS; platforms play at about -14",
            ),
            number("true_peak", Type::Number, -1.0, (-9.0, 0.0), "the highest true peak in dBTP"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_stand_in_the_order_of_their_stages_and_names_are_unique() {
        assert!(TASKS.is_sorted_by_key(|task| task.stage));
        for task in TASKS {
            assert_eq!(TASKS.iter().filter(|other| other.name == task.name).count(), 1, "{}", task.name);
            for param in task.params {
                assert_eq!(task.params.iter().filter(|other| other.name == param.name).count(), 1, "{}", param.name);
            }
        }
    }

    #[test]
    fn a_default_lies_in_its_own_range() {
        for param in TASKS.iter().flat_map(|task| task.params) {
            match (param.need, param.range, param.ty) {
                (Need::Default(value), Some((low, high)), _) => {
                    assert!((low..=high).contains(&value), "{}", param.name);
                }
                (Need::DefaultWord(word), _, Type::Enum(set)) => assert_eq!(set.canonical(word), Some(word)),
                _ => {}
            }
        }
    }
}

//! Effects: what is done to a single clip or to the whole picture. Each is one task, and can be any task of the
//! whitelist; the layers are for what has a stretch of the timeline to itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::suggest;
use crate::time::Time;
use crate::value::Cue;

use super::framing::{ClipFit, Motion};
use super::model::{AspectRatio, Fit, Position, SafeArea, closed_enum};

closed_enum! {
    /// What an effect does: a task type.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    EffectKind {
        Trim = "trim", Speed = "speed", Concat = "concat", Transition = "transition", FitCanvas = "fit_canvas",
        OverlayVideo = "overlay_video", OverlayImage = "overlay_image", AddTextOverlay = "add_text_overlay",
        AddSubtitles = "add_subtitles", MixAudio = "mix_audio", Fade = "fade", NormalizeLoudness = "normalize_loudness",
    }
}
closed_enum! {
    /// How one picture gives way to the next.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    Transition {
        Fade = "fade", Dissolve = "dissolve", WipeLeft = "wipe_left", WipeRight = "wipe_right", WipeUp = "wipe_up",
        WipeDown = "wipe_down", SlideLeft = "slide_left", SlideRight = "slide_right", SlideUp = "slide_up",
        SlideDown = "slide_down",
    }
}

/// One thing that is done to a clip or to the whole picture. `callsheet schema tasks` says what each type means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// What it does.
    #[serde(rename = "type")]
    pub kind: EffectKind,
    /// When it is done: in pass 0 (if absent) with everything else, in pass 1 when all of pass 0 is done, and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<u32>,
    /// What it works on: assets, clips by their segments' ids, outputs of earlier effects. If empty, the picture so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
    /// The name under which later effects find its result; if absent, that becomes the picture so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_id: Option<String>,
    /// `overlay_video`, `overlay_image`, `mix_audio`: what it shows or plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<String>,
    /// `overlay_video`, `overlay_image`, `add_text_overlay`, `mix_audio`: when it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_sec: Option<Time>,
    /// The same: when it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_sec: Option<Time>,
    /// `trim`: the first moment to keep. `overlay_video`, `mix_audio`: where in its asset it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_in_sec: Option<Time>,
    /// `trim`: the first moment to leave out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_out_sec: Option<Time>,
    /// `speed`: how many times as fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
    /// `transition`: how one picture gives way to the other.
    #[serde(default, rename = "kind", skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// `transition`: how long both are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_sec: Option<Time>,
    /// `fit_canvas`: width to height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// `fit_canvas`: the shorter side in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<f64>,
    /// `fit_canvas`: frames a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// `fit_canvas`, `trim`, `overlay_video`, `overlay_image`: how a picture of another shape fills the canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// The same: what is seen beside a picture that is contained, a colour or `blur`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// The same: what of a picture stays nearest to the middle where it is cropped, from its left edge, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub focus_x: Option<f64>,
    /// The same, from its upper edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub focus_y: Option<f64>,
    /// `trim`, `overlay_image`: how a photo moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<Motion>,
    /// `overlay_video`: what becomes of a clip that is too short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip_fit: Option<ClipFit>,
    /// `fit_canvas`: where texts may stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_area: Option<SafeArea>,
    /// `overlay_image`, `add_text_overlay`, `add_subtitles`: where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// `overlay_image`: its width as a share of the canvas, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<f64>,
    /// `add_text_overlay`: what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `add_subtitles`: what is said from when to when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cues: Option<Vec<Cue>>,
    /// `add_text_overlay`: the height of the letters in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font_size: Option<f64>,
    /// `add_text_overlay`, `add_subtitles`: the name of a style in the rules; if absent, the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font_style: Option<String>,
    /// `trim`, `overlay_video`, `mix_audio`: how loud, 1 is unchanged, 0 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<f64>,
    /// `mix_audio`: how loud all other sound stays while it plays, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<f64>,
    /// `mix_audio`: how many decibels it stays below the speech in the other sounds, 0 to 40.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ducking: Option<f64>,
    /// `mix_audio`, `fade`: how long the start takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade_in_sec: Option<Time>,
    /// `mix_audio`, `fade`: how long the end takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade_out_sec: Option<Time>,
    /// `mix_audio`: whether it begins again where it is too short.
    #[serde(default, rename = "loop", skip_serializing_if = "Option::is_none")]
    pub repeat: Option<bool>,
    /// `normalize_loudness`: integrated loudness in LUFS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// `normalize_loudness`: the highest true peak in dBTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_peak: Option<f64>,
}

impl Effect {
    /// An effect that says nothing but what it is.
    #[must_use]
    pub fn new(kind: EffectKind) -> Self {
        Self {
            kind,
            pass: None,
            inputs: Vec::new(),
            output_id: None,
            asset_id: None,
            start_sec: None,
            end_sec: None,
            source_in_sec: None,
            source_out_sec: None,
            factor: None,
            transition: None,
            duration_sec: None,
            aspect_ratio: None,
            resolution: None,
            frame_rate: None,
            fit: None,
            background: None,
            focus_x: None,
            focus_y: None,
            motion: None,
            clip_fit: None,
            safe_area: None,
            position: None,
            width: None,
            text: None,
            cues: None,
            font_size: None,
            font_style: None,
            volume: None,
            under: None,
            ducking: None,
            fade_in_sec: None,
            fade_out_sec: None,
            repeat: None,
            target: None,
            true_peak: None,
        }
    }
}

impl Effect {
    /// Whether it makes the picture so far out of what it names, instead of the layers.
    pub(super) fn makes_picture(&self) -> bool {
        !self.inputs.is_empty() && self.output_id.is_none()
    }

    /// Whether another moment of the picture is seen after it than before, at the times that the layers speak of.
    pub(crate) fn retimes(&self) -> bool {
        let cuts =
            matches!(self.kind, EffectKind::Trim | EffectKind::Speed | EffectKind::Concat | EffectKind::Transition);
        self.pass.unwrap_or_default() == 0 && self.output_id.is_none() && (cuts || self.makes_picture())
    }
}

impl EffectKind {
    /// The keys that an effect of this type takes beside `type`, `pass`, `inputs` and `output_id`.
    fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Trim => {
                &["source_in_sec", "source_out_sec", "volume", "fit", "background", "focus_x", "focus_y", "motion"]
            }
            Self::Speed => &["factor"],
            Self::Concat => &[],
            Self::Transition => &["kind", "duration_sec"],
            Self::FitCanvas => {
                &["aspect_ratio", "resolution", "frame_rate", "fit", "background", "focus_x", "focus_y", "safe_area"]
            }
            Self::OverlayVideo => &[
                "asset_id",
                "start_sec",
                "end_sec",
                "source_in_sec",
                "volume",
                "clip_fit",
                "fit",
                "background",
                "focus_x",
                "focus_y",
            ],
            Self::OverlayImage => &[
                "asset_id",
                "start_sec",
                "end_sec",
                "position",
                "width",
                "fit",
                "background",
                "focus_x",
                "focus_y",
                "motion",
            ],
            Self::AddTextOverlay => &["text", "position", "font_size", "font_style", "start_sec", "end_sec"],
            Self::AddSubtitles => &["cues", "font_style", "position"],
            Self::MixAudio => &[
                "asset_id",
                "start_sec",
                "end_sec",
                "source_in_sec",
                "volume",
                "under",
                "ducking",
                "fade_in_sec",
                "fade_out_sec",
                "loop",
            ],
            Self::Fade => &["fade_in_sec", "fade_out_sec"],
            Self::NormalizeLoudness => &["target", "true_peak"],
        }
    }
}

/// Nothing that is written is silently ignored: a key that belongs to another type of effect is a finding.
pub(super) fn check(effect: &Effect, at: &str, found: &mut Diagnostics) {
    let written = serde_json::to_value(effect).unwrap_or_default();
    let takes = effect.kind.takes();
    let common = ["type", "pass", "inputs", "output_id"];
    for key in written.as_object().into_iter().flat_map(|object| object.keys()).map(String::as_str) {
        if !takes.contains(&key) && !common.contains(&key) {
            let message = format!("a `{}` has no `{key}`", effect.kind.word());
            let help = if takes.is_empty() {
                "it takes none of its own; it works on its `inputs`".into()
            } else {
                suggest::help(key, takes)
            };
            found.push(Diagnostic::new(diagnostic::UNKNOWN_KEY, message).pointer(format!("{at}/{key}")).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn each_closed_set_has_the_words_of_its_type() {
        assert_eq!(EffectKind::WORDS, value::EFFECT.values);
        assert_eq!(Transition::WORDS, value::TRANSITION.values);
    }
}

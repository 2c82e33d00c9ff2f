//! How a video is to be made.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::render::{self, Depth, Encoder};
use crate::scenario::AspectRatio;
use crate::serve::language::Words;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects::label;

/// How a video is to be made. Everything may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = RenderOptions)]
pub(crate) struct Options {
    /// What it is written in. VP9 makes a .webm, ProRes a .mov, the others an .mp4.
    codec: Codec,
    /// How much time the encoder takes to make the file small: for H.264 `ultrafast` to `veryslow`, for AV1 13 to 2, for VP9
    /// 8 to 0; for ProRes its profile, `proxy` to `hq`.
    #[schema(example = "fast")]
    preset: Option<String>,
    /// The encoder's quality: for H.264 from 0, lossless, to 51, usually 20; for AV1 and VP9 to 63.
    #[schema(example = 20)]
    quality: Option<u8>,
    /// The largest file, in bytes; instead of a quality.
    #[schema(minimum = 1000, example = 16_000_000)]
    max_bytes: Option<u64>,
    /// Another shape than the scenario's own.
    ratio: Option<Ratio>,
    /// Where the subtitles go.
    pub(super) subtitles: Subtitles,
    /// How closely the video is looked at when it is finished.
    proof: Proof,
    /// Copy stretches that nothing touches from sources that are already what the video is to be, instead of encoding them.
    pub(super) smart: bool,
    /// What happens where something still waits for its media.
    pub(super) fill: Filling,
    /// What the downloaded file is called, without an ending; otherwise like the project.
    #[schema(max_length = 200, example = "teaser")]
    name: Option<String>,
}

/// What a video is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Codec {
    /// Plays everywhere.
    #[default]
    H264,
    /// Smaller, for devices of the last ten years.
    H265,
    /// Smallest, for the web of the last five years.
    Av1,
    /// With Opus, as .webm.
    Vp9,
    /// For an editor's timeline, with uncompressed sound.
    ProRes,
}

/// A shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
enum Ratio {
    #[serde(rename = "9:16")]
    Portrait,
    #[serde(rename = "16:9")]
    Landscape,
    #[serde(rename = "1:1")]
    Square,
    #[serde(rename = "4:5")]
    FourFive,
    #[serde(rename = "3:4")]
    ThreeFour,
    #[serde(rename = "4:3")]
    FourThree,
}

/// Where subtitles go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WhereSubtitles)]
pub(super) enum Subtitles {
    /// Drawn into the picture.
    #[default]
    Burned,
    /// Into a stream of their own.
    Soft,
    /// Both.
    Both,
    /// Nowhere.
    None,
}

/// How closely a video is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Proof {
    /// Its streams and packets alone.
    None,
    /// All of the sound, and the pictures as they are drawn.
    #[default]
    Quick,
    /// Every frame.
    Full,
}

/// What happens where something still waits for its media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Filling {
    /// The render is refused with the list of it.
    #[default]
    Refuse,
    /// It is filled with the best that costs nothing, and written into the scenario, before it is rendered.
    Auto,
}

impl Options {
    /// The encoder that they ask for.
    pub(super) fn encoder(&self) -> Result<Encoder> {
        if self.quality.is_some() && self.max_bytes.is_some() {
            return Err(Problem::new(
                Code::Invalid,
                "both `quality` and `max_bytes` are given, and each follows from the other; leave one of them out",
                "заданы и `quality`, и `max_bytes`, а одно следует из другого; оставьте одно из двух",
            ));
        }
        let mut encoder = Encoder::of(self.codec().software());
        if let Some(preset) = &self.preset {
            encoder = encoder.with_preset(preset).map_err(|unfit| refused(&unfit))?;
        }
        if let Some(quality) = self.quality {
            encoder = encoder.with_quality(quality).map_err(|unfit| refused(&unfit))?;
        }
        if let Some(bytes) = self.max_bytes {
            encoder = encoder.at_most(bytes.max(1000)).map_err(|unfit| refused(&unfit))?;
        }
        if let Some(name) = &self.name {
            label(name)?;
        }
        Ok(encoder)
    }

    fn codec(&self) -> render::Codec {
        match self.codec {
            Codec::H264 => render::Codec::H264,
            Codec::H265 => render::Codec::H265,
            Codec::Av1 => render::Codec::Av1,
            Codec::Vp9 => render::Codec::Vp9,
            Codec::ProRes => render::Codec::ProRes,
        }
    }

    /// How the file ends, and what it is.
    pub(super) fn container(&self) -> (&'static str, &'static str) {
        let ending = self.codec().endings().first().copied().unwrap_or("mp4");
        let content_type = match ending {
            "webm" => "video/webm",
            "mov" => "video/quicktime",
            _ => "video/mp4",
        };
        (ending, content_type)
    }

    /// The shape, if it is not the scenario's own.
    pub(super) fn shape(&self) -> Option<AspectRatio> {
        Some(match self.ratio? {
            Ratio::Portrait => AspectRatio::Portrait,
            Ratio::Landscape => AspectRatio::Landscape,
            Ratio::Square => AspectRatio::Square,
            Ratio::FourFive => AspectRatio::FourFive,
            Ratio::ThreeFour => AspectRatio::ThreeFour,
            Ratio::FourThree => AspectRatio::FourThree,
        })
    }

    pub(super) fn subtitles(&self) -> render::Subtitles {
        match self.subtitles {
            Subtitles::Burned => render::Subtitles::Burned,
            Subtitles::Soft => render::Subtitles::Soft,
            Subtitles::Both => render::Subtitles::Both,
            Subtitles::None => render::Subtitles::None,
        }
    }

    pub(super) fn depth(&self) -> Depth {
        match self.proof {
            Proof::None => Depth::None,
            Proof::Quick => Depth::Quick,
            Proof::Full => Depth::Full,
        }
    }

    /// What the video is called, without an ending.
    pub(super) fn name<'a>(&'a self, project: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(project)
    }
}

fn refused(unfit: &render::Unfit) -> Problem {
    Problem::told(Code::Invalid, Words::untranslated(format!("{}; {}", unfit.reason, unfit.fix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(json: &str) -> Options {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_shape_of_the_language_can_be_asked_for() {
        for word in crate::value::ASPECT_RATIO.values {
            let shape = options(&format!("{{\"ratio\": \"{word}\"}}")).shape();
            assert_eq!(shape.map(AspectRatio::word), Some(*word));
        }
    }

    #[test]
    fn what_an_encoder_does_not_have_is_refused() {
        for wrong in [
            r#"{"preset": "10"}"#,
            r#"{"quality": 52}"#,
            r#"{"codec": "prores", "max_bytes": 1000000}"#,
            r#"{"quality": 20, "max_bytes": 1000000}"#,
            r#"{"name": "a\nb"}"#,
        ] {
            assert_eq!(options(wrong).encoder().unwrap_err().code(), Code::Invalid, "{wrong}");
        }
        assert!(options("{}").encoder().is_ok());
        assert!(serde_json::from_str::<Options>(r#"{"codek": "h264"}"#).is_err());
    }
}

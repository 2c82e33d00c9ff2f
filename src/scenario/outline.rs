//! The outline: the small answer of whoever drafts a scenario, a model or the drafter that needs none.

mod lay;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, Source};
use crate::time::Time;
use crate::value::Cue;

use super::footage::Footage;
use super::model::{AspectRatio, Document, Format, Position};
use super::read;

/// What is seen when, and what it says: scenes over given media, and subtitles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "callsheet outline")]
pub struct Outline {
    /// The parts of the story, one after the other.
    pub scenes: Vec<OutlineScene>,
    /// What is said, for subtitles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtitle_segments: Vec<Cue>,
}

/// A part of the story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Scene")]
pub struct OutlineScene {
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
    /// Which of the given media is seen, by its id. If absent, the main one; where there is none, it must be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<String>,
    /// Where in that asset it begins; if absent, where it was left the last time, or at its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_in_sec: Option<Time>,
    /// Texts on the screen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlays: Vec<OutlineOverlay>,
}

/// A text on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Overlay")]
pub struct OutlineOverlay {
    /// What it says.
    pub text: String,
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
}

impl Outline {
    /// Reads an outline, strictly; the failures are all that is wrong with it.
    pub fn read(source: &Arc<Source>) -> Result<Self, Diagnostics> {
        read::strictly(source, "the outline is empty", "`callsheet schema outline` prints the format")
    }

    /// The scenario that it outlines, in the folder that `footage` knows.
    ///
    /// With a main asset that plays through, and other media are cutaways in their scenes; a clip that is shorter than
    /// its scene gives way to the main one again. Without a main asset each scene is a segment, and one clip goes on
    /// from scene to scene. Sounds alone become music. The failures are scenes that the media cannot fill, each with a
    /// pointer into the outline; what the scenario itself must hold to is checked by [`normalise`](super::normalise()).
    pub fn into_document(
        self,
        footage: &Footage,
        prompt: &str,
        aspect_ratio: AspectRatio,
    ) -> Result<Document, Diagnostics> {
        lay::document(self, footage, prompt, aspect_ratio)
    }
}

//! What is said: the voice-over's words in their scenes, and subtitles where somebody asks for them.

use std::path::Path;

use crate::captions::{self, Language, Limits, Listing, Track, Window};
use crate::decide::Decision;
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::scenario::{self, Document, Outline};
use crate::speech::Config;
use crate::subtitles;
use crate::time::{FrameRate, Time};
use crate::value::Cue;

use super::storyline::{Storyline, time};
use super::{Progress, Wishes};

/// Subtitles, and whose words they are; or why there are none.
pub(super) enum Subtitles {
    /// The cues, and where they come from.
    Made(Vec<Cue>, &'static str),
    /// None: the reason, and what to do.
    None(&'static str, Option<&'static str>),
}

/// The canvas is not known yet, and its rate is commonly this: two frames of it lie between cues.
fn rate() -> FrameRate {
    FrameRate::thirty()
}

/// The words of the voice-over as cues over the speech; each goes into the scene in whose time it is spoken.
pub(super) fn voice_over(text: &str, story: &Storyline, outline: &mut Outline) -> Result<(Track, Diagnostics)> {
    let limits = Limits::of(Language::of(text), rate());
    let length = time(story.length());
    let window = Window { start: Time::ZERO, end: length, speech: &story.speech };
    let (track, found) = captions::mend(captions::time(text, &window, &limits, 1), Some(length), rate())?;
    for cue in track.cues() {
        let middle = i64::midpoint(cue.start.as_millis(), cue.end.as_millis());
        let last = outline.scenes.len().saturating_sub(1);
        let place = story.scenes.partition_point(|scene| scene.end <= middle).min(last);
        if let Some(scene) = outline.scenes.get_mut(place) {
            let words = scene.voiceover_text.get_or_insert_default();
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(&cue.text.replace('\n', " "));
        }
    }
    Ok((track, found))
}

/// The ways out where nothing can hear what is said.
const WAYS: &str = "configure a speech engine (`CALLSHEET_WHISPER_MODEL=ggml-base.bin` or \
    `CALLSHEET_SPEECH_URL=http://localhost:8000/v1`), give the words that are said (`--voiceover FILE`), or give a caption \
    file (`--captions FILE`); until then `plan` and `render` refuse the draft, unless their `--prompt` wants no subtitles";

const DESCRIBED: &str = "the prompt asks for subtitles from what is seen, which takes a model to describe: write \
    \"visual_description\" in the scenes, or give a caption file (`--captions FILE`)";

/// All that subtitles can come from.
pub(super) struct Voice<'a> {
    pub(super) wishes: &'a Wishes<'a>,
    pub(super) decision: &'a Decision,
    /// The voice-over's words over the speech.
    pub(super) words: Option<&'a Track>,
    /// The folder that the draft's paths start from.
    pub(super) folder: &'a Path,
}

impl Voice<'_> {
    /// The subtitles that the wishes bring along or that the decision asks for; `draft` is the scenario without them.
    pub(super) fn subtitles(
        &self,
        draft: &Document,
        config: &Config,
        cancel: &Cancel,
        on_progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(Subtitles, Diagnostics)> {
        let source = self.decision.source;
        let none = |reason, way| Ok((Subtitles::None(reason, way), Diagnostics::new()));
        if let Some(track) = self.wishes.captions {
            return from_file(track, draft);
        }
        if !self.decision.subtitles || source == "none" {
            return none("the prompt does not ask for any", None);
        }
        if source == "on_screen" {
            return none("without a model nothing says what is seen", Some(DESCRIBED));
        }
        let heard = source == "transcription" && config.is_configured();
        if let Some(track) = self.words.filter(|_| !heard) {
            return Ok((Subtitles::Made(track.cues().cloned().collect(), "from the voice-over"), Diagnostics::new()));
        }
        if !config.is_configured() {
            return none("nothing here can hear what is said", Some(WAYS));
        }
        on_progress(Progress::Transcribing);
        let (scenario, _) = scenario::normalise(draft.clone())?;
        let ready = scenario::ready(scenario).map_err(Error::NotReady)?;
        let decision = Decision { source: "transcription", ..self.decision.clone() };
        match subtitles::provide(&ready, &decision, self.folder, config, cancel) {
            Ok((ready, found)) => {
                let cues = captions::from_scenario(ready.document()).into_iter().map(|entry| entry.cue).collect();
                Ok((Subtitles::Made(cues, "from a transcription"), found))
            }
            // An engine that hears nothing has done its work; whoever asked for subtitles must know.
            Err(Error::Invalid(_)) => none("nothing is said in the sound", Some(WAYS)),
            Err(other) => Err(other),
        }
    }
}

/// The cues of a caption file that lie inside the video.
fn from_file(track: &Track, draft: &Document) -> Result<(Subtitles, Diagnostics)> {
    let length = draft.scenario.metadata.total_duration_sec.unwrap_or(Time::MAX);
    let inside = track.entries().iter().filter(|entry| entry.cue.start < length).cloned().collect::<Vec<_>>();
    if inside.is_empty() {
        let reason = "the caption file has none inside the video";
        return Ok((Subtitles::None(reason, None), Diagnostics::new()));
    }
    let (track, found) = captions::mend(Listing::from(inside), Some(length), rate())?;
    Ok((Subtitles::Made(track.cues().cloned().collect(), "from the caption file"), found))
}

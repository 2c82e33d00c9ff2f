//! A scenario drafted without a model: from a prompt and what is measured in the media.
//!
//! ```text
//! prompt ─▶ Prompt ─────────┐ (theses, length, shape)
//!          (read)           ├─▶ Storyline ─▶ Outline ─▶ Document
//! Footage ─▶ Measured ──────┘    (tell)
//!           (shots, speech)
//! ```
//!
//! Scenes begin at shot changes and pauses, cutaways where the main clip has a joint; what stands on the screen are the
//! prompt's own phrases. Nothing is invented, nothing but the media is read, and the same input gives the same draft.

mod cut;
mod cutaways;
mod measure;
mod notes;
mod place;
mod prompt;
mod report;
mod spoken;
mod storyline;

use std::path::Path;

use crate::captions::Track;
use crate::decide::{Facts, says_nothing};
use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::rules::Program;
use crate::scenario::{self, AspectRatio, Document, Footage, Outline};
use crate::speech::Config;
use crate::time::Time;

pub use measure::{Measured, shots, speaking, speech};
pub use prompt::{LengthWish, Prompt, ShapeWish, Theses};
pub use report::Report;

use spoken::{Subtitles, Voice};
use storyline::Storyline;

/// What somebody wants of a draft.
#[derive(Clone, Debug, Default)]
pub struct Wishes<'a> {
    /// What they say, in their own words.
    pub prompt: &'a str,
    /// The longest that the video may be; if absent, what the prompt says, else as long as the media are.
    pub duration: Option<Time>,
    /// The video's shape; if absent, what the prompt says, else 9:16.
    pub aspect_ratio: Option<AspectRatio>,
    /// Which clip plays through.
    pub main: Main,
    /// The words that are spoken.
    pub voiceover: Option<&'a str>,
    /// Subtitles, with their times.
    pub captions: Option<&'a Track>,
    /// The address of a video that shows how it should be; it is never fetched.
    pub reference: Option<&'a str>,
}

/// Which clip plays through under the cutaways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Main {
    /// The longest in whose sound somebody seems to speak, else the only one that can be heard.
    #[default]
    Measured,
    /// The one of this number among the media.
    Given(usize),
    /// None: the media follow one another.
    Nobody,
}

/// How far a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The sound of a file is listened to.
    Listening(&'a Path),
    /// The pictures of a file are looked at.
    Looking(&'a Path),
    /// So much of them was looked at, of so much.
    Looked(Time, Time),
    /// What is said is written down.
    Transcribing,
}

/// Drafts a scenario of `footage`, in its folder.
///
/// The document passes [`normalise`](scenario::normalise()) and [`ready`](scenario::ready()), and compiles under the
/// shipped rules. Fails where a file cannot be measured, a speech engine fails, or the script of the rules does.
pub fn draft(
    wishes: &Wishes<'_>,
    footage: &Footage,
    program: &Program,
    config: &Config,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Document, Report)> {
    let prompt = Prompt::read(wishes.prompt, program.decider().listener());
    let mut footage = footage.clone();
    let measured = look(&mut footage, wishes.main, wishes.limit(&prompt), cancel, on_progress)?;
    let (outline, shape, report) = compose(wishes, &footage, &measured, program, config, cancel, on_progress)?;
    let (scenario, _) = scenario::normalise(outline.into_document(&footage, wishes.prompt, shape)?)?;
    Ok((scenario.document().clone(), report))
}

/// The draft of what was measured: the main clip is that of `footage`, and `measured` follows the order of its assets.
///
/// Fails like [`draft`]; it reads the media only where a speech engine is to hear them.
pub fn compose(
    wishes: &Wishes<'_>,
    footage: &Footage,
    measured: &[Measured],
    program: &Program,
    config: &Config,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Outline, AspectRatio, Report)> {
    let prompt = Prompt::read(wishes.prompt, program.decider().listener());
    let story = Storyline::tell(footage, measured, wishes.limit(&prompt));
    let mut outline = story.outline(footage);
    let mut report = Report { shot_changes: story.shots, pauses: story.pauses, ..Report::default() };
    report.scenes = outline.scenes.len();
    report.notes = notes::about_media(wishes, &prompt, footage, &story);

    let words = wishes.voiceover.filter(|text| !says_nothing(text));
    let words = words.map(|text| spoken::voice_over(text, &story, &mut outline)).transpose()?;
    let words = words.map(|(track, found)| {
        report.warnings.extend(found);
        track
    });
    let shape = wishes.aspect_ratio.or(prompt.shape().map(|wish| wish.aspect_ratio)).unwrap_or(AspectRatio::Portrait);
    let bare = outline.clone().into_document(footage, wishes.prompt, shape)?;
    let (verdict, contradictions) = program.decider().decide(Some(wishes.prompt), Facts::of(&bare))?;
    report.warnings.extend(contradictions);
    let decision = verdict.decision;

    report.reasons.theses = "the prompt does not ask for any";
    if decision.theses && !says_nothing(wishes.prompt) {
        let phrases = notes::drawable(prompt.theses(), &mut report);
        report.theses = place::theses(&phrases, &story, &mut outline);
        report.reasons.theses = "nothing in the prompt can be one";
        report.notes.extend(notes::without_room(&phrases, report.theses));
    }
    let voice = Voice { wishes, decision: &decision, words: words.as_ref(), folder: footage.folder() };
    let (subtitles, found) = voice.subtitles(&bare, config, cancel, on_progress)?;
    report.warnings.extend(found);
    match subtitles {
        Subtitles::Made(cues, source) => {
            (report.subtitles, report.reasons.subtitles) = (cues.len(), source);
            report.notes.extend((!decision.subtitles).then(|| notes::HIDDEN.to_owned()));
            outline.subtitle_segments = cues;
        }
        Subtitles::None(reason, way) => {
            report.reasons.subtitles = reason;
            report.notes.extend(way.map(str::to_owned));
        }
    }
    Ok((outline, shape, report))
}

impl Wishes<'_> {
    /// The longest that the video may be.
    fn limit(&self, prompt: &Prompt<'_>) -> Time {
        self.duration.or(prompt.length().map(|wish| wish.length)).unwrap_or(Time::MAX)
    }
}

/// Measures the media, and settles which of them plays through.
fn look(
    footage: &mut Footage,
    main: Main,
    limit: Time,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Measured>> {
    // A little further than the end, to know whether somebody speaks there.
    let heard = if limit < Time::MAX { limit + Time::from_secs(1.0).unwrap_or_default() } else { limit };
    let mut measured = measure::speech(footage, heard, cancel, on_progress)?;
    footage.set_main(match main {
        Main::Measured => measure::speaking(footage, &measured),
        Main::Given(number) => Some(number),
        Main::Nobody => None,
    });
    if let (Main::Given(number), None) = (main, footage.main()) {
        let name = footage.assets().get(number).map(|asset| notes::file_name(&asset.media.path)).unwrap_or_default();
        let message = format!("`{name}` cannot play through: it has no moving picture");
        let found =
            Diagnostic::new(diagnostic::WRONG_MEDIA, message).help("name a video with `--main`, or leave it out");
        return Err(Diagnostics::from(found).into());
    }
    measure::shots(footage, &mut measured, limit, cancel, on_progress)?;
    Ok(measured)
}

//! A scenario as a model writes it.

use crate::captions::Track;
use crate::decide::{Decision, Facts};
use crate::draft::{self, Main, Prompt, Wishes};
use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::media::MediaTable;
use crate::scenario::{AspectRatio, Document, Footage};
use crate::speech;
use crate::time::Time;
use crate::value::Cue;
use crate::writer::{self, Brief, Material};

use super::{Means, Progress, Telling};

/// Asks the model for a scenario of `footage`; says what was taken away or put right.
pub fn write(
    means: &Means<'_>,
    wishes: &Wishes<'_>,
    mut footage: Footage,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Document> {
    let Means { model, program, names, told, cancel } = *means;
    settle_main(&mut footage, wishes.main, on_progress, cancel)?;
    let prompt = Prompt::read(wishes.prompt, program.decider().listener());
    let duration = wishes.duration.or(prompt.length().map(|wish| wish.length));
    let shape = wishes.aspect_ratio.or(prompt.shape().map(|wish| wish.aspect_ratio));
    let mut facts = Facts::default();
    facts.set("has_voiceover", wishes.voiceover.is_some());
    facts.set("has_speech", footage.main().is_some_and(|main| main.media.sound.is_some()));
    let (verdict, warnings) = program.decider().decide(Some(wishes.prompt), facts)?;
    told.findings(&warnings);
    let decision = verdict.decision;
    let transcript = transcript(&footage, wishes.captions, &decision, duration, told, cancel)?;
    let media: MediaTable = footage.assets().iter().map(|asset| (asset.id.clone(), asset.media.clone())).collect();
    let material = Material {
        prompt: wishes.prompt,
        media: &media,
        names,
        main: footage.main().map(|main| main.id.as_str()),
        transcript: &transcript,
        decision: &decision,
        program,
    };
    let brief = Brief {
        footage: &footage,
        aspect_ratio: shape.unwrap_or(AspectRatio::Portrait),
        duration,
        reference: wishes.reference,
        voiceover: wishes.voiceover,
    };
    let writer = model.writer(cancel);
    let written =
        writer::scenario(&writer, &material, &brief, &mut |progress| on_progress(Progress::Writing(progress)))?;
    told.findings(&written.warnings);
    written.notes.iter().for_each(|note| told.say(&format!("note: {note}")));
    let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let scenes = counted(written.document.scenario.scenes.len(), "scene");
    let repairs = if written.repairs > 0 {
        format!(", after {}", counted(written.repairs as usize, "repair"))
    } else {
        String::new()
    };
    told.say(&format!("written by {}: {scenes}{repairs}", model.name()));
    Ok(written.document)
}

/// Which clip plays through: measured as for a draft, unless somebody says.
fn settle_main(
    footage: &mut Footage,
    main: Main,
    on_progress: &mut dyn FnMut(Progress<'_>),
    cancel: &Cancel,
) -> Result<()> {
    let number = match main {
        Main::Given(number) => Some(number),
        Main::Nobody => None,
        Main::Measured => {
            let measured = draft::speech(footage, Time::MAX, cancel, &mut |progress| {
                on_progress(Progress::Measuring(progress));
            })?;
            on_progress(Progress::Measured);
            draft::speaking(footage, &measured)
        }
    };
    footage.set_main(number);
    Ok(())
}

/// What is said: from captions, or heard where the prompt asks for it and something can hear.
fn transcript(
    footage: &Footage,
    captions: Option<&Track>,
    decision: &Decision,
    duration: Option<Time>,
    told: &dyn Telling,
    cancel: &Cancel,
) -> Result<Vec<Cue>> {
    if let Some(track) = captions {
        return Ok(track.cues().cloned().collect());
    }
    if !decision.subtitles || decision.source != "transcription" {
        return Ok(Vec::new());
    }
    let Some(main) = footage.main().filter(|main| main.media.sound.is_some()) else { return Ok(Vec::new()) };
    let config = speech::Config::from_env();
    if !config.is_configured() {
        told.say(
            "note: the prompt asks for subtitles of the speech, and nothing can hear it: configure whisper.cpp \
             (`CALLSHEET_WHISPER_MODEL`) or a server (`CALLSHEET_SPEECH_URL`), give the captions (`--captions FILE`), or \
             ask for another source in the prompt",
        );
        return Ok(Vec::new());
    }
    told.say("writing down what is said");
    let end = duration.unwrap_or(Time::MAX);
    let cues = speech::transcribe(&main.media, &config, cancel, &mut |_| {})?.cues();
    Ok(cues.into_iter().filter(|cue| cue.end <= end).collect())
}

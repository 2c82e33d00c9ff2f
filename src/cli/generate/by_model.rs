//! The scenario as a model writes it.

use crate::captions::Track;
use crate::decide::{Decision, Facts};
use crate::draft::{self, Main, Prompt};
use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::media::MediaTable;
use crate::rules::Program;
use crate::scenario::{AspectRatio, Document, Footage};
use crate::speech;
use crate::time::Time;
use crate::value::Cue;
use crate::writer::{self, Brief, Material};

use super::super::model::{Model, WriterShow};
use super::super::output::Terminal;
use super::{Args, show};

/// What the model writes of, beside the footage.
pub(super) struct Given<'a> {
    pub(super) main: Main,
    pub(super) voiceover: Option<&'a str>,
    pub(super) captions: Option<&'a Track>,
}

/// Asks the model for a scenario of `footage`; says what was taken away or put right.
pub(super) fn write(
    args: &Args,
    model: &Model,
    mut footage: Footage,
    given: &Given<'_>,
    program: &Program,
    terminal: &Terminal,
    cancel: &Cancel,
) -> Result<Document> {
    settle_main(args, &mut footage, given.main, terminal, cancel)?;
    let prompt = Prompt::read(&args.prompt, program.decider().listener());
    let duration = args.duration.or(prompt.length().map(|wish| wish.length));
    let aspect_ratio = args.aspect.or(prompt.shape().map(|wish| wish.aspect_ratio)).unwrap_or(AspectRatio::Portrait);
    let mut facts = Facts::default();
    facts.set("has_voiceover", given.voiceover.is_some());
    facts.set("has_speech", footage.main().is_some_and(|main| main.media.sound.is_some()));
    let (verdict, warnings) = program.decider().decide(Some(&args.prompt), facts)?;
    terminal.findings(&warnings);
    let decision = verdict.decision;
    let transcript = transcript(&footage, given, &decision, duration, terminal, cancel)?;
    let media: MediaTable = footage.assets().iter().map(|asset| (asset.id.clone(), asset.media.clone())).collect();
    let material = Material {
        prompt: &args.prompt,
        media: &media,
        main: footage.main().map(|main| main.id.as_str()),
        transcript: &transcript,
        decision: &decision,
        program,
    };
    let brief = Brief {
        footage: &footage,
        aspect_ratio,
        duration,
        reference: args.reference.as_deref(),
        voiceover: given.voiceover,
    };
    let mut show = WriterShow::new(terminal);
    let written = writer::scenario(&model.writer(cancel), &material, &brief, &mut |progress| {
        if !args.quiet {
            show.show(&progress);
        }
    })?;
    terminal.findings(&written.warnings);
    written.notes.iter().for_each(|note| terminal.say(&format!("note: {note}")));
    let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let scenes = counted(written.document.scenario.scenes.len(), "scene");
    let repairs = if written.repairs > 0 {
        format!(", after {}", counted(written.repairs as usize, "repair"))
    } else {
        String::new()
    };
    terminal.say(&format!("written by {}: {scenes}{repairs}", model.name()));
    Ok(written.document)
}

/// Which clip plays through: measured as for a draft, unless somebody says.
fn settle_main(args: &Args, footage: &mut Footage, main: Main, terminal: &Terminal, cancel: &Cancel) -> Result<()> {
    let number = match main {
        Main::Given(number) => Some(number),
        Main::Nobody => None,
        Main::Measured => {
            let mut measuring = terminal.measuring();
            let measured = draft::speech(footage, Time::MAX, cancel, &mut |progress| {
                if !args.quiet {
                    show(&mut measuring, progress);
                }
            })?;
            draft::speaking(footage, &measured)
        }
    };
    footage.set_main(number);
    Ok(())
}

/// What is said: from a caption file, or heard where the prompt asks for it and something can hear.
fn transcript(
    footage: &Footage,
    given: &Given<'_>,
    decision: &Decision,
    duration: Option<Time>,
    terminal: &Terminal,
    cancel: &Cancel,
) -> Result<Vec<Cue>> {
    if let Some(track) = given.captions {
        return Ok(track.cues().cloned().collect());
    }
    if !decision.subtitles || decision.source != "transcription" {
        return Ok(Vec::new());
    }
    let Some(main) = footage.main().filter(|main| main.media.sound.is_some()) else { return Ok(Vec::new()) };
    let config = speech::Config::from_env();
    if !config.is_configured() {
        terminal.say(
            "note: the prompt asks for subtitles of the speech, and nothing can hear it: configure whisper.cpp \
             (`CALLSHEET_WHISPER_MODEL`) or a server (`CALLSHEET_SPEECH_URL`), give `--captions FILE`, or ask for another \
             source in the prompt",
        );
        return Ok(Vec::new());
    }
    terminal.say("writing down what is said");
    let end = duration.unwrap_or(Time::MAX);
    let cues = speech::transcribe(&main.media, &config, cancel, &mut |_| {})?.cues();
    Ok(cues.into_iter().filter(|cue| cue.end <= end).collect())
}

//! The Editor: an instruction and media become tasks.

use std::collections::BTreeMap;

use crate::decide::Facts;
use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::media::MediaTable;
use crate::scenario::Footage;
use crate::speech;
use crate::value::Cue;
use crate::writer::{self, Material, Planned};

use super::{Means, Progress, Telling};

/// Asks the model what `prompt` does with `footage`. Where it asks for subtitles, `heard` gives what is said, if somebody
/// knows; else it is listened to.
pub fn edit(
    means: &Means<'_>,
    prompt: &str,
    footage: &Footage,
    heard: Option<&dyn Fn() -> Result<Vec<Cue>>>,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Planned> {
    let Means { model, program, names, told, cancel } = *means;
    let mut facts = Facts::default();
    facts.set("has_speech", footage.main().is_some_and(|main| main.media.sound.is_some()));
    let (verdict, warnings) = program.decider().decide(Some(prompt), facts)?;
    told.findings(&warnings);
    let decision = verdict.decision;
    let transcript = match heard {
        _ if !decision.subtitles => Vec::new(),
        Some(heard) => heard()?,
        None => listen(footage, told, cancel)?,
    };
    let media: MediaTable = footage.assets().iter().map(|asset| (asset.id.clone(), asset.media.clone())).collect();
    let assets: BTreeMap<String, String> =
        footage.assets().iter().map(|asset| (asset.id.clone(), asset.path.clone())).collect();
    let material = Material {
        prompt,
        media: &media,
        names,
        main: footage.main().map(|main| main.id.as_str()),
        transcript: &transcript,
        decision: &decision,
        program,
    };
    let writer = model.writer(cancel);
    let planned = writer::edit(&writer, &material, &assets, &mut |progress| on_progress(Progress::Writing(progress)))?;
    told.findings(&planned.warnings);
    Ok(planned)
}

/// What is said in the main video; nothing where nobody can hear, which is said.
fn listen(footage: &Footage, told: &dyn Telling, cancel: &Cancel) -> Result<Vec<Cue>> {
    let config = speech::Config::from_env();
    let Some(main) = footage.main().filter(|main| main.media.sound.is_some()) else { return Ok(Vec::new()) };
    if !config.is_configured() {
        told.say(
            "the prompt asks for subtitles, and nothing is configured that can hear speech: give `--transcript FILE`, or \
             see `callsheet transcribe --help`",
        );
        return Ok(Vec::new());
    }
    told.say("listening to what is said");
    Ok(speech::transcribe(&main.media, &config, cancel, &mut |_| {})?.cues())
}

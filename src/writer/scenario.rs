//! A scenario that a model writes.

use std::sync::Arc;

use minijinja::context;
use serde_json::Value as Json;

use crate::compile::compile;
use crate::diagnostic::{Diagnostics, Source};
use crate::error::Result;
use crate::llm::Schema;
use crate::media::MediaTable;
use crate::scenario::{self, AspectRatio, Document, Footage, Outline};
use crate::tasks;
use crate::time::Time;

use super::ask::Verdict;
use super::data::Material;
use super::prompts::Prompt;
use super::{Progress, Writer, habits, wishes};

/// A thesis is a headline: what the shipped rules allow at most.
const THESIS_LETTERS: u32 = 60;

/// What a scenario is to be like, beside its material.
#[derive(Debug)]
pub struct Brief<'a> {
    /// The media with their places.
    pub footage: &'a Footage,
    /// The shape of the video.
    pub aspect_ratio: AspectRatio,
    /// How long it is to be, if the user says so.
    pub duration: Option<Time>,
    /// An address that the user names as an example; it is shown to the model and never fetched.
    pub reference: Option<&'a str>,
    /// The words that are to be spoken, if there are any.
    pub voiceover: Option<&'a str>,
}

/// A scenario by a model that holds: it is ready, the rules make a plan of it, and its times fit the media.
#[derive(Debug)]
pub struct Written {
    /// The scenario.
    pub document: Document,
    /// What was taken away or put in its place, one line each.
    pub notes: Vec<String>,
    /// How many repairs it took.
    pub repairs: u32,
    /// What is worth knowing about it.
    pub warnings: Diagnostics,
}

/// Asks for a scenario.
///
/// The failures are those of [`llm::ask`](crate::llm::ask()), and [`Error::Answer`](crate::error::Error::Answer) with the
/// findings where no answer holds after all repairs.
pub fn scenario(
    writer: &Writer<'_>,
    material: &Material<'_>,
    brief: &Brief<'_>,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Written> {
    let values = context! {
        language => language(material.prompt),
        seconds => brief.duration.map(Time::as_secs),
        aspect_ratio => brief.aspect_ratio.word(),
        reference => brief.reference.map(str::to_owned),
        voiceover => brief.voiceover.map(str::to_owned),
        thesis_letters => THESIS_LETTERS,
        ..material.values()
    };
    let asked = writer.templates.fill(Prompt::Scenario, &values)?;
    let mut judge = |_: &Json, source: &Arc<Source>| judge(source, material, brief);
    let schema = Schema::of::<Outline>("scenario")?;
    let (written, repairs) = writer.converse(asked, schema, habits::outline, &mut judge, on_progress)?.held()?;
    Ok(Written { repairs, ..written })
}

fn judge(source: &Arc<Source>, material: &Material<'_>, brief: &Brief<'_>) -> Verdict<Written> {
    let mut outline = Outline::read(source)?;
    let mut notes = wishes::take_away(&mut outline, material.decision);
    notes.extend(wishes::hold_to_transcript(&mut outline, material.decision, material.transcript));
    let mut found = wishes::missing(&outline, material.decision);
    let held = hold(outline, material, brief);
    match held {
        Ok((document, warnings)) if !found.has_errors() => Ok(Written { document, notes, repairs: 0, warnings }),
        Ok(_) => Err(found),
        Err(more) => {
            found.extend(more);
            Err(in_outline(&found))
        }
    }
}

/// The scenario of the outline, if it can be rendered.
fn hold(outline: Outline, material: &Material<'_>, brief: &Brief<'_>) -> Verdict<(Document, Diagnostics)> {
    let document = outline.into_document(brief.footage, material.prompt, brief.aspect_ratio)?;
    let (scenario, mut warnings) = scenario::normalise(document.clone())?;
    // A scenario of given media waits for nothing.
    let Ok(ready) = scenario::ready(scenario) else { return Ok((document, warnings)) };
    let (plan, more) = compile(&ready, material.decision, material.program)?;
    warnings.extend(more);
    let media: MediaTable = material.media.clone();
    let (_, more) = tasks::validate(plan, media, true)?;
    warnings.extend(more);
    Ok((document, warnings))
}

/// The findings with the places that they have in the outline, which is what the model wrote.
fn in_outline(found: &Diagnostics) -> Diagnostics {
    let mut moved = Diagnostics::new();
    for finding in found {
        let mut finding = finding.clone();
        if let Some(pointer) = finding.pointer.as_deref().and_then(|pointer| pointer.strip_prefix("/scenario/scenes")) {
            finding.pointer = Some(format!("/scenes{pointer}"));
        }
        moved.push(finding);
    }
    moved
}

/// The language of a prompt, by its letters.
fn language(prompt: &str) -> &'static str {
    let is_cyrillic = |letter: &char| matches!(letter, '\u{400}'..='\u{52f}');
    let letters = prompt.chars().filter(|letter| letter.is_alphabetic()).count();
    let cyrillic = prompt.chars().filter(is_cyrillic).count();
    if cyrillic * 2 > letters { "Russian" } else { "that of the prompt" }
}

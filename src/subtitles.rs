//! Subtitles that the prompt asks for and the scenario does not have: made where the decision says they come from.

use std::path::Path;

use crate::captions::{self, Entry, Limits, Listing, Window};
use crate::decide::{self, Decision};
use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media;
use crate::scenario::{self, Ready, Scenario};
use crate::speech::{self, Config};
use crate::time::{FrameRate, Time};
use crate::value::Word;

/// Whether the decision asks for subtitles that the scenario does not have.
#[must_use]
pub fn are_missing(ready: &Ready, decision: &Decision) -> bool {
    decision.subtitles && decision.source != "none" && decide::count(ready.document()).subtitles == 0
}

/// The scenario with a subtitle layer, made of what the decision says: the scenes' voice-over texts over the speech that is
/// heard, a transcription of that speech, or the scenes' descriptions.
///
/// Paths start from `folder`. The findings tell which texts could not keep to the limits of [`Limits`]; a source that has
/// nothing is an error that names the ways out.
pub fn provide(
    ready: &Ready,
    decision: &Decision,
    folder: &Path,
    config: &Config,
    cancel: &Cancel,
) -> Result<(Ready, Diagnostics)> {
    let scenario = ready.scenario();
    // What is left between two cues is two frames; the canvas is not known yet, and its rate is commonly this.
    let rate = FrameRate::thirty();
    let listing = match decision.source {
        "voiceover" => {
            let speech = captions::listen(scenario, folder, cancel)?;
            captions::voiceover(scenario, &speech, None, rate)
        }
        "transcription" => transcription(scenario, folder, config, cancel, rate)?,
        _ => descriptions(scenario, rate),
    };
    if listing.entries.is_empty() && !listing.found.has_errors() {
        return Err(nothing(decision.source).into());
    }
    let (track, mut found) = captions::mend(listing, Some(scenario.facts().duration), rate)?;
    let mut document = scenario.document().clone();
    captions::into_scenario(&mut document, &track);
    let (scenario, warnings) = scenario::normalise(document)?;
    found.extend(warnings);
    let ready = scenario::ready(scenario).map_err(Error::NotReady)?;
    Ok((ready, found))
}

/// What is said in each sound that may hold speech, as cues that a person can read.
fn transcription(
    scenario: &Scenario,
    folder: &Path,
    config: &Config,
    cancel: &Cancel,
    rate: FrameRate,
) -> Result<Listing> {
    let mut listing = Listing::default();
    for voice in captions::voices(scenario) {
        let Some(path) = scenario.document().assets.get(voice.asset) else { continue };
        let media = media::probe(voice.asset, &folder.join(path), cancel)?;
        let transcript = speech::transcribe(&media, config, cancel, &mut |_| {})?;
        let window = voice.source..voice.source + (voice.end - voice.start);
        let shift = |time: Time| time - voice.source + voice.start;
        for cue in transcript.cues() {
            let (start, end) = (cue.start.max(window.start), cue.end.min(window.end));
            if start < end {
                let words: Vec<Word> = cue
                    .words
                    .into_iter()
                    .map(|word| Word { start: shift(word.start), end: shift(word.end), ..word })
                    .collect();
                spread(&mut listing, &cue.text, (shift(start), shift(end)), &words, rate, "");
            }
        }
    }
    Ok(listing)
}

/// What the scenes say is to be seen, each text inside its scene.
fn descriptions(scenario: &Scenario, rate: FrameRate) -> Listing {
    let mut listing = Listing::default();
    for (number, scene) in scenario.document().scenario.scenes.iter().enumerate() {
        if let Some(text) = scene.visual_description.as_deref().filter(|text| !text.trim().is_empty()) {
            let pointer = format!("/scenario/scenes/{number}/visual_description");
            spread(&mut listing, text, (scene.start_sec, scene.end_sec), &[], rate, &pointer);
        }
    }
    listing
}

/// Adds `text` as cues from `start` to `end`, with the times of its words where they were heard.
fn spread(
    listing: &mut Listing,
    text: &str,
    (start, end): (Time, Time),
    words: &[Word],
    rate: FrameRate,
    pointer: &str,
) {
    let limits = Limits::of(captions::Language::of(text), rate);
    let window = Window { start, end, speech: &[(start, end)] };
    let mut made = captions::time(text, &window, &limits, listing.entries.len() + 1);
    captions::place_words(&mut made.entries, words, &limits);
    let place = (!pointer.is_empty()).then(|| pointer.to_owned());
    listing.entries.extend(made.entries.into_iter().map(|entry| Entry { pointer: place.clone(), ..entry }));
    listing.found.extend(made.found);
}

fn nothing(source: &str) -> Diagnostics {
    let (what, where_it_stands) = match source {
        "voiceover" => ("no scene has a voice-over text", "write \"voiceover_text\" in the scenes"),
        "transcription" => ("nothing is said in the sound", "give the words: `callsheet captions import`"),
        _ => ("no scene has a description", "write \"visual_description\" in the scenes"),
    };
    Diagnostic::new(diagnostic::NO_CAPTIONS, format!("the prompt asks for subtitles, but {what}"))
        .pointer("/scenario/scenes")
        .help(format!("{where_it_stands}, or choose another source: `--prompt`"))
        .into()
}

//! What the prompt says outright binds the model: texts that it refuses are taken away, texts that it asks for must be there.

use crate::decide::Decision;
use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::scenario::{Format, Outline};
use crate::tasks::Plan;
use crate::value::Cue;

use super::planner::named;

/// Takes out of `outline` what the decision refuses; says what, one line each.
pub(super) fn take_away(outline: &mut Outline, decision: &Decision) -> Vec<String> {
    let mut theses = 0;
    let mut subtitles = 0;
    for scene in &mut outline.scenes {
        scene.overlays.retain(|overlay| {
            let is_thesis = overlay.format.unwrap_or(Format::Thesis) == Format::Thesis;
            let (keep, count) =
                if is_thesis { (decision.theses, &mut theses) } else { (decision.subtitles, &mut subtitles) };
            *count += usize::from(!keep);
            keep
        });
    }
    if !decision.subtitles {
        subtitles += outline.subtitle_segments.len();
        outline.subtitle_segments.clear();
    }
    let mut told = Vec::new();
    for (count, one, many) in [(theses, "thesis", "theses"), (subtitles, "subtitle", "subtitles")] {
        if count > 0 {
            let word = if count == 1 { one } else { many };
            told.push(format!("the model wrote {count} {word}, and the prompt wants none: taken away"));
        }
    }
    told
}

/// Puts what was heard in the place of what the model says was said: subtitles of a transcription are facts.
pub(super) fn hold_to_transcript(outline: &mut Outline, decision: &Decision, transcript: &[Cue]) -> Option<String> {
    if !decision.subtitles || decision.source != "transcription" {
        return None;
    }
    let invented = !outline.subtitle_segments.is_empty() && outline.subtitle_segments != transcript;
    outline.subtitle_segments = transcript.to_vec();
    invented.then(|| {
        if transcript.is_empty() {
            "the model wrote subtitles of speech that nobody has heard: taken away".to_owned()
        } else {
            "the subtitles are those of the transcript, not the model's".to_owned()
        }
    })
}

/// What the prompt asks for and the outline has not.
pub(super) fn missing(outline: &Outline, decision: &Decision) -> Diagnostics {
    let mut found = Diagnostics::new();
    let overlays = outline.scenes.iter().flat_map(|scene| &scene.overlays);
    let has_theses = overlays.into_iter().any(|overlay| overlay.format.unwrap_or(Format::Thesis) == Format::Thesis);
    if decision.theses && !has_theses {
        found.push(
            Diagnostic::new(diagnostic::WISH_UNMET, "the prompt asks for theses, and no scene has one")
                .pointer("/scenes")
                .help("give the scenes overlays of format \"thesis\""),
        );
    }
    let has_voice =
        outline.scenes.iter().any(|scene| scene.voiceover_text.as_deref().is_some_and(|text| !text.trim().is_empty()));
    if decision.subtitles && decision.source == "voiceover" && !has_voice && outline.subtitle_segments.is_empty() {
        found.push(
            Diagnostic::new(
                diagnostic::WISH_UNMET,
                "the prompt asks for subtitles of the voice-over, and no scene has a voice-over text",
            )
            .pointer("/scenes")
            .help("write what the voice says into `voiceover_text` of the scenes"),
        );
    }
    found
}

/// Takes out of a scenario's plan the texts that the decision refuses.
pub(super) fn bind_plan(plan: &mut Plan, decision: &Decision) -> Vec<String> {
    // Without theses and subtitles no text is wanted at all; with subtitles alone a text overlay may be one of them.
    bind_edit(plan, !decision.subtitles, !decision.theses && !decision.subtitles)
}

/// Takes subtitles, or texts of every kind, out of a plan.
pub(super) fn bind_edit(plan: &mut Plan, no_subtitles: bool, no_texts: bool) -> Vec<String> {
    let mut told = Vec::new();
    plan.tasks.retain(|task| {
        let refused = match task.spec.name {
            "add_subtitles" => no_subtitles || no_texts,
            "add_text_overlay" => no_texts,
            _ => false,
        };
        if refused {
            told.push(format!("{} is taken away: the prompt wants no such text", named(task)));
        }
        !refused
    });
    told
}

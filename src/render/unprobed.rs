//! The texts of a plan whose media nobody has measured.

use crate::diagnostic::Diagnostics;
use crate::tasks::Plan;
use crate::text::FontSet;

use super::lower::text;
use super::strip::By;
use super::texts::{text_diagnostics, text_runs};
use super::timeline::{Item, ItemContent, fitted};

/// What comes up when the texts of `plan` are laid out by the times that their tasks have. Nothing, where media decide: the
/// plan has no canvas of its own, or a task changes the time under a text.
#[must_use]
pub fn unprobed_texts(plan: &Plan, fonts: &FontSet) -> Diagnostics {
    let canvas = plan.tasks.iter().rev().find(|task| task.spec.name == "fit_canvas").and_then(fitted);
    let Some(canvas) = canvas else { return Diagnostics::new() };
    let mut items = Vec::new();
    for (number, task) in plan.tasks.iter().enumerate() {
        let mut add = |start, end, words: &str| {
            let frames = canvas.rate.frame_at(start)..canvas.rate.frame_at(end);
            let content = ItemContent::Text(text(plan, number, task, words));
            items.push(Item { ranges: std::iter::once(frames).collect(), content, by: By::Open });
        };
        match task.spec.name {
            "add_text_overlay" | "add_subtitles" if !task.inputs.is_empty() || task.output_id.is_some() => {
                return Diagnostics::new();
            }
            "add_text_overlay" => {
                let time = |name: &str| task.time(name).unwrap_or_default();
                add(time("start_time"), time("end_time"), task.text("text").unwrap_or_default());
            }
            "add_subtitles" => task.cues("segments").iter().for_each(|cue| add(cue.start, cue.end, &cue.text)),
            "trim" | "concat" | "speed" | "transition" if !items.is_empty() => return Diagnostics::new(),
            _ => {}
        }
    }
    let (_, findings) = text_runs(&canvas, &items, fonts);
    text_diagnostics(plan, &findings)
}

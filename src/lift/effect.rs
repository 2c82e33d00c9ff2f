//! A task as an effect: every parameter of the catalogue has its key.

use crate::scenario::{AspectRatio, ClipFit, Effect, EffectKind, Fit, Motion, Position, SafeArea, Transition};
use crate::tasks::Task;
use crate::value::Value;

/// `task` as an effect of the scenario; `None` where it has a parameter that no effect has.
pub(super) fn of(task: &Task) -> Option<Effect> {
    let kind = EffectKind::from_word(task.spec.name)?;
    let mut effect = Effect::new(kind);
    effect.inputs.clone_from(&task.inputs);
    effect.output_id.clone_from(&task.output_id);
    for (name, value) in &task.params {
        set(&mut effect, name, value)?;
    }
    Some(effect)
}

fn set(effect: &mut Effect, name: &str, value: &Value<'static>) -> Option<()> {
    let of_source = effect.kind == EffectKind::Trim;
    match (name, value) {
        ("start_time", Value::Seconds(time)) if of_source => effect.source_in_sec = Some(*time),
        ("end_time", Value::Seconds(time)) if of_source => effect.source_out_sec = Some(*time),
        ("start_time", Value::Seconds(time)) => effect.start_sec = Some(*time),
        ("end_time", Value::Seconds(time)) => effect.end_sec = Some(*time),
        ("source_start", Value::Seconds(time)) => effect.source_in_sec = Some(*time),
        ("duration", Value::Seconds(time)) => effect.duration_sec = Some(*time),
        ("fade_in", Value::Seconds(time)) => effect.fade_in_sec = Some(*time),
        ("fade_out", Value::Seconds(time)) => effect.fade_out_sec = Some(*time),
        ("stock_id" | "image_id" | "audio_id", Value::Name(id)) => effect.asset_id = Some(id.to_string()),
        ("style", Value::Name(style)) => effect.font_style = Some(style.to_string()),
        ("text", Value::Text(text)) => effect.text = Some(text.to_string()),
        ("segments", Value::Cues(cues)) => effect.cues = Some(cues.clone()),
        ("kind", Value::Symbol(word)) => effect.transition = Some(Transition::from_word(word)?),
        ("aspect_ratio", Value::Symbol(word)) => effect.aspect_ratio = Some(AspectRatio::from_word(word)?),
        ("fit", Value::Symbol(word)) => effect.fit = Some(Fit::from_word(word)?),
        ("background", Value::Text(text)) => effect.background = Some(text.to_string()),
        ("focus_x", Value::Ratio(share)) => effect.focus_x = Some(*share),
        ("focus_y", Value::Ratio(share)) => effect.focus_y = Some(*share),
        ("motion", Value::Symbol(word)) => effect.motion = Some(Motion::from_word(word)?),
        ("clip_fit", Value::Symbol(word)) => effect.clip_fit = Some(ClipFit::from_word(word)?),
        ("safe_area", Value::Symbol(word)) => effect.safe_area = Some(SafeArea::from_word(word)?),
        ("position", Value::Symbol(word)) => effect.position = Some(Position::from_word(word)?),
        ("factor", Value::Number(number)) => effect.factor = Some(*number),
        ("resolution", Value::Pixels(pixels)) => effect.resolution = Some(*pixels),
        ("font_size", Value::Pixels(pixels)) => effect.font_size = Some(*pixels),
        ("frame_rate", Value::Number(number)) => effect.frame_rate = Some(*number),
        ("target", Value::Number(number)) => effect.target = Some(*number),
        ("true_peak", Value::Number(number)) => effect.true_peak = Some(*number),
        ("width", Value::Ratio(share)) => effect.width = Some(*share),
        ("volume", Value::Ratio(share)) => effect.volume = Some(*share),
        ("under", Value::Ratio(share)) => effect.under = Some(*share),
        ("ducking", Value::Number(decibels)) => effect.ducking = Some(*decibels),
        ("loop", Value::Bool(repeat)) => effect.repeat = Some(*repeat),
        _ => return None,
    }
    Some(())
}

//! The pictures from task to task: how long each one is, and what may still be done to it.

use std::collections::BTreeMap;

use crate::diagnostic::{self, Code};
use crate::media::MediaTable;
use crate::suggest;
use crate::tasks::catalogue::Stage;
use crate::tasks::plan::{Plan, Task};
use crate::time::Time;

use super::{Findings, tolerance};

/// What is known of a picture on its way.
#[derive(Clone, Debug, Default)]
struct Picture {
    /// How long it is; `None` for a photo.
    duration: Option<Time>,
    /// Stretches in which something is drawn on it.
    drawn: Vec<(Time, Time)>,
    /// Stretches that may not be cut: fades and transitions.
    whole: Vec<(Time, Time)>,
    /// Where one part ends and the next begins.
    cuts: Vec<Time>,
}

impl Picture {
    fn shifted(&self, by: Time) -> Self {
        let shift = |ranges: &[(Time, Time)]| ranges.iter().map(|(start, end)| (*start + by, *end + by)).collect();
        let cuts = self.cuts.iter().map(|cut| *cut + by).collect();
        Self { duration: self.duration, drawn: shift(&self.drawn), whole: shift(&self.whole), cuts }
    }
}

struct Flow<'a> {
    plan: &'a Plan,
    media: &'a MediaTable,
    /// By id; nothing for an output whose task is wrong, so that one mistake is one finding.
    outputs: BTreeMap<&'a str, Option<Picture>>,
    so_far: Option<Picture>,
    canvas_by: Option<usize>,
    loudness_by: Option<usize>,
    findings: &'a mut Findings,
    number: usize,
    task: &'a Task,
}

/// Follows the plan's pictures and returns how long the last one is.
pub(super) fn follow(plan: &Plan, media: &MediaTable, findings: &mut Findings) -> Time {
    let Some(first) = plan.tasks.first() else {
        let nothing = diagnostic::Diagnostic::new(diagnostic::EMPTY_PICTURE, "the plan has no tasks");
        findings.found.push(nothing.pointer("/tasks").help("a plan begins with a picture, e.g. `trim` of an asset"));
        return Time::ZERO;
    };
    let mut flow = Flow {
        plan,
        media,
        outputs: BTreeMap::new(),
        so_far: None,
        canvas_by: None,
        loudness_by: None,
        findings,
        number: 0,
        task: first,
    };
    if let Some(main) = &plan.main_asset_id {
        flow.so_far = flow.asset_picture(main);
    }
    for (number, task) in plan.tasks.iter().enumerate() {
        flow.number = number;
        flow.task = task;
        flow.step();
    }
    match flow.so_far.clone() {
        Some(Picture { duration: Some(duration), .. }) => duration,
        Some(_) => {
            flow.push(
                diagnostic::EMPTY_PICTURE,
                "",
                "the picture is a photo, which has no length".into(),
                "`trim` it to a length",
            );
            Time::ZERO
        }
        None => {
            let help =
                "let the last tasks work on the picture so far: leave out `output_id` where the result is the video";
            flow.push(diagnostic::EMPTY_PICTURE, "", "the plan ends without a picture".into(), help);
            Time::ZERO
        }
    }
}

impl Flow<'_> {
    fn push(&mut self, code: Code, param: &str, message: String, help: impl Into<String>) {
        self.findings.push(code, self.number, self.task, param, message, help);
    }

    fn step(&mut self) {
        let result = match self.task.spec.name {
            "concat" => self.concat(),
            "transition" => self.transition(),
            name => {
                let picture =
                    if let Some(input) = self.task.inputs.first() { self.input(input) } else { self.picture_so_far() };
                picture.and_then(|picture| match name {
                    "trim" => self.trim(&picture),
                    "speed" => self.speed(&picture),
                    "fit_canvas" => Some(self.fit_canvas(picture)),
                    "overlay_video" => self.overlay_video(picture),
                    "overlay_image" => self.overlay_image(picture),
                    "add_text_overlay" => self.text(picture),
                    "add_subtitles" => Some(self.subtitles(picture)),
                    "mix_audio" => self.mix_audio(picture),
                    "fade" => self.fade(picture),
                    _ => {
                        self.loudness_by = Some(self.number);
                        Some(picture)
                    }
                })
            }
        };
        let changes_sound =
            self.task.spec.stage != Stage::Text && !matches!(self.task.spec.name, "overlay_image" | "fade");
        if let Some(loudness) = self.loudness_by
            && loudness != self.number
            && changes_sound
        {
            let message =
                format!("`{}` changes the sound after `normalize_loudness` has measured it", self.task.spec.name);
            self.push(diagnostic::TASK_ORDER, "", message, "put `normalize_loudness` last");
        }
        match (&self.task.output_id, result) {
            (Some(id), result) => {
                if self.plan.assets.contains_key(id) || self.outputs.contains_key(id.as_str()) {
                    let message = format!("the output id `{}` is taken", id.escape_debug());
                    self.push(diagnostic::OUTPUT_TAKEN, "output_id", message, "give the result a name of its own");
                }
                self.outputs.insert(id, result);
            }
            (None, Some(result)) => self.so_far = Some(result),
            (None, None) => {}
        }
    }

    fn picture_so_far(&mut self) -> Option<Picture> {
        if self.so_far.is_none() {
            let message = format!("`{}` has no picture to work on", self.task.spec.name);
            self.push(
                diagnostic::EMPTY_PICTURE,
                "",
                message,
                "name its `inputs`, or let an earlier task make a picture",
            );
        }
        self.so_far.clone()
    }

    /// The picture that an asset or an output is.
    fn input(&mut self, id: &str) -> Option<Picture> {
        if let Some(output) = self.outputs.get(id) {
            return output.clone();
        }
        if self.plan.assets.contains_key(id) {
            return self.asset_picture(id);
        }
        let known: Vec<&str> =
            self.outputs.keys().copied().chain(self.plan.assets.keys().map(String::as_str)).collect();
        let message = format!("there is no asset or earlier output `{}`", id.escape_debug());
        let help = if id.contains(['/', '\\']) {
            "an id is never a path: give the file an id in `assets`".to_owned()
        } else {
            suggest::help(id, &known)
        };
        self.push(diagnostic::UNKNOWN_INPUT, "inputs", message, help);
        None
    }

    fn asset_picture(&mut self, id: &str) -> Option<Picture> {
        let media = self.media.get(id)?;
        if media.picture.is_none() {
            let message = format!("`{}` has no picture, only sound", id.escape_debug());
            self.push(diagnostic::WRONG_MEDIA, "inputs", message, "sounds are played by `mix_audio`");
            return None;
        }
        Some(Picture { duration: media.duration().filter(|_| !media.is_still()), ..Picture::default() })
    }

    /// `start_time` and `end_time`, if they are in order.
    fn range(&mut self) -> Option<(Time, Time)> {
        let (start, end) = (self.task.time("start_time")?, self.task.time("end_time")?);
        if end <= start {
            let message = format!("`end_time` is {end} s, but `start_time` is {start} s");
            self.push(diagnostic::BACKWARD_TIME, "params/end_time", message, format!("write an end after {start}"));
            return None;
        }
        Some((start, end))
    }

    /// The same, inside the picture so far.
    fn range_inside(&mut self, picture: &Picture) -> Option<(Time, Time)> {
        let (start, end) = self.range()?;
        self.inside(end, picture, "params/end_time");
        Some((start, end))
    }

    fn inside(&mut self, end: Time, picture: &Picture, param: &str) {
        if let Some(duration) = picture.duration
            && end > duration + tolerance()
        {
            let message =
                format!("`{}` ends at {end} s, but the picture so far is {duration} s long", self.task.spec.name);
            self.push(diagnostic::PAST_PICTURE_END, param, message, format!("end it at {duration} or earlier"));
        }
    }

    fn trim(&mut self, picture: &Picture) -> Option<Picture> {
        let (start, end) = self.range()?;
        if let Some(duration) = picture.duration
            && end > duration + tolerance()
        {
            let what =
                self.task.inputs.first().map_or("the picture so far".into(), |id| format!("`{}`", id.escape_debug()));
            let message = format!("{what} is {duration} s long, but is used up to {end} s");
            self.push(
                diagnostic::PAST_MEDIA_END,
                "params/end_time",
                message,
                format!("end at {duration} s, or use a longer clip"),
            );
        }
        if let Some((from, to)) =
            picture.whole.iter().find(|(from, to)| [start, end].iter().any(|cut| from < cut && cut < to))
        {
            let message = format!("`trim` cuts through the fade or transition from {from} s to {to} s");
            self.push(diagnostic::TASK_ORDER, "", message, "trim first, then fade");
        }
        let keep = |ranges: &[(Time, Time)]| {
            let kept = ranges.iter().filter(|(from, to)| *from < end && *to > start);
            kept.map(|(from, to)| (from.saturating_sub(start), (*to).min(end).saturating_sub(start))).collect()
        };
        let cuts = picture.cuts.iter().filter(|cut| (start..end).contains(cut)).map(|cut| *cut - start).collect();
        Some(Picture { duration: Some(end - start), drawn: keep(&picture.drawn), whole: keep(&picture.whole), cuts })
    }

    fn speed(&mut self, picture: &Picture) -> Option<Picture> {
        let factor = self.task.number("factor")?;
        let Some(duration) = picture.duration else {
            self.push(diagnostic::WRONG_MEDIA, "inputs", "a photo has no speed".into(), "leave the task out");
            return None;
        };
        let scale = |ranges: &[(Time, Time)]| {
            ranges.iter().map(|(from, to)| (from.scaled(factor), to.scaled(factor))).collect()
        };
        let cuts = picture.cuts.iter().map(|cut| cut.scaled(factor)).collect();
        let duration = Some(duration.scaled(factor));
        Some(Picture { duration, drawn: scale(&picture.drawn), whole: scale(&picture.whole), cuts })
    }

    /// An input that must have a length.
    fn clip(&mut self, id: &str) -> Option<(Picture, Time)> {
        let picture = self.input(id)?;
        let Some(duration) = picture.duration else {
            let message = format!("`{}` is a photo, which has no length", id.escape_debug());
            self.push(diagnostic::WRONG_MEDIA, "inputs", message, "`trim` it to a length first, with an `output_id`");
            return None;
        };
        Some((picture, duration))
    }

    fn concat(&mut self) -> Option<Picture> {
        let task = self.task;
        let clips: Vec<_> = task.inputs.iter().map(|id| self.clip(id)).collect();
        let mut joined = Picture { duration: Some(Time::ZERO), ..Picture::default() };
        for clip in clips {
            let (picture, duration) = clip?;
            let so_far = joined.duration.unwrap_or_default();
            let shifted = picture.shifted(so_far);
            joined.drawn.extend(shifted.drawn);
            joined.whole.extend(shifted.whole);
            joined.cuts.extend(shifted.cuts);
            joined.cuts.push(so_far);
            joined.duration = Some(so_far + duration);
        }
        Some(joined)
    }

    fn transition(&mut self) -> Option<Picture> {
        let task = self.task;
        let [first, second] = task.inputs.as_slice() else { return None };
        let ((first, first_length), (second, second_length)) = (self.clip(first)?, self.clip(second)?);
        let overlap = task.time("duration")?;
        if overlap >= first_length || overlap >= second_length {
            let shorter = first_length.min(second_length);
            let message = format!("a transition of {overlap} s does not fit a clip of {shorter} s");
            self.push(diagnostic::PAST_MEDIA_END, "params/duration", message, format!("write less than {shorter}"));
            return None;
        }
        let joint = (first_length - overlap, first_length);
        let touches = |ranges: &[(Time, Time)], from: Time, to: Time| {
            ranges.iter().any(|(start, end)| *start < to && *end > from)
        };
        if touches(&first.drawn, joint.0, joint.1)
            || touches(&first.whole, joint.0, joint.1)
            || touches(&second.drawn, Time::ZERO, overlap)
            || touches(&second.whole, Time::ZERO, overlap)
        {
            let message = "something is drawn or faded where the transition is".to_owned();
            self.push(diagnostic::TASK_ORDER, "", message, "make the transition first, then draw and fade");
        }
        let inside = |cuts: &[Time], from: Time, to: Time| cuts.iter().any(|cut| from < *cut && *cut < to);
        if inside(&first.cuts, joint.0, joint.1) || inside(&second.cuts, Time::ZERO, overlap) {
            let message = format!("a transition of {overlap} s reaches over a cut of its inputs");
            self.push(diagnostic::TASK_ORDER, "params/duration", message, "make it shorter than the clips beside it");
        }
        let mut joined = first;
        let shifted = second.shifted(joint.0);
        joined.drawn.extend(shifted.drawn);
        joined.whole.extend(shifted.whole);
        joined.whole.push(joint);
        joined.cuts.extend(shifted.cuts);
        joined.duration = Some(joint.0 + second_length);
        Some(joined)
    }

    fn fit_canvas(&mut self, picture: Picture) -> Picture {
        if let Some(earlier) = self.canvas_by.replace(self.number) {
            let message = format!("task {} has fitted the canvas already", earlier + 1);
            self.push(diagnostic::TASK_ORDER, "", message, "a plan has one canvas: leave one of the two out");
        }
        if !picture.drawn.is_empty() || self.outputs.values().flatten().any(|output| !output.drawn.is_empty()) {
            let message = "`fit_canvas` comes after something is drawn, which it would stretch".to_owned();
            self.push(diagnostic::TASK_ORDER, "", message, "fit the canvas first, then draw");
        }
        picture
    }

    fn overlay_video(&mut self, mut picture: Picture) -> Option<Picture> {
        let task = self.task;
        let (start, end) = self.range_inside(&picture)?;
        let id = task.text("stock_id")?;
        let stock = self.input(id)?;
        let Some(duration) = stock.duration else {
            let message = format!("`{}` is a photo", id.escape_debug());
            self.push(diagnostic::WRONG_MEDIA, "params/stock_id", message, "photos are shown by `overlay_image`");
            return None;
        };
        let from = task.time("source_start")?;
        let left = duration.saturating_sub(from);
        if end - start > left + tolerance() {
            let message = format!(
                "`{}` is shown for {} s, but has only {left} s from {from} s on",
                id.escape_debug(),
                end - start
            );
            let help = format!("end it at {}, start earlier in the clip, or use a longer one", start + left);
            self.push(diagnostic::PAST_MEDIA_END, "params/end_time", message, help);
        }
        let cuts = [from, from + (end - start)];
        if stock.whole.iter().any(|(low, high)| cuts.iter().any(|cut| low < cut && cut < high)) {
            let message = format!("a fade or transition of `{}` would be cut through", id.escape_debug());
            self.push(diagnostic::TASK_ORDER, "params/stock_id", message, "trim first, then fade");
        }
        picture.drawn.push((start, end));
        Some(picture)
    }

    fn overlay_image(&mut self, mut picture: Picture) -> Option<Picture> {
        let task = self.task;
        let range = self.range_inside(&picture)?;
        let id = task.text("image_id")?;
        match self.media.get(id) {
            Some(media) if media.is_still() => {}
            Some(_) => {
                let message = format!("`{}` is not a photo", id.escape_debug());
                self.push(diagnostic::WRONG_MEDIA, "params/image_id", message, "videos are shown by `overlay_video`");
            }
            None => {
                self.input(id);
            }
        }
        picture.drawn.push(range);
        Some(picture)
    }

    fn text(&mut self, mut picture: Picture) -> Option<Picture> {
        let range = self.range_inside(&picture)?;
        picture.drawn.push(range);
        Some(picture)
    }

    fn subtitles(&mut self, mut picture: Picture) -> Picture {
        let task = self.task;
        let cues = task.cues("segments");
        if cues.is_empty() {
            self.push(
                diagnostic::MISSING_TASK_PARAM,
                "params/segments",
                "`add_subtitles` has no cues".into(),
                "leave the task out",
            );
        }
        for (number, cue) in cues.iter().enumerate() {
            if cue.end <= cue.start || cue.start < Time::ZERO {
                let message = format!("cue {} runs from {} s to {} s", number + 1, cue.start, cue.end);
                let param = format!("params/segments/{number}/end");
                self.push(
                    diagnostic::BACKWARD_TIME,
                    &param,
                    message,
                    "a cue ends after it starts, and starts at 0 or later",
                );
            }
            self.inside(cue.end, &picture, &format!("params/segments/{number}/end"));
            picture.drawn.push((cue.start, cue.end));
        }
        picture
    }

    fn mix_audio(&mut self, picture: Picture) -> Option<Picture> {
        let task = self.task;
        let (start, end) = self.range_inside(&picture)?;
        let id = task.text("audio_id")?;
        let Some(sound) = self.media.get(id).map(|media| media.sound.as_ref()) else {
            self.input(id);
            return Some(picture);
        };
        let Some(sound) = sound else {
            let message = format!("`{}` has no sound", id.escape_debug());
            self.push(diagnostic::WRONG_MEDIA, "params/audio_id", message, "use an asset with a sound stream");
            return Some(picture);
        };
        let from = task.time("source_start")?;
        let left = sound.duration.saturating_sub(from);
        if left == Time::ZERO {
            let message = format!("`{}` is {} s long, but is to start at {from} s", id.escape_debug(), sound.duration);
            self.push(
                diagnostic::PAST_MEDIA_END,
                "params/source_start",
                message,
                format!("start before {}", sound.duration),
            );
        } else if !task.flag("loop") && end - start > left + tolerance() {
            let message = format!("`{}` ends at {} s; silence follows up to {end} s", id.escape_debug(), start + left);
            self.push(diagnostic::SOUND_TOO_SHORT, "params/end_time", message, "set `loop` to repeat it");
        }
        Some(picture)
    }

    fn fade(&mut self, mut picture: Picture) -> Option<Picture> {
        let task = self.task;
        let (rise, fall) = (task.time("fade_in")?, task.time("fade_out")?);
        let Some(duration) = picture.duration else {
            let message = "a photo has no length to fade over".into();
            self.push(diagnostic::WRONG_MEDIA, "inputs", message, "`trim` it first");
            return None;
        };
        for (name, length) in [("fade_in", rise), ("fade_out", fall)] {
            if length > duration {
                let message = format!("a fade of {length} s does not fit a picture of {duration} s");
                let help = format!("write {duration} or less");
                self.push(diagnostic::PAST_PICTURE_END, &format!("params/{name}"), message, help);
            }
        }
        picture.whole.extend([(Time::ZERO, rise), (duration.saturating_sub(fall), duration)]);
        picture.whole.retain(|(start, end)| start < end);
        Some(picture)
    }
}

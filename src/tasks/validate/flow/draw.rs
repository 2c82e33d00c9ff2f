//! Tasks that work on a picture where it is: its canvas, what covers it, texts, sounds, fades.

use crate::diagnostic;
use crate::time::Time;

use super::super::tolerance;
use super::{Flow, Picture};

/// A cutaway whose clip is over before its time is.
struct ShortClip<'a> {
    id: &'a str,
    start: Time,
    end: Time,
    /// How much of the clip there is to be seen.
    left: Time,
    /// How long the whole of it is.
    duration: Time,
}

impl ShortClip<'_> {
    fn lacks(&self) -> Time {
        (self.end - self.start).saturating_sub(self.left)
    }
}

/// How often a clip may begin again: one of a few frames would make a list without end of a day.
const MOST_LOOPS: f64 = 200.0;

/// The slowest pace, as in `speed`.
const SLOWEST: f64 = 0.25;

impl Flow<'_> {
    pub(super) fn fit_canvas(&mut self, picture: Picture) -> Picture {
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

    pub(super) fn overlay_video(&mut self, mut picture: Picture) -> Option<Picture> {
        let task = self.task;
        let (start, end) = self.range_inside(&picture)?;
        let id = task.text("stock_id")?;
        let stock = self.input(id)?;
        if stock.unknown {
            return Some(picture);
        }
        let Some(duration) = stock.duration else {
            let message = format!("`{}` is a photo", id.escape_debug());
            self.push(diagnostic::WRONG_MEDIA, "params/stock_id", message, "photos are shown by `overlay_image`");
            return None;
        };
        let from = task.time("source_start")?;
        let short = ShortClip { id, start, end, left: duration.saturating_sub(from), duration };
        if short.lacks() > tolerance() {
            self.short_clip(&short, &stock);
        }
        let cuts = [from, from + (end - start)];
        if stock.whole.iter().any(|(low, high)| cuts.iter().any(|cut| low < cut && cut < high)) {
            let message = format!("a fade or transition of `{}` would be cut through", id.escape_debug());
            self.push(diagnostic::TASK_ORDER, "params/stock_id", message, "trim first, then fade");
        }
        picture.drawn.push((start, end));
        Some(picture)
    }

    /// Says what becomes of a clip that is too short, or why that cannot be.
    fn short_clip(&mut self, clip: &ShortClip<'_>, stock: &Picture) {
        let ShortClip { id, start, end, left, duration } = clip;
        let (id, slot) = (id.escape_debug(), *end - *start);
        let what = format!("`{id}` has {left} s for a time of {slot} s");
        let fit = self.task.word("clip_fit").unwrap_or("trim");
        let pace = left.as_secs() / slot.as_secs();
        if *left <= tolerance() {
            let message = format!("`{id}` is shown for {slot} s, but has only {left} s left");
            let help = format!("the clip is {duration} s long: start earlier in it");
            self.push(diagnostic::PAST_MEDIA_END, "params/end_time", message, help);
            return;
        }
        let stands_black = stock.whole.iter().any(|(_, to)| *to + tolerance() > *duration);
        let refused = match fit {
            "loop" if 1.0 / pace > MOST_LOOPS => Some(format!("it would begin again more than {MOST_LOOPS} times")),
            "slow" if pace < SLOWEST => Some(format!(
                "it would play at {:.0} % of its speed; the slowest is {:.0} %",
                pace * 100.0,
                SLOWEST * 100.0
            )),
            "freeze" if stands_black => Some("its last frame is faded out".to_owned()),
            _ => None,
        };
        if let Some(why) = refused {
            let help = format!("end it at {}, use a longer clip, or another `clip_fit`", *start + *left);
            self.push(diagnostic::PAST_MEDIA_END, "params/clip_fit", format!("{what}: {why}"), help);
            return;
        }
        let until = *start + *left;
        let then = match fit {
            "loop" => "it begins again where it ends".to_owned(),
            "freeze" => format!("its last frame stands from {until} s on"),
            "slow" => format!("it plays at {:.0} % of its speed", pace * 100.0),
            _ => format!("it is gone at {until} s, and what it covers is seen again"),
        };
        if self.task.param("clip_fit").is_none() {
            let help = "say so with `clip_fit = trim`; or choose `loop`, `freeze` or `slow`";
            self.push(diagnostic::CLIP_TOO_SHORT, "params/end_time", format!("{what}: {then}"), help);
        }
        self.findings.note(self.number, format!("{what}: {then}"));
    }

    pub(super) fn overlay_image(&mut self, mut picture: Picture) -> Option<Picture> {
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
        if task.param("position").is_some() {
            let framing = ["fit", "background", "focus_x", "focus_y", "motion"];
            let moot = framing.into_iter().filter(|name| task.param(name).is_some() && task.word(name) != Some("none"));
            for name in moot {
                let message = format!("a picture with a `position` fills no canvas, so it has no `{name}`");
                let help = format!("leave `{name}` out; or leave `position` out, and it covers the whole picture");
                self.push(diagnostic::UNKNOWN_TASK_PARAM, &format!("params/{name}"), message, help);
            }
        }
        picture.drawn.push(range);
        Some(picture)
    }

    pub(super) fn text(&mut self, mut picture: Picture) -> Option<Picture> {
        let range = self.range_inside(&picture)?;
        picture.drawn.push(range);
        Some(picture)
    }

    pub(super) fn subtitles(&mut self, mut picture: Picture) -> Picture {
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

    pub(super) fn mix_audio(&mut self, picture: Picture) -> Option<Picture> {
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

    pub(super) fn fade(&mut self, mut picture: Picture) -> Option<Picture> {
        let task = self.task;
        let (rise, fall) = (task.time("fade_in")?, task.time("fade_out")?);
        if picture.unknown {
            return Some(picture);
        }
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

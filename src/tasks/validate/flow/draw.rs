//! Tasks that work on a picture where it is: its canvas, what covers it, texts, sounds, fades.

use crate::diagnostic;
use crate::time::Time;

use super::super::tolerance;
use super::{Flow, Picture};

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
        let left = duration.saturating_sub(from);
        if end - start > left + tolerance() {
            let message = format!(
                "`{}` is shown for {} s, but has only {left} s from {from} s on",
                id.escape_debug(),
                end - start
            );
            let help = if left == Time::ZERO {
                format!("the clip is {duration} s long: start earlier in it")
            } else {
                format!("end it at {}, start earlier in the clip, or use a longer one", start + left)
            };
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

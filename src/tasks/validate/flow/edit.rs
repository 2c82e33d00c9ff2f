//! Tasks that make a picture of others: parts, joins, paces.

use crate::diagnostic;
use crate::time::Time;

use super::super::tolerance;
use super::{Flow, Picture};

impl Flow<'_> {
    pub(super) fn trim(&mut self, picture: &Picture) -> Option<Picture> {
        let (start, end) = self.range()?;
        if picture.duration.is_some() && self.task.word("motion").is_some_and(|motion| motion != "none") {
            let message = "`motion` is for photos, and this is a video".to_owned();
            let help = "leave `motion` out; a photo is given one where it is trimmed for the first time";
            self.push(diagnostic::WRONG_MEDIA, "params/motion", message, help);
        }
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
        Some(Picture {
            duration: Some(end - start),
            drawn: keep(&picture.drawn),
            whole: keep(&picture.whole),
            cuts,
            ..Picture::default()
        })
    }

    pub(super) fn speed(&mut self, picture: &Picture) -> Option<Picture> {
        let factor = self.task.number("factor")?;
        if picture.unknown {
            return Some(picture.clone());
        }
        let Some(duration) = picture.duration else {
            self.push(diagnostic::WRONG_MEDIA, "inputs", "a photo has no speed".into(), "leave the task out");
            return None;
        };
        let scale = |ranges: &[(Time, Time)]| {
            ranges.iter().map(|(from, to)| (from.scaled(factor), to.scaled(factor))).collect()
        };
        let cuts = picture.cuts.iter().map(|cut| cut.scaled(factor)).collect();
        let duration = Some(duration.scaled(factor));
        Some(Picture {
            duration,
            drawn: scale(&picture.drawn),
            whole: scale(&picture.whole),
            cuts,
            ..Picture::default()
        })
    }

    /// An input that must have a length.
    pub(super) fn clip(&mut self, id: &str) -> Option<(Picture, Time)> {
        let picture = self.input(id)?;
        if picture.unknown {
            return None;
        }
        let Some(duration) = picture.duration else {
            let message = format!("`{}` is a photo, which has no length", id.escape_debug());
            self.push(diagnostic::WRONG_MEDIA, "inputs", message, "`trim` it to a length first, with an `output_id`");
            return None;
        };
        Some((picture, duration))
    }

    pub(super) fn concat(&mut self) -> Option<Picture> {
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

    pub(super) fn transition(&mut self) -> Option<Picture> {
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
}

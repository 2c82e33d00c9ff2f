//! The timeline for an editing program: `OpenTimelineIO`'s JSON (<https://opentimelineio.readthedocs.io>), which Resolve and
//! Premiere open.
//!
//! What fills the canvas is one track of clips and gaps; photos, texts and sounds are tracks above and below it, as many as
//! are needed so that nothing on a track overlaps. Every clip says in its metadata which task and rule it is of.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use serde_json::{Value, json};

use crate::media::Media;
use crate::tasks::ValidPlan;
use crate::time::Time;

use super::strip::{By, Shot, Sound};
use super::timeline::{Filling, ItemContent, Timeline, timeline};

/// The timeline of `plan`, called `name`, as an `OpenTimelineIO` document.
#[must_use]
pub fn otio(plan: &ValidPlan, name: &str) -> Value {
    let timeline = timeline(plan);
    let writer = Writer { plan, timeline: &timeline };
    let mut children = vec![writer.base()];
    children.extend(writer.tracks("Pictures", "Video", writer.pictures()));
    children.extend(writer.tracks("Texts", "Video", writer.texts()));
    children.extend(writer.tracks("Sound", "Audio", writer.sounds()));
    let canvas = &timeline.canvas;
    json!({
        "OTIO_SCHEMA": "Timeline.1",
        "name": name,
        "global_start_time": null,
        "metadata": { "callsheet": { "width": canvas.width, "height": canvas.height, "frame_rate": canvas.rate.to_string(),
            "frames": timeline.frames } },
        "tracks": { "OTIO_SCHEMA": "Stack.1", "name": "tracks", "source_range": null, "effects": [], "markers": [],
            "enabled": true, "metadata": {}, "children": children },
    })
}

struct Writer<'a> {
    plan: &'a ValidPlan,
    timeline: &'a Timeline,
}

impl Writer<'_> {
    /// What fills the canvas, from the first frame to the last; fades are markers on it.
    fn base(&self) -> Value {
        let stretches = &self.timeline.stretches;
        let mut children = Vec::new();
        // How many frames of a joint the clip before it takes: the cut is in its middle.
        let mut held = 0;
        for (number, stretch) in stretches.iter().enumerate() {
            let count = stretch.frames.end - stretch.frames.start;
            let joint = |at: Option<usize>| {
                at.and_then(|at| stretches.get(at)).filter(|one| matches!(one.filling, Filling::Joint { .. }))
            };
            let before = joint(number.checked_sub(1)).map_or(0, |one| (one.frames.end - one.frames.start) - held);
            let after = joint(number.checked_add(1)).map_or(0, |one| (one.frames.end - one.frames.start) / 2);
            match &stretch.filling {
                Filling::Shot(shot) => {
                    held = after;
                    let back = self.timeline.canvas.rate.time_of(before).scaled(1.0 / shot.speed);
                    let source = if shot.still { shot.source } else { shot.source.saturating_sub(back) };
                    let earlier = Shot { source, ..shot.clone() };
                    children.push(self.shot(&earlier, before + count + after, stretch.by));
                }
                Filling::Joint { kind, .. } => {
                    let (into, out) = (self.frames(held), self.frames(count - held));
                    children.push(
                        json!({ "OTIO_SCHEMA": "Transition.1", "name": kind, "transition_type": "SMPTE_Dissolve",
                        "in_offset": into, "out_offset": out, "metadata": self.metadata(stretch.by) }),
                    );
                }
                Filling::Black => {
                    held = after;
                    children.push(self.gap(before + count + after));
                }
            }
        }
        let fades = self.timeline.items.iter().filter_map(|item| match &item.content {
            ItemContent::Fade { into, frames } => Some(json!({ "OTIO_SCHEMA": "Marker.2",
                "name": if *into { "fade out" } else { "fade in" }, "color": "BLACK",
                "marked_range": self.range(self.number(frames.start), frames.end - frames.start),
                "metadata": self.metadata(item.by) })),
            _ => None,
        });
        track("Picture", "Video", children, fades.collect())
    }

    fn pictures(&self) -> Vec<(Range<u64>, Value)> {
        let mut clips = Vec::new();
        for item in &self.timeline.items {
            let rate = self.timeline.canvas.rate;
            for range in &item.ranges {
                let (shot, place) = match &item.content {
                    ItemContent::Picture { shot, start } => {
                        (shot.later(rate.time_of(range.start) - rate.time_of(*start)), None)
                    }
                    ItemContent::Inset { asset, position, width } => (Shot::of(asset, true), Some((position, width))),
                    _ => continue,
                };
                let mut clip = self.shot(&shot, range.end - range.start, item.by);
                if let (Some((position, width)), Some(known)) = (place, clip.pointer_mut("/metadata/callsheet")) {
                    known["position"] = json!(position);
                    known["width"] = json!(width);
                }
                clips.push((range.clone(), clip));
            }
        }
        clips
    }

    fn texts(&self) -> Vec<(Range<u64>, Value)> {
        let mut clips = Vec::new();
        for item in &self.timeline.items {
            let ItemContent::Text(text) = &item.content else { continue };
            for range in &item.ranges {
                let reference = json!({ "OTIO_SCHEMA": "GeneratorReference.1", "name": "", "generator_kind": "Text",
                    "available_range": null, "metadata": {}, "parameters": { "text": text.words, "position": text.position,
                    "font": text.style.font, "size": text.font_size.unwrap_or(text.style.size),
                    "color": text.style.color.to_string(), "subtitle": text.is_subtitle } });
                let count = range.end - range.start;
                let clip = self.clip(&text.words, self.range(0.0, count), reference, Vec::new(), item.by);
                clips.push((range.clone(), clip));
            }
        }
        clips
    }

    fn sounds(&self) -> Vec<(Range<u64>, Value)> {
        let rate = self.timeline.canvas.rate;
        let sounds = self.timeline.sounds.iter().filter_map(|sound| {
            let range = rate.frame_at(sound.start)..rate.frame_at(sound.end).min(self.timeline.frames);
            (range.start < range.end).then(|| (range.clone(), self.sound(sound, range.end - range.start)))
        });
        sounds.collect()
    }

    fn sound(&self, sound: &Sound, count: u64) -> Value {
        let reference = self.reference(&sound.asset);
        let range = self.range(self.at(sound.source), count);
        let mut clip = self.clip(&sound.asset, range, reference, warp(sound.speed), sound.by);
        if let Some(known) = clip.pointer_mut("/metadata/callsheet") {
            known["volume"] = json!(sound.volume);
            known["loop"] = json!(sound.looped);
        }
        clip
    }

    fn shot(&self, shot: &Shot, count: u64, by: By) -> Value {
        let effects = if shot.still { Vec::new() } else { warp(shot.speed) };
        let range = self.range(if shot.still { 0.0 } else { self.at(shot.source) }, count);
        self.clip(&shot.asset, range, self.reference(&shot.asset), effects, by)
    }

    #[expect(clippy::needless_pass_by_value, reason = "parts that are made for this clip alone")]
    fn clip(&self, name: &str, range: Value, reference: Value, effects: Vec<Value>, by: By) -> Value {
        json!({ "OTIO_SCHEMA": "Clip.1", "name": name, "source_range": range, "media_reference": reference,
            "effects": effects, "markers": [], "enabled": true, "metadata": self.metadata(by) })
    }

    fn reference(&self, asset: &str) -> Value {
        let Some(media) = self.plan.media().get(asset) else {
            return json!({ "OTIO_SCHEMA": "MissingReference.1", "name": asset, "available_range": null, "metadata": {} });
        };
        let available = media.duration().filter(|_| !media.is_still()).map(|length| self.available(length));
        json!({ "OTIO_SCHEMA": "ExternalReference.1", "name": asset, "target_url": url(media), "available_range": available,
            "metadata": {} })
    }

    fn available(&self, length: Time) -> Value {
        self.range(0.0, self.timeline.canvas.rate.frame_at(length))
    }

    /// Clips on as many tracks as they need, each with the gaps between them.
    fn tracks(&self, name: &str, kind: &str, mut clips: Vec<(Range<u64>, Value)>) -> Vec<Value> {
        clips.sort_by_key(|(range, _)| range.start);
        let mut tracks: Vec<(u64, Vec<Value>)> = Vec::new();
        for (range, clip) in clips {
            let free = tracks.iter().position(|(end, _)| *end <= range.start).unwrap_or(tracks.len());
            if free == tracks.len() {
                tracks.push((0, Vec::new()));
            }
            if let Some((end, children)) = tracks.get_mut(free) {
                children.extend((range.start > *end).then(|| self.gap(range.start - *end)));
                children.push(clip);
                *end = range.end;
            }
        }
        let numbered = tracks.into_iter().enumerate();
        numbered
            .map(|(number, (_, children))| track(&format!("{name} {}", number + 1), kind, children, Vec::new()))
            .collect()
    }

    fn gap(&self, count: u64) -> Value {
        json!({ "OTIO_SCHEMA": "Gap.1", "name": "", "source_range": self.range(0.0, count), "effects": [], "markers": [],
            "enabled": true, "metadata": {} })
    }

    fn metadata(&self, by: By) -> Value {
        let By::Task(number) = by else { return json!({ "callsheet": { "task": null } }) };
        let task = self.plan.plan().tasks.get(number);
        let origin = task.and_then(|task| task.origin.as_ref());
        json!({ "callsheet": { "task": task.map(|task| task.spec.name), "number": number + 1,
            "rule": origin.map(|origin| &origin.rule), "pointer": origin.map(|origin| &origin.pointer) } })
    }

    fn range(&self, start: f64, count: u64) -> Value {
        let start = json!({ "OTIO_SCHEMA": "RationalTime.1", "rate": self.rate(), "value": start });
        json!({ "OTIO_SCHEMA": "TimeRange.1", "start_time": start, "duration": self.frames(count) })
    }

    fn frames(&self, count: u64) -> Value {
        json!({ "OTIO_SCHEMA": "RationalTime.1", "rate": self.rate(), "value": self.number(count) })
    }

    fn rate(&self) -> f64 {
        self.timeline.canvas.rate.fps()
    }

    #[expect(clippy::unused_self, clippy::cast_precision_loss, reason = "frames of a day fit f64")]
    fn number(&self, frames: u64) -> f64 {
        frames as f64
    }

    /// A moment of a source in frames of the timeline, which need not be whole.
    fn at(&self, time: Time) -> f64 {
        (time.as_secs() * self.rate() * 1000.0).round() / 1000.0
    }
}

#[expect(clippy::needless_pass_by_value, reason = "parts that are made for this track alone")]
fn track(name: &str, kind: &str, children: Vec<Value>, markers: Vec<Value>) -> Value {
    json!({ "OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, "source_range": null, "effects": [], "markers": markers,
        "enabled": true, "metadata": {}, "children": children })
}

fn warp(speed: f64) -> Vec<Value> {
    if (speed - 1.0).abs() < 1e-9 {
        return Vec::new();
    }
    vec![
        json!({ "OTIO_SCHEMA": "LinearTimeWarp.1", "name": "speed", "effect_name": "LinearTimeWarp", "time_scalar": speed,
        "enabled": true, "metadata": {} }),
    ]
}

fn url(media: &Media) -> String {
    format!("file://{}", escaped(&media.path))
}

/// RFC 3986: all but unreserved characters and slashes by their bytes.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_escaped_byte_by_byte() {
        assert_eq!(escaped(Path::new("/a b/é#.mp4")), "/a%20b/%C3%A9%23.mp4");
    }
}

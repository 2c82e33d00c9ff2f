//! The pictures from task to task: how long each one is, and what may still be done to it.

mod draw;
mod edit;

use std::collections::BTreeMap;

use crate::diagnostic::{self, Code};
use crate::media::{Light, MediaTable};
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
    /// Nobody knows what it is, because the task that makes it is wrong.
    unknown: bool,
}

impl Picture {
    fn shifted(&self, by: Time) -> Self {
        let shift = |ranges: &[(Time, Time)]| ranges.iter().map(|(start, end)| (*start + by, *end + by)).collect();
        let cuts = self.cuts.iter().map(|cut| *cut + by).collect();
        Self {
            duration: self.duration,
            drawn: shift(&self.drawn),
            whole: shift(&self.whole),
            cuts,
            unknown: self.unknown,
        }
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
    flow.notice_hdr();
    match flow.so_far.clone() {
        Some(Picture { duration: Some(duration), .. }) => duration,
        Some(Picture { unknown: true, .. }) => Time::ZERO,
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
    /// Says which media have more light than the output can show.
    fn notice_hdr(&mut self) {
        for (id, media) in self.media {
            let name = match media.picture.as_ref().map(|picture| picture.light) {
                Some(Light::Pq) => "PQ",
                Some(Light::Hlg) => "HLG",
                _ => continue,
            };
            let message = format!("`{}` is HDR ({name}): it is tone-mapped to BT.709", id.escape_debug());
            let pointer = format!("/assets/{}", id.replace('~', "~0").replace('/', "~1"));
            let help =
                "white stays near white, and what is brighter is pressed together; use an SDR version to avoid it";
            self.findings
                .found
                .push(diagnostic::Diagnostic::new(diagnostic::TONE_MAPPED, message).pointer(pointer).help(help));
        }
    }

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
            // The task that should have made the picture is wrong: said once, there, and what follows is still checked.
            (None, None) if matches!(self.task.spec.stage, Stage::Source | Stage::Join) => {
                self.so_far = Some(Picture { unknown: true, ..Picture::default() });
            }
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
            suggest::help(id, &known).into()
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
}

//! Runs the tasks on paper.

use std::collections::BTreeMap;

use crate::media::{Media, MediaTable};
use crate::tasks::{Plan, Task, ValidPlan};
use crate::time::Time;

use super::framing::{ClipFit, Framing};
use super::karaoke::spoken;
use super::strip::{By, Content, Element, Gain, GainShape, Shot, Sound, Strip, Text};

/// What the plan makes: the last picture, and what holds for the whole of it.
#[derive(Debug, Default)]
pub(super) struct Lowered {
    pub(super) strip: Strip,
    /// The `fit_canvas` task, if there is one.
    pub(super) canvas: Option<Task>,
    /// The `normalize_loudness` task, if there is one.
    pub(super) loudness: Option<Task>,
}

/// What the task at `number` of `plan` writes with these `words`.
pub(super) fn text(plan: &Plan, number: usize, task: &Task, words: &str) -> Text {
    let style = task.text("style").and_then(|name| plan.styles.get(name)).cloned().unwrap_or_default();
    let position = task.word("position").unwrap_or("center");
    let is_subtitle = task.spec.name == "add_subtitles";
    let font_size = task.number("font_size");
    Text { words: words.to_owned(), style, font_size, position, task: number, is_subtitle, spoken: Vec::new() }
}

/// How long the sound so far takes to step back for another one, and to come back: quick enough not to swallow a
/// syllable, slow enough not to click.
const DUCK_SECONDS: f64 = 0.15;

pub(super) fn lower(plan: &ValidPlan) -> Lowered {
    let mut run = Run {
        plan: plan.plan(),
        media: plan.media(),
        outputs: BTreeMap::new(),
        so_far: Strip::default(),
        lowered: Lowered::default(),
    };
    if let Some(main) = &run.plan.main_asset_id {
        run.so_far = run.asset(main).sign(By::Main);
    }
    for (number, task) in run.plan.tasks.iter().enumerate() {
        let result = run.step(number, task).sign(By::Task(number));
        match &task.output_id {
            Some(id) => {
                run.outputs.insert(id, result);
            }
            None => run.so_far = result,
        }
    }
    Lowered { strip: run.so_far, ..run.lowered }
}

struct Run<'a> {
    plan: &'a Plan,
    media: &'a MediaTable,
    outputs: BTreeMap<&'a str, Strip>,
    so_far: Strip,
    lowered: Lowered,
}

impl Run<'_> {
    /// The strip that a task makes. The plan is valid: what is missing here cannot be.
    fn step(&mut self, number: usize, task: &Task) -> Strip {
        let input = |run: &mut Self| match task.inputs.first() {
            Some(id) => run.input(id),
            None if task.output_id.is_none() => std::mem::take(&mut run.so_far),
            None => run.so_far.clone(),
        };
        let time = |name: &str| task.time(name).unwrap_or_default();
        let amount = |name: &str| task.number(name).unwrap_or(1.0);
        match task.spec.name {
            "trim" => input(self)
                .trim(time("start_time"), time("end_time"))
                .louder(amount("volume"))
                .framed(&Framing::of(task)),
            "speed" => input(self).speed(amount("factor")),
            "concat" => task.inputs.iter().map(|id| self.input(id)).reduce(Strip::concat).unwrap_or_default(),
            "transition" => {
                let mut clips = task.inputs.iter().map(|id| self.input(id));
                match (clips.next(), clips.next()) {
                    (Some(first), Some(second)) => {
                        first.transition(second, task.word("kind").unwrap_or("fade"), time("duration"))
                    }
                    _ => Strip::default(),
                }
            }
            "fit_canvas" => {
                self.lowered.canvas = Some(task.clone());
                input(self)
            }
            "overlay_video" => {
                let picture = input(self);
                let (start, end) = (time("start_time"), time("end_time").min(picture.duration));
                let stock = self.input(task.text("stock_id").unwrap_or_default());
                let fit = ClipFit::of(task, stock.duration, end - start);
                let frame = self.last_frame(&stock);
                let cover = stock.fitted(&fit, frame).framed(&Framing::of(task));
                picture.cover(cover, start, amount("volume"))
            }
            "overlay_image" => {
                let asset = task.text("image_id").unwrap_or_default().to_owned();
                let (start, end) = (time("start_time"), time("end_time"));
                let content = if let Some(position) = task.word("position") {
                    Content::Inset { asset, position, width: amount("width") }
                } else {
                    let mut shot = Shot::of(&asset, true);
                    shot.frame(&Framing::of(task), end - start);
                    Content::Shot(shot)
                };
                input(self).draw(start, end, content)
            }
            "add_text_overlay" => {
                let text = text(self.plan, number, task, task.text("text").unwrap_or_default());
                input(self).draw(time("start_time"), time("end_time"), Content::Text(text))
            }
            "add_subtitles" => {
                let picture = input(self);
                task.cues("segments").iter().fold(picture, |picture, cue| {
                    let mut text = text(self.plan, number, task, &cue.text);
                    if text.style.highlight_color.is_some() {
                        text.spoken = spoken(cue);
                    }
                    picture.draw(cue.start, cue.end, Content::Text(text))
                })
            }
            "mix_audio" => mix_audio(input(self), task),
            "fade" => fade(input(self), task),
            _ => {
                self.lowered.loudness = Some(task.clone());
                input(self)
            }
        }
    }

    /// How long the last frame of a strip is, where that is known.
    fn last_frame(&self, strip: &Strip) -> Time {
        let at_end = |element: &&Element| element.end >= strip.duration;
        let last = strip.elements.iter().rev().filter(at_end).find_map(|element| match &element.content {
            Content::Shot(shot) => Some((self.media.get(&shot.asset)?.picture.as_ref()?.rate, shot.speed)),
            _ => None,
        });
        let seconds = last.map_or(0.0, |(rate, speed)| 1.0 / (rate * speed));
        // A rate that is unknown or absurd says nothing.
        let usual = (1.0 / 240.0..=0.25).contains(&seconds);
        Time::from_secs(if usual { seconds } else { 0.04 }).unwrap_or_default()
    }

    fn input(&self, id: &str) -> Strip {
        self.outputs.get(id).cloned().unwrap_or_else(|| self.asset(id))
    }

    fn asset(&self, id: &str) -> Strip {
        self.media.get(id).map(|media| whole(id, media)).unwrap_or_default()
    }
}

/// The whole of an asset.
fn whole(id: &str, media: &Media) -> Strip {
    let still = media.is_still();
    let duration = media.duration().filter(|_| !still).unwrap_or(Time::MAX);
    let content = Content::Shot(Shot::of(id, still));
    let element = Element { start: Time::ZERO, end: duration, content, by: By::Open };
    let sound = media.sound.as_ref().map(|_| Sound {
        start: Time::ZERO,
        end: duration,
        asset: id.to_owned(),
        source: Time::ZERO,
        speed: 1.0,
        looped: false,
        volume: 1.0,
        ducking: 0.0,
        gains: Vec::new(),
        by: By::Open,
    });
    Strip { duration, elements: vec![element], sounds: sound.into_iter().collect() }
}

fn mix_audio(mut picture: Strip, task: &Task) -> Strip {
    let time = |name: &str| task.time(name).unwrap_or_default();
    let (start, end) = (time("start_time"), time("end_time").min(picture.duration));
    let under = task.number("under").unwrap_or(1.0);
    if under < 1.0 {
        let ease = Time::from_secs(DUCK_SECONDS).unwrap_or_default();
        for sound in &mut picture.sounds {
            sound.gains.push(Gain { start, end, shape: GainShape::Dip { level: under, ease } });
        }
    }
    let mut gains = Vec::new();
    let (fade_in, fade_out) = (time("fade_in"), time("fade_out"));
    if fade_in > Time::ZERO {
        gains.push(Gain { start, end: start + fade_in, shape: GainShape::Rise });
    }
    if fade_out > Time::ZERO {
        gains.push(Gain { start: end - fade_out, end, shape: GainShape::Fall });
    }
    picture.sounds.push(Sound {
        start,
        end,
        asset: task.text("audio_id").unwrap_or_default().to_owned(),
        source: time("source_start"),
        speed: 1.0,
        looped: task.flag("loop"),
        volume: task.number("volume").unwrap_or(1.0),
        ducking: task.number("ducking").unwrap_or(0.0),
        gains,
        by: By::Open,
    });
    picture
}

fn fade(picture: Strip, task: &Task) -> Strip {
    let (start, end) = (Time::ZERO, picture.duration);
    let length = |name: &str| task.time(name).unwrap_or_default().min(end);
    let (rise, fall) = (length("fade_in"), length("fade_out"));
    let picture = fade_between(picture, start, start + rise, GainShape::Rise);
    fade_between(picture, end - fall, end, GainShape::Fall)
}

fn fade_between(mut picture: Strip, start: Time, end: Time, shape: GainShape) -> Strip {
    if end <= start {
        return picture;
    }
    for sound in &mut picture.sounds {
        sound.gains.push(Gain { start, end, shape });
    }
    picture.draw(start, end, Content::Fade { into: shape == GainShape::Fall })
}

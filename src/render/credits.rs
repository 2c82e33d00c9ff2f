//! Who made what is seen and heard at a frame.

use std::collections::BTreeSet;

use crate::tasks::{Plan, Task};

use super::strip::By;
use super::timeline::Timeline;

impl Timeline {
    /// Who made what is seen in frame `frame`: what fills it, then what lies over that.
    fn seen_at(&self, frame: u64) -> impl Iterator<Item = By> {
        let filling = self.stretches.iter().filter(move |stretch| stretch.frames.contains(&frame));
        let items = self.items.iter().filter(move |item| item.ranges.iter().any(|range| range.contains(&frame)));
        filling.map(|stretch| stretch.by).chain(items.map(|item| item.by))
    }

    /// Who made what is heard while frame `frame` is shown.
    fn heard_at(&self, frame: u64) -> impl Iterator<Item = By> {
        let time = self.canvas.rate.time_of(frame);
        self.sounds.iter().filter(move |sound| sound.start <= time && time < sound.end).map(|sound| sound.by)
    }

    /// The types of the tasks that are seen in frame `frame`, each once; `main` for the main video itself.
    pub(super) fn tasks_at(&self, plan: &Plan, frame: u64) -> Vec<String> {
        names(self.seen_at(frame), plan, |task| task.spec.name.to_owned())
    }

    /// The rules whose tasks are seen or heard in frame `frame`, each once; a task that no rule made has its type's name.
    pub(super) fn rules_at(&self, plan: &Plan, frame: u64) -> Vec<String> {
        let rule = |task: &Task| task.origin.as_ref().map_or(task.spec.name, |origin| &*origin.rule).to_owned();
        names(self.seen_at(frame).chain(self.heard_at(frame)), plan, rule)
    }

    /// The frames at which [`Self::rules_at`] may change, the first frame among them.
    pub(super) fn changes(&self) -> BTreeSet<u64> {
        let items = self.items.iter().flat_map(|item| &item.ranges).flat_map(|range| [range.start, range.end]);
        let sounds = self.sounds.iter().flat_map(|sound| [sound.start, sound.end]);
        let heard = sounds.map(|time| self.canvas.rate.frame_at(time));
        let all = self.stretches.iter().map(|stretch| stretch.frames.start).chain(items).chain(heard);
        all.filter(|frame| *frame < self.frames).chain([0]).collect()
    }
}

fn names(makers: impl Iterator<Item = By>, plan: &Plan, name: impl Fn(&Task) -> String) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for by in makers {
        let name = match by {
            By::Open => continue,
            By::Main => "main".to_owned(),
            By::Task(number) => match plan.tasks.get(number) {
                Some(task) => name(task),
                None => continue,
            },
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

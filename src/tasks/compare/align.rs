//! Which task of one plan is which of another.

use std::collections::BTreeMap;

use crate::tasks::plan::Task;
use crate::tasks::show::in_short;
use crate::time::Time;

use super::{json, value};

/// A task in one plan or both, by its place in each.
pub(super) struct Pair {
    pub(super) before: Option<usize>,
    pub(super) after: Option<usize>,
    /// Whether it has passed others that are in both.
    pub(super) moved: bool,
}

/// Texts that are less alike than this are two texts, not one that was reworded.
const ALIKE: f64 = 0.6;

/// More pairs of texts than this are not held against each other.
const MOST_PAIRS: usize = 250_000;

/// Aligns two lists. The pairs stand in the order of `after`; what is gone stands where it stood.
pub(super) fn align(before: &[Task], after: &[Task]) -> Vec<Pair> {
    let mut aligning =
        Aligning { before, after, after_of: vec![None; before.len()], before_of: vec![None; after.len()] };
    aligning.by_key(whole);
    aligning.by_key(|task| format!("{} {}", task.spec.name, element(task)));
    aligning.by_time();
    aligning.by_words();
    // What has no time is told apart by its order alone.
    aligning.by_key(|task| if stretch(task).is_none() { task.spec.name.to_owned() } else { String::new() });
    aligning.in_order()
}

/// What tells a task from others of its type: its words, its asset, its inputs, its result.
pub(super) fn element(task: &Task) -> String {
    let named = ["text", "stock_id", "image_id", "audio_id"].into_iter().find_map(|name| task.param(name));
    let inputs = (!task.inputs.is_empty()).then(|| task.inputs.join(", "));
    let output = task.output_id.as_ref().map(|id| format!("→ {id}"));
    [inputs, named.map(in_short), output].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Everything that a task does.
fn whole(task: &Task) -> String {
    let values: Vec<_> = task.spec.params.iter().map(|param| value(task, param)).collect();
    format!("{} {:?} {:?} {}", task.spec.name, task.inputs, task.output_id, json(&values))
}

/// When it is seen or heard.
fn stretch(task: &Task) -> Option<(Time, Time)> {
    task.time("start_time").zip(task.time("end_time")).filter(|_| task.spec.name != "trim")
}

/// A task and its place in its list.
type Numbered<'a> = (usize, &'a Task);

fn alone<'a>(tasks: &'a [Task], partners: &[Option<usize>]) -> Vec<Numbered<'a>> {
    let tasks = tasks.iter().enumerate().zip(partners);
    tasks.filter(|(_, partner)| partner.is_none()).map(|(task, _)| task).collect()
}

struct Aligning<'a> {
    before: &'a [Task],
    after: &'a [Task],
    after_of: Vec<Option<usize>>,
    before_of: Vec<Option<usize>>,
}

impl Aligning<'_> {
    fn pair(&mut self, before: usize, after: usize) {
        if let (Some(old), Some(new)) = (self.after_of.get_mut(before), self.before_of.get_mut(after)) {
            (*old, *new) = (Some(after), Some(before));
        }
    }

    /// The tasks of either list that have no partner yet.
    fn left(&self) -> [Vec<Numbered<'_>>; 2] {
        [alone(self.before, &self.after_of), alone(self.after, &self.before_of)]
    }

    /// Pairs tasks of the same key, each with the one nearest in time; an empty key is none.
    fn by_key(&mut self, key: impl Fn(&Task) -> String) {
        let [before, after] = self.left();
        let mut groups: BTreeMap<String, Vec<Numbered<'_>>> = BTreeMap::new();
        for (number, task) in before {
            groups.entry(key(task)).or_default().push((number, task));
        }
        groups.remove("");
        let mut pairs = Vec::new();
        for (number, task) in after {
            let Some(group) = groups.get_mut(&key(task)) else { continue };
            let far = |other: &Task| {
                let (start, other) = (stretch(task).map(|it| it.0), stretch(other).map(|it| it.0));
                let (start, other) = (start.unwrap_or_default(), other.unwrap_or_default());
                start.max(other) - start.min(other)
            };
            let nearest = group.iter().enumerate().min_by_key(|(_, (_, other))| far(other)).map(|(place, _)| place);
            pairs.extend(nearest.map(|place| (group.remove(place).0, number)));
        }
        for (before, after) in pairs {
            self.pair(before, after);
        }
    }

    /// Pairs tasks of one type that are seen or heard at the same time: one took the other's place.
    fn by_time(&mut self) {
        let shared = |one: (Time, Time), two: (Time, Time)| one.1.min(two.1).saturating_sub(one.0.max(two.0));
        self.by_likeness(|old, new| {
            let time = shared(stretch(old)?, stretch(new)?);
            (time > Time::ZERO).then(|| time.as_secs())
        });
    }

    /// Pairs texts that say nearly the same at another time.
    fn by_words(&mut self) {
        self.by_likeness(|old, new| {
            let alike = strsim::normalized_damerau_levenshtein(old.text("text")?, new.text("text")?);
            (alike >= ALIKE).then_some(alike)
        });
    }

    fn by_likeness(&mut self, likeness: impl Fn(&Task, &Task) -> Option<f64>) {
        let [before, after] = self.left();
        if before.len().saturating_mul(after.len()) > MOST_PAIRS {
            return;
        }
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (new, task) in &after {
            for (old, other) in before.iter().filter(|(_, other)| other.spec == task.spec) {
                pairs.extend(likeness(other, task).map(|likeness| (likeness, *old, *new)));
            }
        }
        // The likest first; the sort is stable, so that ties go by place.
        pairs.sort_by(|one, two| two.0.total_cmp(&one.0));
        for (_, old, new) in pairs {
            let is_free = |partners: &[Option<usize>], number: usize| partners.get(number) == Some(&None);
            if is_free(&self.after_of, old) && is_free(&self.before_of, new) {
                self.pair(old, new);
            }
        }
    }

    fn in_order(&self) -> Vec<Pair> {
        let staying = staying(&self.before_of);
        let mut pairs = Vec::new();
        let mut gone = (0..self.before.len()).filter(|number| self.after_of.get(*number) == Some(&None)).peekable();
        // The place in `before` behind the last task that stayed.
        let mut place = 0;
        for (after, before) in self.before_of.iter().enumerate() {
            let stays = staying.contains(&after);
            // What is gone stands above what has come in its place, and above what stood below it.
            let until = if stays { *before } else { None };
            while let Some(number) = gone.next_if(|number| until.map_or(*number == place, |until| *number < until)) {
                pairs.push(Pair { before: Some(number), after: None, moved: false });
                place = number + 1;
            }
            if let Some(stayed) = until {
                place = stayed + 1;
            }
            pairs.push(Pair { before: *before, after: Some(after), moved: before.is_some() && !stays });
        }
        pairs.extend(gone.map(|number| Pair { before: Some(number), after: None, moved: false }));
        pairs
    }
}

/// The largest set of paired tasks that are in the same order in both lists: the others have moved. By place in `after`.
fn staying(before_of: &[Option<usize>]) -> std::collections::BTreeSet<usize> {
    // Patience sorting: the top card of each pile, and for each card the one below it in its chain.
    let mut tops: Vec<(usize, usize)> = Vec::new();
    let mut below: BTreeMap<usize, usize> = BTreeMap::new();
    for (after, before) in before_of.iter().enumerate() {
        let Some(before) = before else { continue };
        let pile = tops.partition_point(|(top, _)| top < before);
        if let Some((_, card)) = pile.checked_sub(1).and_then(|pile| tops.get(pile)) {
            below.insert(after, *card);
        }
        match tops.get_mut(pile) {
            Some(top) => *top = (*before, after),
            None => tops.push((*before, after)),
        }
    }
    let last = tops.last().map(|(_, card)| *card);
    std::iter::successors(last, |card| below.get(card).copied()).collect()
}

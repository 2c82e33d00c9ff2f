//! The order in which tasks are done.

use crate::tasks::{Stage, Task};

/// Tasks by their pass and their stage; in each of these groups, in the order in which they were made.
///
/// They are put where they belong at once: there are few groups, and a task is too large to be sorted about.
#[derive(Debug, Default)]
pub(super) struct Ordered(Vec<Group>);

#[derive(Debug)]
struct Group {
    key: (u32, Stage),
    tasks: Vec<Task>,
}

impl Ordered {
    /// The tasks of a pass and a stage so far; the next one of them goes behind them.
    #[inline]
    pub(super) fn group(&mut self, pass: u32, stage: Stage) -> &mut Vec<Task> {
        let key = (pass, stage);
        let at = self.0.iter().position(|group| group.key == key).unwrap_or_else(|| self.open(key));
        #[expect(clippy::indexing_slicing, reason = "the place was just found or made")]
        &mut self.0[at].tasks
    }

    #[cold]
    fn open(&mut self, key: (u32, Stage)) -> usize {
        let at = self.0.partition_point(|group| group.key < key);
        self.0.insert(at, Group { key, tasks: Vec::new() });
        at
    }

    pub(super) fn into_tasks(self) -> Vec<Task> {
        let mut tasks = Vec::with_capacity(self.0.iter().map(|group| group.tasks.len()).sum());
        self.0.into_iter().for_each(|mut group| tasks.append(&mut group.tasks));
        tasks
    }
}

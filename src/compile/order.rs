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
    #[inline]
    pub(super) fn push(&mut self, pass: u32, task: Task) {
        let key = (pass, task.spec.stage);
        match self.0.iter_mut().find(|group| group.key == key) {
            Some(group) => group.tasks.push(task),
            None => {
                let place = self.0.partition_point(|group| group.key < key);
                self.0.insert(place, Group { key, tasks: vec![task] });
            }
        }
    }

    pub(super) fn into_tasks(self) -> Vec<Task> {
        let mut tasks = Vec::with_capacity(self.0.iter().map(|group| group.tasks.len()).sum());
        self.0.into_iter().for_each(|mut group| tasks.append(&mut group.tasks));
        tasks
    }
}

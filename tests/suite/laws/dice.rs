//! What decides, where a generator may go one way or another: numbers that proptest draws and makes smaller.

use proptest::prelude::*;

pub(super) struct Dice<'a> {
    throws: &'a [u16],
    at: usize,
}

impl<'a> Dice<'a> {
    pub(super) fn new(throws: &'a [u16]) -> Self {
        Self { throws, at: 0 }
    }

    /// A number below `count`; 0, the plainest, when all throws are used up.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let throw = self.throws.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        usize::from(throw) % count.max(1)
    }

    /// Once in `times`, or never any more.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(super) fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

pub(super) fn throws(count: usize) -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), 0..count)
}

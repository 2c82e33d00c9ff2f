//! Texts and ids that are left: some, or all but some.

use std::sync::Arc;

/// A set of texts of which there is no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// Whether it is all but those.
    pub(super) except: bool,
    /// In order, each once.
    pub(super) names: Vec<Arc<str>>,
}

impl Names {
    pub(super) const ALL: Self = Self { except: true, names: Vec::new() };
    pub(super) const NONE: Self = Self { except: false, names: Vec::new() };

    pub(super) fn only(name: &str) -> Self {
        Self { except: false, names: vec![name.into()] }
    }

    /// Each text is kept by whether it is among these, and among `other`.
    pub(super) fn combine(&self, other: &Self, keep: fn(bool, bool) -> bool) -> Self {
        let except = keep(self.except, other.except);
        let mut names: Vec<Arc<str>> = self.names.iter().chain(&other.names).cloned().collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| keep(self.contains(name), other.contains(name)) != except);
        Self { except, names }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.except && self.names.is_empty()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.names.iter().any(|known| **known == *name) != self.except
    }

    /// Those that `keep` keeps, where they can be counted.
    pub(super) fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        let names = self.names.iter().filter(|name| self.except || keep(name)).cloned().collect();
        Self { except: self.except, names }
    }
}

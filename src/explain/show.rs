//! Explanations for a terminal.

mod answers;
mod tasks;

use crate::diagnostic::Colour;

pub use answers::answers;
pub use tasks::task_list;

/// The colours of an explanation, or none.
#[derive(Clone, Copy)]
struct Paint {
    /// What is looked for first.
    strong: &'static str,
    /// What came of it.
    value: &'static str,
    /// Where it stands.
    place: &'static str,
    end: &'static str,
}

impl Paint {
    fn new(colour: Colour) -> Self {
        match colour {
            Colour::Never => Self { strong: "", value: "", place: "", end: "" },
            Colour::Always => Self { strong: "\u{1b}[1m", value: "\u{1b}[32m", place: "\u{1b}[2m", end: "\u{1b}[0m" },
        }
    }

    fn strong(self, text: &str) -> String {
        self.painted(self.strong, text)
    }

    fn value(self, text: &str) -> String {
        self.painted(self.value, text)
    }

    fn place(self, text: &str) -> String {
        self.painted(self.place, text)
    }

    fn painted(self, colour: &str, text: &str) -> String {
        if text.is_empty() { String::new() } else { format!("{colour}{text}{}", self.end) }
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

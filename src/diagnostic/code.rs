//! The stable codes. A code is never reused for another meaning.

use super::Severity;

/// A diagnostic's stable name, e.g. `E0201`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// `E` and four digits for an error, `W` and four digits for a warning.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub(super) fn severity(self) -> Severity {
        if self.0.starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code($code);)*
        /// Every code with its title, in order.
        pub const CODES: &[(Code, &str)] = &[$(($name, $title)),*];
    };
}

// 01xx: the scenario. 02xx: the rules language. 03xx: tasks and plans. 04xx: decisions and scripts.
codes! {
    JSON_SYNTAX = "E0101", "the file is not JSON";
    UNKNOWN_KEY = "E0102", "a key that the format does not have";
    WRONG_TYPE = "E0103", "a value of the wrong type";
    MISSING_KEY = "E0104", "a required key is missing";
    UNKNOWN_VALUE = "E0105", "a value outside the allowed ones";
    DUPLICATE_KEY = "E0106", "a key stands twice in one object";
    BAD_TIME = "E0107", "a time that cannot be: negative, backwards or past the end";
    UNKNOWN_ASSET = "E0108", "an asset id that `assets` does not have";
    UNKNOWN_SCENE = "E0109", "a scene id that no scene has";
    DUPLICATE_ID = "E0110", "one id for two things";
    BAD_ID = "E0111", "an id that is empty, too long or a path";
    MISSING_ASSET = "E0112", "a segment that has nothing to show or to play";
    NO_PICTURE = "E0113", "a scenario without any picture";
    SEQUENCE_GAP = "E0114", "segments that should follow one another do not";
    OUT_OF_RANGE = "E0115", "a number outside its range";
    EMPTY_FILE = "E0116", "the file is empty";
}

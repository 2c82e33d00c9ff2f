//! Words for how a clip or photo fills what it is given.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::closed_enum;

closed_enum! {
    /// What becomes of a clip that is shorter than the time it is to be seen.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    ClipFit { Trim = "trim", Loop = "loop", Freeze = "freeze", Slow = "slow" }
}
closed_enum! {
    /// How a photo moves while it is seen.
    #[expect(missing_docs, reason = "the words speak for themselves")]
    Motion {
        None = "none", ZoomIn = "zoom_in", ZoomOut = "zoom_out", PanLeft = "pan_left", PanRight = "pan_right",
        PanUp = "pan_up", PanDown = "pan_down",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn each_closed_set_has_the_words_of_its_type() {
        assert_eq!(ClipFit::WORDS, value::CLIP_FIT.values);
        assert_eq!(Motion::WORDS, value::MOTION.values);
    }
}

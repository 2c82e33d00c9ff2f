//! How a clip fills what it is given: the canvas, and its time.

use crate::tasks::{Background, Task};
use crate::time::Time;

use super::strip::{Content, Element, Shot, Strip};

/// How a shot fills the canvas, where it says so itself; what it leaves out is the canvas' own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Framing {
    /// A word of [`crate::value::FIT`].
    pub(super) fit: Option<&'static str>,
    pub(super) background: Option<Background>,
    /// What of it stays nearest to the middle where it is cropped: shares of its width and height.
    pub(super) focus: [Option<f64>; 2],
    pub(super) motion: Option<Motion>,
}

/// How a photo moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Motion {
    /// A word of [`crate::value::MOTION`], not `none`.
    pub(super) kind: &'static str,
    /// How long it takes. The shot's `source` is how far it has come.
    pub(super) length: Time,
}

impl Framing {
    /// What `task` says.
    pub(super) fn of(task: &Task) -> Self {
        let share = |name: &str| task.number(name);
        Self {
            fit: task.param("fit").and(task.word("fit")),
            background: task.text("background").and_then(Background::parse),
            focus: [share("focus_x"), share("focus_y")],
            motion: task.word("motion").filter(|kind| *kind != "none").map(|kind| Motion { kind, length: Time::ZERO }),
        }
    }
}

impl Shot {
    /// Frames it as `framing` says, where that says anything; it is to be seen for `length`.
    pub(super) fn frame(&mut self, framing: &Framing, length: Time) {
        let own = &mut self.framing;
        own.fit = framing.fit.or(own.fit);
        own.background = framing.background.or(own.background);
        for (own, focus) in own.focus.iter_mut().zip(framing.focus) {
            *own = focus.or(*own);
        }
        if let Some(motion) = framing.motion.filter(|_| self.still) {
            own.motion = Some(Motion { length, ..motion });
            self.source = Time::ZERO;
        }
    }
}

/// What becomes of a clip that may be too short for its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClipFit {
    kind: &'static str,
    /// Where in the clip it starts to play.
    from: Time,
    /// How much of it there is from there on.
    left: Time,
    /// How long it is to be seen.
    slot: Time,
}

/// How much a clip may lack without anybody calling it short: its last frame stands for that long.
const UNSEEN_SECONDS: f64 = 0.1;

impl ClipFit {
    /// What `task` says of a clip of `duration` that is to be seen for `slot`.
    pub(super) fn of(task: &Task, duration: Time, slot: Time) -> Self {
        let from = task.time("source_start").unwrap_or_default();
        Self { kind: task.word("clip_fit").unwrap_or("trim"), from, left: duration.saturating_sub(from), slot }
    }

    fn is_short(&self) -> bool {
        (self.slot - self.left).as_secs() > UNSEEN_SECONDS
    }
}

impl Strip {
    /// Frames every shot of it.
    pub(super) fn framed(mut self, framing: &Framing) -> Self {
        if *framing != Framing::default() {
            for element in &mut self.elements {
                let length = element.end - element.start;
                if let Content::Shot(shot) = &mut element.content {
                    shot.frame(framing, length);
                }
            }
        }
        self
    }

    /// As long as `fit` has it. `frame` is how long its last frame is.
    pub(super) fn fitted(self, fit: &ClipFit, frame: Time) -> Self {
        let ClipFit { kind, from, left, slot } = *fit;
        if !fit.is_short() || left <= Time::ZERO {
            return self.trim(from, from + slot);
        }
        let rest = self.trim(from, from + left);
        match kind {
            "loop" => {
                let mut whole = rest.clone();
                while whole.duration < slot {
                    whole = whole.concat(rest.clone());
                }
                whole.trim(Time::ZERO, slot)
            }
            "freeze" => rest.frozen(slot, frame),
            "slow" => rest.speed(left.as_secs() / slot.as_secs()),
            _ => rest,
        }
    }

    /// What is seen in its last frame, up to `end`; nothing more is heard.
    fn frozen(mut self, end: Time, frame: Time) -> Self {
        let stop = self.duration;
        let mut elements = Vec::new();
        for mut element in self.elements {
            let at_end = element.end >= stop;
            let standing = match &element.content {
                Content::Shot(shot) if at_end => {
                    let last = shot.later((stop - element.start).saturating_sub(frame));
                    let content = Content::Shot(Shot { held: true, ..last });
                    Some(Element { start: stop, end, content, by: element.by })
                }
                Content::Inset { .. } | Content::Text(_) if at_end => {
                    element.end = end;
                    None
                }
                _ => None,
            };
            elements.push(element);
            elements.extend(standing);
        }
        self.elements = elements;
        self.duration = end;
        self
    }
}

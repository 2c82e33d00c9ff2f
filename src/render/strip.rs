//! A picture with its sound, on paper: which part of which asset is seen and heard when, and what is drawn on it.
//!
//! Tasks are operations on strips, and a strip is closed under them: to cut, join, cover or speed up a strip gives a
//! strip, in exact time, with nothing decoded.

use crate::tasks::Style;
use crate::time::Time;

use super::framing::Framing;

/// A picture with its sound.
#[derive(Clone, Debug, Default)]
pub(super) struct Strip {
    /// How long it is; a photo that nobody has trimmed yet is endless.
    pub(super) duration: Time,
    /// What is seen, from the lowest to the highest.
    pub(super) elements: Vec<Element>,
    /// What is heard, all together.
    pub(super) sounds: Vec<Sound>,
}

/// Who put something on a strip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum By {
    /// Nobody has said so yet.
    #[default]
    Open,
    /// The plan's main video, which is there before any task.
    Main,
    /// The task of this number.
    Task(usize),
}

/// Something seen from `start` to `end`, half-open.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) content: Content,
    pub(super) by: By,
}

/// What an element shows.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// A part of an asset, filling the canvas.
    Shot(Shot),
    /// Two parts of assets, the second coming in over the first.
    Joint { from: Shot, to: Shot, kind: &'static str },
    /// A picture in its place.
    Inset { asset: String, position: &'static str, width: f64 },
    /// A text.
    Text(Text),
    /// What lies below comes out of black (`into: false`) or goes into it.
    Fade { into: bool },
}

/// A part of an asset.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shot {
    pub(super) asset: String,
    /// Where in the asset the element's start lies.
    pub(super) source: Time,
    /// How many seconds of the asset pass in one second.
    pub(super) speed: f64,
    /// A photo: every moment is the same.
    pub(super) still: bool,
    /// The one frame at `source`, for as long as it is seen.
    pub(super) held: bool,
    /// How it fills the canvas, where it says so itself.
    pub(super) framing: Framing,
}

/// A text on the screen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    pub(super) words: String,
    pub(super) style: Style,
    pub(super) font_size: Option<f64>,
    pub(super) position: &'static str,
    /// The number of the task that writes it, for findings.
    pub(super) task: usize,
    /// Whether it is a subtitle's, which a player can show as well.
    pub(super) is_subtitle: bool,
    /// When its words are said, if its style shows that.
    pub(super) spoken: Vec<Spoken>,
}

/// When a word of a text is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spoken {
    /// How many letters and digits of the text stand before it.
    pub(super) letters: usize,
    /// When it begins, on the strip.
    pub(super) at: Time,
}

impl Content {
    /// Changes the moments inside a text as those of its element are changed.
    fn retime(&mut self, change: impl Fn(Time) -> Time) {
        if let Self::Text(text) = self {
            text.spoken.iter_mut().for_each(|word| word.at = change(word.at));
        }
    }
}

/// A part of an asset's sound, heard from `start` to `end`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sound {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) asset: String,
    /// Where in the asset `start` lies.
    pub(super) source: Time,
    pub(super) speed: f64,
    /// Begins again at the asset's start where it ends.
    pub(super) looped: bool,
    /// 1 is as recorded.
    pub(super) volume: f64,
    /// How many decibels it stays below the speech in the sounds that do not do so; 0 for none.
    pub(super) ducking: f64,
    /// Changes of volume, all multiplied.
    pub(super) gains: Vec<Gain>,
    pub(super) by: By,
}

/// How long a sound takes to go on at another volume.
const GO_ON_SECONDS: f64 = 0.02;

/// A change of volume over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gain {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) shape: GainShape,
}

/// How a volume changes between the two moments of a [`Gain`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum GainShape {
    /// Silent before, then swelling; unchanged after.
    Rise,
    /// Unchanged before, then dying away; silent after.
    Fall,
    /// At `level` between the two, unchanged outside; `ease` to get there and back, outside of the two.
    Dip { level: f64, ease: Time },
}

impl Sound {
    /// Whether `next` is the same sound from where this one stops at `joint`, perhaps not as loud.
    fn goes_on_in(&self, next: &Self, joint: Time) -> bool {
        self.end == joint
            && next.start == joint
            && self.asset == next.asset
            && !self.looped
            && !next.looped
            && self.speed.to_bits() == next.speed.to_bits()
            && self.ducking.to_bits() == next.ducking.to_bits()
            && (self.volume.to_bits() == next.volume.to_bits() || self.volume > 0.0)
            && self.gains.iter().all(|gain| matches!(gain.shape, GainShape::Dip { .. }) && gain.end <= joint)
            && next.gains.is_empty()
            && self.source + (self.end - self.start).scaled(1.0 / self.speed) == next.source
    }

    /// Takes in `next`, which goes on where this one stops. A volume that changes there is no cut either.
    fn go_on(&mut self, next: &Self) {
        if self.volume.to_bits() != next.volume.to_bits() {
            let ease = Time::from_secs(GO_ON_SECONDS).unwrap_or_default();
            let shape = GainShape::Dip { level: next.volume / self.volume, ease };
            self.gains.push(Gain { start: next.start, end: next.end, shape });
        }
        self.end = next.end;
    }
}

impl Shot {
    /// The whole of an asset.
    pub(super) fn of(asset: &str, still: bool) -> Self {
        Self {
            asset: asset.to_owned(),
            source: Time::ZERO,
            speed: 1.0,
            still,
            held: false,
            framing: Framing::default(),
        }
    }

    /// Whether every moment of it is the same.
    pub(super) fn stands(&self) -> bool {
        self.held || (self.still && self.framing.motion.is_none())
    }

    pub(super) fn later(&self, by: Time) -> Self {
        let source = if self.stands() { self.source } else { self.source + by.scaled(1.0 / self.speed) };
        Self { source, ..self.clone() }
    }
}

impl Strip {
    /// Says of all that is new on it who put it there.
    pub(super) fn sign(mut self, by: By) -> Self {
        let elements = self.elements.iter_mut().map(|element| &mut element.by);
        let sounds = self.sounds.iter_mut().map(|sound| &mut sound.by);
        elements.chain(sounds).filter(|known| **known == By::Open).for_each(|open| *open = by);
        self
    }

    /// The part from `start` to `end`. What lasts to the end of the whole lasts a little longer if `end` is: containers are
    /// not exact about their lengths, and the last frame stands rather than black.
    pub(super) fn trim(mut self, start: Time, end: Time) -> Self {
        let whole = self.duration;
        self.elements.retain(|element| element.start < end && element.end > start);
        for element in &mut self.elements {
            let cut = start.saturating_sub(element.start);
            match &mut element.content {
                Content::Shot(shot) => *shot = shot.later(cut),
                // A joint is never cut by a trim (the validator sees to it), only covered.
                Content::Joint { .. } | Content::Inset { .. } | Content::Text(_) | Content::Fade { .. } => {}
            }
            element.content.retime(|time| time.saturating_sub(start));
            element.start = element.start.saturating_sub(start);
            element.end = if element.end >= whole { end } else { element.end.min(end) } - start;
        }
        self.sounds.retain(|sound| sound.start < end && sound.end > start);
        for sound in &mut self.sounds {
            sound.source += start.saturating_sub(sound.start).scaled(1.0 / sound.speed);
            sound.start = sound.start.saturating_sub(start);
            sound.end = sound.end.min(end) - start;
            for gain in &mut sound.gains {
                gain.start = gain.start - start;
                gain.end = gain.end - start;
            }
        }
        self.duration = end - start;
        self
    }

    /// The same, its sound `factor` times as loud.
    pub(super) fn louder(mut self, factor: f64) -> Self {
        for sound in &mut self.sounds {
            sound.volume *= factor;
        }
        self
    }

    /// The same, `by` later.
    fn shift(&mut self, by: Time) {
        for element in &mut self.elements {
            element.start += by;
            element.end += by;
            element.content.retime(|time| time + by);
        }
        for sound in &mut self.sounds {
            sound.start += by;
            sound.end += by;
            for gain in &mut sound.gains {
                gain.start += by;
                gain.end += by;
            }
        }
    }

    /// The same, `factor` times as fast.
    pub(super) fn speed(mut self, factor: f64) -> Self {
        for element in &mut self.elements {
            element.start = element.start.scaled(factor);
            element.end = element.end.scaled(factor);
            element.content.retime(|time| time.scaled(factor));
            match &mut element.content {
                Content::Shot(shot) => shot.speed *= factor,
                Content::Joint { from, to, .. } => {
                    from.speed *= factor;
                    to.speed *= factor;
                }
                Content::Inset { .. } | Content::Text(_) | Content::Fade { .. } => {}
            }
        }
        for sound in &mut self.sounds {
            sound.start = sound.start.scaled(factor);
            sound.end = sound.end.scaled(factor);
            sound.speed *= factor;
            for gain in &mut sound.gains {
                gain.start = gain.start.scaled(factor);
                gain.end = gain.end.scaled(factor);
                if let GainShape::Dip { ease, .. } = &mut gain.shape {
                    *ease = ease.scaled(factor);
                }
            }
        }
        self.duration = self.duration.scaled(factor);
        self
    }

    /// `next` after this one. Where the second goes on in the same asset just where the first stops, there is no cut.
    pub(super) fn concat(mut self, mut next: Self) -> Self {
        let joint = self.duration;
        next.shift(joint);
        self.duration += next.duration;
        for element in next.elements {
            let continued = self.elements.iter_mut().find(|before| {
                let goes_on = before.end == joint && element.start == joint;
                match (&before.content, &element.content) {
                    (Content::Shot(a), Content::Shot(b)) if goes_on => a.later(before.end - before.start) == *b,
                    _ => false,
                }
            });
            match continued {
                Some(before) => before.end = element.end,
                None => self.elements.push(element),
            }
        }
        for sound in next.sounds {
            match self.sounds.iter_mut().find(|before| before.goes_on_in(&sound, joint)) {
                Some(before) => before.go_on(&sound),
                None => self.sounds.push(sound),
            }
        }
        self
    }

    /// `next` coming in over the last `overlap` of this one, sound faded from one to the other.
    ///
    /// Nothing but one shot may lie in either half of the joint; the validator sees to it.
    pub(super) fn transition(mut self, mut next: Self, kind: &'static str, overlap: Time) -> Self {
        let (start, end) = (self.duration.saturating_sub(overlap), self.duration);
        next.shift(start);
        let from = self.elements.iter().find(|element| element.start < end && element.end >= end).cloned();
        let to = next.elements.iter().find(|element| element.start <= start && element.end > start).cloned();
        for sound in &mut self.sounds {
            sound.gains.push(Gain { start, end, shape: GainShape::Fall });
        }
        for sound in &mut next.sounds {
            sound.gains.push(Gain { start, end, shape: GainShape::Rise });
        }
        if let (Some(from), Some(to)) = (from, to)
            && let (Content::Shot(before), Content::Shot(after)) = (&from.content, &to.content)
        {
            let content = Content::Joint {
                from: before.later(start.saturating_sub(from.start)),
                to: after.later(start.saturating_sub(to.start)),
                kind,
            };
            self.elements.push(Element { start, end, content, by: By::Open });
        }
        self.duration = start + next.duration;
        // The joint must lie above both of its halves, and below nothing that the second half draws.
        let (shots, drawn): (Vec<_>, Vec<_>) =
            next.elements.into_iter().partition(|element| element.start <= start && element.end > start);
        let joint = self.elements.pop();
        self.elements.extend(shots);
        self.elements.extend(joint);
        self.elements.extend(drawn);
        self.sounds.extend(next.sounds);
        self
    }

    /// `cover` over this one from `start` on, with its own sound at `volume`.
    pub(super) fn cover(mut self, mut cover: Self, start: Time, volume: f64) -> Self {
        cover.shift(start);
        self.elements.extend(cover.elements);
        if volume > 0.0 {
            for mut sound in cover.sounds {
                sound.volume *= volume;
                self.sounds.push(sound);
            }
        }
        self
    }

    /// Draws `content` from `start` to `end`.
    pub(super) fn draw(mut self, start: Time, end: Time, content: Content) -> Self {
        let end = end.min(self.duration);
        self.elements.push(Element { start, end, content, by: By::Open });
        self
    }
}

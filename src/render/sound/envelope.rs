//! How loud the sounds of a track are at every moment, as an expression that ffmpeg evaluates.
//!
//! A track of an hour can have a thousand changes of volume. As one long product each moment would cost a thousand
//! multiplications; here it is a search tree over the stretches between the changes, so that a moment costs its depth.
#![cfg_attr(test, allow(clippy::float_cmp, reason = "tests of exact numbers"))]

use std::fmt::Write as _;

use crate::render::strip::{Gain, GainShape, Sound};

/// No change is faster: a step is a click.
const SHORTEST_RAMP: f64 = 0.005;

/// A volume over time, counted from the video's start in seconds: a number where it does not change.
pub(super) enum Volume {
    /// The same throughout.
    Constant(f64),
    /// An expression of `t`.
    Moving(String),
}

/// A straight line: `from` at `start`, `to` at `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    start: f64,
    end: f64,
    from: f64,
    to: f64,
}

/// That of `sounds`, which are heard one after another; between them it does not matter.
pub(super) fn volume<'a>(sounds: impl IntoIterator<Item = &'a Sound>) -> Volume {
    let mut all: Vec<(f64, Stretch)> = sounds.into_iter().flat_map(stretches).collect();
    all.dedup_by(|later, earlier| later.1 == earlier.1);
    match all.as_slice() {
        [] => Volume::Constant(1.0),
        [(_, Stretch { factor, moving })] if moving.is_empty() => Volume::Constant(*factor),
        several => {
            let mut expression = String::new();
            search(several, &mut expression);
            Volume::Moving(expression)
        }
    }
}

/// Where the volume of `sound` changes how, and where each of that begins.
fn stretches(sound: &Sound) -> Vec<(f64, Stretch)> {
    let length = (sound.end - sound.start).as_secs();
    let lines: Vec<Line> = sound.gains.iter().flat_map(|gain| lines(gain, sound, length)).collect();
    let mut moments: Vec<f64> = lines.iter().flat_map(|line| [line.start, line.end]).chain([0.0, length]).collect();
    moments.sort_by(f64::total_cmp);
    moments.dedup_by(|later, earlier| *later - *earlier < 1e-7);
    let mut stretches: Vec<(f64, Stretch)> =
        moments.iter().take(moments.len().saturating_sub(1)).map(|start| (*start, Stretch::at(sound.volume))).collect();
    for line in &lines {
        // Moments that are nearly one count as one, so the middle decides what lies where.
        let first = moments.partition_point(|moment| *moment < line.start - 1e-6);
        let last = moments.partition_point(|moment| *moment < line.end - 1e-6);
        for (_, stretch) in stretches.get_mut(first..last).unwrap_or_default() {
            stretch.multiply(line);
        }
    }
    let at = sound.start.as_secs();
    for (start, stretch) in &mut stretches {
        *start += at;
        for line in &mut stretch.moving {
            line.start += at;
            line.end += at;
        }
    }
    stretches
}

/// What a gain multiplies the volume by, wherever that is not 1.
fn lines(gain: &Gain, sound: &Sound, length: f64) -> impl Iterator<Item = Line> + use<> {
    let (start, end) = ((gain.start - sound.start).as_secs(), (gain.end - sound.start).as_secs());
    let slope_end = end.max(start + SHORTEST_RAMP);
    let flat = |start: f64, end: f64, level: f64| Line { start, end, from: level, to: level };
    let lines = match gain.shape {
        GainShape::Rise => {
            vec![flat(f64::MIN, start, 0.0), Line { start, end: slope_end, from: 0.0, to: 1.0 }]
        }
        GainShape::Fall => {
            vec![Line { start, end: slope_end, from: 1.0, to: 0.0 }, flat(slope_end, f64::MAX, 0.0)]
        }
        GainShape::Dip { level, ease } => {
            let ease = ease.as_secs().max(SHORTEST_RAMP);
            vec![
                Line { start: start - ease, end: start, from: 1.0, to: level },
                flat(start, end, level),
                Line { start: end, end: end + ease, from: level, to: 1.0 },
            ]
        }
    };
    lines.into_iter().filter_map(move |line| line.within(length))
}

impl Line {
    /// The part of it from 0 to `length`.
    fn within(self, length: f64) -> Option<Self> {
        let (start, end) = (self.start.max(0.0), self.end.min(length));
        let at = |moment: f64| {
            if self.from.to_bits() == self.to.to_bits() {
                return self.from;
            }
            self.from + (self.to - self.from) * (moment - self.start) / (self.end - self.start)
        };
        (end - start > 1e-7).then(|| Self { start, end, from: at(start), to: at(end) })
    }
}

/// The volume between two moments: a number times some lines.
#[derive(Clone, Debug, PartialEq)]
struct Stretch {
    factor: f64,
    moving: Vec<Line>,
}

impl Stretch {
    fn at(factor: f64) -> Self {
        Self { factor, moving: Vec::new() }
    }

    fn multiply(&mut self, line: &Line) {
        if line.from.to_bits() == line.to.to_bits() {
            self.factor *= line.from;
        } else {
            self.moving.push(*line);
        }
        if self.factor == 0.0 {
            self.moving.clear();
        }
    }

    fn write(&self, into: &mut String) {
        // Writing into a string cannot fail.
        let _ = write!(into, "{:.6}", self.factor);
        for Line { start, end, from, to } in &self.moving {
            let slope = (to - from) / (end - start);
            let _ = write!(into, "*({from:.6}+({slope:.9})*(t-{start:.6}))");
        }
    }
}

/// Halves the stretches until one is left: `if(lt(t,middle),…,…)`, of which ffmpeg evaluates one branch alone.
fn search(stretches: &[(f64, Stretch)], into: &mut String) {
    match stretches {
        [] => {}
        [(_, stretch)] => stretch.write(into),
        several => {
            let (before, after) = several.split_at(several.len() / 2);
            let middle = after.first().map_or(0.0, |(start, _)| *start);
            let _ = write!(into, "if(lt(t,{middle:.6}),");
            search(before, into);
            into.push(',');
            search(after, into);
            into.push(')');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::strip::By;
    use crate::time::Time;

    fn at(seconds: f64) -> Time {
        Time::from_secs(seconds).expect("a time")
    }

    fn sound(gains: Vec<Gain>) -> Sound {
        Sound {
            start: at(10.0),
            end: at(20.0),
            asset: "a".into(),
            source: Time::ZERO,
            speed: 1.0,
            looped: false,
            volume: 0.5,
            ducking: 0.0,
            gains,
            by: By::Open,
        }
    }

    fn dip(start: f64, end: f64, level: f64) -> Gain {
        Gain { start: at(start), end: at(end), shape: GainShape::Dip { level, ease: at(0.25) } }
    }

    #[test]
    fn a_volume_that_does_not_change_is_a_number() {
        for gains in [vec![], vec![dip(2.0, 9.0, 0.1)], vec![dip(21.0, 22.0, 0.1)]] {
            let volume = volume([&sound(gains)]);
            assert!(matches!(volume, Volume::Constant(level) if (level - 0.5).abs() < 1e-9));
        }
        assert!(
            matches!(volume([&sound(vec![dip(5.0, 25.0, 0.5)])]), Volume::Constant(level) if (level - 0.25).abs() < 1e-9)
        );
    }

    #[test]
    fn changes_are_searched_by_halves_and_overlapping_ones_are_multiplied() {
        let rise = Gain { start: at(10.0), end: at(11.0), shape: GainShape::Rise };
        let Volume::Moving(text) = volume([&sound(vec![rise, dip(12.0, 13.0, 0.2)])]) else { panic!("it changes") };
        assert_eq!(
            text,
            "if(lt(t,12.000000),if(lt(t,11.000000),0.500000*(0.000000+(1.000000000)*(t-10.000000)),\
             if(lt(t,11.750000),0.500000,0.500000*(1.000000+(-3.200000000)*(t-11.750000)))),\
             if(lt(t,13.000000),0.100000,if(lt(t,13.250000),0.500000*(0.200000+(3.200000000)*(t-13.000000)),0.500000)))"
        );
    }

    #[test]
    fn sounds_of_one_track_have_one_expression() {
        let second = Sound { start: at(30.0), end: at(40.0), volume: 2.0, ..sound(vec![]) };
        let Volume::Moving(text) = volume([&sound(vec![]), &second]) else { panic!("it changes") };
        assert_eq!(text, "if(lt(t,30.000000),0.500000,2.000000)");
    }

    #[test]
    fn a_thousand_changes_make_an_expression_that_grows_with_them_and_stays_shallow() {
        let many = |count: u32| {
            let mut sound = sound((0..count).map(|n| dip(f64::from(n) + 10.0, f64::from(n) + 10.4, 0.2)).collect());
            sound.end = at(10.0 + f64::from(count));
            let Volume::Moving(text) = volume([&sound]) else { panic!("it changes") };
            let depths = text.chars().scan(0_i32, |depth, c| {
                *depth += i32::from(c == '(') - i32::from(c == ')');
                Some(*depth)
            });
            (text.len(), depths.max().unwrap_or_default())
        };
        let ((hundred, _), (thousand, depth)) = (many(100), many(1000));
        assert!(thousand < 12 * hundred, "{hundred} and {thousand}");
        assert!(depth <= 18, "{depth}");
    }
}

//! Exact time on the output's timeline, and its frame grid.
//!
//! Seconds are `f64` only at the border (JSON, the rules language, ffmpeg's arguments). Inside, a time is a whole
//! number of *flicks*, 1/705 600 000 s, a unit in which a frame of every common rate (24, 25, 30, 50, 60, 120 and
//! the 1000/1001 rates) and a millisecond are whole numbers
//! (<https://github.com/facebookarchive/Flicks>). Rounding to a frame happens once, in [`FrameRate::frame_at`].

#![expect(clippy::cast_precision_loss, reason = "a day in flicks is below 2^53, so f64 holds it exactly")]

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Flicks in one second.
pub(crate) const FLICKS: i64 = 705_600_000;

/// A point on a timeline, or a length of one, exact to 1/705 600 000 s.
///
/// In JSON it is a number of seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// The start of every timeline.
    pub const ZERO: Self = Self(0);

    /// The longest time that callsheet handles: 24 hours. A longer one in a file is a diagnostic.
    pub const MAX: Self = Self(24 * 3600 * FLICKS);

    /// The nearest exact time; `None` for NaN, infinities and anything beyond ±[`Time::MAX`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "bounded by MAX, far inside i64 and exact in f64")]
    pub fn from_secs(seconds: f64) -> Option<Self> {
        let flicks = (seconds * FLICKS as f64).round();
        (seconds.is_finite() && flicks.abs() <= Self::MAX.0 as f64).then_some(Self(flicks as i64))
    }

    /// Seconds, for a border: JSON, a message, an ffmpeg argument.
    #[must_use]
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / FLICKS as f64
    }

    /// So many thousandths of a second, the grain of caption files; `None` beyond ±[`Time::MAX`].
    #[must_use]
    pub fn from_millis(milliseconds: i64) -> Option<Self> {
        let time = Self(milliseconds.checked_mul(FLICKS / 1000)?);
        (-Self::MAX.0..=Self::MAX.0).contains(&time.0).then_some(time)
    }

    /// The nearest thousandth of a second.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        (self.0 + FLICKS / 2000).div_euclid(FLICKS / 1000)
    }

    /// The time divided by `factor`: what it becomes when its clip plays `factor` times as fast.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "factor is at least 1/8, so the result stays within 8 days")]
    pub fn scaled(self, factor: f64) -> Self {
        Self((self.0 as f64 / factor).round() as i64)
    }

    /// `self - other`, or zero where that would be negative.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }
}

impl Add for Time {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Time {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Time {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::iter::Sum for Time {
    fn sum<I: Iterator<Item = Self>>(times: I) -> Self {
        times.fold(Self::ZERO, Add::add)
    }
}

/// Seconds with at most three decimals and no trailing zeros, e.g. `12`, `0.5`, `33.367`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.3}", self.as_secs());
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Six decimals hide the representation error of f64 without losing a microsecond, ffmpeg's own grain.
        serializer.serialize_f64((self.as_secs() * 1e6).round() / 1e6)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Self::from_secs(seconds).ok_or_else(|| serde::de::Error::custom("a time is at most 24 hours, in seconds"))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Seconds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": Self::MAX.as_secs(), "description": "seconds" })
    }
}

/// The output's frame rate, as a fraction of frames per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    numerator: u32,
    denominator: u32,
}

impl FrameRate {
    /// The rate nearest to `fps`: a whole one, or the 1000/1001 relative of a whole one (23.976, 29.97, 59.94).
    /// `None` outside 1 to 120.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to lie within 1..=120")]
    pub fn from_fps(fps: f64) -> Option<Self> {
        if !(1.0..=120.0).contains(&fps) {
            return None;
        }
        let whole = fps.round();
        let ntsc = fps.ceil();
        if (fps - whole).abs() < 1e-3 {
            Some(Self { numerator: whole as u32, denominator: 1 })
        } else if (fps - ntsc / 1.001).abs() < 5e-3 {
            Some(Self { numerator: ntsc as u32 * 1000, denominator: 1001 })
        } else {
            Some(Self { numerator: (fps * 1000.0).round() as u32, denominator: 1000 })
        }
    }

    /// 30 frames a second, what a video has if nothing says otherwise.
    #[must_use]
    pub fn thirty() -> Self {
        Self { numerator: 30, denominator: 1 }
    }

    /// The length of a frame as ffmpeg writes a time base: `1/30`, `1001/30000`.
    #[must_use]
    pub fn time_base(self) -> String {
        format!("{}/{}", self.denominator, self.numerator)
    }

    /// A clock in which every frame is a whole number of ticks: ticks in a second, and in a frame.
    pub(crate) fn clock(self) -> (u64, u64) {
        // What ffmpeg does for whole rates: some hundred ticks in a frame leave room for times in between.
        let finer = if self.denominator == 1 { 512 } else { 1 };
        (u64::from(self.numerator) * finer, u64::from(self.denominator) * finer)
    }

    /// Frames per second.
    #[must_use]
    pub fn fps(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// The number of the frame nearest to `time` (the one rounding from time to frames); 0 before the start.
    #[must_use]
    pub fn frame_at(self, time: Time) -> u64 {
        let parts = i128::from(FLICKS) * i128::from(self.denominator);
        let scaled = i128::from(time.0) * i128::from(self.numerator);
        u64::try_from((2 * scaled + parts).div_euclid(2 * parts)).unwrap_or(0)
    }

    /// When frame `number` is shown.
    #[must_use]
    pub fn time_of(self, number: u64) -> Time {
        let flicks = i128::from(number) * i128::from(FLICKS) * i128::from(self.denominator);
        let numerator = i128::from(self.numerator);
        Time(i64::try_from((2 * flicks + numerator).div_euclid(2 * numerator)).unwrap_or(i64::MAX))
    }
}

/// ffmpeg's way to write a rate: `30` or `30000/1001`.
impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            write!(f, "{}", self.numerator)
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_frame_survives_the_way_to_time_and_back(number in 0_u64..1_000_000, which in 0_usize..8) {
            let rates = [23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0];
            let rate = FrameRate::from_fps(rates[which]).expect("a common rate");
            prop_assert_eq!(rate.frame_at(rate.time_of(number)), number);
        }

        #[test]
        fn a_millisecond_survives_the_border(milliseconds in 0_u32..86_400_000) {
            let time = Time::from_secs(f64::from(milliseconds) / 1000.0).expect("within a day");
            let json = serde_json::to_string(&time).expect("a number");
            prop_assert_eq!(serde_json::from_str::<Time>(&json).expect("a number"), time);
        }
    }

    #[test]
    fn ntsc_rates_are_exact_fractions() {
        assert_eq!(FrameRate::from_fps(29.97).map(|rate| rate.to_string()).as_deref(), Some("30000/1001"));
        assert_eq!(FrameRate::from_fps(30.0).map(|rate| rate.to_string()).as_deref(), Some("30"));
        assert_eq!(FrameRate::from_fps(0.5), None);
    }
}

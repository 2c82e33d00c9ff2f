//! Whether and when a request is repeated: as OpenAI's own clients do it (`openai-python`, `_base_client.py`).

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, Instant, SystemTime};

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::exchange::{Head, Interruption};
use super::limits::Limits;

/// How often a request is repeated.
const RETRIES: u32 = 2;

/// A longer wait that a server asks for is not waited.
pub(crate) const MOST_WAIT: Duration = Duration::from_secs(120);

/// The longest pause of our own.
const MOST_BACKOFF: Duration = Duration::from_secs(8);

/// How often a request was repeated, and whether it may be once more.
#[derive(Debug)]
pub(crate) struct Tries<'a> {
    limits: &'a Limits,
    repeats: u32,
}

impl<'a> Tries<'a> {
    /// Before the first.
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self { limits, repeats: 0 }
    }

    /// The pause before another try after an answer that is a failure; none if it is of no use.
    pub(crate) fn after_answer(&self, head: &Head) -> Option<Duration> {
        Advice::read(|name| head.header(name), SystemTime::now()).pause(head.status, self.repeats, self.limits.backoff)
    }

    /// The pause before another try after there was no answer, or half of one; none if it is of no use.
    pub(crate) fn after_interruption(&self, interruption: &Interruption) -> Option<Duration> {
        let again = self.repeats < RETRIES && interruption.is_of_connection();
        again.then(|| backoff(self.repeats, self.limits.backoff))
    }

    /// Counts a repeat whose pause somebody else makes.
    pub(crate) fn count(&mut self) {
        self.repeats += 1;
    }

    /// Makes the pause.
    pub(crate) fn wait(&mut self, pause: Duration, cancel: &Cancel) -> Result<()> {
        self.count();
        (self.limits.pause)(pause, cancel)
    }
}

/// What the headers of a failure say about another try.
#[derive(Debug, Default)]
pub(super) struct Advice {
    /// `x-should-retry`.
    should: Option<bool>,
    /// `retry-after-ms` or `retry-after`, as a pause from now.
    pub(super) after: Option<Duration>,
}

impl Advice {
    /// Reads it from headers by name.
    pub(super) fn read<'a>(header: impl Fn(&str) -> Option<&'a str>, now: SystemTime) -> Self {
        let should = match header("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| *number >= 0.0);
        let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let by_milliseconds = header("retry-after-ms").and_then(number).map(|ms| seconds(ms / 1000.0));
        let by_seconds = || header("retry-after").and_then(number).map(seconds);
        let by_date = || {
            let date = httpdate::parse_http_date(header("retry-after")?.trim()).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        };
        Self { should, after: by_milliseconds.or_else(by_seconds).or_else(by_date) }
    }

    /// The pause before repeat number `repeat` (from 0) after `status`; none if it is of no use.
    fn pause(&self, status: u16, repeat: u32, base: Duration) -> Option<Duration> {
        let transient = matches!(status, 408 | 409 | 429) || status >= 500;
        if repeat >= RETRIES || !self.should.unwrap_or(transient) {
            return None;
        }
        match self.after {
            Some(after) => (after <= MOST_WAIT).then_some(after),
            None => Some(backoff(repeat, base)),
        }
    }
}

/// The base, doubled each time, up to 8 s; up to a quarter less, so that clients do not come back all at once.
fn backoff(repeat: u32, base: Duration) -> Duration {
    let whole = base.saturating_mul(1 << repeat.min(10)).min(MOST_BACKOFF);
    let chance = std::hash::RandomState::new().build_hasher().finish() % 256;
    whole.mul_f64(1.0 - f64::from(u8::try_from(chance).unwrap_or(0)) / 1024.0)
}

/// Waits, unless somebody wants to stop.
pub(super) fn pause(length: Duration, cancel: &Cancel) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < length {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let left = length.saturating_sub(started.elapsed());
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
    Ok(())
}

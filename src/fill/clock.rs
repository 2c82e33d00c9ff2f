//! The time, and waiting for it: in one place, so that a test can hold both.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::http;

/// Tells the time and lets it pass.
pub trait Clock: fmt::Debug + Send + Sync {
    /// What time it is.
    fn now(&self) -> SystemTime;

    /// Waits, unless somebody wants to stop ([`crate::error::Error::Cancelled`]).
    fn pause(&self, length: Duration, cancel: &Cancel) -> Result<()>;
}

/// The machine's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn pause(&self, length: Duration, cancel: &Cancel) -> Result<()> {
        (http::Limits::default().pause)(length, cancel)
    }
}

/// Whole seconds since 1970.
pub(super) fn unix(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

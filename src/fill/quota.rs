//! How often a service may be asked, as it says itself.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::cache::Notes;
use crate::error::Result;
use crate::http::{self, Head};

use super::clock::{Clock, unix};
use super::{Errand, Failure, Progress, Source, failed};

/// What the number in `X-RateLimit-Reset` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reset {
    /// Seconds since 1970: Pexels.
    UnixTime,
    /// Seconds from now: Pixabay.
    SecondsLeft,
}

/// The allowance of a key.
#[derive(Debug)]
pub(super) struct Quota {
    source: Source,
    reset: Reset,
    /// When there is a new one, if this one is used up.
    until: Mutex<Option<SystemTime>>,
    /// Where that is kept for the next run of the program, under which name.
    kept: Option<(Notes, String)>,
}

impl Quota {
    /// That of the key `who`, kept in `notes`.
    pub(super) fn new(source: Source, reset: Reset, notes: Option<Notes>, who: &str) -> Self {
        let kept = notes.map(|notes| (notes, format!("quota\n{source}\n{who}")));
        let known = kept.as_ref().and_then(|(notes, about)| notes.read(about)?.parse::<u64>().ok());
        let until = known.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        Self { source, reset, until: Mutex::new(until), kept }
    }

    /// Waits for a new allowance, if this one is used up; a long wait is [`Failure::Busy`].
    pub(super) fn wait(&self, clock: &dyn Clock, errand: &mut Errand<'_>) -> Result<()> {
        let until = self.until.lock().ok().and_then(|until| *until);
        let Some(left) = until.and_then(|until| until.duration_since(clock.now()).ok()).filter(|left| !left.is_zero())
        else {
            return Ok(());
        };
        // A longer time is the user's to wait.
        if left > http::MOST_WAIT {
            let minutes = left.as_secs().div_ceil(60);
            let reason = format!("its allowance is used up; there is a new one in {minutes} minutes");
            return Err(failed(Failure::Busy(Some(left)), self.source, reason, "try then, or ask another provider"));
        }
        errand.tell(Progress::Waiting(self.source, left));
        clock.pause(left, errand.cancel)
    }

    /// Takes from an answer how much is left.
    pub(super) fn heed(&self, head: &Head, now: SystemTime) {
        let none_left = number(head, "x-ratelimit-remaining") == Some(0);
        let Some(reset) = none_left.then(|| self.new_at(head, now)).flatten() else { return };
        if let Ok(mut until) = self.until.lock() {
            *until = Some(reset);
        }
        if let Some((notes, about)) = &self.kept {
            notes.write(about, &unix(reset).to_string());
        }
    }

    /// How long a refusal for want of an allowance asks to wait, if it says.
    pub(super) fn pause(&self, head: &Head, now: SystemTime) -> Option<Duration> {
        head.asks_to_wait().or_else(|| self.new_at(head, now)?.duration_since(now).ok())
    }

    fn new_at(&self, head: &Head, now: SystemTime) -> Option<SystemTime> {
        let seconds = Duration::from_secs(number(head, "x-ratelimit-reset")?);
        match self.reset {
            Reset::UnixTime => UNIX_EPOCH.checked_add(seconds),
            Reset::SecondsLeft => now.checked_add(seconds),
        }
    }
}

fn number(head: &Head, name: &str) -> Option<u64> {
    head.header(name)?.trim().parse().ok()
}

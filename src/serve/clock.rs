//! What time it is, and chance: both in one place, so that a test can hold them.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};

/// Where the server takes time and chance from.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Held(Arc<Held>),
}

#[derive(Debug)]
struct Held {
    now: AtomicU64,
    drawn: AtomicU64,
}

impl Clock {
    /// The machine's own.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// One that stands still until it is moved on, and whose chance is the same each time.
    #[must_use]
    pub fn held(now: Moment) -> Self {
        Self(Kind::Held(Arc::new(Held { now: AtomicU64::new(now.0), drawn: AtomicU64::new(0) })))
    }

    /// Moves a held clock on; the machine's own goes by itself.
    pub fn advance(&self, milliseconds: u64) {
        if let Kind::Held(held) = &self.0 {
            held.now.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        match &self.0 {
            Kind::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
            }
            Kind::Held(held) => Moment(held.now.load(Ordering::SeqCst)),
        }
    }

    /// So many bytes that nobody can guess.
    pub(crate) fn random<const N: usize>(&self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        match &self.0 {
            Kind::System => getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?,
            Kind::Held(held) => {
                let number = held.drawn.fetch_add(1, Ordering::SeqCst);
                blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof().fill(&mut bytes);
            }
        }
        Ok(bytes)
    }
}

/// A moment: milliseconds since 1970 in the store, RFC 3339 in UTC for the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// So many milliseconds after the beginning of 1970.
    #[must_use]
    pub fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the beginning of 1970.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the beginning of 1970.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// So much later.
    #[must_use]
    pub fn after(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// So much earlier.
    #[must_use]
    pub fn before(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_sub(milliseconds))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0 / 86_400_000, self.0 % 86_400_000);
        let (year, month, day) = civil(days);
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, milli) = (rest / 1000 % 60, rest % 1000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

/// The day of the Gregorian calendar, of days since 1970 (H. Hinnant, “chrono-compatible low-level date algorithms”).
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::try_from(self.0).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Moment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|milliseconds| Self(milliseconds.try_into().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_rfc_3339_says() {
        for (milliseconds, written) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_856_400_007, "2026-11-28T09:00:00.007Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(Moment(milliseconds).to_string(), written);
        }
    }

    #[test]
    fn a_held_clock_draws_the_same_again_and_never_twice() {
        let (one, other) = (Clock::held(Moment(7)), Clock::held(Moment(7)));
        let drawn: [u8; 16] = one.random().unwrap();
        assert_eq!(drawn, other.random::<16>().unwrap());
        assert_ne!(drawn, one.random::<16>().unwrap());
        one.advance(3);
        assert_eq!(one.now(), Moment(10));
    }
}

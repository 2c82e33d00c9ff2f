//! Pauses that are noted instead of made.

use std::cell::RefCell;
use std::time::Duration;

use callsheet::error::Result;
use callsheet::ffmpeg::Cancel;
use callsheet::http::Limits;

thread_local! {
    static PAUSES: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

#[expect(clippy::unnecessary_wraps, reason = "a pause may be broken off")]
fn note(pause: Duration, _: &Cancel) -> Result<()> {
    PAUSES.with_borrow_mut(|pauses| pauses.push(pause));
    Ok(())
}

/// Limits under which no pause is made.
pub(crate) fn without_pauses() -> Limits {
    Limits { pause: note, ..Limits::default() }
}

/// The pauses that this test would have made since it asked last.
pub(crate) fn pauses() -> Vec<Duration> {
    PAUSES.take()
}

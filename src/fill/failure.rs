//! Why a provider gave nothing.

use std::time::Duration;

use crate::error::Error;

use super::Source;

/// The kinds of failure, for whoever has to answer for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is not configured, or half or wrongly.
    Setup,
    /// The request makes no sense for it: no words to search by, a kind of media that it does not have.
    Unsuited,
    /// There is no connection, or it breaks.
    Unreachable,
    /// It is silent or too slow.
    Slow,
    /// The key is not accepted.
    Denied,
    /// It does not take the request.
    Rejected,
    /// It has too much to do, or the allowance is used up; it asks to wait so long, if it says.
    Busy(Option<Duration>),
    /// It failed.
    Server,
    /// Its answer is not what its documentation says.
    Unreadable,
    /// Nothing fits, or what was picked is not there any more.
    Nothing,
    /// The file is not the clip that was promised: a page, broken, short, of another kind.
    BadFile,
    /// The file is larger than is taken.
    TooLarge,
    /// The file is not where a file may come from: another host, no https, a private network.
    Forbidden,
    /// It costs money, and nobody asked for it.
    Consent,
    /// It may be at work, and be paid for it, or not: nobody can say.
    Unknown,
    /// Somebody else orders for the same segment at this moment, or did until a moment ago.
    Ordering,
    /// What is being made, and paid for, was ordered with other words.
    Differs,
    /// It is paid for and not here yet: whoever asks again follows it, and pays nothing.
    Working,
    /// The clip is here, and its segment has become another one, or was filled by its author meanwhile.
    Moved,
    /// It refused for safety, or made nothing; the reason is its own.
    Refused,
    /// What was begun is not known to it any more.
    Lost,
    /// The picked clip does not go into the segment.
    Misfit,
}

/// A failure: what went wrong, and what the user can do.
pub(super) fn failed(kind: Failure, source: Source, reason: impl Into<String>, fix: impl Into<String>) -> Error {
    Error::Fill { kind, provider: source.word(), reason: reason.into(), fix: fix.into() }
}

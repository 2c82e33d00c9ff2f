//! Why a model gave no answer.

use crate::error::Error;

/// The kinds of failure: whoever asked a model may go on without it after some of them, and not after others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The configuration is half or wrong.
    Setup,
    /// The schema cannot be put so that every server takes it.
    Schema,
    /// There is no connection, or it breaks.
    Unreachable,
    /// The server is silent or too slow.
    Slow,
    /// The server redirects to another one.
    Redirect,
    /// The key is missing or not accepted.
    Denied,
    /// The server has no such model, or no such API.
    NotFound,
    /// The server does not take the request.
    Rejected,
    /// The server has too much to do.
    Busy,
    /// The server failed.
    Server,
    /// The model refuses.
    Refused,
    /// The answer was cut off.
    Truncated,
    /// A filter held the answer back.
    Filtered,
    /// There is nothing in the answer.
    Empty,
    /// The answer is larger than is read.
    TooLarge,
    /// The answer is not what was asked for.
    Unreadable,
}

/// A failure: what went wrong, and what the user can do.
pub(super) fn failed(kind: Failure, reason: impl Into<String>, fix: impl Into<String>) -> Error {
    Error::Model { kind, reason: reason.into(), fix: fix.into() }
}

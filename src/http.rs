//! What all talk with servers has in common: one request in a thread of its own, an answer in pieces, limits on both.
//!
//! A server is hostile until proved otherwise: what it answers is bounded in size and time, it is never followed
//! elsewhere, and a key that it says back is not shown.

mod address;
mod exchange;
mod guard;
mod key;
mod limits;
mod retry;
mod said;

pub(crate) use address::Address;
pub(crate) use exchange::{Client, Head, Incoming, Interruption};
pub use guard::Guard;
pub use key::Key;
pub(crate) use key::{hide, withhold};
pub use limits::Limits;
pub(crate) use retry::{MOST_WAIT, Tries};
pub(crate) use said::{MOST_WORDS, one_line, said, said_in};

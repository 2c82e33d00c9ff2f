//! How long is waited, how much is read.

use std::time::Duration;

use crate::error::Result;
use crate::ffmpeg::Cancel;

/// How long is waited for a server, how much is read, and what a pause is.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For the beginning of an answer, once the request is sent.
    pub first: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// For one request and its whole answer.
    pub total: Duration,
    /// The largest answer, in bytes.
    pub answer_bytes: u64,
    /// The first pause before a request is repeated; it doubles.
    pub backoff: Duration,
    /// Waits; a test puts in something that does not.
    pub pause: fn(Duration, &Cancel) -> Result<()>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            // OpenAI's own clients wait as long (`openai-python`, `_constants.py`): a model may think before it speaks.
            first: Duration::from_secs(600),
            idle: Duration::from_secs(120),
            total: Duration::from_secs(1800),
            answer_bytes: 8 << 20,
            backoff: Duration::from_millis(500),
            pause: super::retry::pause,
        }
    }
}

impl Limits {
    /// The same with more time for what takes longer, the more of it there is.
    pub(crate) fn longer_by(&self, more: Duration) -> Self {
        let longer = |limit: Duration| limit.saturating_add(more);
        Self { first: longer(self.first), idle: longer(self.idle), total: longer(self.total), ..self.clone() }
    }
}

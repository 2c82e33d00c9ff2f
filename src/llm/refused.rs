//! What it means when a server answers with a failure, or not at all.

use crate::error::Error;
use crate::http::{Head, Interruption, Key, hide, said};

use super::listen::too_large;
use super::{Failure, failed};

/// Where it was asked, and with what.
pub(super) struct Asked<'a> {
    pub(super) url: &'a str,
    pub(super) model: &'a str,
    pub(super) key: Option<&'a Key>,
}

/// Words in a refusal that speak of how the shape of the answer was told.
const OF_THE_SHAPE: &[&str] = &[
    "response_format",
    "response format",
    "output_config",
    "output_format",
    "json_schema",
    "json_object",
    "json mode",
    "schema",
    "grammar",
    "structured output",
    "guided",
];

/// Whether a server may do what it was asked if the shape of the answer is told more simply. A server that says nothing
/// at all may.
pub(super) fn is_of_the_shape(head: &Head, body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_lowercase();
    let speaks = said(body).is_some();
    matches!(head.status, 400 | 422) && (!speaks || OF_THE_SHAPE.iter().any(|word| text.contains(word)))
}

impl Asked<'_> {
    /// What a status other than 200 means.
    pub(super) fn refused(&self, head: &Head, body: &[u8]) -> Error {
        let (url, model, status) = (self.url, self.model, head.status);
        let said = said(body).map(|words| format!(": {}", hide(self.key, &words))).unwrap_or_default();
        let wait = head.asks_to_wait().map(|wait| format!(" and asks to wait {} s", wait.as_secs()));
        let wait = wait.unwrap_or_default();
        match status {
            300..=399 => failed(
                Failure::Redirect,
                format!("the model server at {url} redirects, and nothing is sent elsewhere"),
                "set `CALLSHEET_LLM_URL` to the server's own address",
            ),
            // Servers like to show a part of the key here, so their words are not shown.
            401 | 403 => failed(
                Failure::Denied,
                format!("the model server does not accept the key ({status})"),
                if self.key.is_some() { "check `CALLSHEET_LLM_KEY`" } else { "set `CALLSHEET_LLM_KEY`" },
            ),
            402 => failed(
                Failure::Denied,
                format!("the model server wants to be paid (402{said})"),
                "look into the account behind `CALLSHEET_LLM_KEY`",
            ),
            404 | 405 => failed(
                Failure::NotFound,
                format!("the model server has no model `{model}`, or nothing at {url} ({status}{said})"),
                "check `CALLSHEET_LLM_MODEL`, and `CALLSHEET_LLM_URL`, which usually ends in `/v1`",
            ),
            408 | 409 => failed(
                Failure::Busy,
                format!("the model server cannot take the request now ({status}{said})"),
                "try again",
            ),
            413 => failed(
                Failure::Rejected,
                format!("what is asked is too large for the model server (413{said})"),
                "shorten the prompt, or ask about less",
            ),
            429 => failed(
                Failure::Busy,
                format!("the model server has too much to do{wait} (429{said})"),
                "try again later, or look into the account's limits",
            ),
            529 => {
                failed(Failure::Busy, format!("the model server is overloaded{wait} (529{said})"), "try again later")
            }
            500.. => failed(
                Failure::Server,
                format!("the model server failed{wait} ({status}{said})"),
                "look into its log, or try again",
            ),
            _ => failed(
                Failure::Rejected,
                format!("the model server refused the request ({status}{said})"),
                "check `CALLSHEET_LLM_MODEL` and `CALLSHEET_LLM_MAX_TOKENS`; where it speaks of length, ask for less",
            ),
        }
    }

    /// Why there is no answer.
    pub(super) fn broken(&self, interruption: &Interruption) -> Error {
        let url = self.url;
        let check = "start the model server, or check `CALLSHEET_LLM_URL`";
        match interruption {
            Interruption::Cancelled => Error::Cancelled,
            Interruption::NoHost => failed(
                Failure::Unreachable,
                format!("the model server's host in {url} is not known"),
                "check `CALLSHEET_LLM_URL`",
            ),
            Interruption::NoConnection => {
                failed(Failure::Unreachable, format!("the model server at {url} does not take the connection"), check)
            }
            Interruption::NobodyListens => failed(Failure::Unreachable, format!("nothing listens at {url}"), check),
            Interruption::Silent(limit) => failed(
                Failure::Slow,
                format!("the model server said nothing for {limit:?}"),
                "try a smaller model, or look into the server's log",
            ),
            Interruption::TooSlow(limit) => failed(
                Failure::Slow,
                format!("the model server was not done after {limit:?}"),
                "try a smaller model, or ask for less",
            ),
            Interruption::TooLarge(most) => too_large(*most),
            Interruption::BrokeOff(how) | Interruption::Impossible(how) | Interruption::Private(how) => failed(
                Failure::Unreachable,
                format!("the exchange with the model server at {url} broke off: {}", hide(self.key, how)),
                "look into its log, or try again",
            ),
        }
    }
}

//! What a model has said so far, and what that amounts to at the end.

use crate::error::{Error, Result};
use crate::http::{Key, hide, one_line};

use super::{Failure, failed};

/// As much of a refusal is shown, in characters.
const SHOWN: usize = 300;

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It had said all.
    Whole,
    /// It was at the limit of tokens.
    Length,
    /// It could not remember more.
    Context,
    /// A filter stopped it.
    Filter,
    /// It refuses.
    Refusal,
    /// It waits for something that nobody will do.
    Waiting,
}

/// What came of an answer.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    text: String,
    characters: usize,
    refusal: String,
    /// Why it stopped, if that was told.
    pub(super) end: Option<End>,
    /// Nothing more will come.
    pub(super) is_over: bool,
    /// Whether it was in the shape of an answer at all.
    pub(super) is_answer: bool,
}

impl Spoken {
    pub(super) fn say(&mut self, text: &str) {
        self.text.push_str(text);
        self.characters += text.chars().count();
    }

    pub(super) fn refuse(&mut self, words: &str) {
        self.refusal.push_str(words);
    }

    /// Bytes of text.
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.refusal.len()
    }

    /// Characters of text.
    pub(super) fn characters(&self) -> usize {
        self.characters
    }

    /// The answer, if it is one and whole.
    pub(super) fn settle(self, key: Option<&Key>) -> Result<String> {
        if !self.refusal.is_empty() || self.end == Some(End::Refusal) {
            let words = one_line(&hide(key, &self.refusal), SHOWN);
            let words = if words.is_empty() { String::new() } else { format!(": “{words}”") };
            return Err(failed(
                Failure::Refused,
                format!("it refuses{words}"),
                "change the prompt, or choose another model",
            ));
        }
        let count = self.characters;
        match self.end {
            Some(End::Length) => Err(failed(
                Failure::Truncated,
                format!("it was cut off at the limit of tokens, after {count} characters"),
                "set `CALLSHEET_LLM_MAX_TOKENS` higher, or ask for less; a model that thinks spends tokens on that too",
            )),
            Some(End::Context) => Err(failed(
                Failure::Truncated,
                format!("it was cut off where the model can remember no more, after {count} characters"),
                "shorten what is asked, or choose a model with a longer context",
            )),
            Some(End::Filter) => Err(failed(
                Failure::Filtered,
                "a filter of the model server held it back",
                "change the prompt, or choose another server",
            )),
            Some(End::Waiting) => {
                Err(failed(Failure::Unreadable, "it calls a tool, and none was offered", "choose another model"))
            }
            _ if !self.is_answer => Err(not_an_answer()),
            _ if self.text.trim().is_empty() => {
                Err(failed(Failure::Empty, "there is nothing in it", "try again, or choose another model"))
            }
            _ => Ok(self.text),
        }
    }
}

/// What came is no answer of such a server.
pub(super) fn not_an_answer() -> Error {
    failed(
        Failure::Unreadable,
        "what the server sends is not the answer of a model",
        "check `CALLSHEET_LLM_URL` and `CALLSHEET_LLM_API`; the address of an API like OpenAI's usually ends in `/v1`",
    )
}

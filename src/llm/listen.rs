//! An answer's body, in whatever form it comes: events, or one JSON for all of it.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::http::{Incoming, Interruption, Key, hide, said_in};

use super::config::Api;
use super::spoken::{Spoken, not_an_answer};
use super::sse::Events;
use super::{Failure, anthropic, failed, openai};

/// Why listening came to nothing.
pub(super) enum Deaf {
    /// The connection.
    Interrupted(Interruption),
    /// The body ended before the answer did, after so many characters of text.
    CutOff(usize),
    /// What was said.
    Said(Error),
}

impl From<Error> for Deaf {
    fn from(error: Error) -> Self {
        Self::Said(error)
    }
}

/// The form of a body; its first sign tells.
enum Form {
    Unknown,
    Events(Events),
    Whole,
}

struct Listener<'a> {
    api: Api,
    key: Option<&'a Key>,
    /// The most bytes of text, and of anything that has to be kept.
    most: usize,
    spoken: Spoken,
    form: Form,
    /// What stands before the first sign, or the whole.
    kept: Vec<u8>,
}

/// Listens to the end; `on_text` learns how many characters there are so far.
pub(super) fn listen(
    api: Api,
    key: Option<&Key>,
    most: u64,
    mut incoming: Incoming,
    cancel: &Cancel,
    on_text: &mut dyn FnMut(usize),
) -> std::result::Result<Spoken, Deaf> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let (form, kept, spoken) = (Form::Unknown, Vec::new(), Spoken::default());
    let mut listener = Listener { api, key, most, spoken, form, kept };
    loop {
        match incoming.next(cancel) {
            Ok(Some(piece)) => listener.take(&piece)?,
            Ok(None) => break,
            Err(Interruption::Cancelled) => return Err(Deaf::Interrupted(Interruption::Cancelled)),
            // All is said; the server only does not hang up.
            Err(_) if listener.spoken.end.is_some() => return Ok(listener.spoken),
            Err(Interruption::BrokeOff(_)) => return Err(Deaf::CutOff(listener.spoken.characters())),
            Err(interruption) => return Err(Deaf::Interrupted(interruption)),
        }
        on_text(listener.spoken.characters());
        if listener.spoken.is_over {
            return Ok(listener.spoken);
        }
    }
    listener.finish(on_text)
}

impl Listener<'_> {
    fn take(&mut self, piece: &[u8]) -> Result<()> {
        match self.form {
            Form::Unknown => {
                self.kept.extend_from_slice(piece);
                let start = self.kept.trim_ascii_start();
                let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start).trim_ascii_start();
                match start.first() {
                    None => {
                        self.kept.clear();
                        return Ok(());
                    }
                    // Perhaps a byte order mark.
                    Some(0xef) if start.len() < 3 => return Ok(()),
                    Some(b'{' | b'[' | b'<') => self.form = Form::Whole,
                    _ => {
                        let start = start.to_vec();
                        self.kept.clear();
                        self.form = Form::Events(Events::default());
                        return self.take(&start);
                    }
                }
            }
            Form::Whole => self.kept.extend_from_slice(piece),
            Form::Events(ref mut events) => {
                let whole = events.read(piece);
                let pending = events.pending();
                for data in whole {
                    self.hear(&data, false)?;
                }
                return self.hold(pending);
            }
        }
        self.hold(self.kept.len())
    }

    /// Keeps what is kept within the limit.
    fn hold(&self, bytes: usize) -> Result<()> {
        if bytes.max(self.spoken.size()) <= self.most {
            return Ok(());
        }
        Err(too_large(self.most as u64))
    }

    /// The data of an event, or a whole body; if `is_last` it may have been cut, and false says that it was.
    fn hear(&mut self, data: &[u8], is_last: bool) -> Result<bool> {
        let text = match std::str::from_utf8(data) {
            Ok(text) => text.trim(),
            Err(error) if error.error_len().is_none() && is_last => return Ok(false),
            Err(_) => {
                return Err(failed(Failure::Unreadable, "what the server sends is not UTF-8", "look into its log"));
            }
        };
        let values = text.strip_suffix("[DONE]").unwrap_or(text);
        for value in serde_json::Deserializer::from_str(values).into_iter::<Value>() {
            let value = match value {
                Ok(value) => value,
                Err(error) if error.is_eof() && is_last => return Ok(false),
                Err(_) => return Err(not_an_answer()),
            };
            if value.get("error").is_some_and(|error| !error.is_null()) {
                let words = said_in(&value).map(|words| format!(": {}", hide(self.key, &words))).unwrap_or_default();
                return Err(failed(
                    Failure::Server,
                    format!("the model server broke off with an error{words}"),
                    "try again, or look into its log",
                ));
            }
            match self.api {
                Api::OpenAi => openai::hear(&value, &mut self.spoken),
                Api::Anthropic => anthropic::hear(&value, &mut self.spoken),
            }
        }
        self.spoken.is_over |= values.len() < text.len();
        Ok(true)
    }

    /// The end of the body.
    fn finish(mut self, on_text: &mut dyn FnMut(usize)) -> std::result::Result<Spoken, Deaf> {
        match std::mem::replace(&mut self.form, Form::Unknown) {
            Form::Unknown => {}
            Form::Whole => {
                let whole = std::mem::take(&mut self.kept);
                if !self.hear(&whole, true)? {
                    return Err(Deaf::CutOff(self.spoken.characters()));
                }
                // One answer in one piece needs no mark of its end.
                self.spoken.is_over = true;
            }
            Form::Events(mut events) => {
                self.hear(&events.end().unwrap_or_default(), true)?;
            }
        }
        on_text(self.spoken.characters());
        if self.spoken.is_answer && !self.spoken.is_over && self.spoken.end.is_none() {
            return Err(Deaf::CutOff(self.spoken.characters()));
        }
        self.hold(0)?;
        Ok(self.spoken)
    }
}

/// More than is read.
pub(super) fn too_large(most: u64) -> Error {
    failed(
        Failure::TooLarge,
        format!("it is larger than {most} bytes"),
        "check that `CALLSHEET_LLM_URL` is the address of a model server, or ask for less",
    )
}

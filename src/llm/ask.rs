//! One question, asked until there is an answer or a reason why there is none.

use std::io::Cursor;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::http::{Client, Head, Interruption, Limits, Tries};

use super::config::{Answers, Api, Config};
use super::listen::{Deaf, listen};
use super::refused::{Asked, is_of_the_shape};
use super::request::Request;
use super::{Failure, anthropic, failed, openai};

/// A stream spends so many bytes on the wire for one of text; a model that thinks aloud spends most of them on that.
const WIRE: u64 = 8;

/// How far an answer is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The question is with the server.
    Sent,
    /// The server could not answer, or broke off; it is asked again after the pause.
    Again(Duration),
    /// The server cannot hold the model to the shape that way; it is asked again in a simpler one.
    Simpler(Answers),
    /// So many characters of the answer are here.
    Received(usize),
}

/// Why there is no answer yet.
enum Trouble {
    Refused(Box<Head>, Vec<u8>),
    Broken(Interruption),
    CutOff(usize),
    Final(Error),
}

/// Asks the model, and gives its words as they are: [`super::read_json`] takes the JSON out of them.
///
/// A request is repeated as the servers' own clients do it, twice at most; a stream that breaks off, once. A server that
/// does not take the schema is asked without. Every failure is [`Error::Model`], and a wish to stop [`Error::Cancelled`];
/// one of them comes in bounded time, whatever the server does.
pub fn ask(
    config: &Config,
    request: &Request,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<String> {
    let address = config.endpoint()?;
    let asked = Asked { url: address.as_str(), model: &config.model, key: config.key.as_ref() };
    let wire = config.limits.answer_bytes.saturating_mul(WIRE);
    let client = Client::new(&address, &Limits { answer_bytes: wire, ..config.limits.clone() });
    let mut tries = Tries::new(&config.limits);
    let mut answers = config.answers;
    let mut was_cut_off = false;
    loop {
        on_progress(Progress::Sent);
        let trouble = match once(config, request, answers, &client, cancel, on_progress) {
            Ok(text) => return Ok(text),
            Err(trouble) => trouble,
        };
        let pause = match trouble {
            Trouble::Final(error) => return Err(error),
            Trouble::Broken(interruption) => {
                tries.after_interruption(&interruption).ok_or_else(|| asked.broken(&interruption))?
            }
            Trouble::CutOff(characters) => {
                let again = tries.after_interruption(&Interruption::BrokeOff(String::new()));
                let again = again.filter(|_| !std::mem::replace(&mut was_cut_off, true));
                again.ok_or_else(|| cut_off(characters))?
            }
            Trouble::Refused(head, body) => {
                if let Some(simpler) = answers.simpler(config.api).filter(|_| is_of_the_shape(&head, &body)) {
                    answers = simpler;
                    on_progress(Progress::Simpler(simpler));
                    continue;
                }
                tries.after_answer(&head).ok_or_else(|| asked.refused(&head, &body))?
            }
        };
        on_progress(Progress::Again(pause));
        tries.wait(pause, cancel)?;
    }
}

fn once(
    config: &Config,
    request: &Request,
    answers: Answers,
    client: &Client,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress),
) -> std::result::Result<String, Trouble> {
    let key = config.key.as_ref();
    let body = match config.api {
        Api::OpenAi => openai::body(config, request, answers),
        Api::Anthropic => anthropic::body(config, request, answers),
    };
    let body = body.to_string().into_bytes();
    let length = body.len() as u64;
    let bearer = key.map(|key| format!("Bearer {}", key.secret()));
    let mut headers = vec![("content-type", "application/json"), ("accept", "text/event-stream, application/json")];
    match config.api {
        Api::OpenAi => headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer))),
        Api::Anthropic => {
            headers.push(("anthropic-version", anthropic::VERSION));
            headers.extend(key.map(|key| ("x-api-key", key.secret())));
        }
    }
    let incoming = client.post(&headers, Cursor::new(body), length, cancel).map_err(Trouble::Broken)?;
    if incoming.head.status != 200 {
        let (head, body) = incoming.failure(cancel).map_err(Trouble::Broken)?;
        return Err(Trouble::Refused(Box::new(head), body));
    }
    let mut received = 0;
    let mut on_text = |characters| {
        if characters > received {
            received = characters;
            on_progress(Progress::Received(characters));
        }
    };
    let spoken = listen(config.api, key, config.limits.answer_bytes, incoming, cancel, &mut on_text);
    let spoken = spoken.map_err(|deaf| match deaf {
        Deaf::Interrupted(interruption) => Trouble::Broken(interruption),
        Deaf::CutOff(characters) => Trouble::CutOff(characters),
        Deaf::Said(error) => Trouble::Final(error),
    })?;
    spoken.settle(key).map_err(Trouble::Final)
}

fn cut_off(characters: usize) -> Error {
    failed(
        Failure::Truncated,
        format!("the connection ended before it did, after {characters} characters"),
        "try again, or look into the server's log",
    )
}

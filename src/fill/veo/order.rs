//! The order: sent once, under a ledger.

use std::time::Duration;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::http::{self, Address, Client, Interruption, Tries};

use super::super::clock::unix;
use super::super::ledger::NOT_TAKEN;
use super::super::{Entry, Errand, Failure, Progress, Shape, Source, Spending, Stage, Wish, failed, wire};
use super::{Veo, answer, settle};

/// What became of a request.
enum Sent {
    /// The service works under this name.
    Started(String),
    /// It did not take it: nothing is made.
    Refused(Error),
    /// Nobody can say.
    Unknown(Error),
}

/// Nobody orders for so long: one request takes two and a half minutes at most, and two before it is repeated. The time begins
/// anew with each.
const ORDERING_SECONDS: u64 = 360;

/// How often it is tried to write down the name of what is being made, a second apart.
const WRITES: u32 = 4;

impl Veo {
    /// The operation that makes the clip for `wish`: one that is at work already, or a new one, if that may be paid for.
    pub(super) fn operation(&self, wish: &Wish, errand: &mut Errand<'_>) -> Result<(Entry, String)> {
        let known = errand.ledger.read(&wish.segment_id)?;
        match (&known, errand.spending) {
            (Some(entry @ Entry { stage: Stage::Started { operation }, .. }), Spending::Nothing | Spending::One) => {
                if entry.prompt != wish.description {
                    return Err(differs(wish, entry, operation));
                }
                errand.tell(Progress::Working(operation.clone(), 0));
                Ok((entry.clone(), operation.clone()))
            }
            // Not even by somebody who wants to pay twice: its answer may come yet.
            (Some(entry @ Entry { stage: Stage::Intended, .. }), _) if self.age(entry) < ORDERING_SECONDS => {
                Err(ordering(wish))
            }
            (
                Some(entry @ Entry { stage: Stage::Intended | Stage::Unanswered, .. }),
                Spending::Nothing | Spending::One,
            ) => Err(unknown(wish, self.age(entry) / 60)),
            (_, Spending::Nothing) => {
                let reason = format!("a clip for `{}` costs money, and nobody agreed to that", wish.segment_id);
                Err(failed(Failure::Consent, Source::Veo, reason, "say so with `--generate`, or find stock"))
            }
            (_, Spending::One | Spending::Again) => self.begin(wish, known.as_ref(), errand),
        }
    }

    /// How long ago it was intended, in seconds.
    pub(super) fn age(&self, entry: &Entry) -> u64 {
        unix(self.clock.now()).saturating_sub(entry.at)
    }

    fn begin(&self, wish: &Wish, known: Option<&Entry>, errand: &mut Errand<'_>) -> Result<(Entry, String)> {
        // What can go wrong without anybody at the other end goes wrong before anything is written down.
        let route = format!("models/{}:predictLongRunning", self.config.model);
        let address = self.config.service.address(Source::Veo)?.route(&route, &[]);
        let mut intended = Entry {
            provider: Source::Veo.word().to_owned(),
            model: self.config.model.clone(),
            prompt: wish.description.clone(),
            at: unix(self.clock.now()),
            stage: Stage::Intended,
        };
        if !errand.ledger.replace(&wish.segment_id, known, &intended)? {
            return Err(ordering(wish));
        }
        errand.tell(Progress::Ordered(Source::Veo));
        match self.send(&address, wish, &mut intended, errand) {
            Sent::Started(operation) => {
                // Whatever becomes of the ledger, somebody has read the name.
                errand.tell(Progress::Working(operation.clone(), 0));
                let started = Entry { stage: Stage::Started { operation: operation.clone() }, ..intended.clone() };
                let why = match self.write_down(wish, &intended, &started, errand) {
                    Ok(true) => return Ok((started, operation)),
                    Ok(false) => "somebody else wrote about its segment".to_owned(),
                    Err(error) => format!("that could not be written down: {error}"),
                };
                let reason = format!("the clip is being made as `{operation}`, and {why}");
                let fix = "it is not ordered again by itself; mend what is wrong, and keep that name: it is paid for";
                Err(failed(Failure::Unknown, Source::Veo, reason, fix))
            }
            Sent::Refused(error) => {
                settle(errand, wish, &intended, NOT_TAKEN)?;
                Err(error)
            }
            Sent::Unknown(error) => {
                // Where that cannot be written either, time tells the same.
                let unanswered = Entry { stage: Stage::Unanswered, ..intended.clone() };
                let _ = errand.ledger.replace(&wish.segment_id, Some(&intended), &unanswered);
                Err(error)
            }
        }
    }

    /// Writes what is paid for; a store that is busy, or a disk that is full for a moment, does not lose it.
    fn write_down(&self, wish: &Wish, from: &Entry, to: &Entry, errand: &Errand<'_>) -> Result<bool> {
        let mut tries = 1;
        loop {
            match errand.ledger.replace(&wish.segment_id, Some(from), to) {
                // An earlier try may have been written all the same.
                Ok(false) if tries > 1 => return Ok(errand.ledger.read(&wish.segment_id)?.as_ref() == Some(to)),
                Err(_) if tries < WRITES => {
                    tries += 1;
                    // Nobody stops this: a moment more is nothing against a clip.
                    self.clock.pause(Duration::from_secs(1), &Cancel::new())?;
                }
                written => return written,
            }
        }
    }

    /// Sends the order. It is repeated only where it is certain that nothing was begun: the service said that it has too
    /// much to do.
    fn send(&self, address: &Address, wish: &Wish, intended: &mut Entry, errand: &mut Errand<'_>) -> Sent {
        let service = &self.config.service;
        let body = self.body(wish).to_string().into_bytes();
        let headers = [
            ("x-goog-api-key", service.key.secret()),
            ("content-type", "application/json"),
            ("accept", "application/json"),
        ];
        let client = Client::new(address, &self.config.order);
        let mut tries = Tries::new(&self.config.order);
        // From the first byte on a wish to stop would leave behind what nobody knows: it is heard before and after.
        let deaf = Cancel::new();
        loop {
            let length = body.len() as u64;
            let reply = client.post(&headers, std::io::Cursor::new(body.clone()), length, &deaf);
            let reply = reply.and_then(|incoming| incoming.reply(&deaf));
            let (head, body) = match reply {
                Ok(reply) => reply,
                Err(interruption) => {
                    let error = wire::broken(Source::Veo, service, None, &interruption);
                    // There was nobody to take it.
                    let never_sent = matches!(
                        interruption,
                        Interruption::NoHost | Interruption::NobodyListens | Interruption::NoConnection
                    );
                    return if never_sent { Sent::Refused(error) } else { Sent::Unknown(unsure(&error)) };
                }
            };
            let said = wire::words(&body).map(|said| http::hide(Some(&service.key), &said));
            let refused = |wait| wire::refused(Source::Veo, head.status, said.as_deref(), wait);
            match head.status {
                200 => {
                    let Some(name) = answer::name(&body) else {
                        let fix = "try again later";
                        let error = failed(Failure::Unreadable, Source::Veo, "its answer names no operation", fix);
                        return Sent::Unknown(unsure(&error));
                    };
                    return Sent::Started(name);
                }
                429 => {
                    let wait = answer::retry_delay(&body).or_else(|| head.asks_to_wait());
                    let Some(pause) = tries.after_answer(&head) else { return Sent::Refused(refused(wait)) };
                    let pause = wait.unwrap_or(pause);
                    if pause > http::MOST_WAIT {
                        return Sent::Refused(refused(wait));
                    }
                    errand.tell(Progress::Waiting(Source::Veo, pause));
                    tries.count();
                    if let Err(stopped) = self.clock.pause(pause, errand.cancel) {
                        return Sent::Refused(stopped);
                    }
                    // Who reads it sees that somebody is at it still.
                    let now = Entry { at: unix(self.clock.now()), ..intended.clone() };
                    match errand.ledger.replace(&wish.segment_id, Some(&*intended), &now) {
                        Ok(true) => *intended = now,
                        Ok(false) => return Sent::Refused(ordering(wish)),
                        Err(error) => return Sent::Refused(error),
                    }
                }
                400..=499 if head.status != 408 => return Sent::Refused(refused(None)),
                _ => return Sent::Unknown(unsure(&refused(None))),
            }
        }
    }

    fn body(&self, wish: &Wish) -> Value {
        let aspect_ratio = if wish.shape == Shape::Landscape { "16:9" } else { "9:16" };
        json!({
            "instances": [{ "prompt": wish.description }],
            "parameters": {
                "aspectRatio": aspect_ratio,
                "resolution": self.config.resolution,
                "durationSeconds": self.seconds(wish),
                "sampleCount": 1,
            },
        })
    }
}

/// Somebody orders for the segment at this moment, or was killed at it a moment ago.
fn ordering(wish: &Wish) -> Error {
    let reason = format!("a clip for `{}` is being ordered at this moment by another run", wish.segment_id);
    let fix = format!(
        "wait, then run this again: it is followed, not ordered again; if that run was ended before it had an answer, you are \
         told so after {} minutes",
        ORDERING_SECONDS / 60
    );
    failed(Failure::Ordering, Source::Veo, reason, fix)
}

/// What is on its way was ordered with other words, perhaps for another segment that was called the same.
fn differs(wish: &Wish, entry: &Entry, operation: &str) -> Error {
    let reason = format!(
        "a clip for `{}` is being made as `{operation}`, and paid for, but by other words: \"{}\"",
        wish.segment_id,
        http::one_line(&entry.prompt, http::MOST_WORDS)
    );
    let fix = "take that one with these words in `--query`, or order a new one with `--generate --again`";
    failed(Failure::Differs, Source::Veo, reason, fix)
}

/// An order was sent, and nobody knows what became of it.
fn unknown(wish: &Wish, minutes: u64) -> Error {
    let reason = format!(
        "a clip for `{}` was ordered {minutes} minutes ago, and no answer came: it may be paid for",
        wish.segment_id
    );
    failed(Failure::Unknown, Source::Veo, reason, UNSURE)
}

const UNSURE: &str = "it is not ordered again by itself; look at your usage in Google AI Studio, then order once more with \
                      `--generate --again`, or find stock";

fn unsure(error: &Error) -> Error {
    let reason = match error {
        Error::Fill { reason, .. } => reason.clone(),
        other => other.to_string(),
    };
    failed(Failure::Unknown, Source::Veo, format!("{reason}; whether the clip is being made is not known"), UNSURE)
}

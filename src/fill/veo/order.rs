//! The order: sent once, under a ledger.

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::http::{self, Client, Interruption, Tries};

use super::super::clock::unix;
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

impl Veo {
    /// The operation that makes the clip for `wish`: one that is at work already, or a new one, if that may be paid for.
    pub(super) fn operation(&self, wish: &Wish, errand: &mut Errand<'_>) -> Result<(Entry, String)> {
        let known = errand.ledger.read(&wish.segment_id)?;
        match (&known, errand.spending) {
            (Some(entry @ Entry { stage: Stage::Started { operation }, .. }), Spending::Nothing | Spending::One) => {
                Ok((entry.clone(), operation.clone()))
            }
            (Some(entry @ Entry { stage: Stage::Intended, .. }), Spending::Nothing | Spending::One) => {
                Err(unknown(wish, entry, self.clock.now()))
            }
            (_, Spending::Nothing) => {
                let reason = format!("a clip for `{}` costs money, and nobody agreed to that", wish.segment_id);
                Err(failed(Failure::Consent, Source::Veo, reason, "say so with `--generate`, or find stock"))
            }
            (_, Spending::One | Spending::Again) => self.begin(wish, known.as_ref(), errand),
        }
    }

    fn begin(&self, wish: &Wish, known: Option<&Entry>, errand: &mut Errand<'_>) -> Result<(Entry, String)> {
        let entry = |stage| Entry {
            provider: Source::Veo.word().to_owned(),
            model: self.config.model.clone(),
            prompt: wish.description.clone(),
            at: unix(self.clock.now()),
            stage,
        };
        let intended = entry(Stage::Intended);
        if !errand.ledger.replace(&wish.segment_id, known, &intended)? {
            let reason = format!("another run is ordering a clip for `{}` at this moment", wish.segment_id);
            return Err(failed(Failure::Unknown, Source::Veo, reason, "wait for it, then run this again"));
        }
        errand.tell(Progress::Ordered(Source::Veo));
        match self.send(wish, errand)? {
            Sent::Started(operation) => {
                let started = Entry { stage: Stage::Started { operation: operation.clone() }, ..intended.clone() };
                let why = match errand.ledger.replace(&wish.segment_id, Some(&intended), &started) {
                    Ok(true) => return Ok((started, operation)),
                    Ok(false) => "somebody else wrote about its segment".to_owned(),
                    Err(error) => format!("that could not be written down: {error}"),
                };
                let reason = format!("the clip is being made as `{operation}`, and {why}");
                let fix = "it is not ordered again by itself; mend what is wrong, and keep that name: it is paid for";
                Err(failed(Failure::Unknown, Source::Veo, reason, fix))
            }
            Sent::Refused(error) => {
                settle(errand, wish, &intended, "the service did not take the order")?;
                Err(error)
            }
            Sent::Unknown(error) => Err(error),
        }
    }

    /// Sends the order. It is repeated only where it is certain that nothing was begun: the service said that it has too
    /// much to do.
    fn send(&self, wish: &Wish, errand: &mut Errand<'_>) -> Result<Sent> {
        let service = &self.config.service;
        let address =
            service.address(Source::Veo)?.route(&format!("models/{}:predictLongRunning", self.config.model), &[]);
        let body = self.body(wish).to_string().into_bytes();
        let headers = [
            ("x-goog-api-key", service.key.secret()),
            ("content-type", "application/json"),
            ("accept", "application/json"),
        ];
        let client = Client::new(&address, &service.api);
        let mut tries = Tries::new(&service.api);
        // From the first byte on a wish to stop would leave behind what nobody knows: it is heard before and after.
        let deaf = Cancel::new();
        loop {
            let length = body.len() as u64;
            let reply = client.post(&headers, std::io::Cursor::new(body.clone()), length, &deaf).and_then(|incoming| {
                if incoming.head.status == 200 { incoming.whole(&deaf) } else { incoming.failure(&deaf) }
            });
            let (head, body) = match reply {
                Ok(reply) => reply,
                Err(interruption) => {
                    let error = wire::broken(Source::Veo, service, &interruption);
                    // There was nobody to take it.
                    let never_sent = matches!(
                        interruption,
                        Interruption::NoHost | Interruption::NobodyListens | Interruption::NoConnection
                    );
                    return Ok(if never_sent { Sent::Refused(error) } else { Sent::Unknown(unsure(&error)) });
                }
            };
            let said = wire::words(&body).map(|said| http::hide(Some(&service.key), &said));
            let refused = |wait| wire::refused(Source::Veo, head.status, said.as_deref(), wait);
            match head.status {
                200 => {
                    let Some(name) = answer::name(&body) else {
                        let fix = "try again later";
                        let error = failed(Failure::Unreadable, Source::Veo, "its answer names no operation", fix);
                        return Ok(Sent::Unknown(unsure(&error)));
                    };
                    return Ok(Sent::Started(name));
                }
                429 => {
                    let wait = answer::retry_delay(&body).or_else(|| head.asks_to_wait());
                    let Some(pause) = tries.after_answer(&head) else { return Ok(Sent::Refused(refused(wait))) };
                    let pause = wait.unwrap_or(pause);
                    if pause.as_secs() > 120 {
                        return Ok(Sent::Refused(refused(wait)));
                    }
                    errand.tell(Progress::Waiting(Source::Veo, pause));
                    tries.count();
                    if let Err(stopped) = self.clock.pause(pause, errand.cancel) {
                        return Ok(Sent::Refused(stopped));
                    }
                }
                400..=499 if head.status != 408 => return Ok(Sent::Refused(refused(None))),
                _ => return Ok(Sent::Unknown(unsure(&refused(None)))),
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

/// An order was sent, and nobody knows what became of it.
fn unknown(wish: &Wish, entry: &Entry, now: std::time::SystemTime) -> Error {
    let minutes = unix(now).saturating_sub(entry.at) / 60;
    let reason = format!(
        "a clip for `{}` was ordered {minutes} minutes ago, and the run ended before the answer came: it may be paid for",
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

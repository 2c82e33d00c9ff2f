//! A server with OpenAI's `/v1/audio/transcriptions`: one form up, one JSON document down.

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::http::{self, Address, Client, Head, Interruption, Key, Tries};

use super::heard::Heard;
use super::multipart::Form;
use super::sound::Sound;
use super::{Progress, answer, failed};

/// A server that can be asked.
pub(super) struct Connection<'a> {
    pub(super) address: &'a Address,
    pub(super) key: Option<&'a Key>,
    pub(super) model: &'a str,
    pub(super) limits: &'a http::Limits,
}

/// What came back.
struct Reply {
    head: Head,
    body: Vec<u8>,
}

impl Connection<'_> {
    /// Sends `sound`, again where that may help, and reads the answer.
    pub(super) fn hear(
        &self,
        language: Option<&str>,
        sound: &Sound,
        cancel: &Cancel,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Heard> {
        let mut fields = vec![
            ("model", self.model),
            ("response_format", "verbose_json"),
            ("timestamp_granularities[]", "segment"),
            ("timestamp_granularities[]", "word"),
        ];
        fields.extend(language.map(|language| ("language", language)));
        let form = Form::new(&fields, &sound.path);
        let client = Client::new(self.address, self.limits);
        let mut tries = Tries::new(self.limits);
        loop {
            on_progress(Progress::Sent);
            let pause = match self.ask(&client, &form, cancel)? {
                Ok(reply) if reply.head.status == 200 => return answer::read(&reply.body),
                Ok(reply) => tries.after_answer(&reply.head).ok_or_else(|| self.refused(&reply))?,
                Err(interruption) => {
                    tries.after_interruption(&interruption).ok_or_else(|| self.broken(&interruption, sound))?
                }
            };
            on_progress(Progress::Again(pause));
            tries.wait(pause, cancel)?;
        }
    }

    /// One request.
    fn ask(
        &self,
        client: &Client,
        form: &Form<'_>,
        cancel: &Cancel,
    ) -> Result<std::result::Result<Reply, Interruption>> {
        let (body, length) =
            form.open().map_err(|source| Error::Read { path: "the extracted sound".into(), source })?;
        let content_type = form.content_type();
        let bearer = self.key.map(|key| format!("Bearer {}", key.secret()));
        let mut headers = vec![("content-type", content_type.as_str()), ("accept", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let reply = client.post(&headers, body, length, cancel).and_then(|incoming| {
            if incoming.head.status == 200 {
                let (head, body) = incoming.whole(cancel)?;
                return Ok(Reply { head, body });
            }
            let (head, body) = incoming.failure(cancel)?;
            Ok(Reply { head, body })
        });
        Ok(reply)
    }

    /// What a status other than 200 means.
    fn refused(&self, reply: &Reply) -> Error {
        let (url, status) = (self.address.as_str(), reply.head.status);
        let said = http::said(&reply.body).map(|said| http::hide(self.key, &said));
        let said = said.map(|said| format!(": {said}")).unwrap_or_default();
        match status {
            300..=399 => failed(
                format!("the speech server at {url} redirects, and nothing is sent elsewhere"),
                "set `CALLSHEET_SPEECH_URL` to the server's own address",
            ),
            // Servers like to show a part of the key here, so their words are not shown.
            401 | 403 => failed(
                format!("the speech server does not accept the key ({status})"),
                if self.key.is_some() { "check `CALLSHEET_SPEECH_KEY`" } else { "set `CALLSHEET_SPEECH_KEY`" },
            ),
            404 | 405 => failed(
                format!("the speech server has nothing at {url} ({status}{said})"),
                "OpenAI, speaches, LocalAI and vLLM have `/v1/audio/transcriptions`, so `CALLSHEET_SPEECH_URL` ends in \
                 `/v1`; start whisper.cpp's server with `--inference-path /v1/audio/transcriptions`; a 404 may also \
                 mean that the model is unknown: see `CALLSHEET_SPEECH_MODEL`",
            ),
            413 => failed(
                format!("the sound is too large for the speech server (413{said})"),
                "give a shorter file, or use `whisper-cli`, which has no limit; OpenAI takes 25 MB",
            ),
            429 => {
                let wait = reply.head.asks_to_wait();
                let wait = wait.map(|after| format!(" and asks to wait {} s", after.as_secs())).unwrap_or_default();
                failed(format!("the speech server has too much to do{wait} (429{said})"), "try again later")
            }
            500.. => failed(format!("the speech server failed ({status}{said})"), "look into its log, or try again"),
            _ => failed(
                format!("the speech server refused the request ({status}{said})"),
                "check `CALLSHEET_SPEECH_MODEL` and the language",
            ),
        }
    }

    fn broken(&self, interruption: &Interruption, sound: &Sound) -> Error {
        let url = self.address.as_str();
        let megabytes = std::fs::metadata(&sound.path).map_or(0, |file| file.len().div_ceil(1_000_000));
        match interruption {
            Interruption::Cancelled => Error::Cancelled,
            Interruption::TooLarge(most) => failed(
                format!("the speech server's answer is larger than {most} bytes"),
                "check that `CALLSHEET_SPEECH_URL` is the address of an API like OpenAI's",
            ),
            Interruption::NoHost => {
                failed(format!("the speech server's host in {url} is not known"), "check `CALLSHEET_SPEECH_URL`")
            }
            Interruption::NoConnection => failed(
                format!("the speech server at {url} does not take the connection"),
                "start it, or check `CALLSHEET_SPEECH_URL`",
            ),
            Interruption::Silent(limit) | Interruption::TooSlow(limit) => failed(
                format!("the speech server did not answer within {} s", limit.as_secs()),
                "try a smaller model, a shorter file, or look into the server's log",
            ),
            Interruption::NobodyListens => {
                failed(format!("nothing listens at {url}"), "start the speech server, or check `CALLSHEET_SPEECH_URL`")
            }
            Interruption::BrokeOff(how) | Interruption::Impossible(how) | Interruption::Private(how) => failed(
                format!("the exchange with the speech server at {url} broke off: {}", http::hide(self.key, how)),
                format!("look into its log; it may refuse a file of {megabytes} MB"),
            ),
        }
    }
}

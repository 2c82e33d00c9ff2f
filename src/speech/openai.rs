//! A server with OpenAI's `/v1/audio/transcriptions`: one form up, one JSON document down.

use std::io::Read;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, SystemTime};

use ureq::http::{HeaderMap, Uri};
use ureq::{Agent, SendBody};

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::config::{Key, Limits};
use super::heard::Heard;
use super::multipart::Form;
use super::retry::{Advice, RETRIES, backoff};
use super::sound::Sound;
use super::{Progress, answer, failed};

/// A server that can be asked.
pub(super) struct Connection<'a> {
    pub(super) url: &'a str,
    pub(super) key: Option<&'a Key>,
    pub(super) model: &'a str,
    pub(super) limits: &'a Limits,
}

struct Reply {
    status: u16,
    headers: HeaderMap,
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
        let total = self.limits.answer + Duration::from_secs_f64(sound.length.as_secs());
        let agent = self.agent(total);
        let mut repeat = 0;
        loop {
            on_progress(Progress::Sent);
            let pause = match self.ask(&agent, &form, cancel)? {
                Ok(reply) if reply.status == 200 => return answer::read(&reply.body),
                Ok(reply) => {
                    let header = |name: &str| reply.headers.get(name).and_then(|value| value.to_str().ok());
                    let advice = Advice::read(header, SystemTime::now());
                    advice
                        .pause(reply.status, repeat, self.limits.backoff)
                        .ok_or_else(|| self.refused(&reply, advice.after))?
                }
                Err(error) if repeat < RETRIES && is_broken(&error) => backoff(repeat, self.limits.backoff),
                Err(error) => return Err(self.broken(&error, sound, total)),
            };
            on_progress(Progress::Again(pause));
            (self.limits.pause)(pause, cancel)?;
            repeat += 1;
        }
    }

    fn agent(&self, total: Duration) -> Agent {
        let config = Agent::config_builder()
            .user_agent(concat!("callsheet/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            // Another host must get neither the sound nor the key; a form cannot be redirected anyway.
            .max_redirects(0)
            .timeout_connect(Some(self.limits.connect))
            .timeout_global(Some(total));
        // A server on this machine is not behind a proxy.
        if self.is_local() { config.proxy(None).build() } else { config.build() }.into()
    }

    fn is_local(&self) -> bool {
        let uri: Option<Uri> = self.url.parse().ok();
        uri.is_some_and(|uri| matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]")))
    }

    /// One request, in a thread of its own: it can be left when somebody wants to stop, and ends by its timeouts.
    fn ask(&self, agent: &Agent, form: &Form<'_>, cancel: &Cancel) -> Result<std::result::Result<Reply, ureq::Error>> {
        let (body, length) =
            form.open().map_err(|source| Error::Read { path: "the extracted sound".into(), source })?;
        let mut request = agent.post(self.url).header("content-type", form.content_type());
        request = request.header("content-length", length.to_string()).header("accept", "application/json");
        if let Some(key) = self.key {
            request = request.header("authorization", format!("Bearer {}", key.secret()));
        }
        let most = self.limits.answer_bytes;
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let _ = sender.send(send(request, body, most));
        });
        loop {
            match receiver.recv_timeout(Duration::from_millis(20)) {
                Ok(reply) => return Ok(reply),
                Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => return Err(Error::Cancelled),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(failed("the request to the speech server was lost", "try again"));
                }
            }
        }
    }

    /// What a status other than 200 means.
    fn refused(&self, reply: &Reply, after: Option<Duration>) -> Error {
        let said = answer::message(&reply.body).map(|said| self.redacted(&said));
        let said = said.map(|said| format!(": {said}")).unwrap_or_default();
        match reply.status {
            300..=399 => failed(
                format!("the speech server at {} redirects, and nothing is sent elsewhere", self.url),
                "set `CALLSHEET_SPEECH_URL` to the server's own address",
            ),
            // Servers like to show a part of the key here, so their words are not shown.
            401 | 403 => failed(
                format!("the speech server does not accept the key ({})", reply.status),
                if self.key.is_some() { "check `CALLSHEET_SPEECH_KEY`" } else { "set `CALLSHEET_SPEECH_KEY`" },
            ),
            404 | 405 => failed(
                format!("the speech server has nothing at {} ({}{said})", self.url, reply.status),
                "OpenAI, speaches, LocalAI and vLLM have `/v1/audio/transcriptions`, so `CALLSHEET_SPEECH_URL` ends in \
                 `/v1`; start whisper.cpp's server with `--inference-path /v1/audio/transcriptions`; a 404 may also \
                 mean that the model is unknown: see `CALLSHEET_SPEECH_MODEL`",
            ),
            413 => failed(
                format!("the sound is too large for the speech server (413{said})"),
                "give a shorter file, or use `whisper-cli`, which has no limit; OpenAI takes 25 MB",
            ),
            429 => {
                let wait = after.map(|after| format!(" and asks to wait {} s", after.as_secs())).unwrap_or_default();
                failed(format!("the speech server has too much to do{wait} (429{said})"), "try again later")
            }
            500.. => {
                failed(format!("the speech server failed ({}{said})", reply.status), "look into its log, or try again")
            }
            status => failed(
                format!("the speech server refused the request ({status}{said})"),
                "check `CALLSHEET_SPEECH_MODEL` and the language",
            ),
        }
    }

    fn broken(&self, error: &ureq::Error, sound: &Sound, total: Duration) -> Error {
        let url = self.url;
        let megabytes = std::fs::metadata(&sound.path).map_or(0, |file| file.len().div_ceil(1_000_000));
        match error {
            ureq::Error::BodyExceedsLimit(most) => failed(
                format!("the speech server's answer is larger than {most} bytes"),
                "check that `CALLSHEET_SPEECH_URL` is the address of an API like OpenAI's",
            ),
            ureq::Error::HostNotFound => {
                failed(format!("the speech server's host in {url} is not known"), "check `CALLSHEET_SPEECH_URL`")
            }
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => failed(
                format!("the speech server at {url} does not take the connection"),
                "start it, or check `CALLSHEET_SPEECH_URL`",
            ),
            ureq::Error::Timeout(_) => failed(
                format!("the speech server did not answer within {} s", total.as_secs()),
                "try a smaller model, a shorter file, or look into the server's log",
            ),
            ureq::Error::Io(cause) if cause.kind() == std::io::ErrorKind::ConnectionRefused => {
                failed(format!("nothing listens at {url}"), "start the speech server, or check `CALLSHEET_SPEECH_URL`")
            }
            other => failed(
                format!(
                    "the exchange with the speech server at {url} broke off: {}",
                    self.redacted(&other.to_string())
                ),
                format!("look into its log; it may refuse a file of {megabytes} MB"),
            ),
        }
    }

    /// A server may say back what it was sent.
    fn redacted(&self, said: &str) -> String {
        match self.key.map(Key::secret) {
            Some(secret) if !secret.is_empty() => said.replace(secret, "…"),
            _ => said.to_owned(),
        }
    }
}

fn send(
    request: ureq::RequestBuilder<ureq::typestate::WithBody>,
    body: impl Read + 'static,
    most: u64,
) -> std::result::Result<Reply, ureq::Error> {
    let response = request.send(SendBody::from_owned_reader(body))?;
    let (parts, mut body) = response.into_parts();
    let body = body.with_config().limit(most).read_to_vec()?;
    Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body })
}

/// Whether the connection, rather than the request, is to blame. A server that was too slow is not asked again: it may
/// be at work still, and be paid for it.
fn is_broken(error: &ureq::Error) -> bool {
    use ureq::{Error, Timeout};
    matches!(
        error,
        Error::Io(_)
            | Error::ConnectionFailed
            | Error::Protocol(_)
            | Error::Timeout(Timeout::Connect | Timeout::Resolve)
    )
}

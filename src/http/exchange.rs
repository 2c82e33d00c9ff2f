//! One request and its answer: in a thread of its own, so that it can be left when somebody wants to stop.

use std::io::Read;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use ureq::config::ConfigBuilder;
use ureq::http::{HeaderMap, Response};
use ureq::typestate::AgentScope;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, SendBody, Timeout};

use crate::ffmpeg::Cancel;

use super::address::Address;
use super::guard::{Guard, Guarded, Private};
use super::limits::Limits;
use super::retry::Advice;

/// How often it is looked whether somebody wants to stop.
const LOOK: Duration = Duration::from_millis(20);

/// Pieces that wait to be read: a server that is faster than we are waits too.
const WAITING: usize = 16;

/// Bytes of a piece.
const PIECE: usize = 16 << 10;

/// As much of a failure's body is read: enough for its words.
const FAILURE_BYTES: usize = 64 << 10;

/// So long is waited for them: the status is the news.
const FAILURE_TIME: Duration = Duration::from_secs(5);

/// A server that can be asked.
pub(crate) struct Client {
    agent: Agent,
    url: String,
    limits: Limits,
}

/// What stands before an answer.
#[derive(Debug)]
pub(crate) struct Head {
    /// The HTTP status.
    pub(crate) status: u16,
    headers: HeaderMap,
}

impl Head {
    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How long the server asks to wait before another try.
    pub(crate) fn asks_to_wait(&self) -> Option<Duration> {
        Advice::read(|name| self.header(name), SystemTime::now()).after
    }
}

/// Why there is no answer, or half of one.
#[derive(Debug)]
pub(crate) enum Interruption {
    /// Somebody wants to stop.
    Cancelled,
    /// Nobody knows the host.
    NoHost,
    /// The host does not take the connection in time.
    NoConnection,
    /// The host is there, and nothing listens.
    NobodyListens,
    /// Nothing came for so long.
    Silent(Duration),
    /// The whole was not done in so long.
    TooSlow(Duration),
    /// The answer is larger than so many bytes.
    TooLarge(u64),
    /// The connection broke: how.
    BrokeOff(String),
    /// The host, so called, is one of a private network.
    Private(String),
    /// The request could not be made: why.
    Impossible(String),
}

impl Interruption {
    /// Whether the connection, rather than the request, is to blame. A server that was too slow is not asked again: it
    /// may be at work still, and be paid for it.
    pub(crate) fn is_of_connection(&self) -> bool {
        matches!(self, Self::NoConnection | Self::NobodyListens | Self::BrokeOff(_))
    }

    fn of(error: &ureq::Error, limits: &Limits) -> Self {
        if let ureq::Error::Other(cause) = error
            && let Some(private) = cause.downcast_ref::<Private>()
        {
            return Self::Private(private.host.clone());
        }
        match error {
            ureq::Error::BodyExceedsLimit(most) => Self::TooLarge(*most),
            ureq::Error::HostNotFound => Self::NoHost,
            ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => Self::NoConnection,
            ureq::Error::Timeout(Timeout::RecvResponse) => Self::Silent(limits.first),
            ureq::Error::Timeout(Timeout::PerRead) => Self::Silent(limits.first.max(limits.idle)),
            ureq::Error::Timeout(_) => Self::TooSlow(limits.total),
            ureq::Error::Io(cause) if cause.kind() == std::io::ErrorKind::ConnectionRefused => Self::NobodyListens,
            ureq::Error::Io(_) | ureq::Error::ConnectionFailed | ureq::Error::Protocol(_) => {
                Self::BrokeOff(error.to_string())
            }
            other => Self::Impossible(other.to_string()),
        }
    }
}

impl Client {
    /// Prepares to ask the server at `address`.
    pub(crate) fn new(address: &Address, limits: &Limits) -> Self {
        Self::at(address, address.as_str(), limits)
    }

    /// Prepares to ask for `url`, which is of the server at `address`: whoever runs the program named that, and knows the way.
    pub(crate) fn at(address: &Address, url: &str, limits: &Limits) -> Self {
        let config = config(limits);
        // A server on this machine is not behind a proxy.
        let agent = if address.is_local() { config.proxy(None).build() } else { config.build() }.into();
        Self { agent, url: url.to_owned(), limits: limits.clone() }
    }

    /// Prepares to ask for `url`, whose host is one of a list: it is held against `guard`, but for where a proxy leads. That
    /// resolves the name itself, and the list is the guard.
    pub(crate) fn listed(url: &str, guard: Guard, limits: &Limits) -> Self {
        let agent = Agent::with_parts(config(limits).build(), DefaultConnector::default(), Guarded { guard });
        Self { agent, url: url.to_owned(), limits: limits.clone() }
    }

    /// Prepares to ask for `url`, which comes from outside: its host is held against `guard`. A proxy would resolve the
    /// host's name itself, so none is used.
    pub(crate) fn guarded(url: &str, guard: Guard, limits: &Limits) -> Self {
        let agent =
            Agent::with_parts(config(limits).proxy(None).build(), DefaultConnector::default(), Guarded { guard });
        Self { agent, url: url.to_owned(), limits: limits.clone() }
    }

    /// Sends `length` bytes of `body`; comes back when the answer begins.
    pub(crate) fn post(
        &self,
        headers: &[(&str, &str)],
        body: impl Read + Send + 'static,
        length: u64,
        cancel: &Cancel,
    ) -> Result<Incoming, Interruption> {
        let mut request = self.agent.post(&self.url).header("content-length", length.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.exchange(move || request.send(SendBody::from_owned_reader(body)), cancel)
    }

    /// Asks, with `query` behind the address; comes back when the answer begins.
    pub(crate) fn get(
        &self,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        cancel: &Cancel,
    ) -> Result<Incoming, Interruption> {
        let mut request = self.agent.get(&self.url).query_pairs(query.iter().copied());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.exchange(move || request.call(), cancel)
    }

    fn exchange(
        &self,
        send: impl FnOnce() -> Result<Response<Body>, ureq::Error> + Send + 'static,
        cancel: &Cancel,
    ) -> Result<Incoming, Interruption> {
        if cancel.is_cancelled() {
            return Err(Interruption::Cancelled);
        }
        let most = self.limits.answer_bytes;
        let (sender, news) = sync_channel(WAITING);
        std::thread::spawn(move || {
            if let Err(error) = carry(send, most, &sender) {
                let _ = sender.send(Err(error));
            }
        });
        let mut waiting = Waiting { news, limits: self.limits.clone() };
        // Until the answer begins the time is the agent's.
        match waiting.next(None, cancel)? {
            News::Head(head) => Ok(Incoming { head, waiting }),
            News::Piece(_) | News::End => Err(Interruption::BrokeOff("the answer has no head".into())),
        }
    }
}

fn config(limits: &Limits) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .user_agent(concat!("callsheet/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        // Another host must get neither what is sent nor the key.
        .max_redirects(0)
        .timeout_resolve(Some(limits.connect))
        .timeout_connect(Some(limits.connect))
        .timeout_recv_response(Some(limits.first))
        .timeout_per_read(Some(limits.first.max(limits.idle)))
        .timeout_global(Some(limits.total))
}

/// An answer whose body is still to come.
pub(crate) struct Incoming {
    /// What stands before it.
    pub(crate) head: Head,
    waiting: Waiting,
}

impl Incoming {
    /// The next piece of the body; none at its end.
    pub(crate) fn next(&mut self, cancel: &Cancel) -> Result<Option<Vec<u8>>, Interruption> {
        let idle = self.waiting.limits.idle;
        match self.waiting.next(Some(idle), cancel)? {
            News::Piece(piece) => Ok(Some(piece)),
            News::Head(_) | News::End => Ok(None),
        }
    }

    /// All of it, or of a failure as much as is worth reading.
    pub(crate) fn reply(self, cancel: &Cancel) -> Result<(Head, Vec<u8>), Interruption> {
        if self.head.status == 200 { self.whole(cancel) } else { self.failure(cancel) }
    }

    /// All of it.
    pub(crate) fn whole(mut self, cancel: &Cancel) -> Result<(Head, Vec<u8>), Interruption> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next(cancel)? {
            whole.extend(piece);
        }
        Ok((self.head, whole))
    }

    /// As much of a failure's body as comes and is worth reading.
    pub(crate) fn failure(mut self, cancel: &Cancel) -> Result<(Head, Vec<u8>), Interruption> {
        let (since, most) = (Instant::now(), self.waiting.limits.idle.min(FAILURE_TIME));
        let mut start = Vec::new();
        while start.len() < FAILURE_BYTES {
            match self.waiting.next(Some(most.saturating_sub(since.elapsed())), cancel) {
                Ok(News::Piece(piece)) => start.extend(piece),
                Err(Interruption::Cancelled) => return Err(Interruption::Cancelled),
                Ok(News::Head(_) | News::End) | Err(_) => break,
            }
        }
        Ok((self.head, start))
    }
}

/// What the thread tells.
enum News {
    Head(Head),
    Piece(Vec<u8>),
    End,
}

struct Waiting {
    news: Receiver<Result<News, ureq::Error>>,
    limits: Limits,
}

impl Waiting {
    fn next(&mut self, idle: Option<Duration>, cancel: &Cancel) -> Result<News, Interruption> {
        let since = Instant::now();
        loop {
            if cancel.is_cancelled() {
                return Err(Interruption::Cancelled);
            }
            let left = idle.map_or(LOOK, |idle| idle.saturating_sub(since.elapsed()).min(LOOK));
            match self.news.recv_timeout(left) {
                Ok(news) => return news.map_err(|error| Interruption::of(&error, &self.limits)),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Interruption::BrokeOff("the request was lost".into()));
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(idle) = idle.filter(|idle| since.elapsed() >= *idle) {
                        return Err(Interruption::Silent(idle));
                    }
                }
            }
        }
    }
}

/// Runs in the thread, and ends by the agent's timeouts, or with the first piece that nobody wants.
fn carry(
    send: impl FnOnce() -> Result<Response<Body>, ureq::Error>,
    most: u64,
    sender: &SyncSender<Result<News, ureq::Error>>,
) -> Result<(), ureq::Error> {
    let (parts, body) = send()?.into_parts();
    let head = Head { status: parts.status.as_u16(), headers: parts.headers };
    if sender.send(Ok(News::Head(head))).is_err() {
        return Ok(());
    }
    let mut reader = body.into_with_config().limit(most).reader();
    let mut piece = vec![0; PIECE];
    loop {
        let length = reader.read(&mut piece)?;
        let news = if length == 0 { News::End } else { News::Piece(piece.get(..length).unwrap_or_default().to_vec()) };
        if sender.send(Ok(news)).is_err() || length == 0 {
            return Ok(());
        }
    }
}

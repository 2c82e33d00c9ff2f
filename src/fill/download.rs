//! A clip is fetched: from known hosts, over https, bounded, and never with a key for anybody but its owner.

use std::io::{Seek as _, Write as _};
use std::sync::Arc;

use tempfile::NamedTempFile;
use ureq::http::Uri;

use crate::error::{Error, Result};
use crate::http::{self, Address, Client, Head, Incoming, Interruption, Tries};

use super::clock::Clock;
use super::config::Service;
use super::{Errand, Failure, Progress, Source, failed, wire};

/// How often a file may be elsewhere.
const MAX_HOPS: usize = 4;

/// How many bytes come between two words about them.
const TOLD_BYTES: u64 = 4 << 20;

/// Who sends, and from where.
pub(super) struct Depot<'a> {
    pub(super) source: Source,
    pub(super) service: &'a Service,
    pub(super) clock: &'a Arc<dyn Clock>,
    /// Hosts that may send; one that begins with a dot stands for all below it.
    pub(super) hosts: &'static [&'static str],
    /// The header for the key, where files need it. It is sent to the API's own host alone.
    pub(super) key_header: Option<&'static str>,
    /// What a file is.
    pub(super) kind: &'static str,
}

impl Depot<'_> {
    /// Fetches what is at `url` into `part`; all of it came, if this is no error.
    pub(super) fn fetch(&self, url: &str, part: &mut NamedTempFile, errand: &mut Errand<'_>) -> Result<()> {
        let mut tries = Tries::new(&self.service.files);
        loop {
            let (host, reply) = self.follow(url, errand)?;
            let broken = |interruption: Interruption| self.broken(&host, &interruption);
            let reply = match reply {
                Ok(incoming) if incoming.head.status == 200 => self.receive(incoming, part, errand)?.map(|()| None),
                Ok(incoming) => Ok(Some(incoming.failure(errand.cancel).map_err(broken)?)),
                Err(interruption) => Err(interruption),
            };
            let pause = match reply {
                Ok(None) => return Ok(()),
                Ok(Some((head, body))) => tries.after_answer(&head).ok_or_else(|| self.refused(&head, &body))?,
                Err(interruption) => tries.after_interruption(&interruption).ok_or_else(|| broken(interruption))?,
            };
            errand.tell(Progress::Waiting(self.source, pause));
            tries.count();
            self.clock.pause(pause, errand.cancel)?;
        }
    }

    /// Goes where the file is: the host that was asked last, and its answer.
    fn follow(&self, url: &str, errand: &Errand<'_>) -> Result<(String, std::result::Result<Incoming, Interruption>)> {
        let mut place = self.checked(url)?;
        for _ in 0..MAX_HOPS {
            let secret = self.service.key.secret();
            let key = self.key_header.filter(|_| self.is_own(&place)).map(|name| (name, secret));
            let client = self.client(&place)?;
            let headers: Vec<(&str, &str)> = key.into_iter().collect();
            let host = place.host().unwrap_or_default().to_owned();
            let incoming = match client.get(&[], &headers, errand.cancel) {
                Ok(incoming) if (300..400).contains(&incoming.head.status) => incoming,
                other => return Ok((host, other)),
            };
            let next = incoming.head.header("location").unwrap_or_default();
            let next = match (next.starts_with('/') && !next.starts_with("//"), place.scheme_str(), place.authority()) {
                (true, Some(scheme), Some(authority)) => format!("{scheme}://{authority}{next}"),
                _ => next.to_owned(),
            };
            place = self.checked(&next)?;
        }
        Err(self.forbidden("its file is always elsewhere", url.split('?').next().unwrap_or_default()))
    }

    /// Who asks for what is at `place`: as its API is asked, if it is there; else by a proxy, or guarded.
    fn client(&self, place: &Uri) -> Result<Client> {
        let (url, limits) = (place.to_string(), &self.service.files);
        if self.is_own(place) {
            return Ok(Client::at(&self.service.address(self.source)?, &url, limits));
        }
        let host = format!("http://{}", place.host().unwrap_or_default());
        let is_local = Address::read(&host).is_some_and(|address| address.is_local());
        // A host on this machine is not behind a proxy.
        Ok(if is_local {
            Client::guarded(&url, self.service.guard(), limits)
        } else {
            Client::listed(&url, self.service.guard(), limits)
        })
    }

    /// The address, if a file may come from there.
    fn checked(&self, url: &str) -> Result<Uri> {
        let uri: Uri = url.parse().map_err(|_| self.forbidden("its file has no address that can be used", url))?;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        // A service on this machine, such as a test's fake, may send to others on it.
        let local = |url: &str| Address::read(url).is_some_and(|address| address.is_local());
        if self.is_own(&uri) || (local(&self.service.url) && local(&format!("http://{host}"))) {
            return Ok(uri);
        }
        let known = self
            .hosts
            .iter()
            .any(|known| host == known.trim_start_matches('.') || (known.starts_with('.') && host.ends_with(known)));
        let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        match uri.scheme_str() {
            Some("https") if known && plain && uri.port_u16().is_none_or(|port| port == 443) => Ok(uri),
            Some("https") => Err(self.forbidden("its file is on a host that is not its own", &host)),
            _ => Err(self.forbidden("its file is not sent over https", &host)),
        }
    }

    /// Whether that is where its API is.
    fn is_own(&self, uri: &Uri) -> bool {
        let Ok(own) = self.service.url.parse::<Uri>() else { return false };
        own.authority().is_some() && (uri.scheme(), uri.authority()) == (own.scheme(), own.authority())
    }

    fn receive(
        &self,
        mut incoming: Incoming,
        part: &mut NamedTempFile,
        errand: &mut Errand<'_>,
    ) -> Result<std::result::Result<(), Interruption>> {
        let path = part.path().to_owned();
        let fail = |source| Error::Write { path: path.clone(), source };
        let of_media = |kind: &str| kind.starts_with(self.kind) || kind.ends_with("/octet-stream");
        let kind = incoming.head.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.is_empty() && !of_media(kind) {
            let reason = format!("it sent {} instead of a clip", http::one_line(kind, 60));
            return Err(failed(Failure::BadFile, self.source, reason, "pick another one, or try again later"));
        }
        let promised = incoming.head.header("content-length").and_then(|length| length.parse::<u64>().ok());
        let most = self.service.files.answer_bytes;
        if promised.is_some_and(|length| length > most) {
            return Ok(Err(Interruption::TooLarge(most)));
        }
        // What an earlier try left is not kept.
        part.as_file_mut().set_len(0).map_err(fail)?;
        part.as_file_mut().rewind().map_err(fail)?;
        let (mut received, mut told) = (0_u64, 0_u64);
        loop {
            match incoming.next(errand.cancel) {
                Ok(Some(piece)) => {
                    part.write_all(&piece).map_err(fail)?;
                    received += piece.len() as u64;
                    if received - told >= TOLD_BYTES {
                        told = received;
                        errand.tell(Progress::Received(received, promised));
                    }
                }
                Ok(None) if promised.is_some_and(|length| received < length) => {
                    return Ok(Err(Interruption::BrokeOff("it ended too early".into())));
                }
                Ok(None) => break,
                Err(interruption) => return Ok(Err(interruption)),
            }
        }
        errand.tell(Progress::Received(received, promised));
        Ok(Ok(()))
    }

    fn broken(&self, host: &str, interruption: &Interruption) -> Error {
        match interruption {
            Interruption::TooLarge(most) => failed(
                Failure::TooLarge,
                self.source,
                format!("the file is larger than {} MB", most >> 20),
                "pick another one",
            ),
            other => wire::broken(self.source, self.service, Some(host), other),
        }
    }

    fn refused(&self, head: &Head, body: &[u8]) -> Error {
        let said = wire::words(body).map(|said| http::hide(Some(&self.service.key), &said));
        if matches!(head.status, 404 | 410) {
            let reason = format!("the file is not there any more ({})", head.status);
            return failed(Failure::Lost, self.source, reason, "search again, and pick another one");
        }
        wire::refused(self.source, head.status, said.as_deref(), head.asks_to_wait())
    }

    fn forbidden(&self, reason: &str, what: &str) -> Error {
        let what = http::hide(Some(&self.service.key), &http::one_line(what, 100));
        failed(Failure::Forbidden, self.source, format!("{reason}: `{what}`"), "it is not fetched; pick another one")
    }
}

//! Where a server's API begins.

use std::net::IpAddr;

use ureq::http::Uri;

/// An address that can be used and shown: http or https, a host, perhaps a path; no password, nothing behind the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    text: String,
    host: String,
}

impl Address {
    /// Reads it; slashes at the end do not matter.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        let uri: Uri = text.parse().ok()?;
        let web = matches!(uri.scheme_str(), Some("http" | "https"));
        // A password in an address ends in messages and logs; a fragment would swallow the route.
        let plain = !uri.authority()?.as_str().contains('@') && uri.query().is_none() && !text.contains('#');
        let host = uri.host().filter(|host| !host.is_empty())?.to_ascii_lowercase();
        (web && plain).then(|| Self { text: text.to_owned(), host })
    }

    /// The address of `route`, e.g. `audio/transcriptions`; itself if it ends with one of `whole`, which are routes.
    pub(crate) fn route(&self, route: &str, whole: &[&str]) -> Self {
        if whole.iter().any(|route| self.text.ends_with(&format!("/{route}"))) {
            return self.clone();
        }
        Self { text: format!("{}/{route}", self.text), host: self.host.clone() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The host in lower case, without a port.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        let number = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || number.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_plain_or_none() {
        for wrong in [
            "",
            "localhost:8000",
            "ftp://host/v1",
            "http://",
            "http:///v1",
            "http://me:secret@host/v1",
            "https://host/v1?key=secret",
            "https://host/v1#here",
            "https://host/a b",
            "file:///etc/passwd",
        ] {
            assert_eq!(Address::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_route_is_added_once() {
        let route =
            |text: &str| Address::read(text).expect("fine").route("chat", &["chat", "talk"]).as_str().to_owned();
        assert_eq!(route(" https://host/v1// "), "https://host/v1/chat");
        assert_eq!(route("https://host/v1/chat/"), "https://host/v1/chat");
        assert_eq!(route("https://host/talk"), "https://host/talk");
    }

    #[test]
    fn only_this_machine_is_local() {
        let local = |text: &str| Address::read(text).expect("fine").is_local();
        assert!(local("http://LOCALHOST:1/v1") && local("http://127.0.0.2") && local("http://[::1]:8000/v1"));
        assert!(!local("http://localhost.example") && !local("http://10.0.0.1"));
    }
}

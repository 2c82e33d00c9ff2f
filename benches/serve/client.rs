//! As much of HTTP as the bench needs: one connection that is kept, answers with a length or in chunks.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) struct Client {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn of(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None }
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        serde_json::from_str(&self.request("GET", path, &[], b"").1).unwrap()
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Value {
        let (status, said) =
            self.request("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes());
        assert!(status < 300, "{path}: {status} {said}");
        serde_json::from_str(&said).unwrap()
    }

    pub(crate) fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
        self.try_request(method, path, headers, body).unwrap()
    }

    pub(crate) fn try_request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<(u16, String)> {
        self.send(method, path, headers, body.len() as u64)?;
        let stream = self.open()?;
        stream.get_mut().write_all(body)?;
        let (status, length) = self.head()?;
        let mut said = Vec::new();
        let stream = self.open()?;
        if let Some(length) = length {
            said.resize(length, 0);
            stream.read_exact(&mut said)?;
        } else {
            while chunk(stream, &mut said)? {}
        }
        Ok((status, String::from_utf8_lossy(&said).into_owned()))
    }

    /// Reads events for so long.
    pub(crate) fn listen(&mut self, path: &str, span: Duration) -> Result<()> {
        self.send("GET", path, &[("Accept", "text/event-stream")], 0)?;
        let (status, _) = self.head()?;
        if status != 200 {
            return Err(Error::other(format!("status {status}")));
        }
        let (end, mut said) = (Instant::now() + span, Vec::new());
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let stream = self.open()?;
            stream.get_ref().set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
            match chunk(stream, &mut said) {
                Ok(true) => {}
                Ok(false) => return Err(Error::other("the stream ended")),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
                Err(error) => return Err(error),
            }
        }
        if said.is_empty() { Err(Error::other("no event")) } else { Ok(()) }
    }

    /// The head of a request with a body of `length`.
    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], length: u64) -> Result<()> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {length}\r\n", self.address);
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head += "\r\n";
        self.open()?.get_mut().write_all(head.as_bytes())
    }

    pub(crate) fn open(&mut self) -> Result<&mut BufReader<TcpStream>> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(60)))?;
            self.stream = Some(BufReader::new(stream));
        }
        self.stream.as_mut().ok_or_else(|| Error::other("no connection"))
    }

    /// The status, and the length where it is said.
    pub(crate) fn head(&mut self) -> Result<(u16, Option<usize>)> {
        let stream = self.open()?;
        let (mut status, mut length) = (0, None);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Err(Error::other("no answer"));
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                return Ok((status, length));
            } else if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().map_err(Error::other)?;
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = Some(value.trim().parse().map_err(Error::other)?);
            }
        }
    }
}

/// Reads one chunk; whether it was not the last.
fn chunk(stream: &mut BufReader<TcpStream>, said: &mut Vec<u8>) -> Result<bool> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(false);
    }
    let length = usize::from_str_radix(line.trim(), 16).map_err(Error::other)?;
    let mut bytes = vec![0; length + 2];
    stream.read_exact(&mut bytes)?;
    said.extend(&bytes[..length]);
    Ok(length > 0)
}

//! A real HTTP server on this machine, as helpful or as hostile as a test wants.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What is answered to one request; afterwards the connection is closed.
pub(crate) struct Reply(Vec<Part>);

enum Part {
    Send(Vec<u8>),
    /// So many times.
    Repeat(Vec<u8>, usize),
    /// Again and again, until the client goes.
    Drip(Vec<u8>),
    /// Nothing, until the client goes.
    Hang,
}

impl Reply {
    /// These bytes, whatever they are.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![Part::Send(bytes.into())])
    }

    /// A whole answer. `status` is `200 OK`; each of `headers` ends with a line break.
    pub(crate) fn new(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
        Self::raw([head.as_bytes(), body].concat())
    }

    /// The head of an answer that goes on as long as the connection.
    pub(crate) fn open(headers: &str) -> Self {
        Self::raw(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n"))
    }

    /// An answer in chunks: what belongs to one reaches the client as one.
    pub(crate) fn chunks<'a>(headers: &str, pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self::open_chunks(headers, pieces).then("0\r\n\r\n")
    }

    /// The same without the mark of the end.
    pub(crate) fn open_chunks<'a>(headers: &str, pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n{headers}\r\n");
        pieces.into_iter().filter(|piece| !piece.is_empty()).fold(Self::raw(head), |reply, piece| {
            let length = format!("{:x}\r\n", piece.len());
            reply.then([length.as_bytes(), piece, b"\r\n"].concat())
        })
    }

    /// Nothing, until the client goes.
    pub(crate) fn hang() -> Self {
        Self(Vec::new()).then_hang()
    }

    pub(crate) fn then(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push(Part::Send(bytes.into()));
        self
    }

    pub(crate) fn then_repeat(mut self, bytes: impl Into<Vec<u8>>, times: usize) -> Self {
        self.0.push(Part::Repeat(bytes.into(), times));
        self
    }

    pub(crate) fn then_drip(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push(Part::Drip(bytes.into()));
        self
    }

    pub(crate) fn then_hang(mut self) -> Self {
        self.0.push(Part::Hang);
        self
    }

    /// A client that has had enough goes before the end; then nobody listens to the rest.
    fn write(self, mut stream: &TcpStream) -> std::io::Result<()> {
        for part in self.0 {
            match part {
                Part::Send(bytes) => stream.write_all(&bytes)?,
                Part::Repeat(bytes, times) => (0..times).try_for_each(|_| stream.write_all(&bytes))?,
                Part::Drip(bytes) => {
                    stream.set_read_timeout(Some(Duration::from_millis(5)))?;
                    while stream.read(&mut [0]).is_err() {
                        stream.write_all(&bytes)?;
                    }
                }
                Part::Hang => drop(stream.read(&mut [0])?),
            }
        }
        Ok(())
    }
}

/// One request.
pub(crate) struct Request {
    /// `POST /v1/chat/completions HTTP/1.1`
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut lines = std::iter::from_fn(|| {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            Some(line.trim_end().to_owned()).filter(|line| !line.is_empty())
        });
        let line = lines.next().unwrap_or_default();
        let header = |line: String| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_lowercase(), value.trim().to_owned())
        };
        let headers: Vec<_> = lines.map(header).collect();
        let mut request = Self { line, headers, body: Vec::new() };
        request.body.resize(request.header("content-length").map_or(0, |length| length.parse().unwrap()), 0);
        reader.read_exact(&mut request.body).unwrap();
        request
    }

    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body, which is JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What a server says to a request, which is noted already.
type Answering = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

/// The server.
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// One reply a request, in order; when none is left, a refusal.
    pub(crate) fn new(replies: Vec<Reply>) -> Self {
        let replies = Mutex::new(VecDeque::from(replies));
        Self::answering(move |_| {
            let reply = replies.lock().unwrap().pop_front();
            reply.unwrap_or_else(|| Reply::new("400 Bad Request", "", r#"{"error":"the test has no reply left"}"#))
        })
    }

    /// A reply by the request.
    pub(crate) fn answering(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        let answer: Arc<Answering> = Arc::new(Box::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, noted, answer) = (stream.unwrap(), Arc::clone(&noted), Arc::clone(&answer));
                // A connection that hangs keeps none of the others.
                std::thread::spawn(move || {
                    stream.set_nodelay(true).unwrap();
                    let request = Request::read(&stream);
                    let reply = {
                        let mut noted = noted.lock().unwrap();
                        let reply = answer(&request);
                        noted.push(request);
                        reply
                    };
                    let _ = reply.write(&stream);
                });
            }
        });
        Self { url, requests }
    }

    /// What was asked so far.
    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.requests.lock().unwrap()
    }
}

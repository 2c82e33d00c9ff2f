//! The server in this process, on a port of its own, and a client that shows whole answers.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use callsheet::ffmpeg::Cancel;
use callsheet::serve::{Clock, Config, Moment, serve};
use serde_json::Value;
use ureq::http::{HeaderMap, Method, Request};
use ureq::{Agent, AsSendBody};

/// 2026-11-28T09:00:00Z, when all tests begin.
pub(crate) const BEGIN: u64 = 1_795_856_400_000;

/// A server with an empty data folder of its own, which ends with the test.
pub(crate) struct Api {
    address: SocketAddr,
    /// Stands still unless the test moves it on.
    pub(crate) clock: Clock,
    cancel: Cancel,
    thread: Option<JoinHandle<callsheet::error::Result<()>>>,
    folder: Option<tempfile::TempDir>,
    agent: Agent,
    /// Sent with every request.
    pub(crate) headers: Vec<(String, String)>,
}

impl Api {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// With a configuration that the test changes.
    pub(crate) fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), change)
    }

    fn start_in(folder: tempfile::TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(folder.path().to_owned());
        config.address.set_port(0);
        config.clock = Clock::held(Moment::from_millis(BEGIN));
        change(&mut config);
        let (clock, cancel) = (config.clock.clone(), Cancel::new());
        let (ready, listening) = channel();
        let wish = cancel.clone();
        let thread = std::thread::spawn(move || serve(config, &wish, |address| ready.send(address).unwrap()));
        let address = listening.recv_timeout(Duration::from_secs(60)).expect("the server listens");
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .into();
        Self { address, clock, cancel, thread: Some(thread), folder: Some(folder), agent, headers: Vec::new() }
    }

    /// Ends the server and starts another one in the same folder; the clock goes on.
    pub(crate) fn restart(mut self) -> Self {
        self.end();
        let (folder, clock) = (self.folder.take().unwrap(), self.clock.clone());
        let mut again = Self::start_in(folder, move |config| config.clock = clock);
        again.headers.clone_from(&self.headers);
        again
    }

    /// Ends the server; what it kept stays.
    pub(crate) fn stop(mut self) -> tempfile::TempDir {
        self.end();
        self.folder.take().unwrap()
    }

    /// The same with another configuration.
    pub(crate) fn restart_with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        self.end();
        let (folder, clock) = (self.folder.take().unwrap(), self.clock.clone());
        let mut again = Self::start_in(folder, move |config| {
            config.clock = clock;
            change(config);
        });
        again.headers.clone_from(&self.headers);
        again
    }

    fn end(&mut self) {
        self.cancel.cancel();
        let ended = self.thread.take().map(|thread| thread.join().expect("the server does not panic"));
        ended.unwrap_or(Ok(())).expect("the server ends well");
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    /// Sends a request. The path may be a whole address of this server.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl AsSendBody) -> Answer {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.address) };
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body).unwrap()).expect("the server answers");
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        let answer = Answer { status: response.status().as_u16(), headers: response.headers().clone(), body };
        described::check(method, path, &answer);
        answer
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], ())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], ())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], body.to_string())
    }

    /// A new project's address, `/api/projects/{id}`.
    pub(crate) fn project(&self, name: &str) -> String {
        let answer = self.post("/api/projects", &serde_json::json!({ "name": name }));
        assert_eq!(answer.status, 201, "{}", answer.shown());
        answer.header("location").unwrap().to_owned()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Holds an answer against the API's description.
pub(crate) fn hold(method: &str, path: &str, answer: &Answer) {
    described::check(method, path, answer);
}

/// Every answer that any test gets is one that the API's description promises.
mod described {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex, OnceLock};

    use jsonschema::Validator;
    use serde_json::{Value, json};

    use super::Answer;

    fn document() -> &'static Value {
        static DOCUMENT: OnceLock<Value> = OnceLock::new();
        DOCUMENT.get_or_init(|| callsheet::serve::description().clone())
    }

    /// Holds an answer against the operation that it is of; an address without one is nobody's promise.
    pub(super) fn check(method: &str, path: &str, answer: &Answer) {
        let path = path.split('?').next().unwrap();
        let paths = document()["paths"].as_object().unwrap();
        let Some((place, item)) = paths.iter().find(|(place, _)| fits(place, path)) else { return };
        let operation = &item[method.to_lowercase()];
        if operation.is_null() {
            // GET answers HEAD too.
            assert!(answer.status == 405 || method == "HEAD", "{method} {place} is not described:\n{}", answer.shown());
            return;
        }
        let promised = &operation["responses"][answer.status.to_string()];
        assert!(!promised.is_null(), "{method} {place} may not answer so:\n{}", answer.shown());
        let content = &promised["content"];
        let kind = answer.header("content-type").unwrap_or_default().split(';').next().unwrap();
        if method == "HEAD" || (content.is_null() && answer.body.is_empty()) {
            return;
        }
        let content = &content[kind];
        assert!(!content.is_null(), "{method} {place} may not answer as `{kind}`:\n{}", answer.shown());
        if kind.ends_with("json") {
            let errors: Vec<String> = validator(&content["schema"])
                .iter_errors(&answer.json())
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{method} {place}: {errors:#?}\n{}", answer.shown());
        }
    }

    fn fits(place: &str, path: &str) -> bool {
        let (place, path): (Vec<&str>, Vec<&str>) = (place.split('/').collect(), path.split('/').collect());
        let same = |(place, path): (&&str, &&str)| place == path || (place.starts_with('{') && !path.is_empty());
        place.len() == path.len() && place.iter().zip(&path).all(same)
    }

    fn validator(schema: &Value) -> Arc<Validator> {
        static KNOWN: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let made = || {
            let whole = json!({ "allOf": [schema], "components": document()["components"] });
            Arc::new(jsonschema::draft202012::new(&whole).expect("the description holds schemas"))
        };
        Arc::clone(known.entry(schema.to_string()).or_insert_with(made))
    }
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body, which is JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}:\n{}", self.shown()))
    }

    /// A member of the body that is a text.
    pub(crate) fn id(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("no {member}:\n{}", self.shown())).to_owned()
    }

    /// All of it for a snapshot: what says the same of every answer is left out, and each id is a number.
    pub(crate) fn shown(&self) -> String {
        let mut shown = format!("{}\n", self.status);
        for (name, value) in &self.headers {
            let everywhere = [
                "date",
                "connection",
                "content-length",
                "x-request-id",
                "transfer-encoding",
                "x-content-type-options",
                "referrer-policy",
                "content-security-policy",
                "x-frame-options",
                "cross-origin-resource-policy",
                "cache-control",
            ];
            if !everywhere.contains(&name.as_str()) {
                writeln!(shown, "{name}: {}", String::from_utf8_lossy(value.as_bytes())).unwrap();
            }
        }
        let body = match serde_json::from_slice::<Value>(&self.body) {
            Ok(json) => serde_json::to_string_pretty(&json).unwrap(),
            Err(_) => String::from_utf8_lossy(&self.body).into_owned(),
        };
        redacted(&format!("{shown}\n{body}"))
    }
}

/// `text` with `[id 1]`, `[id 2]` … in the place of ids, numbered as they come.
pub(crate) fn redacted(text: &str) -> String {
    let mut known: Vec<String> = Vec::new();
    let mut shown = String::new();
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    for part in text.split_inclusive(|letter| !is_letter(letter)) {
        let word = part.trim_end_matches(|letter| !is_letter(letter));
        let is_id = word.len() == 26 && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        if !is_id {
            shown.push_str(part);
            continue;
        }
        let number = known.iter().position(|id| id == word).unwrap_or_else(|| {
            known.push(word.to_owned());
            known.len() - 1
        });
        write!(shown, "[id {}]{}", number + 1, &part[word.len()..]).unwrap();
    }
    shown
}

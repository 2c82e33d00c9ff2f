//! Veo on this machine: a real server that takes orders, is asked how far it is, and fails in each of the ways that there are.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use serde_json::json;

use crate::server::{Reply, Request, Server};

/// The secret that nobody may see.
pub(crate) const VEO_KEY: &str = "veo-secret-0123456789";

/// How Veo behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whim {
    /// It is done after two questions, and the clip is at an address.
    Fine,
    /// Each order takes ten questions.
    Slow,
    /// The clip is in the answer.
    Inline,
    /// The clip is elsewhere, on a host of its own: the other fake, which notes what it is sent.
    Elsewhere,
    /// The order is refused.
    Rejected,
    /// The key is wrong.
    Denied,
    /// It has too much to do for one order, and says for how long.
    BusyOnce,
    /// The order ends without an answer.
    StartHangs,
    /// The order fails in a way that says nothing about whether it was taken.
    StartFails,
    /// The answer to the order names no operation.
    Nameless,
    /// Three questions are refused, and it goes on all the same.
    PollRefused,
    /// Every question is refused.
    PollAlwaysRefused,
    /// The first question is never answered.
    PollHangs,
    /// The first question is refused, with the wish to be left alone for a day.
    PollBusy,
    /// The operation is not known any more.
    Lost,
    /// The operation is not known at first, and is all the same.
    LostOnce,
    /// It is never done.
    Endless,
    /// Done, and nothing is there.
    Empty,
    /// Done, and refused for safety.
    Unsafe,
    /// Done, with an error.
    Failed,
    /// The file is gone.
    FileGone,
}

/// Veo.
pub(crate) struct Veo {
    server: Server,
    orders: Mutex<Receiver<&'static str>>,
}

/// What it calls the first order.
pub(crate) const OPERATION: &str = "models/veo-3.1-generate-preview/operations/op-1";

impl Veo {
    /// One that behaves so, and whose clips are all `clip`; `elsewhere` is another server's address.
    pub(crate) fn new(whim: Whim, clip: Vec<u8>, elsewhere: Option<String>) -> Self {
        let (sender, orders) = channel();
        let state = Mutex::new((0, 0, sender));
        let server = Server::answering(move |request| {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let mut state = state.lock().unwrap();
            answer(whim, path, request, &clip, elsewhere.as_deref(), &mut state)
        });
        Self { server, orders: Mutex::new(orders) }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/v1beta", self.server.url)
    }

    /// What a user would set for the program.
    pub(crate) fn environment(&self) -> [(&'static str, String); 3] {
        [
            ("CALLSHEET_VEO_URL", self.url()),
            ("CALLSHEET_VEO_KEY", VEO_KEY.to_owned()),
            ("CALLSHEET_VEO_POLL_SEC", "0".to_owned()),
        ]
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.server.requests()
    }

    /// How many clips were ordered, whatever became of it.
    pub(crate) fn orders(&self) -> usize {
        self.requests().iter().filter(|request| request.line.starts_with("POST ")).count()
    }

    /// Waits until it has an order, or a question that it does not answer.
    pub(crate) fn wait_for(&self, what: &str) {
        loop {
            let news = self.orders.lock().unwrap().recv_timeout(Duration::from_secs(60)).expect("nothing came");
            if news == what {
                return;
            }
        }
    }
}

const JSON: &str = "Content-Type: application/json\r\n";

type State = (u32, u32, Sender<&'static str>);

fn answer(whim: Whim, path: &str, request: &Request, clip: &[u8], elsewhere: Option<&str>, state: &mut State) -> Reply {
    let error = |status: &str, code: u32, words: &str, details: serde_json::Value| {
        let body = json!({ "error": { "code": code, "message": words, "status": "X", "details": details } });
        Reply::new(status, JSON, body.to_string())
    };
    if request.header("x-goog-api-key") != Some(VEO_KEY) || whim == Whim::Denied {
        return error("403 Forbidden", 403, &format!("the key {VEO_KEY} is not known"), json!([]));
    }
    let (starts, polls, news) = state;
    let host = format!("http://{}", request.header("host").unwrap());
    if path.ends_with(":predictLongRunning") {
        *starts += 1;
        if whim == Whim::Slow {
            *polls = 0;
        }
        let _ = news.send("order");
        return match whim {
            Whim::Rejected => error("400 Bad Request", 400, "durationSeconds is out of bounds", json!([])),
            Whim::BusyOnce if *starts == 1 => error(
                "429 Too Many Requests",
                429,
                "quota",
                json!([{ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "21s" }]),
            ),
            Whim::StartHangs if *starts == 1 => Reply::hang(),
            Whim::StartFails => error("503 Service Unavailable", 503, "overloaded", json!([])),
            Whim::Nameless => Reply::new("200 OK", JSON, "{}"),
            _ => Reply::new("200 OK", JSON, json!({ "name": OPERATION }).to_string()),
        };
    }
    if path.ends_with("/files/clip:download?alt=media") {
        return match whim {
            Whim::FileGone => error("404 Not Found", 404, "no such file", json!([])),
            Whim::Elsewhere => {
                let place = format!("{}/clip.mp4", elsewhere.unwrap());
                Reply::new("302 Found", &format!("Location: {place}\r\n"), "")
            }
            _ => Reply::new("200 OK", "Content-Type: video/mp4\r\n", clip),
        };
    }
    assert!(path.ends_with(&format!("/v1beta/{OPERATION}")), "{path}");
    *polls += 1;
    let _ = news.send("question");
    match whim {
        Whim::PollRefused if *polls <= 3 => return error("403 Forbidden", 403, "not allowed", json!([])),
        Whim::PollAlwaysRefused => return error("403 Forbidden", 403, "not allowed", json!([])),
        Whim::PollHangs if *polls == 1 => return Reply::hang(),
        Whim::PollBusy if *polls == 1 => {
            return Reply::new("503 Service Unavailable", &format!("{JSON}Retry-After: 86400\r\n"), "{}");
        }
        Whim::LostOnce if *polls == 1 => return error("404 Not Found", 404, "operation not found", json!([])),
        Whim::Lost => return error("404 Not Found", 404, "operation not found", json!([])),
        _ if whim == Whim::Endless || *polls <= 2 || (whim == Whim::Slow && *polls <= 10) => {
            return Reply::new("200 OK", JSON, json!({ "name": OPERATION }).to_string());
        }
        _ => {}
    }
    let done = |response: serde_json::Value| {
        let body =
            json!({ "name": OPERATION, "done": true, "response": { "@type": "x", "generateVideoResponse": response } });
        Reply::new("200 OK", JSON, body.to_string())
    };
    match whim {
        Whim::Empty => done(json!({})),
        Whim::Unsafe => done(json!({ "raiMediaFilteredCount": 1,
            "raiMediaFilteredReasons": ["Veo could not generate videos because of a child's likeness."] })),
        Whim::Failed => {
            let message = format!("the prompt is too long ({VEO_KEY})");
            let body = json!({ "name": OPERATION, "done": true, "error": { "code": 3, "message": message } });
            Reply::new("200 OK", JSON, body.to_string())
        }
        Whim::Inline => {
            let bytes = base64::engine::general_purpose::STANDARD.encode(clip);
            done(json!({ "generatedSamples": [{ "video": { "encodedVideo": bytes, "encoding": "video/mp4" } }] }))
        }
        _ => done(
            json!({ "generatedSamples": [{ "video": { "uri": format!("{host}/v1beta/files/clip:download?alt=media") } }] }),
        ),
    }
}

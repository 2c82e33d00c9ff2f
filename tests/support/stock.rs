//! Pexels and Pixabay on this machine: real servers that search, send files, and fail in each of the ways that there are.
//!
//! A search for `two words` is answered by the mood; every file is at `/files/…`.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use crate::server::{Reply, Request, Server};

/// The secret that nobody may see.
pub(crate) const STOCK_KEY: &str = "stock-secret-0123456789";

/// How a stock behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It has three clips: one that fits, one that is short, one that lies across.
    Fine,
    /// It has nothing.
    NoHits,
    /// It has what lies across.
    OtherShape,
    /// Too many requests, always: Pexels without a word about when, Pixabay with 3 seconds.
    TooMany,
    /// Too many requests once.
    TooManyOnce,
    /// The last request of the allowance; there is a new one 40 s later.
    LastOne,
    /// The key is wrong.
    Denied,
    /// It says nothing.
    Hangs,
    /// One of its clips is not of the shape that its documentation promises.
    OddClip,
    /// All that it has is of another shape, and it says the key back.
    Wrong,
    /// Its answer is a page.
    PageForAnswer,
    /// The file is a page.
    PageForFile,
    /// The file says that it is a video, and is not.
    NoVideo,
    /// The file is cut off, as long as it was promised to be in bytes.
    CutFile,
    /// The file ends before the length that its head promises.
    ShortBody,
    /// The file is elsewhere: on a private network.
    PrivateRedirect,
    /// The file is elsewhere: one hop on the same server.
    Redirect,
    /// The file is elsewhere, over and over.
    Circle,
    /// The file is on a host that is not the stock's.
    StrangeHost,
    /// The file is gone.
    Gone,
    /// The file is elsewhere, where nobody listens.
    Nobody,
    /// The file begins and never ends.
    SlowFile,
    /// Every file but the first begins and never ends.
    LaterSlow,
}

/// Which stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Pexels,
    Pixabay,
}

/// A stock.
pub(crate) struct Stock {
    server: Server,
    kind: Kind,
}

/// A clip of a stock: its id, its sides, its length.
const CLIPS: [(u64, u32, u32, u32); 3] = [(303, 320, 180, 4), (101, 120, 214, 4), (202, 120, 214, 1)];

impl Stock {
    /// One that behaves so, and whose files are all `clip`.
    pub(crate) fn new(kind: Kind, mood: Mood, clip: Vec<u8>) -> Self {
        let (asked, files) = (Mutex::new(0), Mutex::new(0));
        let clip = Arc::new(clip);
        let server = Server::answering(move |request| {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            if path.starts_with("/files/") {
                let mut files = files.lock().unwrap();
                *files += 1;
                let mood = if mood == Mood::LaterSlow && *files > 1 { Mood::SlowFile } else { mood };
                return file(mood, path, request, &clip);
            }
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            search(kind, mood, *asked, request)
        });
        Self { server, kind }
    }

    pub(crate) fn url(&self) -> &str {
        &self.server.url
    }

    /// What a user would set for the program.
    pub(crate) fn environment(&self) -> [(&'static str, String); 2] {
        let [url, key] = match self.kind {
            Kind::Pexels => ["CALLSHEET_PEXELS_URL", "CALLSHEET_PEXELS_KEY"],
            Kind::Pixabay => ["CALLSHEET_PIXABAY_URL", "CALLSHEET_PIXABAY_KEY"],
        };
        [(url, self.server.url.clone()), (key, STOCK_KEY.to_owned())]
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.server.requests()
    }

    /// The lines of the searches so far.
    pub(crate) fn searches(&self) -> Vec<String> {
        let requests = self.requests();
        requests.iter().map(|request| request.line.clone()).filter(|line| !line.contains("/files/")).collect()
    }
}

const JSON: &str = "Content-Type: application/json\r\n";

fn search(kind: Kind, mood: Mood, asked: u32, request: &Request) -> Reply {
    let has_key = match kind {
        Kind::Pexels => request.header("authorization") == Some(STOCK_KEY),
        Kind::Pixabay => request.line.contains(&format!("key={STOCK_KEY}")),
    };
    let host = format!("http://{}", request.header("host").unwrap());
    match (mood, kind) {
        _ if !has_key || mood == Mood::Denied => match kind {
            Kind::Pexels => Reply::new("401 Unauthorized", JSON, format!(r#"{{"error":"bad key {STOCK_KEY}"}}"#)),
            Kind::Pixabay => {
                Reply::new("400 Bad Request", "Content-Type: text/plain\r\n", "[ERROR 400] Invalid or missing API key")
            }
        },
        (Mood::TooMany, _) => too_many(kind),
        (Mood::TooManyOnce, _) if asked == 1 => too_many(kind),
        (Mood::Hangs, _) => Reply::hang(),
        (Mood::PageForAnswer, _) => Reply::new("200 OK", "Content-Type: text/html\r\n", "<html>Log in first</html>"),
        (Mood::Wrong, _) => {
            let words = format!("{STOCK_KEY} {}", "long ".repeat(100));
            Reply::new("200 OK", JSON, json!({ "videos": words, "hits": words }).to_string())
        }
        (Mood::OddClip, _) => {
            let mut answer = answer(kind, &CLIPS, &host);
            let (clips, files) = if kind == Kind::Pexels { ("videos", "video_files") } else { ("hits", "videos") };
            answer[clips][0][files] = json!(null);
            Reply::new("200 OK", JSON, answer.to_string())
        }
        (Mood::NoHits, _) => Reply::new("200 OK", JSON, answer(kind, &[], &host).to_string()),
        (Mood::OtherShape, _) => Reply::new("200 OK", JSON, answer(kind, &CLIPS[..1], &host).to_string()),
        (Mood::LastOne, Kind::Pexels) => {
            let left = "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 1000040\r\n";
            Reply::new("200 OK", &format!("{JSON}{left}"), answer(kind, &CLIPS, &host).to_string())
        }
        (Mood::LastOne, Kind::Pixabay) => {
            let left = "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 40\r\n";
            Reply::new("200 OK", &format!("{JSON}{left}"), answer(kind, &CLIPS, &host).to_string())
        }
        _ => Reply::new("200 OK", JSON, answer(kind, &CLIPS, &host).to_string()),
    }
}

fn too_many(kind: Kind) -> Reply {
    match kind {
        Kind::Pexels => Reply::new("429 Too Many Requests", JSON, r#"{"status":429,"code":"Too Many Requests"}"#),
        Kind::Pixabay => Reply::new(
            "429 Too Many Requests",
            "Content-Type: text/plain\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 3\r\n",
            "[ERROR 429] API rate limit exceeded",
        ),
    }
}

fn answer(kind: Kind, clips: &[(u64, u32, u32, u32)], host: &str) -> Value {
    let clips = clips.iter();
    match kind {
        Kind::Pexels => {
            let videos: Vec<Value> = clips.map(|clip| pexels(*clip, host)).collect();
            json!({ "page": 1, "per_page": 24, "total_results": videos.len(), "videos": videos })
        }
        Kind::Pixabay => {
            let hits: Vec<Value> = clips.map(|clip| pixabay(*clip, host)).collect();
            json!({ "total": hits.len(), "totalHits": hits.len(), "hits": hits })
        }
    }
}

fn pexels((id, width, height, length): (u64, u32, u32, u32), host: &str) -> Value {
    json!({
        "id": id, "width": width, "height": height, "duration": length,
        "url": format!("https://www.pexels.com/video/night-city-{id}/"),
        "image": format!("https://images.pexels.com/videos/{id}/still.jpeg"),
        "user": { "id": 7, "name": "Jane Doe", "url": "https://www.pexels.com/@jane" },
        "video_files": [
            { "id": 1, "quality": "hls", "file_type": "video/mp4", "width": null, "height": null, "link": format!("{host}/files/list.m3u8") },
            { "id": 2, "quality": "sd", "file_type": "video/mp4", "width": width / 2, "height": height / 2, "fps": 25.0, "link": format!("{host}/files/small-{id}.mp4") },
            { "id": 3, "quality": "hd", "file_type": "video/mp4", "width": width, "height": height, "fps": 25.0, "link": format!("{host}/files/{id}.mp4?secret=link") },
            { "id": 4, "quality": "uhd", "file_type": "video/mp4", "width": width * 8, "height": height * 8, "fps": 25.0, "link": format!("{host}/files/huge-{id}.mp4") } ],
        "video_pictures": [{ "id": 1, "picture": "https://images.pexels.com/p.jpeg", "nr": 0 }]
    })
}

fn pixabay((id, width, height, length): (u64, u32, u32, u32), host: &str) -> Value {
    json!({
        "id": id, "pageURL": format!("https://pixabay.com/videos/id-{id}/"), "type": "film", "tags": "night, city",
        "duration": length, "views": 1, "downloads": 1, "likes": 1, "comments": 0,
        "user_id": 9, "user": "Joe", "userImageURL": "",
        "videos": {
            "large": { "url": "", "width": 0, "height": 0, "size": 0, "thumbnail": "" },
            "medium": { "url": format!("{host}/files/{id}.mp4"), "width": width, "height": height, "size": 1, "thumbnail": "https://cdn.pixabay.com/t.jpg" },
            "tiny": { "url": format!("{host}/files/tiny-{id}.mp4"), "width": width / 2, "height": height / 2, "size": 1, "thumbnail": "https://cdn.pixabay.com/t.jpg" } }
    })
}

const VIDEO: &str = "Content-Type: video/mp4\r\n";

/// Sends a file in the way of `mood`.
pub(crate) fn file(mood: Mood, path: &str, request: &Request, clip: &[u8]) -> Reply {
    let to = |place: &str| Reply::new("302 Found", &format!("Location: {place}\r\n"), "");
    assert_eq!(request.header("authorization"), None, "a key is sent with a file");
    match mood {
        Mood::PageForFile => {
            Reply::new("200 OK", "Content-Type: text/html; charset=utf-8\r\n", "<html>Not here</html>")
        }
        Mood::NoVideo => Reply::new("200 OK", VIDEO, "this is no video ".repeat(100)),
        Mood::CutFile => Reply::new("200 OK", VIDEO, &clip[..clip.len() / 2]),
        Mood::ShortBody => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n{VIDEO}\r\n", clip.len());
            Reply::raw([head.as_bytes(), &clip[..clip.len() / 2]].concat())
        }
        Mood::PrivateRedirect => to("http://169.254.169.254/latest/meta-data/"),
        Mood::StrangeHost => to("https://files.example.com/clip.mp4"),
        Mood::Redirect if !path.contains("moved") => to("/files/moved.mp4"),
        Mood::Circle => to("/files/circle.mp4"),
        Mood::Nobody => to("http://127.0.0.1:1/clip.mp4"),
        Mood::Gone => Reply::new("404 Not Found", "", ""),
        Mood::SlowFile => Reply::open(VIDEO).then(&clip[..100]).then_hang(),
        _ => Reply::new("200 OK", VIDEO, clip),
    }
}

//! A server with OpenAI's API: a real one on this machine, as helpful or as hostile as a test wants.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::sync::MutexGuard;
use std::time::{Duration, SystemTime};

use callsheet::error::Error;
use callsheet::ffmpeg::Cancel;
use callsheet::http::Key;
use callsheet::speech::{Config, Progress, transcribe};
use serde_json::json;

use super::{hear, measured, nothing, refusal, shown};
use crate::media::MAIN;
use crate::pauses::pauses;
use crate::server::{Reply, Request, Server};

/// The server with the address that a user would give.
pub(super) struct Fake {
    pub(super) url: String,
    server: Server,
}

impl Fake {
    pub(super) fn new(replies: Vec<Reply>) -> Self {
        let server = Server::new(replies);
        Self { url: format!("{}/v1", server.url), server }
    }

    pub(super) fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.server.requests()
    }

    fn config(&self) -> Config {
        let mut config = nothing();
        config.server.url = Some(self.url.clone());
        config.server.key = Some(Key::new("secret-key"));
        config
    }

    /// A message without the port, which changes.
    fn told(&self) -> String {
        refusal(&self.config()).replace(&self.url, "[server]/v1")
    }
}

/// The parts of a form: their heads and contents.
fn parts(request: &Request) -> Vec<(String, Vec<u8>)> {
    let (_, boundary) = request.header("content-type").unwrap().split_once("boundary=").unwrap();
    let parts = split(&request.body, format!("--{boundary}").as_bytes());
    let parts = parts[1..parts.len() - 1].iter().map(|part| {
        let middle = part.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(part[..middle].to_vec()).unwrap();
        (head, part[middle + 4..part.len() - 2].to_vec())
    });
    parts.collect()
}

/// The values of a field of the form.
pub(super) fn field(request: &Request, name: &str) -> Vec<String> {
    let named = |part: &(String, Vec<u8>)| part.0.contains(&format!("; name=\"{name}\""));
    parts(request).into_iter().filter(named).map(|part| String::from_utf8(part.1).unwrap()).collect()
}

fn split<'a>(mut bytes: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = bytes.windows(separator.len()).position(|window| window == separator) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + separator.len()..];
    }
    parts.push(bytes);
    parts
}

/// The shape of OpenAI: words at the top level, without spaces and punctuation; two segments that nobody said.
pub(super) fn openai() -> Reply {
    let body = json!({
        "task": "transcribe", "language": "russian", "duration": 6.0, "text": "Привет, мир! Это вторая фраза.",
        "segments": [
            {"id": 0, "seek": 0, "start": 0.0, "end": 2.5, "text": " Привет, мир!", "tokens": [1], "temperature": 0.0,
             "avg_logprob": -0.2, "compression_ratio": 1.2, "no_speech_prob": 0.01},
            {"id": 1, "seek": 0, "start": 2.5, "end": 3.0, "text": " Спасибо за просмотр", "tokens": [1],
             "temperature": 1.0, "avg_logprob": -1.4, "compression_ratio": 1.1, "no_speech_prob": 0.9},
            {"id": 2, "seek": 0, "start": 3.0, "end": 5.0, "text": " Это вторая фраза.", "tokens": [1],
             "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.2, "no_speech_prob": 0.01},
            {"id": 3, "seek": 0, "start": 5.0, "end": 6.0, "text": " да да да да да да", "tokens": [1],
             "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 3.2, "no_speech_prob": 0.01}],
        "words": [
            {"word": "Привет", "start": 0.0, "end": 0.4}, {"word": "мир", "start": 0.5, "end": 1.0},
            {"word": "Спасибо", "start": 2.5, "end": 2.9}, {"word": "Это", "start": 2.9, "end": 3.3},
            {"word": "вторая", "start": 3.3, "end": 3.9}, {"word": "фраза", "start": 4.0, "end": 4.6},
            {"word": "да", "start": 5.1, "end": 5.2}],
        "usage": {"type": "duration", "seconds": 6}
    });
    Reply::new("200 OK", "Content-Type: application/json\r\n", body.to_string())
}

/// The shape of whisper.cpp's server: tokens inside segments, one without times.
fn whisper_cpp() -> Reply {
    let body = json!({
        "task": "transcribe", "language": "english", "duration": 6.0, "text": " Hello world.\n",
        "detected_language": "english", "detected_language_probability": 0.99,
        "segments": [
            {"id": 0, "text": " Hello world.", "start": 0.0, "end": 1.5, "tokens": [1, 2], "temperature": 0.0,
             "avg_logprob": -0.3, "no_speech_prob": 0.0, "words": [
                {"word": " Hel", "start": 0.1, "end": 0.3, "t_dtw": -1, "probability": 0.9},
                {"word": "lo", "start": 0.3, "end": 0.5, "t_dtw": -1, "probability": 0.9},
                {"word": " world", "start": 0.6, "end": 1.1, "t_dtw": -1, "probability": 0.9},
                {"word": ".", "t_dtw": -1, "probability": 0.9}]},
            {"id": 1, "text": "", "start": 1.5, "end": 2.0, "temperature": 0.0, "words": []}]
    });
    Reply::new("200 OK", "", body.to_string())
}

#[test]
fn words_at_the_top_level_go_to_the_segments_of_their_times() {
    let server = Fake::new(vec![openai()]);
    let mut config = server.config();
    config.language = Some("ru".into());
    insta::assert_snapshot!(shown(&hear(&config).unwrap()));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /v1/audio/transcriptions HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Bearer secret-key"));
    assert_eq!(field(request, "model"), ["whisper-1"]);
    assert_eq!(field(request, "language"), ["ru"]);
    assert_eq!(field(request, "response_format"), ["verbose_json"]);
    assert_eq!(field(request, "timestamp_granularities[]"), ["segment", "word"]);
    let parts = parts(request);
    let (head, sound) = parts.last().unwrap();
    assert!(head.contains("name=\"file\"; filename=\"sound.flac\""), "{head}");
    assert!(sound.starts_with(b"fLaC"));
}

#[test]
fn tokens_inside_segments_are_joined_to_words() {
    let server = Fake::new(vec![whisper_cpp()]);
    let mut config = server.config();
    config.server.key = None;
    insta::assert_snapshot!(shown(&hear(&config).unwrap()));
    assert_eq!(server.requests()[0].header("authorization"), None);
}

#[test]
fn words_alone_become_phrases() {
    let word = |text: &str, start: f64| json!({"word": text, "start": start, "end": start + 0.3});
    let words = [word("One", 0.0), word("two.", 0.4), word("Three", 0.8), word("four", 3.0)];
    let server = Fake::new(vec![Reply::new("200 OK", "", json!({"text": "One two.", "words": words}).to_string())]);
    insta::assert_snapshot!(shown(&hear(&server.config()).unwrap()));
}

#[test]
fn every_answer_that_is_no_transcript_is_one_clear_error() {
    let mut told = String::new();
    let mut tell = |what: &str, answer: Reply| {
        let server = Fake::new(vec![answer]);
        writeln!(told, "{what}\n    {}", server.told()).unwrap();
        assert_eq!((server.requests().len(), pauses().len()), (1, 0), "{what} is not asked again");
    };
    let error =
        |status: &str, message: &str| Reply::new(status, "", json!({"error": {"message": message}}).to_string());
    tell("text alone in JSON", Reply::new("200 OK", "", r#"{"text":"Hello"}"#));
    tell("bare text", Reply::new("200 OK", "", "Hello there"));
    tell("segments without times", Reply::new("200 OK", "", r#"{"text":"Hi","segments":[{"text":"Hi"}]}"#));
    tell("empty", Reply::new("200 OK", "", ""));
    tell("a page", Reply::new("200 OK", "Content-Type: text/html\r\n", "<html>Welcome</html>"));
    tell("invalid JSON", Reply::new("200 OK", "", r#"{"text":"Hello","segments":[{"#));
    tell("wrong types", Reply::new("200 OK", "", r#"{"text":"Hello","segments":7}"#));
    tell("400 of OpenAI", error("400 Bad Request", "Unrecognized\nfile format"));
    tell("400 of whisper.cpp", Reply::new("400 Bad Request", "", r#"{"error":"no 'file' field in the request"}"#));
    tell("400 with the key", error("400 Bad Request", "bad secret-key"));
    tell("400 without words", Reply::new("400 Bad Request", "", "<html>"));
    tell("401", error("401 Unauthorized", "Incorrect API key provided: secr*****key"));
    tell("404", Reply::new("404 Not Found", "", "404 page not found"));
    tell("404 model", error("404 Not Found", "The model `x` does not exist"));
    tell("413", error("413 Payload Too Large", "Maximum content size limit (26214400) exceeded"));
    tell("429, in an hour", Reply::new("429 Too Many Requests", "Retry-After: 3600\r\n", "{}"));
    tell("500, do not retry", Reply::new("500 Oops", "x-should-retry: false\r\n", "{}"));
    tell("redirect", Reply::new("307 Temporary Redirect", "Location: http://169.254.169.254/latest\r\n", ""));
    insta::assert_snapshot!(told);
}

#[test]
fn a_server_that_is_busy_is_asked_again_when_it_says() {
    let date = httpdate(SystemTime::now() + Duration::from_secs(60));
    for (header, from, to) in [
        ("retry-after-ms: 1500\r\nretry-after: 9\r\n".to_owned(), 1.5, 1.5),
        ("retry-after: 7\r\n".to_owned(), 7.0, 7.0),
        (format!("retry-after: {date}\r\n"), 30.0, 60.0),
        (String::new(), 0.375, 0.5),
    ] {
        let server = Fake::new(vec![Reply::new("429 Too Many Requests", &header, "{}"), openai()]);
        hear(&server.config()).unwrap();
        let paused = pauses();
        assert_eq!((paused.len(), server.requests().len()), (1, 2), "{header}");
        assert!((from..=to).contains(&paused[0].as_secs_f64()), "{header}{paused:?}");
    }
}

#[test]
fn a_server_that_fails_is_asked_three_times() {
    let fail = || Reply::new("500 Internal Server Error", "", r#"{"error":{"message":"out of memory"}}"#);
    let server = Fake::new(vec![fail(), fail(), openai()]);
    hear(&server.config()).unwrap();
    let paused: Vec<f64> = pauses().iter().map(Duration::as_secs_f64).collect();
    assert!((0.375..=0.5).contains(&paused[0]) && (0.75..=1.0).contains(&paused[1]), "{paused:?}");
    let server = Fake::new(vec![fail(), fail(), fail(), openai()]);
    assert_eq!(
        server.told(),
        "cannot transcribe: the speech server failed (500: out of memory); look into its log, or try again"
    );
    assert_eq!((server.requests().len(), pauses().len()), (3, 2));
}

#[test]
fn a_broken_connection_is_tried_again() {
    let cut = || Reply::raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"text\":\"He".to_vec());
    let none = || Reply::raw(Vec::new());
    let server = Fake::new(vec![cut(), none(), openai()]);
    hear(&server.config()).unwrap();
    assert_eq!(pauses().len(), 2);
    insta::assert_snapshot!([cut, none].map(|how| Fake::new(vec![how(), how(), how()]).told()).join("\n"));
    // A port that was just given back has nobody behind it.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut config = nothing();
    config.server.url = Some(format!("http://{free}/v1/"));
    assert!(refusal(&config).contains("nothing listens at http://127.0.0.1:"));
}

#[test]
fn an_answer_without_end_is_refused() {
    let server = Fake::new(vec![Reply::new("200 OK", "", vec![b' '; 100_000])]);
    let mut config = server.config();
    config.limits.server.answer_bytes = 10_000;
    assert!(refusal(&config).contains("the speech server's answer is larger than 10000 bytes"));
}

#[test]
fn a_server_that_never_answers_is_left() {
    let server = Fake::new(vec![Reply::hang()]);
    let mut config = server.config();
    // The sound's length is added.
    config.limits.server.total = Duration::ZERO;
    assert!(refusal(&config).contains("the speech server did not answer within 6 s"));
    let cancel = Cancel::new();
    let server = Fake::new(vec![Reply::hang()]);
    let result = transcribe(&measured(&MAIN), &server.config(), &cancel, &mut |progress| {
        if progress == Progress::Sent {
            cancel.cancel();
        }
    });
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
}

#[test]
fn an_address_that_is_none_is_refused_and_the_key_is_never_shown() {
    let mut config = nothing();
    config.server.key = Some(Key::new("secret-key"));
    for url in ["localhost:8000", "ftp://host/v1", "http://me:secret-key@host/v1", "https://host/v1?key=secret-key"] {
        config.server.url = Some(url.into());
        let told = refusal(&config);
        assert!(told.contains("set `CALLSHEET_SPEECH_URL` to http:// or https://"), "{told}");
        assert!(!told.contains("secret-key"));
    }
    assert!(!format!("{:?}", config.server.key).contains("secret"));
}

/// A date of HTTP, by the system's own program.
fn httpdate(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let output = std::process::Command::new("date")
        .args(["-u", "-d", &format!("@{seconds}"), "+%a, %d %b %Y %H:%M:%S GMT"])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

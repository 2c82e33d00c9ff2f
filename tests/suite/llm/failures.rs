//! What goes wrong, each told in one line with what to do.

use std::fmt::Write as _;
use std::time::Duration;

use callsheet::error::Error;
use callsheet::ffmpeg::Cancel;
use callsheet::llm::{Progress, ask};
use serde_json::{Value, json};

use super::{ANSWER, asked, request, told};
use crate::model::{KEY, Model, anthropic, error, events, openai};
use crate::pauses::pauses;
use crate::server::{Reply, Server};

const STREAM: &str = "Content-Type: text/event-stream\r\n";

fn ok(body: impl AsRef<[u8]>) -> Reply {
    Reply::new("200 OK", "Content-Type: application/json\r\n", body)
}

/// What each of the replies leads to, and that nothing is asked twice.
fn all(replies: Vec<(&str, Reply)>, model: fn(Vec<Reply>) -> Model) -> String {
    let mut all = String::new();
    for (what, reply) in replies {
        let model = model(vec![reply]);
        writeln!(all, "{what}\n    {}", told(&model, &model.config())).unwrap();
        assert_eq!((model.requests().len(), pauses().len()), (1, 0), "{what}");
    }
    all
}

#[test]
fn an_answer_that_is_none_is_told_by_its_kind() {
    let refused = json!({ "role": "assistant", "content": null, "refusal": "I cannot help with that." });
    let refusal = |words: &str| openai::chunk(&json!({ "refusal": words }), None);
    let chunks = openai::begun(ANSWER);
    let invalid = chunks.replace("\"content\":\"", "\"content\":\"\u{1}").into_bytes();
    let invalid: Vec<u8> = invalid.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
    insta::assert_snapshot!(all(
        vec![
            ("cut off at the limit of tokens", openai::ended("{\"title\":\"Hel", "length")),
            ("the same, whole", openai::whole(&json!({ "content": "{\"title\":\"Hel" }), "length")),
            ("all tokens spent on thoughts", openai::ended("", "length")),
            ("refusal", openai::whole(&refused, "stop")),
            ("refusal, in pieces", events(&[&refusal("I cannot "), &refusal("help."), openai::DONE].concat())),
            ("content filter", openai::ended("{\"ti", "content_filter")),
            ("content filter of Gemini", openai::ended("", "content_filter: SAFETY")),
            ("no choices", ok(r#"{"object":"chat.completion","choices":[]}"#)),
            ("no text", openai::stream("")),
            ("no text, whole", openai::whole(&json!({ "role": "assistant", "content": null }), "stop")),
            ("a tool", openai::ended("", "tool_calls")),
            ("not UTF-8", ok(b"{\"choices\":[{\"message\":{\"content\":\"\xff\"}}]}")),
            ("not UTF-8, in a stream", Reply::chunks(STREAM, [invalid.as_slice()])),
            ("nothing at all", ok("")),
            ("a page", Reply::new("200 OK", "Content-Type: text/html\r\n", "<html>Welcome</html>")),
            ("another API", ok(r#"{"status":"running"}"#)),
            ("words", ok("Ollama is running")),
            ("broken JSON", ok(r#"{"choices":[{"message":}]}"#)),
            (
                "an error in the middle",
                events(&(chunks.clone() + "data: {\"error\":{\"message\":\"out of\\nmemory\"}}\n\n"))
            ),
            ("the same from Ollama", events(&(chunks + "{\"error\":\"llama runner process has terminated\"}\n"))),
            ("an error with the key", ok(json!({ "error": { "message": format!("bad {KEY}") } }).to_string())),
        ],
        Model::openai
    ));
}

#[test]
fn anthropic_tells_the_same_in_its_own_words() {
    let details = json!({ "type": "refusal", "category": null, "explanation": "This may do harm." });
    let overloaded = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    insta::assert_snapshot!(all(
        vec![
            ("cut off at the limit of tokens", anthropic::ended("{\"ti", "max_tokens", &Value::Null)),
            ("the same, whole", anthropic::whole("{\"ti", "max_tokens")),
            ("the context is full", anthropic::ended("{\"ti", "model_context_window_exceeded", &Value::Null)),
            ("refusal", anthropic::ended("", "refusal", &Value::Null)),
            ("refusal with a reason", anthropic::ended("{", "refusal", &details)),
            ("no text", anthropic::stream("")),
            ("a tool", anthropic::ended("", "tool_use", &Value::Null)),
            ("an error in the middle", events(&[anthropic::begun("{\"ti"), anthropic::event(&overloaded)].concat())),
            ("401", anthropic::error("401 Unauthorized", "authentication_error", "invalid x-api-key sk-se…")),
            ("404", anthropic::error("404 Not Found", "not_found_error", "model: test-model")),
            ("413", anthropic::error("413 Payload Too Large", "request_too_large", "Request exceeds the maximum size")),
            ("400", anthropic::error("400 Bad Request", "invalid_request_error", "max_tokens: 99999 > 64000")),
        ],
        Model::anthropic
    ));
}

#[test]
fn a_status_says_what_to_do() {
    insta::assert_snapshot!(all(
        vec![
            ("400", error("400 Bad Request", "", "This model's maximum context length is 8192 tokens")),
            ("400 with the key", error("400 Bad Request", "", &format!("bad key {KEY} in request"))),
            ("401", error("401 Unauthorized", "", "Incorrect API key provided: sk-se*****6789")),
            ("402", error("402 Payment Required", "", "Insufficient Balance")),
            ("403", error("403 Forbidden", "", "Country not supported")),
            ("404 of Ollama", error("404 Not Found", "", "model \"x\" not found, try pulling it first")),
            ("404 of a proxy", Reply::new("404 Not Found", "", "404 page not found")),
            ("413", error("413 Payload Too Large", "", "too large")),
            (
                "422",
                Reply::new(
                    "422 Unprocessable Entity",
                    "",
                    r#"{"detail":[{"loc":["body"],"msg":"model is required"}]}"#
                )
            ),
            ("429, in an hour", error("429 Too Many Requests", "retry-after: 3600\r\n", "Rate limit reached")),
            ("429, in an hour, in ms", error("429 Too Many Requests", "retry-after-ms: 3600000\r\n", "")),
            (
                "429, never",
                error("429 Too Many Requests", "x-should-retry: false\r\n", "You exceeded your current quota")
            ),
            ("503, in an hour", error("503 Unavailable", "retry-after: 3600\r\n", "Loading model")),
            ("500, never", Reply::new("500 Oops", "x-should-retry: false\r\n", "<html>")),
        ],
        Model::openai
    ));
    let model = Model::openai(vec![error("401 Unauthorized", "", "no key")]);
    let mut config = model.config();
    config.key = None;
    assert_eq!(
        told(&model, &config),
        "Denied: no answer from the model: the model server does not accept the key (401); set `CALLSHEET_LLM_KEY`"
    );
}

#[test]
fn a_redirect_is_not_followed_and_the_other_server_gets_nothing() {
    let other = Server::new(vec![openai::stream(ANSWER)]);
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let to = format!("Location: {}/v1/chat/completions\r\n", other.url);
        let model = Model::openai(vec![Reply::new(status, &to, "")]);
        assert_eq!(
            told(&model, &model.config()),
            "Redirect: no answer from the model: the model server at http://[server]/v1/chat/completions redirects, and \
             nothing is sent elsewhere; set `CALLSHEET_LLM_URL` to the server's own address"
        );
    }
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn silence_and_slowness_end() {
    let (short, long) = (Duration::from_millis(50), Duration::from_secs(600));
    let limited = |reply: Reply, first: Duration, idle: Duration, total: Duration| {
        let model = Model::openai(vec![reply]);
        let mut config = model.config();
        (config.limits.first, config.limits.idle, config.limits.total) = (first, idle, total);
        let told = told(&model, &config);
        assert_eq!((model.requests().len(), pauses().len()), (1, 0), "a slow server is not asked again: {told}");
        told
    };
    let begun = || Reply::open(STREAM).then(openai::begun("{\"title\":"));
    insta::assert_snapshot!(
        [
            limited(Reply::hang(), short, long, long),
            limited(Reply::hang(), long, long, short),
            limited(Reply::raw("HTTP/1.1 200 OK\r\nX-Slow: ").then_drip("x"), short, long, long),
            limited(begun().then_hang(), long, short, long),
            limited(begun().then_drip(": still here\n"), long, long, short),
            limited(begun().then_drip(" "), long, long, short),
        ]
        .join("\n")
    );
    // The words of a failure are not waited for.
    let model = Model::openai(vec![Reply::raw("HTTP/1.1 401 No\r\nContent-Length: 100\r\n\r\n{").then_hang()]);
    let mut config = model.config();
    config.limits.idle = short;
    assert!(told(&model, &config).starts_with("Denied"));
}

#[test]
fn an_answer_without_end_is_left() {
    let megabyte = vec![b'x'; 1 << 20];
    let endless = |start: &str| Reply::open(STREAM).then(start).then_repeat(megabyte.clone(), 50);
    let text = openai::chunk(&json!({ "content": "x".repeat(1 << 20) }), None);
    insta::assert_snapshot!(all(
        vec![
            ("one JSON of 50 MB", endless("{\"choices\":\"")),
            ("one event of 50 MB", endless("data: {\"choices\":\"")),
            ("events of 50 MB", Reply::open(STREAM).then_repeat(text, 50)),
        ],
        Model::openai
    ));
    let small = |reply: Reply| {
        let model = Model::openai(vec![reply]);
        let mut config = model.config();
        config.limits.answer_bytes = 10_000;
        told(&model, &config)
    };
    // What is not kept may be more, but not without end either.
    assert!(small(Reply::open(STREAM).then_repeat(": still here\n", 10_000)).contains("larger than 80000 bytes"));
    assert!(small(Reply::raw("HTTP/1.1 401 No\r\n\r\n").then_repeat(megabyte, 50)).starts_with("Denied"));
}

#[test]
fn a_wish_to_stop_is_heard_at_once() {
    for (reply, at) in [
        (Reply::hang(), Progress::Sent),
        (Reply::open(STREAM).then(openai::begun("{\"ti")).then_hang(), Progress::Received(4)),
        (error("500 Oops", "", ""), Progress::Again(Duration::ZERO)),
    ] {
        let (model, cancel) = (Model::openai(vec![reply]), Cancel::new());
        let result = ask(&model.config(), &request(), &cancel, &mut |progress| {
            if std::mem::discriminant(&progress) == std::mem::discriminant(&at) {
                cancel.cancel();
            }
        });
        assert!(matches!(result, Err(Error::Cancelled)), "{at:?}: {result:?}");
    }
}

#[test]
fn a_server_that_is_not_there_is_told() {
    // A port that was just given back has nobody behind it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut config = Model::openai(Vec::new()).config();
    config.url = format!("http://{free}/v1");
    assert_eq!(
        asked(&config).unwrap_err().to_string().replace(&free.to_string(), "[server]"),
        "no answer from the model: nothing listens at http://[server]/v1/chat/completions; start the model server, or \
         check `CALLSHEET_LLM_URL`"
    );
    assert_eq!(pauses().len(), 2);
}

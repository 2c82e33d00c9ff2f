//! When a request is repeated, and when it is made simpler.

use std::time::{Duration, SystemTime};

use callsheet::llm::Answers;
use serde_json::{Value, json};

use super::{ANSWER, asked, heard, told};
use crate::model::{Model, anthropic, error, openai};
use crate::pauses::pauses;
use crate::server::Reply;

const STREAM: &str = "Content-Type: text/event-stream\r\n";

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
    for (header, from, to) in [
        ("retry-after-ms: 1500\r\nretry-after: 9\r\n".to_owned(), 1.5, 1.5),
        ("retry-after: 7\r\n".to_owned(), 7.0, 7.0),
        ("retry-after: 0.25\r\n".to_owned(), 0.25, 0.25),
        (format!("retry-after: {date}\r\n"), 30.0, 60.0),
        ("retry-after: soon\r\n".to_owned(), 0.375, 0.5),
        (String::new(), 0.375, 0.5),
    ] {
        let model = Model::openai(vec![error("429 Too Many Requests", &header, "slow down"), openai::stream(ANSWER)]);
        assert_eq!(asked(&model.config()).unwrap(), ANSWER);
        let paused = pauses();
        assert_eq!((paused.len(), model.requests().len()), (1, 2), "{header}");
        assert!((from..=to).contains(&paused[0].as_secs_f64()), "{header}{paused:?}");
    }
}

#[test]
fn a_server_that_fails_is_asked_three_times() {
    let fail = || error("500 Internal Server Error", "", "out of memory");
    let model = Model::openai(vec![fail(), fail(), openai::stream(ANSWER)]);
    let (result, told_so_far) = heard(&model.config());
    assert_eq!(result.unwrap(), ANSWER);
    assert_eq!(told_so_far, ["Sent", "Again(…)", "Sent", "Again(…)", "Sent", "Received(…)"]);
    let paused: Vec<f64> = pauses().iter().map(Duration::as_secs_f64).collect();
    assert!((0.375..=0.5).contains(&paused[0]) && (0.75..=1.0).contains(&paused[1]), "{paused:?}");
    let mut told_so_far = Vec::new();
    for status in ["500 Oops", "503 Unavailable", "408 Request Timeout", "409 Conflict", "429 Too Many Requests"] {
        let model = Model::openai((0..4).map(|_| error(status, "", "out of memory")).collect());
        told_so_far.push(told(&model, &model.config()));
        assert_eq!((model.requests().len(), pauses().len()), (3, 2));
    }
    let overloaded = || anthropic::error("529 Overloaded", "overloaded_error", "Overloaded");
    let model = Model::anthropic(vec![overloaded(), anthropic::stream(ANSWER)]);
    assert_eq!(asked(&model.config()).unwrap(), ANSWER);
    let model = Model::anthropic(vec![overloaded(), overloaded(), overloaded(), anthropic::stream(ANSWER)]);
    told_so_far.push(told(&model, &model.config()));
    insta::assert_snapshot!(told_so_far.join("\n"));
    let model =
        Model::openai(vec![error("400 Bad Request", "x-should-retry: true\r\n", "odd"), openai::stream(ANSWER)]);
    assert_eq!(asked(&model.config()).unwrap(), ANSWER);
}

#[test]
fn a_connection_that_breaks_before_the_answer_is_tried_again() {
    let none = || Reply::raw("");
    let model = Model::openai(vec![none(), Reply::raw("HTTP/1.1 200 O"), openai::stream(ANSWER)]);
    assert_eq!(asked(&model.config()).unwrap(), ANSWER);
    assert_eq!(pauses().len(), 2);
    let model = Model::openai(vec![none(), none(), none(), openai::stream(ANSWER)]);
    insta::assert_snapshot!(told(&model, &model.config()));
}

type Way = fn(&[u8]) -> Reply;

#[test]
fn a_stream_that_breaks_off_is_asked_for_once_more_from_the_start() {
    let begun = openai::begun("{\"title\":\"жу");
    let half = &begun.as_bytes()[..begun.len() - 20];
    let ways: [(&str, Way); 4] = [
        ("the mark of the end is missing", |bytes| Reply::open_chunks(STREAM, [bytes])),
        ("the reason is missing", |bytes| Reply::chunks(STREAM, [bytes])),
        ("the connection is closed", |bytes| Reply::open(STREAM).then(bytes)),
        ("less came than was promised", |bytes| {
            Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n").then(bytes)
        }),
    ];
    for (what, way) in ways {
        for bytes in [begun.as_bytes(), half] {
            let model = Model::openai(vec![way(bytes), openai::stream(ANSWER)]);
            let (result, told_so_far) = heard(&model.config());
            assert_eq!(result.unwrap(), ANSWER, "{what}");
            assert_eq!(told_so_far, ["Sent", "Received(…)", "Again(…)", "Sent", "Received(…)"], "{what}");
            let model = Model::openai(vec![way(begun.as_bytes()), way(begun.as_bytes()), openai::stream(ANSWER)]);
            assert_eq!(
                told(&model, &model.config()),
                "Truncated: no answer from the model: the connection ended before it did, after 12 characters; try \
                 again, or look into the server's log",
                "{what}"
            );
        }
    }
    let whole = r#"{"choices":[{"message":{"content":"{}"},"finish_rea"#;
    let model = Model::openai(vec![Reply::new("200 OK", "", whole), openai::stream(ANSWER)]);
    assert_eq!(asked(&model.config()).unwrap(), ANSWER);
}

/// How the shape was told with each request.
fn formats(model: &Model) -> Vec<Value> {
    model.requests().iter().map(|request| request.json()["response_format"]["type"].clone()).collect()
}

#[test]
fn a_server_that_does_not_take_the_schema_is_asked_more_simply() {
    let refuse = |words: &str| error("400 Bad Request", "", words);
    let model = Model::openai(vec![
        refuse("Invalid schema for response_format 'talk': 'anyOf' is not permitted."),
        refuse("'response_format.type' must be 'text'"),
        openai::stream(ANSWER),
    ]);
    let (result, told_so_far) = heard(&model.config());
    assert_eq!(result.unwrap(), ANSWER);
    assert_eq!(told_so_far, ["Sent", "Simpler(JsonObject)", "Sent", "Simpler(Plain)", "Sent", "Received(…)"]);
    assert_eq!(formats(&model), [json!("json_schema"), json!("json_object"), Value::Null]);
    assert_eq!(pauses().len(), 0);
    // A server that says nothing, or says it with another status.
    let silent = Reply::new("422 Unprocessable Entity", "", "");
    let model = Model::openai(vec![silent, openai::stream(ANSWER)]);
    assert_eq!(asked(&model.config()).unwrap(), ANSWER);
    assert_eq!(formats(&model), [json!("json_schema"), json!("json_object")]);
    let words = "output_config: Extra inputs are not permitted";
    let refuse = anthropic::error("400 Bad Request", "invalid_request_error", words);
    let model = Model::anthropic(vec![refuse, anthropic::stream(ANSWER)]);
    let (result, told_so_far) = heard(&model.config());
    assert_eq!(result.unwrap(), ANSWER);
    assert_eq!(told_so_far, ["Sent", "Simpler(Plain)", "Sent", "Received(…)"]);
    assert_eq!(model.requests()[1].json()["output_config"], Value::Null);
}

#[test]
fn a_server_that_takes_no_shape_at_all_is_asked_three_times_and_no_more() {
    let refuse = || error("400 Bad Request", "", "response_format is unsupported");
    let model = Model::openai((0..5).map(|_| refuse()).collect());
    insta::assert_snapshot!(told(&model, &model.config()));
    assert_eq!(model.requests().len(), 3);
    let model = Model::openai(vec![refuse(), refuse()]);
    let mut config = model.config();
    config.answers = Answers::JsonObject;
    assert!(told(&model, &config).starts_with("Rejected"));
    assert_eq!(formats(&model), [json!("json_object"), Value::Null]);
}

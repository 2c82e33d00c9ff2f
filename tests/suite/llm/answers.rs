//! What servers answer when all is well, each in its own way.

use std::fmt::Write as _;

use callsheet::ffmpeg::Cancel;
use callsheet::llm::{Progress, ask, read_json};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ANSWER, asked, heard, request};
use crate::model::{Model, anthropic, events, openai};
use crate::server::Reply;

const STREAM: &str = "Content-Type: text/event-stream\r\n";

/// Asks a server with OpenAI's API that answers so, and gets the text.
fn said(reply: Reply) -> String {
    asked(&Model::openai(vec![reply]).config()).unwrap()
}

fn stop() -> String {
    openai::chunk(&json!({}), Some("stop"))
}

#[test]
fn an_answer_comes_whole_from_every_kind_of_server() {
    assert_eq!(said(openai::stream(ANSWER)), ANSWER);
    assert_eq!(
        said(openai::whole(&json!({ "role": "assistant", "content": ANSWER, "refusal": null }), "stop")),
        ANSWER
    );
    assert_eq!(said(openai::ollama("The user wants {a talk}.", ANSWER)), ANSWER);
    // llama.cpp: thoughts under another name, and timings with the last event.
    let thought = openai::chunk(&json!({ "role": "assistant", "content": null, "reasoning_content": "So" }), None);
    let begun = openai::begun(ANSWER);
    let timings = "data: {\"choices\":[],\"usage\":{},\"timings\":{\"predicted_ms\":1.5}}\n\n";
    assert_eq!(said(events(&[&thought, &begun, &stop(), timings, openai::DONE].concat())), ANSWER);
    let parts = json!({ "role": "assistant", "content": [{ "type": "text", "text": ANSWER }] });
    assert_eq!(said(openai::whole(&parts, "stop")), ANSWER);
    for reply in [anthropic::stream(ANSWER), anthropic::whole(ANSWER, "end_turn")] {
        assert_eq!(asked(&Model::anthropic(vec![reply]).config()).unwrap(), ANSWER);
    }
}

#[test]
fn a_stream_is_understood_however_it_is_cut_and_ended() {
    let stream = [openai::begun(ANSWER), stop(), openai::DONE.to_owned()].concat();
    for size in [1, 2, 3, 7] {
        assert_eq!(said(Reply::chunks(STREAM, stream.as_bytes().chunks(size))), ANSWER, "in pieces of {size}");
    }
    assert_eq!(said(events(&stream.replace('\n', "\r\n"))), ANSWER);
    assert_eq!(said(events(&format!("\u{feff}: hello\n\n{}", stream.replace("\n\n", "\n\n: still here\n\n")))), ANSWER);
    assert_eq!(said(events(&stream.replace("data: ", "data:").replace("\n\n", "\n"))), ANSWER);
    assert_eq!(said(Reply::new("200 OK", "Content-Type: application/json\r\n", &stream)), ANSWER, "under a wrong name");
    let unmarked = [openai::begun(ANSWER), stop()].concat();
    assert_eq!(said(events(&unmarked)), ANSWER, "no [DONE]");
    assert_eq!(said(events(unmarked.trim_end())), ANSWER, "no empty line at the end");
    assert_eq!(said(events(&(openai::begun(ANSWER) + openai::DONE))), ANSWER, "no reason for the end");
    assert_eq!(said(Reply::open(STREAM).then(stream.clone())), ANSWER, "the connection is the length");
    assert_eq!(said(Reply::open(STREAM).then(stream).then_hang()), ANSWER, "the server does not hang up");
    assert_eq!(said(Reply::open_chunks(STREAM, [unmarked.as_bytes()])), ANSWER, "broken off behind the end");
}

#[test]
fn a_server_that_says_why_it_ended_and_then_nothing_is_left() {
    // All at once, so that nothing but the silence behind it is waited for.
    let all = ["HTTP/1.1 200 OK\r\n\r\n", &openai::begun(ANSWER), &stop()].concat();
    let model = Model::openai(vec![Reply::raw(all).then_hang()]);
    let mut config = model.config();
    config.limits.idle = std::time::Duration::from_millis(200);
    assert_eq!(asked(&config).unwrap(), ANSWER);
}

#[test]
fn progress_tells_how_much_is_here() {
    let model = Model::openai(vec![openai::stream(ANSWER)]);
    let mut last = Progress::Sent;
    ask(&model.config(), &request(), &Cancel::new(), &mut |progress| last = progress).unwrap();
    assert_eq!(last, Progress::Received(ANSWER.chars().count()));
    let model = Model::openai(vec![openai::stream(ANSWER)]);
    assert_eq!(heard(&model.config()).1, ["Sent", "Received(…)"]);
}

#[test]
fn the_json_is_taken_out_of_what_a_model_puts_around_it() {
    let mut told = String::new();
    for said in [
        format!("```json\n{ANSWER}\n```"),
        format!("Sure! Here is your scenario:\n\n{ANSWER}\n\nLet me know {{if}} you need more."),
        format!("<think>The user wants {{\"title\"}}…</think>\n\n{ANSWER}"),
    ] {
        let model = Model::openai(vec![openai::stream(&said)]);
        let answer = read_json(&asked(&model.config()).unwrap()).unwrap();
        assert_eq!(answer.value, serde_json::from_str::<Value>(ANSWER).unwrap());
        writeln!(told, "{}", answer.mended.join("; ")).unwrap();
    }
    insta::assert_snapshot!(told);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zж“”\"\\\\/*{}\\[\\],`<>\n ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z“/{ ]{0,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn json_is_the_same_whatever_stands_around_it(value in any_json(), compact: bool) {
        let value = json!({ "answer": value });
        let text = if compact { value.to_string() } else { serde_json::to_string_pretty(&value).unwrap() };
        let commas = text.replace("\n}", ",\n}");
        for said in [
            text.clone(),
            format!("```json\n{text}\n```"),
            format!("Of course {{really}}:\n{text}\nDone."),
            format!("<think>{{\"answer\": 0}} [or not</think>{text}"),
            format!("{{ // here\n{}", &text[1..]),
            if commas.ends_with(",\n}") { commas } else { text.clone() },
        ] {
            prop_assert_eq!(&read_json(&said).unwrap().value, &value, "{}", said);
        }
    }

    #[test]
    fn any_text_at_all_ends_in_json_or_an_error(text in "[{}\\[\\]\":,/*\\\\“”«»` <>think\na1-]{0,80}") {
        let _ = read_json(&text);
    }
}

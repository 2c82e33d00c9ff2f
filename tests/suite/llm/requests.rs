//! What is sent.

use callsheet::llm::{Answers, Schema};
use serde_json::{Value, json};

use super::{ANSWER, Talk, asked};
use crate::model::{KEY, Model, anthropic, openai};

#[test]
fn openai_is_asked_in_its_own_shape() {
    let model = Model::openai((0..3).map(|_| openai::stream(ANSWER)).collect());
    let mut config = model.config();
    for answers in [Answers::JsonSchema, Answers::JsonObject, Answers::Plain] {
        config.answers = answers;
        asked(&config).unwrap();
        (config.key, config.max_tokens, config.temperature) = (None, Some(4096), Some(0.5));
    }
    let requests = model.requests();
    assert_eq!(requests[0].line, "POST /v1/chat/completions HTTP/1.1");
    assert_eq!(requests[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[1].header("authorization"), None);
    let bodies: Vec<Value> = requests.iter().map(crate::server::Request::json).collect();
    insta::assert_json_snapshot!("openai", bodies);
}

#[test]
fn anthropic_is_asked_in_its_own_shape() {
    let model = Model::anthropic((0..2).map(|_| anthropic::stream(ANSWER)).collect());
    let mut config = model.config();
    asked(&config).unwrap();
    (config.answers, config.max_tokens) = (Answers::Plain, Some(4096));
    asked(&config).unwrap();
    let requests = model.requests();
    assert_eq!(requests[0].line, "POST /v1/messages HTTP/1.1");
    assert_eq!(requests[0].header("x-api-key"), Some(KEY));
    assert_eq!(requests[0].header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(requests[0].header("authorization"), None);
    let bodies: Vec<Value> = requests.iter().map(crate::server::Request::json).collect();
    insta::assert_json_snapshot!("anthropic", bodies);
}

#[test]
fn the_whole_route_may_be_configured() {
    let model = Model::openai(vec![openai::stream(ANSWER)]);
    let mut config = model.config();
    config.url += "/chat/completions/";
    asked(&config).unwrap();
    assert_eq!(model.requests()[0].line, "POST /v1/chat/completions HTTP/1.1");
}

#[test]
fn what_fits_the_strict_schema_fits_the_type() {
    let schema = Schema::of::<Talk>("talk").unwrap();
    let holds = |value: &Value| jsonschema::validator_for(schema.value()).unwrap().is_valid(value);
    let value: Value = serde_json::from_str(ANSWER).unwrap();
    assert!(holds(&value));
    serde_json::from_value::<Talk>(value.clone()).unwrap();
    let mut more = value.clone();
    more["extra"] = json!(1);
    let mut less = value.clone();
    less["scenes"][0].as_object_mut().unwrap().remove("times");
    let mut other = value;
    other["scenes"][0]["place"] = json!("left");
    assert!(!holds(&more) && !holds(&less) && !holds(&other));
}

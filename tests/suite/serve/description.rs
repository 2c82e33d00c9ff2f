//! What the server says of itself: the description, the page, the numbers.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::api::{Answer, Api, hold};

#[test]
fn the_description_of_the_api_is_what_it_was() {
    let api = Api::start();
    let answer = api.get("/openapi.json");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.json()).unwrap());
}

/// Every member called `name` in a JSON value.
fn members<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                if key == name {
                    found.push(value);
                }
                members(value, name, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, name, found)),
        _ => {}
    }
}

#[test]
fn the_description_refers_to_what_it_has_and_names_everything_once() {
    let document = callsheet::serve::description();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut places = Vec::new();
    members(document, "$ref", &mut places);
    assert!(places.len() > 50);
    for place in places {
        let pointer = place.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{place}");
    }
    let mut names = Vec::new();
    members(&document["paths"], "operationId", &mut names);
    let distinct: BTreeSet<&str> = names.iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(distinct.len(), names.len(), "{names:#?}");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let described = operation["summary"].as_str().is_some_and(|summary| summary.len() > 5);
            assert!(described && operation["tags"][0].is_string(), "{method} {path}");
            let errors = operation["responses"]
                .as_object()
                .unwrap()
                .iter()
                .filter(|(status, _)| status.as_str() >= "400" && *status != "414");
            for (status, response) in errors {
                assert!(response["content"]["application/problem+json"].is_object(), "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn the_reference_page_leads_to_every_operation_and_problem_and_loads_nothing_from_elsewhere() {
    let api = Api::start();
    let page = api.get("/docs");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let text = page.text();
    let ids: BTreeSet<&str> = text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let links: BTreeSet<&str> = text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    for link in &links {
        match link.strip_prefix('#') {
            Some(id) => assert!(ids.contains(id), "{link} leads nowhere"),
            None => assert_eq!(api.get(link).status, 200, "{link}"),
        }
    }
    let problem = api.get("/api/projects/x").id("type");
    assert!(ids.contains(problem.strip_prefix("/docs#").unwrap()), "{problem}");
    for operation in callsheet::serve::description()["paths"].as_object().unwrap().values() {
        let mut names = Vec::new();
        members(operation, "operationId", &mut names);
        for name in names.iter().map(|name| name.as_str().unwrap()).filter(|name| !name.ends_with("_head")) {
            assert!(ids.contains(name), "{name}");
        }
    }
    assert!(!text.contains("<script") && !text.contains("style=") && !text.contains("//"), "nothing from elsewhere");
}

#[test]
fn the_numbers_tell_what_was_asked_and_what_is_kept() {
    let api = Api::start();
    api.project("one");
    let place = api.project("two");
    api.get(&place);
    api.get("/made/up");
    api.get("/made/up/too");
    api.delete("/healthz");
    let text = api.get("/metrics").text().to_owned();
    let counted: Vec<&str> = text.lines().filter(|line| !line.contains("seconds") && !line.starts_with('#')).collect();
    insta::assert_snapshot!(counted.join("\n"));
    // Every histogram ends with as many as were counted.
    let of = |name: &str| {
        let prefix = format!("callsheet_http_request_seconds_{name}{{method=\"POST\",route=\"/api/projects\"");
        text.lines().rfind(|line| line.starts_with(&prefix)).unwrap().rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!((of("bucket").as_str(), of("count").as_str()), ("2", "2"));
}

/// All tests of the server rest on this.
#[test]
fn an_answer_that_is_not_described_would_be_noticed() {
    let api = Api::start();
    let good = || api.get("/healthz");
    let noticed = |path: &str, answer: Answer| {
        let held = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| hold("GET", path, &answer)));
        held.is_err()
    };
    assert!(!noticed("/healthz", good()));
    assert!(noticed("/healthz", Answer { status: 299, ..good() }), "a status");
    assert!(noticed("/healthz", Answer { body: b"{\"status\":1,\"version\":\"x\"}".to_vec(), ..good() }), "a shape");
    assert!(noticed("/openapi.json", api.get("/docs")), "a type");
}

//! Projects, and a request that is sent again.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::Api;

#[test]
fn a_project_is_made_shown_and_still_there_after_a_restart() {
    let api = Api::start();
    let made = api.post("/api/projects", &json!({ "name": "Spring sale" }));
    insta::assert_snapshot!(made.shown());
    let place = made.header("location").unwrap().to_owned();
    let shown = api.get(&place);
    assert_eq!(shown.json(), made.json());
    let api = api.restart();
    assert_eq!(api.get(&place).json(), made.json());
    assert_eq!(api.delete(&place).status, 204);
    assert_eq!(api.get(&place).status, 404);
    assert_eq!(api.delete(&place).status, 404);
}

#[test]
fn pages_show_every_project_once_while_others_come_and_go() {
    let api = Api::start();
    // Half of them were made in the same millisecond: the order then is that of their ids.
    let mut places: Vec<String> = (0..4).map(|number| api.project(&format!("at once {number}"))).collect();
    for number in 0..3 {
        api.clock.advance(1);
        places.push(api.project(&format!("later {number}")));
    }
    let (mut seen, mut next, mut pages) = (BTreeSet::new(), String::new(), 0);
    loop {
        let page = api.get(&format!("/api/projects?limit=2{next}"));
        for item in page.json()["items"].as_array().unwrap() {
            assert!(seen.insert(item["id"].as_str().unwrap().to_owned()), "twice: {item}");
        }
        pages += 1;
        if pages == 1 {
            let first = page.json()["items"][0]["id"].as_str().unwrap().to_owned();
            assert_eq!(api.delete(&format!("/api/projects/{first}")).status, 204);
        }
        match &page.json()["next"] {
            Value::String(cursor) => next = format!("&after={cursor}"),
            other => break assert!(other.is_null()),
        }
    }
    assert_eq!((seen.len(), pages), (7, 4));
    for query in ["limit=0", "limit=101", "limit=x", "after=nonsense"] {
        assert_eq!(api.get(&format!("/api/projects?{query}")).status, 400, "{query}");
    }
}

#[test]
fn a_request_that_is_sent_again_is_done_once() {
    let api = Api::start();
    let send = |key: &str, name: &str| {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        api.send("POST", "/api/projects", &headers, json!({ "name": name }).to_string())
    };
    let (first, again) = (send("one", "A"), send("one", "A"));
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    insta::assert_snapshot!(send("one", "B").shown());
    assert_ne!(send("two", "A").json(), first.json());
    // What failed made nothing, and its key is free.
    assert_eq!((send("three", "").status, send("three", "C").status), (422, 201));
    let count = || api.get("/api/projects").json()["items"].as_array().unwrap().len();
    assert_eq!(count(), 3);
    api.clock.advance(24 * 3600 * 1000 + 1);
    assert_ne!(send("one", "A").json(), first.json(), "a day later the key is forgotten");
    assert_eq!(send(&"x".repeat(256), "A").status, 400);
}

#[test]
fn one_key_sent_many_times_at_once_makes_one_thing() {
    let api = Api::start();
    let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
    let send = || api.send("POST", "/api/projects", &headers, r#"{"name":"once"}"#);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "made, or still being made");
    assert_eq!(api.get("/api/projects").json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(send().status, 201);
}

#[test]
fn there_are_not_more_projects_than_are_allowed() {
    let api = Api::start_with(|config| config.limits.projects = 2);
    let first = api.project("A");
    api.project("B");
    let refused = api.post("/api/projects", &json!({ "name": "C" }));
    insta::assert_snapshot!(refused.shown());
    api.delete(&first);
    api.project("C");
}

//! What is refused, and in which words.

use serde_json::json;

use crate::api::Api;

#[test]
fn a_refusal_says_what_was_found_and_what_to_do() {
    let api = Api::start();
    let json = [("content-type", "application/json")];
    let ru = [("accept-language", "ru")];
    let shown = [
        ("no such route", api.get("/nothing")),
        ("the same in Russian", api.send("GET", "/nothing", &ru, ())),
        ("no such method", api.delete("/healthz")),
        ("no such project", api.get("/api/projects/aaaaaaaaaaaaaaaaaaaaaaaaaa")),
        ("no id at all", api.get("/api/projects/%ff")),
        ("no JSON", api.send("POST", "/api/projects", &json, "{")),
        ("another shape", api.post("/api/projects", &json!({ "nam": "x" }))),
        ("another type", api.send("POST", "/api/projects", &[("content-type", "text/plain")], "{}")),
        ("too much", api.send("POST", "/api/projects", &json, vec![b' '; (4 << 20) + 1])),
    ]
    .map(|(what, answer)| format!("{what}\n{}\n", answer.shown()))
    .join("\n");
    insta::assert_snapshot!(shown);
}

//! Who may do what.

use callsheet::serve::{Clock, Tokens};
use serde_json::json;

use crate::api::{Answer, Api};

fn with(api: &Api, token: &str, method: &str, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    api.send(method, path, &headers, body.to_owned())
}

#[test]
fn a_token_is_required_as_soon_as_there_is_one_and_sees_its_own_projects_alone() {
    let api = Api::start();
    let open = api.project("made by nobody");
    let tokens = Tokens::open(api.data(), Clock::system()).unwrap();
    let (_, anna) = tokens.make("anna", false).unwrap();
    let (boris_facts, boris) = tokens.make("boris", false).unwrap();
    let (_, admin) = tokens.make("admin", true).unwrap();

    let refused = api.get("/api/projects");
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    insta::assert_snapshot!(refused.shown());
    assert_eq!(with(&api, "cs_wrong", "GET", "/api/projects", "").status, 401);
    assert_eq!(api.send("GET", "/api/projects", &[("authorization", "Basic eDp5")], ()).status, 401);

    let made = with(&api, &anna, "POST", "/api/projects", r#"{"name":"hers"}"#);
    let hers = made.header("location").unwrap();
    assert_eq!(with(&api, &anna, "GET", hers, "").status, 200);
    for (method, path) in [("GET", hers), ("DELETE", hers), ("GET", &open)] {
        assert_eq!(with(&api, &boris, method, path, "").status, 404, "{method} {path}");
    }
    let seen = |token: &str| with(&api, token, "GET", "/api/projects", "").json()["items"].as_array().unwrap().len();
    assert_eq!((seen(&anna), seen(&boris), seen(&admin)), (1, 0, 2));
    assert_eq!(with(&api, &admin, "GET", hers, "").status, 200);

    assert!(tokens.revoke(boris_facts.id()).unwrap());
    assert!(!tokens.revoke(boris_facts.id()).unwrap());
    assert_eq!(with(&api, &boris, "GET", "/api/projects", "").status, 401);
    // No token is kept: neither the store nor its journal holds one.
    for name in ["callsheet.db", "callsheet.db-wal"] {
        let bytes = std::fs::read(api.data().join(name)).unwrap();
        for token in [&anna, &boris, &admin] {
            assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "{name}");
        }
    }
    for open in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(api.get(open).status, 200, "{open}");
    }
}

#[test]
fn a_key_of_idempotency_is_its_tokens_alone() {
    let api = Api::start();
    let tokens = Tokens::open(api.data(), Clock::system()).unwrap();
    let (one, other) = (tokens.make("one", false).unwrap().1, tokens.make("other", false).unwrap().1);
    let send = |token: &str| {
        let bearer = format!("Bearer {token}");
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", "k")];
        api.send("POST", "/api/projects", &headers, json!({ "name": "x" }).to_string())
    };
    assert_ne!(send(&one).id("id"), send(&other).id("id"));
}

#[test]
fn without_a_token_neither_a_foreign_name_nor_a_foreign_page_gets_through() {
    let api = Api::start();
    let json = ("content-type", "application/json");
    let shown = [
        ("another host", api.send("GET", "/api/projects", &[("host", "evil.example")], ())),
        ("another page", api.send("POST", "/api/projects", &[json, ("origin", "http://evil.example")], "{}")),
        ("the same, as a browser says", api.send("DELETE", "/api/projects/x", &[("sec-fetch-site", "cross-site")], ())),
    ]
    .map(|(what, answer)| format!("{what}\n{}\n", answer.shown()))
    .join("\n");
    insta::assert_snapshot!(shown);
}

#[test]
fn every_answer_says_that_it_is_nobody_elses() {
    let api = Api::start();
    for answer in [api.get("/api/projects"), api.get("/nothing"), api.delete("/healthz")] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-request-id").map(str::len), Some(26));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

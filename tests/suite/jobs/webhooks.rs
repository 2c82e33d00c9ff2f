//! Endpoints are told when jobs are over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use callsheet::http::Guard;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

use super::studio::{over, project, render, wait_for};
use crate::api::Api;
use crate::server::{Reply, Request, Server};

fn api() -> Api {
    Api::start_with(|config| config.webhooks = Guard::with_loopback())
}

/// Adds an endpoint; its address and its secret.
fn hook(api: &Api, project: &str, order: &Value) -> (String, Vec<u8>) {
    let made = api.post(&format!("{project}/webhooks"), order);
    assert_eq!(made.status, 201, "{}", made.shown());
    let secret = made.id("secret");
    let bytes = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    (made.header("location").unwrap().to_owned(), bytes)
}

/// Whether a message is signed as Standard Webhooks says.
fn is_signed(request: &Request, secret: &[u8]) -> bool {
    let (id, time) = (request.header("webhook-id").unwrap(), request.header("webhook-timestamp").unwrap());
    let mut hmac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    hmac.update(format!("{id}.{time}.").as_bytes());
    hmac.update(&request.body);
    let expected = format!("v1,{}", STANDARD.encode(hmac.finalize().into_bytes()));
    request.header("webhook-signature") == Some(expected.as_str())
}

fn ok() -> Reply {
    Reply::new("204 No Content", "", "")
}

#[test]
fn a_message_is_signed_and_holds_the_job() {
    let endpoint = Server::new(vec![ok(), ok()]);
    let api = api();
    let project = project(&api, "p", 1);
    let (place, secret) = hook(&api, &project, &json!({ "url": format!("{}/hooks?a=1", endpoint.url) }));
    // Another one wants to know of failures alone.
    hook(&api, &project, &json!({ "url": endpoint.url, "events": ["job.failed"] }));
    let job = render(&api, &project);
    let done = over(&api, &job);
    wait_for(|| api.get(&format!("{place}/deliveries")).json()[0]["arrived_at"].is_string());
    {
        let requests = endpoint.requests();
        let [request] = requests.as_slice() else { panic!("{} messages", requests.len()) };
        assert_eq!(request.line, "POST /hooks?a=1 HTTP/1.1");
        assert!(is_signed(request, &secret), "{}", String::from_utf8_lossy(&request.body));
        assert!(!is_signed(request, b"another"));
        assert_eq!(request.header("webhook-timestamp"), Some("1795856400"));
        let body = request.json();
        assert_eq!((&body["type"], &body["data"]), (&json!("job.done"), &done));
    }
    let second = render(&api, &project);
    api.post(&format!("{second}/cancel"), &json!({}));
    let state = over(&api, &second)["state"].clone();
    wait_for(|| endpoint.requests().len() == 2);
    assert_eq!(endpoint.requests()[1].json()["type"], format!("job.{}", state.as_str().unwrap()));
    // No list says the secret again.
    assert!(!api.get(&format!("{project}/webhooks")).text().contains(&STANDARD.encode(&secret)));
    assert_eq!((api.delete(&place).status, api.delete(&place).status), (204, 404));
}

#[test]
fn what_does_not_arrive_is_sent_again_later_and_after_a_restart_until_it_does() {
    let error = || Reply::new("500 Internal Server Error", "", "");
    let endpoint = Server::new(vec![error(), Reply::raw("nonsense"), ok()]);
    let api = api();
    let project = project(&api, "p", 1);
    let (place, secret) = hook(&api, &project, &json!({ "url": endpoint.url }));
    over(&api, &render(&api, &project));
    let delivery = |api: &Api| api.get(&format!("{place}/deliveries")).json()[0].clone();
    wait_for(|| delivery(&api)["attempts"] == 1);
    let first = delivery(&api);
    assert_eq!((&first["outcome"], &first["next_at"]), (&json!("it answered 500"), &json!("2026-11-28T09:00:05.000Z")));
    api.clock.advance(4_999);
    let api = api.restart_with(|config| config.webhooks = Guard::with_loopback());
    assert_eq!(delivery(&api)["attempts"], 1, "it is not due");
    api.clock.advance(1);
    wait_for(|| delivery(&api)["attempts"] == 2);
    assert_eq!(delivery(&api)["outcome"], "the connection broke off");
    api.clock.advance(300_000);
    wait_for(|| delivery(&api)["arrived_at"].is_string());
    let requests = endpoint.requests();
    assert_eq!(requests.len(), 3);
    let id = requests[0].header("webhook-id").unwrap();
    for request in requests.iter() {
        assert!(is_signed(request, &secret), "with the time of its own");
        assert_eq!(request.header("webhook-id"), Some(id), "a receiver can tell that it is the same");
    }
}

#[test]
fn an_endpoint_that_is_gone_is_told_nothing_more() {
    let endpoint = Server::new(vec![Reply::new("410 Gone", "", ""), ok()]);
    let api = api();
    let project = project(&api, "p", 1);
    hook(&api, &project, &json!({ "url": endpoint.url }));
    over(&api, &render(&api, &project));
    wait_for(|| api.get(&format!("{project}/webhooks")).json()[0]["disabled_at"].is_string());
    over(&api, &render(&api, &project));
    api.clock.advance(3_600_000);
    let (place, _) = hook(&api, &project, &json!({ "url": endpoint.url }));
    over(&api, &render(&api, &project));
    wait_for(|| api.get(&format!("{place}/deliveries")).json()[0]["arrived_at"].is_string());
    assert_eq!(endpoint.requests().len(), 2);
}

#[test]
fn nothing_private_is_called() {
    let endpoint = Server::new(vec![ok()]);
    let api = Api::start();
    let project = project(&api, "p", 1);
    let port = endpoint.url.rsplit(':').next().unwrap();
    for url in [endpoint.url.clone(), format!("https://127.0.0.1:{port}"), "https://10.0.0.1/".into()] {
        assert_eq!(api.post(&format!("{project}/webhooks"), &json!({ "url": url })).status, 422, "{url}");
    }
    // A name is looked up when it is called.
    let (place, _) = hook(&api, &project, &json!({ "url": format!("https://localhost:{port}/") }));
    over(&api, &render(&api, &project));
    wait_for(|| api.get(&format!("{place}/deliveries")).json()[0]["attempts"] == 1);
    let outcome = api.get(&format!("{place}/deliveries")).json()[0]["outcome"].clone();
    assert_eq!(outcome, "`localhost` is an address of a private network, which is not called");
    assert!(endpoint.requests().is_empty());
}

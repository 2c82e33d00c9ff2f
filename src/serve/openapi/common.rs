//! What holds for every operation: its problems, tokens, keys of idempotency, and a name of its own.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::serve::auth::is_open;
use crate::serve::language::Language;
use crate::serve::problem::{Code, Problem};

use super::set;

/// What the groups are about, in the order in which a user meets them.
const TAGS: &[(&str, &str)] = &[
    ("Projects", "What belongs together: media, a scenario, videos. One project does not see another's."),
    ("Media", "Videos, photos and sounds, measured on arrival and kept once by their content."),
    ("Scenario", "What to film: generated or written, held to one format, planned by rules."),
    ("Filling", "Clips for segments that wait: found, picked, brought, credited."),
    ("Editor", "An instruction becomes tasks, without a scenario."),
    ("Jobs", "What takes long: its state, its progress, its result."),
    ("Downloads", "Videos, by addresses that are signed and expire."),
    ("Webhooks", "Endpoints that are told when jobs are over."),
    ("Server", "How the server is, and what it can do."),
];

/// Adds it to a description.
pub(super) fn add(document: &mut Value) {
    let open = json!([]);
    let closed = json!([{}, { "token": [] }]);
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else { continue };
            operation.insert("operationId".into(), name(operation, method).into());
            operation.insert("security".into(), if is_open(path) { open.clone() } else { closed.clone() });
            if method == "post" {
                parameter(operation, idempotency_key());
            }
            bodies(operation);
            problems(operation, method, path);
        }
    }
    let tags: Value = TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect();
    set(document, "", "tags", tags);
    set(document, "", "servers", json!([{ "url": "/", "description": "This server." }]));
    let about = "A token of `callsheet token new`. Not needed on the server's own machine while no token was made.";
    let token = json!({ "type": "http", "scheme": "bearer", "description": about });
    set(document, "/components", "securitySchemes", json!({ "token": token }));
    set(document, "/components/schemas", "Problem", schema());
}

/// The operation's name: its summary in short, so that `Make a project` is `make_project`.
fn name(operation: &Map<String, Value>, method: &str) -> String {
    let summary = operation.get("summary").and_then(Value::as_str).unwrap_or(method);
    let words = summary.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    let words: Vec<String> =
        words.filter(|word| !word.is_empty() && !["a", "an", "the"].contains(&word.as_str())).collect();
    // GET and HEAD are one handler.
    let suffix = if method == "head" { "_head" } else { "" };
    words.join("_") + suffix
}

fn parameter(operation: &mut Map<String, Value>, parameter: Value) {
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        parameters.push(parameter);
    }
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Sent again with the same key, e.g. a UUID, within a day, the request is done once and its answer given again.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
    })
}

/// A body of bytes is no list of numbers.
fn bodies(operation: &mut Map<String, Value>) {
    let content = operation.get_mut("requestBody").and_then(|body| body.get_mut("content"));
    if let Some(bytes) = content.and_then(|content| content.get_mut("application/octet-stream")) {
        set(bytes, "", "schema", json!({ "type": "string", "format": "binary" }));
    }
    if let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.insert("required".into(), true.into());
    }
}

/// Says what else may be answered, and that all of it is a problem.
fn problems(operation: &mut Map<String, Value>, method: &str, path: &str) {
    let has_body = operation.contains_key("requestBody");
    let is_any = |place: fn(&Value) -> bool| {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        parameters.is_some_and(|all| all.iter().filter_map(|parameter| parameter.get("in")).any(place))
    };
    let has_parameters = is_any(|place| place != "path");
    let has_query = is_any(|place| place == "query");
    let writes = !["get", "head"].contains(&method);
    let mut more: BTreeMap<u16, &str> = BTreeMap::from([(500, "The server failed.")]);
    if !is_open(path) {
        more.insert(401, "A token is needed, or this one does not hold.");
        more.insert(421, "The name of the host is not this machine's.");
    }
    if path.contains('{') {
        more.insert(404, "There is none, or it is not the caller's.");
    }
    if has_parameters {
        more.insert(400, "A parameter cannot be read.");
    }
    if has_body {
        more.insert(400, "The body cannot be read, or a parameter.");
        more.insert(408, "The body did not arrive.");
        more.insert(413, "The body is too large.");
        more.insert(415, "The body is of another type.");
        more.insert(422, "The body is read, and not right.");
    }
    if writes && !is_open(path) {
        more.insert(403, "A page of another site may not write.");
        more.insert(507, "The disk is full.");
    }
    if method == "post" {
        more.insert(409, "The state does not allow it, or the request with this key still runs.");
        more.insert(422, "It is read, and not right; or the key was sent with another request.");
    }
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for (status, description) in more {
        responses.entry(status.to_string()).or_insert_with(|| json!({ "description": description }));
    }
    if has_query {
        // Said before the request is read to its end, so in no format of ours.
        responses.insert("414".to_owned(), json!({ "description": "The address is longer than 64 KiB." }));
    }
    for (status, response) in responses {
        if status == "414" {
            continue;
        }
        let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or_default();
        if status.is_client_error() || status.is_server_error() {
            let example = example(Code::of_status(status));
            let schema = json!({ "$ref": "#/components/schemas/Problem" });
            let content = json!({ "application/problem+json": { "schema": schema, "example": example } });
            set(response, "", "content", content);
        }
    }
}

fn example(code: Code) -> Value {
    let title = code.title().in_language(Language::English).to_owned();
    let mut example =
        Problem::new(code, format!("{title}: what was found, and what to do."), "").stored(Language::English);
    set(&mut example, "", "instance", "/api/…".into());
    set(&mut example, "", "request_id", "mfrggzdfmztwq2lknnwg23tpoa".into());
    example
}

fn schema() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.slug()).collect();
    let text = |about: &str| json!({ "type": "string", "description": about });
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457). `scenes` stand in `not_ready`, `diagnostics` in `invalid` and `model_failed`.",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            "type": text("Where the kind is explained, relative to the server."),
            "title": text("The kind in words."),
            "status": { "type": "integer", "description": "The status of the answer." },
            "detail": text("What was found, what is allowed, and what to do; in the caller's language."),
            "instance": text("What was asked for."),
            "code": { "type": "string", "enum": codes, "description": "The kind, for programs; it never changes its meaning." },
            "request_id": text("By which the server's log knows the request."),
            "scenes": { "type": "array", "items": { "$ref": "#/components/schemas/Waiting" } },
            "diagnostics": { "type": "array", "items": { "$ref": "#/components/schemas/Diagnostic" } },
            "limit": { "type": "integer", "description": "The most that is allowed." },
            "provider": text("Which provider of clips failed."),
            "reason": text("What a provider or a model said of it, in its own words."),
            "retry_after_sec": { "type": "integer", "description": "After how many seconds a provider may be asked again." },
            "offset": { "type": "integer", "description": "Where an upload goes on." },
        },
    })
}

//! A language model by a script: a real server, and replies in the shapes of those that there are.

use std::sync::MutexGuard;

use callsheet::http::Key;
use callsheet::llm::{Answers, Api, Config};

use crate::pauses::without_pauses;
use crate::server::{Reply, Request, Server};

/// The secret that nobody may see.
pub(crate) const KEY: &str = "sk-secret-0123456789";

/// A server with a model behind it; it answers as many requests as it has replies.
pub(crate) struct Model {
    server: Server,
    api: Api,
}

impl Model {
    /// With OpenAI's API.
    pub(crate) fn openai(replies: Vec<Reply>) -> Self {
        Self { server: Server::new(replies), api: Api::OpenAi }
    }

    /// With Anthropic's.
    pub(crate) fn anthropic(replies: Vec<Reply>) -> Self {
        Self { server: Server::new(replies), api: Api::Anthropic }
    }

    /// What a user would configure; no pause is made.
    pub(crate) fn config(&self) -> Config {
        Config {
            api: self.api,
            url: format!("{}/v1", self.server.url),
            key: Some(Key::new(KEY)),
            model: "test-model".to_owned(),
            answers: Answers::JsonSchema,
            max_tokens: None,
            temperature: None,
            limits: without_pauses(),
        }
    }

    /// The same for the program.
    pub(crate) fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("CALLSHEET_LLM_URL", format!("{}/v1", self.server.url)),
            ("CALLSHEET_LLM_MODEL", "test-model".to_owned()),
            ("CALLSHEET_LLM_KEY", KEY.to_owned()),
            ("CALLSHEET_LLM_API", self.api.to_string()),
        ]
    }

    /// What was asked so far.
    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.server.requests()
    }

    /// `text` without the port, which changes.
    pub(crate) fn without_port(&self, text: &str) -> String {
        text.replace(&self.server.url, "http://[server]")
    }
}

/// A refusal with the server's words.
pub(crate) fn error(status: &str, headers: &str, message: &str) -> Reply {
    let body = serde_json::json!({ "error": { "message": message, "type": "x", "param": null, "code": null } });
    Reply::new(status, &format!("Content-Type: application/json\r\n{headers}"), body.to_string())
}

/// A stream of events, as they are.
pub(crate) fn events(text: &str) -> Reply {
    Reply::chunks("Content-Type: text/event-stream\r\n", [text.as_bytes()])
}

/// A text in pieces of a few characters.
fn pieces(text: &str) -> Vec<String> {
    text.chars().collect::<Vec<_>>().chunks(5).map(|piece| piece.iter().collect()).collect()
}

pub(crate) mod openai {
    use serde_json::{Value, json};

    use super::{Reply, events, pieces};

    /// The mark of the end.
    pub(crate) const DONE: &str = "data: [DONE]\n\n";

    /// One event of a stream.
    pub(crate) fn chunk(delta: &Value, finish: Option<&str>) -> String {
        let choices = json!([{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish }]);
        let chunk = json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test-model",
            "choices": choices,
        });
        format!("data: {chunk}\n\n")
    }

    /// The events of a stream up to the reason why it ends.
    pub(crate) fn begun(text: &str) -> String {
        let first = chunk(&json!({ "role": "assistant", "content": "", "refusal": null }), None);
        let rest = pieces(text).into_iter().map(|piece| chunk(&json!({ "content": piece }), None));
        std::iter::once(first).chain(rest).collect()
    }

    /// A stream that ends with a reason.
    pub(crate) fn ended(text: &str, finish: &str) -> Reply {
        events(&[begun(text), chunk(&json!({}), Some(finish)), DONE.to_owned()].concat())
    }

    /// A stream as OpenAI sends it.
    pub(crate) fn stream(text: &str) -> Reply {
        ended(text, "stop")
    }

    /// A whole answer, as from a server that does not stream.
    pub(crate) fn whole(message: &Value, finish: &str) -> Reply {
        let body = json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test-model",
            "choices": [{ "index": 0, "message": message, "finish_reason": finish }],
            "usage": { "prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18 },
        });
        Reply::new("200 OK", "Content-Type: application/json\r\n", body.to_string())
    }

    /// The shape of Ollama: thoughts first, a role in every event, and the last has the reason.
    pub(crate) fn ollama(thoughts: &str, text: &str) -> Reply {
        let thought = json!({ "role": "assistant", "content": "", "reasoning": thoughts });
        let said = pieces(text).into_iter().map(|piece| chunk(&json!({ "role": "assistant", "content": piece }), None));
        let last = chunk(&json!({ "role": "assistant", "content": "" }), Some("stop"));
        events(&[chunk(&thought, None), said.collect(), last, DONE.to_owned()].concat())
    }
}

pub(crate) mod anthropic {
    use serde_json::{Value, json};

    use super::{Reply, events, pieces};

    /// One event of a stream.
    pub(crate) fn event(data: &Value) -> String {
        format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap())
    }

    /// The events of a stream up to the reason why it ends: a thought, a sign of life, and the text.
    pub(crate) fn begun(text: &str) -> String {
        let message = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "test-model", "content": [],
            "stop_reason": null, "stop_sequence": null, "usage": { "input_tokens": 9, "output_tokens": 1 },
        });
        let mut all = event(&json!({ "type": "message_start", "message": message }));
        let thinking = json!({ "type": "thinking", "thinking": "", "signature": "" });
        all += &event(&json!({ "type": "content_block_start", "index": 0, "content_block": thinking }));
        let delta = json!({ "type": "thinking_delta", "thinking": "{let me see}" });
        all += &event(&json!({ "type": "content_block_delta", "index": 0, "delta": delta }));
        all += &event(&json!({ "type": "content_block_stop", "index": 0 }));
        let block = json!({ "type": "text", "text": "" });
        all += &event(&json!({ "type": "content_block_start", "index": 1, "content_block": block }));
        all += &event(&json!({ "type": "ping" }));
        for piece in pieces(text) {
            let delta = json!({ "type": "text_delta", "text": piece });
            all += &event(&json!({ "type": "content_block_delta", "index": 1, "delta": delta }));
        }
        all += &event(&json!({ "type": "content_block_stop", "index": 1 }));
        all
    }

    /// A stream that ends with a reason; `details` are null, or say more about it.
    pub(crate) fn ended(text: &str, reason: &str, details: &Value) -> Reply {
        let delta = json!({ "stop_reason": reason, "stop_sequence": null, "stop_details": details });
        let end = event(&json!({ "type": "message_delta", "delta": delta, "usage": { "output_tokens": 9 } }));
        events(&[begun(text), end, event(&json!({ "type": "message_stop" }))].concat())
    }

    /// A stream as Anthropic sends it.
    pub(crate) fn stream(text: &str) -> Reply {
        ended(text, "end_turn", &Value::Null)
    }

    /// A whole answer.
    pub(crate) fn whole(text: &str, reason: &str) -> Reply {
        let body = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "test-model",
            "content": [{ "type": "thinking", "thinking": "so", "signature": "" }, { "type": "text", "text": text }],
            "stop_reason": reason, "stop_sequence": null, "usage": { "input_tokens": 9, "output_tokens": 9 },
        });
        Reply::new("200 OK", "Content-Type: application/json\r\n", body.to_string())
    }

    /// A refusal with the server's words.
    pub(crate) fn error(status: &str, kind: &str, message: &str) -> Reply {
        let body = json!({ "type": "error", "error": { "type": kind, "message": message }, "request_id": "req_1" });
        Reply::new(status, "Content-Type: application/json\r\n", body.to_string())
    }
}

//! Anthropic's messages.

use serde_json::{Value, json};

use super::config::{Answers, Config};
use super::request::{Request, Turn};
use super::spoken::{End, Spoken};

/// The version of the API that is spoken.
pub(super) const VERSION: &str = "2023-06-01";

/// It has to be said how long an answer may be: as long as a scenario of several minutes takes, and no longer than all
/// models that hold to a schema can answer.
const MAX_TOKENS: u32 = 16_384;

/// What is sent.
pub(super) fn body(config: &Config, request: &Request, answers: Answers) -> Value {
    let turn = |turn: &Turn| match turn {
        Turn::User(text) => json!({ "role": "user", "content": text }),
        Turn::Model(text) => json!({ "role": "assistant", "content": text }),
    };
    let mut body = json!({
        "model": config.model,
        "max_tokens": config.max_tokens.unwrap_or(MAX_TOKENS),
        "messages": request.turns.iter().map(turn).collect::<Vec<_>>(),
        "stream": true,
    });
    let (system, format) = match answers {
        Answers::JsonSchema => {
            let format = json!({ "type": "json_schema", "schema": request.schema.value() });
            (request.system.clone(), Some(json!({ "format": format })))
        }
        Answers::JsonObject | Answers::Plain => (request.system_with_schema(), None),
    };
    if let Some(body) = body.as_object_mut() {
        body.extend((!system.is_empty()).then(|| ("system".to_owned(), system.into())));
        body.extend(format.map(|format| ("output_config".to_owned(), format)));
        body.extend(config.temperature.map(|temperature| ("temperature".to_owned(), temperature.into())));
    }
    body
}

/// A whole answer, or an event of one. Blocks of other types than text are thoughts.
pub(super) fn hear(value: &Value, spoken: &mut Spoken) {
    let text = |part: Option<&Value>, kind: &str| {
        let part = part.filter(|part| part.get("type").is_some_and(|found| found == kind))?;
        part.get("text")?.as_str().map(str::to_owned)
    };
    match value.get("type").and_then(Value::as_str) {
        Some("message") => {
            spoken.is_answer = true;
            spoken.is_over = true;
            for block in value.get("content").and_then(Value::as_array).into_iter().flatten() {
                spoken.say(&text(Some(block), "text").unwrap_or_default());
            }
            stop(value, spoken);
        }
        Some("message_start") => spoken.is_answer = true,
        Some("content_block_start") => spoken.say(&text(value.get("content_block"), "text").unwrap_or_default()),
        Some("content_block_delta") => spoken.say(&text(value.get("delta"), "text_delta").unwrap_or_default()),
        Some("message_delta") => stop(value.get("delta").unwrap_or(&Value::Null), spoken),
        Some("message_stop") => spoken.is_over = true,
        _ => {}
    }
}

fn stop(from: &Value, spoken: &mut Spoken) {
    let Some(reason) = from.get("stop_reason").and_then(Value::as_str) else { return };
    spoken.end = Some(match reason {
        "max_tokens" => End::Length,
        "model_context_window_exceeded" => End::Context,
        "refusal" => End::Refusal,
        "tool_use" | "pause_turn" => End::Waiting,
        _ => End::Whole,
    });
    spoken.refuse(from.pointer("/stop_details/explanation").and_then(Value::as_str).unwrap_or_default());
}

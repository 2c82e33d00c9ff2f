//! OpenAI's chat completions, as OpenAI, Ollama, llama.cpp, vLLM, Gemini and their like speak them.

use serde_json::{Value, json};

use super::config::{Answers, Config};
use super::request::{Request, Turn};
use super::spoken::{End, Spoken};

/// What is sent. `stream_options`, `seed` and their like are left out: some servers choke on them, and none is needed.
pub(super) fn body(config: &Config, request: &Request, answers: Answers) -> Value {
    let system = match answers {
        Answers::JsonSchema => request.system.clone(),
        Answers::JsonObject | Answers::Plain => request.system_with_schema(),
    };
    let turn = |turn: &Turn| match turn {
        Turn::User(text) => json!({ "role": "user", "content": text }),
        Turn::Model(text) => json!({ "role": "assistant", "content": text }),
    };
    let system = (!system.is_empty()).then(|| json!({ "role": "system", "content": system }));
    let messages: Vec<Value> = system.into_iter().chain(request.turns.iter().map(turn)).collect();
    let mut body = json!({ "model": config.model, "messages": messages, "stream": true });
    let format = match answers {
        Answers::JsonSchema => {
            let schema = json!({ "name": request.schema.name(), "strict": true, "schema": request.schema.value() });
            Some(json!({ "type": "json_schema", "json_schema": schema }))
        }
        Answers::JsonObject => Some(json!({ "type": "json_object" })),
        Answers::Plain => None,
    };
    // OpenAI's own models that think refuse the old name, other servers do not know the new one.
    let is_openai = config.is_at("api.openai.com");
    let max_tokens = if is_openai { "max_completion_tokens" } else { "max_tokens" };
    if let Some(body) = body.as_object_mut() {
        body.extend(format.map(|format| ("response_format".to_owned(), format)));
        body.extend(config.max_tokens.map(|tokens| (max_tokens.to_owned(), tokens.into())));
        body.extend(config.temperature.map(|temperature| ("temperature".to_owned(), temperature.into())));
    }
    body
}

/// A whole answer, or a piece of one. Thoughts (`reasoning_content`, `reasoning`) are not part of it.
pub(super) fn hear(value: &Value, spoken: &mut Spoken) {
    let Some(choices) = value.get("choices").and_then(Value::as_array) else { return };
    spoken.is_answer = true;
    for choice in choices.iter().filter(|choice| choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0) {
        let message = choice.get("delta").filter(|delta| !delta.is_null()).or_else(|| choice.get("message"));
        if let Some(message) = message {
            match message.get("content") {
                Some(Value::String(text)) => spoken.say(text),
                Some(Value::Array(parts)) => {
                    let text = |part: &Value| part.get("text").and_then(Value::as_str).map(str::to_owned);
                    parts.iter().filter_map(text).for_each(|text| spoken.say(&text));
                }
                _ => {}
            }
            spoken.refuse(message.get("refusal").and_then(Value::as_str).unwrap_or_default());
        }
        match choice.get("finish_reason").and_then(Value::as_str) {
            None | Some("") => {}
            Some("length" | "max_tokens") => spoken.end = Some(End::Length),
            Some("tool_calls" | "function_call") => spoken.end = Some(End::Waiting),
            // Gemini adds what its filter found.
            Some(reason) if reason.starts_with("content_filter") => spoken.end = Some(End::Filter),
            Some(_) => spoken.end = Some(End::Whole),
        }
    }
}

//! What the Gemini API answers about a clip.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::http;

/// How far it is.
pub(super) enum Answer {
    Working,
    Done(Made),
}

/// What came of it.
pub(super) enum Made {
    Sample(Sample),
    /// Nothing: why.
    Refused(String),
}

/// Where a clip is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sample {
    /// At this address.
    At(String),
    /// In the answer itself, as base64.
    Here(String),
}

#[derive(Deserialize)]
struct Operation {
    #[serde(default)]
    done: bool,
    error: Option<Value>,
    response: Option<Response>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    generate_video_response: Option<Videos>,
    /// As Vertex AI has it.
    #[serde(flatten)]
    flat: Videos,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Videos {
    #[serde(alias = "videos", alias = "generatedVideos")]
    generated_samples: Vec<Value>,
    rai_media_filtered_count: Option<u64>,
    rai_media_filtered_reasons: Vec<String>,
}

impl Answer {
    /// Reads it; none if it is not of its shape.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let operation: Operation = serde_json::from_slice(body).ok()?;
        if !operation.done {
            return Some(Self::Working);
        }
        if let Some(error) = operation.error {
            let said = error.get("message").and_then(Value::as_str).unwrap_or("no reason is given");
            return Some(Self::Done(Made::Refused(format!(
                "it made nothing: {}",
                http::one_line(said, http::MOST_WORDS)
            ))));
        }
        let response = operation.response?;
        let videos = response.generate_video_response.unwrap_or(response.flat);
        if let Some(sample) = videos.generated_samples.into_iter().find_map(sample) {
            return Some(Self::Done(Made::Sample(sample)));
        }
        let reasons = http::one_line(&videos.rai_media_filtered_reasons.join("; "), http::MOST_WORDS);
        let reason = match (reasons.is_empty(), videos.rai_media_filtered_count.unwrap_or(0)) {
            (false, _) => format!("it refused for safety: {reasons}"),
            (true, 0) => "it is done and made nothing, and gives no reason".to_owned(),
            (true, count) => format!("it refused for safety: {count} filtered, and it gives no reason"),
        };
        Some(Self::Done(Made::Refused(reason)))
    }
}

/// A clip: `{"video": {"uri"}}`, or its bytes by one of their names. They are many, so they are taken and not copied.
fn sample(mut value: Value) -> Option<Sample> {
    let video = value.get_mut("video").map(Value::take).unwrap_or(value);
    let Value::Object(mut members) = video else { return None };
    let mut text = |name: &str| match members.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    let at = text("uri").map(Sample::At);
    at.or_else(|| ["encodedVideo", "videoBytes", "bytesBase64Encoded"].into_iter().find_map(text).map(Sample::Here))
}

/// The name of the operation that was begun, if it can be part of an address.
pub(super) fn name(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let name = answer.get("name")?.as_str()?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    let inside = name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
    (plain && inside && name.len() <= 512).then(|| name.to_owned())
}

/// `details[].retryDelay` of a refusal: `21s`.
pub(super) fn retry_delay(body: &[u8]) -> Option<Duration> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let details = answer.get("error")?.get("details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    let seconds: f64 = delay.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(body: &str) -> Option<std::result::Result<Sample, String>> {
        match Answer::read(body.as_bytes()) {
            Some(Answer::Done(Made::Sample(sample))) => Some(Ok(sample)),
            Some(Answer::Done(Made::Refused(reason))) => Some(Err(reason)),
            Some(Answer::Working) | None => None,
        }
    }

    #[test]
    fn a_clip_is_found_by_each_of_its_shapes() {
        let whole = |sample: &str| {
            format!(
                r#"{{"name":"n","done":true,"response":{{"@type":"t","generateVideoResponse":{{"generatedSamples":[{sample}]}}}}}}"#
            )
        };
        let at = Some(Ok(Sample::At("https://host/v".into())));
        let here = Some(Ok(Sample::Here("AAAA".into())));
        assert_eq!(made(&whole(r#"{"video":{"uri":"https://host/v"}}"#)), at);
        assert_eq!(made(&whole(r#"{"video":{"encodedVideo":"AAAA","encoding":"video/mp4"}}"#)), here);
        let vertex = r#"{"done":true,"response":{"videos":[{"bytesBase64Encoded":"AAAA","mimeType":"video/mp4"}]}}"#;
        assert_eq!(made(vertex), here);
    }

    #[test]
    fn what_made_nothing_says_why() {
        let said = |body: &str| made(body).and_then(Result::err).unwrap_or_default();
        let filtered = r#"{"done":true,"response":{"generateVideoResponse":{"raiMediaFilteredCount":1,"raiMediaFilteredReasons":["a child"]}}}"#;
        assert_eq!(said(filtered), "it refused for safety: a child");
        let nothing = r#"{"done":true,"response":{"generateVideoResponse":{}}}"#;
        assert_eq!(said(nothing), "it is done and made nothing, and gives no reason");
        assert_eq!(said(r#"{"done":true,"error":{"code":3,"message":"bad\nprompt"}}"#), "it made nothing: bad prompt");
        assert!(matches!(Answer::read(br#"{"name":"n"}"#), Some(Answer::Working)));
        assert!(Answer::read(b"<html>").is_none() && Answer::read(br#"{"done":true}"#).is_none());
    }

    #[test]
    fn a_name_is_part_of_an_address_or_none() {
        let named = |name: &str| super::name(format!(r#"{{"name":"{name}"}}"#).as_bytes());
        assert!(named("models/veo-3.1/operations/abc_1").is_some());
        for wrong in ["", "/v1/x", "models/../../files", "https://host/x", "a b", "x?key=1"] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
        let refusal = br#"{"error":{"code":429,"details":[{"@type":"x","retryDelay":"21s"}]}}"#;
        assert_eq!(retry_delay(refusal), Some(Duration::from_secs(21)));
    }
}

//! What a server answers: `verbose_json` in the shapes that servers give it.

use serde::Deserialize;

use crate::error::{Error, Result};

use super::heard::{Heard, Phrase, Token};
use super::{failed, words};

#[derive(Deserialize)]
struct Verbose {
    text: Option<String>,
    language: Option<String>,
    segments: Option<Vec<Spoken>>,
    /// OpenAI: the words of the whole sound, without spaces and punctuation.
    words: Option<Vec<SpokenWord>>,
}

#[derive(Deserialize)]
struct Spoken {
    start: Option<f64>,
    end: Option<f64>,
    #[serde(default)]
    text: String,
    /// whisper.cpp, speaches: the words of this segment; with whisper.cpp they are tokens.
    words: Option<Vec<SpokenWord>>,
    avg_logprob: Option<f64>,
    no_speech_prob: Option<f64>,
    compression_ratio: Option<f64>,
}

#[derive(Deserialize)]
struct SpokenWord {
    #[serde(alias = "text")]
    word: String,
    start: Option<f64>,
    end: Option<f64>,
}

/// Reads a good answer.
pub(super) fn read(body: &[u8]) -> Result<Heard> {
    let body = body.trim_ascii();
    if body.is_empty() {
        return Err(failed("the speech server's answer is empty", "look into the server's log"));
    }
    // whisper.cpp's server makes its JSON with the same care as its program.
    let text = super::json::repair(body).text;
    let verbose: Verbose = serde_json::from_str(&text).map_err(|error| unreadable(body, &error))?;
    let mut heard = Heard { language: verbose.language, segments: Vec::new() };
    for spoken in verbose.segments.unwrap_or_default() {
        heard.segments.push(phrase(spoken, heard.language.as_deref()));
    }
    let words: Vec<Token> = verbose.words.unwrap_or_default().into_iter().map(token).collect();
    let timed = |token: &Token| token.start.is_some();
    let has_times = heard.segments.iter().any(|phrase| phrase.start.is_some() || phrase.words.iter().any(timed))
        || words.iter().any(timed);
    let says_something = verbose.text.is_some_and(|text| !text.trim().is_empty())
        || heard.segments.iter().any(|phrase| !phrase.text.trim_ascii().is_empty());
    if says_something && !has_times {
        return Err(no_times());
    }
    if !words.is_empty() {
        heard.assign(words);
    }
    Ok(heard)
}

fn phrase(spoken: Spoken, language: Option<&str>) -> Phrase {
    let tokens: Vec<Token> = spoken.words.unwrap_or_default().into_iter().map(token).collect();
    let words = if words::are_tokens(&tokens) { words::join(tokens, language) } else { tokens };
    Phrase {
        start: spoken.start,
        end: spoken.end,
        text: spoken.text.into_bytes(),
        words,
        avg_logprob: spoken.avg_logprob,
        no_speech_prob: spoken.no_speech_prob,
        compression_ratio: spoken.compression_ratio,
    }
}

fn token(word: SpokenWord) -> Token {
    Token { start: word.start, end: word.end, text: word.word.into_bytes() }
}

fn no_times() -> Error {
    failed(
        "the speech server gave a text without times",
        "choose a model that gives `verbose_json` with segments: `whisper-1`, whisper.cpp, speaches, LocalAI or vLLM; \
         the `gpt-4o-transcribe` models and Ollama give the text alone",
    )
}

fn unreadable(body: &[u8], error: &serde_json::Error) -> Error {
    // A server that does not know `verbose_json` may answer with the bare text.
    if !body.starts_with(b"{") && !body.starts_with(b"[") && !body.starts_with(b"<") {
        return no_times();
    }
    failed(
        format!("the speech server's answer is not the JSON of a transcript: {error}"),
        "check that `CALLSHEET_SPEECH_URL` is the address of an API like OpenAI's, usually ending in `/v1`",
    )
}

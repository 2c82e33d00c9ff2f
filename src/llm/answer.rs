//! The JSON in an answer: a model was asked for nothing else, and gives it wrapped in whatever it likes.

mod scan;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::http::one_line;

use super::{Failure, failed};
use scan::Scan;

/// The longest answer that is read, in bytes.
const MOST: usize = 8 << 20;

/// As much of an answer is shown, in characters.
const SHOWN: usize = 80;

/// The names of the blocks in which models think aloud.
const THOUGHTS: &[&str] = &["think", "thinking"];

/// What a model answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// An object, or an array.
    pub value: Value,
    /// What had to be done to get at it, in words; nothing if the answer was JSON and no more.
    pub mended: Vec<String>,
}

/// A stretch of the text that was meant as JSON.
struct Found {
    start: usize,
    end: usize,
    json: std::result::Result<(Value, Vec<&'static str>), String>,
}

/// Takes the JSON object or array out of an answer.
///
/// Thoughts, a Markdown fence and words around it are left out, and so are comments and commas before a closing bracket;
/// no value is ever guessed. Where there are several objects the longest counts: the others are examples or drafts.
/// No JSON, or broken JSON, is [`Failure::Unreadable`]; an empty text is [`Failure::Empty`], and one of more than 8 MB
/// [`Failure::TooLarge`].
pub fn read_json(text: &str) -> Result<Answer> {
    if text.len() > MOST {
        return Err(failed(Failure::TooLarge, format!("its answer is larger than {MOST} bytes"), "ask for less"));
    }
    let mut mended = Vec::new();
    let whole = text.trim();
    let bare = whole.trim_start_matches('\u{feff}').trim_start();
    if bare.len() < whole.len() {
        mended.push("left out a byte order mark".to_owned());
    }
    if bare.is_empty() {
        return Err(failed(Failure::Empty, "its answer is empty", "ask again, or choose another model"));
    }
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(bare) {
        return Ok(Answer { value, mended });
    }
    let said = without_thoughts(bare);
    if said.len() < bare.len() {
        mended.push("left out the model's thoughts".to_owned());
    }
    let found = search(said).map_err(|why| unreadable(&why, bare))?;
    let longest = |best: &Found, next: &Found| next.end - next.start > best.end - best.start;
    let count = found.len();
    let best = found.into_iter().reduce(|best, next| if longest(&best, &next) { next } else { best });
    let best = best.ok_or_else(|| unreadable("there is no JSON in its answer", bare))?;
    let (value, mends) =
        best.json.map_err(|why| unreadable(&format!("the JSON in its answer is broken: {why}"), bare))?;
    let (before, after) = (said.get(..best.start).unwrap_or_default(), said.get(best.end..).unwrap_or_default());
    mended.extend(around(before, after, count - 1));
    mended.extend(mends.into_iter().map(str::to_owned));
    Ok(Answer { value, mended })
}

fn unreadable(why: &str, text: &str) -> Error {
    let shown = one_line(text, SHOWN);
    failed(
        Failure::Unreadable,
        format!("{why}; it begins “{shown}”"),
        "ask again, or choose a model that answers with JSON",
    )
}

/// The text behind the thoughts that stand at its head. Some servers swallow the mark at which they begin.
fn without_thoughts(text: &str) -> &str {
    let mut rest = text;
    if rest.starts_with(['{', '[', '`']) {
        return rest;
    }
    // A model thinks once; each time costs a look through the whole text.
    for _ in 0..4 {
        let ends = THOUGHTS.iter().filter_map(|name| {
            let mark = format!("</{name}>");
            rest.find(&mark).map(|at| at + mark.len())
        });
        match ends.min().and_then(|end| rest.get(end..)) {
            Some(behind) => rest = behind.trim_start(),
            None => return rest,
        }
        if !THOUGHTS.iter().any(|name| rest.starts_with(&format!("<{name}>"))) {
            break;
        }
    }
    rest
}

/// All that was meant as JSON, in order. What is inside of broken JSON is none: a part would pass for the whole.
fn search(text: &str) -> std::result::Result<Vec<Found>, String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(offset) = rest.find(['{', '[']) else { break };
        let start = at + offset;
        let candidate = rest.get(offset..).unwrap_or_default();
        if !scan::begins(candidate) {
            at = start + 1;
            continue;
        }
        match scan::scan(candidate) {
            Scan::Closed { json, length, mends } => {
                let json = serde_json::from_str(&json).map(|value| (value, mends)).map_err(|error| error.to_string());
                at = start + length;
                found.push(Found { start, end: at, json });
            }
            Scan::Crossed { bracket, length } => {
                at = start + length;
                found.push(Found { start, end: at, json: Err(format!("a `{bracket}` closes what it did not open")) });
            }
            Scan::Open => return Err("the JSON in its answer is not closed".to_owned()),
            Scan::TooDeep => return Err(format!("the JSON in its answer is more than {} deep", scan::DEPTH)),
        }
    }
    Ok(found)
}

/// What stands around the JSON, in words.
fn around(before: &str, after: &str, others: usize) -> Vec<String> {
    let (mut before, mut after) = (before.trim(), after.trim());
    let mut left_out = Vec::new();
    let opening = before.rfind("```").filter(|at| {
        let language = before.get(at + 3..).unwrap_or_default().trim();
        language.chars().all(|c| c.is_ascii_alphanumeric())
    });
    if let Some(at) = opening {
        before = before.get(..at).unwrap_or_default().trim();
        after = after.strip_prefix("```").unwrap_or(after).trim();
        left_out.push("left out a Markdown fence".to_owned());
    }
    if !before.is_empty() {
        left_out.push("left out words before the JSON".to_owned());
    }
    if !after.is_empty() {
        left_out.push("left out words after the JSON".to_owned());
    }
    match others {
        0 => {}
        1 => left_out.push("left out a shorter piece of JSON".to_owned()),
        _ => left_out.push(format!("left out {others} shorter pieces of JSON")),
    }
    left_out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mends(text: &str, value: &Value) -> Vec<String> {
        let answer = read_json(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(answer.value, *value, "{text}");
        answer.mended
    }

    fn told(text: &str) -> String {
        match read_json(text) {
            Err(Error::Model { reason, .. }) => reason,
            other => panic!("{text}\n{other:?}"),
        }
    }

    #[test]
    fn json_and_nothing_else_is_taken_as_it_is() {
        let none: [&str; 0] = [];
        assert_eq!(mends(r#" {"a": [1, "x // } y"]} "#, &json!({"a": [1, "x // } y"]})), none);
        assert_eq!(mends("[1, 2]", &json!([1, 2])), none);
        assert_eq!(mends(r#"{"a": "</think> ```json {}"}"#, &json!({"a": "</think> ```json {}"})), none);
    }

    #[test]
    fn what_stands_around_json_is_left_out_and_told() {
        let value = json!({"a": "{"});
        let one = r#"{"a": "{"}"#;
        let fence = "left out a Markdown fence";
        let (before, after) = ("left out words before the JSON", "left out words after the JSON");
        assert_eq!(mends(&format!("\u{feff}{one}"), &value), ["left out a byte order mark"]);
        assert_eq!(mends(&format!("```json\n{one}\n```"), &value), [fence]);
        assert_eq!(mends(&format!("```\n{one}"), &value), [fence]);
        assert_eq!(mends(&format!("Here it is: {one} Enjoy!"), &value), [before, after]);
        assert_eq!(mends(&format!("Sure:\n```JSON\n{one}\n```\nEnjoy!"), &value), [fence, before, after]);
        assert_eq!(mends(&format!("a {{ in words, {{x}}, [1], [a](b): {one}"), &value), [before]);
        assert_eq!(
            mends(&format!("the empty {{}}, the [{{}}], and {one}"), &value),
            [before, "left out 2 shorter pieces of JSON"]
        );
        assert_eq!(mends(&format!("{one}\n{{}}"), &value), [after, "left out a shorter piece of JSON"]);
        assert_eq!(mends(r#"the list: [{"a": 1}]"#, &json!([{"a": 1}])), [before]);
    }

    #[test]
    fn thoughts_are_left_out() {
        let value = json!({"a": 1});
        let thoughts = "left out the model's thoughts";
        assert_eq!(mends("<think>{\"b\": [2, 3, 4, 5]}</think>\n{\"a\": 1}", &value), [thoughts]);
        assert_eq!(mends("let me see {\"b\": </think> {\"a\": 1}", &value), [thoughts]);
        assert_eq!(mends("<think></think>\n<thinking>{</thinking>{\"a\": 1}", &value), [thoughts]);
        assert_eq!(mends("<think>so</think>```json\n{\"a\": 1}\n```", &value), [thoughts, "left out a Markdown fence"]);
        assert_eq!(told("<think>{\"b\": 2"), "the JSON in its answer is not closed; it begins “<think>{\"b\": 2”");
    }

    #[test]
    fn small_slips_inside_are_mended_and_told() {
        assert_eq!(
            mends(r#"{"a": [1, 2 , ], "b": {"c": 3,},}"#, &json!({"a": [1, 2], "b": {"c": 3}})),
            ["left out commas before closing brackets"]
        );
        assert_eq!(
            mends("{ // the \"first\" {\n\"a\": /* } */ \"/* x */ // y\", // last\n}", &json!({"a": "/* x */ // y"})),
            ["left out comments", "left out commas before closing brackets"]
        );
        assert_eq!(
            mends("{“a”: \"“b”, c\", «d»:1}", &json!({"a": "“b”, c", "d": 1})),
            ["made the quotes around keys straight"]
        );
        assert_eq!(
            mends("{\"a\": \"one\n\ttwo\"}", &json!({"a": "one\n\ttwo"})),
            ["escaped line breaks and other control characters in texts"]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_beginning() {
        assert_eq!(told("  \n"), "its answer is empty");
        assert_eq!(told("I cannot\u{7} do\nthat."), "there is no JSON in its answer; it begins “I cannot do that.”");
        assert_eq!(told("42"), "there is no JSON in its answer; it begins “42”");
        assert_eq!(told(&"я".repeat(200)), format!("there is no JSON in its answer; it begins “{}…”", "я".repeat(80)));
        assert_eq!(
            told(r#"{"a": {"b": 1}, "c": {"d": "#),
            "the JSON in its answer is not closed; it begins “{\"a\": {\"b\": 1}, \"c\": {\"d\":”"
        );
        assert_eq!(
            told(r#"{"a": {"b": 1} "c": 2}"#),
            "the JSON in its answer is broken: expected `,` or `}` at line 1 column 16; it begins “{\"a\": {\"b\": 1} \"c\": 2}”"
        );
        assert_eq!(
            told(r#"{"a": [1}"#),
            "the JSON in its answer is broken: a `}` closes what it did not open; it begins “{\"a\": [1}”"
        );
        // Quotes are straightened around keys alone: elsewhere they may be part of a text.
        assert!(told("{\"a\": “b”}").starts_with("the JSON in its answer is broken: expected value"));
        assert!(told("{'a': 1}").starts_with("there is no JSON in its answer"));
        assert!(told("{\"a\": NaN}").starts_with("the JSON in its answer is broken: expected value"));
        assert!(told("{\"a\": 1e999}").starts_with("the JSON in its answer is broken: number out of range"));
    }

    #[test]
    fn a_part_never_passes_for_the_whole() {
        let broken = r#"{"scenes": [{"id": 1} {"id": 2}], "a": 1}"#;
        assert!(told(broken).contains("is broken"), "{}", told(broken));
        assert!(told(&format!("{broken} and {{}}")).contains("is broken"));
    }

    #[test]
    fn size_and_depth_are_bounded() {
        assert_eq!(told(&"x".repeat(MOST + 1)), "its answer is larger than 8388608 bytes");
        let deep = |depth: usize| format!("{}{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(told(&deep(scan::DEPTH + 1)).starts_with("the JSON in its answer is more than 100 deep"));
        for hostile in [
            "{\"",
            "{\"a\":[",
            "[{",
            "{",
            "{}",
            "</think>",
            "<think></think>",
            "{“",
            "{/*",
            "```",
            "[{\"\\",
            "{\"a\":{}},",
        ] {
            let _ = read_json(&hostile.repeat(20_000));
        }
    }
}

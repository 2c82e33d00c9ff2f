//! JSON as whisper.cpp writes it: nearly.
//!
//! Its writer escapes quotes and backslashes alone (`escape_double_quotes_and_backslashes` in `examples/cli/cli.cpp`):
//! control characters stand raw in strings, numbers may be `nan`, and a character may be cut in two by a token's end.

use std::borrow::Cow;

/// `bytes` as JSON text. A file that is not UTF-8 comes with a character a byte; [`Repaired::bytes_of`] undoes that, so that the
/// halves of a character can be put together again.
pub(super) struct Repaired {
    pub(super) text: String,
    by_bytes: bool,
}

pub(super) fn repair(bytes: &[u8]) -> Repaired {
    let (source, by_bytes) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()), true),
    };
    let mut text = String::with_capacity(source.len());
    let (mut inside, mut escaped) = (false, false);
    let mut word = String::new();
    for c in source.chars() {
        if inside {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => inside = false,
                _ => {}
            }
            match c {
                '\n' | '\r' | '\t' => text.push(' '),
                '\0'..' ' => {}
                _ => text.push(c),
            }
            continue;
        }
        if c.is_ascii_alphabetic() || (c == '-' && word.is_empty()) {
            word.push(c);
            continue;
        }
        flush(&mut word, &mut text);
        inside = c == '"';
        text.push(c);
    }
    flush(&mut word, &mut text);
    Repaired { text, by_bytes }
}

/// A bare word: `true` and its like stay, numbers that JSON does not have become null.
fn flush(word: &mut String, text: &mut String) {
    let bare = word.trim_start_matches('-').to_ascii_lowercase();
    text.push_str(if matches!(bare.as_str(), "nan" | "inf" | "infinity" | "ind") { "null" } else { word });
    word.clear();
}

impl Repaired {
    /// The bytes that stood in the file for a string of the parsed JSON.
    pub(super) fn bytes_of(&self, parsed: &str) -> Vec<u8> {
        if !self.by_bytes {
            return parsed.as_bytes().to_vec();
        }
        let mut bytes = Vec::with_capacity(parsed.len());
        for c in parsed.chars() {
            match u8::try_from(c) {
                Ok(byte) => bytes.push(byte),
                Err(_) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_control_characters_and_nan_become_json() {
        let repaired = repair(b"{\"a\":\"x\ny\x01 \\\"nan\\\"\", \"p\":-nan, \"q\":nan,\"r\":-1.5e-3,\"t\":true}");
        let value: serde_json::Value = serde_json::from_str(&repaired.text).expect("valid");
        assert_eq!(value, serde_json::json!({"a": "x y \"nan\"", "p": null, "q": null, "r": -0.0015, "t": true}));
    }

    #[test]
    fn halves_of_a_character_come_back_as_they_were() {
        let repaired = repair(b"[\"\xd0\",\"\x9f\xd1\x80\"]");
        let halves: Vec<String> = serde_json::from_str(&repaired.text).expect("valid");
        let bytes: Vec<u8> = halves.iter().flat_map(|half| repaired.bytes_of(half)).collect();
        assert_eq!(String::from_utf8(bytes).as_deref(), Ok("Пр"));
    }
}

//! A server's own words for a failure.

/// The longest of a server's words that is shown, in characters.
pub(crate) const MOST_WORDS: usize = 300;

/// `{"error":{"message":"…"}}`, `{"error":"…"}`, `{"detail":"…"}`, `{"detail":[{"msg":"…"}]}`, `{"message":"…"}`, or the
/// first of a list of them; none if nothing can be shown.
pub(crate) fn said(body: &[u8]) -> Option<String> {
    said_in(&serde_json::from_slice(body).ok()?)
}

/// The same of JSON that was read already.
pub(crate) fn said_in(value: &serde_json::Value) -> Option<String> {
    let value = value.get(0).unwrap_or(value);
    let named = |name| value.get(name).filter(|found| !found.is_null());
    let error = named("error").or_else(|| named("detail")).or_else(|| named("message"))?;
    let error = error.get(0).unwrap_or(error);
    let text = error.as_str().or_else(|| error.get("message").or_else(|| error.get("msg"))?.as_str())?;
    let text = one_line(text, MOST_WORDS);
    (!text.is_empty()).then_some(text)
}

/// One line of at most `most` characters, without control characters; where it is cut there is an ellipsis.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let shown = |c: &char| *c != char::REPLACEMENT_CHARACTER && (!c.is_control() || c.is_whitespace());
    let text: String = text.chars().filter(shown).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(most) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_servers_put_them() {
        for body in [
            r#"{"error":{"message":"no\n such  model","type":"x"}}"#,
            r#"{"error":"no such model"}"#,
            r#"{"detail":"no such model"}"#,
            r#"{"detail":[{"loc":["body"],"msg":"no such model"}]}"#,
            r#"{"object":"error","message":"no such model"}"#,
            r#"[{"error":{"code":404,"message":"no such model"}}]"#,
            r#"{"type":"error","error":{"type":"not_found_error","message":"no such model"}}"#,
        ] {
            assert_eq!(said(body.as_bytes()).as_deref(), Some("no such model"), "{body}");
        }
        for body in ["", "<html>", "{}", r#"{"error":7}"#, r#"{"error":{"message":""}}"#, "\u{1b}[31m"] {
            assert_eq!(said(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn what_is_shown_is_one_short_line() {
        assert_eq!(one_line("a\u{1b}[31m\r\n b\u{202e}", 10), "a[31m b\u{202e}");
        assert_eq!(one_line("привет мир", 6), "привет…");
    }
}

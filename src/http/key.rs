//! Secrets: sent and never shown.

use std::fmt;
use std::process::Command;

/// A secret that is sent and never shown.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// Wraps a secret.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A part of a key that is shorter than this tells nothing.
const PART: usize = 4;

/// `said` without the key: a server may say back what it was sent. What was cut off ends with an ellipsis, and may have cut a
/// key, so a beginning of the key before one goes too.
pub(crate) fn hide(key: Option<&Key>, said: &str) -> String {
    let Some(secret) = key.map(Key::secret).filter(|secret| !secret.is_empty()) else { return said.to_owned() };
    let whole = said.replace(secret, "…");
    let mut shown = String::new();
    for piece in whole.split_inclusive('…') {
        let Some(text) = piece.strip_suffix('…') else {
            shown.push_str(piece);
            continue;
        };
        let beginnings = secret.char_indices().map(|(end, _)| secret.get(..end).unwrap_or_default());
        let cut = beginnings.rev().find(|part| part.len() >= PART && text.ends_with(part));
        shown.push_str(cut.map_or(text, |part| text.get(..text.len() - part.len()).unwrap_or_default()));
        shown.push('…');
    }
    shown
}

/// Keeps all keys from a program that needs none: they are none of its business.
pub(crate) fn withhold(command: &mut Command) {
    let is_key = |name: &str| name.starts_with("CALLSHEET_") && (name.ends_with("_KEY") || name.ends_with("_KEY_FILE"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_key)) {
        command.env_remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::one_line;

    #[test]
    fn a_key_is_hidden_whole_and_where_it_was_cut() {
        let key = Key::new("secret-0123456789");
        let hidden = |said: &str| hide(Some(&key), said);
        assert_eq!(hidden("bad secret-0123456789, very"), "bad …, very");
        assert_eq!(hidden("it says: se…"), "it says: se…");
        for most in 0..40 {
            let cut = hidden(&one_line("the key secret-0123456789 is bad", most));
            assert!(!cut.contains("secr"), "{most}: {cut}");
        }
        assert_eq!(hide(None, "secret…"), "secret…");
    }
}

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

/// `said` without the key: a server may say back what it was sent.
pub(crate) fn hide(key: Option<&Key>, said: &str) -> String {
    match key.map(Key::secret) {
        Some(secret) if !secret.is_empty() => said.replace(secret, "…"),
        _ => said.to_owned(),
    }
}

/// Keeps all keys from a program that needs none: they are none of its business.
pub(crate) fn withhold(command: &mut Command) {
    let is_key = |name: &str| name.starts_with("CALLSHEET_") && (name.ends_with("_KEY") || name.ends_with("_KEY_FILE"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_key)) {
        command.env_remove(name);
    }
}

//! The name of a rendered piece: a hash of all that made it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use crate::ffmpeg;
use crate::text::FontSet;

use super::command::Command;

/// Part of every key: counted up when the same command would be run otherwise.
const FORMAT: u32 = 4;

/// What a piece is kept under: 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Key {
    /// The key that `text` is, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }
}

/// The key of what `command` makes.
///
/// The command holds the slice of the plan, the texts with their styles and the encoder's settings; its inputs count by
/// `contents`, the hash of each by its address in the command, and fonts by what is in them.
pub(super) fn key(command: &Command, contents: &BTreeMap<OsString, String>, fonts: &FontSet) -> Key {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &[u8]| {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    };
    for part in [&FORMAT.to_string(), env!("CARGO_PKG_VERSION"), ffmpeg::build()] {
        add(part.as_bytes());
    }
    for argument in &command.arguments {
        match contents.get(argument) {
            Some(content) => add(content.as_bytes()),
            None => add(argument.as_encoded_bytes()),
        }
    }
    for (name, text) in &command.files {
        add(name.as_bytes());
        add(text.as_bytes());
    }
    for layout in &command.layouts {
        fonts.contents(layout).for_each(&mut add);
    }
    Key(hasher.finalize().to_hex().to_string())
}

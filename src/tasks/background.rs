//! What is seen beside a picture that does not fill the canvas.

use super::style::Color;

/// What is seen beside a picture that does not fill the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// This colour, always opaque.
    Color(Color),
    /// The picture itself, enlarged and blurred.
    Blur,
}

impl Background {
    /// The background that `text` names: `blur`, or an opaque colour as [`Color::parse`] has it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "blur" { Some(Self::Blur) } else { Color::parse(text).map(Self::Color) }
    }

    /// What may be written, for a message.
    pub(crate) const ALLOWED: &str = "write `blur`, six digits as in #ffcc00, or the name of a colour as in black";
}

impl Default for Background {
    fn default() -> Self {
        Self::Color(Color { red: 0, green: 0, blue: 0, opacity: 255 })
    }
}

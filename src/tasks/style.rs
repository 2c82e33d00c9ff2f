//! How a text looks: the properties of a `style`, one table and one type.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::{self, Type, Value};

/// A colour with its opacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
    /// 0 is invisible, 255 opaque.
    pub opacity: u8,
}

/// The colours that have a name: CSS's basic ones.
pub(crate) const COLOR_NAMES: &[(&str, u32)] = &[
    ("black", 0x00_0000),
    ("white", 0xFF_FFFF),
    ("gray", 0x80_8080),
    ("silver", 0xC0_C0C0),
    ("red", 0xFF_0000),
    ("maroon", 0x80_0000),
    ("orange", 0xFF_A500),
    ("yellow", 0xFF_FF00),
    ("olive", 0x80_8000),
    ("lime", 0x00_FF00),
    ("green", 0x00_8000),
    ("teal", 0x00_8080),
    ("aqua", 0x00_FFFF),
    ("blue", 0x00_00FF),
    ("navy", 0x00_0080),
    ("purple", 0x80_0080),
    ("fuchsia", 0xFF_00FF),
    ("pink", 0xFF_C0CB),
];

/// The names that [`Color::parse`] knows.
pub fn color_names() -> impl Iterator<Item = &'static str> {
    COLOR_NAMES.iter().map(|(name, _)| *name)
}

impl Color {
    /// An opaque colour by its name (`white`) or its six digits (`#ffcc00`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rgb = if let Some(digits) = text.strip_prefix('#') {
            let is_hex = digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
            u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?
        } else {
            COLOR_NAMES.iter().find(|(name, _)| *name == text)?.1
        };
        let [_, red, green, blue] = rgb.to_be_bytes();
        Some(Self { red, green, blue, opacity: 255 })
    }

    /// The same colour, `share` of 1 opaque.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
    pub fn with_opacity(self, share: f64) -> Self {
        Self { opacity: (share.clamp(0.0, 1.0) * 255.0).round() as u8, ..self }
    }
}

/// `#rrggbb`, with two more digits for the opacity where it is not opaque.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)?;
        if self.opacity == 255 { Ok(()) } else { write!(f, "{:02x}", self.opacity) }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (rgb, opacity) = text.split_at_checked(7).unwrap_or((&text, ""));
        let opacity = if opacity.is_empty() { Some(255) } else { u8::from_str_radix(opacity, 16).ok() };
        Self::parse(rgb).zip(opacity).map(|(color, opacity)| Self { opacity, ..color }).ok_or_else(|| {
            serde::de::Error::custom(format!("`{}` is not a colour like #rrggbbaa", text.escape_debug()))
        })
    }
}

impl JsonSchema for Color {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "#rrggbb or #rrggbbaa" })
    }
}

/// How a text looks. Lengths are pixels on a canvas whose shorter side is 1080, and grow with the canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// The font's family: a shipped one, or one of a file in `--fonts`.
    pub font: String,
    /// The height of the letters' em.
    pub size: f64,
    /// Whether the bold face is used.
    pub bold: bool,
    /// The letters' colour.
    pub color: Color,
    /// How wide the line around the letters is; 0 for none.
    pub outline: f64,
    /// Its colour.
    pub outline_color: Color,
    /// How far the shadow falls, right and down; 0 for none.
    pub shadow: f64,
    /// Its colour.
    pub shadow_color: Color,
    /// The colour of the box behind the text; none if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "box", default)]
    pub background: Option<Color>,
    /// The space between text and the edge of its box.
    pub padding: f64,
    /// How round the box's corners are; 0 for square ones.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub radius: f64,
    /// The colour of words that have been said, in subtitles; if absent, words do not change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub highlight_color: Option<Color>,
    /// How the lines stand to each other; if absent, by the text's position.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub align: Option<Align>,
    /// How it comes and goes.
    #[serde(skip_serializing_if = "Animation::is_none", default)]
    pub animate: Animation,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
fn is_zero(length: &f64) -> bool {
    *length == 0.0
}

/// How a text comes and goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Animation {
    /// It is there, and then it is not.
    #[default]
    None,
    /// It grows out of nothing and fades away.
    Fade,
    /// It springs up, a little too large for a moment, and fades away.
    Pop,
    /// It rises to its place while it appears, and fades away.
    Slide,
    /// It is written letter by letter.
    Typewriter,
}

impl Animation {
    fn of(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Self::None),
            "fade" => Some(Self::Fade),
            "pop" => Some(Self::Pop),
            "slide" => Some(Self::Slide),
            "typewriter" => Some(Self::Typewriter),
            _ => None,
        }
    }

    /// The word of [`ANIMATE`](crate::value::ANIMATE) for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Fade => "fade",
            Self::Pop => "pop",
            Self::Slide => "slide",
            Self::Typewriter => "typewriter",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// How the lines of a text stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Flush left.
    Left,
    /// Each line in the middle.
    Center,
    /// Flush right.
    Right,
}

impl Align {
    fn of(word: &str) -> Option<Self> {
        match word {
            "left" => Some(Self::Left),
            "center" => Some(Self::Center),
            "right" => Some(Self::Right),
            _ => None,
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        let black = Color { red: 0, green: 0, blue: 0, opacity: 255 };
        Self {
            font: "Noto Sans".into(),
            size: 48.0,
            bold: false,
            color: Color { red: 255, green: 255, blue: 255, opacity: 255 },
            outline: 0.0,
            outline_color: black,
            shadow: 0.0,
            shadow_color: black.with_opacity(0.6),
            background: None,
            padding: 0.0,
            radius: 0.0,
            highlight_color: None,
            align: None,
            animate: Animation::None,
        }
    }
}

/// A property that a `style` of the rules language can set.
#[derive(Debug)]
pub struct StyleProperty {
    /// Its name; the same as in [`Style`]'s JSON.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// The smallest and largest number, in pixels.
    pub range: Option<(f64, f64)>,
    /// One line for the reference.
    pub doc: &'static str,
    /// How it is set.
    pub set: Setter,
}

/// A way to put a value into a style; a value of another type than the property's is not taken.
#[derive(Clone, Copy, Debug)]
pub enum Setter {
    /// A property that holds a colour.
    Color(fn(&mut Style, Color)),
    /// Any other.
    Value(fn(&mut Style, Value<'static>)),
}

const fn color(name: &'static str, set: fn(&mut Style, Color), doc: &'static str) -> StyleProperty {
    StyleProperty { name, ty: Type::Color, range: None, doc, set: Setter::Color(set) }
}

macro_rules! property {
    ($name:literal, $ty:expr, $range:expr, $field:ident = $value:pat => $into:expr, $doc:literal) => {
        StyleProperty {
            name: $name,
            ty: $ty,
            range: $range,
            doc: $doc,
            set: Setter::Value(|style, value| {
                if let $value = value {
                    style.$field = $into;
                }
            }),
        }
    };
}

/// Every property of a style.
pub static STYLE: &[StyleProperty] = &[
    property!("font", Type::Text, None, font = Value::Text(font) => font.into_owned(),
        "the font's family: a shipped one, or a file's in `--fonts`"),
    property!("size", Type::Pixels, Some((8.0, 400.0)), size = Value::Pixels(size) => size,
        "the height of the letters' em"),
    property!("bold", Type::Bool, None, bold = Value::Bool(bold) => bold, "whether the bold face is used"),
    color("color", |style, color| style.color = color, "the letters' colour"),
    property!("outline", Type::Pixels, Some((0.0, 40.0)), outline = Value::Pixels(width) => width,
        "how wide the line around the letters is"),
    color("outline_color", |style, color| style.outline_color = color, "the colour of that line"),
    property!("shadow", Type::Pixels, Some((0.0, 40.0)), shadow = Value::Pixels(distance) => distance,
        "how far the shadow falls"),
    color("shadow_color", |style, color| style.shadow_color = color, "the shadow's colour"),
    color(
        "box",
        |style, color| style.background = Some(color),
        "the colour of the box behind the text; `none` for no box",
    ),
    property!("padding", Type::Pixels, Some((0.0, 200.0)), padding = Value::Pixels(padding) => padding,
        "the space between text and box edge"),
    property!("radius", Type::Pixels, Some((0.0, 200.0)), radius = Value::Pixels(radius) => radius,
        "how round the box's corners are"),
    color(
        "highlight_color",
        |style, color| style.highlight_color = Some(color),
        "karaoke: the colour that a subtitle's words take when they are said",
    ),
    property!("align", Type::Enum(&value::ALIGN), None, align = Value::Symbol(word) => Align::of(word),
        "how the lines stand to each other"),
    property!("animate", Type::Enum(&value::ANIMATE), None,
        animate = Value::Symbol(word) => Animation::of(word).unwrap_or_default(), "how the text comes and goes"),
];

//! Values as the rules language writes them.

use std::fmt::Write as _;

use crate::tasks::{Color, STYLE, Style};
use crate::time::Time;
use crate::value::{Type, Value};

/// What stands between assignments on one line.
pub(super) const GAP: &str = "   ";

/// A value that fits on a line; cues do not.
pub(super) fn value(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Name(name) => word(name),
        Value::Symbol(symbol) => word(symbol),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => plain(*number),
        Value::Pixels(pixels) => format!("{}px", plain(*pixels)),
        Value::Ratio(share) => format!("{}%", plain(share * 100.0)),
        Value::Seconds(time) => format!("{time}s"),
        Value::Names(names) => list(names.iter().map(AsRef::as_ref)),
        Value::Cues(cues) if cues.len() == 1 => "1 cue".to_owned(),
        Value::Cues(cues) => format!("{} cues", cues.len()),
        Value::Words(words) => format!("{} words", words.len()),
    }
}

/// `[one, two]`, or the one alone.
pub(super) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(word).collect();
    if let [name] = names.as_slice() { name.clone() } else { format!("[{}]", names.join(", ")) }
}

/// `12–15.5 s`
pub(super) fn span(start: Time, end: Time) -> String {
    format!("{start}–{end} s")
}

/// A word as it is, anything else in quotes.
pub(super) fn word(text: &str) -> String {
    let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    let is_word = text.starts_with(|first: char| first.is_alphabetic() || first == '_') && text.chars().all(is_letter);
    if is_word { text.to_owned() } else { quoted(text) }
}

/// A text in quotes. What a terminal would obey or not show is written out, so that nothing hides in a text.
pub(super) fn quoted(text: &str) -> String {
    let mut written = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                let _ = write!(written, "{}", letter.escape_unicode());
            }
            letter if letter.is_control() => {
                let _ = write!(written, "{}", letter.escape_unicode());
            }
            letter => written.push(letter),
        }
    }
    written.push('"');
    written
}

/// A number without the noise of binary fractions.
fn plain(number: f64) -> String {
    let text = format!("{number:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The properties of a style that are not what every style has.
pub(super) fn style(style: &Style) -> String {
    let json = |style: &Style| serde_json::to_value(style).unwrap_or_default();
    let (own, usual) = (json(style), json(&Style::default()));
    let mut properties = Vec::new();
    for property in STYLE {
        let Some(given) = own.get(property.name).filter(|given| usual.get(property.name) != Some(given)) else {
            continue;
        };
        let written = match (property.ty, given) {
            (Type::Pixels, given) => given.as_f64().map(|number| value(&Value::Pixels(number))),
            (Type::Color, given) => given.as_str().map(color),
            (Type::Text, given) => given.as_str().map(quoted),
            (_, serde_json::Value::String(word)) => Some(word.clone()),
            (_, given) => Some(given.to_string()),
        };
        properties.extend(written.map(|written| format!("{} = {written}", property.name)));
    }
    properties.join(GAP)
}

/// `#rrggbb 60%` of `#rrggbbaa`.
fn color(hex: &str) -> String {
    let (rgb, alpha) = hex.split_at_checked(7).unwrap_or((hex, ""));
    let Some(alpha) = u8::from_str_radix(alpha, 16).ok() else { return hex.to_owned() };
    let share = f64::from(alpha) / 255.0;
    let percent = (share * 100.0).round();
    // Two opacities a 255th apart may be one whole percentage.
    let is_whole = Color::parse(rgb).is_some_and(|color| color.with_opacity(percent / 100.0).opacity == alpha);
    if is_whole { format!("{rgb} {percent}%") } else { format!("{rgb} {:.1}%", share * 100.0) }
}

//! Values as the rules language writes them.

use crate::tasks::Style;
use crate::time::Time;
use crate::value::Value;

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

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(&text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")))
}

/// A text on one line; what a terminal would obey or not show is written out, so that nothing hides in it.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_hidden =
            matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        match letter {
            '\n' => written.push_str("\\n"),
            letter if is_hidden || letter.is_control() => written.extend(letter.escape_unicode()),
            letter => written.push(letter),
        }
    }
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
    let own = style.said().into_iter().zip(Style::default().said()).filter(|(own, usual)| own != usual);
    let own: Vec<String> = own.map(|((name, value), _)| format!("{name} = {}", visible(&value))).collect();
    own.join(GAP)
}

//! Numbers with their units, and words of closed sets.

use crate::diagnostic::{self, Help, SourceSpan};
use crate::suggest;
use crate::tasks::Color;
use crate::time::Time;
use crate::value::{EnumType, Type, Value};

use super::scope::Scope;
use super::{Checker, Due};

const UNITS: &[&str] = &["s", "px", "%"];

impl Checker<'_> {
    pub(super) fn quantity(
        &mut self,
        number: f64,
        unit: Option<&str>,
        span: SourceSpan,
        scope: &Scope<'_>,
        due: Option<Due<'_>>,
    ) -> Option<(Value<'static>, Type)> {
        let at = (scope.source, span);
        let ty = match unit {
            None => Type::Number,
            Some("s") => Type::Seconds,
            Some("px") => Type::Pixels,
            Some("%") => Type::Ratio,
            Some(unit) => {
                let help = match (unit, suggest::nearest(unit, UNITS.iter().copied())) {
                    ("ms", _) => format!("write {}s", number / 1000.0),
                    ("sec" | "secs" | "seconds" | "second", _) => format!("write {number}s"),
                    ("min", _) => format!("write {}s", number * 60.0),
                    ("pt" | "pixels" | "pixel", _) => format!("write {number}px"),
                    (_, Some(near)) => format!("did you mean {number}{near}?"),
                    _ => "the units are `s` (seconds), `px` (pixels) and `%`".into(),
                };
                let message = format!("`{unit}` is not a unit");
                return self.report(diagnostic::BAD_UNIT, at, message, "unknown unit", help);
            }
        };
        if let Some(due) = due {
            let wanted = match due.ty {
                Type::Seconds => format!("{number}s"),
                Type::Pixels => format!("{number}px"),
                Type::Ratio => format!("{number}%"),
                Type::Number => format!("{number}"),
                _ => return Some((Value::Number(number), ty)),
            };
            if due.ty != ty {
                let found = unit.map_or_else(|| "a bare number".into(), |unit| format!("a number in `{unit}`"));
                let message = format!("{} is given {found}, but holds {}", due.by, in_words(due.ty));
                let label = if unit.is_none() { "no unit" } else { "wrong unit" };
                return self.report(diagnostic::BAD_UNIT, at, message, label, format!("write {wanted}"));
            }
        }
        let value = match ty {
            Type::Seconds => {
                let Some(time) = Time::from_secs(number) else {
                    let message = format!("{number}s is longer than a day");
                    return self.report(diagnostic::LITERAL_RANGE, at, message, "too long", "write at most 86400s");
                };
                Value::Seconds(time)
            }
            Type::Pixels => Value::Pixels(number),
            Type::Ratio => Value::Ratio(number / 100.0),
            _ => Value::Number(number),
        };
        if let Some((due, (low, high))) = due.and_then(|due| Some((due, due.range?))) {
            let scaled = if ty == Type::Ratio { number / 100.0 } else { number };
            if !(low..=high).contains(&scaled) {
                let unit = unit.unwrap_or_default();
                let (low, high) = if ty == Type::Ratio { (low * 100.0, high * 100.0) } else { (low, high) };
                let message = format!("{number}{unit} is out of range for {}", due.by);
                let help = format!("write {low}{unit} to {high}{unit}");
                return self.report(diagnostic::LITERAL_RANGE, at, message, "out of range", help);
            }
        }
        Some((value, ty))
    }

    pub(super) fn symbol(
        &mut self,
        word: &str,
        set: &'static EnumType,
        span: SourceSpan,
        scope: &Scope<'_>,
    ) -> Option<Value<'static>> {
        if let Some(canonical) = set.canonical(word) {
            return Some(Value::Symbol(canonical));
        }
        let help = match suggest::nearest(word, set.values.iter().copied()) {
            Some(near) => {
                let words = format!("did you mean `{near}`? Allowed here: {}", suggest::list(set.values));
                Help::instead(word, near, words)
            }
            None => format!("allowed here: {}", suggest::list(set.values)).into(),
        };
        let message = format!("`{}` is not a word of {}", word.escape_debug(), set.name);
        let label = format!("not a word of {}", set.name);
        self.report(diagnostic::UNKNOWN_WORD, (scope.source, span), message, label, help)
    }

    pub(super) fn color(
        &mut self,
        base: &str,
        opacity: Option<f64>,
        span: SourceSpan,
        scope: &Scope<'_>,
    ) -> Option<Color> {
        let at = (scope.source, span);
        let Some(color) = Color::parse(base) else {
            let names: Vec<&str> = crate::tasks::color_names().collect();
            let help = suggest::help_or(base, &names, || {
                format!("write six digits, as in #ffcc00, or one of {}", suggest::list(&names))
            });
            let message = format!("`{}` is not a colour", base.escape_debug());
            return self.report(diagnostic::UNKNOWN_WORD, at, message, "unknown colour", help);
        };
        match opacity {
            Some(share) if share > 1.0 => {
                let message = "a colour cannot be more than 100% opaque";
                self.report(diagnostic::LITERAL_RANGE, at, message, "out of range", "write 0% to 100%")
            }
            Some(share) => Some(color.with_opacity(share)),
            None => Some(color),
        }
    }
}

impl Checker<'_> {
    /// A colour or `blur`, as a task has it: six digits, or the word.
    pub(super) fn background(
        &mut self,
        base: &str,
        opacity: Option<f64>,
        span: SourceSpan,
        scope: &Scope<'_>,
    ) -> Option<Value<'static>> {
        if base == "blur" && opacity.is_none() {
            return Some(Value::Text("blur".into()));
        }
        let color = self.color(base, opacity, span, scope)?;
        if color.opacity < u8::MAX {
            let message = "a background is opaque: nothing lies below it";
            let at = (scope.source, span);
            return self.report(diagnostic::LITERAL_RANGE, at, message, "not opaque", format!("write {base} alone"));
        }
        Some(Value::Text(color.to_string().into()))
    }
}

/// A type for a message, without its example.
pub(super) fn briefly(ty: Type) -> String {
    match ty {
        Type::Text => "a text".into(),
        ty => in_words(ty).split(',').next().unwrap_or_default().to_owned(),
    }
}

/// A type with its unit, for a message: "seconds (`1.5s`)".
pub(super) fn in_words(ty: Type) -> String {
    match ty {
        Type::Seconds => "seconds, as in 1.5s".into(),
        Type::Pixels => "pixels, as in 40px".into(),
        Type::Ratio => "a percentage, as in 60%".into(),
        Type::Number => "a plain number".into(),
        Type::Text => "a text in quotes".into(),
        Type::Color => "a colour".into(),
        Type::Background => "a colour, or `blur`".into(),
        Type::Enum(set) => format!("a word of {}", set.name),
        Type::Style => "the name of a style".into(),
        Type::Asset => "the id of an asset".into(),
        Type::Id => "an id".into(),
        Type::Assets => "ids of assets".into(),
        Type::Bool => "true or false".into(),
        Type::Cues => "cues, as in each segment { start = …, end = …, text = … }".into(),
        Type::Words => "times of words, as in segment.params.words".into(),
    }
}

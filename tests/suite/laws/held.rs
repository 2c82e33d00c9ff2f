//! Values, each of the type that is due.

use std::fmt::Write as _;

use callsheet::scenario::field;
use callsheet::value::Type;

use super::{Author, Care, Scope, Setting, word};

impl Author<'_, '_> {
    /// A value of type `ty` that can stand in a parameter called `name`.
    pub(super) fn value(
        &mut self,
        ty: Type,
        range: Option<(f64, f64)>,
        name: &str,
        scope: &Scope,
        certain: bool,
        depth: usize,
    ) -> String {
        // What lies in one range need not lie in another.
        let same = |field: &field::Field| {
            let last = field.path.rsplit('.').next().unwrap_or_default();
            field.ty == ty
                && match ty {
                    Type::Number | Type::Pixels | Type::Ratio => last == name,
                    Type::Seconds => range.is_none() || last.strip_suffix("_sec") == Some(name),
                    _ => true,
                }
        };
        let mut always = scope.paths(false, same);
        if ty == Type::Asset && scope.known.iter().any(|path| path == "scenario.main_asset_id") {
            always.push("main".into());
        }
        let perhaps = scope.paths(true, same);
        match self.dice.below(if depth == 0 { 4 } else { 7 }) {
            1 if !always.is_empty() => self.dice.of(&always),
            2 if !perhaps.is_empty() && !certain => self.dice.of(&perhaps),
            3 => self.setting(ty, range),
            4 if !perhaps.is_empty() => {
                let rest = self.value(ty, range, name, scope, true, 0);
                format!("{} or {rest}", self.dice.of(&perhaps))
            }
            5 if !perhaps.is_empty() => {
                let path = self.dice.of(&perhaps);
                let rest = self.value(ty, range, name, scope, certain, depth - 1);
                if self.dice.once_in(2) {
                    format!("if {path} exists then {path} else {rest}")
                } else {
                    format!("if {path} is absent then {rest} else {path}")
                }
            }
            6 => {
                let condition = self.condition(scope, 1);
                let then = self.value(ty, range, name, scope, certain, 0);
                let rest = self.value(ty, range, name, scope, certain, depth - 1);
                format!("if {condition} then {then} else {rest}")
            }
            _ => self.literal(ty, range),
        }
    }

    pub(super) fn setting(&mut self, ty: Type, range: Option<(f64, f64)>) -> String {
        let fitting = |(_, of, within): &&Setting| *of == ty && *within == range;
        let known: Vec<String> = self.settings.iter().filter(fitting).map(|(name, ..)| name.clone()).collect();
        if !known.is_empty() && self.dice.once_in(2) {
            return format!("setting.{}", self.dice.of(&known));
        }
        let name = format!("setting_{}", self.number());
        let value = self.literal(ty, range);
        writeln!(self.items, "setting {name} = {value}").unwrap();
        self.settings.push((name.clone(), ty, range));
        format!("setting.{name}")
    }

    pub(super) fn literal(&mut self, ty: Type, range: Option<(f64, f64)>) -> String {
        let mut number = |unit: &str, scale: f64| {
            let (low, high) = range.unwrap_or((1.0, 9.0));
            let mut all = vec![high, low, low + (high - low) / 4.0, low + (high - low) / 2.0];
            if self.care == Care::Careless {
                all.extend([high + 1.0, low - 1.0]);
                all.retain(|number| unit.is_empty() || *number >= 0.0);
            }
            let number = (self.dice.of(&all) * scale * 100.0).round() / 100.0;
            format!("{number}{unit}")
        };
        match ty {
            Type::Number => number("", 1.0),
            Type::Seconds => number("s", 1.0),
            Type::Pixels => number("px", 1.0),
            Type::Ratio => number("%", 100.0),
            Type::Text if self.care == Care::Careless && range.is_some() => {
                self.dice.of(&["\"\"", "\"words\""]).to_owned()
            }
            Type::Text => self.dice.of(&["\"words\"", "\"слова\"", "\"say \\\"hi\\\"\""]).to_owned(),
            Type::Bool => self.dice.of(&["true", "false"]).to_owned(),
            Type::Enum(set) => word(self.dice.of(set.values)),
            Type::Style => self.dice.of(&["plain", "loud", "\"plain\""]).to_owned(),
            Type::Asset => self.dice.of(&["\"a\"", "\"b\""]).to_owned(),
            Type::Color => self.dice.of(&["white", "#ffcc00", "black"]).to_owned(),
            Type::Background => self.dice.of(&["white", "#204080", "blur"]).to_owned(),
            Type::Id => "\"made\"".to_owned(),
            other => panic!("no literal of {other:?}"),
        }
    }
}

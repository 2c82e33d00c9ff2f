//! Conditions, each with a meaning where it stands.

use callsheet::decide::DECISION;
use callsheet::scenario::field::{self, NodeKind};
use callsheet::value::Type;

use super::{Author, Scope, word};

const COMPARATORS: &[&str] = &["<", "<=", ">", ">="];

impl Author<'_, '_> {
    pub(super) fn condition(&mut self, scope: &Scope, depth: usize) -> String {
        if depth > 0 {
            let mut inner = || self.condition(scope, depth - 1);
            let (one, other) = (inner(), inner());
            match self.dice.below(6) {
                0 => return format!("({one} and {other})"),
                1 => return format!("(either {one} or {other})"),
                2 => return format!("not ({one})"),
                _ => {}
            }
        }
        match self.dice.below(8) {
            0 => {
                let field = self.dice.of(&DECISION.iter().collect::<Vec<_>>());
                match field.ty {
                    Type::Enum(set) => format!("decision.{} is {}", field.name, word(self.dice.of(set.values))),
                    _ => format!("decision.{}", field.name),
                }
            }
            1 => {
                let state =
                    self.dice.of(&["asked", "one of silent, refused", "not refused", "not one of asked, silent"]);
                format!("signal.{} is {state}", self.dice.of(&["loud", "calm"]))
            }
            2 => format!("{} {}", self.dice.of(&scope.paths(true, |_| true)), self.dice.of(&["exists", "is absent"])),
            3 => self
                .dice
                .of(&["main exists", "main is absent", "scenario.verbatim", "not scenario.verbatim"])
                .to_owned(),
            _ => self.question(scope),
        }
    }

    /// What a field holds.
    fn question(&mut self, scope: &Scope) -> String {
        let asked = |field: &field::Field| !matches!(field.ty, Type::Cues | Type::Words | Type::Assets);
        let path = self.dice.of(&scope.paths(true, asked));
        let certain = scope.paths(false, asked).contains(&path);
        let (head, rest) = path.split_once('.').unwrap();
        let field = field::find(NodeKind::from_word(head).unwrap(), rest).unwrap();
        let ty = field.ty;
        let some = |author: &mut Self| match ty {
            Type::Seconds => author.dice.of(&["1s", "2s", "5s"]).to_owned(),
            Type::Pixels if rest.ends_with("resolution") => author.dice.of(&["480px", "720px"]).to_owned(),
            Type::Pixels => author.dice.of(&["20px", "48px"]).to_owned(),
            Type::Ratio => author.dice.of(&["20%", "50%"]).to_owned(),
            Type::Number => {
                let two = match rest.rsplit('.').next().unwrap_or_default() {
                    "frame_rate" => ["24", "30"],
                    "target" => ["-14", "-23"],
                    "true_peak" => ["-1", "-2"],
                    "factor" => ["2", "0.5"],
                    _ => ["0", "1"],
                };
                author.dice.of(&two).to_owned()
            }
            ty => author.literal(ty, None),
        };
        let value = some(self);
        let other = some(self);
        let lacks = match (certain, self.dice.once_in(2)) {
            (true, _) => path.clone(),
            (false, true) => format!("({path} or {other})"),
            (false, false) => String::new(),
        };
        let subject = if lacks.is_empty() { &path } else { &lacks };
        let asked = match ty {
            Type::Seconds | Type::Pixels | Type::Ratio | Type::Number if !self.dice.once_in(4) => {
                let how = self.dice.of(COMPARATORS);
                let times = scope.paths(false, |other| other.ty == Type::Seconds);
                if ty == Type::Seconds && self.dice.once_in(3) {
                    format!("{subject} {how} {}", self.dice.of(&times))
                } else {
                    format!("{subject} {how} {value}")
                }
            }
            Type::Text if self.dice.once_in(2) => {
                return format!("length of {path} {} {}", self.dice.of(COMPARATORS), self.dice.of(&["3", "10"]));
            }
            Type::Asset if self.dice.once_in(2) => {
                return format!("{path} {} main", self.dice.of(&["is", "is not"]));
            }
            // `plain` and `loud` alone; an id has nothing else to be compared with.
            _ => match self.dice.below(4) {
                0 => format!("{subject} is {value}"),
                1 => format!("{subject} is not {value}"),
                2 => format!("{subject} is one of {value}, {other}"),
                _ => format!("{subject} is not one of {value}, {other}"),
            },
        };
        if lacks.is_empty() { format!("({path} exists and {asked})") } else { asked }
    }
}

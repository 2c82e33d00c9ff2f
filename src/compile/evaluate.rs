//! Terms and conditions at a place of a scenario. Values are borrowed: a condition allocates nothing.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::rules::ast::Comparator;
use crate::rules::{Condition, CueTerm, EachTerm, Item, Term};
use crate::scenario::field::{Field, Getter};
use crate::value::{Cue, Value};

use super::tally::Count;
use super::walk::{Place, World};

impl<'a, C: Count> World<'a, C> {
    /// The value of `term`; `None` if it is absent.
    pub(super) fn value<'t: 'v, 'v>(self, term: &'t Term, place: &Place<'a>) -> Option<Value<'v>>
    where
        'a: 'v,
    {
        match term {
            Term::Constant(value) => Some(borrowed(value)),
            Term::Field(kind, field) => field.get(place.node(*kind)?),
            Term::Decision(field) => Some((field.get)(self.decision)),
            Term::Signal(name) => Some(Value::Symbol(self.decision.signal(name).word())),
            Term::Main => self.facts.main_asset_id.as_deref().map(|id| Value::Name(Cow::Borrowed(id))),
            Term::FirstOf(terms) => terms.iter().find_map(|term| self.value(term, place)),
            Term::If(condition, branches) => {
                let [then, other] = branches.as_ref();
                self.value(if self.holds(condition, place) { then } else { other }, place)
            }
            Term::Length(of) => {
                let length = self.text(of, place, |text| text.chars().count()).unwrap_or(0);
                #[expect(clippy::cast_precision_loss, reason = "a text is far shorter than 2^52")]
                Some(Value::Number(length as f64))
            }
            Term::List(_) => {
                let mut names = Vec::new();
                self.names(term, place, &mut names);
                Some(Value::Names(names))
            }
            Term::Each(each) => Some(self.each_value(each, place)),
        }
    }

    pub(super) fn holds(self, condition: &Condition, place: &Place<'a>) -> bool {
        match condition {
            Condition::Constant(value) => *value,
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, place)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, place)),
            Condition::Not(inner) => !self.holds(inner, place),
            Condition::True(term) => self.is_true(term, place),
            Condition::Is(term, values) if matches!(values.first(), Some(Term::Constant(Value::Symbol(_)))) => {
                self.word(term, place).is_some_and(|word| {
                    values.iter().any(|other| matches!(other, Term::Constant(Value::Symbol(other)) if *other == word))
                })
            }
            Condition::Is(term, values) => self.value(term, place).is_some_and(|value| {
                values.iter().any(|other| self.with(other, place, |other| *other == value).unwrap_or(false))
            }),
            Condition::Compare(left, comparator, right) => {
                let order =
                    self.value(left, place).and_then(|left| self.with(right, place, |right| order(&left, right))?);
                order.is_some_and(|order| match comparator {
                    Comparator::Less => order.is_lt(),
                    Comparator::AtMost => order.is_le(),
                    Comparator::More => order.is_gt(),
                    Comparator::AtLeast => order.is_ge(),
                })
            }
            Condition::Exists(term) => self.value(term, place).is_some(),
            Condition::Filled(term) => self
                .text(term, place, |text| text.chars().any(|letter| !letter.is_whitespace()))
                .unwrap_or_else(|| self.value(term, place).is_some()),
            Condition::Marked(mark, inner) => {
                let holds = self.holds(inner, place);
                self.count.count(mark, holds);
                holds
            }
        }
    }

    /// Whether `term` is there and true.
    fn is_true(self, term: &Term, place: &Place<'a>) -> bool {
        match term {
            Term::Field(kind, Field { getter: Getter::Bool(get), .. }) => place.node(*kind).and_then(get) == Some(true),
            _ => matches!(self.value(term, place), Some(Value::Bool(true))),
        }
    }

    /// The word that `term` is, if it is one.
    fn word(self, term: &Term, place: &Place<'a>) -> Option<&'static str> {
        match term {
            Term::Field(kind, Field { getter: Getter::Symbol(get), .. }) => get(place.node(*kind)?),
            Term::Constant(Value::Symbol(word)) => Some(word),
            Term::FirstOf(terms) => terms.iter().find_map(|term| self.word(term, place)),
            _ => match self.value(term, place) {
                Some(Value::Symbol(word)) => Some(word),
                _ => None,
            },
        }
    }

    /// `ask` of the text that `term` is, if it is one.
    fn text<T>(self, term: &Term, place: &Place<'a>, ask: impl FnOnce(&str) -> T) -> Option<T> {
        match term {
            Term::Field(kind, Field { getter: Getter::Text(get), .. }) => get(place.node(*kind)?).map(ask),
            _ => match self.value(term, place) {
                Some(Value::Text(text)) => Some(ask(&text)),
                _ => None,
            },
        }
    }

    /// `ask` of the value of `term`; a constant, the usual right side of a comparison, is not copied for that.
    fn with<'t: 'v, 'v, T>(self, term: &'t Term, place: &Place<'a>, ask: impl FnOnce(&Value<'v>) -> T) -> Option<T>
    where
        'a: 'v,
    {
        match term {
            Term::Constant(value) => Some(ask(value)),
            _ => self.value(term, place).map(|value| ask(&value)),
        }
    }

    /// Ids: one, a list of them, or one of each node. Absent ones are left out.
    pub(super) fn names<'t: 'v, 'v>(self, term: &'t Term, place: &Place<'a>, names: &mut Vec<Cow<'v, str>>)
    where
        'a: 'v,
    {
        match term {
            Term::List(terms) => terms.iter().for_each(|term| self.names(term, place, names)),
            _ => match self.value(term, place) {
                Some(Value::Name(name)) => names.push(name),
                Some(Value::Names(more)) => names.extend(more),
                _ => {}
            },
        }
    }

    fn each_value<'t: 'v, 'v>(self, each: &'t EachTerm, outer: &Place<'a>) -> Value<'v>
    where
        'a: 'v,
    {
        match &each.item {
            Item::Value(term) => {
                let mut names = Vec::new();
                self.each(each, outer, |place| {
                    if self.holds(&each.condition, place) {
                        self.names(term, place, &mut names);
                    }
                });
                Value::Names(names)
            }
            Item::Cue(cue) => {
                let mut cues = Vec::new();
                self.each(each, outer, |place| {
                    if self.holds(&each.condition, place) {
                        cues.extend(self.cue(cue, place));
                    }
                });
                Value::Cues(cues)
            }
        }
    }

    fn cue(self, cue: &CueTerm, place: &Place<'a>) -> Option<Cue> {
        let CueTerm { start, end, text, words } = cue;
        let (Value::Seconds(start), Value::Seconds(end), Value::Text(text)) =
            (self.value(start, place)?, self.value(end, place)?, self.value(text, place)?)
        else {
            return None;
        };
        let words = match words.as_ref().and_then(|words| self.value(words, place)) {
            Some(Value::Words(words)) => words.into_owned(),
            _ => Vec::new(),
        };
        Some(Cue { start, end, text: text.into_owned(), words })
    }
}

fn borrowed<'v>(value: &'v Value<'static>) -> Value<'v> {
    match value {
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::Name(name) => Value::Name(Cow::Borrowed(name)),
        Value::Words(words) => Value::Words(Cow::Borrowed(words)),
        other => other.clone(),
    }
}

fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Seconds(left), Value::Seconds(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right))
        | (Value::Pixels(left), Value::Pixels(right))
        | (Value::Ratio(left), Value::Ratio(right)) => left.partial_cmp(right),
        _ => None,
    }
}

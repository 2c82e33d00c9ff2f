//! Small changes of a rule file, each of which some case should notice.

use std::sync::Arc;

use crate::decide::DECISION;
use crate::diagnostic::{Source, SourceSpan};
use crate::rules;
use crate::rules::ast::{Assignment, Ast, Expr, Expression, Item, RuleBlock};
use crate::scenario::field::{self, NodeKind};
use crate::tasks::{STYLE, catalogue, color_names};
use crate::value::{EnumType, SIGNAL_STATE, Type};

use super::written::{balanced, whole};

/// A phrase that no prompt says.
const UNHEARD: &str = "\"unheard of\"";

/// A place, and what could stand there instead: the first that the checker lets through counts.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    pub(super) span: SourceSpan,
    pub(super) instead: Vec<String>,
    /// What is dropped, in words; absent where one value takes the place of another.
    pub(super) dropped: Option<String>,
}

/// Every change of the file, in its order. `styles` are the names that a style's place may take.
pub(super) fn mutants(source: &Arc<Source>, styles: &[&str]) -> Vec<Mutant> {
    let (ast, _) = rules::parse(source);
    let mut maker = Maker { text: source.text(), styles, mutants: Vec::new() };
    maker.file(&ast);
    let mut mutants = maker.mutants;
    mutants.sort_by_key(|mutant| (mutant.span.start, mutant.span.end));
    mutants
}

struct Maker<'a> {
    text: &'a str,
    styles: &'a [&'a str],
    mutants: Vec<Mutant>,
}

impl Maker<'_> {
    fn file(&mut self, ast: &Ast) {
        for item in &ast.items {
            match item {
                Item::Setting(setting) => self.values(&setting.value),
                Item::Style(style) => style.properties.iter().for_each(|property| self.values(&property.value)),
                Item::Signal(signal) => {
                    for phrase in &signal.phrases {
                        let what = format!("the phrase {}", self.slice(phrase.text.span));
                        self.replace(phrase.text.span, vec![UNHEARD.to_owned()], Some(what));
                    }
                }
                Item::Rule(rule) | Item::Override(rule) => self.rule(rule),
                Item::Disable(name) => self.drop_line("disable", name.span),
                Item::Turn(_) | Item::Decide(_) | Item::Language(_) | Item::Extend(_) => {}
            }
        }
    }

    fn rule(&mut self, rule: &RuleBlock) {
        for condition in &rule.conditions {
            self.drop_line("when", whole(self.text, condition.span));
            self.values(condition);
        }
        for requirement in &rule.requirements {
            self.drop(requirement.span);
            self.values(&requirement.condition);
        }
        for Assignment { value, .. } in rule.makes.iter().flat_map(|make| &make.params) {
            self.values(value);
        }
    }

    fn slice(&self, span: SourceSpan) -> String {
        let text = self.text.get(span.start..span.end).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn replace(&mut self, span: SourceSpan, instead: Vec<String>, dropped: Option<String>) {
        if !instead.is_empty() {
            self.mutants.push(Mutant { span, instead, dropped });
        }
    }

    fn drop(&mut self, span: SourceSpan) {
        let what = format!("`{}`", self.slice(span));
        self.replace(span, vec![String::new()], Some(what));
    }

    /// Drops what follows a keyword, and the keyword.
    fn drop_line(&mut self, keyword: &str, span: SourceSpan) {
        let before = self.text.get(..span.start).map(str::trim_end).and_then(|text| text.strip_suffix(keyword));
        if let Some(before) = before {
            self.drop(SourceSpan::new(before.len(), span.end));
        }
    }

    /// Every value in `expression` is changed, and every part that is joined to others is dropped.
    fn values(&mut self, expression: &Expression) {
        let span = expression.span;
        match &expression.node {
            // What always holds is dropped out of `and`, what never holds out of `either`.
            Expr::And(parts) => self.parts(parts, "true"),
            Expr::Either(parts) => self.parts(parts, "false"),
            Expr::Quantity(number, unit) => {
                let unit = unit.as_deref().unwrap_or_default();
                let others = if *number == 0.0 { [1.0, 0.5, 2.0] } else { [number * 2.0, number / 2.0, number + 1.0] };
                self.replace(span, others.map(|other| format!("{other}{unit}")).into(), None);
            }
            Expr::Bool(value) => self.replace(span, vec![(!value).to_string()], None),
            Expr::Text(text) => {
                let longer = format!("{} changed\"", self.slice(span).strip_suffix('"').unwrap_or_default());
                let mut instead: Vec<String> = other_words(text).iter().map(|word| format!("\"{word}\"")).collect();
                instead.push(longer);
                self.replace(span, instead, None);
            }
            Expr::Word(word) => {
                let mut instead = other_words(word);
                instead.extend(self.styles.iter().filter(|style| *style != word).map(|style| (*style).to_owned()));
                instead.extend(color_names().filter(|color| color != word).take(1).map(str::to_owned));
                self.replace(span, instead, None);
            }
            Expr::Color(base, opacity) => {
                let percent = opacity.map(|share| share * 100.0);
                let other = if base == "white" { "black" } else { "white" };
                let shown = percent.map(|percent| format!(" {percent}%")).unwrap_or_default();
                self.replace(span, vec![format!("{other}{shown}")], None);
                if let Some(percent) = percent {
                    let other = if percent > 50.0 { percent / 2.0 } else { percent + 25.0 };
                    self.replace(span, vec![format!("{base} {other}%")], None);
                }
            }
            _ => {}
        }
        expression.node.parts().into_iter().for_each(|part| self.values(part));
    }

    fn parts(&mut self, parts: &[Expression], neutral: &str) {
        for part in parts {
            let is_either = matches!(part.node, Expr::Either(_));
            let span = if is_either { whole(self.text, part.span) } else { balanced(self.text, part.span) };
            let what = format!("`{}`", self.slice(span));
            self.replace(span, vec![neutral.to_owned()], Some(what));
        }
    }
}

/// Words that may stand where `word` does: of each closed set that has it, the one behind it.
fn other_words(word: &str) -> Vec<String> {
    let of_params = catalogue::TASKS.iter().flat_map(|task| task.params).map(|param| param.ty);
    let of_fields = NodeKind::ALL.into_iter().flat_map(field::fields).map(|field| field.ty);
    let of_others = DECISION.iter().map(|field| field.ty).chain(STYLE.iter().map(|property| property.ty));
    let mut sets: Vec<&'static EnumType> = vec![&SIGNAL_STATE];
    for ty in of_params.chain(of_fields).chain(of_others) {
        if let Type::Enum(set) = ty
            && !sets.iter().any(|known| std::ptr::eq(*known, set))
        {
            sets.push(set);
        }
    }
    let mut others = Vec::new();
    for set in sets {
        let place = set.canonical(word).and_then(|word| set.values.iter().position(|value| *value == word));
        let next = place.and_then(|place| set.values.iter().cycle().nth(place + 1)).map(|next| (*next).to_owned());
        others.extend(next.filter(|next| !others.contains(next)));
    }
    others
}

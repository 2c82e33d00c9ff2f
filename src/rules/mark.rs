//! Marks: the places of a rule set where it goes one way or the other, for whoever counts the ways.
//!
//! The checker puts a mark on a condition where a set is loaded for that; [`marks()`] finds the same places in a file as it
//! is written, so that those which nothing ever reached are known too.

use std::cmp::Reverse;

use crate::diagnostic::{Location, SourceSpan};

use super::ast::{Assignment, Ast, Expr, Expression, Item, RuleBlock};

/// What is decided at a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// Whether a rule fires.
    Rule,
    /// Whether a `when` holds: that of a rule, or of an `each`.
    When,
    /// Whether a `require` is met.
    Require,
    /// Whether an `if` goes to its `then` or its `else`.
    If,
    /// Whether a side of an `either` holds.
    Side,
}

/// A marked condition.
#[derive(Clone, Debug)]
pub struct Mark {
    /// What it decides.
    pub choice: Choice,
    /// The condition; for [`Choice::Rule`], the rule's name.
    pub at: Location,
}

/// The places of a rule, or of an `override`.
#[derive(Clone, Debug)]
pub struct RuleMarks {
    /// The rule.
    pub name: String,
    /// Its name, where it is marked as a whole.
    pub head: SourceSpan,
    /// Where it goes one way or the other, in the order of the file.
    pub choices: Vec<(Choice, SourceSpan)>,
    /// The names of its tasks and of their parameters.
    pub makes: Vec<SourceSpan>,
}

/// The places of every rule in a file.
pub(crate) fn marks(ast: &Ast) -> Vec<RuleMarks> {
    let rules = ast.items.iter().filter_map(|item| match item {
        Item::Rule(rule) | Item::Override(rule) => Some(of_rule(rule)),
        _ => None,
    });
    rules.collect()
}

fn of_rule(rule: &RuleBlock) -> RuleMarks {
    let mut choices = Vec::new();
    for condition in &rule.conditions {
        choices.push((Choice::When, condition.span));
        inside(condition, &mut choices);
    }
    for requirement in &rule.requirements {
        choices.push((Choice::Require, requirement.condition.span));
        inside(&requirement.condition, &mut choices);
    }
    let mut makes = Vec::new();
    for make in &rule.makes {
        makes.push(make.task.span);
        for Assignment { name, value } in &make.params {
            makes.push(name.span);
            inside(value, &mut choices);
        }
    }
    choices.sort_by_key(|(_, span)| (span.start, Reverse(span.end)));
    RuleMarks { name: rule.name.node.clone(), head: rule.name.span, choices, makes }
}

fn inside(expression: &Expression, choices: &mut Vec<(Choice, SourceSpan)>) {
    match &expression.node {
        Expr::If(parts) => choices.extend(parts.first().map(|question| (Choice::If, question.span))),
        Expr::Either(sides) => choices.extend(sides.iter().map(|side| (Choice::Side, side.span))),
        Expr::Each(each) => choices.extend(each.condition.as_ref().map(|when| (Choice::When, when.span))),
        _ => {}
    }
    expression.node.parts().into_iter().for_each(|part| inside(part, choices));
}

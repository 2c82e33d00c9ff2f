//! A rule as a whole: what it is for, when it fires, what it insists on, what it makes.

use std::sync::Arc;

use crate::diagnostic::{self, Source};
use crate::scenario::LayerKind;
use crate::scenario::field::NodeKind;
use crate::suggest;
use crate::value;

use super::super::ast::SelectorText;
use super::super::boxes::{Boxes, Context};
use super::super::link::LinkedRule;
use super::super::mark::Choice;
use super::super::term::{Condition, Selector};
use super::scope::{Asked, Scope};
use super::weigh::is_setting;
use super::{CheckedRequirement, CheckedRule, Checker};

const LAYERS: [LayerKind; 5] =
    [LayerKind::Video, LayerKind::Image, LayerKind::Audio, LayerKind::Text, LayerKind::Subtitle];

impl<'a> Checker<'a> {
    pub(super) fn rule(&mut self, number: usize, rule: &'a LinkedRule) -> Option<CheckedRule> {
        let text = rule.selector.as_ref()?;
        let selector = self.selector(&text.node, &text.source)?;
        self.rule = Some(rule);
        self.said.clear();
        let mut scope = Scope::new(&text.source, selector);
        let mut all = Vec::new();
        let mut complete = !rule.broken;
        for condition in &rule.conditions {
            let mut here = scope.in_file(&condition.source).asking(Asked::When);
            let checked = self.condition(&condition.node, &mut here);
            complete &= checked.is_some();
            let at = (&condition.source, condition.node.span);
            all.extend(checked.map(|checked| self.mark(Choice::When, at, checked)));
            scope = here.in_file(&text.source);
        }
        let reached = Arc::clone(scope.context());
        if !complete {
            scope.trust();
        }
        let mut requirements = Vec::new();
        for requirement in &rule.requirements {
            let mut here = scope.in_file(&requirement.source).asking(Asked::Require);
            if let Some(condition) = self.requirement(&requirement.node.condition, &mut here) {
                let at = (&requirement.source, requirement.node.condition.span);
                requirements.push(CheckedRequirement {
                    condition: self.mark(Choice::Require, at, condition),
                    is_switched: requirement.node.condition.mentions(&is_setting),
                    message: requirement.node.message.clone(),
                    at: requirement.at(requirement.node.span),
                });
            } else {
                here.trust();
            }
            scope = here.in_file(&text.source).asking(Asked::Value);
        }
        let condition = Condition::All(all);
        let is_switched = rule.conditions.iter().any(|line| line.node.mentions(&is_setting));
        let fires = if is_switched {
            Arc::new(Context::of(selector).narrowed(Boxes::of_condition(&condition).as_ref()))
        } else {
            Arc::clone(&reached)
        };
        Some(CheckedRule {
            number,
            name: rule.name.node.node.as_str().into(),
            selector,
            condition: rule
                .heads
                .iter()
                .fold(condition, |condition, head| self.mark(Choice::Rule, (&head.source, head.node.span), condition)),
            complete,
            is_switched,
            reached,
            fires,
            requirements,
            makes: rule.makes.iter().filter_map(|make| self.make(make, &scope)).collect(),
        })
    }

    pub(super) fn selector(&mut self, text: &SelectorText, source: &Arc<Source>) -> Option<Selector> {
        let word = &text.node;
        let Some(node) = NodeKind::from_word(&word.node) else {
            let known: Vec<&str> = NodeKind::ALL.iter().map(|kind| kind.word()).collect();
            let message = format!("there is no `{}` in a scenario", word.node);
            let help = match value::LAYER.canonical(&word.node) {
                Some(layer) => format!("write {layer} layer, or segment in {layer} layer").into(),
                None => suggest::help(&word.node, &known),
            };
            let at = (source, word.span);
            return self.report(diagnostic::UNKNOWN_SELECTOR, at, message, "not a part of a scenario", help);
        };
        let Some(layer) = &text.layer else { return Some(Selector { node, layer: None }) };
        let Some(kind) = LAYERS.into_iter().find(|kind| kind.word() == layer.node) else {
            let message = format!("there is no {} layer", layer.node);
            let help = suggest::help(&layer.node, value::LAYER.values);
            return self.report(diagnostic::UNKNOWN_SELECTOR, (source, layer.span), message, "unknown layer", help);
        };
        if !matches!(node, NodeKind::Layer | NodeKind::Segment) {
            let message = format!("a layer holds no {}s", node.word());
            let help = format!("write {} alone, or segment in {} layer", node.word(), layer.node);
            return self.report(diagnostic::UNKNOWN_SELECTOR, (source, text.span), message, "not in a layer", help);
        }
        Some(Selector { node, layer: Some(kind) })
    }
}

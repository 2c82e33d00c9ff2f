//! Why a rule made nothing of a part of the scenario, or what it made.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::compile::Spot;
use crate::diagnostic::{Location, Source};
use crate::error::Result;
use crate::rules::ast::{Expr, Expression, SelectorText, Sited};
use crate::rules::{LinkedRule, Term, one_line};
use crate::scenario::field::NodeKind;

use super::Explainer;
use super::history::{Disabled, Line};
use super::node::{self, NodeName};
use super::trace::Read;

/// What is asked about; of nothing, every rule and every part of the scenario that it could be for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// A segment: its id, or a pointer.
    pub segment: Option<String>,
    /// An overlay: its number from 1, a scene with the number in it (`scene-1/2`), or a pointer.
    pub overlay: Option<String>,
    /// A rule's name.
    pub rule: Option<String>,
}

impl Asked {
    /// Whether nothing in particular is asked about.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.segment.is_none() && self.overlay.is_none() && self.rule.is_none()
    }
}

/// What came of a rule and a part of the scenario.
#[derive(Debug, Serialize)]
pub struct RuleAnswer<'a> {
    /// The rule.
    pub rule: &'a str,
    /// Where it is defined.
    #[serde(flatten)]
    pub defined: Line,
    /// The part; nothing where the rule has none to be for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// What came of it.
    #[serde(flatten)]
    pub answer: Answer,
}

impl RuleAnswer<'_> {
    /// The numbers, from 1, of the tasks that the rule made of the part.
    #[must_use]
    pub fn made(&self) -> &[usize] {
        match &self.answer {
            Answer::Made { tasks } => tasks,
            _ => &[],
        }
    }

    /// Whether what was decided of the prompt stopped the rule.
    #[must_use]
    pub fn reads_the_decision(&self) -> bool {
        let reads = self.answer.failed().map_or(&[][..], |failed| failed.reads.as_slice());
        reads.iter().any(|read| read.path.starts_with("decision.") || read.path.starts_with("signal."))
    }
}

impl Answer {
    /// The condition that does not hold, where that is the reason.
    #[must_use]
    pub fn failed(&self) -> Option<&Failed> {
        match self {
            Self::When(failed) | Self::LeftOut { failed, .. } | Self::Require { failed, .. } => Some(failed),
            _ => None,
        }
    }
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It made these tasks, by their numbers from 1.
    Made {
        /// The tasks.
        tasks: Vec<usize>,
    },
    /// It would make its tasks; but something else is wrong, and there is no plan.
    WouldMake,
    /// Its conditions hold, and it makes nothing: it is there for what it insists on, and that is met.
    Met,
    /// It took the part into a task that it made of a larger one, by `each`.
    TookIn {
        /// The tasks.
        tasks: Vec<usize>,
        /// The larger part.
        of: NodeName,
        /// The parameter with the `each`.
        param: String,
    },
    /// Its conditions hold, but what its task would show is empty.
    Empty {
        /// The parameter without a cue.
        param: String,
        /// Where it is given.
        #[serde(serialize_with = "line")]
        at: Location,
    },
    /// A `when` does not hold.
    When(Failed),
    /// The `when` of an `each` does not hold, or the rule as a whole does not fire.
    LeftOut {
        /// The larger part that the rule is for.
        of: NodeName,
        /// What does not hold.
        #[serde(flatten)]
        failed: Failed,
    },
    /// A `require` is broken.
    Require {
        /// Its words.
        message: String,
        /// What does not hold.
        #[serde(flatten)]
        failed: Failed,
    },
    /// It is for something else.
    Selector {
        /// What it is for, as it is written.
        wants: String,
        /// Where that is written.
        #[serde(serialize_with = "line")]
        at: Location,
    },
    /// A later file takes it out.
    Disabled {
        /// Where.
        #[serde(serialize_with = "line")]
        by: Location,
        /// Where the rule is defined.
        #[serde(skip)]
        defined: Location,
    },
}

/// A condition that does not hold.
#[derive(Debug, Serialize)]
pub struct Failed {
    /// As it is written.
    pub condition: String,
    /// Where.
    #[serde(serialize_with = "line")]
    pub at: Location,
    /// Why not, in the values that it asks about.
    pub because: String,
    /// What its paths held.
    pub reads: Vec<Read>,
    /// The lines that an `override` has put this one in place of.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "lines")]
    pub over: Vec<Location>,
}

fn line<S: Serializer>(at: &Location, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    Line::at(at).serialize(serializer)
}

fn lines<S: Serializer>(places: &[Location], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(places.iter().map(Line::at))
}

type Node<'n, 'a> = &'n (Spot<'a>, NodeName);

pub(super) fn answer<'a>(explainer: &Explainer<'a>, asked: &Asked) -> Result<Vec<RuleAnswer<'a>>> {
    let nodes = &explainer.nodes;
    let wanted = match (&asked.segment, &asked.overlay) {
        (Some(id), _) => Some(nodes.segment(id)?),
        (None, Some(number)) => Some(nodes.overlay(number)?),
        (None, None) => None,
    };
    let rules = &explainer.written.linked.rules;
    let disabled = explainer.history().disabled();
    let named = |name: &str| asked.rule.as_deref().is_none_or(|wanted| wanted == name);
    if let Some(name) = &asked.rule
        && !rules.iter().any(|rule| rule.name.node.node == *name)
        && !disabled.iter().any(|rule| rule.name == name)
    {
        let known: Vec<&str> = rules.iter().map(|rule| rule.name.node.node.as_str()).collect();
        return Err(node::unknown("rule", name, &known, "the set has no rules"));
    }
    let mut answers = Vec::new();
    for rule in rules.iter().filter(|rule| named(&rule.name.node.node)) {
        match wanted {
            Some(node) => answers.extend(explainer.of_node(rule, node, asked.rule.is_some())),
            None => explainer.of_rule(rule, &mut answers),
        }
    }
    for rule in disabled.into_iter().filter(|rule| named(rule.name)) {
        let fits = rule.selector.is_none_or(|selector| wanted.is_none_or(|(spot, _)| can_select(selector, spot)));
        if fits || asked.rule.is_some() {
            answers.push(out_of_force(&rule, wanted));
        }
    }
    Ok(answers)
}

fn out_of_force<'a>(rule: &Disabled<'a>, wanted: Option<Node<'_, 'a>>) -> RuleAnswer<'a> {
    RuleAnswer {
        rule: rule.name,
        defined: Line::at(&rule.defined),
        node: wanted.map(|(_, name)| name.clone()),
        answer: Answer::Disabled { by: rule.by.clone(), defined: rule.defined.clone() },
    }
}

/// Whether a rule with this selector is asked at the place.
pub(super) fn can_select(selector: &SelectorText, spot: &Spot<'_>) -> bool {
    selector.node.node == spot.kind().word()
        && selector.layer.as_ref().is_none_or(|layer| spot.layer().is_some_and(|kind| kind.word() == layer.node))
}

impl<'a> Explainer<'a> {
    /// Of every part that the rule is for.
    fn of_rule(&self, rule: &'a LinkedRule, answers: &mut Vec<RuleAnswer<'a>>) {
        let Some(selector) = &rule.selector else { return };
        let before = answers.len();
        for node in self.nodes.0.iter().filter(|(spot, _)| can_select(&selector.node, spot)) {
            answers.push(said(rule, Some(node), self.fired(rule, node)));
        }
        if answers.len() == before {
            answers.push(said(rule, None, other_kind(selector)));
        }
    }

    /// Of one part; nothing of a rule that could not be for such a part, unless it is asked about by name.
    fn of_node(&self, rule: &'a LinkedRule, node: Node<'_, 'a>, is_named: bool) -> Option<RuleAnswer<'a>> {
        let selector = rule.selector.as_ref()?;
        let answer = if can_select(&selector.node, &node.0) {
            self.fired(rule, node)
        } else if let Some(answer) = self.taken_in(rule, node) {
            answer
        } else if is_named || selector.node.node.node == node.0.kind().word() {
            other_kind(selector)
        } else {
            return None;
        };
        Some(said(rule, Some(node), answer))
    }

    /// What came of a rule at a place that it is for.
    fn fired(&self, rule: &'a LinkedRule, (spot, name): Node<'_, 'a>) -> Answer {
        if let Some(failed) = self.when(rule, spot) {
            return Answer::When(failed);
        }
        for requirement in &rule.requirements {
            let condition = &requirement.node.condition;
            if let Some(failed) = self.failed(&requirement.source, condition, spot) {
                return Answer::Require { message: requirement.node.message.clone(), failed };
            }
        }
        if rule.makes.is_empty() {
            return Answer::Met;
        }
        let rule_name = &rule.name.node.node;
        let tasks: Vec<usize> =
            self.tasks_of(|origin| *origin.rule == **rule_name && origin.pointer == name.pointer).collect();
        if !tasks.is_empty() {
            return Answer::Made { tasks };
        }
        self.without_cues(rule, spot).unwrap_or(Answer::WouldMake)
    }

    fn when(&self, rule: &'a LinkedRule, spot: &Spot<'a>) -> Option<Failed> {
        let mut failed = rule.conditions.iter().find_map(|line| self.failed(&line.source, &line.node, spot))?;
        failed.over = self.history().replaced_conditions(&rule.name.node.node);
        Some(failed)
    }

    fn failed(&self, source: &'a Arc<Source>, condition: &Expression, spot: &Spot<'a>) -> Option<Failed> {
        let tracer = self.tracer(source, *spot);
        let part = tracer.failed(condition)?;
        Some(Failed {
            condition: part.one_line(source),
            at: Location::new(source, part.span),
            because: tracer.because(part),
            reads: tracer.reads(part),
            over: Vec::new(),
        })
    }

    /// Whether nothing is made because there is not one cue.
    fn without_cues(&self, rule: &'a LinkedRule, spot: &Spot<'a>) -> Option<Answer> {
        let params = rule.makes.iter().flat_map(|make| &make.params);
        params.into_iter().find_map(|param| {
            let value = self.tracer(&param.source, *spot).value(&param.node.value)?;
            let is_empty = matches!(value, crate::value::Value::Cues(cues) if cues.is_empty());
            let at = param.at(param.node.name.span);
            is_empty.then(|| Answer::Empty { param: param.node.name.node.clone(), at })
        })
    }

    /// What came of a rule for a larger part that goes over this one by `each`.
    fn taken_in(&self, rule: &'a LinkedRule, node: Node<'_, 'a>) -> Option<Answer> {
        let (spot, name) = node;
        let selector = rule.selector.as_ref()?;
        let around = self.nodes.0.iter().filter(|(outer, outer_name)| {
            let is_inside =
                outer.kind() == NodeKind::Scenario || name.pointer.starts_with(&format!("{}/", outer_name.pointer));
            is_inside && outer.kind() != spot.kind() && can_select(&selector.node, outer)
        });
        for (outer, outer_name) in around {
            for param in rule.makes.iter().flat_map(|make| &make.params) {
                let Expr::Each(each) = &param.node.value.node else { continue };
                let meaning = self.written.parts.value(&param.source, &param.node.value);
                let Some(Term::Each(term)) = meaning else { continue };
                let inner = self.inquiry.each(term, outer).into_iter().find(|inner| inner.pointer() == name.pointer);
                let Some(inner) = inner else { continue };
                let left_out = each.condition.as_ref();
                let failed = self.when(rule, outer);
                let failed = failed.or_else(|| self.failed(&param.source, left_out?, &inner));
                return Some(match failed {
                    Some(failed) => Answer::LeftOut { of: outer_name.clone(), failed },
                    None => self.taken(rule, (outer_name, &param.node.name.node)),
                });
            }
        }
        None
    }

    fn taken(&self, rule: &LinkedRule, (of, param): (&NodeName, &str)) -> Answer {
        let rule = &rule.name.node.node;
        let tasks: Vec<usize> =
            self.tasks_of(|origin| *origin.rule == **rule && origin.pointer == of.pointer).collect();
        if tasks.is_empty() {
            return Answer::WouldMake;
        }
        Answer::TookIn { tasks, of: of.clone(), param: param.to_owned() }
    }
}

fn said<'a>(rule: &'a LinkedRule, node: Option<Node<'_, 'a>>, answer: Answer) -> RuleAnswer<'a> {
    let defined = Line::at(&rule.name.location());
    RuleAnswer { rule: &rule.name.node.node, defined, node: node.map(|(_, name)| name.clone()), answer }
}

fn other_kind(selector: &Sited<SelectorText>) -> Answer {
    Answer::Selector { wants: one_line(&selector.source, selector.node.span), at: selector.at(selector.node.span) }
}

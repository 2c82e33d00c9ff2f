//! Where a plan comes from: which line of which rule made each task and of what values, and why another rule made
//! nothing of a part of the scenario.
//!
//! Nothing is evaluated here: [`crate::compile`] is asked what a part of a condition or value holds at a place.
//! [`resolved()`] prints a chain of rule sets as one set, each line with where it comes from.

mod answer;
mod history;
mod made;
mod node;
mod resolved;
mod show;
mod trace;

use crate::compile::Inquiry;
use crate::decide::Decision;
use crate::error::Result;
use crate::rules::{LinkedRule, Written};
use crate::scenario::Scenario;
use crate::tasks::Plan;

pub use answer::{Answer, Asked, Failed, RuleAnswer};
pub use history::{Line, Provenance};
pub use made::{LineNote, ParamNote, TaskNote};
pub use node::NodeName;
pub use resolved::resolved;
pub use show::{answers, task_list};
pub use trace::Read;

use answer::can_select;
use history::History;
use node::Nodes;

/// A scenario, what was decided about it, and the rules with their lines: all that a plan was made of.
pub struct Explainer<'a> {
    written: &'a Written,
    inquiry: Inquiry<'a>,
    nodes: Nodes<'a>,
    /// The plan; nothing where the scenario does not lead to one.
    plan: Option<&'a Plan>,
}

impl<'a> Explainer<'a> {
    /// Of a plan that `written` made of `scenario` under `decision`; of what would lead to one, where there is none.
    #[must_use]
    pub fn new(written: &'a Written, scenario: &'a Scenario, decision: &'a Decision, plan: Option<&'a Plan>) -> Self {
        let inquiry = Inquiry::new(scenario, decision);
        Self { written, inquiry, nodes: Nodes::new(inquiry), plan }
    }

    /// Every task of the plan, with where it came from.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskNote<'a>> {
        let tasks = self.plan.map_or(&[][..], |plan| plan.tasks.as_slice());
        tasks.iter().enumerate().filter_map(|(number, task)| made::task(self, number + 1, task)).collect()
    }

    /// The rules in force that make tasks and are for parts that the scenario has, but made nothing of them.
    #[must_use]
    pub fn silent_rules(&self) -> Vec<&'a str> {
        let made = |name: &str| self.tasks_of(|origin| &*origin.rule == name).next().is_some();
        let is_asked = |rule: &&LinkedRule| {
            let selector = rule.selector.as_ref();
            selector.is_some_and(|selector| self.nodes.0.iter().any(|(spot, _)| can_select(&selector.node, spot)))
        };
        let rules = self.written.linked.rules.iter().filter(|rule| !rule.makes.is_empty()).filter(is_asked);
        rules.map(|rule| rule.name.node.node.as_str()).filter(|name| !made(name)).collect()
    }

    /// What each rule made of a part of the scenario, or why nothing.
    ///
    /// [`crate::error::Error::Usage`] says what there is, where nothing has the name that was asked for.
    pub fn answer(&self, asked: &Asked) -> Result<Vec<RuleAnswer<'a>>> {
        answer::answer(self, asked)
    }

    /// The numbers, from 1, of the tasks whose origin is as `wanted`.
    fn tasks_of(&self, wanted: impl Fn(&crate::tasks::Origin) -> bool) -> impl Iterator<Item = usize> {
        let tasks = self.plan.map_or(&[][..], |plan| plan.tasks.as_slice()).iter().enumerate();
        tasks.filter(move |(_, task)| task.origin.as_ref().is_some_and(&wanted)).map(|(number, _)| number + 1)
    }

    fn history(&self) -> History<'a> {
        History(&self.written.layers)
    }
}

//! A rule that fires: what it insists on, and the tasks that it makes.

use std::borrow::Cow;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::rules::{Program, ProgramMake, ProgramRule, Term};
use crate::suggest;
use crate::tasks::{Origin, ParamSpec, Task};
use crate::value::{Type, Value};

use super::tally::Count;
use super::walk::{Place, World};

pub(super) struct Firing<'a, C> {
    pub(super) world: World<'a, C>,
    pub(super) program: &'a Program,
    /// Each with the pass that it belongs to.
    pub(super) tasks: Vec<(u32, Task)>,
    pub(super) found: Diagnostics,
}

impl<'a, C: Count> Firing<'a, C> {
    pub(super) fn rule(&mut self, rule: &ProgramRule, place: &Place<'a>) {
        // What the index answers has been asked: a rule comes here only where it holds.
        if !self.world.holds(&rule.rest, place) {
            return;
        }
        let mut meets = true;
        for requirement in &rule.requirements {
            if !self.world.holds(&requirement.condition, place) {
                meets = false;
                self.found.push(
                    Diagnostic::new(diagnostic::REQUIREMENT, &requirement.message)
                        .pointer(place.pointer())
                        .related(requirement.at.clone(), format!("rule `{}` requires this", rule.name)),
                );
            }
        }
        // A rule whose requirements fail may read what is not there; the failure is enough.
        if meets {
            for make in &rule.makes {
                let task = self.task(rule, make, place);
                self.tasks.extend(task.map(|task| (place.pass(), task)));
            }
        }
    }

    fn task(&mut self, rule: &ProgramRule, make: &ProgramMake, place: &Place<'a>) -> Option<Task> {
        let mut params = Vec::with_capacity(make.params.len());
        for (param, term) in &make.params {
            match self.world.value(term, place) {
                // Subtitles without a cue are no subtitles.
                Some(Value::Cues(cues)) if cues.is_empty() => return None,
                Some(value) => {
                    if !matches!(term, Term::Constant(_)) {
                        self.check(rule, make, place, (param, term), &value);
                    }
                    params.push((param.name, value.into_owned()));
                }
                None => {}
            }
        }
        let mut inputs = Vec::new();
        if let Some(term) = &make.inputs {
            self.world.names(term, place, &mut inputs);
        }
        let output_id = make.output_id.as_ref().and_then(|term| match self.world.value(term, place) {
            Some(Value::Name(name)) => Some(name.into_owned()),
            _ => None,
        });
        let origin = Origin {
            rule: rule.name.clone(),
            file: make.file.clone(),
            line: make.line,
            pointer: place.pointer(),
            note: None,
        };
        let inputs = inputs.into_iter().map(Cow::into_owned).collect();
        Some(Task { spec: make.spec, params, inputs, output_id, origin: Some(origin) })
    }

    /// Holds what a scenario says against what the parameter allows; a constant has been checked with the rules.
    fn check(
        &mut self,
        rule: &ProgramRule,
        make: &ProgramMake,
        place: &Place<'a>,
        (param, term): (&ParamSpec, &Term),
        value: &Value<'_>,
    ) {
        let problem = match value {
            Value::Name(name) if param.ty == Type::Style => self.unknown_style(name),
            value => out_of_range(param, value, make.spec.name),
        };
        let Some((code, message, help)) = problem else { return };
        let field = self.source_field(term, place).unwrap_or_default();
        self.found.push(
            Diagnostic::new(code, message)
                .pointer(format!("{}{field}", place.pointer()))
                .related(make.at.clone(), format!("rule `{}` makes this of it", rule.name))
                .help(help),
        );
    }

    fn unknown_style(&self, name: &str) -> Option<(diagnostic::Code, String, String)> {
        if self.program.styles.contains_key(name) {
            return None;
        }
        let known: Vec<&str> = self.program.styles.keys().map(String::as_str).collect();
        let message = format!("the rules have no style `{}`", name.escape_debug());
        let help = match suggest::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {}; or define it in the rules", suggest::list(&known)),
        };
        Some((diagnostic::UNKNOWN_STYLE, message, help))
    }

    /// The pointer, from the node, to the key that a value was read from.
    fn source_field(&self, term: &Term, place: &Place<'a>) -> Option<String> {
        match term {
            Term::Field(kind, field) if *kind == place.kind && !field.derived => {
                Some(format!("/{}", field.path.replace('.', "/")))
            }
            Term::FirstOf(terms) => {
                let there = terms.iter().find(|term| self.world.value(term, place).is_some())?;
                self.source_field(there, place)
            }
            Term::If(condition, branches) => {
                let [then, other] = branches.as_ref();
                self.source_field(if self.world.holds(condition, place) { then } else { other }, place)
            }
            _ => None,
        }
    }
}

fn out_of_range(param: &ParamSpec, value: &Value<'_>, task: &str) -> Option<(diagnostic::Code, String, String)> {
    let (low, high) = param.range?;
    let number = match value {
        Value::Number(number) | Value::Pixels(number) | Value::Ratio(number) => *number,
        Value::Seconds(time) => time.as_secs(),
        #[expect(clippy::cast_precision_loss, reason = "a text is far shorter than 2^52")]
        Value::Text(text) => text.chars().count() as f64,
        _ => return None,
    };
    if (low..=high).contains(&number) {
        return None;
    }
    let (message, unit) = match value {
        Value::Text(_) => (format!("a text of {number} characters is out of range"), " characters"),
        _ => (format!("{number} is out of range"), ""),
    };
    let help = format!("`{}` of `{task}` is {low} to {high}{unit}", param.name);
    Some((diagnostic::VALUE_RANGE, message, help))
}

//! A rule that fires: what it insists on, and the tasks that it makes.

use std::borrow::Cow;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::rules::{Guard, Program, ProgramMake, ProgramParam, ProgramRule, Term};
use crate::scenario::field::Getter;
use crate::suggest;
use crate::tasks::{Origin, ParamSpec, Task};
use crate::value::{Type, Value};

use super::order::Ordered;
use super::tally::Count;
use super::walk::{Place, World};

pub(super) struct Firing<'a, C> {
    pub(super) world: World<'a, C>,
    pub(super) program: &'a Program,
    pub(super) tasks: Ordered,
    pub(super) found: Diagnostics,
    /// The parameters of the task that is being made, so that a task's own list is as long as it has to be.
    params: Vec<(&'static str, Value<'static>)>,
    /// Whether one of them has a value that it must not have.
    is_refused: bool,
}

impl<'a, C: Count> Firing<'a, C> {
    pub(super) fn new(world: World<'a, C>, program: &'a Program) -> Self {
        let (tasks, found) = (Ordered::default(), Diagnostics::new());
        Self { world, program, tasks, found, params: Vec::new(), is_refused: false }
    }

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
                self.task(rule, make, place);
            }
        }
    }

    fn task(&mut self, rule: &ProgramRule, make: &ProgramMake, place: &Place<'a>) {
        self.params.clear();
        self.is_refused = false;
        let has_params = place.has_params();
        for param in &make.params {
            if param.is_in_params && !has_params {
                continue;
            }
            self.set(param, &param.term, place);
            // Subtitles without a cue are no subtitles.
            if param.spec.ty == Type::Cues
                && matches!(self.params.last(), Some((_, Value::Cues(cues))) if cues.is_empty())
            {
                return;
            }
        }
        if self.is_refused {
            self.refuse(rule, make, place);
        }
        let mut params = Vec::with_capacity(self.params.len());
        params.append(&mut self.params);
        let inputs = match &make.inputs {
            Some(term) => {
                let mut inputs = Vec::new();
                self.world.names(term, place, &mut inputs);
                inputs.into_iter().map(Cow::into_owned).collect()
            }
            None => Vec::new(),
        };
        let output_id = match make.output_id.as_ref().and_then(|term| self.world.value(term, place)) {
            Some(Value::Name(name)) => Some(name.into_owned()),
            _ => None,
        };
        let origin = Origin {
            rule: rule.name.clone(),
            file: make.file.clone(),
            line: make.line,
            pointer: place.pointer(),
            note: None,
        };
        let group = self.tasks.group(place.pass(), make.spec.stage);
        group.push(Task { spec: make.spec, params, inputs, output_id, origin: Some(origin) });
    }

    /// Sets the parameter to the value of `term`; says whether there is one.
    ///
    /// A field's value goes from the scenario into the list without being a [`Value`] of the scenario first: there are ten
    /// parameters to a task, and they are most of the work.
    fn set(&mut self, param: &ProgramParam, term: &Term, place: &Place<'a>) -> bool {
        let (kind, field) = match term {
            Term::Field(kind, field) => (*kind, *field),
            // It was held against the parameter with the rules.
            Term::Constant(value) => return self.push(param, true, value.clone()),
            Term::FirstOf(terms) => return terms.iter().any(|term| self.set(param, term, place)),
            Term::If(condition, branches) => {
                let [then, other] = branches.as_ref();
                let branch = if self.world.holds(condition, place) { then } else { other };
                return self.set(param, branch, place);
            }
            _ => {
                let Some(value) = self.world.value(term, place) else { return false };
                return self.push(param, self.allows(param.guard, &value), value.into_owned());
            }
        };
        let (Some(node), guard) = (place.node(kind), param.guard) else { return false };
        match field.getter {
            Getter::Seconds(get) => {
                let Some(time) = get(node) else { return false };
                self.push(param, guard.allows(|| time.as_secs()), Value::Seconds(time))
            }
            Getter::Symbol(get) => {
                let Some(word) = get(node) else { return false };
                self.push(param, true, Value::Symbol(word))
            }
            Getter::Name(get) => {
                let Some(name) = get(node) else { return false };
                self.push(param, self.knows(guard, name), Value::Name(Cow::Owned(name.to_owned())))
            }
            Getter::Text(get) => {
                let Some(text) = get(node) else { return false };
                self.push(param, guard.allows(|| length(text)), Value::Text(Cow::Owned(text.to_owned())))
            }
            Getter::Bool(get) => {
                let Some(value) = get(node) else { return false };
                self.push(param, true, Value::Bool(value))
            }
            Getter::Number(get) => {
                let Some(number) = get(node) else { return false };
                self.push(param, guard.allows(|| number), Value::Number(number))
            }
            Getter::Pixels(get) => {
                let Some(number) = get(node) else { return false };
                self.push(param, guard.allows(|| number), Value::Pixels(number))
            }
            Getter::Ratio(get) => {
                let Some(number) = get(node) else { return false };
                self.push(param, guard.allows(|| number), Value::Ratio(number))
            }
            Getter::Names(_) | Getter::Cues(_) | Getter::Words(_) => {
                let Some(value) = field.get(node) else { return false };
                self.push(param, true, value.into_owned())
            }
        }
    }

    #[inline]
    fn push(&mut self, param: &ProgramParam, is_allowed: bool, value: Value<'static>) -> bool {
        self.is_refused |= !is_allowed;
        self.params.push((param.spec.name, value));
        true
    }

    fn allows(&self, guard: Guard, value: &Value<'_>) -> bool {
        match value {
            Value::Name(name) => self.knows(guard, name),
            value => measure(value).is_none_or(|number| guard.allows(|| number)),
        }
    }

    /// Whether the rules have a style of this name, where it has to be one.
    fn knows(&self, guard: Guard, name: &str) -> bool {
        !matches!(guard, Guard::Style) || self.program.styles.contains_key(name)
    }

    /// Says which values of the scenario their parameters do not allow.
    #[cold]
    fn refuse(&mut self, rule: &ProgramRule, make: &ProgramMake, place: &Place<'a>) {
        for ProgramParam { spec, term, guard, .. } in &make.params {
            let Some(value) = self.world.value(term, place).filter(|value| !self.allows(*guard, value)) else {
                continue;
            };
            let (code, message, help) = match (*guard, value) {
                (Guard::Style, Value::Name(name)) => self.unknown_style(&name),
                (Guard::Range(low, high), value) => out_of_range(spec, (low, high), &value, make.spec.name),
                _ => continue,
            };
            let field = self.source_field(term, place).unwrap_or_default();
            self.found.push(
                Diagnostic::new(code, message)
                    .pointer(format!("{}{field}", place.pointer()))
                    .related(make.at.clone(), format!("rule `{}` makes this of it", rule.name))
                    .help(help),
            );
        }
    }

    fn unknown_style(&self, name: &str) -> (diagnostic::Code, String, String) {
        let known: Vec<&str> = self.program.styles.keys().map(String::as_str).collect();
        let message = format!("the rules have no style `{}`", name.escape_debug());
        let help = match suggest::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {}; or define it in the rules", suggest::list(&known)),
        };
        (diagnostic::UNKNOWN_STYLE, message, help)
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

/// The number that a range is about; of a text, how many characters it has.
fn measure(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) | Value::Pixels(number) | Value::Ratio(number) => Some(*number),
        Value::Seconds(time) => Some(time.as_secs()),
        Value::Text(text) => Some(length(text)),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a text is far shorter than 2^52")]
fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

fn out_of_range(
    param: &ParamSpec,
    (low, high): (f64, f64),
    value: &Value<'_>,
    task: &str,
) -> (diagnostic::Code, String, String) {
    let number = measure(value).unwrap_or_default();
    let (message, unit) = match value {
        Value::Text(_) => (format!("a text of {number} characters is out of range"), " characters"),
        _ => (format!("{number} is out of range"), ""),
    };
    let help = format!("`{}` of `{task}` is {low} to {high}{unit}", param.name);
    (diagnostic::VALUE_RANGE, message, help)
}

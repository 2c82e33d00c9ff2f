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
}

/// A parameter, the task that it is of, and the rule that makes it.
type Of<'r> = (&'r ProgramRule, &'r ProgramMake, &'r ProgramParam);

impl<'a, C: Count> Firing<'a, C> {
    pub(super) fn new(world: World<'a, C>, program: &'a Program) -> Self {
        Self { world, program, tasks: Ordered::default(), found: Diagnostics::new(), params: Vec::new() }
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
                if let Some(task) = self.task(rule, make, place) {
                    self.tasks.push(place.pass(), task);
                }
            }
        }
    }

    fn task(&mut self, rule: &ProgramRule, make: &ProgramMake, place: &Place<'a>) -> Option<Task> {
        self.params.clear();
        for param in &make.params {
            self.set((rule, make, param), &param.term, place);
            // Subtitles without a cue are no subtitles.
            if param.spec.ty == Type::Cues
                && matches!(self.params.last(), Some((_, Value::Cues(cues))) if cues.is_empty())
            {
                return None;
            }
        }
        let params = self.params.drain(..).collect();
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
        Some(Task { spec: make.spec, params, inputs, output_id, origin: Some(origin) })
    }

    /// Sets the parameter to the value of `term`; says whether there is one.
    ///
    /// A field's value goes from the scenario into the list without being a [`Value`] of the scenario first: there are ten
    /// parameters to a task, and they are most of the work.
    fn set(&mut self, of: Of<'_>, term: &Term, place: &Place<'a>) -> bool {
        let (.., ProgramParam { guard, .. }) = of;
        let (kind, field) = match term {
            Term::Field(kind, field) => (*kind, *field),
            // It was held against the parameter with the rules.
            Term::Constant(value) => return self.push(of, value.clone()),
            Term::FirstOf(terms) => return terms.iter().any(|term| self.set(of, term, place)),
            Term::If(condition, branches) => {
                let [then, other] = branches.as_ref();
                let branch = if self.world.holds(condition, place) { then } else { other };
                return self.set(of, branch, place);
            }
            _ => {
                let Some(value) = self.world.value(term, place) else { return false };
                let is_allowed = match value {
                    Value::Name(ref name) => self.knows(*guard, name),
                    ref value => measure(value).is_none_or(|number| guard.allows(number)),
                };
                return self.push_if(is_allowed, of, value.into_owned(), place);
            }
        };
        let Some(node) = place.node(kind) else { return false };
        match field.getter {
            Getter::Seconds(get) => get(node).is_some_and(|time| {
                let is_allowed = guard.allows(time.as_secs());
                self.push_if(is_allowed, of, Value::Seconds(time), place)
            }),
            Getter::Symbol(get) => get(node).is_some_and(|word| self.push(of, Value::Symbol(word))),
            Getter::Name(get) => get(node).is_some_and(|name| {
                let is_allowed = self.knows(*guard, name);
                self.push_if(is_allowed, of, Value::Name(Cow::Owned(name.to_owned())), place)
            }),
            Getter::Text(get) => get(node).is_some_and(|text| {
                let is_allowed = guard.allows(length(text));
                self.push_if(is_allowed, of, Value::Text(Cow::Owned(text.to_owned())), place)
            }),
            Getter::Bool(get) => get(node).is_some_and(|value| self.push(of, Value::Bool(value))),
            Getter::Number(get) => {
                get(node).is_some_and(|number| self.push_if(guard.allows(number), of, Value::Number(number), place))
            }
            Getter::Pixels(get) => {
                get(node).is_some_and(|number| self.push_if(guard.allows(number), of, Value::Pixels(number), place))
            }
            Getter::Ratio(get) => {
                get(node).is_some_and(|number| self.push_if(guard.allows(number), of, Value::Ratio(number), place))
            }
            Getter::Names(_) | Getter::Cues(_) | Getter::Words(_) => {
                field.get(node).is_some_and(|value| self.push(of, value.into_owned()))
            }
        }
    }

    #[inline]
    fn push(&mut self, (.., param): Of<'_>, value: Value<'static>) -> bool {
        self.params.push((param.spec.name, value));
        true
    }

    #[inline]
    fn push_if(&mut self, is_allowed: bool, of: Of<'_>, value: Value<'static>, place: &Place<'a>) -> bool {
        if !is_allowed {
            self.refuse(of, place, &value);
        }
        self.push(of, value)
    }

    /// Whether the rules have a style of this name, where it has to be one.
    fn knows(&self, guard: Guard, name: &str) -> bool {
        !matches!(guard, Guard::Style) || self.program.styles.contains_key(name)
    }

    /// Says of a value of the scenario that the parameter does not allow it.
    #[cold]
    fn refuse(&mut self, (rule, make, param): Of<'_>, place: &Place<'a>, value: &Value<'_>) {
        let (code, message, help) = match (param.guard, value) {
            (Guard::Style, Value::Name(name)) => self.unknown_style(name),
            (Guard::Range(low, high), value) => out_of_range(param.spec, (low, high), value, make.spec.name),
            _ => return,
        };
        let field = self.source_field(&param.term, place).unwrap_or_default();
        self.found.push(
            Diagnostic::new(code, message)
                .pointer(format!("{}{field}", place.pointer()))
                .related(make.at.clone(), format!("rule `{}` makes this of it", rule.name))
                .help(help),
        );
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

//! `make`: the task's parameters, each of its type, and none forgotten.

use crate::diagnostic::{self, Diagnostic};
use crate::suggest;
use crate::tasks::ParamSpec;
use crate::tasks::catalogue::{self, Inputs, Need, TaskSpec};
use crate::value::Type;

use super::super::link::LinkedMake;
use super::super::term::Term;
use super::scope::Scope;
use super::value::Typed;
use super::{CheckedMake, Checker, Due};

impl Checker<'_> {
    pub(super) fn make(&mut self, make: &LinkedMake, scope: &Scope<'_>) -> Option<CheckedMake> {
        let task = &make.task.node;
        let Some(spec) = catalogue::find(&task.node) else {
            let known: Vec<&str> = catalogue::TASKS.iter().map(|task| task.name).collect();
            let message = format!("there is no task `{}`", task.node);
            let help = suggest::help(&task.node, &known);
            let at = (&make.task.source, task.span);
            return self.report(diagnostic::UNKNOWN_TASK, at, message, "not on the whitelist", help);
        };
        self.unknown_params(make, spec);
        let mut checked =
            CheckedMake { spec, at: make.task.location(), params: Vec::new(), inputs: None, output_id: None };
        let mut missing: Vec<&ParamSpec> = Vec::new();
        for param in spec.params {
            let Some(given) = make.params.iter().find(|given| given.node.name.node == param.name) else {
                if param.need == Need::Required {
                    missing.push(param);
                }
                continue;
            };
            let by = format!("`{}` of `{}`", param.name, spec.name);
            let scope = scope.in_file(&given.source);
            let term = if param.ty == Type::Cues {
                self.cues(&given.node.value, &scope, &by)
            } else {
                let due = Due { ty: param.ty, range: param.range, by: &by };
                let typed = self.value(&given.node.value, &scope, Some(due));
                let typed = typed.and_then(|typed| self.reaches_range(typed, due, &scope));
                match param.need {
                    Need::Required => typed.and_then(|typed| self.certain(typed, &by, &scope)),
                    _ => typed.map(|typed| typed.term),
                }
            };
            checked.params.extend(term.map(|term| (param, term)));
        }
        for given in &make.params {
            let scope = scope.in_file(&given.source);
            match given.node.name.node.as_str() {
                "inputs" => {
                    let inputs = self.inputs(&given.node.value, &scope);
                    checked.inputs = inputs.and_then(|inputs| self.count(inputs, spec, given.node.value.span, &scope));
                }
                "output_id" => checked.output_id = self.output_id(&given.node.value, &scope),
                _ => {}
            }
        }
        self.ends_after_start(make, &checked, scope);
        if !make.broken {
            self.missing(make, spec, &missing);
        }
        Some(checked)
    }

    /// The name of the result. Where it is absent, the result is the picture so far, as in every plan.
    fn output_id(&mut self, value: &super::super::ast::Expression, scope: &Scope<'_>) -> Option<Term> {
        let due = Due { ty: Type::Id, range: None, by: "`output_id`" };
        self.value(value, scope, Some(due)).map(|typed| typed.term)
    }

    fn unknown_params(&mut self, make: &LinkedMake, spec: &TaskSpec) {
        let mut known: Vec<&str> = spec.params.iter().map(|param| param.name).collect();
        known.extend(["inputs", "output_id"]);
        for given in &make.params {
            let name = &given.node.name;
            if known.contains(&name.node.as_str()) {
                continue;
            }
            let message = format!("`{}` has no parameter `{}`", spec.name, name.node);
            let help = suggest::help(&name.node, &known);
            let at = (&given.source, name.span);
            self.report::<()>(diagnostic::UNKNOWN_PARAM, at, message, "unknown parameter", help);
        }
    }

    fn missing(&mut self, make: &LinkedMake, spec: &TaskSpec, missing: &[&ParamSpec]) {
        let given = |name: &str| make.params.iter().any(|given| given.node.name.node == name);
        let mut names: Vec<&str> = missing.iter().map(|param| param.name).collect();
        let mut lines: Vec<String> =
            missing.iter().map(|param| format!("{} = {}", param.name, example(param.ty))).collect();
        if matches!(spec.inputs, Inputs::Several | Inputs::Two) && !given("inputs") {
            names.push("inputs");
            lines.push("inputs = [\"one\", \"two\"]".into());
        }
        if names.is_empty() {
            return;
        }
        let message = format!("`{}` is made without {}", spec.name, suggest::list(&names));
        self.found.push(
            Diagnostic::new(diagnostic::MISSING_PARAM, message)
                .at(make.task.location())
                .label(if names.len() == 1 {
                    "a required parameter is missing"
                } else {
                    "required parameters are missing"
                })
                .help(format!("add to its block: {}", lines.join("   "))),
        );
    }

    /// The term, if it always has a value.
    pub(super) fn certain(&mut self, typed: Typed, by: &str, scope: &Scope<'_>) -> Option<Term> {
        if !typed.absent {
            return Some(typed.term);
        }
        let text = scope.source.slice(typed.span).to_owned();
        let message = format!("{by} is required, but `{text}` may be absent");
        let default = match typed.ty {
            Type::Enum(set) => set.values.first().map_or("DEFAULT".to_owned(), |word| (*word).to_owned()),
            ty => example(ty).to_owned(),
        };
        let help = if typed.ty == Type::Cues {
            format!("fire only where they are there: when {text} exists")
        } else if text.contains(' ') {
            format!("say what it is then: {text} or …; or fire only where it is there: when … exists")
        } else if matches!(typed.ty, Type::Asset | Type::Id) {
            format!("say what it is then: {text} or …; or fire only where it is there: when {text} exists")
        } else {
            format!(
                "write {text} or {default}; or fire only where it is there: when {text} exists; or insist on it: \
                 require {text} \"…\""
            )
        };
        self.report(diagnostic::MAYBE_ABSENT, (scope.source, typed.span), message, "may be absent", help)
    }
}

fn example(ty: Type) -> &'static str {
    match ty {
        Type::Text => "\"…\"",
        Type::Bool => "true",
        Type::Number => "1",
        Type::Seconds => "1.5s",
        Type::Pixels => "40px",
        Type::Ratio => "60%",
        Type::Color | Type::Background => "white",
        Type::Enum(set) => set.values.first().copied().unwrap_or("…"),
        Type::Style => "setting.overlay_style",
        Type::Asset | Type::Assets => "segment.asset_id",
        Type::Id => "segment.id",
        Type::Cues => "each segment { start = segment.start_sec, end = segment.end_sec, text = segment.params.text }",
        Type::Words => "segment.params.words",
    }
}

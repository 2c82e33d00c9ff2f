//! Several values: lists and `each`, as inputs and as cues.

use crate::diagnostic::{self, SourceSpan};
use crate::scenario::field::{self, NodeKind};
use crate::tasks::catalogue::{Inputs, TaskSpec};
use crate::value::{Type, Value};

use super::super::ast::{Assignment, Each, Expr, Expression};
use super::super::boxes::Boxes;
use super::super::mark::Choice;
use super::super::term::{Condition, CueTerm, EachTerm, Item, Term};
use super::scope::{Asked, Scope};
use super::value::Typed;
use super::{Checker, Due};

const INPUT: Due<'static> = Due { ty: Type::Asset, range: None, by: "`inputs`" };
/// The parts of a cue; all but the last must be there.
const CUE_FIELDS: [(&str, Type); 4] =
    [("start", Type::Seconds), ("end", Type::Seconds), ("text", Type::Text), ("words", Type::Words)];

impl Checker<'_> {
    /// `inputs = …`: one id, a list, or `each`.
    pub(super) fn inputs(&mut self, expression: &Expression, scope: &Scope<'_>) -> Option<Term> {
        if matches!(expression.node, Expr::List(_) | Expr::Each(_)) {
            return self.input(expression, scope);
        }
        if let Some(list) = self.field_of(Type::Assets, expression, scope) {
            return Some(list.term);
        }
        let typed = self.value(expression, scope, Some(INPUT))?;
        match typed.term {
            // Without a main asset there is no picture so far either: the validator says so.
            Term::Main => Some(typed.term),
            _ => self.certain(typed, INPUT.by, scope),
        }
    }

    /// One of several inputs; an absent one is left out.
    fn input(&mut self, expression: &Expression, scope: &Scope<'_>) -> Option<Term> {
        match &expression.node {
            Expr::List(elements) => {
                let terms: Vec<_> = elements.iter().map(|element| self.input(element, scope)).collect();
                terms.into_iter().collect::<Option<_>>().map(Term::List)
            }
            Expr::Each(each) => {
                let (inside, mut term) = self.each(each, scope)?;
                term.item = Item::Value(self.value(&each.item, &inside, Some(INPUT))?.term);
                Some(self.kept_each(expression, term, scope))
            }
            _ => self.value(expression, scope, Some(INPUT)).map(|typed| typed.term),
        }
    }

    /// Refuses inputs of which there are always too few or too many for the task.
    pub(super) fn count(&mut self, inputs: Term, spec: &TaskSpec, span: SourceSpan, scope: &Scope<'_>) -> Option<Term> {
        let (least, most) = amount(&inputs, scope);
        let (wanted, fits, help) = match spec.inputs {
            Inputs::OneOrPicture => (
                "one input, or none for the picture so far",
                least <= 1,
                "name one of them; `concat` makes one picture of several, and an `output_id` names it",
            ),
            Inputs::Several => {
                ("one input or more", most >= 1, "name what it works on, as in inputs = [\"one\", \"two\"]")
            }
            Inputs::Two => ("two inputs", least <= 2 && most >= 2, "name both, in order: inputs = [\"one\", \"two\"]"),
        };
        if fits {
            return Some(inputs);
        }
        let number = if most < least.max(2) { most } else { least };
        let message = format!("`{}` takes {wanted}, found {number}", spec.name);
        let label = if number == 1 { "one input".into() } else { format!("{number} inputs") };
        self.report(diagnostic::TASK_INPUTS, (scope.source, span), message, label, help)
    }

    /// A field that holds a list of type `ty`: it can stand where such a list is due.
    fn field_of(&mut self, ty: Type, expression: &Expression, scope: &Scope<'_>) -> Option<Typed> {
        let Expr::Path(path) = &expression.node else { return None };
        let (head, rest) = path.split_first()?;
        let field = field::find(NodeKind::from_word(head)?, &rest.join("."))?;
        if field.ty == ty { self.value(expression, scope, None) } else { None }
    }

    /// Cues: `each … { start = …, end = …, text = … }`, or a field that holds them.
    pub(super) fn cues(&mut self, expression: &Expression, scope: &Scope<'_>, by: &str) -> Option<Term> {
        if let Some(cues) = self.field_of(Type::Cues, expression, scope) {
            return self.certain(cues, by, scope);
        }
        let Expr::Each(each) = &expression.node else {
            if expression.node != Expr::Broken {
                let message = format!("{by} holds cues, made by `each`");
                let help = "write each segment { start = segment.start_sec, end = segment.end_sec, \
                            text = segment.params.text }";
                let at = (scope.source, expression.span);
                self.report::<()>(diagnostic::TYPE_MISMATCH, at, message, "not an `each`", help);
            }
            return None;
        };
        let (inside, mut term) = self.each(each, scope)?;
        let Expr::Record(fields) = &each.item.node else {
            if each.item.node != Expr::Broken {
                let at = (scope.source, each.item.span);
                let help = "write { start = …, end = …, text = … }";
                self.report::<()>(diagnostic::TYPE_MISMATCH, at, "a cue is a record", "not a record", help);
            }
            return None;
        };
        let mut terms = self.record(fields, each.item.span, &inside)?.into_iter();
        let (start, end, text) = (terms.next()?, terms.next()?, terms.next()?);
        let written = |name: &str| fields.iter().find(|field| field.name.node == name).map(|field| field.value.span);
        if let (Some(start_at), Some(end_at)) = (written("start"), written("end")) {
            let start_text = inside.source.slice(start_at).to_owned();
            self.backward((&start, &end), &start_text, end_at, &inside);
        }
        term.item = Item::Cue(Box::new(CueTerm { start, end, text, words: terms.next() }));
        Some(self.kept_each(expression, term, scope))
    }

    fn kept_each(&mut self, expression: &Expression, each: EachTerm, scope: &Scope<'_>) -> Term {
        let term = Term::Each(Box::new(each));
        if let Some(parts) = &mut self.parts {
            parts.add_value(scope.source, expression.span, &term);
        }
        term
    }

    /// Everything but the item.
    fn each<'s>(&mut self, each: &Each, scope: &Scope<'s>) -> Option<(Scope<'s>, EachTerm)> {
        let mut selector = self.selector(&each.selector, scope.source)?;
        // The segments of a selected layer are of that layer's kind.
        if selector.layer.is_none() && selector.node == NodeKind::Segment {
            selector.layer = scope.selector.layer;
        }
        let mut inside = scope.inside(selector).asking(Asked::Each);
        let condition = match &each.condition {
            Some(condition) => {
                let checked = self.condition(condition, &mut inside)?;
                self.mark(Choice::When, (scope.source, condition.span), checked)
            }
            None => Condition::Constant(true),
        };
        let nothing = Item::Value(Term::Constant(Value::Bool(true)));
        Some((inside, EachTerm { selector, condition, item: nothing }))
    }

    /// The parts of a cue, in the order of [`CUE_FIELDS`].
    fn record(&mut self, fields: &[Assignment], span: SourceSpan, scope: &Scope<'_>) -> Option<Vec<Term>> {
        let mut complete = true;
        let mut seen: Vec<&Assignment> = Vec::new();
        for field in fields {
            let at = (scope.source, field.name.span);
            let name = &field.name.node;
            if !CUE_FIELDS.iter().any(|(known, _)| known == name) {
                let help = crate::suggest::help(name, &CUE_FIELDS.map(|(known, _)| known));
                let message = format!("a cue has no `{name}`");
                self.report::<()>(diagnostic::UNKNOWN_PARAM, at, message, "unknown", help);
                complete = false;
            } else if seen.iter().any(|other| other.name.node == *name) {
                let message = format!("`{name}` stands twice");
                self.report::<()>(diagnostic::DUPLICATE_NAME, at, message, "the second", "remove one of them");
                complete = false;
            }
            seen.push(field);
        }
        let mut terms = Vec::new();
        for (name, ty) in CUE_FIELDS {
            let by = format!("`{name}` of a cue");
            let field = fields.iter().find(|field| field.name.node == name);
            let is_optional = ty == Type::Words;
            if is_optional && field.is_none() {
                continue;
            }
            let Some(field) = field else {
                let message = format!("the cue has no `{name}`");
                let help = "write { start = …, end = …, text = … }";
                self.report::<()>(diagnostic::MISSING_PARAM, (scope.source, span), message, "incomplete", help);
                complete = false;
                continue;
            };
            let typed = self.value(&field.value, scope, Some(Due { ty, range: None, by: &by }));
            let term =
                typed.and_then(|typed| if is_optional { Some(typed.term) } else { self.certain(typed, &by, scope) });
            match term {
                Some(term) => terms.push(term),
                None => complete = false,
            }
        }
        complete.then_some(terms)
    }
}

/// How many inputs `term` gives at least and at most.
fn amount(term: &Term, scope: &Scope<'_>) -> (usize, usize) {
    match term {
        Term::List(terms) => terms
            .iter()
            .map(|term| amount(term, scope))
            .fold((0, 0), |(least, most), (low, high)| (least.saturating_add(low), most.saturating_add(high))),
        Term::Each(_) => (0, usize::MAX),
        Term::Field(_, field) if field.ty == Type::Assets => (0, usize::MAX),
        Term::Field(kind, field) => (usize::from(scope.is_certain(*kind, field)), 1),
        Term::FirstOf(terms) => (usize::from(terms.iter().any(|term| amount(term, scope).0 > 0)), 1),
        Term::If(condition, branches) => {
            let boxes = Boxes::of_condition(condition);
            let [then, other] = branches.as_ref();
            let sides = [(then, boxes.clone()), (other, boxes.and_then(|boxes| boxes.not()))];
            let taken = sides.into_iter().filter_map(|(branch, boxes)| {
                let mut inside = scope.clone();
                inside.learn(boxes.as_ref());
                (!inside.context().is_empty()).then(|| amount(branch, &inside))
            });
            let both = |(least, most): (usize, usize), (low, high): (usize, usize)| (least.min(low), most.max(high));
            taken.reduce(both).unwrap_or((0, 1))
        }
        Term::Main => {
            let field = field::find(NodeKind::Scenario, "main_asset_id");
            (usize::from(field.is_some_and(|field| scope.is_certain(NodeKind::Scenario, field))), 1)
        }
        Term::Constant(_) => (1, 1),
        // An absent one is left out.
        _ => (0, 1),
    }
}

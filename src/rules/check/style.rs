//! Styles: their properties, and their names where they are used.

use std::collections::BTreeMap;

use crate::diagnostic::{self, SourceSpan};
use crate::suggest;
use crate::tasks::{STYLE, Setter, Style};
use crate::value::{Type, Value};

use super::super::ast::{Assignment, Expr, Sited};
use super::super::term::{Selector, Term};
use super::scope::Scope;
use super::value::Typed;
use super::{Checker, Due};

impl Checker<'_> {
    /// Every style, resolved over the default look.
    pub(super) fn styles(&mut self) -> BTreeMap<String, Style> {
        let linked = self.linked;
        let mut styles = BTreeMap::new();
        for linked in &linked.styles {
            let mut style = Style::default();
            for property in &linked.properties {
                self.property(&mut style, property);
            }
            styles.insert(linked.name.node.node.clone(), style);
        }
        styles
    }

    fn property(&mut self, style: &mut Style, given: &Sited<Assignment>) {
        let Assignment { name, value } = &given.node;
        let Some(property) = STYLE.iter().find(|property| property.name == name.node) else {
            let known: Vec<&str> = STYLE.iter().map(|property| property.name).collect();
            let message = format!("a style has no `{}`", name.node);
            let help = suggest::help(&name.node, &known);
            let at = (&given.source, name.span);
            self.report::<()>(diagnostic::UNKNOWN_PROPERTY, at, message, "unknown property", help);
            return;
        };
        let scope =
            Scope::new(&given.source, Selector { node: crate::scenario::field::NodeKind::Scenario, layer: None });
        if let Setter::Color(set) = property.set {
            let color = match &value.node {
                Expr::Color(base, opacity) => self.color(base, *opacity, value.span, &scope),
                // What a parent's style has behind its text can be taken away.
                Expr::Word(word) if word == "none" && property.name == "box" => {
                    style.background = None;
                    return;
                }
                Expr::Word(word) => self.color(word, None, value.span, &scope),
                Expr::Broken => None,
                _ => {
                    let message = format!("`{}` of a style holds a colour", property.name);
                    let help = "write white, #ffcc00 or black 60%";
                    self.report(diagnostic::TYPE_MISMATCH, (&given.source, value.span), message, "not a colour", help)
                }
            };
            if let Some(color) = color {
                set(style, color);
            }
            return;
        }
        let by = format!("`{}` of a style", property.name);
        let due = Due { ty: property.ty, range: property.range, by: &by };
        if matches!(value.node, Expr::Path(_) | Expr::Or(_) | Expr::If(_) | Expr::Length(_)) {
            let message = format!("{by} is not a plain value");
            let help = "a style is made of plain values; let a rule choose between styles";
            self.report::<()>(diagnostic::MISPLACED, (&given.source, value.span), message, "computed", help);
        } else if let Some(Typed { term: Term::Constant(value), .. }) = self.value(value, &scope, Some(due))
            && let Setter::Value(set) = property.set
        {
            set(style, value);
        }
    }

    /// The style called `name`, at a place that names one.
    pub(super) fn style_name(&mut self, name: &str, span: SourceSpan, scope: &Scope<'_>) -> Option<Typed> {
        let linked = self.linked;
        let Some(number) = linked.styles.iter().position(|style| style.name.node.node == name) else {
            let known: Vec<&str> = linked.styles.iter().map(|style| style.name.node.node.as_str()).collect();
            let message = format!("there is no style `{}`", name.escape_debug());
            let help = suggest::help_or(name, &known, || match known.as_slice() {
                [] => format!("define it: style {name} {{ size = 56px }}"),
                _ => format!("there is {}; or define it: style {name} {{ size = 56px }}", suggest::list(&known)),
            });
            return self.report(diagnostic::UNKNOWN_STYLE, (scope.source, span), message, "unknown style", help);
        };
        if let Some(used) = self.used_styles.get_mut(number) {
            *used = true;
        }
        let term = Term::Constant(Value::Name(name.to_owned().into()));
        Some(Typed { term, ty: Type::Style, absent: false, span })
    }
}

//! Paths: `overlay.text`, `decision.theses`.

use crate::decide;
use crate::diagnostic::{self, Help, SourceSpan};
use crate::scenario::field::{self, NodeKind};
use crate::suggest;
use crate::value::{SIGNAL_STATE, Type};

use super::super::term::Term;
use super::Checker;
use super::scope::Scope;
use super::value::Typed;

impl Checker<'_> {
    /// What `path` reads. `setting.…` depends on what is due, and is read elsewhere.
    pub(super) fn path(&mut self, path: &[String], span: SourceSpan, scope: &Scope<'_>) -> Option<Typed> {
        let at = (scope.source, span);
        let (head, rest) = path.split_first()?;
        let rest = rest.join(".");
        if let Some(kind) = NodeKind::from_word(head) {
            if !scope.can_read(kind) {
                let message = format!("a rule for {} cannot read its `{head}`", scope.selector.node.word());
                let heads = scope.heads();
                let help = format!("a path begins here with {}", suggest::list(&heads));
                return self.report(diagnostic::UNKNOWN_FIELD, at, message, "out of reach", help);
            }
            return match field::find(kind, &rest) {
                Some(field) => {
                    let absent = !scope.is_certain(kind, field);
                    Some(Typed { term: Term::Field(kind, field), ty: field.ty, absent, span })
                }
                None => self.unknown_field(kind, &rest, span, scope),
            };
        }
        match head.as_str() {
            "decision" => {
                let found = decide::DECISION.iter().find(|field| field.name == rest);
                if let Some(field) = found {
                    return Some(Typed { term: Term::Decision(field), ty: field.ty, absent: false, span });
                }
                let known: Vec<&str> = decide::DECISION.iter().map(|field| field.name).collect();
                let message = format!("`decision` has no field `{rest}`");
                self.report(diagnostic::UNKNOWN_FIELD, at, message, "unknown field", full("decision", &rest, &known))
            }
            "signal" => self.signal(&rest, span, scope),
            _ => {
                let heads = scope.heads();
                let message = format!("a path cannot begin with `{head}`");
                let help: Help = match suggest::nearest(head, heads.iter().copied()) {
                    Some(near) => Help::instead(head, near, format!("did you mean `{near}.{rest}`?")),
                    None => format!("a path begins here with {}", suggest::list(&heads)).into(),
                };
                let head_span = SourceSpan::new(span.start, span.start + head.len());
                self.report(diagnostic::UNKNOWN_FIELD, (scope.source, head_span), message, "unknown", help)
            }
        }
    }

    fn unknown_field(&mut self, kind: NodeKind, rest: &str, span: SourceSpan, scope: &Scope<'_>) -> Option<Typed> {
        let paths: Vec<&str> = field::fields(kind).iter().map(|field| field.path).collect();
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        // `segment.text` means `segment.params.text`.
        let deeper = paths.iter().find(|path| last(path) == last(rest));
        let word = kind.word();
        let help = match deeper {
            Some(path) => Help::instead(rest, *path, format!("did you mean `{word}.{path}`?")),
            None => full(word, rest, &paths),
        };
        let message = format!("`{word}` has no field `{rest}`");
        let field_span = SourceSpan::new(span.start + word.len() + 1, span.end);
        self.report(diagnostic::UNKNOWN_FIELD, (scope.source, field_span), message, "unknown field", help)
    }

    fn signal(&mut self, name: &str, span: SourceSpan, scope: &Scope<'_>) -> Option<Typed> {
        let at = (scope.source, span);
        let linked = self.linked;
        let known: Vec<&str> = linked.signals.iter().map(|signal| signal.node.name.node.as_str()).collect();
        if let Some(place) = known.iter().position(|known| *known == name) {
            if let Some(used) = self.used_signals.get_mut(place) {
                *used = true;
            }
            let term = Term::Signal(name.into());
            return Some(Typed { term, ty: Type::Enum(&SIGNAL_STATE), absent: false, span });
        }
        let message = format!("there is no signal `{name}`");
        let help = match suggest::nearest(name, known.iter().copied()) {
            Some(near) => {
                Help::instead(format!("signal.{name}"), format!("signal.{near}"), format!("did you mean `{near}`?"))
            }
            None => format!("define it: signal {name} = prompt mentions \"word\"").into(),
        };
        self.report(diagnostic::UNKNOWN_SIGNAL, at, message, "unknown signal", help)
    }
}

fn full(head: &str, rest: &str, known: &[&str]) -> Help {
    if let Some(near) = suggest::nearest(rest, known.iter().copied()) {
        return Help::instead(rest, near, format!("did you mean `{head}.{near}`?"));
    }
    let all: Vec<String> = known.iter().map(|path| format!("{head}.{path}")).collect();
    format!("there is {}", suggest::list(&all)).into()
}

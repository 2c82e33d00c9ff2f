//! Settings, styles and signals of this file that nothing uses.

use std::sync::Arc;

use crate::decide::Decider;
use crate::diagnostic::{self, Help};
use crate::suggest;

use super::super::ast::{Assignment, Sited};
use super::Checker;

impl Checker<'_> {
    pub(super) fn unused(&mut self, decider: &Decider) {
        if !self.may_judge_all() || self.linked.root.name() == super::super::DEFAULT_NAME {
            return;
        }
        self.unused_settings();
        self.unused_styles();
        self.unused_signals(decider);
    }

    /// Whether the whole set was understood: else what seems to be missing may stand in what was not.
    pub(super) fn may_judge_all(&self) -> bool {
        !self.linked.broken && !self.found.has_errors()
    }

    fn unused_settings(&mut self) {
        let linked = self.linked;
        for (setting, used) in linked.settings.iter().zip(self.used_settings.clone()) {
            let Sited { node: Assignment { name, .. }, source } = &setting.assignment;
            if !used && Arc::ptr_eq(source, &linked.root) {
                let message = format!("nothing reads the setting `{}`", name.node);
                let in_parents = linked.settings.iter().map(|other| &other.assignment);
                let known = in_parents.filter(|other| !Arc::ptr_eq(&other.source, &linked.root));
                let help: Help = match suggest::nearest(&name.node, known.map(|other| other.node.name.node.as_str())) {
                    Some(near) => {
                        let words = format!("did you mean `{near}`, which the parent set has? Else remove it");
                        Help::instead(&name.node, near, words)
                    }
                    None => format!("read it as setting.{}, or remove it", name.node).into(),
                };
                self.report::<()>(diagnostic::UNUSED_SETTING, (source, name.span), message, "never read", help);
            }
        }
    }

    fn unused_styles(&mut self) {
        let linked = self.linked;
        for (style, used) in linked.styles.iter().zip(self.used_styles.clone()) {
            if !used && !style.in_parent && Arc::ptr_eq(&style.name.source, &linked.root) {
                let name = &style.name.node;
                let message = format!("no rule names the style `{}`", name.node);
                let help = "name it in a `make` or a setting; a scenario may still name it as its `font_style`";
                let at = (&style.name.source, name.span);
                self.report::<()>(diagnostic::UNUSED_STYLE, at, message, "never named", help);
            }
        }
    }

    fn unused_signals(&mut self, decider: &Decider) {
        let linked = self.linked;
        for (signal, used) in linked.signals.iter().zip(self.used_signals.clone()) {
            let name = &signal.node.name;
            let in_script = decider.script().is_some_and(|script| script.reads(&name.node));
            if used || in_script || !Arc::ptr_eq(&signal.source, &linked.root) {
                continue;
            }
            let message = format!("neither a rule nor a script reads the signal `{}`", name.node);
            let help = match decider.script() {
                Some(script) => format!(
                    "ask for it in a rule, as in when signal.{0} is asked, or in {1} as asked.{0}; or remove it",
                    name.node,
                    script.name()
                ),
                None => format!("ask for it in a rule, as in when signal.{} is asked; or remove it", name.node),
            };
            self.report::<()>(diagnostic::UNUSED_SIGNAL, (&signal.source, name.span), message, "never read", help);
        }
    }
}

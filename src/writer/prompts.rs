//! What a model is told: the shipped templates, and a producer's own in their place.

use std::path::Path;
use std::sync::Arc;

use minijinja::{Value, context};

use crate::diagnostic::{Diagnostics, Source};
use crate::error::{Error, Result};
use crate::template;

/// A template by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// From a prompt and media to a scenario.
    Scenario,
    /// From a scenario to tasks.
    Tasks,
    /// From an instruction and media to tasks.
    Edit,
    /// What is wrong with an answer.
    Repair,
}

impl Prompt {
    /// The names of their templates.
    pub const NAMES: [&str; 4] = ["scenario.jinja", "tasks.jinja", "edit.jinja", "repair.jinja"];

    /// The prompt whose template has this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Scenario, Self::Tasks, Self::Edit, Self::Repair];
        Self::NAMES.iter().zip(all).find(|(known, _)| **known == name).map(|(_, prompt)| prompt)
    }
}

/// A template: its name, what it may read, its blocks.
struct Spec {
    name: &'static str,
    text: &'static str,
    variables: &'static [&'static str],
    blocks: &'static [&'static str],
}

const BOTH: &[&str] = &["system", "user"];

const SPECS: [Spec; 4] = [
    Spec {
        name: "scenario.jinja",
        text: include_str!("../../templates/prompts/scenario.jinja"),
        variables: &[
            "prompt",
            "language",
            "decision",
            "media",
            "main",
            "seconds",
            "aspect_ratio",
            "reference",
            "voiceover",
            "transcript",
            "positions",
            "thesis_letters",
        ],
        blocks: BOTH,
    },
    Spec {
        name: "tasks.jinja",
        text: include_str!("../../templates/prompts/tasks.jinja"),
        variables: &["prompt", "decision", "scenario", "tasks", "styles", "media", "main", "positions"],
        blocks: BOTH,
    },
    Spec {
        name: "edit.jinja",
        text: include_str!("../../templates/prompts/edit.jinja"),
        variables: &["prompt", "decision", "tasks", "styles", "media", "main", "transcript", "positions"],
        blocks: BOTH,
    },
    Spec {
        name: "repair.jinja",
        text: include_str!("../../templates/prompts/repair.jinja"),
        variables: &["findings", "more", "left"],
        blocks: &["user"],
    },
];

/// The four templates, checked.
#[derive(Clone, Debug)]
pub struct Templates([Arc<Source>; 4]);

impl Templates {
    /// The shipped ones.
    #[must_use]
    pub fn shipped() -> Self {
        Self(SPECS.map(|spec| Source::new(spec.name, spec.text)))
    }

    /// The names and texts of the shipped ones, to write one's own from.
    pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
        SPECS.iter().map(|spec| (spec.name, spec.text))
    }

    /// The shipped ones, with the files of the same names in `folder` in their place (`scenario.jinja`, `tasks.jinja`,
    /// `edit.jinja`, `repair.jinja`); all mistakes in them at once.
    pub fn with_folder(folder: &Path) -> Result<Self> {
        let mut templates = Self::shipped();
        let mut found = Diagnostics::new();
        let mut own = 0;
        for (spec, source) in SPECS.iter().zip(&mut templates.0) {
            let path = folder.join(spec.name);
            if let Some(text) = read(&path)? {
                own += 1;
                *source = Source::new(path.display().to_string(), text);
                found.extend(template::check(source, spec.variables, spec.blocks, &example()));
            }
        }
        if own == 0 {
            let reason = format!("it has none of {}", SPECS.map(|spec| spec.name).join(", "));
            return Err(Error::Read { path: folder.to_owned(), source: std::io::Error::other(reason) });
        }
        if found.has_errors() { Err(found.into()) } else { Ok(templates) }
    }

    /// The blocks `system` and `user` of a template, filled in.
    pub(super) fn fill(&self, prompt: Prompt, values: &Value) -> Result<[String; 2]> {
        template::render_blocks(self.source(prompt), ["system", "user"], values)
    }

    /// What is said of a wrong answer.
    pub(super) fn repair(&self, values: &Value) -> Result<String> {
        template::render_blocks(self.source(Prompt::Repair), ["user"], values).map(|[text]| text)
    }

    fn source(&self, prompt: Prompt) -> &Arc<Source> {
        let [scenario, tasks, edit, repair] = &self.0;
        match prompt {
            Prompt::Scenario => scenario,
            Prompt::Tasks => tasks,
            Prompt::Edit => edit,
            Prompt::Repair => repair,
        }
    }
}

/// All that is wrong with a template that stands in for the shipped one of that purpose.
#[must_use]
pub fn check_template(prompt: Prompt, source: &Arc<Source>) -> Diagnostics {
    let [scenario, tasks, edit, repair] = &SPECS;
    let spec = match prompt {
        Prompt::Scenario => scenario,
        Prompt::Tasks => tasks,
        Prompt::Edit => edit,
        Prompt::Repair => repair,
    };
    template::check(source, spec.variables, spec.blocks, &example())
}

/// The file's text; none where there is no such file.
fn read(path: &Path) -> Result<Option<String>> {
    let fail = |source: std::io::Error| Error::Read { path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fail(error)),
        Ok(about) if about.len() > template::MAX_BYTES as u64 => {
            Err(fail(std::io::Error::other("a template is at most 256 KiB")))
        }
        Ok(_) => std::fs::read_to_string(path).map(Some).map_err(fail),
    }
}

/// Values of the shapes that every template gets, so that a wrong field is found before a model is asked.
fn example() -> Value {
    let media = [
        context! { id => "main", kind => "video", seconds => 12.5, width => 1080, height => 1920, sound => true, file => "main.mp4" },
    ];
    let transcript = [context! { start => 0.5, end => 2.0, text => "…" }];
    let params = [context! { name => "text", ty => "text", need => "required", range => "", doc => "…" }];
    let tasks = [context! { name => "trim", doc => "…", stage => "source", inputs => "one input", params => params }];
    let findings = [context! { pointer => "/scenes/0", message => "…", help => "…" }];
    context! {
        prompt => "…", language => "Russian", main => "main", seconds => 30.0, aspect_ratio => "9:16", reference => "…", voiceover => "…",
        decision => context! { theses => true, subtitles => true, source => "voiceover" },
        positions => ["center"], thesis_letters => 60, media, transcript, tasks, styles => ["minimal"], scenario => "{}",
        findings, more => 1, left => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_templates_are_right() {
        for spec in SPECS {
            let source = Source::new(spec.name, spec.text);
            let found = template::check(&source, spec.variables, spec.blocks, &example());
            assert_eq!(crate::diagnostic::pretty(&found, crate::diagnostic::Colour::Never), "", "{}", spec.name);
        }
    }
}

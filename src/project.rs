//! `callsheet.toml`: what a command in the folder of a project takes where nothing is named.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::error::{Error, Result};
use crate::suggest;

/// The name of the file; the folder in which it lies is the project's.
pub const FILE: &str = "callsheet.toml";

const KEYS: [&str; 2] = ["rules", "templates"];

/// A file that is larger is no project's.
const MAX_BYTES: u64 = 64 << 10;

/// What a project's file says; paths start from the project's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// The folder.
    pub folder: PathBuf,
    /// The rule set that is meant where none is named.
    pub rules: Option<String>,
    /// The folder of templates that is meant where none is named.
    pub templates: Option<String>,
}

impl Project {
    /// `path` of the project, as it is reached from the working folder.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        if self.folder == Path::new(".") { PathBuf::from(path) } else { self.folder.join(path) }
    }
}

/// The project in whose folder, or below it, the program works; none where no folder up to the root has the file.
pub fn around() -> Result<Option<Project>> {
    let here = std::env::current_dir().map_err(|source| Error::Read { path: ".".into(), source })?;
    let mut folder = PathBuf::from(".");
    for ancestor in here.ancestors() {
        if let Some(source) = open(ancestor, &folder.join(FILE))? {
            return Ok(Some(Project { folder, ..read(&source, ancestor)? }));
        }
        folder = if folder == Path::new(".") { "..".into() } else { folder.join("..") };
    }
    Ok(None)
}

/// The project of `folder` itself, if it is one.
pub fn of(folder: &Path) -> Result<Option<Project>> {
    let Some(source) = open(folder, &folder.join(FILE))? else { return Ok(None) };
    Ok(Some(Project { folder: folder.to_owned(), ..read(&source, folder)? }))
}

/// The project's file in `folder`, which is called `name` in messages.
fn open(folder: &Path, name: &Path) -> Result<Option<Arc<Source>>> {
    let path = folder.join(FILE);
    let fail = |source| Error::Read { path: path.clone(), source };
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
        Ok(file) if file.len() > MAX_BYTES => return Err(fail(io::Error::other("it is larger than 64 KiB"))),
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(&path).map_err(fail)?;
    let name = name.strip_prefix(".").unwrap_or(name);
    Ok(Some(Source::new(name.display().to_string(), text)))
}

/// Reads the file of the project in `folder`; what it names has to be there.
pub fn read(source: &Arc<Source>, folder: &Path) -> std::result::Result<Project, Diagnostics> {
    let written: BTreeMap<Spanned<String>, Spanned<toml::Value>> = toml::from_str(source.text()).map_err(|error| {
        let span = error.span().unwrap_or_default();
        let message = format!("the project's file is not TOML: {}", error.message().lines().next().unwrap_or_default());
        let at = Location::new(source, SourceSpan::new(span.start, span.end));
        Diagnostics::from(
            Diagnostic::new(diagnostic::PROJECT_FILE, message)
                .at(at)
                .label("here")
                .help("write a key and a path in quotes, as in rules = \"rules/brand.rules\""),
        )
    })?;
    let mut project = Project::default();
    let mut found = Diagnostics::new();
    let mut report = |span: std::ops::Range<usize>, message: String, label: &str, help: diagnostic::Help| {
        let at = Location::new(source, SourceSpan::new(span.start, span.end));
        found.push(Diagnostic::new(diagnostic::PROJECT_FILE, message).at(at).label(label).help(help));
    };
    for (key, value) in &written {
        let place = match key.get_ref().as_str() {
            "rules" => &mut project.rules,
            "templates" => &mut project.templates,
            other => {
                let message = format!("a project has no `{}`", other.escape_debug());
                report(key.span(), message, "unknown key", suggest::help(other, &KEYS));
                continue;
            }
        };
        match value.get_ref() {
            toml::Value::String(path) if !path.is_empty() && Path::new(path).is_relative() => {
                if !folder.join(path).exists() {
                    let message = format!("there is no `{}` in the project", path.escape_debug());
                    let help = "write where it lies, from this file's folder; or remove the line";
                    report(value.span(), message, "not there", help.into());
                }
                *place = Some(path.clone());
            }
            toml::Value::String(path) => {
                let message = format!("`{}` is not a path from the project's folder", path.escape_debug());
                let help =
                    format!("write a relative path with `/`, as in {} = \"{}\"", key.get_ref(), example(key.get_ref()));
                report(value.span(), message, "not a relative path", help.into());
            }
            other => {
                let message =
                    format!("`{}` holds a path in quotes, not one of type {}", key.get_ref(), other.type_str());
                let help = format!("write {} = \"{}\"", key.get_ref(), example(key.get_ref()));
                report(value.span(), message, "not a path", help.into());
            }
        }
    }
    if found.has_errors() { Err(found) } else { Ok(project) }
}

fn example(key: &str) -> &'static str {
    if key == "rules" { "rules/brand.rules" } else { "templates" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Colour, pretty};

    #[test]
    fn what_is_wrong_is_told_for_every_key() {
        let source = Source::new(FILE, "ruels = \"a.rules\"\nrules = 3\ntemplates = \"/etc\"\n");
        let shown = read(&source, Path::new("."))
            .map_or_else(|found| pretty(&found, Colour::Never), |project| format!("{project:?}"));
        for words in ["did you mean `rules`?", "not one of type integer", "is not a path from the project's folder"] {
            assert!(shown.contains(words), "{words}:\n{shown}");
        }
        let broken = Source::new(FILE, "rules = rules/brand.rules\n");
        let shown = read(&broken, Path::new("."))
            .map_or_else(|found| pretty(&found, Colour::Never), |project| format!("{project:?}"));
        assert!(shown.contains("callsheet.toml:1:") && shown.contains("a path in quotes"), "{shown}");
    }
}

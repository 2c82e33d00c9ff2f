//! The cases of a project, and snapshots that belong to none.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::rules::beside;

/// The end of a case's name, where it is one file.
const SUFFIX: &str = ".case.json";
/// The name of a case that is a folder.
pub(super) const IN_FOLDER: &str = "case.json";
/// The end of a snapshot's name.
const SNAPSHOT: &str = ".plan";

/// Where a case lies; paths as their user would say them, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFiles {
    /// Its name: `NAME` of `tests/NAME.case.json` and of `tests/NAME/case.json`.
    pub name: String,
    /// Its file.
    pub case: String,
    /// What was accepted for it, whether or not it is there yet.
    pub snapshot: String,
    /// The folder whose `rules/` are meant where the case names none.
    pub project: String,
}

/// What lies in the folders that were asked about.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The cases, by name within a folder.
    pub cases: Vec<CaseFiles>,
    /// Snapshots without a case.
    pub orphans: Vec<String>,
}

/// Finds the cases of projects, of folders of cases, and cases by their files. A path without any is an error.
pub fn find(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    for path in paths {
        let before = found.cases.len();
        at(path, &mut found)?;
        if found.cases.len() == before {
            let help = "there is no case in it: write tests/NAME.case.json, or let `callsheet new DIR` show one";
            return Err(Error::Read { path: path.clone(), source: io::Error::other(help) });
        }
    }
    let mut seen: Vec<String> = Vec::new();
    found.cases.retain(|case| {
        let is_new = !seen.contains(&case.case);
        seen.push(case.case.clone());
        is_new
    });
    found.orphans.sort();
    found.orphans.dedup();
    Ok(found)
}

fn at(path: &Path, found: &mut Found) -> Result<()> {
    let name = path
        .to_str()
        .map(|path| beside("", path))
        .ok_or_else(|| Error::Read { path: path.to_owned(), source: io::Error::other("its name is not UTF-8 text") })?;
    if path.is_file() {
        let case = if last(&name) == IN_FOLDER { in_folder(parent(&name)) } else { in_file(&name) };
        let no_case = || io::Error::other("it is no case: the name of one ends in `.case.json`");
        found.cases.push(case.ok_or_else(|| Error::Read { path: path.to_owned(), source: no_case() })?);
        return Ok(());
    }
    if path.join(IN_FOLDER).is_file() {
        found.cases.extend(in_folder(&name));
        return Ok(());
    }
    let tests = path.join("tests");
    if tests.is_dir() { list(&tests, &within(&name, "tests"), found) } else { list(path, &name, found) }
}

/// The cases right in a folder, and those that are folders in it.
fn list(folder: &Path, name: &str, found: &mut Found) -> Result<()> {
    let names = names(folder)?;
    for entry in &names {
        let path = within(name, entry);
        if folder.join(entry).is_dir() {
            let inside = self::names(&folder.join(entry))?;
            let case = inside.iter().any(|name| name == IN_FOLDER).then(|| in_folder(&path)).flatten();
            let plans = inside.iter().filter(|name| name.ends_with(SNAPSHOT)).map(|name| within(&path, name));
            found.orphans.extend(plans.filter(|plan| case.as_ref().is_none_or(|case| case.snapshot != *plan)));
            found.cases.extend(case);
        } else if let Some(stem) = entry.strip_suffix(SNAPSHOT) {
            if !names.contains(&format!("{stem}{SUFFIX}")) {
                found.orphans.push(path);
            }
        } else {
            found.cases.extend(in_file(&path));
        }
    }
    Ok(())
}

/// The names in a folder, in order, without hidden ones and those that are not UTF-8.
fn names(folder: &Path) -> Result<Vec<String>> {
    let fail = |source| Error::Read { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(fail)? {
        names.extend(entry.map_err(fail)?.file_name().into_string().ok().filter(|name| !name.starts_with('.')));
    }
    names.sort_unstable();
    Ok(names)
}

fn in_file(path: &str) -> Option<CaseFiles> {
    let stem = path.strip_suffix(SUFFIX)?;
    Some(CaseFiles {
        name: last(stem).to_owned(),
        case: path.to_owned(),
        snapshot: format!("{stem}{SNAPSHOT}"),
        project: beside(path, ".."),
    })
    .filter(|case| !case.name.is_empty())
}

fn in_folder(folder: &str) -> Option<CaseFiles> {
    // The folder that the program stands in has a name, too, but not here.
    let name = match last(folder) {
        "" | ".." => {
            within(folder, ".").parse::<PathBuf>().ok()?.canonicalize().ok()?.file_name()?.to_str()?.to_owned()
        }
        name => name.to_owned(),
    };
    let case = within(folder, IN_FOLDER);
    let snapshot = within(folder, &format!("{name}{SNAPSHOT}"));
    Some(CaseFiles { project: beside(&case, "../.."), snapshot, name, case })
}

pub(super) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `name` in `folder`, where an empty folder is the one that the program stands in.
pub(super) fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The rule sets of a project: the files of `rules/` that end in `.rules`.
pub(super) fn rule_sets(project: &str) -> Vec<String> {
    let folder = within(project, "rules");
    let names = names(Path::new(&folder)).unwrap_or_default();
    let is_set = |name: &String| Path::new(name).extension().is_some_and(|extension| extension == "rules");
    names.into_iter().filter(is_set).map(|name| within(&folder, &name)).collect()
}

//! `callsheet new`: a project to start from, whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::writer::Templates;

use super::output::print;

/// Make a project: rules of your own, a scenario to try them on, and tests of them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet new acme          then: cd acme && callsheet test
  callsheet new .             in the current folder, if it is empty

Nothing is ever overwritten: a folder with files in it is refused. A `.git` folder may be there.")]
pub(super) struct Args {
    /// The folder to make
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The files, and what each is.
const FILES: &[(&str, &str, &str)] = &[
    (
        "rules/brand.rules",
        include_str!("../../templates/new/rules/brand.rules"),
        "what is yours: a look, a setting, a phrase, a house rule",
    ),
    (
        "rules/text.rhai",
        include_str!("../../rules/text.rhai"),
        "what text a prompt leads to: as it is shipped, to be changed",
    ),
    ("callsheet.toml", include_str!("../../templates/new/callsheet.toml"), "which rules and templates are meant here"),
    ("scenario.json", include_str!("../../templates/new/scenario.json"), "a small video to try it on"),
    (
        "tests/look.case.json",
        include_str!("../../templates/new/tests/look.case.json"),
        "a case: what your rules make of that video",
    ),
    ("tests/look.plan", include_str!("../../templates/new/tests/look.plan"), "the plan that was accepted for it"),
    (
        "tests/long_headline.case.json",
        include_str!("../../templates/new/tests/long_headline.case.json"),
        "a case: what they refuse",
    ),
    ("tests/long_headline.plan", include_str!("../../templates/new/tests/long_headline.plan"), "what is said then"),
    ("README.md", include_str!("../../templates/new/README.md"), "how to go on"),
    (".gitignore", include_str!("../../templates/new/gitignore"), "media and videos stay out of git"),
];

/// Where the shipped templates are laid.
const TEMPLATES: &str = "templates";

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let folder = &args.folder;
    make(folder)?;
    let templates =
        (format!("{TEMPLATES}/"), "what a model is told, where one is used: as it is shipped, to be changed");
    let files = FILES.iter().map(|(name, _, what)| ((*name).to_owned(), *what));
    let lines: Vec<(String, &str)> = files.chain([templates]).collect();
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = format!("made {}:\n", folder.display());
    for (name, what) in lines {
        text = format!("{text}  {name:width$}  {what}\n");
    }
    let enter = if folder.as_path() == Path::new(".") { String::new() } else { format!("cd {} && ", folder.display()) };
    print(&format!("{text}\nnext: {enter}callsheet test\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn make(folder: &Path) -> Result<()> {
    let refuse = |reason: &str| Err(Error::Output { path: folder.to_owned(), reason: reason.into() });
    let fail = |source| Error::Write { path: folder.to_owned(), source };
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_there = folder.is_dir();
    if is_there && !is_empty(folder).map_err(fail)? {
        return refuse("there are files in it; name a new folder, as in `callsheet new acme`");
    } else if !is_there && folder.symlink_metadata().is_ok() {
        return refuse("it is a file; name a new folder, as in `callsheet new acme`");
    } else if !is_there && !parent.is_dir() {
        return refuse("its folder does not exist; make it first");
    }
    // What is begun lies aside until it is whole, on the same disk; its owner's alone, it goes away by itself.
    let aside = if is_there { folder } else { parent };
    let aside = tempfile::Builder::new().prefix(".callsheet-").tempdir_in(aside).map_err(fail)?;
    let whole = aside.path().join("project");
    write(&whole).map_err(fail)?;
    if is_there { move_into(&whole, folder).map_err(fail) } else { fs::rename(&whole, folder).map_err(fail) }
}

/// Whether nothing is in it; a repository that has just been made is nothing.
fn is_empty(folder: &Path) -> std::io::Result<bool> {
    for entry in folder.read_dir()? {
        if entry?.file_name() != ".git" {
            return Ok(false);
        }
    }
    Ok(true)
}

fn write(folder: &Path) -> std::io::Result<()> {
    let own = FILES.iter().map(|(name, text, _)| (folder.join(name), *text));
    let templates = Templates::files().map(|(name, text)| (folder.join(TEMPLATES).join(name), text));
    for (path, text) in own.chain(templates) {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// Moves everything in `whole` into `folder`; if one thing cannot be moved, those before it are taken away again.
fn move_into(whole: &Path, folder: &Path) -> std::io::Result<()> {
    let mut moved: Vec<PathBuf> = Vec::new();
    for entry in whole.read_dir()? {
        let name = entry?.file_name();
        let place = folder.join(&name);
        // `rename` would replace a file that came here meanwhile.
        let result = if place.symlink_metadata().is_ok() {
            Err(std::io::ErrorKind::AlreadyExists.into())
        } else {
            fs::rename(whole.join(&name), &place)
        };
        if let Err(error) = result {
            for place in moved {
                // What cannot be taken away is told by the error all the same.
                let _ = if place.is_dir() { fs::remove_dir_all(place) } else { fs::remove_file(place) };
            }
            return Err(error);
        }
        moved.push(place);
    }
    Ok(())
}

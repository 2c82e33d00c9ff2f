//! The README says what the program says. `README=write cargo test readme` writes its outputs anew.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::media::{RED, TALK};

/// A folder with all that stands in the repository, and the clips that the README speaks of.
fn desk(root: &Path) -> tempfile::TempDir {
    let desk = tempfile::tempdir().unwrap();
    for name in ["examples", "rules", "tests"] {
        symlink(root.join(name), desk.path().join(name)).unwrap();
    }
    symlink(TALK.path(), desk.path().join("talk.mp4")).unwrap();
    symlink(RED.path(), desk.path().join("street.mp4")).unwrap();
    desk
}

/// Says what a shell would: the README's lines are typed there.
fn shell(line: &str, folder: &Path) -> String {
    let programs = Path::new(env!("CARGO_BIN_EXE_callsheet")).parent().unwrap().to_str().unwrap();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PATH", path).env_remove("CI");
    // What is kept here tells how fast this machine is; the README speaks of one on which nothing was rendered.
    let cache = tempfile::tempdir().unwrap();
    command.env("CALLSHEET_CACHE", cache.path());
    let output = command.output().unwrap();
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
}

/// The files that a block of their language shows.
const SHOWN: &[(&str, &str)] =
    &[("```rules", "examples/demo/brand.rules"), ("```json", "examples/demo/tests/no_text.case.json")];

/// Replaces the output in each `console` block by what its command says, and the blocks of files by the files.
fn refreshed(text: &str, root: &Path) -> String {
    let desk = desk(root);
    let mut fresh = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        fresh.push_str(line);
        fresh.push('\n');
        let shown = SHOWN.iter().find(|(fence, _)| *fence == line);
        if line != "```console" && shown.is_none() {
            continue;
        }
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some((_, file)) = shown {
            fresh.push_str(&std::fs::read_to_string(root.join(file)).unwrap());
        } else {
            let command =
                block.first().and_then(|line| line.strip_prefix("$ ")).expect("a console block runs something");
            assert!(command.starts_with("callsheet "), "a console block runs callsheet: {command}");
            fresh.extend(["$ ", command, "\n"]);
            fresh.push_str(&shell(command, desk.path()));
        }
        fresh.push_str("```\n");
    }
    fresh
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let fresh = refreshed(&text, root);
    if std::env::var_os("README").is_some_and(|value| value == "write") {
        std::fs::write(&path, &fresh).unwrap();
    } else {
        assert!(text == fresh, "the README is stale: README=write cargo test readme");
    }
}

#[test]
fn every_command_of_the_readme_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut seen = 0;
    for name in text.lines().filter_map(|line| line.strip_prefix("| `callsheet ")?.split('`').next()) {
        let help = Command::new(env!("CARGO_BIN_EXE_callsheet")).args([name, "--help"]).output().unwrap();
        assert!(help.status.success(), "callsheet {name} does not exist");
        seen += 1;
    }
    assert!(seen >= 7);
    for link in
        text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.starts_with("http"))
    {
        assert!(root.join(link).exists(), "the README links to {link}, which is not there");
    }
}

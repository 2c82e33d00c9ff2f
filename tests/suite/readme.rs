//! The README says what the program says. `README=write cargo test readme` writes its outputs anew.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::media::{RED, TALK};
use crate::pages::{Reader, hold};

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

#[test]
fn the_readme_shows_what_the_program_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let desk = desk(root);
    let fresh = Reader::new(desk.path()).follows(&text);
    hold(&path, &text, &fresh, "README", "readme");
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

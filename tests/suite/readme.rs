//! The README says what the program says. `README=write cargo test readme` writes its outputs anew.

use std::path::Path;
use std::process::Command;

/// The files that a block of their language shows.
const SHOWN: &[(&str, &str)] =
    &[("```rules", "examples/demo/brand.rules"), ("```json", "examples/demo/tests/no_text.case.json")];

/// Replaces the output in each `console` block by what its command says, and the blocks of files by the files.
fn refreshed(text: &str, root: &Path) -> String {
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
            let command = block
                .first()
                .and_then(|line| line.strip_prefix("$ callsheet "))
                .expect("a console block runs callsheet");
            let output = Command::new(env!("CARGO_BIN_EXE_callsheet"))
                .args(command.split(' '))
                .current_dir(root)
                .env_remove("CI")
                .output()
                .unwrap();
            fresh.extend(["$ callsheet ", command, "\n"]);
            for text in [output.stdout, output.stderr] {
                fresh.push_str(&String::from_utf8(text).unwrap());
            }
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

//! `callsheet fmt`: what a rule set looks like, and that it says what it said.

use std::path::{Path, PathBuf};

use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::error::Error;
use callsheet::rules;
use proptest::prelude::*;

use super::cli::Desk;

#[path = "format/program.rs"]
mod program;

fn formatted(text: &str) -> String {
    rules::format(&Source::new("x.rules", text)).unwrap_or_else(|error| match error {
        Error::Invalid(found) => panic!("{}\n{text}", pretty(&found, Colour::Never)),
        other => panic!("{other}\n{text}"),
    })
}

fn tree(text: &str) -> Vec<rules::ast::Item> {
    let (ast, found) = rules::parse(&Source::new("x.rules", text));
    assert!(found.is_empty(), "{}\n{text}", pretty(&found, Colour::Never));
    ast.items
}

/// The comments of a generated program: each holds one `#` and a `~`, which stands nowhere else.
fn comments(text: &str) -> Vec<&str> {
    let commented = text.lines().filter(|line| line.contains('~'));
    commented.map(|line| line[line.rfind('#').unwrap()..].trim_end()).collect()
}

/// Every rule set of the repository.
fn all_rule_sets() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("rules"), root.join("examples"), root.join("tests/fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rules") {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn untidy_rules_come_out_tidy_with_every_comment() {
    insta::glob!("../fixtures/format", "*.rules", |path| {
        insta::assert_snapshot!(formatted(&std::fs::read_to_string(path).unwrap()));
    });
}

#[test]
fn the_shipped_rules_and_the_examples_are_in_the_style() {
    for path in all_rule_sets().into_iter().filter(|path| !path.to_str().unwrap().contains("/tests/")) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(formatted(&text) == text, "cargo run -- fmt {}", path.display());
    }
}

#[test]
fn what_is_formatted_stays_as_it_is() {
    let mut count = 0;
    for path in all_rule_sets() {
        let text = std::fs::read_to_string(&path).unwrap();
        if rules::parse(&Source::new("x.rules", text.as_str())).1.is_empty() {
            let once = formatted(&text);
            assert_eq!(formatted(&once), once, "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 50, "{count} rule sets");
}

#[test]
fn what_is_nested_deep_is_not_pushed_out_at_the_right() {
    let (open, close) = ("not (".repeat(30), ")".repeat(30));
    let conditions = "overlay.text exists and ".repeat(2_000);
    let text = format!("language 1\nrule a {{ for overlay when {open}{conditions}main exists{close} }}\n");
    let once = formatted(&text);
    assert!(once.len() < 2 * text.len(), "{} bytes of {}", once.len(), text.len());
    assert_eq!(formatted(&once), once);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(160) })]

    #[test]
    fn a_formatted_program_says_the_same_with_the_same_comments(text in program::any_program()) {
        let once = formatted(&text);
        prop_assert_eq!(tree(&once), tree(&text), "{}", once);
        prop_assert_eq!(comments(&once), comments(&text), "{}", once);
        prop_assert_eq!(&formatted(&once), &once, "{}", text);
        prop_assert!(once.lines().all(|line| line.trim_end() == line), "{}", once);
        prop_assert!(!once.contains("\n\n\n\n") && !once.starts_with('\n') && !once.ends_with("\n\n"), "{}", once);
    }

    #[test]
    fn what_can_be_read_can_be_formatted(at in 0.0..1.0_f64, length in 0_usize..9, put in "[#\\n ,{}a=(\"]{0,3}") {
        let text = include_str!("../fixtures/format/comments_everywhere.rules");
        let near = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let start = near((at * text.len() as f64) as usize);
        let damaged = format!("{}{put}{}", &text[..start], &text[near((start + length).min(text.len())).max(start)..]);
        if rules::parse(&Source::new("x.rules", damaged.as_str())).1.is_empty() {
            let once = formatted(&damaged);
            prop_assert_eq!(&formatted(&once), &once, "{}", damaged);
        }
    }
}

const UNTIDY: &str = "language 1\nsetting a=1s\nsetting   long_name = 25%   # why\n";

#[test]
fn files_are_written_anew_where_their_style_differs_and_only_there() {
    let desk = Desk::new();
    desk.write("untidy.rules", UNTIDY);
    desk.write("notes.txt", "not a rule set");
    std::fs::create_dir_all(desk.path("sub/.hidden")).unwrap();
    desk.write("sub/tidy.rules", "language 1\n");
    desk.write("sub/.hidden/untidy.rules", UNTIDY);
    let before = std::fs::metadata(desk.path("sub/tidy.rules")).unwrap().modified().unwrap();
    let check = desk.run(&["fmt", "--check", "."]);
    assert_eq!(std::fs::read_to_string(desk.path("untidy.rules")).unwrap(), UNTIDY);
    let fmt = desk.run(&["fmt", "."]);
    let text = std::fs::read_to_string(desk.path("untidy.rules")).unwrap();
    let again = desk.run(&["fmt", ".", "untidy.rules"]);
    let checked = desk.run(&["fmt", "--check", "sub", "untidy.rules"]);
    insta::assert_snapshot!(format!(
        "{}\n{}\n--- untidy.rules\n{text}\n{}\n{}",
        check.whole(),
        fmt.whole(),
        again.whole(),
        checked.whole()
    ));
    assert_eq!(std::fs::metadata(desk.path("sub/tidy.rules")).unwrap().modified().unwrap(), before);
    assert_eq!(std::fs::read_to_string(desk.path("sub/.hidden/untidy.rules")).unwrap(), UNTIDY);
}

#[test]
fn a_file_that_is_not_understood_is_left_alone_and_the_others_are_formatted() {
    let desk = Desk::new();
    let broken = "language 1\nsetting  a = \nrule x { wehn true }\n";
    desk.write("broken.rules", broken);
    desk.write("untidy.rules", UNTIDY);
    let outcome = desk.run(&["fmt", "broken.rules", "nowhere.rules", "untidy.rules"]);
    insta::assert_snapshot!(outcome.whole());
    assert_eq!(std::fs::read_to_string(desk.path("broken.rules")).unwrap(), broken);
    assert_ne!(std::fs::read_to_string(desk.path("untidy.rules")).unwrap(), UNTIDY);
}

#[test]
fn standard_input_is_written_to_standard_output() {
    use std::io::Write as _;
    use std::process::Stdio;
    let desk = Desk::new();
    let run = |arguments: &[&str], text: &str| {
        let mut child = desk
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let tidy = formatted(UNTIDY);
    assert_eq!(run(&["fmt", "-"], UNTIDY), (Some(0), tidy.clone(), String::new()));
    assert_eq!(run(&["fmt", "-"], &tidy), (Some(0), tidy.clone(), String::new()));
    assert_eq!(run(&["fmt", "-", "--check"], &tidy), (Some(0), String::new(), String::new()));
    let (code, stdout, _) = run(&["fmt", "-", "--check"], UNTIDY);
    assert!(code == Some(1) && stdout.starts_with("--- <stdin>\n+++ <stdin> (formatted)\n"), "{stdout}");
    assert_eq!(run(&["fmt", "-"], "rule {").0, Some(3));
}

#[test]
#[cfg(unix)]
fn a_link_stays_a_link_and_a_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.write("own.rules", UNTIDY);
    std::fs::set_permissions(desk.path("own.rules"), PermissionsExt::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("own.rules", desk.path("link.rules")).unwrap();
    assert_eq!(desk.run(&["fmt", "link.rules"]).code, 0);
    assert!(desk.path("link.rules").is_symlink());
    assert_eq!(std::fs::read_to_string(desk.path("own.rules")).unwrap(), formatted(UNTIDY));
    assert_eq!(std::fs::metadata(desk.path("own.rules")).unwrap().permissions().mode() & 0o777, 0o640);
}

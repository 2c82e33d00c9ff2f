//! What the program says of itself: help with examples, man pages, completions.

use std::collections::BTreeSet;
use std::process::Command;

use super::cli::Desk;

/// Every command, and every command below one, as its words.
pub(crate) fn commands(desk: &Desk, above: &[&str], found: &mut Vec<Vec<String>>) {
    let help = desk.run(&[above, &["--help"]].concat()).stdout;
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        let words = [above, &[name]].concat();
        found.push(words.iter().map(ToString::to_string).collect());
        commands(desk, &words, found);
    }
}

fn all_commands(desk: &Desk) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    commands(desk, &[], &mut found);
    found
}

#[test]
fn the_help_of_every_command_has_an_example_of_it() {
    let desk = Desk::new();
    let commands = all_commands(&desk);
    assert!(commands.len() > 30, "{commands:?}");
    for words in commands {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let help = desk.run(&[&words[..], &["--help"]].concat());
        let examples = help.stdout.split("\nExamples:\n").nth(1).unwrap_or_default();
        let wanted = format!("  callsheet {}", words.join(" "));
        assert!(examples.lines().any(|line| line.starts_with(&wanted)), "no example of {words:?}:\n{}", help.stdout);
    }
}

#[test]
fn every_command_has_a_man_page() {
    let desk = Desk::new();
    let written = desk.run(&["man", "--output", "share/man1"]);
    assert_eq!((written.code, written.stderr.as_str()), (0, ""));
    let pages = desk.path("share/man1").read_dir().unwrap();
    let pages: BTreeSet<String> = pages.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut wanted: BTreeSet<String> =
        all_commands(&desk).into_iter().map(|words| format!("callsheet-{}.1", words.join("-"))).collect();
    wanted.insert("callsheet.1".into());
    assert_eq!(pages, wanted);
    assert_eq!(written.stdout, format!("share/man1: {} pages, callsheet.1 and one for each command\n", wanted.len()));

    let stored = std::fs::read_to_string(desk.path("share/man1/callsheet-render.1")).unwrap();
    assert_eq!(desk.run(&["man", "render"]).stdout, stored, "a page is the same wherever it goes");
    for words in [".SH NAME\ncallsheet\\-render", "\\fB\\-\\-target\\-size\\fR", "callsheet render scenario.json"] {
        assert!(stored.contains(words), "no {words} in\n{stored}");
    }
    // Where there is a reader of man pages, it can read them.
    if let Ok(read) = Command::new("man").arg("-l").arg(desk.path("share/man1/callsheet.1")).output() {
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    }
}

#[test]
fn a_man_page_of_no_command_is_none() {
    let desk = Desk::new();
    let refused = desk.run(&["man", "rendr"]);
    assert_eq!(refused.code, 2);
    assert_eq!(refused.stderr, "error: there is no command `rendr`; did you mean `callsheet man render`?\n");
    desk.write("taken", "");
    let refused = desk.run(&["man", "--output", "taken"]);
    assert_eq!(refused.code, 1, "{}", refused.whole());
}

#[test]
fn every_shell_can_complete_every_command() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = desk.run(&["completions", shell]).stdout;
        for words in all_commands(&desk) {
            let last = words.last().unwrap();
            assert!(script.contains(last), "{shell} completes no {words:?}");
        }
    }
    if let Ok(read) = Command::new("bash").args(["-n", "/dev/stdin"]).stdin(script(&desk)).output() {
        assert_eq!(String::from_utf8_lossy(&read.stderr), "", "bash reads its completions");
    }
}

fn script(desk: &Desk) -> std::fs::File {
    desk.write("completions.bash", desk.run(&["completions", "bash"]).stdout);
    std::fs::File::open(desk.path("completions.bash")).unwrap()
}

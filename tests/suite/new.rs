//! `callsheet new`, and the way of a producer from there.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::cli::{Desk, Outcome};

/// What a producer sees: each command with all that it says.
struct Terminal {
    desk: Desk,
    shown: String,
}

impl Terminal {
    /// Types a command into the folder of the project.
    fn types(&mut self, command: &str, answers: &str) -> i32 {
        let arguments: Vec<&str> = command.split(' ').collect();
        let outcome = in_project(&self.desk, &arguments, answers);
        writeln!(self.shown, "$ callsheet {command}\n{}{}", outcome.stdout, outcome.stderr).unwrap();
        outcome.code
    }

    /// Changes one line of a file.
    fn edits(&mut self, file: &str, old: &str, new: &str) {
        let path = self.desk.path("acme").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} has no `{old}`:\n{text}");
        std::fs::write(path, text.replacen(old, new, 1)).unwrap();
        writeln!(self.shown, "# {file}: {} -> {}\n", old.trim(), new.trim()).unwrap();
    }

    fn writes(&mut self, file: &str, text: &str) {
        std::fs::write(self.desk.path("acme").join(file), text).unwrap();
        writeln!(self.shown, "# {file}:\n{text}").unwrap();
    }
}

fn in_project(desk: &Desk, arguments: &[&str], input: &str) -> Outcome {
    let mut command = desk.command(arguments);
    command.current_dir(desk.path("acme")).env_remove("CI");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that asks nothing may be gone before it is answered.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn a_producer_goes_from_nothing_to_a_look_a_phrase_and_a_house_rule_with_its_test() {
    let desk = Desk::new();
    let made = desk.run(&["new", "acme"]);
    let mut terminal = Terminal { desk, shown: format!("$ callsheet new acme\n{}\n$ cd acme\n", made.stdout) };
    let brand = "rules/brand.rules";
    assert_eq!((made.code, made.stderr.as_str()), (0, ""));
    for command in ["check", "test", "plan scenario.json --no-probe", "test --mutate"] {
        assert_eq!(terminal.types(command, ""), 0, "{}", terminal.shown);
    }

    terminal.edits(brand, "color = #ffcc00", "color = #00c2ff");
    assert_eq!(terminal.types("test", ""), 1);
    assert_eq!(terminal.types("test --accept", ""), 0);

    terminal.edits(brand, "\"главное крупно\"", "\"главное крупно\", \"the essence\"");
    terminal.writes(
        "tests/essence.case.json",
        "{\n  \"about\": \"what the new client says\",\n  \"scenario\": \"../scenario.json\",\n  \
         \"prompt\": \"the essence on screen, no music notes\",\n  \"decision\": { \"theses\": true }\n}\n",
    );
    assert_eq!(terminal.types("test --review", "a\n"), 0, "{}", terminal.shown);

    terminal.edits(
        brand,
        "# A house rule:",
        "rule clear_bottom {\n  for     overlay\n  require (overlay.position or center) is not one of bottom_left, bottom_center, bottom_right\n          \
         \"the bottom belongs to the platform's own buttons\"\n}\n\n# A house rule:",
    );
    terminal.writes(
        "tests/clear_bottom.case.json",
        r#"{
  "about": "nothing is written where the platform has its buttons",
  "scenario": {
    "scenario": {
      "scenes": [
        { "id": "scene-1", "start_sec": 0, "end_sec": 4, "overlays": [
          { "text": "Down here", "position": "bottom_left", "start_sec": 1, "end_sec": 3 } ] }
      ]
    },
    "assets": { "barista": "media/barista.mp4" },
    "main_asset_id": "barista"
  }
}
"#,
    );
    assert_eq!(terminal.types("test --filter clear_bottom", ""), 1);
    terminal.edits("tests/clear_bottom.case.json", "buttons\",", "buttons\",\n  \"diagnostics\": [\"E0228\"],");
    assert_eq!(terminal.types("test --accept", ""), 0);
    assert_eq!(terminal.types("check", ""), 0);
    assert_eq!(terminal.types("test --coverage", ""), 0);
    insta::assert_snapshot!(terminal.shown);
}

/// `NEW=write cargo test new` writes the plans of a new project anew.
#[test]
fn the_plans_of_a_new_project_are_what_its_rules_make() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["new", "acme"]).code, 0);
    let accepted = in_project(&desk, &["test", "--accept"], "");
    assert_eq!(accepted.code, 0, "{}", accepted.whole());
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/new/tests");
    for name in names(&desk.path("acme/tests")) {
        let made = std::fs::read_to_string(desk.path("acme/tests").join(&name)).unwrap();
        if std::env::var_os("NEW").is_some_and(|value| value == "write") {
            std::fs::write(templates.join(&name), &made).unwrap();
        }
        let stored = std::fs::read_to_string(templates.join(&name)).unwrap_or_default();
        assert!(stored == made, "templates/new/tests/{name} is stale: NEW=write cargo test new");
    }
}

#[test]
fn a_folder_with_files_in_it_is_left_as_it_is() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("full")).unwrap();
    desk.write("full/notes.txt", "mine\n");
    desk.write("file", "mine\n");
    let mut whole = String::new();
    for folder in ["full", "file", "no/such/folder", "."] {
        writeln!(whole, "=== {folder}\n{}", desk.run(&["new", folder]).whole()).unwrap();
    }
    insta::assert_snapshot!(whole);
    assert_eq!(names(&desk.path("full")), ["notes.txt"]);
    assert_eq!(names(&desk.path("")), ["file", "full"], "nothing is left behind");
}

#[test]
fn an_empty_folder_or_a_new_repository_is_filled() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("acme/.git")).unwrap();
    let made = in_project(&desk, &["new", "."], "");
    assert_eq!(made.code, 0, "{}", made.whole());
    assert!(made.stdout.ends_with("\nnext: callsheet test\n"), "{}", made.stdout);
    assert_eq!(
        names(&desk.path("acme")),
        [".git", ".gitignore", "README.md", "callsheet.toml", "rules", "scenario.json", "templates", "tests"]
    );
    assert_eq!(in_project(&desk, &["test"], "").code, 0);
    let again = in_project(&desk, &["new", "."], "");
    assert_eq!(again.code, 1, "nothing is overwritten");
}

#[test]
fn what_cannot_be_written_whole_is_not_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    std::fs::create_dir(desk.path("closed")).unwrap();
    std::fs::set_permissions(desk.path("closed"), std::fs::Permissions::from_mode(0o555)).unwrap();
    // Whoever may do everything may write here, too.
    if std::fs::write(desk.path("closed/probe"), "").is_err() {
        let refused = desk.run(&["new", "closed/acme"]);
        assert_eq!(refused.code, 1, "{}", refused.whole());
        assert!(names(&desk.path("closed")).is_empty());
    }
}

#[test]
fn everything_that_is_made_is_readable_and_the_readme_speaks_of_what_is_there() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    assert_eq!(desk.run(&["new", "acme"]).code, 0);
    std::fs::write(desk.path("mine"), "").unwrap();
    std::fs::create_dir(desk.path("my_folder")).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.path("acme")), mode(&desk.path("my_folder")), "as any folder of mine");
    assert_eq!(mode(&desk.path("acme/scenario.json")), mode(&desk.path("mine")), "as any file of mine");
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/prompts");
    assert_eq!(names(&desk.path("acme/templates")), names(&templates), "every shipped template is there");
    assert!(callsheet::writer::Templates::with_folder(&desk.path("acme/templates")).is_ok());
    let own =
        callsheet::diagnostic::Source::new("x", std::fs::read_to_string(desk.path("acme/rules/brand.rules")).unwrap());
    assert_eq!(callsheet::rules::format(&own).unwrap(), own.text(), "the rules are in the style");
    let readme = std::fs::read_to_string(desk.path("acme/README.md")).unwrap();
    for name in ["rules/brand.rules", "rules/text.rhai", "callsheet.toml", "scenario.json", "tests", "templates"] {
        assert!(readme.contains(name) && desk.path("acme").join(name).exists(), "{name}");
    }
    for line in readme.lines().filter(|line| line.starts_with("callsheet ") && !line.contains("render")) {
        let command = line.split('#').next().unwrap().trim();
        let arguments: Vec<&str> = command.split(' ').skip(1).collect();
        assert_eq!(in_project(&desk, &arguments, "").code, 0, "{command}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_command_in_a_project_takes_what_its_file_names() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["new", "acme"]).code, 0);
    let mut whole = String::new();
    let mut types = |arguments: &[&str]| {
        let outcome = in_project(&desk, arguments, "");
        writeln!(whole, "$ callsheet {}\n{}", arguments.join(" "), outcome.whole()).unwrap();
        outcome.stdout
    };
    let own = types(&["plan", "scenario.json", "--no-probe"]);
    let shipped = types(&["plan", "scenario.json", "--no-probe", "--rules", "default"]);
    assert!(
        own.contains("Roasted") && !shipped.contains("Roasted"),
        "the brand's phrases are heard by its own rules alone"
    );
    std::fs::rename(desk.path("acme/rules/brand.rules"), desk.path("acme/rules/house.rules")).unwrap();
    types(&["plan", "scenario.json", "--no-probe"]);
    types(&["test"]);
    desk.write("acme/callsheet.toml", "ruels = \"rules/house.rules\"\ntemplates = [\"templates\"]\n");
    types(&["check"]);
    desk.write("acme/callsheet.toml", "rules = rules/house.rules\n");
    types(&["decide", "--prompt", "captions, please"]);
    desk.write("acme/callsheet.toml", "rules = \"rules/house.rules\"\n");
    types(&["test"]);
    insta::assert_snapshot!(whole);
}

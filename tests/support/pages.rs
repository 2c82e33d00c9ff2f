//! Pages whose commands are typed, and whose files are written, as a reader would: so they say what the program says.
//!
//! A block is told by the words behind its fence. `console` holds commands behind `$ `, each with all that it says.
//! `file=PATH` is a file that the reader writes; `diff file=PATH` a change of one; `shows=PATH` a file of the repository.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block of a page.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    /// The words behind the fence; the first is the language.
    pub(crate) words: Vec<&'a str>,
    /// What stands between the fences.
    pub(crate) text: String,
    /// The last heading above it.
    pub(crate) heading: &'a str,
    /// The last line above it that is not empty.
    pub(crate) above: &'a str,
}

impl Block<'_> {
    pub(crate) fn language(&self) -> &str {
        self.words.first().copied().unwrap_or_default()
    }

    /// What follows `NAME=` behind the fence.
    pub(crate) fn says(&self, name: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }
}

/// Goes over a page: lines outside of blocks, and blocks.
pub(crate) fn each<'a>(page: &'a str, mut line_of: impl FnMut(&'a str), mut block_of: impl FnMut(Block<'a>)) {
    let (mut heading, mut above) = ("", "");
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            let text = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            block_of(Block { words: fence.split_whitespace().collect(), text, heading, above });
            continue;
        }
        if line.starts_with('#') {
            heading = line;
        }
        if !line.is_empty() {
            above = line;
        }
        line_of(line);
    }
}

pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    each(page, |_| {}, |block| found.push(block));
    found
}

/// Somebody who follows a page in a folder.
pub(crate) struct Reader {
    folder: PathBuf,
    repository: PathBuf,
}

impl Reader {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), repository: env!("CARGO_MANIFEST_DIR").into() }
    }

    /// Does what a page says, and writes it anew with what was seen.
    pub(crate) fn follows(&mut self, page: &str) -> String {
        let fresh = std::cell::RefCell::new(String::new());
        let line_of = |line: &str| {
            let mut fresh = fresh.borrow_mut();
            fresh.push_str(line);
            fresh.push('\n');
        };
        let block_of = |block: Block| {
            let text = self.does(&block);
            writeln!(fresh.borrow_mut(), "```{}\n{text}```", block.words.join(" ")).unwrap();
        };
        each(page, line_of, block_of);
        fresh.into_inner()
    }

    /// Does what a block says; answers what stands in it then.
    fn does(&mut self, block: &Block) -> String {
        if block.language() == "console" {
            return self.types(&block.text);
        }
        if let Some(path) = block.says("shows") {
            return std::fs::read_to_string(self.repository.join(path)).unwrap();
        }
        if let Some(path) = block.says("file") {
            // Readers do not see what stands behind a fence.
            let told = block.above.contains(&format!("`{path}`"));
            assert!(told, "the line above a block says which file it is, `{path}`: {}", block.above);
            let path = self.folder.join(path);
            if block.language() == "diff" {
                changes(&path, &block.text);
            } else {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, &block.text).unwrap();
            }
        }
        block.text.clone()
    }

    /// Types the commands of a block, and puts what they say below each.
    fn types(&mut self, block: &str) -> String {
        let mut fresh = String::new();
        let commands: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
        assert!(!commands.is_empty(), "a console block runs something:\n{block}");
        for command in commands {
            let program = command.split(' ').next().unwrap();
            assert!(["callsheet", "cd", "mkdir", "ffmpeg"].contains(&program), "a console block runs {program}");
            writeln!(fresh, "$ {command}").unwrap();
            if let Some(folder) = command.strip_prefix("cd ") {
                self.folder = self.folder.join(folder);
                assert!(self.folder.is_dir(), "{command}");
            } else {
                fresh.push_str(&self.says(command));
            }
        }
        fresh
    }

    /// What a shell says to a command.
    fn says(&self, command: &str) -> String {
        let programs = Path::new(env!("CARGO_BIN_EXE_callsheet")).parent().unwrap().to_str().unwrap();
        let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(&self.folder).env("PATH", path).env_remove("CI");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLSHEET_")) {
            shell.env_remove(name);
        }
        // What is kept tells how fast this machine is; a page speaks of one on which nothing was rendered yet.
        let cache = tempfile::tempdir().unwrap();
        let output = shell.env("CALLSHEET_CACHE", cache.path()).output().unwrap();
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
    }
}

/// Changes a file as a `diff` block says: of each run of changed lines, the old ones, with the unchanged lines around them,
/// must stand in the file once.
fn changes(path: &Path, diff: &str) {
    let (mut old, mut new) = (String::new(), String::new());
    for line in diff.lines() {
        let (sign, rest) = line.split_at(line.chars().next().map_or(0, char::len_utf8));
        if sign != "+" {
            writeln!(old, "{rest}").unwrap();
        }
        if sign != "-" {
            writeln!(new, "{rest}").unwrap();
        }
    }
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(&old).count(), 1, "{} does not have once:\n{old}\nbut is:\n{text}", path.display());
    std::fs::write(path, text.replacen(&old, &new, 1)).unwrap();
}

/// Holds a page against what was seen, or writes it where the variable `variable` says `write`.
pub(crate) fn hold(path: &Path, text: &str, fresh: &str, variable: &str, test: &str) {
    if std::env::var_os(variable).is_some_and(|value| value == "write") {
        std::fs::write(path, fresh).unwrap();
    } else {
        let difference = similar::TextDiff::from_lines(text, fresh).unified_diff().to_string();
        assert!(text == fresh, "{} is stale: {variable}=write cargo test {test}\n{difference}", path.display());
    }
}

//! An ffmpeg command as a shell script that can be read, changed and run.

use std::fmt::Write as _;
use std::path::Path;

use crate::render::Command;

/// A delimiter that no line of ours can be: graph and texts never hold it alone on a line.
const DELIMITER: &str = "END_OF_CALLSHEET_FILE";

/// The script: the files that ffmpeg reads, then ffmpeg, writing `out.mp4` into the folder where it is run.
pub(super) fn script(command: &Command, fonts: Option<&Path>) -> String {
    let mut script = String::from(
        "#!/bin/sh\n# The ffmpeg command of this plan. It writes out.mp4 into the current folder.\n\
         set -eu\nout=$PWD/out.mp4\nwork=$(mktemp -d)\ntrap 'rm -rf \"$work\"' EXIT\ncd \"$work\"\n",
    );
    if !command.layouts.is_empty() {
        let folder = fonts.map(|folder| format!(" --fonts {}", quoted(&folder.to_string_lossy()))).unwrap_or_default();
        let _ = writeln!(script, "callsheet doctor --write-fonts .{folder}\nexport FONTCONFIG_FILE=$work/fonts.conf");
    }
    for (name, text) in &command.files {
        let _ = write!(script, "cat > {name} <<'{DELIMITER}'\n{text}{DELIMITER}\n");
    }
    script.push_str("ffmpeg");
    for argument in &command.arguments {
        script.push(' ');
        script.push_str(&quoted(&argument.to_string_lossy()));
    }
    script.push_str(" -movflags +faststart -f mp4 \"file:$out\"\n");
    script
}

/// `word` for a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_quotes_and_spaces_stays_one_word() {
        assert_eq!(quoted("it's a;b"), r"'it'\''s a;b'");
        assert_eq!(quoted("file:/a/b.mp4"), "file:/a/b.mp4");
        assert_eq!(quoted("[v]"), "'[v]'");
    }
}

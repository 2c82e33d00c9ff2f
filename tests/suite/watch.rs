//! `--watch`: files are saved while the program looks on.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::cli::Desk;

/// Longer than any machine takes; a test that waits so long has failed.
const DEADLINE: Duration = Duration::from_secs(60);

/// A program that goes on, and what it says line by line.
struct Watching {
    child: Child,
    lines: Receiver<(&'static str, String)>,
    shown: String,
}

fn tell(
    stream: impl Read + Send + 'static,
    name: &'static str,
    teller: std::sync::mpsc::Sender<(&'static str, String)>,
) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if teller.send((name, line)).is_err() {
                return;
            }
        }
    });
}

impl Watching {
    fn begin(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command = desk.command(arguments);
        command.current_dir(desk.path("acme")).env_remove("CI").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (teller, lines) = channel();
        tell(child.stdout.take().unwrap(), "out", teller.clone());
        tell(child.stderr.take().unwrap(), "err", teller);
        Self { child, lines, shown: String::new() }
    }

    /// Waits until stdout and stderr have each said a line with these words in it, and shows what they said.
    fn until(&mut self, out: &str, err: &str) {
        let deadline = Instant::now() + DEADLINE;
        let (mut missing_out, mut missing_err) = (!out.is_empty(), !err.is_empty());
        let (mut outs, mut errs) = (String::new(), String::new());
        while missing_out || missing_err {
            let left = deadline.saturating_duration_since(Instant::now());
            let said = self.lines.recv_timeout(left);
            let (stream, line) = said.unwrap_or_else(|_| panic!("`{out}` and `{err}` in:\n{outs}{errs}"));
            // A save may be seen twice by a machine that is busy; then nothing has changed the second time.
            if line.ends_with("the plan is the same") && !err.ends_with("the plan is the same") {
                continue;
            }
            if stream == "out" {
                missing_out &= !line.contains(out);
                writeln!(outs, "{line}").unwrap();
            } else {
                missing_err &= !line.contains(err);
                writeln!(errs, "{line}").unwrap();
            }
        }
        write!(self.shown, "--- stderr\n{errs}--- stdout\n{outs}").unwrap();
    }

    /// Presses Ctrl-C, and gives the exit code and all that was shown.
    fn interrupt(mut self) -> (Option<i32>, String) {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        self.ended();
        (self.child.wait().unwrap().code(), self.shown)
    }

    /// Waits until both streams are closed.
    fn ended(&mut self) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    panic!("it did not end; it had said:\n{}", self.shown);
                }
            }
        }
    }
}

/// Saves as editors do: another file is written and renamed over the old one.
fn save(path: &Path, text: &str) {
    let part = path.with_extension("part");
    std::fs::write(&part, text).unwrap();
    std::fs::rename(part, path).unwrap();
}

fn project() -> Desk {
    let desk = Desk::new();
    assert_eq!(desk.run(&["new", "acme"]).code, 0);
    desk
}

#[test]
fn a_plan_follows_its_files_keeps_the_last_good_one_and_ends_by_ctrl_c() {
    let desk = project();
    let brand = desk.path("acme/rules/brand.rules");
    let text = std::fs::read_to_string(&brand).unwrap();
    let mut watching = Watching::begin(&desk, &["plan", "scenario.json", "--no-probe", "--watch"]);
    watching.until("mix_audio", "Ctrl-C");
    save(&brand, &text.replace("#ffcc00", "#00c2ff"));
    watching.until("tasks the same", "brand.rules: another plan");
    save(&brand, &text.replace("color =", "colour ="));
    watching.until("", "the last good plan stays");
    // A parent that is written while the child waits for it is followed from then on.
    save(&brand, &text.replace("extend \"default\"", "extend \"house.rules\""));
    watching.until("", "the last good plan stays");
    let house = desk.path("acme/rules/house.rules");
    save(&house, "language 1\nextend \"default\"\n");
    watching.until("tasks the same", "right again");
    save(&house, "language 1\nextend \"default\"\ndisable music\n");
    watching.until("1 removed", "house.rules: another plan");
    let scenario = desk.path("acme/scenario.json");
    let words = std::fs::read_to_string(&scenario).unwrap();
    save(&scenario, &words.replace("Open from eight", "Open from nine"));
    watching.until("1 changed", "scenario.json: another plan");
    // Saved by writing into the file itself.
    std::fs::write(&scenario, &words).unwrap();
    watching.until("1 changed", "another plan");
    let (code, shown) = watching.interrupt();
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(shown);
}

#[test]
fn tests_run_again_after_each_save_and_for_a_case_that_is_new() {
    let desk = project();
    let mut watching = Watching::begin(&desk, &["test", "--watch"]);
    watching.until("2 cases: 2 pass", "Ctrl-C");
    let brand = desk.path("acme/rules/brand.rules");
    let text = std::fs::read_to_string(&brand).unwrap();
    save(&brand, &text.replace("#ffcc00", "#00c2ff"));
    watching.until("1 changed", "brand.rules:");
    save(&brand, &text.replace("color =", "colour ="));
    watching.until("2 broken case", "brand.rules:");
    save(&brand, &text);
    watching.until("2 cases: 2 pass", "brand.rules:");
    save(&desk.path("acme/tests/quiet.case.json"), "{ \"scenario\": \"../scenario.json\", \"prompt\": \"no text\" }\n");
    watching.until("1 new snapshot", "quiet.case.json:");
    let (code, shown) = watching.interrupt();
    assert_eq!(code, Some(0));
    assert!(shown.contains("did you mean `color`?"), "{shown}");
    assert!(!desk.path("acme/tests/quiet.plan").exists(), "nothing is accepted by looking");
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let desk = project();
    let mut command = desk.command(&["plan", "scenario.json", "--no-probe", "--watch"]);
    let mut child =
        command.current_dir(desk.path("acme")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (teller, lines) = channel();
    tell(child.stderr.take().unwrap(), "err", teller);
    let first = |stdout: ChildStdout| BufReader::new(stdout).lines().next().unwrap().unwrap();
    assert!(first(child.stdout.take().unwrap()).starts_with('#'));
    let mut watching = Watching { child, lines, shown: String::new() };
    watching.ended();
    assert_eq!(watching.child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_cannot_be_watched_is_said() {
    let desk = project();
    let outcome = desk.run(&["plan", "-", "--watch"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert_eq!(outcome.stderr, "error: `--watch` cannot see standard input change; name the scenario's file\n");
    for other in ["--json", "--diff", "--ffmpeg"] {
        let outcome = desk.run(&["plan", "scenario.json", "--watch", other]);
        assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    }
}

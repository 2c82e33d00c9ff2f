//! `callsheet test --review`: new and changed snapshots one at a time.

use std::io::{BufRead as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::verify::{Palette, Report, diff, visible};

use super::test::accept;

/// How often Ctrl-C is looked for while somebody thinks.
const PATIENCE: Duration = Duration::from_millis(100);

/// What is answered.
#[derive(Clone, Copy)]
enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
}

/// Shows each new or changed snapshot and does what is answered: `a`, `r`, `s` or `q`, in whole words too. The end of the
/// input is a `q`.
pub(super) fn review(report: &mut Report, palette: &Palette, cancel: &Cancel) -> Result<()> {
    let all = report.cases.iter().filter(|case| case.verdict.can_be_accepted()).count();
    let mut input = Input::new();
    let mut rejected = Vec::new();
    let waiting = report.cases.iter_mut().filter(|case| case.verdict.can_be_accepted());
    for (number, case) in waiting.enumerate() {
        let (name, snapshot) = (&case.files.name, &case.files.snapshot);
        eprintln!("{} of {all}  {}: {name} ({snapshot})", number + 1, case.verdict.word());
        if !case.about.is_empty() {
            eprintln!("{}", visible(&case.about));
        }
        let accepted = case.accepted.as_deref().unwrap_or_default();
        eprint!("{}", diff(accepted, case.made.as_deref().unwrap_or_default(), palette));
        match input.ask(cancel) {
            Answer::Accept => accept(case)?,
            Answer::Reject => rejected.push(case.files.snapshot.clone()),
            Answer::Skip => {}
            Answer::Quit => break,
        }
    }
    if !rejected.is_empty() {
        eprintln!("rejected: {}; mend the rules until these cases pass", rejected.join(", "));
    }
    Ok(())
}

/// Lines of standard input. They are read aside, so that Ctrl-C ends the wait.
struct Input(mpsc::Receiver<String>);

impl Input {
    fn new() -> Self {
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(std::io::Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(lines)
    }

    /// The answer; Ctrl-C is that of somebody who leaves, with what was accepted before.
    fn ask(&mut self, cancel: &Cancel) -> Answer {
        loop {
            eprint!("accept (a), reject (r), skip (s) or quit (q)? ");
            // What is asked has to be seen before it is answered; where it cannot be, nobody is there.
            let _ = std::io::stderr().flush();
            let Some(line) = self.line(cancel) else {
                eprintln!();
                return Answer::Quit;
            };
            match line.trim().to_lowercase().as_str() {
                "a" | "accept" | "y" | "yes" => return Answer::Accept,
                "r" | "reject" | "n" | "no" => return Answer::Reject,
                "s" | "skip" | "" => return Answer::Skip,
                "q" | "quit" => return Answer::Quit,
                _ => {}
            }
        }
    }

    fn line(&self, cancel: &Cancel) -> Option<String> {
        while !cancel.is_cancelled() {
            match self.0.recv_timeout(PATIENCE) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        None
    }
}

//! `--watch`: does a thing again whenever a file that it is made of is saved.
//!
//! What happens to files comes through [`Changes`], so that the loop can be tried without a disk or a clock. A save is
//! often several changes (a file emptied and written, or another one renamed over it): the thing is done when no more of
//! them come.

mod folders;
mod reads;
mod work;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::Result;
use crate::ffmpeg::Cancel;

use super::output::{Terminal, counted};

use folders::Folders;

pub(super) use reads::{Reads, chain};
pub(super) use work::Again;

/// Changes that come one after another without a pause are waited for this often; then the thing is done all the same.
const MAX_SETTLING: usize = 20;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// Something was done to a file.
    Changed(PathBuf),
    /// For a moment, nothing.
    Quiet,
    /// Nobody wants to know any more.
    Ended,
}

/// Somebody who knows what happens to files.
pub(super) trait Changes {
    /// From now on tells of the files in these folders.
    fn follow(&mut self, folders: &BTreeSet<PathBuf>) -> Result<()>;

    /// Waits for what happens next; where the change is to settle, only for a moment.
    fn next(&mut self, settling: bool) -> Happening;
}

/// What is done again and again.
pub(super) trait Work {
    /// The files that it is made of as they are now, among them those that are missing.
    fn reads(&self) -> Reads;

    /// Does it, and tells what came of it; `changed` are the files that it is done for, none at first. False where nobody
    /// reads what it tells.
    fn turn(&mut self, changed: &[String]) -> Result<bool>;
}

/// Does `work` again and again with the files on the disk, and says so.
pub(super) fn live(work: &mut dyn Work, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    terminal.say(&format!("looking at {}; Ctrl-C ends it", counted(work.reads().len(), "file")));
    watch(&mut Folders::new(cancel)?, work)?;
    Ok(ExitCode::SUCCESS)
}

/// Does `work`, and does it again for every change, until somebody ends it.
fn watch(changes: &mut dyn Changes, work: &mut dyn Work) -> Result<()> {
    let mut saved = Vec::new();
    loop {
        // Followed before they are read: what is saved meanwhile is a change that comes next.
        let reads = work.reads();
        changes.follow(&reads.folders())?;
        if !work.turn(&saved)? {
            return Ok(());
        }
        let Some(next) = next_save(changes, &reads) else { return Ok(()) };
        saved = next;
    }
}

/// The names of files that were saved, when the save is over; `None` at the end.
fn next_save(changes: &mut dyn Changes, reads: &Reads) -> Option<Vec<String>> {
    let mut saved: Vec<String> = Vec::new();
    let mut note = |path: &Path| {
        if reads.concerns(path) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !saved.contains(&name) {
                saved.push(name);
            }
        }
        saved.len()
    };
    let mut count = 0;
    while count == 0 {
        match changes.next(false) {
            Happening::Changed(path) => count = note(&path),
            Happening::Quiet => {}
            Happening::Ended => return None,
        }
    }
    for _ in 0..MAX_SETTLING {
        match changes.next(true) {
            Happening::Changed(path) => drop(note(&path)),
            Happening::Quiet => break,
            Happening::Ended => return None,
        }
    }
    saved.sort();
    Some(saved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Happening::{Changed, Ended, Quiet};

    /// What happens, in order, with whether the loop was settling when it asked.
    struct Script {
        happenings: std::vec::IntoIter<Happening>,
        asked: Vec<bool>,
        followed: Vec<usize>,
    }

    impl Changes for Script {
        fn follow(&mut self, folders: &BTreeSet<PathBuf>) -> Result<()> {
            self.followed.push(folders.len());
            Ok(())
        }

        fn next(&mut self, settling: bool) -> Happening {
            self.asked.push(settling);
            self.happenings.next().unwrap_or(Ended)
        }
    }

    /// Remembers what it was done for; nobody reads it after `patience` turns.
    struct Memory {
        turns: Vec<Vec<String>>,
        patience: usize,
    }

    impl Work for Memory {
        fn reads(&self) -> Reads {
            let mut reads = Reads::default();
            // From the second turn on it is made of one more file, as after an `extend` was written.
            for name in ["/p/brand.rules", "/p/scenario.json", "/other/house.rules"].iter().take(2 + self.turns.len()) {
                reads.add(Path::new(name));
            }
            reads
        }

        fn turn(&mut self, changed: &[String]) -> Result<bool> {
            self.turns.push(changed.to_vec());
            Ok(self.turns.len() < self.patience)
        }
    }

    fn played(happenings: Vec<Happening>, patience: usize) -> (Script, Memory) {
        let mut script = Script { happenings: happenings.into_iter(), asked: Vec::new(), followed: Vec::new() };
        let mut memory = Memory { turns: Vec::new(), patience };
        watch(&mut script, &mut memory).expect("nothing fails");
        (script, memory)
    }

    fn changed(path: &str) -> Happening {
        Changed(path.into())
    }

    #[test]
    fn a_save_of_several_changes_is_one_turn_and_names_each_file_once() {
        let (script, memory) = played(
            vec![
                changed("/p/scenario.json"),
                changed("/p/brand.rules"),
                changed("/p/.brand.rules.swp"),
                changed("/p/brand.rules"),
                Quiet,
                Ended,
            ],
            9,
        );
        assert_eq!(memory.turns, [vec![], vec!["brand.rules".to_owned(), "scenario.json".to_owned()]]);
        assert_eq!(script.asked, [false, true, true, true, true, false]);
    }

    #[test]
    fn what_is_none_of_its_files_is_no_reason_for_a_turn() {
        let (_, memory) = played(vec![changed("/p/notes.txt"), Quiet, changed("/q/brand.rules"), Ended], 9);
        assert_eq!(memory.turns.len(), 1);
    }

    #[test]
    fn a_file_that_is_new_to_it_is_followed_before_it_is_read() {
        let (script, memory) = played(vec![changed("/p/brand.rules"), Quiet, changed("/other/house.rules"), Quiet], 9);
        assert_eq!(memory.turns.len(), 3);
        assert_eq!(script.followed, [1, 2, 2]);
    }

    #[test]
    fn changes_without_a_pause_do_not_keep_it_waiting_forever() {
        let endless = vec![changed("/p/brand.rules"); 1 + MAX_SETTLING];
        let (_, memory) = played(endless, 9);
        assert_eq!(memory.turns.len(), 2);
    }

    #[test]
    fn it_ends_when_nobody_reads_what_it_tells_and_when_it_is_told_to_while_a_save_settles() {
        let (script, memory) = played(vec![changed("/p/brand.rules"), Quiet, changed("/p/brand.rules"), Quiet], 2);
        assert_eq!((memory.turns.len(), script.asked.len()), (2, 2));
        let (_, memory) = played(vec![changed("/p/brand.rules"), Ended, Quiet], 9);
        assert_eq!(memory.turns.len(), 1);
    }
}

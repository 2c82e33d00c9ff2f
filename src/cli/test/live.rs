//! `callsheet test --watch`: the cases, again after each save.

use std::path::Path;
use std::process::ExitCode;

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::project;
use crate::rules::DEFAULT_NAME;
use crate::verify::{self, Case, Palette};

use super::super::output::{Terminal, print_live};
use super::super::watch::{Reads, Work, chain, live};
use super::{Args, files, report};

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    live(&mut Live { args, terminal, warned: String::new() }, terminal, cancel)
}

struct Live<'a> {
    args: &'a Args,
    terminal: &'a Terminal,
    warned: String,
}

impl Work for Live<'_> {
    fn reads(&self) -> Reads {
        let mut reads = Reads::default();
        for path in self.args.places() {
            // A case that is new is a case, too; so is the first of a project.
            reads.add_folder(path);
            reads.add_folder(&path.join("tests"));
            reads.add_folder(&path.join("rules"));
            reads.add(&path.join(project::FILE));
        }
        let files = files();
        for place in verify::find(self.args.places()).map(|found| found.cases).unwrap_or_default() {
            reads.add(Path::new(&place.case));
            reads.add(Path::new(&place.snapshot));
            let Ok(case) = Case::read(&place, files) else { continue };
            reads.add(Path::new(case.scenario.name()));
            if case.rules != DEFAULT_NAME {
                chain(Path::new(&case.rules), &mut reads);
            }
        }
        reads
    }

    fn turn(&mut self, changed: &[String]) -> Result<bool> {
        let hearing = self.terminal.keeping();
        let text = match report(self.args, &hearing) {
            Ok(report) => report.text(&Palette::new(self.terminal.result_colour())),
            Err(error) => {
                hearing.error(&error);
                String::new()
            }
        };
        if !changed.is_empty() {
            self.terminal.say(&format!("{}:", changed.join(", ")));
        }
        let found = hearing.kept();
        // A report says itself what is wrong; warnings are said again when they are others, failures always.
        if found != self.warned || text.is_empty() {
            found.lines().for_each(|line| self.terminal.say(line));
            self.warned = found;
        }
        print_live(&text)
    }
}

//! `callsheet plan --watch`: the plan, and what is different after each save.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::project;
use crate::render;
use crate::scenario;
use crate::tasks::{self, Plan};

use super::super::input::{open, rules_file};
use super::super::output::Terminal;
use super::super::watch::{Again, Reads, Work, chain, live};
use super::{Args, annotated, command, table, told};

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    if args.input.scenario.as_deref() == Some(Path::new("-")) {
        return Err(Error::Usage {
            reason: "`--watch` cannot see standard input change".into(),
            fix: "name the scenario's file".into(),
        });
    }
    live(&mut Live { args, terminal, cancel, again: Again::new("plan") }, terminal, cancel)
}

struct Live<'a> {
    args: &'a Args,
    terminal: &'a Terminal,
    cancel: &'a Cancel,
    again: Again<Shown>,
}

/// A plan with what its media make of its tasks.
#[derive(Debug)]
struct Shown {
    plan: Plan,
    by_media: BTreeMap<usize, String>,
}

impl Work for Live<'_> {
    fn reads(&self) -> Reads {
        let input = &self.args.input;
        let mut reads = Reads::default();
        if let Some(tasks) = &input.tasks {
            reads.add(tasks);
        }
        if let Some(path) = &input.scenario {
            reads.add(path);
            media(path, &mut reads);
        }
        if let Some(fonts) = &input.fonts {
            reads.add_folder(fonts);
        }
        if input.tasks.is_none() {
            let project = project::around().ok().flatten().map(|project| project.folder);
            reads.add(&project.unwrap_or_default().join(project::FILE));
            if let Ok(Some(rules)) = rules_file(input.rules.as_deref()) {
                chain(&rules, &mut reads);
            }
        }
        reads
    }

    fn turn(&mut self, changed: &[String]) -> Result<bool> {
        let hearing = self.terminal.keeping();
        let made = shown(self.args, &hearing, self.cancel);
        if let Err(Error::Cancelled) = made {
            return Ok(false);
        }
        if let Err(error) = &made {
            hearing.error(error);
        }
        let colour = self.terminal.result_colour();
        let told = self.again.told(
            made,
            (hearing.kept(), changed),
            |new| table(&new.plan, &new.by_media),
            |old, new| {
                let difference = tasks::compare(&old.plan, &new.plan);
                (!difference.is_none()).then(|| difference.show(colour))
            },
        );
        told.tell(self.terminal)
    }
}

/// The files of the media that the scenario names.
fn media(path: &Path, reads: &mut Reads) {
    let Ok((source, folder)) = open(path) else { return };
    let Ok(document) = scenario::read(&source) else { return };
    document.assets.values().for_each(|asset| reads.add(&folder.join(asset)));
}

/// The plan as it would be shown without `--watch`.
fn shown(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<Shown> {
    let input = args.input.load(!args.no_probe, terminal, cancel)?;
    let fonts = args.input.fonts()?;
    if args.no_probe {
        let found = render::unprobed_texts(&input.plan, &fonts);
        let plan = annotated(&input.plan, told(found, &input.source, terminal)?);
        return Ok(Shown { plan, by_media: BTreeMap::new() });
    }
    let (plan, source) = input.validate(terminal, cancel)?;
    let (_, said) = command(&plan, &render::timeline(&plan), &fonts, &source, terminal)?;
    Ok(Shown { plan: annotated(plan.plan(), said), by_media: plan.notes().clone() })
}

//! The work at a render.

use std::cell::RefCell;
use std::path::Path;

use serde_json::json;

use crate::captions::{self, Format};
use crate::diagnostic::{Diagnostics, Severity};
use crate::error::Error;
use crate::produce::{self, Looked, Telling};
use crate::render::{self, Progress, Report, Store, Way, render, report_path};
use crate::rules;
use crate::scenario;
use crate::serve::jobs::{Desk, Ended, Outcome};
use crate::serve::outputs;
use crate::serve::problem::Problem;
use crate::tasks::{self, ValidPlan};
use crate::text::FontSet;

use super::brief::{Brief, Read, Snapshot};
use super::options::{Filling, Options};

/// Renders, and puts what comes of it into the storage.
pub(crate) fn work(desk: &mut Desk<'_>) -> Result<Outcome, Ended> {
    let Brief { mut snapshot, options, name } = Brief::read(&desk.job.brief)?;
    if options.fill == Filling::Auto {
        snapshot = crate::serve::fill::fill_all(desk, snapshot)?;
    }
    desk.tell("planning", 0, 0);
    let told = Told::default();
    let plan = plan(desk, &snapshot, &options, &told)?;
    let (ending, content_type) = options.container();
    let output = desk.folder.join(format!("video.{ending}"));
    let store = Store::at(desk.app.folder.cache().join("spans"));
    let encoder = options.encoder()?;
    let settings = render::Options {
        output: &output,
        overwrite: true,
        encoder: &encoder,
        fonts: &FontSet::shipped(),
        subtitles: options.subtitles(),
        way: if options.smart { Way::Smart(Some(&store)) } else { Way::Spans(Some(&store)) },
        depth: options.depth(),
        report: true,
        cancel: desk.cancel,
    };
    let report = render(&plan, &settings, &mut |progress| match progress {
        Progress::Listening => desk.tell("listening", 0, 0),
        Progress::Encoding { done, total } => desk.tell("encoding", done, total),
        Progress::Measuring => desk.tell("measuring", 0, 0),
    })?;
    told.findings(&report.warnings);
    report.not_copied.iter().for_each(|line| told.say(line));
    keep(desk, &report, options.name(&name), ending, content_type)?;
    let notes = told.0.into_inner();
    for note in &notes {
        desk.say(note)?;
    }
    let result = json!({ "measured": report.measured, "made": report.made, "notes": notes });
    Ok(Outcome { result })
}

/// From the scenario to a plan that its media fit.
fn plan(desk: &Desk<'_>, snapshot: &Snapshot, options: &Options, told: &Told) -> Result<ValidPlan, Ended> {
    let cancel = desk.cancel;
    let folder = desk.app.folder.assets();
    let Read { scenario, source, warnings } = snapshot.scenario(&desk.app.folder, options.shape())?;
    told.findings(&warnings);
    let ready = scenario::ready(scenario).map_err(|waiting| Ended::Failed(waiting.into()))?;
    let (program, _) = rules::load(&rules::default_source(), &rules::from_disk).map_err(Error::from)?;
    let prompt = ready.document().scenario.global_prompt.clone();
    let Looked { facts, known } = produce::look(ready.document(), Some(&folder), cancel);
    let decision = produce::decided(ready.document(), prompt.as_deref(), &program, facts, told)?.decision;
    let ready = produce::provide(ready, &decision, &source, &folder, told, cancel)?;
    let plan = produce::compiled(&ready, &decision, &program, &source, told)?;
    let media = produce::measure(&plan.assets, known, &folder, &source, cancel)?;
    let (plan, warnings) =
        tasks::validate(plan, media, true).map_err(|found| Problem::from(found.located_in(&source)))?;
    told.findings(&warnings.located_in(&source));
    plan.plan().notes.iter().for_each(|note| told.say(note));
    Ok(plan)
}

/// Puts what a render made into the storage: the video first.
fn keep(desk: &mut Desk<'_>, report: &Report, name: &str, ending: &str, content_type: &str) -> Result<(), Ended> {
    desk.tell("storing", 0, 0);
    outputs::put(desk, &report.output, "video", &format!("{name}.{ending}"), content_type)?;
    if !report.subtitles.is_empty() {
        for (format, ending, content_type) in
            [(Format::Srt, "srt", "application/x-subrip"), (Format::Vtt, "vtt", "text/vtt; charset=utf-8")]
        {
            let path = desk.folder.join(format!("captions.{ending}"));
            std::fs::write(&path, captions::write(&report.subtitles, format))?;
            outputs::put(desk, &path, "captions", &format!("{name}.{ending}"), content_type)?;
        }
    }
    let proof: &Path = &report_path(&report.output);
    outputs::put(desk, proof, "report", &format!("{name}.report.json"), "application/json")
}

/// What came up on the way.
#[derive(Debug, Default)]
struct Told(RefCell<Vec<String>>);

impl Telling for Told {
    fn findings(&self, findings: &Diagnostics) {
        let told = findings.iter().filter(|found| found.severity != Severity::Error);
        told.for_each(|found| self.say(&found.message));
    }

    fn say(&self, line: &str) {
        self.0.borrow_mut().push(line.to_owned());
    }
}
